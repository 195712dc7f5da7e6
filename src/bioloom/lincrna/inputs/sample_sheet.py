"""The sample sheet of a run: which FASTQ files belong to which sample."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.chemistry import PLATES
from bioloom.run.language import mark
from bioloom.run.output import open_bytes
from bioloom.run.table_reader import separator_of
from bioloom.run.text import decoded

Strandness = Literal["forward", "reverse", "unstranded"]
StatedStrandness = Literal["auto", "forward", "reverse", "unstranded"]
SampleKind = Literal["bulk", "cell", "nucleus"]

FASTQ_COLUMNS = ("fastq_1", "fastq_2", "fastq_3")
CELL_COLUMNS = ("chemistry", "barcodes", "n_cells", "cell", "bam")
COLUMNS = ("sample", *FASTQ_COLUMNS[:2], "strandness", "kind")
ALL_COLUMNS = (*COLUMNS, FASTQ_COLUMNS[2], *CELL_COLUMNS)
REQUIRED = COLUMNS[:1]
ALIASES: Mapping[str, str] = {"strandedness": "strandness"}
"""What other sheets, such as nf-core's, call a column."""
SAMPLE_COLUMNS: Mapping[str, str] = {
    "sample": mark("name"),
    "kind": mark("bulk, cell or nucleus"),
    "n_reads": mark("reads, or pairs of a paired sample"),
    "n_cells": mark("cells or nuclei of a droplet sample"),
    "percent_in_cells": mark("reads that belong to them, errors in barcodes corrected"),
    "read_length_nt": mark("longest read, nt"),
    "n_trimmed": mark("reads or pairs left by Trim Galore"),
    "trimmed_length_nt": mark("mean length of these reads (of each mate), nt"),
    "strandness": mark("used by the run"),
    "stated_strandness": mark("in the sample sheet"),
    "sense_fraction": mark(
        "of the reads on annotated exons, those on the sense strand"
    ),
    "n_strand_reads": mark("reads that this fraction counts"),
    "mapped_percent": mark("HISAT2's overall alignment rate"),
    "unique_percent": mark("aligned once (pairs: concordantly)"),
    "n_assembled": mark("transcripts of the sample's own assembly"),
    "n_rescued": mark("of the cells, those below the knee of the reads"),
    "percent_ambient": mark("UMIs outside cells"),
    "percent_antisense": mark(
        "uniquely aligned reads against the strand of the only gene"
    ),
    "n_unusable": mark(
        "reads without a whole barcode and UMI (too short, N, one letter)"
    ),
    "note": mark("note of caution"),
}
"""Columns of tables/samples.tsv, which no factor may be named by."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_CELL = re.compile(r"[A-Za-z0-9.-]+")
_FACTOR = re.compile(r"[A-Za-z]\w*")


class Lane(NamedTuple):
    """Files that belong together: one of a sample's lanes, or one cell of a plate.

    Parameters
    ----------
    files
        FASTQ files: one, the two of a pair, or three where the protocol has them.
    cell
        Name of the cell on a plate; empty otherwise.
    """

    files: tuple[Path, ...]
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: one row of the sheet, or several that are its lanes or cells.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``.`` and ``-``.
    lanes
        Its FASTQ files, lane by lane.
    strandness
        "forward" (read 1 is sense), "reverse" (dUTP: read 1 is antisense),
        "unstranded", or "auto" to infer it. Of droplets, that of the cDNA read.
    kind
        "bulk", "cell" or "nucleus".
    factors
        Level of each further column of the sheet, such as condition or batch.
    chemistry
        Name of a single-cell protocol, a geometry, or "auto"; empty if not stated.
    barcodes
        Barcode lists of the kit: one, or one for each part of the barcode.
    n_cells
        Number of cells to take; None finds them.
    bam
        Alignments with the tags CB and UB, in place of reads.
    """

    name: str
    lanes: tuple[Lane, ...]
    strandness: StatedStrandness
    kind: SampleKind = "bulk"
    factors: Mapping[str, str] = field(default_factory=dict)
    chemistry: str = ""
    barcodes: tuple[Path, ...] = ()
    n_cells: int | None = None
    bam: Path | None = None

    @property
    def reads(self) -> tuple[Path, ...]:
        """All files, lane by lane."""
        return tuple(file for lane in self.lanes for file in lane.files)

    @property
    def has_cells(self) -> bool:
        """Whether its reads come from single cells or nuclei."""
        return self.kind != "bulk"

    @property
    def is_plate(self) -> bool:
        """Whether each cell has files of its own."""
        return self.has_cells and self.chemistry in PLATES

    @property
    def is_droplets(self) -> bool:
        """Whether its reads hold barcode and UMI."""
        return self.has_cells and not self.is_plate

    @property
    def is_paired(self) -> bool:
        """Whether both files of a lane hold cDNA."""
        return not self.is_droplets and len(self.lanes[0].files) == 2


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read a sample sheet with the columns of `ALL_COLUMNS`.

    A name and reads (or alignments) are needed. Further columns are factors, such as
    condition, tissue or batch. Tabs, commas or
    semicolons separate the columns, in any usual encoding. Rows of one sample are its
    lanes (or, with a column `cell`, the cells of a plate); so are paths that commas
    separate in one field.

    Raises
    ------
    MissingFile
        If the sheet, or a file that it names, does not exist.
    BadSampleSheet
        If a column or an entry is wrong; the message names the line.
    """
    if not path.is_file():
        raise MissingFile(path, role="a sample sheet")
    lines = _lines(path)
    texts = [line.text for line in lines]
    separator = separator_of(texts[0]) if texts else "\t"
    rows = csv.DictReader(
        texts,
        delimiter=separator,
        quoting=csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL,
    )
    rows.fieldnames = [ALIASES.get(name, name) for name in rows.fieldnames or ()]
    _check_columns(path, rows.fieldnames)
    read = [
        _sample(path, line.number, row)
        for line, row in zip(lines[1:], rows, strict=True)
    ]
    if not read:
        raise _wrong(str(path), "no sample", "at least one row below the header")
    return _joined(read, str(path))


def _joined(rows: Sequence[Sample], where: str) -> tuple[Sample, ...]:
    """Samples whose rows are lanes or cells joined, in the order of the sheet."""
    samples: dict[str, Sample] = {}
    for row in rows:
        before = samples.get(row.name, row)
        if before is not row:
            _check_alike(before, row, where)
            row = replace(row, lanes=(*before.lanes, *row.lanes))
        samples[row.name] = row
    for sample in samples.values():
        _check_lanes(sample, where)
    return tuple(samples.values())


def _check_alike(first: Sample, other: Sample, where: str) -> None:
    """Rows of one sample differ in nothing but their files."""
    for each in fields(Sample):
        values = [getattr(row, each.name) for row in (first, other)]
        if each.name != "lanes" and values[0] != values[1]:
            both = f"{values[0]!r} and {values[1]!r}"
            raise _wrong(
                where,
                f"sample {first.name!r} with {each.name} {both}",
                "rows of one sample (its lanes) that differ in their files alone",
            )
    if first.bam is not None:
        raise _wrong(where, f"sample {first.name!r} with two bam", "one")


def _check_lanes(sample: Sample, where: str) -> None:
    files, of_sample = sample.reads, f"sample {sample.name!r}"
    twice = [file for file in files if files.count(file) > 1]
    if twice:
        raise _wrong(where, f"{of_sample} with {twice[0]} twice", "each file once")
    if len({len(lane.files) for lane in sample.lanes}) > 1:
        found = f"{of_sample} with lanes of one file and of two"
        raise _wrong(where, found, "as many files in each lane")
    is_packed = {file.suffix == ".gz" for file in files}
    if len(is_packed) > 1 and len(sample.lanes) > 1 and not sample.has_cells:
        raise _wrong(
            where, f"{of_sample} with lanes packed and not", "all gzip, or none"
        )


class _Line(NamedTuple):
    """A line of the sheet that is not a comment, and its number."""

    number: int
    text: str


def _lines(path: Path) -> list[_Line]:
    """Lines that are not comments; a byte order mark is dropped."""
    with decoded(open_bytes(path), where=str(path)) as text:
        return [
            _Line(number, line.rstrip("\n"))
            for number, line in enumerate(text, 1)
            if line.strip() and not line.startswith("#")
        ]


def _check_columns(path: Path, names: Sequence[str]) -> None:
    if not set(REQUIRED) <= set(names) or not {"fastq_1", "bam"} & set(names):
        raise BadSampleSheet(
            where=f"{path}: header",
            found=f"columns {', '.join(names) or 'none'}",
            expected=f"columns {', '.join(COLUMNS)} (sample and fastq_1 or bam at "
            "least), and any that describe the samples, such as condition",
            advice="Separate columns with tabs, commas or semicolons; `bioloom lincrna "
            "init` writes an example.",
        )
    for name in names:
        _check_factor(f"{path}: header", name)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        found = f"column {twice[0]!r} twice"
        raise _wrong(str(path), found, "distinct names of columns")


def _check_factor(where: str, name: str) -> None:
    """A further column has a name that a formula can hold and that is no slip."""
    if name in ALL_COLUMNS:
        return
    meant = get_close_matches(name.lower(), ALL_COLUMNS, n=1, cutoff=0.72)
    if meant:
        raise _wrong(where, f"column {name!r}", f"{meant[0]!r}, or another name")
    if not _FACTOR.fullmatch(name) or name in SAMPLE_COLUMNS:
        expected = "letters, digits and '_', first a letter, and no word of samples.tsv"
        raise _wrong(where, f"column {name!r}", expected)


def _sample(path: Path, number: int, row: Mapping[str, str | None]) -> Sample:
    where = f"{path}: line {number}"
    if None in row:
        raise _wrong(where, "more cells than columns", "as many as the header names")
    name = (row["sample"] or "").strip()
    if not _NAME.fullmatch(name):
        raise _wrong(where, f"sample {name!r}", "letters, digits, '_', '.' and '-'")
    strandness = (row.get("strandness") or "auto").strip()
    if strandness not in get_args(StatedStrandness):
        words = ", ".join(get_args(StatedStrandness))
        raise _wrong(where, f"strandness {strandness!r}", f"one of {words}")
    kind = (row.get("kind") or "bulk").strip()
    if kind not in get_args(SampleKind):
        words = ", ".join(get_args(SampleKind))
        raise _wrong(where, f"kind {kind!r}", f"one of {words}")
    sample = Sample(
        name,
        _lanes(path, row, where),
        cast(StatedStrandness, strandness),
        cast(SampleKind, kind),
        _factors(row, where),
        (row.get("chemistry") or "").strip(),
        _named_files(path, row, "barcodes"),
        _n_cells(row, where),
        next(iter(_named_files(path, row, "bam")), None),
    )
    _check_files(sample, where)
    return sample


def _check_files(sample: Sample, where: str) -> None:
    roles = {
        f"reads of sample {sample.name}": sample.reads,
        f"barcode list of sample {sample.name}": sample.barcodes,
        f"alignments of sample {sample.name}": (sample.bam,) if sample.bam else (),
    }
    for role, files in roles.items():
        for file in files:
            if not file.is_file():
                raise MissingFile(file, role=role, where=where)
    if (sample.bam is None) == (not sample.lanes):
        raise _wrong(
            where,
            "no fastq_1" if sample.bam is None else "fastq_1 and bam",
            "the path of a FASTQ file, or of a bam",
        )


def _factors(row: Mapping[str, str | None], where: str) -> dict[str, str]:
    factors = {
        name: (value or "").strip()
        for name, value in row.items()
        if name not in ALL_COLUMNS
    }
    for name, level in factors.items():
        if not level:
            raise _wrong(where, f"no {name}", f"a level of {name} for each sample")
    return factors


def check_cells(sample: Sample, where: str) -> None:
    """A sample has the files that its kind and protocol need.

    Raises
    ------
    BadSampleSheet
        If it has not, or states what only single cells have.
    """
    of_sample = f"sample {sample.name!r}"
    if not sample.has_cells:
        if sample.bam is not None:
            raise _wrong(where, f"{of_sample} of kind bulk with bam", "FASTQ files")
        if any(lane.cell or len(lane.files) > 2 for lane in sample.lanes):
            expected = "kind cell or nucleus, or neither cell nor fastq_3"
            raise _wrong(where, f"{of_sample} of kind bulk with cells", expected)
        return
    if sample.is_plate:
        _check_plate(sample, where)
    elif any(lane.cell for lane in sample.lanes):
        expected = f"chemistry {' or '.join(PLATES)} with a column cell"
        raise _wrong(where, f"{of_sample} with cells, {sample.chemistry}", expected)
    elif sample.bam is None and len(sample.lanes[0].files) < 2:
        raise _wrong(where, f"{of_sample}: one file", "barcodes and cDNA, or bam")


def _check_plate(sample: Sample, where: str) -> None:
    of_sample = f"sample {sample.name!r}"
    if sample.bam is not None:
        raise _wrong(where, f"{of_sample}: a plate with bam", "FASTQ files")
    for lane in sample.lanes:
        if not _CELL.fullmatch(lane.cell):
            expected = "a name of each cell: letters, digits, '.' and '-'"
            raise _wrong(where, f"{of_sample}: cell {lane.cell!r}", expected)
    if len(sample.lanes[0].files) > 2:
        raise _wrong(where, f"{of_sample}: three files", "one or two for each cell")


def _lanes(path: Path, row: Mapping[str, str | None], where: str) -> tuple[Lane, ...]:
    """Lanes of a row: as many as paths that commas separate in each field."""
    named = [_named_files(path, row, column) for column in FASTQ_COLUMNS]
    given = [files for files in named if files]
    if given and not named[0]:
        raise _wrong(where, "no fastq_1", "the path of a FASTQ file")
    if len({len(files) for files in given}) > 1:
        raise _wrong(where, "lists of unlike length", "as many files in each column")
    cell = (row.get("cell") or "").strip()
    return tuple(Lane(files, cell) for files in zip(*given, strict=True))


def _named_files(
    path: Path, row: Mapping[str, str | None], column: str
) -> tuple[Path, ...]:
    """Files of a field, relative to the sheet; commas separate them."""
    names = (row.get(column) or "").split(",")
    folder = path.parent.resolve()
    return tuple(folder / name.strip() for name in names if name.strip())


def _n_cells(row: Mapping[str, str | None], where: str) -> int | None:
    text = (row.get("n_cells") or "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise _wrong(where, f"n_cells {text!r}", "a whole number of 1 or more")
    return int(text)


def _wrong(where: str, found: str, expected: str) -> BadSampleSheet:
    return BadSampleSheet(
        where=where, found=found, expected=expected, advice="Correct the sample sheet."
    )
