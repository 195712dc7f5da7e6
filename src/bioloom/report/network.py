"""A network as a page: nodes to search and point at, models and colours to switch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib import colormaps
from matplotlib.colors import to_hex

from bioloom.draw import to_svg
from bioloom.graph.data.graph import SPLITS, Graph
from bioloom.graph.drawing.drawing import (
    CLASS_COLOURS,
    JUDGED_COLOURS,
    MOST_VECTOR,
    OUTSIDE,
    Piece,
    Said,
    draw_classes,
    draw_models,
    sizes,
)
from bioloom.graph.drawing.view import View, piece_of, said_of
from bioloom.graph.output.run_folder import FinishedRun
from bioloom.report.page import Picture, asset, inline_svg, write_page

_SCRIPTS = ("graphology.umd.min.js", "sigma.min.js", "network.js")
_LICENCES = ("sigma", "graphology", "events")
_SIDE = 10_000  # places are whole numbers up to this
_STEPS = 33  # colours between no confidence and all of it


def run_page(run: FinishedRun, models: Sequence[str], view: View, *, out: Path) -> Path:
    """Write the interactive page of what the models of a training say.

    Parameters
    ----------
    run
        A finished training.
    models
        Names; all have the first one's piece.
    view
        What to show, and what the page begins with.
    out
        Folder for the page.

    Returns
    -------
    The page, such as ``cora_net_full.html``. It needs no network, and without script
    or WebGL shows a still picture; of very many edges the one beside it.

    Raises
    ------
    UnknownName, BadRunFolder
        If a model or node is not there, or predictions are missing.
    """
    said = said_of(run, models)
    return _write(said[0].graph, said, view, out)


def graph_page(graph: Graph, view: View, *, out: Path) -> Path:
    """Write the interactive page of a graph that no model was trained on."""
    return _write(graph, (), replace(view, colouring="class"), out)


def _write(graph: Graph, models: Sequence[Said], view: View, out: Path) -> Path:
    piece = piece_of(graph, view)
    return write_page(
        out / f"{graph.name}_net_{view.mode}.html",
        "network.html",
        scripts=_SCRIPTS,
        kind="Network",
        title=f"{graph.name}, {piece.told}",
        sizes=sizes(piece),
        models=[one.model for one in models],
        colouring=view.colouring,
        palette=view.palette,
        data=_island(_data(piece, graph, models, view)),
        still=_still(piece, graph, models, view),
        licences={name: asset(f"LICENSE-{name}.txt") for name in _LICENCES},
    )


def _island(data: Mapping[str, Any]) -> Markup:
    """Data for the script; no string in them can end the element that holds them."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (no < is left)


def _data(
    piece: Piece, graph: Graph, models: Sequence[Said], view: View
) -> dict[str, Any]:
    nodes = piece.nodes
    low = piece.places.min(axis=0)
    side = max(float(np.ptp(piece.places, axis=0).max()), np.finfo(float).tiny)
    places = np.rint((piece.places - low) / side * _SIDE).astype(int)
    said = models or [_nobody(graph)]
    return {
        "ids": [graph.node_ids[node] for node in nodes],
        "degree": np.diff(graph.adjacency.indptr)[nodes].tolist(),
        "label": graph.y[nodes].tolist(),
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "edges": piece.edges.ravel().tolist(),
        "centre": piece.centre,
        "classes": graph.class_names,
        "models": [_said(one, piece) for one in said],
        "has_models": bool(models),
        "colours": _colours(),
        "colouring": view.colouring,
        "palette": view.palette,
        "least": 1 / max(graph.num_classes, 1),
    }


def _nobody(graph: Graph) -> Said:
    """A model that says nothing: a graph alone is shown like one with models."""
    unknown = np.full(graph.num_nodes, -1)
    return Said("", graph, unknown, np.zeros(graph.num_nodes))


def _said(one: Said, piece: Piece) -> dict[str, Any]:
    names = one.graph.split_names()
    place = {word: number for number, word in enumerate(["", *SPLITS])}
    return {
        "name": one.model,
        "split": [place[names[node]] for node in piece.nodes],
        "predicted": one.predicted[piece.nodes].tolist(),
        "confidence": [round(float(p), 3) for p in one.confidence[piece.nodes]],
    }


def _colours() -> dict[str, Any]:
    scale = colormaps["viridis"](np.linspace(0, 1, _STEPS))
    return {
        "classes": dict(CLASS_COLOURS),
        "judged": dict(JUDGED_COLOURS),
        "outside": OUTSIDE,
        "confidence": [to_hex(colour) for colour in scale],
    }


def _still(
    piece: Piece, graph: Graph, models: Sequence[Said], view: View
) -> Picture | None:
    if len(piece.edges) > MOST_VECTOR:
        return None
    if models:
        figure = draw_models(
            piece, models[:1], colouring=view.colouring, palette=view.palette
        )
    else:
        figure = draw_classes(piece, graph, palette=view.palette)
    whose = f"what {models[0].model} says" if models else "classes"
    svg = inline_svg(
        to_svg(figure),
        name="still-svg",
        title=f"{graph.name}, {piece.told}",
        description=f"Nodes as dots, edges as lines, colours by {whose}; {sizes(piece)}"
        ". Every node can be found by its name in the search field, where the page's "
        "script runs.",
    )
    return Picture("still", svg, f"The same places, coloured by {whose}.")
