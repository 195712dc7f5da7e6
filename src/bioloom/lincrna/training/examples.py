"""Transcripts of known class to train on: read, thinned out, made artificially."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bioloom.errors import BadModel
from bioloom.lincrna.training.negatives import noncoding_pieces
from bioloom.seq.fasta import Record
from bioloom.seq.sources import SequenceSource, records_of

MIN_PER_CLASS = 50
MIN_GENES = 5  # of either class: one a fold
MADE_UP_WEIGHT = 0.5
MAX_PER_CLASS = 15_000  # more examples only take longer


@dataclass(frozen=True, slots=True)
class Example:
    """A transcript of known class.

    Parameters
    ----------
    sequence
        Spliced, 5'→3'.
    is_coding
        Whether it is an mRNA.
    group
        Gene: transcripts of one group stay on one side in cross-validation.
    source
        Species or data set: in each class, sources weigh as the square root of their
        sizes, so that no source dominates.
    is_made_up
        Whether the sequence is artificial, not a real transcript.
    weight
        In training, beside a real transcript's.
    """

    sequence: str
    is_coding: bool
    group: str
    source: str = ""
    is_made_up: bool = False
    weight: float = 1.0


def made_up(examples: Sequence[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Non-coding sequence made from the mRNAs among the examples; see `negatives`."""
    mrnas = [example for example in examples if example.is_coding]
    pieces = noncoding_pieces([mrna.sequence for mrna in mrnas], rng)
    for number, piece in pieces:
        mrna = mrnas[number]
        yield Example(
            piece,
            is_coding=False,
            group=mrna.group,
            source=mrna.source,
            is_made_up=True,
            weight=MADE_UP_WEIGHT,
        )


def thinned(examples: Sequence[Example], rng: np.random.Generator) -> list[Example]:
    """At most 15,000 of each class and kind, of as many genes as possible.

    Where there are more, they are taken from the sources in turn: small ones stay
    whole.
    """
    rows: list[int] = []
    for kind in ((True, False), (False, False), (False, True)):
        sources: dict[str, list[int]] = defaultdict(list)
        for number, example in enumerate(examples):
            if (example.is_coding, example.is_made_up) == kind:
                sources[example.source].append(number)
        turns = [
            (turn, number)
            for members in sources.values()
            for turn, number in enumerate(_by_gene(members, examples, rng))
        ]
        rows += [number for _, number in sorted(turns)[:MAX_PER_CLASS]]
    return [examples[number] for number in sorted(rows)]


def _by_gene(
    members: Sequence[int], examples: Sequence[Example], rng: np.random.Generator
) -> list[int]:
    """Examples of a source in random order, one of every gene first."""
    genes: dict[str, list[int]] = defaultdict(list)
    for number in members:
        genes[examples[number].group].append(number)
    shuffled = [rng.permutation(isoforms).tolist() for isoforms in genes.values()]
    ranks = [
        (rank, draw, number)
        for isoforms in shuffled
        for draw in [rng.random()]
        for rank, number in enumerate(isoforms)
    ]
    return [number for *_, number in sorted(ranks)]


def check_examples(examples: Sequence[Example], name: str) -> None:
    """Check that there are enough examples to train and test on.

    Raises
    ------
    BadModel
        If a class has fewer than 50 transcripts or 5 genes.
    """
    kinds = [
        [example for example in examples if example.is_coding is is_coding]
        for is_coding in (True, False)
    ]
    n_examples = [len(kind) for kind in kinds]
    if min(n_examples) < MIN_PER_CLASS:
        raise BadModel(
            where=name,
            found=f"{n_examples[0]} coding and {n_examples[1]} non-coding transcripts",
            expected=f"at least {MIN_PER_CLASS} of either",
            advice="Give more transcripts, or leave few lncRNAs out (sequence is then "
            "made from the mRNAs), or use the packaged model.",
        )
    n_genes = [len({example.group for example in kind}) for kind in kinds]
    if min(n_genes) < MIN_GENES:
        raise BadModel(
            where=name,
            found=f"{n_genes[0]} coding and {n_genes[1]} non-coding genes",
            expected=f"at least {MIN_GENES} of either",
            advice="Give transcripts of more genes; gene:NAME in a header names one.",
        )


def read_examples(
    coding: SequenceSource, noncoding: SequenceSource | None
) -> list[Example]:
    """Examples of mRNAs and lncRNAs; ``gene:NAME`` in a FASTA header is a group.

    Raises
    ------
    BioloomError
        If a file is missing or broken.
    """
    examples = [*_examples(coding, is_coding=True)]
    if noncoding is not None:
        examples += _examples(noncoding, is_coding=False)
    return examples


def _examples(source: SequenceSource, *, is_coding: bool) -> Iterator[Example]:
    for record in records_of(source):
        yield Example(record.sequence.upper(), is_coding, _gene(record))


def _gene(record: Record) -> str:
    match = re.search(r"\bgene[:=](\S+)", record.description)
    return match[1] if match else record.name
