"""The layers against PyTorch Geometric's own, on graphs with everything in them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bioloom.graph.models.adjacency import (
    closure,
    mean,
    symmetric,
    whole,
    with_self_loops,
)
from bioloom.graph.models.layers import GATLayer, GCNLayer, SAGELayer
from bioloom.graph.models.sparse import Sparse, attention, dropout, weighted_sum
from tests.graph.pyg import GATConv, GCNConv, SAGEConv

N_IN, N_OUT, HEADS = 7, 5, 3


def by_rows(edge_index, n):
    """CSR with target rows; repeated edges stay repeated."""
    order = np.argsort(edge_index[1], kind="stable")
    indptr = np.concatenate([[0], np.cumsum(np.bincount(edge_index[1], minlength=n))])
    data = np.ones(edge_index.shape[1], dtype=np.float32)
    return csr_array((data, edge_index[0][order], indptr), shape=(n, n))


@st.composite
def graphs(draw):
    """Directed graphs with isolated nodes, self-loops and repeated edges."""
    n = draw(st.integers(1, 12))
    ends = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(ends, ends), max_size=40))
    edges += edges[:3]  # for sure some that are repeated
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.normal(size=(n, N_IN)) * (rng.random((n, N_IN)) < 0.5)
    return np.array(edges, dtype=np.int64).reshape(-1, 2).T, x.astype(np.float32)


def peers():
    """Name, our layer, its adjacency, PyG's layer with the same weights."""
    rng = np.random.default_rng(1)
    torch.manual_seed(1)
    ours = GCNLayer(N_IN, N_OUT, rng=rng)
    theirs = GCNConv(N_IN, N_OUT)
    given_to(theirs.lin.weight, ours.W.T)
    yield "gcn", ours, symmetric, theirs
    ours = SAGELayer(N_IN, N_OUT, rng=rng)
    theirs = SAGEConv(N_IN, N_OUT)
    given_to(theirs.lin_l.weight, ours.W.T)
    given_to(theirs.lin_r.weight, ours.W_self.T)
    given_to(ours.b, theirs.lin_l.bias)
    yield "sage", ours, mean, theirs
    for join in (True, False):
        ours = GATLayer(N_IN, N_OUT, n_heads=HEADS, join=join, p_dropout=0.5, rng=rng)
        theirs = GATConv(N_IN, N_OUT, heads=HEADS, concat=join)
        given_to(theirs.lin.weight, ours.W.T)
        given_to(theirs.att_src, ours.a_source[None])
        given_to(theirs.att_dst, ours.a_target[None])
        yield f"gat {join}", ours, with_self_loops, theirs


def given_to(parameter, value):
    with torch.no_grad():
        parameter.copy_(value)


LAYERS = {name: rest for name, *rest in peers()}


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=60)
@given(graph=graphs())
def test_outputs_and_gradients_equal_pyg(name, graph):
    ours, normalise, theirs = LAYERS[name]
    edge_index, x = graph
    rows = Sparse.of(normalise(by_rows(edge_index, len(x))))
    out = ours(rows, Sparse.of(csr_array(x)))
    expected = theirs(torch.from_numpy(x), torch.from_numpy(edge_index))
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        ours(rows, torch.from_numpy(x)), out, atol=1e-5, rtol=1e-5
    )
    weights = torch.linspace(-1, 2, out.numel()).view_as(out)
    (mine,) = torch.autograd.grad((out * weights).sum(), ours.W)
    (yours,) = torch.autograd.grad(
        (expected * weights).sum(),
        getattr(theirs, "lin_l", None).weight if name == "sage" else theirs.lin.weight,
    )
    torch.testing.assert_close(mine.T, yours, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", LAYERS)
@given(graph=graphs(), shuffle=st.integers(0, 2**32 - 1))
def test_the_order_of_the_edges_does_not_matter(name, graph, shuffle):
    ours, normalise, _ = LAYERS[name]
    edge_index, x = graph
    order = np.random.default_rng(shuffle).permutation(edge_index.shape[1])
    outs = [
        ours(Sparse.of(normalise(by_rows(edges, len(x)))), torch.from_numpy(x))
        for edges in (edge_index, edge_index[:, order])
    ]
    torch.testing.assert_close(*outs, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
@given(graph=graphs(), wanted=st.sets(st.integers(0, 11), min_size=1))
def test_the_closure_gives_what_the_whole_graph_gives(name, graph, wanted):
    ours, normalise, _ = LAYERS[name]
    edge_index, x = graph
    adjacency = normalise(by_rows(edge_index, len(x)))
    wanted = np.array(sorted({number % len(x) for number in wanted}))[::-1].copy()
    part = closure(adjacency, csr_array(x), wanted=wanted, n_layers=2)
    full = whole(adjacency, csr_array(x), n_layers=2)
    outs = []
    for found in (part, full):
        first, second = found.blocks
        hidden = ours(first, found.x)[:, :1].expand(-1, N_IN)
        outs.append(ours(second, hidden))
    assert part.nodes[: len(wanted)].tolist() == wanted.tolist()
    torch.testing.assert_close(outs[0], outs[1][wanted.copy()], atol=1e-6, rtol=1e-5)


def test_gradients_of_the_attention_equal_torch_autograd():
    """Written once more with dense torch operations."""
    rng = np.random.default_rng(5)
    dense = with_self_loops(csr_array((rng.random((9, 9)) < 0.3).astype(np.float32)))
    rows, is_edge = Sparse.of(dense), torch.from_numpy(dense.todense() != 0)
    inputs = [
        torch.tensor(rng.normal(size=shape), dtype=torch.float32, requires_grad=True)
        for shape in ((9, 2), (9, 2), (9, 2, 4))
    ]
    source, target, values = inputs
    out = weighted_sum(rows, attention(rows, source, target), values)
    e = torch.nn.functional.leaky_relu(target[:, None] + source[None], 0.2)
    alpha = e.masked_fill(~is_edge[..., None], -torch.inf).softmax(1)
    expected = torch.einsum("ijh,jhf->ihf", alpha, values)
    torch.testing.assert_close(out, expected)
    grad = torch.randn(9, 2, 4, generator=torch.Generator().manual_seed(3))
    for mine, yours in zip(
        torch.autograd.grad(out, inputs, grad),
        torch.autograd.grad(expected, inputs, grad),
        strict=True,
    ):
        torch.testing.assert_close(mine, yours, atol=1e-5, rtol=1e-5)


def test_dropout_keeps_the_mean_and_needs_an_rng():
    ones = torch.ones(400, 100)
    assert dropout(ones, 0.6, None) is ones
    dropped = dropout(ones, 0.6, np.random.default_rng(0))
    assert dropped.unique().tolist() == pytest.approx([0.0, 2.5])
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    matrix = Sparse.of(csr_array(np.eye(5000, dtype=np.float32)))
    assert matrix.dropout(0.5, None) is matrix
    assert matrix.dropout(0.5, np.random.default_rng(0)).values.mean() == pytest.approx(
        1, abs=0.05
    )
