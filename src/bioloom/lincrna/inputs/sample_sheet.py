"""The sample sheet of a run: which FASTQ files belong to which sample."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


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
    """

    name: str
    reads: tuple[Path, ...]
    strandness: StatedStrandness
    kind: SampleKind = "bulk"

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

    Tabs, commas or semicolons separate them, in any usual encoding.

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
    if not set(REQUIRED) <= set(names) <= set(COLUMNS):
        raise BadSampleSheet(
            where=f"{path}: header",
            found=f"columns {', '.join(names) or 'none'}",
            expected=f"columns {', '.join(COLUMNS)} ({', '.join(REQUIRED)} at least)",
            advice="Separate columns with tabs, commas or semicolons; `bioloom lincrna "
            "init` writes an example.",
        )


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
        name, reads, cast(StatedStrandness, strandness), cast(SampleKind, kind)
    )
    _check_droplets(sample, where)
    return sample


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
