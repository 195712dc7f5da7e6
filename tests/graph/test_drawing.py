"""Pictures of networks: who is drawn, in which colour, under which name."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from bioloom.draw import PALETTE
from bioloom.errors import BadRunFolder, UnknownName
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import split_of
from bioloom.graph.drawing.drawing import ModelPrediction, draw_classes, draw_models
from bioloom.graph.drawing.view import (
    View,
    draw_graph,
    draw_predictions,
    piece_of,
    predictions_of,
)
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training


@pytest.fixture(scope="module")
def said():
    """One of three test nodes is called wrongly."""
    graph = split_of(karate_club(), "random", rng_seed=5)
    predicted = graph.y.copy()
    wrong = np.flatnonzero(graph.test_mask)[::3]
    predicted[wrong] = 1 - predicted[wrong]
    return ModelPrediction(
        "gcn", graph, predicted, np.linspace(0.5, 1, graph.num_nodes)
    )


def coloured(axes):
    """Places of the nodes drawn, by colour, and their sizes."""
    return {
        to_hex(group.get_facecolor()[0]): (group.get_offsets(), set(group.get_sizes()))
        for group in axes.collections
    }


@pytest.mark.parametrize(
    ("palette", "right", "wrong"),
    [
        ("standard", "#2ca02c", "#d62728"),
        ("safe", PALETTE["blue"].lower(), PALETTE["orange"].lower()),
    ],
)
def test_right_is_green_wrong_is_red_others_are_grey(said, palette, right, wrong):
    piece = piece_of(said.graph, View())
    (axes,) = draw_models(piece, [said], palette=palette).axes
    found, test = coloured(axes), said.graph.test_mask
    masks = {
        right: test & said.is_right(),
        wrong: test & ~said.is_right(),
        "#bbbbbb": ~test,
    }
    assert set(found) == set(masks)
    for colour, mask in masks.items():
        places, sizes = found[colour]
        assert np.asarray(places) == pytest.approx(piece.places[mask])
        assert sizes == {10.0 if colour == "#bbbbbb" else 30.0}
    n_test, n_right = int(test.sum()), int(masks[right].sum())
    assert "|V| = 34, |E| = 78" in axes.get_title(loc="left")
    assert f"{n_right} of {n_test} test nodes right" in axes.get_title(loc="left")
    (legend,) = axes.figure.legends
    told = [text.get_text() for text in legend.get_texts()]
    assert told == ["not in the test set", "test node, right", "test node, wrong"]


def test_every_edge_is_drawn_once(said):
    piece = piece_of(said.graph, View())
    (axes,) = draw_models(piece, [said]).axes
    drawn = np.concatenate([line.get_xydata() for line in axes.lines])
    pairs = drawn.reshape(-1, 3, 2)[:, :2]
    assert pairs == pytest.approx(piece.places[piece.edges])
    ends = {tuple(sorted(pair)) for pair in piece.nodes[piece.edges].tolist()}
    upper = np.argwhere(np.triu(said.graph.adjacency.toarray()))
    assert ends == set(map(tuple, upper.tolist()))


def test_classes_predictions_and_confidence(said):
    piece = piece_of(said.graph, View())
    for colouring, y in (("class", said.graph.y), ("prediction", said.predicted)):
        (axes,) = draw_models(piece, [said], colouring=colouring).axes
        counts = sorted(len(places) for places, _ in coloured(axes).values())
        assert counts == sorted(np.bincount(y).tolist())
    axes, bar = draw_models(piece, [said], colouring="confidence").axes
    shown = np.asarray(axes.collections[0].get_array())
    assert shown == pytest.approx(said.confidence)
    assert bar.get_ylabel() == "confidence"
    unknown = replace(said.graph, y=np.full(34, -1))
    (axes,) = draw_classes(piece, unknown).axes
    assert set(coloured(axes)) == {"#bbbbbb"}


def test_pieces_of_a_graph(said):
    graph = said.graph
    whole, sample, walk, ego = (
        piece_of(graph, View(mode=mode, size=10, hops=1))
        for mode in ("full", "sample", "walk", "ego")
    )
    assert len(whole.nodes) == 34
    assert len(sample.nodes) == len(walk.nodes) == 10
    centre = ego.nodes[ego.centre]
    degree = np.diff(graph.adjacency.indptr)
    assert graph.test_mask[centre]
    assert degree[centre] == degree[graph.test_mask].max() == len(ego.nodes) - 1
    assert piece_of(graph, View(mode="ego", centre="34")).description.endswith(
        "of node 34"
    )
    with pytest.raises(UnknownName, match="no node '35'"):
        piece_of(graph, View(mode="ego", centre="35"))


@pytest.mark.data
def test_coras_busiest_test_node(data_dir):
    graph = read_planetoid("cora", data_dir / "graph" / "planetoid")
    piece = piece_of(graph, View(mode="ego"))
    assert graph.node_ids[piece.nodes[piece.centre]] == "1986"
    assert (len(piece.nodes), len(piece.edges)) == (195, 308)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "karate"
    models = [replace(SETTINGS[m], max_epochs=20) for m in ("gcn", "sage")]
    run_training(Source(), models, Plan(), out=out, with_tsne=False)
    return open_run(out)


def test_files_of_a_run(run, tmp_path):
    view = View(mode="ego", hops=1)
    written = draw_predictions(predictions_of(run, run.models), view, out=tmp_path)
    assert [path.name for path in written] == [
        "karate_net_gcn_ego_1hop.png",
        "karate_net_sage_ego_1hop.png",
    ]
    found = predictions_of(run, run.models)
    (side,) = draw_predictions(found, view, out=tmp_path, together=True)
    assert side.name == "karate_net_gcn_sage_ego_1hop.png"
    with Image.open(written[0]) as one, Image.open(side) as both:
        assert both.width > 1.5 * one.width
        assert len(one.getcolors(1 << 24)) > 10
    before = written[0].read_bytes(), written[0].with_suffix(".svg").read_bytes()
    draw_predictions(predictions_of(run, run.models), view, out=tmp_path)
    assert before == (
        written[0].read_bytes(),
        written[0].with_suffix(".svg").read_bytes(),
    )


def test_missing_predictions_are_told(run, tmp_path):
    kept = run.folder / "pred_gcn.npy"
    aside = kept.rename(tmp_path / "aside.npy")
    with pytest.raises(BadRunFolder, match=r"found no pred_gcn\.npy, expected"):
        predictions_of(run, ["gcn"])
    aside.rename(kept)
    with pytest.raises(UnknownName, match="no model 'gat'"):
        predictions_of(run, ["gat"])


def test_a_graph_alone(tmp_path):
    path = draw_graph(karate_club(), View(mode="walk", size=9), out=tmp_path)
    assert path.name == "karate_net_walk.png"
    assert path.with_suffix(".svg").read_text().count("<svg") == 1
