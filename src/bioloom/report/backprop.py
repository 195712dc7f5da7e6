"""The page of a traced network: formulas in MathML, no script."""

from pathlib import Path

import numpy as np
from markupsafe import Markup

from bioloom.backprop.figures import network_figure
from bioloom.backprop.layers import Parameter
from bioloom.backprop.trace import Trace
from bioloom.draw import to_svg
from bioloom.explain import Explanation
from bioloom.report.page import (
    Cell,
    Column,
    Picture,
    Row,
    Table,
    inline_svg,
    write_page,
)

MAX_ROWS = 500


def write_report(
    found: Trace, told: Explanation, path: Path, *, wrt: Parameter | None = None
) -> Path:
    """Write the page: picture, working, gradients.

    Parameters
    ----------
    found, told
        The trace and its working.
    path
        File to write.
    wrt
        The parameter that the working is about.

    Returns
    -------
    The path. The page holds the 500 largest gradients.
    """
    n = found.network.n_parameters
    return write_page(
        path,
        "backprop.html",
        scripts=(),
        kind="Backpropagation",
        title=told.title,
        loss=f"{found.loss:.7g}",
        parameter=found.network.name_of(wrt) if wrt else "",
        gradient=f"{found.gradient(wrt):.7g}" if wrt else "",
        network=_picture(found, wrt),
        working=Markup(told.to_html()),  # noqa: S704 (to_html escapes every string)
        table=_table(found),
        n_parameters=n,
        n_shown=min(n, MAX_ROWS),
    )


def _picture(found: Trace, wrt: Parameter | None) -> Picture:
    svg = inline_svg(
        to_svg(network_figure(found, wrt)),
        name="network",
        title="The network with values and gradients",
        description="Units with their values, edges with weights and gradients; the "
        "same numbers are in the working and in the table of gradients.",
    )
    return Picture(
        "network",
        svg,
        "In a unit its value a; at an edge its weight w and ∂J/∂w.",
    )


def _table(found: Trace) -> Table:
    frame = found.to_frame()
    size = np.abs(frame["gradient"].to_numpy())
    kept = np.sort(np.argsort(-size, kind="stable")[:MAX_ROWS])
    rows = [
        Row([Cell(str(name)), *(Cell(f"{x:.7g}", key=x) for x in (value, slope))])
        for name, value, slope in frame.iloc[kept][
            ["parameter", "value", "gradient"]
        ].itertuples(index=False)
    ]
    columns = [
        Column("Parameter", "w1[2,3]: layer 1, to unit 2, from input 3"),
        Column("Value", is_number=True),
        Column("∂J/∂ of it", "Derivative of the mean loss", is_number=True),
    ]
    return Table("gradients-table", "Parameters in order", columns, rows)
