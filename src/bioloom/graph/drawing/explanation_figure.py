"""Figure of a prediction's parts: neighbouring nodes, and features."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import TwoSlopeNorm
from numpy.typing import NDArray

from bioloom.draw import INK, new_figure, style
from bioloom.graph.drawing.drawing import OUTSIDE, Piece, draw_edges
from bioloom.graph.drawing.view import View, piece_of
from bioloom.graph.explaining.evidence import MOST_FEATURES, Reasons
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = "PuOr"  # safe for colour-blind readers
_NAMED = 12  # most nodes with a name
_LONGEST = 28  # characters of a name


def draw_reasons(
    reasons: Reasons, *, hops: int = 2, rng_seed: int = RNG_SEED
) -> "Figure":
    """Draw the neighbourhood of a node by each node's part, and the features' parts.

    Parameters
    ----------
    reasons
        Parts of the prediction.
    hops
        Steps from the node.
    rng_seed
        Of the layout.
    """
    graph = reasons.graph
    centre = graph.node_ids[reasons.node]
    view = View(mode="ego", centre=centre, hops=hops, rng_seed=rng_seed)
    piece = piece_of(graph, view)
    best, second = (graph.class_names[c] for c in reasons.classes)
    with style():
        figure = new_figure(11.6, 6.2)
        around, bars = figure.subplots(1, 2, width_ratios=[1.7, 1])
        _around(around, reasons, piece)
        _bars(bars, reasons)
        figure.suptitle(
            f"{graph.name}, node {centre}: {reasons.model} predicts {best}; "
            f"violet favours it, brown {second}",
            x=0.01,
            ha="left",
        )
    return figure


def lead_of_nodes(reasons: Reasons) -> NDArray[np.float64]:
    """Part of each node in the lead; NaN for nodes without any."""
    first, second = reasons.classes
    parts = reasons.neighbours
    lead = np.full(reasons.graph.num_nodes, np.nan)
    lead[parts.nodes] = 0
    np.add.at(lead, parts.nodes, parts.values[:, first] - parts.values[:, second])
    return lead


def _around(axes: "Axes", reasons: Reasons, piece: Piece) -> None:
    draw_edges(axes, piece)
    lead = lead_of_nodes(reasons)[piece.nodes]
    has_part = ~np.isnan(lead)
    x, y = piece.places.T
    axes.scatter(x[~has_part], y[~has_part], s=8, color=OUTSIDE, lw=0, zorder=2)
    largest = float(np.abs(lead[has_part]).max()) or 1.0
    points = axes.scatter(
        x[has_part],
        y[has_part],
        s=18 + 160 * np.abs(lead[has_part]) / largest,
        c=lead[has_part],
        cmap=_COLOURS,
        norm=TwoSlopeNorm(0, -largest, largest),
        ec=INK,
        lw=0.4,
        zorder=3,
    )
    middle = piece.centre
    axes.scatter(x[middle], y[middle], s=260, fc="none", ec=INK, lw=1.4, zorder=4)
    for place in np.argsort(-np.abs(np.nan_to_num(lead)), kind="stable")[:_NAMED]:
        if has_part[place]:
            name = reasons.graph.node_ids[piece.nodes[place]]
            axes.annotate(
                _short(name),
                piece.places[place],
                xytext=(5, 3),
                textcoords="offset points",
                fontsize=8,
                zorder=5,
            )
    axes.figure.colorbar(
        points, ax=axes, shrink=0.5, label="part of a node in the lead"
    )
    axes.set_title(f"nodes {piece.description}; grey nodes have no part")
    axes.set_aspect("equal")
    axes.set_axis_off()


def _bars(axes: "Axes", reasons: Reasons) -> None:
    features = reasons.features
    shown = features.by_lead[:MOST_FEATURES][::-1]
    lead = features.lead[shown]
    names = [reasons.graph.feature_name(int(features.features[k])) for k in shown]
    scale = colormaps[_COLOURS]
    colours = [scale(0.9 if value > 0 else 0.1) for value in lead]
    axes.barh(range(len(shown)), lead, color=colours)
    axes.set_yticks(range(len(shown)), [_short(name) for name in names])
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_xlabel("part of a feature in the lead, over all nodes that have it")
    axes.set_title(f"{len(shown)} of {len(features.features):,} features")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
