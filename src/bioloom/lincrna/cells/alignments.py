"""Alignments of cDNA reads, with the barcode and UMI that their names end in."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bioloom.genome.transcript import Span
from bioloom.lincrna.alignments.opening import is_unique, open_bam
from bioloom.lincrna.cells.tags import NO_UMI
from bioloom.lincrna.cells.umis import NO_UMI_CODE, umi_code
from bioloom.lincrna.inputs.geometry import Tag

if TYPE_CHECKING:
    from pysam import AlignedSegment


class Place(NamedTuple):
    """Where a read aligns: strand of the read, and its blocks on the reference."""

    chrom: str
    strand: str
    blocks: tuple[Span, ...]


class Alignment(NamedTuple):
    """A read that aligns once: its barcode, its UMI's code, and where."""

    barcode: str
    umi: int
    place: Place


def tag_of(read: "AlignedSegment") -> Tag:
    """Barcode and UMI that a read's name ends in."""
    _, barcode, umi = (read.query_name or "__").rsplit("_", 2)
    return Tag(barcode, umi)


def unique_alignments(path: Path) -> Iterator[Alignment]:
    """Reads of a BAM file that align once, in its order.

    Of a pair, mate 1 stands for both, or mate 2 where mate 1 is not aligned. Places of
    reads that follow each other are shared, so a sorted file is read fastest.
    """
    with open_bam(path) as bam:
        names = bam.references
        last_key, place = None, Place("", "", ())
        for read in bam.fetch(until_eof=True):
            if not is_unique(read) or (read.is_read2 and not read.mate_is_unmapped):
                continue
            strand = "-" if read.is_reverse != read.is_read2 else "+"
            key = (read.reference_id, read.reference_start, read.cigarstring, strand)
            if key != last_key:
                blocks = tuple(read.get_blocks())
                last_key, place = key, Place(names[read.reference_id], strand, blocks)
            barcode, umi = tag_of(read)
            code = NO_UMI_CODE if umi == NO_UMI else umi_code(umi)
            yield Alignment(barcode, code, place)
