"""Sequence that looks like a species' transcripts but encodes nothing.

For species without known lncRNAs. Three sources, all from mRNAs: 3' ends after
the stop codon, pieces of the opposite strand, and pieces shuffled so that each
dinucleotide stays as often as it was.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.seq.alphabet import reverse_complement

MIN_NT = 201
_LOG10_NT = (3.0, 0.4)  # mean and spread of lengths: longer than most lncRNAs, so
# that length is a weak clue


class Piece(NamedTuple):
    """Non-coding sequence, and the number of the mRNA it was made from."""

    number: int
    sequence: str


def noncoding_pieces(mrnas: Sequence[str], rng: np.random.Generator) -> Iterator[Piece]:
    """Make non-coding sequence from mRNAs.

    Parameters
    ----------
    mrnas
        Spliced, 5'→3'.
    rng
        Draws the pieces.

    Yields
    ------
    Each with a sequence of 201 nt or more.
    """
    for number, mrna in enumerate(mrnas):
        orf = longest_orfs(mrna, "+").longest
        after = mrna[orf.start + orf.length_nt :] if orf else ""
        if len(after) >= MIN_NT:
            yield Piece(number, after)
        if len(mrna) >= MIN_NT:
            yield Piece(number, reverse_complement(_piece(mrna, rng)))
            yield Piece(number, shuffled(_piece(mrna, rng), rng))


def shuffled(sequence: str, rng: np.random.Generator) -> str:
    """A sequence with the same dinucleotides in another order.

    Cut after each A, the pieces between the first and the last cut may change places
    without losing or gaining a dinucleotide; then the same with C, G and T, twice.

    Examples
    --------
    >>> shuffled("ACCAGGATT", np.random.default_rng(2))
    'AGGACCATT'
    """
    for base in "ACGT" * 2:
        head, *inner = sequence.split(base)
        if len(inner) > 2:
            order = rng.permutation(len(inner) - 1)
            inner = [*(inner[i] for i in order), inner[-1]]
        sequence = base.join([head, *inner])
    return sequence


def _piece(mrna: str, rng: np.random.Generator) -> str:
    """A piece as long as a lncRNA, or the whole sequence."""
    drawn = round(10 ** rng.normal(*_LOG10_NT))
    length = min(max(drawn, MIN_NT), len(mrna))
    begin = int(rng.integers(0, len(mrna) - length + 1))
    return mrna[begin : begin + length]
