"""The strand of an RNA, by the first and last bases of its introns."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Span

if TYPE_CHECKING:
    from pysam import AlignedSegment

SpliceStrand = Literal["+", "-", ""]
_PLUS = frozenset({"GTAG", "GCAG", "ATAC"})
_MINUS = frozenset({"CTAC", "CTGC", "GTAT"})
"""What introns start and end with, on the strand of the RNA and on the other."""
ON_GENOME, INTRON = frozenset({0, 2, 7, 8}), 3
"""Operations of a CIGAR that take bases of the genome: of an exon, and the intron."""


class Intron(NamedTuple):
    """An intron on a contig."""

    chrom: str
    span: Span


class SpliceStrands:
    """Strands of introns on a genome, each looked up once."""

    def __init__(self, genome: Genome) -> None:
        self._genome = genome
        self._known: dict[Intron, SpliceStrand] = {}

    def of_read(self, read: "AlignedSegment") -> SpliceStrand:
        """The only strand that the canonical introns of a read are on; else empty.

        Canonical are GT-AG, GC-AG and AT-AC, as in STAR's --outSAMstrandField
        intronMotif.
        """
        chrom = str(read.reference_name)
        found = {self.of_intron(Intron(chrom, span)) for span in introns_of(read)}
        strands: set[SpliceStrand] = found - {""}
        return strands.pop() if len(strands) == 1 else ""

    def of_intron(self, intron: Intron) -> SpliceStrand:
        """The strand of one intron; empty if it is not canonical."""
        if intron not in self._known:
            chrom, (start, end) = intron
            ends = self._genome.fetch(chrom, (start, start + 2))
            ends += self._genome.fetch(chrom, (end - 2, end))
            self._known[intron] = (
                "+" if ends in _PLUS else "-" if ends in _MINUS else ""
            )
        return self._known[intron]


def introns_of(read: "AlignedSegment") -> list[Span]:
    """Introns of an alignment, half-open on its contig."""
    place, found = read.reference_start, []
    for operation, length in read.cigartuples or ():
        if operation == INTRON:
            found.append((place, place + length))
        if operation == INTRON or operation in ON_GENOME:
            place += length
    return found


def rna_strand(read: "AlignedSegment") -> SpliceStrand:
    """Strand on the genome of the RNA, as the tags of an alignment have it.

    XS (of HISAT2, STAR and this program) names the strand of the genome, ts of minimap2
    that of the read. XS holds a number in alignments of Bowtie 2 and BWA, which tells
    none.
    """
    tags = {tag: read.get_tag(tag) for tag in ("XS", "ts") if read.has_tag(tag)}
    if tags.get("XS") in {"+", "-"}:
        return "+" if tags["XS"] == "+" else "-"
    if tags.get("ts") in {"+", "-"}:
        is_plus = (tags["ts"] == "+") != read.is_reverse
        return "+" if is_plus else "-"
    return ""
