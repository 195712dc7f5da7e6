"""How long the fragments of a library are, from its alignments to the genome."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.gtf import read_annotation
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.alignments.opening import is_unique, open_bam

if TYPE_CHECKING:
    from pysam import AlignedSegment

Lengths = NDArray[np.int64]

MIN_BLOCK_NT = 1_000
"""Exons that are shorter would hold few of the long fragments."""
MAX_FRAGMENT_NT = 1_000
"""Longer ones are not taken for fragments; Salmon's own limit."""
MIN_PAIRS, ENOUGH_PAIRS = 200, 100_000
_USUAL_NT, _USUAL_SD_NT = 250, 25


@dataclass(frozen=True, slots=True)
class FragmentLengths:
    """How long fragments are.

    Parameters
    ----------
    weights
        Of each length from 0 nt on.
    n_pairs
        Pairs that they come from; 0 if they are taken for granted.
    """

    weights: NDArray[np.float64]
    n_pairs: int

    @property
    def mean_nt(self) -> float:
        """Their mean."""
        return float(np.average(np.arange(len(self.weights)), weights=self.weights))

    def effective_nt(self, lengths_nt: Lengths) -> NDArray[np.float64]:
        """Effective lengths of transcripts: places at which a fragment may begin.

        The length less the mean of the fragments that fit into it, as Salmon has it;
        the length itself where none fits.
        """
        total = np.cumsum(self.weights)
        sums = np.cumsum(self.weights * np.arange(len(self.weights)))
        fit = np.minimum(lengths_nt, len(self.weights) - 1)
        means = np.divide(
            sums[fit], total[fit], where=total[fit] > 0, out=np.zeros(len(fit))
        )
        effective = lengths_nt - means
        return np.where((total[fit] > 0) & (effective >= 1), effective, lengths_nt)


def usual_lengths() -> FragmentLengths:
    """What Salmon takes for granted where it sees no pairs: 250 ± 25 nt."""
    deviations = (np.arange(MAX_FRAGMENT_NT + 1) - _USUAL_NT) / _USUAL_SD_NT
    return FragmentLengths(np.exp(-(deviations**2) / 2), 0)


def fragment_lengths(bam: Path, annotation: Path) -> FragmentLengths:
    """Lengths of fragments by pairs that lie in one exon, where no intron hides.

    A long fragment fits into an exon at fewer places than a short one: each counts by
    the inverse of the places that fragments of its length have.

    Parameters
    ----------
    bam
        Alignments to the genome, sorted by place.
    annotation
        Transcripts, GTF.

    Returns
    -------
    Those that Salmon takes for granted with fewer than `MIN_PAIRS` such pairs.
    """
    blocks = _long_blocks(read_annotation(annotation).transcripts)
    found: list[int] = []
    with open_bam(bam) as opened:
        for length in _lengths_in(opened, blocks):
            found.append(length)
            if len(found) == ENOUGH_PAIRS:
                break
    if len(found) < MIN_PAIRS:
        return usual_lengths()
    rows = [each for each in blocks.values() if len(each)]
    sizes = np.concatenate([each[:, 1] - each[:, 0] for each in rows])
    return _estimated(np.array(found), sizes)


def _estimated(found: Lengths, sizes: Lengths) -> FragmentLengths:
    counts = np.bincount(found, minlength=MAX_FRAGMENT_NT + 1)
    lengths = np.arange(len(counts))
    places = np.maximum(sizes[:, None] - lengths + 1, 0).sum(axis=0)
    return FragmentLengths(counts / places, len(found))


def _long_blocks(transcripts: Iterable[Transcript]) -> dict[str, Lengths]:
    """Exons of each contig, those that overlap joined, if they are long."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for tx in transcripts:
        spans.setdefault(tx.chrom, []).extend(tx.exons)
    return {chrom: _joined(sorted(each)) for chrom, each in spans.items()}


def _joined(spans: list[tuple[int, int]]) -> Lengths:
    joined: list[list[int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    blocks = np.array(joined, dtype=np.int64).reshape(-1, 2)
    return blocks[blocks[:, 1] - blocks[:, 0] >= MIN_BLOCK_NT]


def _lengths_in(
    reads: "Iterable[AlignedSegment]", blocks: dict[str, Lengths]
) -> Iterator[int]:
    """Lengths of the fragments within a block, by their first mate on the contig."""
    none = np.empty((0, 2), dtype=np.int64)
    for read in reads:
        length = read.template_length
        if not 0 < length <= MAX_FRAGMENT_NT or not _is_plain(read):
            continue
        within = blocks.get(read.reference_name or "", none)
        start = read.reference_start
        place = int(np.searchsorted(within[:, 0], start, side="right")) - 1
        if place >= 0 and start + length <= within[place, 1]:
            yield length


def _is_plain(read: "AlignedSegment") -> bool:
    """Whether it is a mate of a pair that aligns once, and without an intron."""
    return (
        read.is_proper_pair and is_unique(read) and "N" not in (read.cigarstring or "")
    )
