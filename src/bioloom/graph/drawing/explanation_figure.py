"""What moved a prediction as a picture: the nodes around, and the features."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import TwoSlopeNorm
from numpy.typing import NDArray

from bioloom.draw import INK, new_figure, style
from bioloom.graph.drawing.drawing import OUTSIDE, Piece, draw_edges
from bioloom.graph.drawing.view import View, piece_of
from bioloom.graph.explaining.evidence import MOST_FEATURES, Reasons

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = "PuOr"  # told apart by colour-blind readers as well
_NAMED = 12  # nodes that are named at most
_LONGEST = 28  # characters of a name


def draw_reasons(found: Reasons, *, hops: int = 2, rng_seed: int = 42) -> "Figure":
    """Draw the surroundings of a node by what each node gave, and the features.

    Parameters
    ----------
    found
        What moved the prediction.
    hops
        How far around the node.
    rng_seed
        Of the layout.
    """
    graph = found.graph
    centre = graph.node_ids[found.node]
    view = View(mode="ego", centre=centre, hops=hops, rng_seed=rng_seed)
    piece = piece_of(graph, view)
    best, second = (graph.class_names[c] for c in found.classes)
    with style():
        figure = new_figure(11.6, 6.2)
        around, bars = figure.subplots(1, 2, width_ratios=[1.7, 1])
        _around(around, found, piece)
        _bars(bars, found)
        figure.suptitle(
            f"{graph.name}, node {centre}: {found.model} says {best}; "
            f"violet speaks for it, brown for {second}",
            x=0.01,
            ha="left",
        )
    return figure


def lead_of_nodes(found: Reasons) -> NDArray[np.float64]:
    """Lead that each node of the graph gave; NaN for those that gave nothing."""
    first, second = found.classes
    parts = found.neighbours
    lead = np.full(found.graph.num_nodes, np.nan)
    lead[parts.nodes] = 0
    np.add.at(lead, parts.nodes, parts.values[:, first] - parts.values[:, second])
    return lead


def _around(axes: "Axes", found: Reasons, piece: Piece) -> None:
    draw_edges(axes, piece)
    lead = lead_of_nodes(found)[piece.nodes]
    gave = ~np.isnan(lead)
    x, y = piece.places.T
    axes.scatter(x[~gave], y[~gave], s=8, color=OUTSIDE, lw=0, zorder=2)
    largest = float(np.abs(lead[gave]).max()) or 1.0
    points = axes.scatter(
        x[gave],
        y[gave],
        s=18 + 160 * np.abs(lead[gave]) / largest,
        c=lead[gave],
        cmap=_COLOURS,
        norm=TwoSlopeNorm(0, -largest, largest),
        ec=INK,
        lw=0.4,
        zorder=3,
    )
    middle = piece.centre
    axes.scatter(x[middle], y[middle], s=260, fc="none", ec=INK, lw=1.4, zorder=4)
    for place in np.argsort(-np.abs(np.nan_to_num(lead)), kind="stable")[:_NAMED]:
        if gave[place]:
            name = found.graph.node_ids[piece.nodes[place]]
            axes.annotate(
                _short(name),
                piece.places[place],
                xytext=(5, 3),
                textcoords="offset points",
                fontsize=8,
                zorder=5,
            )
    axes.figure.colorbar(points, ax=axes, shrink=0.5, label="lead that a node gave")
    axes.set_title(f"nodes {piece.told}; grey ones gave nothing by themselves")
    axes.set_aspect("equal")
    axes.set_axis_off()


def _bars(axes: "Axes", found: Reasons) -> None:
    features = found.features
    shown = features.by_lead[:MOST_FEATURES][::-1]
    lead = features.lead[shown]
    names = [found.graph.feature_name(int(features.features[k])) for k in shown]
    scale = colormaps[_COLOURS]
    colours = [scale(0.9 if value > 0 else 0.1) for value in lead]
    axes.barh(range(len(shown)), lead, color=colours)
    axes.set_yticks(range(len(shown)), [_short(name) for name in names])
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_xlabel("lead that a feature gave, over all nodes that have it")
    axes.set_title(f"{len(shown)} of {len(features.features):,} features")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
