"""Predictions of another program, drawn on a graph: checked for length and order."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.drawing.elsewhere import read_predictions
from bioloom.graph.drawing.view import (
    View,
    draw_predictions,
    drawing_of_graph,
    piece_of,
)
from bioloom.graph.errors import BadGraph


@pytest.fixture
def graph():
    """A ring of four with two nodes that no edge reaches."""
    ring = np.zeros((6, 6))
    for node in range(4):
        ring[node, (node + 1) % 4] = ring[(node + 1) % 4, node] = 1
    nodes = NodeTable(
        ids=["a", "b", "c", "d", "e", "f"],
        labels=["x", "y", "x", "y", "x", ""],
        names=["A", "B", "C", "D", "E", "F"],
    )
    return assemble("ring", nodes, csr_array(ring))


def test_an_array_is_in_the_order_of_the_nodes(graph, tmp_path):
    np.save(tmp_path / "pred_other.npy", np.array([0, 1, 1, 1, 0, 0]))
    found = read_predictions(tmp_path / "pred_other.npy", graph)
    assert found.model == "other"
    assert found.is_right()[:5].tolist() == [True, True, False, True, True]
    # a graph without a split: every labelled node is judged
    assert found.graph.test_mask.tolist() == [True] * 5 + [False]
    (png,) = draw_predictions([found], View(dpi=50), out=tmp_path)
    assert png.name == "ring_net_other_full.png"


def test_a_table_may_be_in_any_order(graph, tmp_path):
    table = pd.DataFrame(
        {
            "node": ["f", "e", "d", "c", "b", "a"],
            "prediction": ["x", "x", "y", "x", "y", "y"],
            "confidence": [0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        }
    )
    table.to_csv(tmp_path / "mine.tsv", sep="\t", index=False)
    found = read_predictions(tmp_path / "mine.tsv", graph)
    assert found.predicted.tolist() == [1, 1, 0, 1, 0, 0]
    assert found.confidence.tolist() == [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.zeros(5, dtype=int), r"shape \(5,\), expected the class of each of the 6"),
        (np.zeros((6, 2), dtype=int), r"shape \(6, 2\)"),
        (np.zeros(6), "values of type float64"),
        (np.array([0, 1, 2, 0, 0, 0]), "node 'c': found the class 2, expected 0 to 1"),
        (np.array([None] * 6), "an unreadable array"),
    ],
)
def test_an_array_that_does_not_fit_is_refused(graph, array, told, tmp_path):
    np.save(tmp_path / "pred.npy", array, allow_pickle=True)
    with pytest.raises(BadGraph, match=told):
        read_predictions(tmp_path / "pred.npy", graph)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t[:-1], "no row of node 'a'"),
        (lambda t: pd.concat([t, t[:1]]), "found 7 rows"),
        (lambda t: t.assign(prediction="z"), "node 'a': found the class 'z'"),
        (lambda t: t.rename(columns={"node": "name"}), "a column 'node'"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(graph, change, told, tmp_path):
    table = pd.DataFrame({"node": list("fedcba"), "prediction": list("xxyxyx")})
    change(table).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(BadGraph, match=told):
        read_predictions(tmp_path / "mine.csv", graph)


def test_confidence_that_is_not_known_is_not_coloured(graph, tmp_path):
    np.save(tmp_path / "pred.npy", np.zeros(6, dtype=int))
    found = read_predictions(tmp_path / "pred.npy", graph)
    with pytest.raises(BadGraph, match="without their confidence"):
        draw_predictions([found], View(colouring="confidence"), out=tmp_path)


def test_unlinked_nodes_lie_below_all_others(graph):
    places = piece_of(graph, View()).places
    assert places[4:, 1].max() < places[:4, 1].min()
    assert len(np.unique(places[4:], axis=0)) == 2


def test_few_nodes_bear_their_names(graph):
    (axes,) = drawing_of_graph(graph, View()).plot().axes
    assert {text.get_text() for text in axes.texts} == {"A", "B", "C", "D", "E", "F"}
