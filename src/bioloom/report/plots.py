"""Interactive twins of figures: what the page's script draws from rows of a table.

The numbers are those of the table in the page; here is only which columns they are in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bioloom.report.parts import Table
from bioloom.run.language import tr

Scale = Literal["", "log", "-log10"]


@dataclass(frozen=True, slots=True)
class Axis:
    """A column as an axis.

    Parameters
    ----------
    column
        Its label in the table.
    scale
        "log" for a logarithmic axis, on which what is not above zero is left out;
        "-log10" for the negative logarithm of p-values.
    """

    column: str
    scale: Scale = ""


def plot_of(
    table: Table,
    x: Axis,
    y: Axis | Sequence[Axis],
    *,
    title: str,
    name: str = "",
    group: str = "",
    only: tuple[str, str] | None = None,
) -> Mapping[str, Any] | None:
    """What `bioloom.report.parts.Picture` needs to be interactive.

    Parameters
    ----------
    table
        A table of the page.
    x, y
        Axes; several of `y` are drawn as lines, one as points.
    title
        What the plot shows, read out.
    name, group
        Labels of the columns that name points, by default the first one, and that they
        are coloured by.
    only
        Label of a column, and the text that a row must have there.

    Returns
    -------
    None where the table lacks a column or has no row.
    """
    many = [y] if isinstance(y, Axis) else [*y]
    places = {column.label: place for place, column in enumerate(table.columns)}
    needed = [x.column, *(axis.column for axis in many), *([only[0]] if only else [])]
    if not table.rows or not all(name in places for name in needed):
        return None
    return {
        "table": table.name,
        "kind": "points" if isinstance(y, Axis) else "lines",
        "name": places.get(name, 0),
        "x": _axis(x, places),
        "y": [_axis(axis, places) for axis in many],
        "group": places.get(group),
        "only": {"place": places[only[0]], "text": only[1]} if only else None,
        "words": _words(title),
    }


def _axis(axis: Axis, places: Mapping[str, int]) -> dict[str, Any]:
    label = f"−log10 {axis.column}" if axis.scale == "-log10" else axis.column
    return {"place": places[axis.column], "label": label, "scale": axis.scale}


def _words(title: str) -> dict[str, str]:
    return {
        "button": tr("Interactive"),
        "others": tr("others"),
        "reset": tr("Whole plot"),
        "plot": tr("Interactive plot: {title}", title=title),
        "hint": tr(
            "The rows of the table. Point to one for its name, click for its row, drag "
            "over an area to enlarge it; or keys: arrows, Enter, + and −, Escape."
        ),
    }
