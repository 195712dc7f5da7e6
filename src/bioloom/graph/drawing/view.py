"""The pictures of a graph or of a finished training: what part, where, of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bioloom.draw import save
from bioloom.graph.data.graph import Graph
from bioloom.graph.drawing.drawing import (
    Colouring,
    PaletteName,
    Piece,
    Said,
    draw_classes,
    draw_models,
)
from bioloom.graph.explaining.evidence import busiest_test_node
from bioloom.graph.output.run_folder import FinishedRun
from bioloom.network.layout import force_layout, undirected
from bioloom.network.pieces import ego, uniform_sample, walk_sample

Mode = Literal["full", "sample", "walk", "ego"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What part of a graph to draw, and how.

    Parameters
    ----------
    mode
        "full", "sample" (uniform), "walk" (a sample by random walk) or "ego".
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
    """

    mode: Mode = "full"
    size: int = 600
    centre: str | None = None
    hops: int = 2
    colouring: Colouring = "correct"
    palette: PaletteName = "standard"
    rng_seed: int = 42

    def stem(self, name: str, models: Sequence[str]) -> str:
        """File name without its ending, such as ``cora_net_gcn_ego``."""
        colour = [self.colouring] if models and self.colouring != "correct" else []
        return "_".join([name, "net", *models, self.mode, *colour])


def piece_of(graph: Graph, view: View) -> Piece:
    """The part of a graph that a view shows, laid out.

    Raises
    ------
    UnknownName
        If there is no such centre.
    """
    A = undirected(graph.adjacency)
    rng = np.random.default_rng(view.rng_seed)
    n, centre, told = graph.num_nodes, None, "the whole graph"
    nodes = np.arange(n)
    if view.mode == "sample":
        nodes, told = uniform_sample(n, view.size, rng=rng), "a uniform sample"
    elif view.mode == "walk":
        nodes, told = walk_sample(A, view.size, rng=rng), "a random walk"
    elif view.mode == "ego":
        name = view.centre or busiest_test_node(graph)
        node = graph.number_of(name)
        nodes = ego(A, node, hops=view.hops)
        steps = f"{view.hops} hop" + ("" if view.hops == 1 else "s")
        told = f"within {steps} of node {name}"
        centre = int(np.searchsorted(nodes, node))
    part = A[nodes][:, nodes]
    rows = np.repeat(np.arange(len(nodes)), np.diff(part.indptr))
    once = rows < part.indices
    return Piece(
        nodes=nodes,
        places=force_layout(part, rng_seed=view.rng_seed),
        edges=np.column_stack([rows[once], part.indices[once]]).astype(np.int64),
        told=told,
        centre=centre,
    )


def draw_run(
    run: FinishedRun,
    models: Sequence[str],
    view: View,
    *,
    out: Path,
    together: bool = False,
) -> list[Path]:
    """Draw what the models of a training say; one picture a model.

    Parameters
    ----------
    run
        A finished training.
    models
        Names; all have the first one's piece.
    view
        What to show.
    out
        Folder for PNG and SVG.
    together
        Whether to draw all models side by side in one picture.

    Returns
    -------
    The PNG files.

    Raises
    ------
    UnknownName, BadRunFolder
        If a model or node is not there, or predictions are missing.
    """
    said = said_of(run, models)
    piece = piece_of(said[0].graph, view)
    pages = [said] if together else [[one] for one in said]
    written = []
    for page in pages:
        figure = draw_models(
            piece, page, colouring=view.colouring, palette=view.palette
        )
        stem = view.stem(page[0].graph.name, [one.model for one in page])
        save(figure, out / stem)
        written.append(out / f"{stem}.png")
    return written


def draw_graph(graph: Graph, view: View, *, out: Path) -> Path:
    """Draw a graph by its classes; returns the PNG file, an SVG lies beside it."""
    figure = draw_classes(piece_of(graph, view), graph, palette=view.palette)
    stem = out / view.stem(graph.name, ())
    save(figure, stem)
    return stem.with_suffix(".png")


def said_of(run: FinishedRun, models: Sequence[str]) -> list[Said]:
    """What the models of a training say.

    Raises
    ------
    UnknownName, BadRunFolder
        If a model is not there, or predictions are missing.
    """
    return [_said(run, model) for model in models]


def _said(run: FinishedRun, model: str) -> Said:
    graph = run.graph_of(model)
    return Said(model, graph, run.predicted(model), run.probabilities(model).max(1))
