"""The sample sheet of a run: which FASTQ files belong to which sample."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.run.output import open_bytes
from bioloom.run.table_reader import separator_of
from bioloom.run.text import decoded

Strandness = Literal["forward", "reverse", "unstranded"]
StatedStrandness = Literal["auto", "forward", "reverse", "unstranded"]
SampleKind = Literal["bulk", "cell", "nucleus"]

COLUMNS = ("sample", "fastq_1", "fastq_2", "strandness", "kind")
REQUIRED = COLUMNS[:2]
SAMPLE_COLUMNS: Mapping[str, str] = {
    "sample": "name",
    "kind": "bulk, cell or nucleus",
    "n_reads": "reads, or pairs of a paired sample",
    "n_cells": "cells or nuclei of a droplet sample",
    "percent_in_cells": "reads that belong to them, errors in barcodes corrected",
    "read_length_nt": "longest read, nt",
    "n_trimmed": "reads or pairs left by Trim Galore",
    "trimmed_length_nt": "mean length of these reads (of each mate), nt",
    "strandness": "used by the run",
    "stated_strandness": "in the sample sheet",
    "sense_fraction": "of the reads on annotated exons, those on the sense strand",
    "n_strand_reads": "reads that this fraction counts",
    "mapped_percent": "HISAT2's overall alignment rate",
    "unique_percent": "aligned once (pairs: concordantly)",
    "n_assembled": "transcripts of the sample's own assembly",
    "note": "note of caution",
}
"""Columns of tables/samples.tsv, which no factor may be named by."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_FACTOR = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the sample sheet.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``.`` and ``-``.
    reads
        One FASTQ file, or two for paired reads; of cells and nuclei, barcodes first.
    strandness
        "forward" (read 1 is sense), "reverse" (dUTP: read 1 is antisense),
        "unstranded", or "auto" to infer it.
    kind
        "bulk", or 10x Genomics' "cell" and "nucleus".
    factors
        Level of each further column of the sheet, such as condition or batch.
    """

    name: str
    reads: tuple[Path, ...]
    strandness: StatedStrandness
    kind: SampleKind = "bulk"
    factors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_droplets(self) -> bool:
        """Whether read 1 holds barcode and UMI."""
        return self.kind != "bulk"

    @property
    def is_paired(self) -> bool:
        """Whether both files hold cDNA."""
        return len(self.reads) == 2 and not self.is_droplets


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read a sample sheet with the columns of `COLUMNS`, the last three optional.

    Further columns are factors, such as condition, tissue or batch. Tabs, commas or
    semicolons separate the columns, in any usual encoding.

    Raises
    ------
    MissingFile
        If the sheet, or a FASTQ file that it names, does not exist.
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
    _check_columns(path, rows.fieldnames or ())
    samples = tuple(
        _sample(path, line.number, row)
        for line, row in zip(lines[1:], rows, strict=True)
    )
    _check_names(path, samples)
    return samples


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
    if not set(REQUIRED) <= set(names):
        raise BadSampleSheet(
            where=f"{path}: header",
            found=f"columns {', '.join(names) or 'none'}",
            expected=f"columns {', '.join(COLUMNS)} ({', '.join(REQUIRED)} at least), "
            "and any that describe the samples, such as condition",
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
    if name in COLUMNS:
        return
    meant = get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.72)
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
    reads = _reads(path, row, where)
    for file in reads:
        if not file.is_file():
            raise MissingFile(file, role=f"reads of sample {name}", where=where)
    sample = Sample(
        name,
        reads,
        cast(StatedStrandness, strandness),
        cast(SampleKind, kind),
        _factors(row, where),
    )
    _check_droplets(sample, where)
    return sample


def _factors(row: Mapping[str, str | None], where: str) -> dict[str, str]:
    factors = {
        name: (value or "").strip()
        for name, value in row.items()
        if name not in COLUMNS
    }
    for name, level in factors.items():
        if not level:
            raise _wrong(where, f"no {name}", f"a level of {name} for each sample")
    return factors


def _check_droplets(sample: Sample, where: str) -> None:
    if not sample.is_droplets:
        return
    if len(sample.reads) != 2:
        raise _wrong(where, f"one file for {sample.kind}s", "barcodes and cDNA")
    if sample.strandness not in {"auto", "forward"}:
        raise _wrong(where, f"strandness {sample.strandness!r}", "auto or forward")


def _reads(path: Path, row: Mapping[str, str | None], where: str) -> tuple[Path, ...]:
    named = [(row.get(column) or "").strip() for column in ("fastq_1", "fastq_2")]
    reads = tuple(path.parent.resolve() / file for file in named if file)
    if not named[0]:
        raise _wrong(where, "no fastq_1", "the path of a FASTQ file")
    if len(set(reads)) < len(reads):
        raise _wrong(where, "the same file twice", "the two files of a pair")
    return reads


def _check_names(path: Path, samples: Sequence[Sample]) -> None:
    names = [sample.name for sample in samples]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _wrong(str(path), f"sample {twice[0]!r} twice", "distinct names")
    if not samples:
        raise _wrong(str(path), "no sample", "at least one row below the header")


def _wrong(where: str, found: str, expected: str) -> BadSampleSheet:
    return BadSampleSheet(
        where=where, found=found, expected=expected, advice="Correct the sample sheet."
    )
