"""Drawings of a graph or of a finished training: which part, and how."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.draw import save
from bioloom.graph.data.graph import Graph
from bioloom.graph.data.label_sets import as_classes
from bioloom.graph.drawing.drawing import (
    PANEL,
    Colouring,
    ModelPrediction,
    PaletteName,
    PanelSize,
    Piece,
    draw_classes,
    draw_models,
    sizes,
)
from bioloom.graph.errors import BadGraph
from bioloom.graph.explaining.evidence import busiest_test_node
from bioloom.graph.output.run_folder import FinishedRun
from bioloom.network.layout import force_layout, undirected
from bioloom.network.pieces import ego, uniform_sample, walk_sample
from bioloom.result import Result
from bioloom.run.language import mark
from bioloom.run.settings import RNG_SEED
from bioloom.run.words import counted
from bioloom.statistics.multilabel import set_probabilities

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HOPS = 2
_ASIDE = 0.06  # distance between unlinked nodes, as a share of the picture's width
Mode = Literal["full", "sample", "walk", "ego"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of a graph to draw, and how.

    Parameters
    ----------
    mode
        "full", "sample" (uniform), "walk" (a sample by random walk) or "ego" (the
        neighbourhood of a node).
    size
        Nodes of a sample.
    centre
        Id of the ego's node; None takes the test node with the most neighbours.
    hops
        Steps from it.
    colouring, palette
        As for `bioloom.graph.drawing.drawing.draw_models`.
    rng_seed
        Of sample and layout.
    panel, dpi
        Size of a panel in inches, and dots per inch of the PNG.
    """

    mode: Mode = "full"
    size: int = 600
    centre: str | None = None
    hops: int = _HOPS
    colouring: Colouring = "correct"
    palette: PaletteName = "standard"
    rng_seed: int = RNG_SEED
    panel: PanelSize = PANEL
    dpi: int = 300

    def stem(self, name: str, models: Sequence[str]) -> str:
        """File name without its ending, such as ``cora_net_gcn_ego_1358_2hops``.

        The neighbourhood of the test node with the most neighbours, two steps wide, is
        just ``ego``.
        """
        colour = [self.colouring] if models and self.colouring != "correct" else []
        around = []
        if self.mode == "ego" and (self.centre or self.hops != _HOPS):
            centre = [re.sub(r"[^\w.-]+", "-", self.centre)] if self.centre else []
            around = [*centre, counted(self.hops, "hop").replace(" ", "")]
        return "_".join([name, "net", *models, self.mode, *around, *colour])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawing(Result):
    """A part of a graph, laid out.

    Parameters
    ----------
    graph, piece
        The graph, and the part of it that is drawn.
    predictions
        Of each model, one panel each; empty for a graph without models.
    view
        How it is drawn.
    """

    graph: Graph
    piece: Piece
    predictions: tuple[ModelPrediction, ...]
    view: View

    @property
    def stem(self) -> str:
        """File name without its ending."""
        models = [prediction.model for prediction in self.predictions]
        return self.view.stem(self.graph.name, models)

    def summary(self) -> str:
        """Graph, part and size."""
        return f"{self.graph.name}, {self.piece.description}: {sizes(self.piece)}"

    def to_frame(self) -> pd.DataFrame:
        """One row per node: id, label, coordinates, prediction of each model."""
        names = np.array([*self.graph.class_names, ""])
        nodes = self.piece.nodes
        columns = {
            "node": np.array(self.graph.node_ids)[nodes],
            "label": names[self.graph.y[nodes]],
            "x": self.piece.places[:, 0],
            "y": self.piece.places[:, 1],
        }
        columns |= {
            prediction.model: names[prediction.predicted[nodes]]
            for prediction in self.predictions
        }
        return pd.DataFrame(columns)

    def plot(self) -> "Figure":
        """The figure, one panel per model."""
        if not self.predictions:
            return draw_classes(
                self.piece,
                self.graph,
                palette=self.view.palette,
                panel=self.view.panel,
            )
        return draw_models(
            self.piece,
            self.predictions,
            colouring=self.view.colouring,
            palette=self.view.palette,
            panel=self.view.panel,
        )

    def save(self, folder: Path) -> Path:
        """Write SVG and PNG under the drawing's own name; returns the PNG file."""
        save(self.plot(), folder / self.stem, dpi=self.view.dpi)
        return folder / f"{self.stem}.png"


class _Part(NamedTuple):
    """Nodes to draw, in words, and the one in the middle if there is one."""

    nodes: NDArray[np.int64]
    description: str
    centre: int | None = None


def piece_of(graph: Graph, view: View) -> Piece:
    """The part of a graph that a view shows, laid out.

    Raises
    ------
    UnknownName
        If there is no such centre.
    """
    A = undirected(graph.adjacency)
    rng = np.random.default_rng(view.rng_seed)
    part = _Part(np.arange(graph.num_nodes), mark("the whole graph"))
    if view.mode == "sample":
        nodes = uniform_sample(graph.num_nodes, view.size, rng=rng)
        part = _Part(nodes, mark("a uniform sample"))
    elif view.mode == "walk":
        part = _Part(walk_sample(A, view.size, rng=rng), mark("a random walk"))
    elif view.mode == "ego":
        name = view.centre or busiest_test_node(graph)
        node = graph.number_of(name)
        nodes = ego(A, node, hops=view.hops)
        steps = counted(view.hops, "hop")
        centre = int(np.searchsorted(nodes, node))
        note = f"within {steps} of node {name}"
        part = _Part(nodes, note, centre)
    links = A[part.nodes][:, part.nodes]
    rows = np.repeat(np.arange(len(part.nodes)), np.diff(links.indptr))
    once = rows < links.indices
    return Piece(
        nodes=part.nodes,
        places=_unlinked_aside(links, force_layout(links, rng_seed=view.rng_seed)),
        edges=np.column_stack([rows[once], links.indices[once]]).astype(np.int64),
        description=part.description,
        centre=part.centre,
    )


def _unlinked_aside(
    links: csr_array, places: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Places with the nodes that have no edge in rows below all others."""
    is_alone = (np.diff(links.indptr) == 0) & (np.diff(links.tocsc().indptr) == 0)
    n_alone = int(is_alone.sum())
    if not 0 < n_alone < len(is_alone):
        return places
    low, high = places[~is_alone].min(axis=0), places[~is_alone].max(axis=0)
    width = max(float(high[0] - low[0]), np.finfo(float).tiny)
    n_columns = max(int(1 / _ASIDE), int(np.sqrt(6 * n_alone)))
    step = width / n_columns
    row, column = np.divmod(np.arange(n_alone), n_columns)
    packed = places.copy()
    packed[is_alone, 0] = low[0] + (column + 0.5) * step
    packed[is_alone, 1] = low[1] - width * _ASIDE - row * step
    return packed


def drawing_of_graph(graph: Graph, view: View) -> Drawing:
    """A drawing of a graph by its classes."""
    return Drawing(graph, piece_of(graph, view), (), view)


def drawing_of_predictions(
    predictions: Sequence[ModelPrediction], view: View
) -> Drawing:
    """A drawing of models' predictions; all show the piece of the first one."""
    graph = predictions[0].graph
    return Drawing(graph, piece_of(graph, view), tuple(predictions), view)


def draw_predictions(
    predictions: Sequence[ModelPrediction],
    view: View,
    *,
    out: Path,
    together: bool = False,
) -> list[Path]:
    """Draw the predictions of models; one figure per model.

    Parameters
    ----------
    predictions
        Of each model; all show the piece of the first one.
    view
        What to show.
    out
        Folder for PNG and SVG.
    together
        Whether to draw all models side by side in one figure.

    Returns
    -------
    The PNG files.

    Raises
    ------
    UnknownName
        If a node is missing.
    BadGraph
        If confidences are to be shown and are not known.
    """
    for prediction in predictions:
        if view.colouring == "confidence" and np.isnan(prediction.confidence).any():
            raise BadGraph(
                where=prediction.model,
                found="predictions without their confidence",
                expected="a column confidence, to colour by it",
                advice="Choose another --colour.",
            )
    whole = drawing_of_predictions(predictions, view)
    if together:
        return [whole.save(out)]
    return [
        Drawing(prediction.graph, whole.piece, (prediction,), view).save(out)
        for prediction in whole.predictions
    ]


def draw_graph(graph: Graph, view: View, *, out: Path) -> Path:
    """Draw a graph by its classes; returns the PNG file, the SVG lies beside it."""
    return drawing_of_graph(graph, view).save(out)


def predictions_of(run: FinishedRun, models: Sequence[str]) -> list[ModelPrediction]:
    """Predictions of the models of a training.

    Raises
    ------
    UnknownName, BadRunFolder
        If a model or predictions are missing.
    """
    return [_prediction_of(run, model) for model in models]


def _prediction_of(run: FinishedRun, model: str) -> ModelPrediction:
    graph, chances = run.graph_of(model), run.probabilities(model)
    predicted = run.predicted(model)
    confidence = chances.max(axis=1)
    if graph.is_multilabel:
        confidence = set_probabilities(predicted.astype(bool), chances)
    return ModelPrediction(model, *as_classes(graph, predicted), confidence)
