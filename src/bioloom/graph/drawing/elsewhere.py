"""Predictions that another program made, to be drawn on a graph."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.errors import MissingFile
from bioloom.graph.data.graph import Graph
from bioloom.graph.drawing.drawing import ModelPrediction
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import read_table

_NODE_COLUMNS = ("node", "id")
_CLASS_COLUMNS = ("prediction", "predicted", "label", "class")


class _Predicted(NamedTuple):
    """Class and confidence of every node."""

    classes: NDArray[np.int64]
    confidence: NDArray[np.floating]


def read_predictions(path: Path, graph: Graph) -> ModelPrediction:
    """Predictions of all nodes of a graph, from a file.

    Parameters
    ----------
    path
        ``.npy`` with the number of each node's class, in the order of the nodes; or a
        table with the columns node and prediction, optionally confidence, in any order.
    graph
        Where it has no test nodes, all labelled nodes are judged.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadGraph
        If it does not fit the graph.
    """
    if not path.is_file():
        raise MissingFile(path, role="predictions")
    of_file = _of_array if path.suffix == ".npy" else _of_table
    predicted = of_file(path, graph)
    if not graph.test_mask.any():
        graph = replace(graph, test_mask=graph.y >= 0)
    name = path.stem.removeprefix("pred_")
    return ModelPrediction(name, graph, predicted.classes, predicted.confidence)


def _of_array(path: Path, graph: Graph) -> _Predicted:
    try:
        classes = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as problem:
        raise _misfit(
            path, f"an unreadable array ({problem})", "a NumPy file"
        ) from None
    if classes.shape != (graph.num_nodes,):
        expected = f"the class of each of the {graph.num_nodes:,} nodes of {graph.name}"
        raise _misfit(path, f"an array of shape {classes.shape}", expected)
    if classes.dtype.kind not in "iu":
        raise _misfit(path, f"values of type {classes.dtype}", "whole numbers")
    wrong = np.flatnonzero((classes < 0) | (classes >= graph.num_classes))
    if wrong.size:
        place = f"{path}: node {graph.node_ids[wrong[0]]!r}"
        last = graph.num_classes - 1
        raise _misfit(place, f"the class {classes[wrong[0]]}", f"0 to {last}")
    return _Predicted(classes.astype(np.int64), np.full(len(classes), np.nan))


def _of_table(path: Path, graph: Graph) -> _Predicted:
    table = read_table(path, role="predictions", error=BadGraph)
    node = _column(path, table, _NODE_COLUMNS)
    predicted = _column(path, table, _CLASS_COLUMNS)
    row_of = dict(zip(table[node], range(len(table)), strict=True))
    missing = [name for name in graph.node_ids if name not in row_of]
    if missing or len(row_of) != len(table) or len(table) != graph.num_nodes:
        found = f"no row of node {missing[0]!r}" if missing else f"{len(table):,} rows"
        expected = f"one row for each of the {graph.num_nodes:,} nodes of {graph.name}"
        raise _misfit(path, found, expected)
    rows = [row_of[name] for name in graph.node_ids]
    number = {name: k for k, name in enumerate(graph.class_names)}
    classes = table[predicted].iloc[rows].map(number)
    if classes.isna().any():
        row = int(np.flatnonzero(classes.isna())[0])
        place = f"{path}: node {graph.node_ids[row]!r}"
        found = f"the class {table[predicted].iloc[rows[row]]!r}"
        raise _misfit(place, found, ", ".join(graph.class_names[:8]))
    confidence = np.full(graph.num_nodes, np.nan)
    if "confidence" in table:
        column = pd.to_numeric(table["confidence"], errors="coerce")
        confidence = column.to_numpy(dtype=float)[rows]
    return _Predicted(np.asarray(classes, dtype=np.int64), confidence)


def _column(path: Path, table: pd.DataFrame, names: tuple[str, ...]) -> str:
    for name in names:
        if name in table:
            return name
    found = ", ".join(map(str, table.columns[:6]))
    raise _misfit(path, f"the columns {found}", f"a column {names[0]!r}")


def _misfit(where: str | Path, found: str, expected: str) -> BadGraph:
    return BadGraph(
        where=where,
        found=found,
        expected=expected,
        advice="Give the predictions of this graph, or the graph that they are of.",
    )
