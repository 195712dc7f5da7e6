"""The nearest protein-coding gene on each side of a transcript.

The words for a neighbour are those of FEELnc, but seen from the transcript: "upstream"
says that the gene lies before the transcript's 5' end. (FEELnc says where the lncRNA
lies as seen from the gene, so its upstream is our downstream.)

References
----------
Wucher V. et al. (2017) Nucleic Acids Research 45:e57. doi:10.1093/nar/gkw1306
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bioloom.genome.intervals import gap_nt, nearest_sides, overlapping_pairs
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
    and gene_id; gene_name is the first that is not empty.
    """
    members: dict[tuple[str, str, Strand], list[Transcript]] = defaultdict(list)
    for transcript in reference:
        place = transcript.gene_id, transcript.chrom, transcript.strand
        members[place].append(transcript)
    genes = [
        Gene(
            gene_id,
            next((t.gene_name for t in transcripts if t.gene_name), ""),
            chrom,
            min(t.start for t in transcripts),
            max(t.end for t in transcripts),
            strand,
        )
        for (gene_id, chrom, strand), transcripts in members.items()
    ]
    return sorted(
        genes, key=lambda gene: (gene.chrom, gene.start, gene.end, gene.gene_id)
    )


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
    overlaps: list[list[Neighbour]] = [[] for _ in transcripts]
    for row, gene in overlapping_pairs(transcripts, genes).tolist():
        overlaps[row].append(_neighbour(transcripts[row], genes[gene], "overlap"))
    sides = _sides(transcripts, genes)
    same = _sides_same_strand(transcripts, genes)
    return [
        _together(transcript, overlaps[row], sides[row], same[row])
        for row, transcript in enumerate(transcripts)
    ]


_Sides = tuple[Neighbour | None, Neighbour | None]


def _together(
    transcript: Transcript, overlaps: Sequence[Neighbour], sides: _Sides, same: _Sides
) -> Neighbours:
    over = (near for near in overlaps if _may_share(transcript.strand, near.strand))
    beside = (near for near in same if near)
    return Neighbours(*sides, tuple(overlaps), (*over, *beside))


def _sides(transcripts: Sequence[Transcript], genes: Sequence[Gene]) -> list[_Sides]:
    left, right = nearest_sides(transcripts, genes)
    return [
        (
            _neighbour(transcript, genes[i], "left") if i >= 0 else None,
            _neighbour(transcript, genes[j], "right") if j >= 0 else None,
        )
        for transcript, i, j in zip(
            transcripts, left.tolist(), right.tolist(), strict=True
        )
    ]


def _sides_same_strand(
    transcripts: Sequence[Transcript], genes: Sequence[Gene]
) -> list[_Sides]:
    sides: list[_Sides] = [(None, None)] * len(transcripts)
    for strand in sorted({transcript.strand for transcript in transcripts}):
        rows = [i for i, asked in enumerate(transcripts) if asked.strand == strand]
        same = [gene for gene in genes if _may_share(strand, gene.strand)]
        found = _sides([transcripts[row] for row in rows], same)
        for row, pair in zip(rows, found, strict=True):
            sides[row] = pair
    return sides


def _neighbour(transcript: Transcript, gene: Gene, side: Side) -> Neighbour:
    return Neighbour(
        gene.gene_id,
        gene.gene_name,
        gene.strand,
        gap_nt(transcript, gene),
        side,
        _relation(transcript.strand, gene.strand, side),
    )


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
