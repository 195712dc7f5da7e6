"""Learning curves of a training as a table, and their interactive twin."""

from collections.abc import Mapping, Sequence
from typing import Any

from bioloom.report.parts import Cell, Column, Row, Table, number, told
from bioloom.report.plots import Axis, plot_of
from bioloom.run.language import mark, tr


def epochs_table(
    name: str, history: Sequence[Sequence[float]], *, measure: str, first: int
) -> Table:
    """Losses and the validation measure of each epoch; no row without a history.

    Parameters
    ----------
    name
        Its id in the page.
    history
        Training loss, validation loss and validation measure, an epoch a row.
    measure
        What the last one is, in the language in force.
    first
        Number of the first epoch.
    """
    return Table(
        name=name,
        caption=tr("Losses and validation of each epoch, of the run that is used"),
        columns=[
            *told(
                Column(mark("Epoch"), is_number=True),
                Column(mark("Training loss"), is_number=True),
                Column(mark("Validation loss"), is_number=True),
            ),
            Column(measure, is_number=True),
        ],
        rows=[
            Row([Cell(str(epoch)), *(number(float(x), decimals=4) for x in values)])
            for epoch, values in enumerate(history, first)
        ],
    )


def epochs_plot(table: Table) -> Mapping[str, Any] | None:
    """What makes the figure of learning curves interactive; None without a row."""
    epoch, *lines = (Axis(column.label) for column in table.columns)
    return plot_of(table, epoch, lines, title=tr("Learning curves"))
