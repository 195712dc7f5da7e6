"""Alignments of cDNA reads, with the barcode and UMI that their names end in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bioloom.errors import BadInput, BioloomError
from bioloom.genome.transcript import Span
from bioloom.lincrna.cells.tags import NO_UMI
from bioloom.lincrna.cells.umis import NO_UMI_CODE, umi_code
from bioloom.lincrna.inputs.geometry import Tag

if TYPE_CHECKING:
    from pysam import AlignedSegment, AlignmentFile

UNIQUE_MAPQ = 255
"""Mapping quality that STAR and CellRanger give to a read that aligns once."""


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


@contextmanager
def open_bam(path: Path) -> Iterator["AlignmentFile"]:
    """Open a BAM file; an unreadable one is one clear error.

    Raises
    ------
    BadInput
        If it is no BAM file, or cut off.
    """
    from pysam import AlignmentFile, set_verbosity

    before = set_verbosity(0)
    try:
        with AlignmentFile(str(path), "rb", check_sq=False) as bam:
            yield bam
    except BioloomError:  # of what is done with the reads; some are ValueErrors
        raise
    except (OSError, ValueError) as problem:
        raise BadInput(
            where=path,
            found=f"an alignment file that cannot be read ({problem})",
            expected="a whole BAM file",
            advice="Make it again; one of the workflow's is made again if removed.",
        ) from None
    finally:
        set_verbosity(before)


def is_unique(read: "AlignedSegment") -> bool:
    """Whether a read's only alignment is this one."""
    if read.is_unmapped or read.is_secondary or read.is_supplementary:
        return False
    if read.has_tag("NH"):
        return bool(read.get_tag("NH") == 1)
    return bool(read.mapping_quality == UNIQUE_MAPQ)


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
