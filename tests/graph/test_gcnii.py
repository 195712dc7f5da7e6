"""GCNII: its layer against PyTorch Geometric's, the whole against plain equations."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from torch.nn import functional

from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.splits import split_of
from bioloom.graph.models.adjacency import symmetric, whole
from bioloom.graph.models.layers import GCNIILayer
from bioloom.graph.models.models import build, scores_of
from bioloom.graph.models.sparse import Sparse, mixed, thinned
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from tests.graph.pyg import GCN2Conv
from tests.graph.test_layers import N_IN, by_rows, given_to, graphs

ALPHA, LAMBDA = 0.1, 0.5


def pair(number):
    """Our layer and PyG's, of the same place and weights."""
    beta = log(LAMBDA / number + 1)
    rng = np.random.default_rng(number)
    ours = GCNIILayer(N_IN, alpha=ALPHA, beta=beta, rng=rng)
    theirs = GCN2Conv(N_IN, alpha=ALPHA, theta=LAMBDA, layer=number)
    given_to(theirs.weight1, ours.W)
    return ours, theirs


def first_rows(x):
    """Something else than x, of its shape."""
    rows = np.random.default_rng(len(x)).normal(size=x.shape)
    return torch.tensor(rows, dtype=torch.float32, requires_grad=True)


@settings(max_examples=60)
@given(graph=graphs(), number=st.sampled_from([1, 2, 64]))
def test_outputs_and_gradients_equal_pyg(graph, number):
    ours, theirs = pair(number)
    edge_index, x = graph
    rows = Sparse.of(symmetric(by_rows(edge_index, len(x))))
    inputs = torch.tensor(x, requires_grad=True), first_rows(x)
    out = ours(rows, *inputs)
    expected = theirs(*inputs, torch.from_numpy(edge_index))
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-5)
    weights = torch.linspace(-1, 2, out.numel()).view_as(out)
    mine = torch.autograd.grad((out * weights).sum(), (*inputs, ours.W))
    yours = torch.autograd.grad((expected * weights).sum(), (*inputs, theirs.weight1))
    for one, other in zip(mine, yours, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@given(graph=graphs(), shuffle=st.integers(0, 2**32 - 1))
def test_the_order_of_the_edges_does_not_matter(graph, shuffle):
    ours, _ = pair(2)
    edge_index, x = graph
    order = np.random.default_rng(shuffle).permutation(edge_index.shape[1])
    outs = [
        ours(
            Sparse.of(symmetric(by_rows(edges, len(x)))),
            torch.from_numpy(x),
            first_rows(x),
        )
        for edges in (edge_index, edge_index[:, order])
    ]
    torch.testing.assert_close(*outs, atol=1e-6, rtol=1e-5)


def test_rows_of_a_closure_take_their_own_first_rows():
    """A block with fewer rows than columns, as the last layers have."""
    rng = np.random.default_rng(3)
    dense = (rng.random((4, 9)) < 0.5).astype(np.float32)
    drawn = (rng.random((9, 2), dtype=np.float32) for _ in range(2))
    hidden, first = (torch.tensor(rows, requires_grad=True) for rows in drawn)
    found = mixed(Sparse.of(csr_array(dense)), hidden, first, share=0.25)
    expected = 0.75 * torch.from_numpy(dense) @ hidden + 0.25 * first[:4]
    torch.testing.assert_close(found, expected)
    weights = torch.linspace(-1, 2, 8).view(4, 2)
    mine = torch.autograd.grad((found * weights).sum(), (hidden, first))
    yours = torch.autograd.grad((expected * weights).sum(), (hidden, first))
    for one, other in zip(mine, yours, strict=True):
        torch.testing.assert_close(one, other)


def test_the_model_is_its_equation():
    graph = split_of(karate_club(), "random", rng_seed=1)
    few = replace(SETTINGS["gcnii"], hidden=6, n_layers=5, identity=0.7)
    n_in, n_classes = graph.x.shape[1], 3
    model = build(few, n_in, n_classes, rng=np.random.default_rng(0))
    adjacency = symmetric(graph.adjacency)
    w = {k: v.detach().numpy().astype(float) for k, v in model.named_parameters()}
    hidden = first = np.maximum(graph.x.toarray() @ w["W1"] + w["b1"], 0)
    for number in range(1, 6):
        beta = log(0.7 / number + 1)
        mapping = (1 - beta) * np.eye(6) + beta * w[f"layers.{number - 1}.W"]
        near = 0.9 * adjacency.toarray() @ hidden + 0.1 * first
        hidden = np.maximum(near @ mapping, 0)
    expected = hidden @ w["W2"] + w["b2"]
    assert scores_of(model, adjacency, graph.x) == pytest.approx(expected, abs=1e-5)
    part = model.parts(adjacency, graph.x, np.array([9, 4]))
    assert model(part).detach().numpy() == pytest.approx(expected[[9, 4]], abs=1e-5)


def test_thinning_keeps_the_mean_and_its_gradient_the_same_entries():
    ones = torch.ones(401, 101, requires_grad=True)
    assert thinned(ones, 0.6, None) is ones
    found = thinned(ones, 0.6, np.random.default_rng(0))
    assert found.unique().tolist() == pytest.approx([0, 2.5], abs=1e-4)
    assert found.mean().item() == pytest.approx(1, abs=0.02)
    (slope,) = torch.autograd.grad(found.sum(), ones)
    assert (slope == found).all()
    again = thinned(ones, 0.6, np.random.default_rng(1))
    assert (again != found).any()


def test_weights_decay_as_in_the_paper():
    """One step of Adam without a loss: each weight moves by its penalty's sign."""
    graph = split_of(karate_club(), "random", rng_seed=1)
    base = replace(SETTINGS["gcnii"], n_layers=2, hidden=4, max_epochs=1)
    found = {}
    for name, changes in {
        "none": {"weight_decay": 0.0, "dense_decay": 0.0},
        "layers": {"weight_decay": 1e3, "dense_decay": 0.0},
        "dense": {"weight_decay": 0.0, "dense_decay": 1e3},
    }.items():
        found[name] = fit(graph, replace(base, **changes), rng_seed=0).weights
    for name, value in found["none"].items():
        is_layer = name.startswith("layers")
        assert (found["layers"][name] != value).any() == is_layer
        assert (found["dense"][name] != value).any() != is_layer


def test_only_a_lower_loss_renews_the_patience():
    """An accuracy as high as ever, which would renew it in GAT, does not."""
    graph = split_of(karate_club(), "random", rng_seed=1)
    short = replace(SETTINGS["gcnii"], n_layers=2, hidden=4, max_epochs=300, patience=7)
    history = fit(graph, short, rng_seed=0).history
    lowest = int(history[:, 1].argmin())
    assert len(history) == lowest + 1 + 7 < 300
    assert history[-7:, 2].max() >= history[:-7, 2].max()


def test_more_than_64_steps_away_nothing_is_seen():
    """A path of 70 nodes: the far end's features do not change the near end."""
    n = 70
    path = np.eye(n, k=1) + np.eye(n, k=-1)
    adjacency = symmetric(csr_array(path.astype(np.float32)))
    model = build(SETTINGS["gcnii"], n, 2, rng=np.random.default_rng(0))
    x = np.eye(n, dtype=np.float32)
    far = x.copy()
    far[65:] = 0
    part = model.parts(adjacency, csr_array(x), np.array([0]))
    assert len(part.nodes) == 65
    scores = [scores_of(model, adjacency, csr_array(one))[0] for one in (x, far)]
    assert (scores[0] == scores[1]).all()
    assert model(part).detach().numpy()[0] == pytest.approx(scores[0], abs=1e-6)
    assert whole(adjacency, csr_array(x), n_layers=64).blocks[0].num_rows == n


def test_loss_is_that_of_the_training_nodes():
    graph = split_of(karate_club(), "random", rng_seed=1)
    model = build(SETTINGS["gcnii"], 34, 2, rng=np.random.default_rng(0))
    model.p_dropout = 0.0
    adjacency, nodes = symmetric(graph.adjacency), np.flatnonzero(graph.train_mask)
    y = torch.from_numpy(graph.y[nodes])
    found = model.loss(
        model.parts(adjacency, graph.x, nodes), y, np.random.default_rng(0)
    )
    scores = torch.from_numpy(scores_of(model, adjacency, graph.x)[nodes])
    torch.testing.assert_close(found, functional.cross_entropy(scores, y))
