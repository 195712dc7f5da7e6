"""Alignments of one molecule → one of them, for the assembly."""

from array import array
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.alignments.opening import open_bam
from bioloom.lincrna.cells.alignments import tag_of
from bioloom.lincrna.cells.tags import NO_UMI
from bioloom.lincrna.cells.umis import molecules, umi_code
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    from pysam import AlignedSegment

_SOFT_CLIP = 4


def deduplicate(bam: Path, out: Path) -> None:
    """Write one alignment of each molecule of a sorted BAM file.

    Alignments are of one molecule if their barcode, strand and place of the read's
    first base (bases clipped there included) are the same, and their UMIs are one by
    the directional method. Of these the one with the best mapping quality stays, the
    first of several. Names end in ``_barcode_UMI``.

    Raises
    ------
    BadInput
        If the file cannot be read.
    """
    from pysam import AlignmentFile

    stays = _first_of_molecules(_columns(bam))
    with (
        open_bam(bam) as reader,
        written_aside(out) as aside,
        AlignmentFile(str(aside), "wb", template=reader) as writer,
    ):
        for is_one, read in zip(stays, reader.fetch(until_eof=True), strict=True):
            if is_one:
                writer.write(read)


def _columns(bam: Path) -> NDArray[np.int64]:
    """Barcode, chromosome, first base, strand, UMI, quality of each; shape (6, n).

    The barcode of an unaligned read is -1.
    """
    columns = tuple(array("q") for _ in range(6))
    barcodes: dict[str, int] = {}
    with open_bam(bam) as reader:
        for read in reader.fetch(until_eof=True):
            barcode, umi = tag_of(read)
            row = (-1, 0, 0, 0, 0, 0)
            if not read.is_unmapped and umi != NO_UMI:
                row = (
                    barcodes.setdefault(barcode, len(barcodes)),
                    read.reference_id,
                    _first_base(read),
                    int(read.is_reverse),
                    umi_code(umi),
                    read.mapping_quality,
                )
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return np.array([np.frombuffer(column, np.int64) for column in columns])


def _first_base(read: "AlignedSegment") -> int:
    """Place of a read's first base on the reference, as if none were clipped."""
    cigar = read.cigartuples or [(0, 0)]
    if read.is_reverse:
        clipped = cigar[-1][1] if cigar[-1][0] == _SOFT_CLIP else 0
        return int((read.reference_end or 0) + clipped)
    clipped = cigar[0][1] if cigar[0][0] == _SOFT_CLIP else 0
    return int(read.reference_start - clipped)


def _first_of_molecules(columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each alignment is the one that stays, shape (n,)."""
    *keys, quality = columns
    order = np.lexsort((-quality, *keys[::-1]))
    order = order[keys[0][order] >= 0]
    rows = np.vstack(keys)[:, order]
    differs = np.diff(rows, axis=1, prepend=rows[:, :1] - 1) != 0
    is_new = differs.any(axis=0)
    starts = np.flatnonzero(is_new)
    n_reads = np.diff(np.append(starts, len(order)))
    group = np.cumsum(differs[:-1].any(axis=0))[starts]
    first = molecules(group, rows[-1, starts], n_reads)
    stays = np.zeros(columns.shape[1], dtype=np.bool_)
    stays[order[starts[first == np.arange(len(first))]]] = True
    return stays
