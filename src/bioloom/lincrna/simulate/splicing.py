"""Laying an RNA out on genomic sequence: exons, introns, splice sites."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bioloom.genome.transcript import Span
from bioloom.lincrna.simulate.sequence import random_bases
from bioloom.seq.alphabet import SeqCodes, encode

MIN_EXON_NT = 70
_DONORS = ("GTAAGT", "GTGAGT", "GTAAGA")
DONOR_NT = 6
ACCEPTOR_NT = 21


def intron(rng: np.random.Generator, length_nt: int) -> SeqCodes:
    """Random intron from GTRAGW to a pyrimidine tract and CAG.

    The tract has neither G nor A: no shift of the intron along equal exon bases
    finds a second pair of splice sites, so an aligner can place it only here.

    Parameters
    ----------
    rng
        Source of randomness.
    length_nt
        Its length, nt, at least 60.
    """
    codes = random_bases(rng, length_nt)
    codes[:DONOR_NT] = encode(_DONORS[rng.integers(len(_DONORS))])
    codes[-ACCEPTOR_NT:-3] = rng.choice([1, 3, 3], size=ACCEPTOR_NT - 3)
    codes[-3:] = encode("CAG")
    return codes


def short_introns(rng: np.random.Generator, n_introns: int) -> list[SeqCodes]:
    """Introns of 100 to 1500 nt, short ones more often."""
    lengths = np.exp(rng.uniform(np.log(100), np.log(1500), size=n_introns))
    return [intron(rng, int(length)) for length in lengths]


def cut_exons(
    rng: np.random.Generator, length_nt: int, n_exons: int
) -> tuple[Span, ...]:
    """Cut an RNA into exons at random, each of at least 70 nt.

    Parameters
    ----------
    rng
        Source of randomness.
    length_nt
        Length of the RNA, nt, at least 70 per exon.
    n_exons
        How many exons.

    Returns
    -------
    Spans on the RNA, ascending and touching.
    """
    spare = length_nt - n_exons * MIN_EXON_NT
    cuts = np.sort(rng.integers(0, spare + 1, size=n_exons - 1))
    borders = [0, *(cuts + MIN_EXON_NT * np.arange(1, n_exons)).tolist(), length_nt]
    return tuple(zip(borders[:-1], borders[1:], strict=True))


class Layout(NamedTuple):
    """Genomic sequence of an RNA, and its exons on it."""

    codes: SeqCodes
    exons: tuple[Span, ...]


def lay_out(
    rna: SeqCodes, pieces: Sequence[Span], introns: Sequence[SeqCodes]
) -> Layout:
    """Genomic sequence of an RNA, and its exons on it.

    Parameters
    ----------
    rna
        The spliced sequence.
    pieces
        Exons as spans on the RNA, touching.
    introns
        Genomic sequence after each exon but the last.
    """
    parts: list[SeqCodes] = []
    exons: list[Span] = []
    position = 0
    for (start, end), gap in zip(
        pieces, [*introns, np.empty(0, np.uint8)], strict=True
    ):
        parts += [rna[start:end], gap]
        exons.append((position, position + end - start))
        position += end - start + len(gap)
    return Layout(np.concatenate(parts), tuple(exons))


def splice(codes: SeqCodes, exons: Sequence[Span]) -> SeqCodes:
    """The RNA of exons on the forward strand."""
    return np.concatenate([codes[start:end] for start, end in exons])


def project(exons: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Genomic spans of a span on the RNA of forward exons."""
    spans: list[Span] = []
    before = 0
    for left, right in exons:
        first = max(start - before, 0)
        last = min(end - before, right - left)
        if first < last:
            spans.append((left + first, left + last))
        before += right - left
    return tuple(spans)
