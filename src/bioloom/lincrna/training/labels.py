"""Whether sequences are what they were given as, before a model learns from them.

A model of wrong examples may look excellent in cross-validation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bioloom.errors import BadModel
from bioloom.lincrna.coding.frames import frames_of, longest_orfs_of_many, orf_table
from bioloom.lincrna.training.examples import MIN_PER_CLASS, Example
from bioloom.lincrna.training.homology import shared_shares
from bioloom.run.text import warn_input
from bioloom.run.words import counted
from bioloom.seq.letters import is_protein

MOSTLY = 0.5
SOME_SHARED = 0.05
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class GivenNames:
    """What the two classes are called in messages."""

    coding: str
    noncoding: str = "non-coding sequences"

    @property
    def both(self) -> str:
        """The two of them."""
        return f"{self.coding} and {self.noncoding}"


def check_labels(examples: Sequence[Example], names: GivenNames) -> list[Example]:
    """Check that examples are mRNAs and non-coding RNAs.

    Parameters
    ----------
    examples
        As they were given.
    names
        Of the two classes.

    Returns
    -------
    The examples without proteins, and without sequences given as both classes.

    Raises
    ------
    BadModel
        If a class is mostly proteins, the non-coding RNAs are mostly the mRNAs or
        pieces of them, or the classes are swapped.
    """
    fit = _without_proteins(examples, names)
    fit = _without_contradictions(fit, names)
    _check_overlap(fit, names)
    _check_order(fit, names)
    return fit


def no_noncoding(where: str) -> BadModel:
    """The error for a class that was given and is empty."""
    return BadModel(
        where=where,
        found="no sequence",
        expected=f"at least {MIN_PER_CLASS} lncRNAs",
        advice="Leave them out: non-coding sequence is then made from the mRNAs.",
    )


def _without_proteins(examples: Sequence[Example], names: GivenNames) -> list[Example]:
    kept = []
    for kind, where in ((True, names.coding), (False, names.noncoding)):
        of_kind = [example for example in examples if example.is_coding is kind]
        fit = [example for example in of_kind if not is_protein(example.sequence)]
        n_proteins = len(of_kind) - len(fit)
        if n_proteins > MOSTLY * len(of_kind):
            raise BadModel(
                where=where,
                found=f"amino acids in {_part(n_proteins, len(of_kind))}",
                expected="transcripts, as bases",
                advice="Give the mRNAs (cDNA), UTRs included, not the proteins.",
            )
        if n_proteins:
            part = _part(n_proteins, len(of_kind))
            warn_input(f"{where}: amino acids in {part}, left out")
        kept += fit
    return kept


def _without_contradictions(
    examples: Sequence[Example], names: GivenNames
) -> list[Example]:
    coding, noncoding = map(set, _classes(examples))
    both = coding & noncoding
    if len(both) > MOSTLY * max(min(len(coding), len(noncoding)), 1):
        raise _same_as_both(len(both), len(noncoding), names)
    if both:
        warn_input(
            f"{names.both}: {counted(len(both), 'sequence')} in both classes, left out"
        )
    return [example for example in examples if example.sequence not in both]


def _check_overlap(examples: Sequence[Example], names: GivenNames) -> None:
    """Refuse non-coding RNAs that are pieces, or near copies, of the mRNAs."""
    coding, noncoding = _classes(examples)
    if not coding or not noncoding:
        return
    n_pieces = int((shared_shares(noncoding, coding) > MOSTLY).sum())
    if n_pieces > MOSTLY * len(noncoding):
        raise _same_as_both(n_pieces, len(noncoding), names)
    if n_pieces > SOME_SHARED * len(noncoding):
        warn_input(
            f"{names.noncoding}: {_part(n_pieces, len(noncoding))} share most of their "
            f"24-mers with {names.coding}. Are these lncRNAs?"
        )


def _same_as_both(n: int, n_noncoding: int, names: GivenNames) -> BadModel:
    return BadModel(
        where=names.both,
        found=f"the same sequence in both classes ({_part(n, n_noncoding)})",
        expected="different transcripts",
        advice="Check that one file was not given twice. Without lncRNAs, leave the "
        "non-coding ones out: sequence is then made from the mRNAs.",
    )


def _check_order(examples: Sequence[Example], names: GivenNames) -> None:
    """Refuse classes that seem swapped: mRNAs have the longer ORFs."""
    classes = _classes(examples)
    if min(map(len, classes)) < MIN_PER_CLASS:
        return
    coding, noncoding = (float(np.median([*_orf_lengths(each)])) for each in classes)
    if coding < noncoding:
        raise BadModel(
            where=names.both,
            found=f"longest ORFs of {coding:.0f} aa (median) in the coding and of "
            f"{noncoding:.0f} aa in the non-coding sequences",
            expected="longer ones in the coding sequences",
            advice="Check that the two are not swapped.",
        )


def _classes(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    """Sequences of the mRNAs, and of the non-coding RNAs."""
    coding, noncoding = (
        [example.sequence for example in examples if example.is_coding is kind]
        for kind in (True, False)
    )
    return coding, noncoding


def _orf_lengths(sequences: Sequence[str]) -> Iterator[int]:
    for begin in range(0, len(sequences), _CHUNK):
        part = sequences[begin : begin + _CHUNK]
        for orfs in longest_orfs_of_many(orf_table(frames_of(part)), len(part)):
            yield orfs.longest.length_aa if orfs.longest else 0


def _part(n: int, n_all: int) -> str:
    return f"{n:,} of {counted(n_all, 'sequence')}"
