"""The table of FastQC's numbers and verdicts in the lincRNA report."""

from collections.abc import Iterator, Sequence

from bioloom.lincrna.page.model import ReadQuality
from bioloom.report.parts import (
    Cell,
    Column,
    Row,
    Table,
    number,
    path_link,
    told,
    without_empty_columns,
)
from bioloom.run.language import mark, tr

_COLUMNS = (
    Column(mark("Sample"), mark("leads to FastQC's own page")),
    Column(mark("File"), mark("R1, R2: mates; L: lane")),
    Column(mark("Stage"), mark("before or after trimming")),
    Column(mark("Reads"), mark("of this file"), is_number=True),
    Column(mark("Length, nt"), mark("shortest to longest read")),
    Column("GC, %", mark("of all bases"), is_number=True),
    Column(
        mark("Duplicates, %"),
        mark("reads with the sequence of another one, estimated by FastQC"),
        is_number=True,
    ),
)


def quality_table(quality: Sequence[ReadQuality]) -> Table:
    """What FastQC measured of each file of reads, and its verdict on each module."""
    modules = [*dict.fromkeys(x for file in quality for x in file.report.verdicts)]
    table = Table(
        name="fastqc-table",
        caption=tr("FastQC of each read file: ✓ pass, ! warning, ✗ failure"),
        columns=[*told(*_COLUMNS), *map(Column, modules)],
        rows=[Row([*_cells(file, modules)]) for file in quality],
        is_sortable=True,
    )
    return without_empty_columns(table)


def _cells(file: ReadQuality, modules: Sequence[str]) -> Iterator[Cell]:
    report = file.report
    yield Cell(file.sample, href=path_link(*file.page) if file.page else "")
    yield Cell(file.part)
    yield Cell(file.stage_in_words, key=file.stage)
    yield Cell("") if report.n_reads is None else number(report.n_reads)
    yield Cell(report.length)
    for value, decimals in ((report.gc_percent, 0), (report.duplicate_percent, 1)):
        yield Cell("") if value is None else number(value, decimals=decimals)
    for name in modules:
        yield _verdict(report.verdicts.get(name, ""))


def _verdict(verdict: str) -> Cell:
    signs = {
        "PASS": tr("✓ pass"),
        "WARN": tr("! warn"),
        "FAIL": tr("✗ fail"),
    }
    return Cell(signs.get(verdict, verdict), kind=verdict.lower())
