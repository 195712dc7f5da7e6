"""The page of ``bioloom lincrna inspect``."""

from dataclasses import replace
from pathlib import Path

from bioloom.lincrna.output.inspection import HEADINGS, Inspection
from bioloom.report.frames import frame_table, with_stored_words
from bioloom.report.parts import Cell, Column, Row, Table
from bioloom.report.run import Content, write_run_page
from bioloom.run.language import tr

SEARCHED_FROM = 20  # rows of a table that is worth a search box


def understood_tables(inspection: Inspection) -> list[Table]:
    """The tables of what was understood of an annotation."""
    return [
        replace(
            _told(frame_table(f"understood-{name}", tr(caption), frame)),
            is_searchable=len(frame) >= SEARCHED_FROM,
        )
        for name, caption, frame in inspection.captioned()
    ]


def _told(table: Table) -> Table:
    """A table with its headings and the words of its cells told."""
    columns = [
        replace(one, label=tr(HEADINGS.get(one.label, one.label)))
        for one in table.columns
    ]
    return with_stored_words(replace(table, columns=columns))


def write_inspection(inspection: Inspection, path: Path) -> Path:
    """Write the page; its path."""
    tables = understood_tables(inspection)
    if warnings := inspection.warnings():
        rows = [
            Row([Cell(warning, kind="wide", is_english=True)]) for warning in warnings
        ]
        caption = tr("What was decided or could not be read")
        tables.insert(0, Table("warnings", caption, [Column(tr("warning"))], rows))
    content = Content(
        room="lincrna",
        kind=tr("What bioloom understood of an annotation"),
        title=Path(inspection.understood.path).name,
        lead=tr("{sentence}.", sentence=inspection.summary()),
        tables=tables,
    )
    return write_run_page(content, path)
