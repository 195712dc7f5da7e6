"""The sample sheet of a run: which files belong to which sample."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast, get_args

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.long_samples import with_mixes
from bioloom.lincrna.inputs.sample import Lane, Sample, SampleKind, StatedStrandness
from bioloom.lincrna.inputs.sample_checks import check_alike, check_lanes, wrong
from bioloom.run.language import mark
from bioloom.run.mistakes import Mistakes, meant
from bioloom.run.output import open_bytes
from bioloom.run.table_reader import separator_of
from bioloom.run.text import decoded

FASTQ_COLUMNS = ("fastq_1", "fastq_2", "fastq_3")
CELL_COLUMNS = ("chemistry", "barcodes", "n_cells", "cell", "bam")
COLUMNS = ("sample", *FASTQ_COLUMNS[:2], "strandness", "kind")
ALL_COLUMNS = (*COLUMNS, FASTQ_COLUMNS[2], *CELL_COLUMNS, "reads")
REQUIRED = COLUMNS[:1]
READS = ("fastq_1", "bam", "reads")
"""A sheet has one of these columns at least."""
STRANDS: Mapping[str, StatedStrandness] = {
    **dict.fromkeys(("rf", "isr", "fr-firststrand", "dutp"), "reverse"),
    **dict.fromkeys(("fr", "isf", "fr-secondstrand"), "forward"),
    **dict.fromkeys(("iu", "fr-unstranded", "none", "no"), "unstranded"),
}
"""What other programs call a strandness; offered, not assumed."""
ALIASES: Mapping[str, str] = {"strandedness": "strandness"}
"""What other sheets, such as nf-core's, call a column."""
SAMPLE_COLUMNS: Mapping[str, str] = {
    "sample": mark("name"),
    "kind": mark("bulk, cell, nucleus, ont_cdna, ont_drna or pacbio"),
    "n_reads": mark("reads, or pairs of a paired sample"),
    "n_cells": mark("cells or nuclei of a droplet sample"),
    "percent_in_cells": mark("reads that belong to them, errors in barcodes corrected"),
    "read_length_nt": mark("longest read, nt"),
    "n_trimmed": mark("reads or pairs left by the trimmer"),
    "trimmed_length_nt": mark("mean length of these reads (of each mate), nt"),
    "strandness": mark("used by the run"),
    "stated_strandness": mark("in the sample sheet"),
    "sense_fraction": mark(
        "of the reads on annotated exons, those on the sense strand"
    ),
    "n_strand_reads": mark("reads that this fraction counts"),
    "mapped_percent": mark("the aligner's overall alignment rate"),
    "unique_percent": mark("aligned once (pairs: concordantly)"),
    "n_assembled": mark(
        "transcripts of the sample's own assembly; of long reads with short "
        "ones of the same sample, of both together"
    ),
    "n_rescued": mark("of the cells, those below the knee of the reads"),
    "percent_ambient": mark("UMIs outside cells"),
    "percent_antisense": mark(
        "uniquely aligned reads against the strand of the only gene"
    ),
    "n_unusable": mark(
        "reads without a whole barcode and UMI (too short, N, one letter)"
    ),
    "reads_from": mark(
        "FASTQ files, or the format, aligner and name of the file given"
    ),
    "note": mark("note of caution"),
}
"""Columns of tables/samples.tsv, which no factor may be named by."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_FACTOR = re.compile(r"[A-Za-z]\w*")


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read a sample sheet with the columns of `ALL_COLUMNS`.

    A name and reads (or alignments) are needed. Further columns are factors, such as
    condition, tissue or batch; a column without any value is left out. Tabs, commas or
    semicolons separate the columns, in any usual encoding. Rows of one sample are its
    lanes (or, with a column `cell`, the cells of a plate); so are paths that commas
    separate in one field.

    Raises
    ------
    MissingFile
        If the sheet, or a file that it names, does not exist.
    BadSampleSheet
        If a column or an entry is wrong; the message names the line.
    SeveralMistakes
        If several are.
    """
    mistakes = Mistakes()
    samples = right_samples(path, mistakes)
    mistakes.check()
    return samples


def right_samples(path: Path, mistakes: Mistakes) -> tuple[Sample, ...]:
    """Read a sample sheet as far as it is right; `mistakes` takes what is wrong."""
    with mistakes.gathered():
        if not path.is_file():
            raise MissingFile(path, role="a sample sheet")
        table = _read_table(path)
        _check_columns(path, table.columns, mistakes)
        read = []
        for number, row in table.rows:
            with mistakes.gathered():
                read.append(_sample(path, number, row, mistakes))
        if not table.rows:
            raise wrong(str(path), "no sample", "at least one row below the header")
        return _joined(read, str(path), mistakes)
    return ()


class _Row(NamedTuple):
    """A row of the sheet: number of its line, and its cells by column."""

    number: int
    cells: Mapping[str, str | None]


class _Table(NamedTuple):
    """The sheet as it stands, without columns that are empty."""

    columns: list[str]
    rows: list[_Row]


def _read_table(path: Path) -> _Table:
    lines = _lines(path)
    texts = [line.text for line in lines]
    separator = separator_of(texts[0]) if texts else "\t"
    reader = csv.DictReader(
        texts,
        delimiter=separator,
        quoting=csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL,
    )
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    reader.fieldnames = [ALIASES.get(name, name) for name in names]
    pairs = zip(lines[1:], reader, strict=True)
    rows = [_Row(line.number, cells) for line, cells in pairs]
    columns = [
        name
        for name in reader.fieldnames
        if name in ALL_COLUMNS
        or not rows
        or any((row.cells.get(name) or "").strip() for row in rows)
    ]
    kept = {*columns, None}
    return _Table(
        columns,
        [
            _Row(row.number, {k: v for k, v in row.cells.items() if k in kept})
            for row in rows
        ],
    )


def _joined(
    rows: Sequence[Sample], where: str, mistakes: Mistakes
) -> tuple[Sample, ...]:
    """Samples whose rows are lanes or cells joined, in the order of the sheet.

    Long reads are joined apart from short ones of the same name.
    """
    samples: dict[tuple[str, bool], Sample] = {}
    for row in rows:
        before = samples.get((row.name, row.is_long), row)
        if before is not row:
            with mistakes.gathered():
                check_alike(before, row, where)
            row = replace(row, lanes=(*before.lanes, *row.lanes))
        samples[row.name, row.is_long] = row
    for sample in samples.values():
        with mistakes.gathered():
            check_lanes(sample, where)
    return with_mixes([*samples.values()], where, mistakes)


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


def _check_columns(path: Path, names: Sequence[str], mistakes: Mistakes) -> None:
    if not set(REQUIRED) <= set(names) or not {*READS} & set(names):
        raise BadSampleSheet(
            where=f"{path}: header",
            found=f"columns {', '.join(names) or 'none'}",
            expected=f"columns {', '.join(COLUMNS)} (sample and fastq_1 or bam at "
            "least), and any that describe the samples, such as condition",
            advice=_how_to_name(names),
        )
    for name in names:
        with mistakes.gathered():
            _check_factor(f"{path}: header", name)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        found = f"column {name!r} twice"
        mistakes.add(wrong(str(path), found, "distinct names of columns"))


def _how_to_name(names: Sequence[str]) -> str:
    """What to do about a header without the columns that are needed."""
    for name in (*REQUIRED, *READS):
        near = meant(name, [each for each in names if each not in ALL_COLUMNS])
        if near and name not in names:
            return f"Is {near!r} meant to be {name!r}?"
    return (
        "Separate columns with tabs, commas or semicolons; `bioloom lincrna init` "
        "writes an example."
    )


def _check_factor(where: str, name: str) -> None:
    """A further column has a name that a formula can hold and that is no slip."""
    if name in ALL_COLUMNS:
        return
    near = meant(name, ALL_COLUMNS, cutoff=0.72)
    if near:
        raise wrong(where, f"column {name!r}", f"{near!r}, or another name")
    if not _FACTOR.fullmatch(name) or name in SAMPLE_COLUMNS:
        expected = "letters, digits and '_', first a letter, and no word of samples.tsv"
        raise wrong(where, f"column {name!r}", expected)


def _sample(
    path: Path, number: int, row: Mapping[str, str | None], mistakes: Mistakes
) -> Sample:
    """The sample of a row; what is wrong goes to `mistakes` or is raised."""
    where = f"{path}: line {number}"
    if None in row:
        raise wrong(where, "more cells than columns", "as many as the header names")
    name = _cell(row, "sample")
    if not _NAME.fullmatch(name):
        found, expected = f"sample {name!r}", "letters, digits, '_', '.' and '-'"
        mistakes.add(wrong(where, found, expected))
    strandness, kind = "auto", "bulk"
    with mistakes.gathered():
        strandness = _one_of(row, "strandness", get_args(StatedStrandness), where)
    with mistakes.gathered():
        kind = _one_of(row, "kind", get_args(SampleKind), where)
    n_cells = None
    with mistakes.gathered():
        n_cells = _n_cells(row, where)
    sample = Sample(
        name,
        _lanes(path, row, where),
        cast(StatedStrandness, strandness),
        cast(SampleKind, kind),
        _factors(row, where, mistakes),
        _cell(row, "chemistry"),
        _named_files(path, row, "barcodes"),
        n_cells,
        next(iter(_named_files(path, row, "bam")), None),
    )
    _check_files(sample, where, mistakes)
    return sample


def _cell(row: Mapping[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()


def _one_of(
    row: Mapping[str, str | None], column: str, words: Sequence[str], where: str
) -> str:
    """A cell that holds one of some words, or is empty: then the first of them."""
    word = _cell(row, column) or words[0]
    if word not in words:
        known = [*dict.fromkeys(words)]
        near = meant(word, known)
        if column == "strandness":
            near = STRANDS.get(word.lower(), near)
        raise wrong(
            where,
            f"{column} {word!r}",
            f"one of {', '.join(known)}",
            advice=f"Did you mean {near!r}?" if near else "",
        )
    return word


def _check_files(sample: Sample, where: str, mistakes: Mistakes) -> None:
    roles = {
        f"reads of sample {sample.name}": sample.reads,
        f"barcode list of sample {sample.name}": sample.barcodes,
        f"alignments of sample {sample.name}": (sample.bam,) if sample.bam else (),
    }
    for role, files in roles.items():
        for file in files:
            if not file.is_file():
                mistakes.add(MissingFile(file, role=role, where=where))
    if (sample.bam is None) == (not sample.lanes):
        raise wrong(
            where,
            "no fastq_1" if sample.bam is None else "fastq_1 and bam",
            "the path of a FASTQ file, or of a bam",
        )


def _factors(
    row: Mapping[str, str | None], where: str, mistakes: Mistakes
) -> dict[str, str]:
    factors = {
        name: (value or "").strip()
        for name, value in row.items()
        if name not in ALL_COLUMNS
    }
    for name, level in factors.items():
        if not level:
            expected = f"a level of {name} for each sample"
            mistakes.add(wrong(where, f"no {name}", expected))
    return factors


def _lanes(path: Path, row: Mapping[str, str | None], where: str) -> tuple[Lane, ...]:
    """Lanes of a row: as many as paths that commas separate in each field."""
    named = [_named_files(path, row, column) for column in FASTQ_COLUMNS]
    long_reads = _named_files(path, row, "reads")
    if long_reads and named[0]:
        raise wrong(where, "both fastq_1 and reads", "one of them")
    named[0] = named[0] or long_reads
    given = [files for files in named if files]
    if given and not named[0]:
        raise wrong(where, "no fastq_1", "the path of a FASTQ file")
    if len({len(files) for files in given}) > 1:
        raise wrong(where, "lists of unlike length", "as many files in each column")
    cell = _cell(row, "cell")
    return tuple(Lane(files, cell) for files in zip(*given, strict=True))


def _named_files(
    path: Path, row: Mapping[str, str | None], column: str
) -> tuple[Path, ...]:
    """Files of a field, relative to the sheet; commas separate them."""
    names = (row.get(column) or "").split(",")
    folder = path.parent.resolve()
    return tuple(folder / name.strip() for name in names if name.strip())


def _n_cells(row: Mapping[str, str | None], where: str) -> int | None:
    text = _cell(row, "n_cells")
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise wrong(where, f"n_cells {text!r}", "a whole number of 1 or more")
    return int(text)
