"""Whether what a sample sheet says of a sample goes together."""

import re
from dataclasses import fields

from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.chemistry import PLATES
from bioloom.lincrna.inputs.sample import Sample

_CELL = re.compile(r"[A-Za-z0-9.-]+")


def check_alike(first: Sample, other: Sample, where: str) -> None:
    """Two rows of one sample differ in nothing but their files.

    Raises
    ------
    BadSampleSheet
        If they do, or a sample has two files of alignments.
    """
    for each in fields(Sample):
        values = [getattr(row, each.name) for row in (first, other)]
        if each.name != "lanes" and values[0] != values[1]:
            both = f"{values[0]!r} and {values[1]!r}"
            raise wrong(
                where,
                f"sample {first.name!r} with {each.name} {both}",
                "rows of one sample (its lanes) that differ in their files alone",
            )
    if first.bam is not None:
        raise wrong(where, f"sample {first.name!r} with two bam", "one")


def check_lanes(sample: Sample, where: str) -> None:
    """The files of a sample's lanes go together.

    Raises
    ------
    BadSampleSheet
        If a file is named twice, or lanes differ in their number of files or packing.
    """
    files, of_sample = sample.reads, f"sample {sample.name!r}"
    twice = [file for file in files if files.count(file) > 1]
    if twice:
        raise wrong(where, f"{of_sample} with {twice[0]} twice", "each file once")
    if len({len(lane.files) for lane in sample.lanes}) > 1:
        found = f"{of_sample} with lanes of one file and of two"
        raise wrong(where, found, "as many files in each lane")
    is_packed = {file.suffix == ".gz" for file in files}
    if len(is_packed) > 1 and len(sample.lanes) > 1 and not sample.has_cells:
        raise wrong(
            where, f"{of_sample} with lanes packed and not", "all gzip, or none"
        )


def check_cells(sample: Sample, where: str) -> None:
    """A sample has the files that its kind and protocol need.

    Raises
    ------
    BadSampleSheet
        If it has not, or states what only single cells have.
    """
    of_sample = f"sample {sample.name!r}"
    if not sample.has_cells:
        if any(lane.cell or len(lane.files) > 2 for lane in sample.lanes):
            expected = "kind cell or nucleus, or neither cell nor fastq_3"
            raise wrong(where, f"{of_sample} of kind bulk with cells", expected)
        return
    if sample.is_plate:
        _check_plate(sample, where)
    elif any(lane.cell for lane in sample.lanes):
        expected = f"chemistry {' or '.join(PLATES)} with a column cell"
        raise wrong(where, f"{of_sample} with cells, {sample.chemistry}", expected)
    elif sample.bam is None and len(sample.lanes[0].files) < 2:
        raise wrong(where, f"{of_sample}: one file", "barcodes and cDNA, or bam")


def _check_plate(sample: Sample, where: str) -> None:
    of_sample = f"sample {sample.name!r}"
    if sample.bam is not None:
        raise wrong(where, f"{of_sample}: a plate with bam", "FASTQ files")
    for lane in sample.lanes:
        if not _CELL.fullmatch(lane.cell):
            expected = "a name of each cell: letters, digits, '.' and '-'"
            raise wrong(where, f"{of_sample}: cell {lane.cell!r}", expected)
    if len(sample.lanes[0].files) > 2:
        raise wrong(where, f"{of_sample}: three files", "one or two for each cell")


def wrong(where: str, found: str, expected: str, *, advice: str = "") -> BadSampleSheet:
    """An error in a sample sheet; by default its advice is to correct the sheet."""
    return BadSampleSheet(
        where=where,
        found=found,
        expected=expected,
        advice=advice or "Correct the sample sheet.",
    )
