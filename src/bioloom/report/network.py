"""Interactive page of a network: search nodes, switch models and colours."""

import json
from collections.abc import Callable, Mapping, Sequence
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
    ModelPrediction,
    Piece,
    class_colours,
    draw_classes,
    draw_models,
    sizes,
)
from bioloom.graph.drawing.view import View, piece_of
from bioloom.report.figure_colours import dark_colour
from bioloom.report.network_words import page_words, script_words, still_words
from bioloom.report.page import asset, page_names, write_pages
from bioloom.report.parts import Picture, inline_svg
from bioloom.run.language import tr

_SCRIPTS = ("graphology.umd.min.js", "sigma.min.js", "network.js")
_LICENCES = ("sigma", "graphology", "events")
_SIDE = 10_000  # places are whole numbers up to this
_STEPS = 33  # colours between no confidence and all of it


def predictions_page(
    predictions: Sequence[ModelPrediction], view: View, *, out: Path, run: str = ""
) -> Path:
    """Write the interactive page of models' predictions.

    Parameters
    ----------
    predictions
        Of each model; all show the piece of the first one.
    view
        What to show first.
    out
        Folder for the page.
    run
        The run folder, for the command that explains a node.

    Returns
    -------
    The page, such as ``cora_net_full.html``. It needs no internet, and shows a still
    picture without scripts or WebGL; with very many edges, the file beside it.

    Raises
    ------
    UnknownName
        If a node is missing.
    """
    return _write(predictions[0].graph, predictions, view, out, run=run)


def graph_page(graph: Graph, view: View, *, out: Path) -> Path:
    """Write the interactive page of a graph without models."""
    return _write(graph, (), replace(view, colouring="class"), out)


def _write(
    graph: Graph,
    models: Sequence[ModelPrediction],
    view: View,
    out: Path,
    *,
    run: str = "",
) -> Path:
    piece = piece_of(graph, view)
    stem = replace(view, colouring="correct").stem(graph.name, ())
    drawn = _still_svg(piece, graph, models, view)
    data = _data(piece, graph, models, view) | {"run": run}
    values = {
        "models": [prediction.model for prediction in models],
        "colouring": view.colouring,
        "palette": view.palette,
        "class_names": graph.class_names,
        "licences": {name: asset(f"LICENSE-{name}.txt") for name in _LICENCES},
    }

    def told() -> dict[str, Any]:
        model = models[0].model if models else ""
        still = still_words(piece, graph.name, model, sizes(piece))
        return values | {
            "kind": tr("Network"),
            "title": still["title"],
            "words": page_words(sizes(piece), len(models), has_still=bool(drawn)),
            "data": _island(data | {"words": script_words()}),
            "still": _still(drawn, still),
        }

    return write_pages(
        out,
        "network.html",
        told,
        room="graph",
        scripts=_SCRIPTS,
        names=page_names(stem),
    )


def _island(data: Mapping[str, Any]) -> Markup:
    """Data for the script; no string in it can close its element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (no < is left)


def _data(
    piece: Piece, graph: Graph, models: Sequence[ModelPrediction], view: View
) -> dict[str, Any]:
    nodes = piece.nodes
    low = piece.places.min(axis=0)
    side = max(float(np.ptp(piece.places, axis=0).max()), np.finfo(float).tiny)
    places = np.rint((piece.places - low) / side * _SIDE).astype(int)
    predictions = models or [_no_prediction(graph)]
    return {
        "ids": [graph.node_ids[node] for node in nodes],
        "names": [graph.name_of(node) for node in nodes] if graph.node_names else [],
        "degree": np.diff(graph.adjacency.indptr)[nodes].tolist(),
        "label": graph.y[nodes].tolist(),
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "edges": piece.edges.ravel().tolist(),
        "centre": piece.centre,
        "classes": graph.class_names,
        "models": [_prediction_data(prediction, piece) for prediction in predictions],
        "has_models": bool(models),
        "colours": _colours(graph.num_classes),
        "colouring": view.colouring,
        "palette": view.palette,
        "least": 1 / max(graph.num_classes, 1),
    }


def _no_prediction(graph: Graph) -> ModelPrediction:
    """Stands in for a model where a graph is shown without prediction."""
    unknown = np.full(graph.num_nodes, -1)
    return ModelPrediction("", graph, unknown, np.zeros(graph.num_nodes))


def _prediction_data(prediction: ModelPrediction, piece: Piece) -> dict[str, Any]:
    names = prediction.graph.split_names()
    place = {word: number for number, word in enumerate(["", *SPLITS])}
    return {
        "name": prediction.model,
        "split": [place[names[node]] for node in piece.nodes],
        "predicted": prediction.predicted[piece.nodes].tolist(),
        "confidence": [
            None if np.isnan(p) else round(float(p), 3)
            for p in prediction.confidence[piece.nodes]
        ],
    }


def _colours(n_classes: int) -> dict[str, Any]:
    """Colours on a light page and on a dark one."""
    light = _light_colours(n_classes)
    return {"light": light, "dark": _each(light, dark_colour)}


def _each(colours: Any, change: Callable[[str], str]) -> Any:
    """Every colour changed, in whatever they are held."""
    if isinstance(colours, str):
        return change(colours.lower())
    if isinstance(colours, Mapping):
        return {name: _each(value, change) for name, value in colours.items()}
    return [_each(value, change) for value in colours]


def _light_colours(n_classes: int) -> dict[str, Any]:
    scale = colormaps["viridis"](np.linspace(0, 1, _STEPS))
    return {
        "ground": "#ffffff",
        "label": "#222222",
        "edge": "#d4d4d4",
        "own_edge": "#555555",
        "faded": "#e4e4e4",
        "classes": {
            palette: class_colours(n_classes, palette) for palette in CLASS_COLOURS
        },
        "judged": dict(JUDGED_COLOURS),
        "outside": OUTSIDE,
        "confidence": [to_hex(colour) for colour in scale],
    }


def _still_svg(
    piece: Piece, graph: Graph, models: Sequence[ModelPrediction], view: View
) -> str:
    """The static picture; empty where it would have too many edges."""
    if len(piece.edges) > MOST_VECTOR:
        return ""
    if models:
        figure = draw_models(
            piece, models[:1], colouring=view.colouring, palette=view.palette
        )
    else:
        figure = draw_classes(piece, graph, palette=view.palette)
    return to_svg(figure)


def _still(drawn: str, words: Mapping[str, str]) -> Picture | None:
    if not drawn:
        return None
    svg = inline_svg(
        drawn,
        name="still-svg",
        title=words["title"],
        description=words["description"],
    )
    return Picture("still", svg, words["caption"])
