"""The page of a traced network: formulas in MathML, no script."""

from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

from bioloom.backprop.figures import network_figure
from bioloom.backprop.layers import Parameter
from bioloom.backprop.tracing import Trace
from bioloom.draw import to_svg
from bioloom.explain import Explanation
from bioloom.report.page import write_page
from bioloom.report.parts import Cell, Column, Picture, Row, Table, inline_svg
from bioloom.run.language import mark, tr, use_language

MAX_ROWS = 500


def write_report(
    trace: Trace,
    explanation: Explanation,
    path: Path,
    *,
    wrt: Parameter | None = None,
    example: int = 0,
) -> Path:
    """Write the page: picture, working, gradients.

    Parameters
    ----------
    trace, explanation
        The trace and its working.
    path
        File to write.
    wrt
        The parameter that the working is about.
    example
        Row of the example whose values stand in the picture.

    Returns
    -------
    The path. The page holds the 500 largest gradients, and its words are in the
    language of the working.
    """
    with use_language(explanation.language):
        return write_page(
            path,
            "backprop.html",
            room="backprop",
            scripts=(),
            language=explanation.language,
            kind=tr("Backpropagation"),
            title=explanation.title,
            words=_words(),
            lead=_lead(trace, wrt),
            network=_picture(trace, wrt, example),
            working=Markup(explanation.to_html()),  # noqa: S704 (to_html escapes every string)
            table=_table(trace),
            cut=_cut(trace.network.n_parameters),
        )


def _words() -> dict[str, str]:
    """Headings of the page."""
    return {
        "sections": tr("Sections"),
        "picture": tr("Picture"),
        "working": tr("Working"),
        "gradients": tr("Gradients"),
        "the_network": tr("The network"),
        "the_working": tr("The working"),
    }


def _lead(trace: Trace, wrt: Parameter | None) -> Markup:
    """The first sentence; its numbers stand out."""
    loss = Markup("<strong>{}</strong>").format(f"{trace.loss:.7g}")
    if wrt is None:
        message = mark("The loss is {loss}.")
        if trace.n_examples > 1:
            message = mark("The mean loss of all examples is {loss}.")
        return Markup(escape(tr(message))).format(loss=loss)
    message = mark(
        "The loss is {loss}; its derivative with respect to {parameter} is {gradient}."
    )
    if trace.n_examples > 1:
        message = mark(
            "The mean loss of all examples is {loss}; its derivative with respect to "
            "{parameter} is {gradient}."
        )
    return Markup(escape(tr(message))).format(
        loss=loss,
        parameter=trace.network.name_of(wrt),
        gradient=Markup("<strong>{}</strong>").format(f"{trace.gradient(wrt):.7g}"),
    )


def _cut(n: int) -> str:
    """A line where not all gradients are shown."""
    if n <= MAX_ROWS:
        return ""
    return tr("The {n:,} largest of {total:,} are shown.", n=MAX_ROWS, total=n)


def _picture(trace: Trace, wrt: Parameter | None, example: int) -> Picture:
    svg = inline_svg(
        to_svg(network_figure(trace, wrt, example=example)),
        name="network",
        title=tr("The network with values and gradients"),
        description=tr(
            "Units with their values, edges with weights and gradients; the same "
            "numbers are in the working and in the table of gradients."
        ),
    )
    return Picture(
        "network",
        svg,
        tr("In a unit its value a; at an edge its weight w and ∂J/∂w."),
    )


def _table(trace: Trace) -> Table:
    frame = trace.to_frame()
    size = np.abs(frame["gradient"].to_numpy())
    largest = np.sort(np.argsort(-size, kind="stable")[:MAX_ROWS])
    rows = [
        Row([Cell(str(name)), *(Cell(f"{x:.7g}", key=x) for x in (value, slope))])
        for name, value, slope in frame.iloc[largest][
            ["parameter", "value", "gradient"]
        ].itertuples(index=False)
    ]
    columns = [
        Column(tr("Parameter"), tr("w1[2,3]: layer 1, to unit 2, from input 3")),
        Column(tr("Value"), is_number=True),
        Column(
            tr("∂J/∂ of the parameter"),
            tr("Derivative of the mean loss"),
            is_number=True,
        ),
    ]
    return Table("gradients-table", tr("Parameters in order"), columns, rows)
