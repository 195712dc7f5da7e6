"""Dense features: a dense product in place of the sparse one, with the same numbers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.explaining.attribution import attribution, scores_without
from bioloom.graph.explaining.contributions import contributions
from bioloom.graph.models import sparse
from bioloom.graph.models.models import build, scores_of
from bioloom.graph.models.sparse import (
    DENSE_FROM,
    Sparse,
    features_of,
    rows_dropped,
    thinned,
)
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.graph.training.predictions import predict_nodes
from bioloom.graph.training_run import train_model

N, N_FEATURES = 40, 80


@pytest.fixture(scope="module")
def graph():
    """Two camps; embeddings with two means."""
    rng = np.random.default_rng(2)
    y = np.arange(N) % 2
    x = rng.normal(size=(N, N_FEATURES)) + np.where(y, 0.4, -0.4)[:, None]
    alike = rng.random((N, N)) < np.where(y[:, None] == y, 0.2, 0.02)
    links = np.triu(alike, 1)
    nodes = NodeTable(
        ids=[str(number) for number in range(N)],
        labels=[str(label) for label in y],
        splits=(["train"] * 4 + ["val"] * 2 + ["test"] * 2) * 5,
        features=csr_array(x.astype(np.float32)),
        feature_names=[f"f{number}" for number in range(N_FEATURES)],
    )
    return assemble("dense", nodes, csr_array((links | links.T).astype(np.float32)))


def shortened(model, **changes):
    base = SETTINGS[model]
    return replace(base, n_layers=min(base.n_layers, 3), max_epochs=25, **changes)


@pytest.fixture
def without_dense_path(monkeypatch):
    monkeypatch.setattr(sparse, "DENSE_FROM", 2.0)


def test_the_threshold_counts_stored_entries():
    rng = np.random.default_rng(0)
    n_dense = int(DENSE_FROM * 100)
    for n_stored, kind in ((n_dense - 1, Sparse), (n_dense, torch.Tensor)):
        values = np.zeros(100, dtype=np.float32)
        values[rng.permutation(100)[:n_stored]] = 1
        matrix = csr_array(values.reshape(20, 5))
        assert isinstance(features_of(matrix), kind)
        few = features_of(matrix, np.array([3, 1]))
        assert isinstance(few, kind)  # decided for the whole matrix
    assert few.tolist() == values.reshape(20, 5)[[3, 1]].tolist()
    assert matrix.format == "csr"


@pytest.mark.parametrize("model", SETTINGS)
def test_scores_and_explanations_equal_those_of_the_sparse_path(
    graph, model, monkeypatch
):
    ours = build(shortened(model), N_FEATURES, 2, rng=np.random.default_rng(1))
    adjacency = ours.normalise(graph.adjacency)
    found = {}
    for path, least in (("dense", DENSE_FROM), ("sparse", 2.0)):
        monkeypatch.setattr(sparse, "DENSE_FROM", least)
        assert sparse.is_dense(graph.x) == (path == "dense")
        by_feature = attribution(ours, graph, 3, classes=(1, 0))
        found[path] = (
            scores_of(ours, adjacency, graph.x),
            contributions(ours, graph, 3).values,
            by_feature.values,
            by_feature.n_nodes,
            scores_without(ours, graph, 3, [5, 79]),
        )
    for dense, thin in zip(*found.values(), strict=True):
        assert dense == pytest.approx(thin, abs=1e-4)


@pytest.mark.parametrize("size", [None, 6])
@pytest.mark.parametrize("model", SETTINGS)
def test_training_learns_repeats_and_predicts(graph, model, size):
    if size and model in ("grand", "gcnii"):
        return
    how = shortened(model, batch_size=size)
    how = replace(how, max_epochs=100)
    first, again = (fit(graph, how, rng_seed=3) for _ in range(2))
    assert first.scores.tobytes() == again.scores.tobytes()
    right = (first.scores.argmax(axis=1) == graph.y)[graph.test_mask]
    assert right.mean() > 0.9
    result = train_model(graph, how)
    table = predict_nodes(result.saved_model(), graph)
    assert (table.predicted == result.best.predicted).all()


def test_without_dropout_both_paths_train_alike(graph, without_dense_path):
    how = shortened("gcn", p_dropout=0.0)
    thin = fit(graph, how, rng_seed=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse, "DENSE_FROM", 0.25)
        dense = fit(graph, how, rng_seed=0)
    assert dense.history == pytest.approx(thin.history, abs=1e-4)


@pytest.mark.parametrize(("p", "n_bits"), [(0.5, 8), (0.25, 8), (0.6, 16)])
def test_dropped_entries_have_their_share_and_mean(p, n_bits):
    ones = torch.ones(301, 401)
    rng, twin = (np.random.default_rng(1) for _ in range(2))
    found = thinned(ones, p, rng)
    assert found.unique().tolist() == pytest.approx([0, 1 / (1 - p)], abs=1e-4)
    assert (found == 0).float().mean().item() == pytest.approx(p, abs=0.01)
    twin.integers(2**64, size=-(-ones.numel() * n_bits // 64), dtype=np.uint64)
    assert rng.random() == twin.random()  # as many bits as said


def test_whole_rows_are_dropped():
    found = rows_dropped(torch.ones(4000, 3), 0.5, np.random.default_rng(0))
    assert found.unique().tolist() == [0, 2]
    assert (found == found[:, :1]).all()
    assert found.mean().item() == pytest.approx(1, abs=0.05)
