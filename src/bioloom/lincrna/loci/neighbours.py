"""The nearest protein-coding gene on each side of a transcript.

The terms for a neighbour are those of FEELnc, but seen from the transcript: "upstream"
says that the gene lies before the transcript's 5' end. (FEELnc says where the lncRNA
lies as seen from the gene, so its upstream is our downstream.)

References
----------
Wucher V. et al. (2017) Nucleic Acids Research 45:e57. doi:10.1093/nar/gkw1306
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from bioloom.genome.intervals import Indices, nearest_sides, overlapping_pairs
from bioloom.genome.kinds import gene_key
from bioloom.genome.transcript import Strand, Transcript

Side = Literal["left", "right", "overlap"]
Relation = Literal[
    "same strand upstream",
    "same strand downstream",
    "divergent",
    "convergent",
    "overlap",
    "unknown strand",
]


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene's span: from the first to the last base of its transcripts, half-open."""

    gene_id: str
    gene_name: str
    chrom: str
    start: int
    end: int
    strand: Strand


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A gene near a transcript.

    Parameters
    ----------
    gene_id, gene_name, strand
        The gene.
    distance_nt
        Bases between the two spans, 0 when they touch or overlap.
    side
        Where the gene lies on the chromosome: wholly at lower coordinates, wholly at
        higher ones, or overlapping.
    relation
        "overlap": the spans share a base, on any strand.
        "unknown strand": they do not, and one of the strands is ".".
        "same strand upstream", "same strand downstream": the gene lies before the 5'
        end, or behind the 3' end, of the transcript.
        "divergent": opposite strands, 5' ends towards each other (head to head).
        "convergent": opposite strands, 3' ends towards each other (tail to tail).
    """

    gene_id: str
    gene_name: str
    strand: Strand
    distance_nt: int
    side: Side
    relation: Relation


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Genes around a transcript; None where a side of the chromosome has none.

    Parameters
    ----------
    left, right
        Nearest gene wholly on that side, any strand.
    overlaps
        All genes whose span overlaps the transcript's, in the order of the genes.
    same_strand
        The nearest genes that may share the transcript's strand, in the order
        overlapping, left, right. They can lie further away than `left` and `right`.
    """

    left: Neighbour | None
    right: Neighbour | None
    overlaps: tuple[Neighbour, ...] = ()
    same_strand: tuple[Neighbour, ...] = ()

    @property
    def nearest(self) -> Neighbour | None:
        """Gene at the smallest distance; of equal ones an overlap, then the left."""
        sides = (side for side in (self.left, self.right) if side)
        return _nearest((*self.overlaps, *sides))

    @property
    def nearest_same_strand(self) -> Neighbour | None:
        """As `nearest`, among genes on the transcript's strand.

        An unknown strand, of either, counts as the same.
        """
        return _nearest(self.same_strand)


def gene_spans(reference: Iterable[Transcript]) -> list[Gene]:
    """Genes of reference transcripts.

    Returns
    -------
    One gene for each gene_id, chromosome and strand, sorted by chromosome, start, end
    and gene_id; gene_name is the first that is not empty. Transcripts of one gene_id
    whose spans do not overlap, directly or through others, are genes of their own:
    what lies between two copies of a gene is not inside one.
    """
    members: dict[tuple[str, str, Strand], list[Transcript]] = defaultdict(list)
    for transcript in reference:
        place = gene_key(transcript), transcript.chrom, transcript.strand
        members[place].append(transcript)
    genes = [
        _gene(gene_id, copy)
        for (gene_id, *_), transcripts in members.items()
        for copy in _overlapping(transcripts)
    ]
    return sorted(
        genes, key=lambda gene: (gene.chrom, gene.start, gene.end, gene.gene_id)
    )


def _gene(gene_id: str, transcripts: Sequence[Transcript]) -> Gene:
    return Gene(
        gene_id,
        next((tx.gene_name for tx in transcripts if tx.gene_name), ""),
        transcripts[0].chrom,
        min(tx.start for tx in transcripts),
        max(tx.end for tx in transcripts),
        transcripts[0].strand,
    )


def _overlapping(transcripts: Sequence[Transcript]) -> list[list[Transcript]]:
    """Transcripts of one contig in groups whose spans overlap one another."""
    copies: list[list[Transcript]] = []
    furthest = -1
    for tx in sorted(transcripts, key=lambda tx: tx.start):
        if tx.start >= furthest:
            copies.append([])
        copies[-1].append(tx)
        furthest = max(furthest, tx.end)
    return copies


def neighbours(
    transcripts: Sequence[Transcript], genes: Sequence[Gene]
) -> list[Neighbours]:
    """Nearest gene on each side of each transcript, and the genes that overlap it.

    Parameters
    ----------
    transcripts
        Transcripts to ask for.
    genes
        Genes to choose from, usually `gene_spans` of the protein-coding transcripts.
        Of equally near ones on a side the first wins.

    Returns
    -------
    One entry for each transcript, in their order.

    Notes
    -----
    Time O(n log n + n_pairs) for n_pairs overlapping spans.
    """
    overlaps: list[list[int]] = [[] for _ in transcripts]
    for row, gene in overlapping_pairs(transcripts, genes).tolist():
        overlaps[row].append(gene)
    left, right = nearest_sides(transcripts, genes)
    sides = zip(left.tolist(), right.tolist(), strict=True)
    same = _sides_same_strand(transcripts, genes).tolist()
    return [
        _View(transcript, genes).around(over, _Sides(*near), _Sides(*same_strand))
        for transcript, over, near, same_strand in zip(
            transcripts, overlaps, sides, same, strict=True
        )
    ]


class _Sides(NamedTuple):
    """Indices of the nearest genes on either side; -1 where there is none."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class _View:
    """The genes as one transcript sees them, by their index."""

    transcript: Transcript
    genes: Sequence[Gene]

    def around(
        self, overlaps: Sequence[int], sides: _Sides, same: _Sides
    ) -> Neighbours:
        strand = self.transcript.strand
        over = tuple(self._neighbour(self.genes[i], "overlap", 0) for i in overlaps)
        shared = (near for near in over if _may_share(strand, near.strand))
        left, right = self._left(sides.left), self._right(sides.right)
        # mostly the nearest gene of the strand is the nearest gene
        beside = (
            left if same.left == sides.left else self._left(same.left),
            right if same.right == sides.right else self._right(same.right),
        )
        return Neighbours(left, right, over, (*shared, *filter(None, beside)))

    def _left(self, index: int) -> Neighbour | None:
        if index < 0:
            return None
        gene = self.genes[index]
        return self._neighbour(gene, "left", self.transcript.start - gene.end)

    def _right(self, index: int) -> Neighbour | None:
        if index < 0:
            return None
        gene = self.genes[index]
        return self._neighbour(gene, "right", gene.start - self.transcript.end)

    def _neighbour(self, gene: Gene, side: Side, distance_nt: int) -> Neighbour:
        relation = _relation(self.transcript.strand, gene.strand, side)
        return Neighbour(
            gene.gene_id, gene.gene_name, gene.strand, distance_nt, side, relation
        )


def _sides_same_strand(
    transcripts: Sequence[Transcript], genes: Sequence[Gene]
) -> Indices:
    """Indices of the nearest genes of each one's strand, shape (n_transcripts, 2)."""
    sides = np.full((len(transcripts), 2), -1, dtype=np.int64)
    for strand in sorted({transcript.strand for transcript in transcripts}):
        rows = [
            i for i, transcript in enumerate(transcripts) if transcript.strand == strand
        ]
        same = [i for i, gene in enumerate(genes) if _may_share(strand, gene.strand)]
        nearest = nearest_sides(
            [transcripts[i] for i in rows], [genes[i] for i in same]
        )
        numbers = np.array([*same, -1], dtype=np.int64)  # -1 stays -1
        sides[rows] = numbers[np.column_stack(nearest)]
    return sides


@cache
def _relation(strand: Strand, gene_strand: Strand, side: Side) -> Relation:
    if side == "overlap":
        return "overlap"
    if "." in (strand, gene_strand):
        return "unknown strand"
    upstream = (side == "left") == (strand == "+")
    if strand == gene_strand:
        return "same strand upstream" if upstream else "same strand downstream"
    return "divergent" if upstream else "convergent"


def _may_share(strand: Strand, other: Strand) -> bool:
    return strand == other or "." in (strand, other)


def _nearest(candidates: Sequence[Neighbour]) -> Neighbour | None:
    return min(candidates, key=lambda near: near.distance_nt, default=None)
