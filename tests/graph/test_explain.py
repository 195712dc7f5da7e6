"""The working behind aggregation and predictions: every number is the product's."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.sources import Source
from bioloom.graph.explaining.aggregation import KINDS, aggregation, six_nodes
from bioloom.graph.explaining.contributions import contributions
from bioloom.graph.explaining.evidence import busiest_test_node, reasons_of
from bioloom.graph.explaining.explain_aggregation import (
    drawing_differs,
    explain_aggregation,
)
from bioloom.graph.explaining.explain_prediction import explain_prediction
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training
from tests.graph.pyg import GCNConv

NOTES = [[7, 7, 7], [9, 9, 9], [6, 6, 6], [14, 14, 14], [7, 7, 7], [4, 4, 4]]
MODELS = tuple(SETTINGS)


def vectors(text):
    """Every [a, b, c] of a text."""
    found = re.findall(r"\[([^\]]*)\]", text)
    return [[float(value) for value in one.split(",")] for one in found]


def steps_of(graph, node):
    return json.loads(explain_aggregation(graph, node).to_json())["steps"]


def test_the_example_is_that_of_the_notes():
    graph = six_nodes()
    a, h = graph.adjacency.toarray(), graph.x.toarray()
    assert (a @ h).tolist() == NOTES
    told = explain_aggregation(graph, "1")
    text = told.to_text()
    assert "2 neighbours: 2, 5" in text
    assert "1 · [2, 2, 2] + 1 · [5, 5, 5] = [7, 7, 7]" in text
    assert "1 · [1, 1, 1] + 1 · [2, 2, 2] + 1 · [5, 5, 5] = [8, 8, 8]" in text
    assert "1/2 · [7, 7, 7] = [3.5, 3.5, 3.5]" in text
    assert "1/(√(3 · 4)) = 0.2887" in text
    assert vectors("\n".join(told.steps[2].detail)) == NOTES
    assert "<math" in told.to_html()
    assert "three neighbours, but the matrix gives it two" in drawing_differs().claim


@pytest.mark.parametrize("node", range(6))
def test_every_value_told_equals_the_product(node):
    graph = six_nodes()
    a, h = graph.adjacency.toarray().astype(float), graph.x.toarray().astype(float)
    looped = a + np.eye(6)
    root = np.diag(1 / np.sqrt(looped.sum(axis=1)))
    expected = {
        2: a @ h,
        3: looped @ h,
        4: a @ h / a.sum(axis=1, keepdims=True),
        6: root @ looped @ root @ h,
    }
    steps = steps_of(graph, str(node + 1))
    for number, rows in expected.items():
        told = vectors(steps[number]["substitution"])[-1]
        assert told == pytest.approx(rows[node], rel=1e-5)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12))
def test_terms_sum_to_the_product_on_any_graph(seed, n):
    """Isolated nodes, self-loops, directions and weights included."""
    rng = np.random.default_rng(seed)
    a = csr_array(random_array((n, n), density=0.3, rng=rng), dtype=np.float32)
    h = csr_array(random_array((n, 4), density=0.6, rng=rng), dtype=np.float32)
    dense = a.toarray().astype(float)
    loops = np.where(np.diag(dense) == 0, 1, 0)
    looped = dense + np.diag(loops)
    root = 1 / np.sqrt(looped.sum(axis=1))
    counts = (dense != 0).sum(axis=1, keepdims=True)
    expected = {
        "sum": dense,
        "self-loops": looped,
        "mean": (dense != 0) / np.maximum(counts, 1),
        "gcn": root[:, None] * looped * root,
    }
    for kind, normalise in KINDS.items():
        for node in range(n):
            part = aggregation(normalise(a), h, node)
            assert part.result == pytest.approx(
                expected[kind][node] @ h.toarray(), abs=1e-5
            )


def test_gcn_aggregation_is_pytorch_geometrics():
    graph = six_nodes()
    layer = GCNConv(3, 3, bias=False)
    with torch.no_grad():
        layer.lin.weight.copy_(torch.eye(3))
        edges = torch.tensor(np.array(graph.adjacency.nonzero()))
        theirs = layer(torch.from_numpy(graph.x.toarray()), edges).numpy()
    for node in range(6):
        ours = vectors(steps_of(graph, str(node + 1))[6]["substitution"])[-1]
        assert ours == pytest.approx(theirs[node], rel=1e-5)


def test_hubs_and_lone_nodes_are_told_in_bounded_space():
    star = np.zeros((100, 100))
    star[0, 1:99] = star[1:99, 0] = 1
    nodes = NodeTable(ids=[f"γ_{n}%" for n in range(100)], labels=[""] * 100)
    graph = assemble("star", nodes, csr_array(star))
    hub = explain_aggregation(graph, "γ_0%").to_text()
    assert "(93 more)" in hub
    assert "… and 38 more" in hub
    alone = explain_aggregation(graph, "γ_99%")
    assert "mean is 0, by definition" in alone.to_text()
    assert all(form for form in (alone.to_html(), alone.to_markdown()))
    with pytest.raises(UnknownName, match="no node '7'"):
        explain_aggregation(graph, "7")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "karate"
    models = [
        replace(one, n_layers=min(one.n_layers, 6), max_epochs=min(one.max_epochs, 300))
        for one in SETTINGS.values()
    ]
    plan = Plan(n_runs=2, split="kfold")
    run_training(Source(), models, plan, out=out, with_tsne=False)
    return open_run(out)


@pytest.mark.parametrize("model", MODELS)
def test_contributions_sum_to_the_models_scores(run, model):
    graph = run.graph_of(model)
    trained = run.trained(model)
    for node in range(graph.num_nodes):
        parts = contributions(trained.model, graph, node)
        chances = np.exp(parts.scores / trained.temperature)
        chances /= chances.sum()
        assert chances == pytest.approx(run.probabilities(model)[node], abs=1e-5)
        assert parts.nodes[0] == node
        reached = set(graph.adjacency[[node]].indices.tolist()) | {node}
        assert set(parts.nodes.tolist()) == reached or model == "grand"
        if model == "gat":
            assert parts.weights.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_a_prediction_is_explained(run, model):
    graph = run.graph_of(model)
    told = explain_prediction(reasons_of(run.trained(model)))
    node = graph.number_of(busiest_test_node(graph))
    degree = np.diff(graph.adjacency.indptr)
    assert graph.test_mask[node]
    assert degree[node] == degree[graph.test_mask].max()
    said = graph.class_names[run.predicted(model)[node]]
    assert told.title == f"karate, node {graph.node_ids[node]}: {model} predicts {said}"
    is_right = run.predicted(model)[node] == graph.y[node]
    assert told.steps[0].verdict.outcome == ("pass" if is_right else "fail")
    terms = re.sub(r"\\;.*\)", "", told.steps[2].substitution.removeprefix("z = "))
    total = sum(float(term) for term in terms.split())
    assert total == pytest.approx(told.steps[2].value.number, abs=1e-3)
    chance = run.probabilities(model)[node].max()
    assert told.steps[1].value.number == pytest.approx(chance, abs=1e-5)
    assert told.to_text()
    assert told.to_html()


def test_what_is_no_finished_run_is_refused(run, tmp_path):
    with pytest.raises(BadRunFolder, match=r"no readable run\.json"):
        open_run(tmp_path)
    with pytest.raises(UnknownName, match="no model 'mlp'"):
        run.predicted("mlp")
    record = json.loads((run.folder / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(record | {"state": "failed"}))
    with pytest.raises(BadRunFolder, match="found graph train, failed"):
        open_run(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(BadRunFolder, match="found no readable weights"):
        open_run(tmp_path).trained("gcn")
    with pytest.raises(BadRunFolder, match=r"found no tables/predictions\.tsv"):
        open_run(tmp_path).graph_of("gcn")
    (tmp_path / "e.csv").write_text("a,b\n")
    entry = {"path": str(tmp_path / "e.csv"), "n_bytes": 0, "sha256": "0"}
    (tmp_path / "run.json").write_text(json.dumps(record | {"inputs": [entry]}))
    with pytest.raises(BadRunFolder, match=r"another .*e\.csv than it was trained on"):
        open_run(tmp_path)
