"""A network with its values and gradients on its edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.backprop.layers import Parameter
from bioloom.backprop.tracing import Trace
from bioloom.draw import INK, PALETTE, Wording, new_figure, style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_UNITS = 6
MOST_LABELLED = 14
_GAP = 3.4  # between layers
_N_PLACES = 61  # on an edge, for its label
_RADIUS = 0.3
_CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8}
Values = NDArray[np.float64]
_UP, _DOWN, _PATH = PALETTE["blue"], PALETTE["red"], PALETTE["orange"]


class _Point(NamedTuple):
    """A place in the picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Column:
    """The drawn units of the inputs or of one layer.

    Parameters
    ----------
    units
        Their numbers, from 0.
    places
        Where they are drawn, from the top.
    """

    units: list[int]
    places: list[_Point]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A weight between two units that are drawn."""

    parameter: Parameter
    start: _Point
    end: _Point
    value: float
    gradient: float


def loss_figure(losses: Sequence[float]) -> "Figure":
    """The loss by step.

    Parameters
    ----------
    losses
        Before each step, and after the last.
    """
    from matplotlib.ticker import MaxNLocator

    with style():
        figure = new_figure(height_in=3.0)
        axes = figure.subplots()
        axes.plot(range(len(losses)), losses, marker="o", color=PALETTE["blue"])
        axes.set(xlabel=wording("step"), ylabel=Wording("loss"), ylim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def network_figure(
    trace: Trace, wrt: Parameter | None = None, *, example: int = 0
) -> "Figure":
    """Draw units with z and a, edges with weights and gradients.

    Parameters
    ----------
    trace
        The traced network.
    wrt
        Parameter whose path to the loss is drawn in orange.
    example
        Row of the example whose values stand in the units.

    Notes
    -----
    Of wide layers six units are drawn, that of `wrt` among them. Few edges carry their
    numbers; where there are many, their colour is the gradient's sign and their width
    its size.
    """
    columns = _columns(trace, wrt)
    edges = list(_edges(trace, columns))
    loss_x = columns[-1].places[0].x + 0.85 * _GAP
    top = max(column.places[0].y for column in columns)
    spans = (-0.75, loss_x + 0.75), (-top - 1.3, top + 0.75)
    with style():
        figure = new_figure(*(0.8 * (high - low) for low, high in spans))
        axes = figure.subplots()
        axes.set(xlim=spans[0], ylim=spans[1], aspect="equal")
        axes.set_axis_off()
        _draw_edges(axes, edges, wrt)
        _draw_units(axes, trace, columns, example)
        _draw_loss(axes, trace, columns[-1].places, x=loss_x, example=example)
        title, n_examples = f"J = {trace.loss:.6g}", trace.n_examples
        if n_examples > 1:
            title = wording(f"{title}, mean of {n_examples:,}")
        figure.suptitle(title, x=0.02, ha="left", fontsize=10)
    return figure


def _columns(trace: Trace, wrt: Parameter | None) -> list[_Column]:
    """The drawn units of the inputs and of each layer."""
    columns = []
    for k, width in enumerate(trace.network.widths):
        units = list(range(min(width, MOST_UNITS)))
        wanted = None
        if wrt is not None and wrt.layer == k:
            wanted = wrt.unit
        elif wrt is not None and wrt.source and wrt.layer == k + 1:
            wanted = wrt.source
        if wanted is not None and wanted - 1 not in units:
            units[-1] = wanted - 1
        top = (len(units) - 1) / 2
        places = [_Point(k * _GAP, 1.5 * (top - row)) for row in range(len(units))]
        columns.append(_Column(units, places))
    return columns


def _edges(trace: Trace, columns: list[_Column]) -> Iterator[_Edge]:
    for k, (left, right) in enumerate(pairwise(columns)):
        weights = trace.network.layers[k].weights
        for unit, end in zip(right.units, right.places, strict=True):
            for source, start in zip(left.units, left.places, strict=True):
                parameter = Parameter(k + 1, unit + 1, source + 1)
                value, gradient = weights[unit, source], trace.gradient(parameter)
                yield _Edge(parameter, start, end, float(value), gradient)


def _draw_edges(axes: "Axes", edges: list[_Edge], wrt: Parameter | None) -> None:
    largest = max(abs(edge.gradient) for edge in edges) or 1.0
    for edge in edges:
        on_path = wrt is not None and _is_on_path(edge.parameter, wrt)
        colour = _PATH if on_path else _UP if edge.gradient >= 0 else _DOWN
        width = 0.4 + 2.2 * abs(edge.gradient) / largest
        xs, ys = zip(edge.start, edge.end, strict=True)
        axes.plot(xs, ys, color=colour, lw=max(width, 1.4 * on_path), zorder=1)
    if len(edges) <= MOST_LABELLED:
        for edge, place in zip(edges, _label_places(edges), strict=True):
            _label(axes, edge, place)


def _label_places(edges: list[_Edge]) -> list[Values]:
    """A place on each edge, far from the other edges and the labels before."""
    lines = [
        np.linspace(edge.start, edge.end, _N_PLACES)[_N_PLACES // 5 : -_N_PLACES // 5]
        for edge in edges
    ]
    chosen: list[Values] = []
    for number, line in enumerate(lines):
        others = [line for k, line in enumerate(lines) if k != number]
        room = np.full(len(line), 2.0)
        for far, weight in ((chosen, 1.0), (others, 1.5)):
            if far:
                points = np.vstack(far)
                gaps = np.linalg.norm(line[:, None] - points[None], axis=2)
                room = np.minimum(room, weight * gaps.min(axis=1))
        middle = np.abs(np.linspace(-1, 1, len(line)))
        chosen.append(line[np.argmax(room - 0.1 * middle)])
    return chosen


def _is_on_path(edge: Parameter, wrt: Parameter) -> bool:
    """Whether an edge lies between a parameter and the loss, or is it."""
    if edge.layer > wrt.layer + 1:
        return True
    if edge.layer == wrt.layer + 1:
        return edge.source == wrt.unit
    return edge == wrt


def _label(axes: "Axes", edge: _Edge, place: Values) -> None:
    """Weight and gradient along the edge."""
    (x0, y0), (x1, y1) = edge.start, edge.end
    axes.text(
        float(place[0]),
        float(place[1]),
        f"w {edge.value:.4g}\n∂ {edge.gradient:.4g}",
        ha="center",
        va="center",
        rotation=np.degrees(np.arctan2(y1 - y0, x1 - x0)),
        rotation_mode="anchor",
        fontsize=7,
        linespacing=1.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        zorder=2,
    )


def _draw_units(
    axes: "Axes",
    trace: Trace,
    columns: list[_Column],
    example: int,
) -> None:
    from matplotlib.patches import Circle

    for k, column in enumerate(columns):
        for unit, (x, y) in zip(column.units, column.places, strict=True):
            face = "#EEF3F7" if k else "white"
            axes.add_patch(Circle((x, y), _RADIUS, fc=face, ec=INK, lw=0.8, zorder=3))
            values = trace.a[k - 1] if k else trace.inputs
            label = f"{values[example, unit]:.4g}"
            axes.text(x, y, label, ha="center", va="center", fontsize=7, zorder=4)
            name = _name(trace, k, unit)
            axes.text(x, y + _RADIUS + 0.06, name, ha="center", fontsize=7, bbox=_CLEAR)
            if k:
                label = _below(trace, Parameter(k, unit + 1), example)
                axes.text(
                    x,
                    y - _RADIUS - 0.06,
                    label,
                    ha="center",
                    va="top",
                    fontsize=7,
                    bbox=_CLEAR,
                )
        n_hidden = trace.network.widths[k] - len(column.units)
        if n_hidden:
            x, y = column.places[-1]
            words = wording(f"… {n_hidden:,} more")
            axes.text(x, y - 0.95, words, ha="center", va="top", fontsize=7)


def _name(trace: Trace, k: int, unit: int) -> str:
    if not k:
        return f"x{unit + 1}"
    return f"{k}, {unit + 1}: {trace.network.layers[k - 1].activation}"


def _below(trace: Trace, bias: Parameter, example: int) -> str:
    """Z of a unit, and its bias with the gradient."""
    z = trace.z[bias.layer - 1][example, bias.unit - 1]
    if not trace.network.layers[bias.layer - 1].has_bias:
        return f"z {z:.4g}"
    value, gradient = trace.network.value(bias), trace.gradient(bias)
    return f"z {z:.4g}\nb {value:.4g}, ∂ {gradient:.4g}"


def _draw_loss(
    axes: "Axes",
    trace: Trace,
    outputs: list[_Point],
    *,
    x: float,
    example: int,
) -> None:
    for output in outputs:
        axes.plot([output.x, x], [output.y, 0], color=PALETTE["grey"], lw=0.8, zorder=1)
    loss = float(trace.losses[example])
    target = trace.target[example]
    name = "J" if trace.n_examples == 1 else f"J {example + 1}"
    label = f"{name}\n{loss:.4g}"
    if len(target) <= 3:
        label += "\nt = " + ", ".join(f"{value:g}" for value in target)
    axes.text(
        x,
        0,
        label,
        ha="center",
        va="center",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": INK, "boxstyle": "round,pad=0.5"},
        zorder=3,
    )
