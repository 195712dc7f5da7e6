"""Tables of a run folder as tables of a page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bioloom.report.parts import Cell, Column, Row, Table, number
from bioloom.run.language import tr

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 1000


def frame_table(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """The first thousand rows of a table, to sort and search.

    Parameters
    ----------
    name
        Its id in the page.
    caption
        What it holds; where it is cut, that is added.
    frame
        The table.
    """
    if len(frame) > MAX_ROWS:
        caption = tr(
            "{caption} The first {n:,} of {total:,} rows.",
            caption=caption,
            n=MAX_ROWS,
            total=len(frame),
        )
    columns = [
        Column(str(name), is_number=frame[name].dtype.kind in "iuf") for name in frame
    ]
    rows = [
        Row([_cell(value) for value in row])
        for row in frame.head(MAX_ROWS).itertuples(index=False)
    ]
    return Table(name, caption, columns, rows, is_sortable=True, is_searchable=True)


def file_table(name: str, meaning: str, frame: pd.DataFrame) -> Table:
    """A table of the run folder, with what its README says of it."""
    table = frame_table(f"{name}-table", tr("{file}.", file=f"{name}.tsv"), frame)
    return replace(table, meaning=meaning)


def with_stored_words(table: Table) -> Table:
    """A table whose cells of several words are stored English, see `page.stored`."""
    rows = [
        replace(row, cells=[replace(c, is_english=" " in c.text) for c in row.cells])
        for row in table.rows
    ]
    return replace(table, rows=rows)


def _cell(value: Any) -> Cell:
    """A value as a cell; numbers have six digits at most."""
    if isinstance(value, str | bool) or value is None:
        return Cell("" if value is None else str(value))
    if value != value or float(value).is_integer():
        return number(value)
    return Cell(f"{value:.6g}", key=float(value))
