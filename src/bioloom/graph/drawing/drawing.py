"""Figures of a network: nodes coloured by class or by a model's predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill, shorten
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.draw import (
    INK,
    PALETTE,
    Wording,
    distinct_colours,
    new_figure,
    style,
    wording,
)
from bioloom.graph.data.graph import Graph

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Colouring = Literal["correct", "class", "prediction", "confidence"]
PaletteName = Literal["standard", "safe"]
Colours = tuple[str, ...]

OUTSIDE = "#bbbbbb"
# correct, wrong
JUDGED_COLOURS: Mapping[PaletteName, Colours] = MappingProxyType(
    {"standard": ("#2ca02c", "#d62728"), "safe": (PALETTE["blue"], PALETTE["orange"])}
)
_TAB10 = (
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)
CLASS_COLOURS: Mapping[PaletteName, Colours] = MappingProxyType(
    {"standard": _TAB10, "safe": tuple(PALETTE.values())[:-1]}
)
_TEST_SIZE, _OTHER_SIZE = 30.0, 10.0  # points²
_MOST_LABELLED = 40  # more nodes than this are drawn without their names
_ROOMY = 1_000  # more nodes than this are drawn smaller
_MOST_NAMED = 40  # more classes than this are left out of the legend
_FEW_NAMED = 12  # more than this have a legend of small letters in more columns
_LONGEST = 28  # letters of a legend's line
MOST_VECTOR = 20_000  # more edges than this are drawn as pixels, in SVG too
_BLOCK = 5_000


class PanelSize(NamedTuple):
    """Width and height in inches."""

    width: float
    height: float


PANEL = PanelSize(6.4, 6.8)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The part of a graph that is drawn.

    Parameters
    ----------
    nodes
        Their numbers in the graph.
    places
        Their coordinates, shape (n, 2).
    edges
        Pairs of positions in `nodes`, shape (n_edges, 2); each edge once.
    description
        Which part it is, in words.
    centre
        Position in `nodes` of the node in its middle, if it has one.
    """

    nodes: NDArray[np.int64]
    places: NDArray[np.floating]
    edges: NDArray[np.int64]
    description: str
    centre: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ModelPrediction:
    """A model's predictions of all nodes.

    Parameters
    ----------
    model
        Its name.
    graph
        With the split that it was trained on.
    predicted
        Class of every node.
    confidence
        Probability of that class.
    """

    model: str
    graph: Graph
    predicted: NDArray[np.int64]
    confidence: NDArray[np.floating]

    def is_right(self) -> NDArray[np.bool_]:
        """Whether each prediction equals the label."""
        right: NDArray[np.bool_] = self.predicted == self.graph.y
        return right


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Nodes of one colour, by their positions in the piece."""

    name: str
    colour: str
    members: NDArray[np.int64]


def draw_models(
    piece: Piece,
    models: Sequence[ModelPrediction],
    *,
    colouring: Colouring = "correct",
    palette: PaletteName = "standard",
    panel: PanelSize = PANEL,
) -> "Figure":
    """Draw a piece once per model, side by side.

    Parameters
    ----------
    piece
        What to draw.
    models
        One panel each.
    colouring
        "correct": test nodes correct or wrong, others grey; "class": the label;
        "prediction"; "confidence" in it.
    palette
        "safe" can be distinguished by colour-blind readers as well.
    panel
        Size of each panel.
    """
    with style():
        figure = _figure(len(models), panel)
        panels = figure.subplots(1, len(models), squeeze=False)[0]
        for axes, prediction in zip(panels, models, strict=True):
            draw_edges(axes, piece)
            test = prediction.graph.test_mask[piece.nodes]
            if colouring == "confidence":
                _confidence(axes, piece, prediction, test)
            else:
                groups = _groups(piece, prediction, colouring, palette)
                _nodes(axes, piece, groups, test)
            _names(axes, piece, prediction.graph)
            _finish(axes, piece, _title(piece, prediction))
        _legend(figure, panels)
    return figure


def draw_classes(
    piece: Piece,
    graph: Graph,
    *,
    palette: PaletteName = "standard",
    panel: PanelSize = PANEL,
) -> "Figure":
    """Draw a piece of a graph, coloured by class."""
    with style():
        figure = _figure(1, panel)
        axes = figure.subplots()
        draw_edges(axes, piece)
        groups = _by_class(piece, graph, graph.y, palette)
        _nodes(axes, piece, groups, graph.test_mask[piece.nodes])
        _names(axes, piece, graph)
        _finish(axes, piece, f"{graph.name}, {piece.description}: {sizes(piece)}")
        _legend(figure, [axes])
    return figure


def _figure(n_panels: int, panel: PanelSize) -> "Figure":
    figure = new_figure(panel.width * n_panels, panel.height)
    figure.set_dpi(200)  # for what is drawn as pixels in SVG
    return figure


def sizes(piece: Piece) -> str:
    """Numbers of nodes and edges of a piece."""
    return f"|V| = {len(piece.nodes):,}, |E| = {len(piece.edges):,}"


def _title(piece: Piece, prediction: ModelPrediction) -> str:
    test = prediction.graph.test_mask[piece.nodes]
    n_test = int(test.sum())
    n_right = int(prediction.is_right()[piece.nodes][test].sum())
    graph = prediction.graph
    return wording(
        f"{graph.name}, {prediction.model}, {piece.description}\n{sizes(piece)}; "
        f"{n_right:,} of {n_test:,} test nodes right"
    )


def _groups(
    piece: Piece,
    prediction: ModelPrediction,
    colouring: Colouring,
    palette: PaletteName,
) -> list[_Group]:
    graph = prediction.graph
    if colouring == "class":
        return _by_class(piece, graph, graph.y, palette)
    if colouring == "prediction":
        return _by_class(piece, graph, prediction.predicted, palette)
    test, right = graph.test_mask[piece.nodes], prediction.is_right()[piece.nodes]
    right_colour, wrong_colour = JUDGED_COLOURS[palette]
    return [
        _Group(wording("not in the test set"), OUTSIDE, np.flatnonzero(~test)),
        _Group(wording("test node, right"), right_colour, np.flatnonzero(test & right)),
        _Group(
            wording("test node, wrong"), wrong_colour, np.flatnonzero(test & ~right)
        ),
    ]


def _by_class(
    piece: Piece, graph: Graph, y: NDArray[np.int64], palette: PaletteName
) -> list[_Group]:
    classes, colours = y[piece.nodes], class_colours(graph.num_classes, palette)
    names = [wording("no label"), *graph.class_names]
    return [
        _Group(
            names[number + 1],
            OUTSIDE if number < 0 else colours[number],
            np.flatnonzero(classes == number),
        )
        for number in range(-1, graph.num_classes)
    ]


def draw_edges(axes: "Axes", piece: Piece) -> None:
    """Draw edges in blocks of one path each, fast enough for a million of them."""
    many = len(piece.edges) > MOST_VECTOR
    width = float(np.clip(30 / np.sqrt(len(piece.edges) + 1), 0.08, 0.7))
    for begin in range(0, len(piece.edges), _BLOCK):
        ends = piece.places[piece.edges[begin : begin + _BLOCK]]
        gaps = np.full((len(ends), 1, 2), np.nan)
        line = np.concatenate([ends, gaps], axis=1).reshape(-1, 2)
        axes.plot(*line.T, color="#cccccc", lw=width, zorder=1, rasterized=many)


def _node_sizes(piece: Piece, is_test: NDArray[np.bool_]) -> NDArray[np.float64]:
    factor = min(1.0, _ROOMY / len(piece.nodes)) ** 0.75
    areas: NDArray[np.float64] = np.where(is_test, _TEST_SIZE, _OTHER_SIZE) * factor
    return areas


def _nodes(
    axes: "Axes", piece: Piece, groups: Sequence[_Group], test: NDArray[np.bool_]
) -> None:
    areas = _node_sizes(piece, test)
    for order, group in enumerate(groups):
        if len(group.members):
            axes.scatter(
                piece.places[group.members, 0],
                piece.places[group.members, 1],
                s=areas[group.members],
                color=group.colour,
                label=group.name,
                lw=0,
                zorder=2 + order,
                rasterized=len(piece.nodes) > MOST_VECTOR,
            )


def _confidence(
    axes: "Axes", piece: Piece, prediction: ModelPrediction, test: NDArray[np.bool_]
) -> None:
    points = axes.scatter(
        piece.places[:, 0],
        piece.places[:, 1],
        s=_node_sizes(piece, test),
        c=prediction.confidence[piece.nodes],
        cmap="viridis",
        vmin=1 / prediction.graph.num_classes,
        vmax=1,
        lw=0,
        zorder=2,
        rasterized=len(piece.nodes) > MOST_VECTOR,
    )
    axes.figure.colorbar(points, ax=axes, shrink=0.5, label=wording("confidence"))


def class_colours(n: int, palette: PaletteName) -> Colours:
    """Colours of n classes, all different."""
    return distinct_colours(CLASS_COLOURS[palette], n)


def _names(axes: "Axes", piece: Piece, graph: Graph) -> None:
    """Names of the nodes, where they are few."""
    if len(piece.nodes) > _MOST_LABELLED:
        return
    for (x, y), node in zip(piece.places, piece.nodes.tolist(), strict=True):
        axes.annotate(
            shorten(graph.name_of(node), _LONGEST, placeholder="…"),
            (x, y),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=6.5,
            zorder=10,
        )


def _finish(axes: "Axes", piece: Piece, title: str) -> None:
    if piece.centre is not None:
        x, y = piece.places[piece.centre]
        axes.scatter(x, y, s=110, fc="none", ec=INK, lw=1.2, zorder=9)
    axes.set_title(title)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _legend(figure: "Figure", panels: Sequence["Axes"]) -> None:
    """One legend for all panels; entries of several panels appear once."""
    entries = {
        name: handle
        for axes in panels
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if not entries:
        return
    shown = dict(list(entries.items())[:_MOST_NAMED])
    names = [
        name if isinstance(name, Wording) else fill(name, _LONGEST) for name in shown
    ]
    size = 6.5 if len(shown) > _FEW_NAMED else 9.0
    n_more = len(entries) - len(shown)
    longest = max(len(line) for name in names for line in name.split("\n"))
    # letters are about 0.6 as wide as high; mark and gaps take five more
    room = 72 * figure.get_figwidth() / (0.6 * size * (longest + 5))
    figure.legend(
        shown.values(),
        names,
        loc="outside lower center",
        ncols=max(1, min(int(room), 3 if size == 9.0 else 4 * len(panels))),
        fontsize=size,
        title=wording(f"and {n_more:,} more classes") if n_more else None,
        markerscale=1.5,
    )
