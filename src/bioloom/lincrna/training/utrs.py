"""mRNAs of which only the coding sequence (CDS) is known: recognised, and completed.

Of CDS a model learns that mRNAs begin with ATG and end with a stop codon, and calls
whole mRNAs non-coding: of held-out ones of human it calls 50 % coding, of C. elegans
95 %. With ends made of shuffled non-coding sequence in place of the UTRs these are
93 % and 97 %; with the real UTRs, 94 % and 97 % (benchmarks/lincrna_cds.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.frames import frames_of
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.negatives import shuffled
from bioloom.seq.genetic_code import GeneticCode

MOSTLY_CDS = 0.5
SOME_CDS = 0.2  # mRNA sets of well annotated species hold up to 17 %
_LEAST_CODONS = 30  # a shorter sequence may lack stop codons by chance
_CHUNK = 1000
_LOG10_5, _LOG10_3 = (2.0, 0.3), (2.4, 0.4)  # mean and spread of the UTRs' lengths, nt


@dataclass(frozen=True, slots=True)
class WholeExamples:
    """Examples whose mRNAs have ends, and a sentence on it; mostly empty."""

    examples: list[Example]
    note: str = ""


def with_utrs(
    examples: Sequence[Example],
    where: str,
    rng: np.random.Generator,
    code: GeneticCode = STANDARD_CODE,
) -> WholeExamples:
    """Make UTRs where most mRNAs have none.

    Parameters
    ----------
    examples
        mRNAs and non-coding RNAs, or mRNAs alone.
    where
        Where the mRNAs come from, for the note.
    rng
        Draws the ends: the non-coding RNAs, or else the mRNAs, shuffled so that
        dinucleotides stay as frequent.
    code
        The genetic code.
    """
    is_cds = lacks_utrs([example.sequence for example in examples], code)
    is_cds &= np.array([example.is_coding for example in examples], dtype=bool)
    share = is_cds.sum() / max(sum(example.is_coding for example in examples), 1)
    found = f"{where}: {share:.0%} of the mRNAs are coding sequence (CDS) without UTRs"
    if share <= MOSTLY_CDS:
        note = f"{found}. Whole mRNAs (cDNA) teach more." if share > SOME_CDS else ""
        return WholeExamples(list(examples), note)
    ends = _ends(examples, rng)
    completed = [
        replace(example, sequence=f"{next(ends)}{example.sequence}{next(ends)}")
        if is_alone
        else example
        for example, is_alone in zip(examples, is_cds, strict=True)
    ]
    note = (
        f"{found}: ends of shuffled sequence stand in for the UTRs. Whole mRNAs (cDNA) "
        "teach more."
    )
    return WholeExamples(completed, note)


def lacks_utrs(
    sequences: Sequence[str], code: GeneticCode = STANDARD_CODE
) -> NDArray[np.bool_]:
    """Whether each sequence is one open reading frame from its first to its last base.

    The first frame has no stop codon before the last codon. An ATG is not needed, as
    many CDS are incomplete; 90 nt are.
    """
    found = []
    for begin in range(0, len(sequences), _CHUNK):
        part = sequences[begin : begin + _CHUNK]
        frames = frames_of(part, code)
        before = np.concatenate([[0], np.cumsum(frames.is_stop[0])])
        for first, sequence in zip(frames.columns[:-1], part, strict=True):
            n_codons, rest = divmod(len(sequence), 3)
            n_stops = before[first + max(n_codons - 1, 0)] - before[first]
            found.append(not rest and n_codons >= _LEAST_CODONS and not n_stops)
    return np.array(found, dtype=bool)


def _ends(examples: Sequence[Example], rng: np.random.Generator) -> Iterator[str]:
    """5' and 3' ends in turn."""
    pool = [example.sequence for example in examples if not example.is_coding]
    pool = pool or [example.sequence for example in examples]
    while True:
        for mean, spread in (_LOG10_5, _LOG10_3):
            length, end = round(10 ** rng.normal(mean, spread)), ""
            while len(end) < length:
                end += shuffled(pool[rng.integers(len(pool))], rng)
            yield end[:length]
