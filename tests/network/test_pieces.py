"""Samples and egos, against networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bioloom.network.pieces import ego, uniform_sample, walk_sample


def adjacency(network):
    return csr_array(nx.to_scipy_sparse_array(network))


@given(
    n=st.integers(1, 30),
    seed=st.integers(0, 1000),
    hops=st.integers(0, 4),
)
def test_an_ego_is_networkxs(n, seed, hops):
    network = nx.gnp_random_graph(n, 0.1, seed=seed)
    node = seed % n
    expected = sorted(nx.ego_graph(network, node, radius=hops))
    assert ego(adjacency(network), node, hops=hops).tolist() == expected


@given(n=st.integers(1, 40), size=st.integers(1, 60), seed=st.integers(0, 1000))
def test_samples_have_their_size_and_no_node_twice(n, size, seed):
    """Isolated nodes and pieces that no walk leaves included."""
    links = adjacency(nx.gnp_random_graph(n, 0.05, seed=seed))
    for sample in (
        uniform_sample(n, size, rng=np.random.default_rng(seed)),
        walk_sample(links, size, rng=np.random.default_rng(seed)),
    ):
        assert len(sample) == min(n, size)
        assert (np.diff(sample) > 0).all()
        assert 0 <= sample[0] <= sample[-1] < n


def test_a_walk_keeps_more_edges_than_a_uniform_sample():
    links = adjacency(nx.barabasi_albert_graph(2_000, 2, seed=1))
    rng = np.random.default_rng(2)
    kept = [
        links[nodes][:, nodes].nnz
        for nodes in (
            walk_sample(links, 300, rng=rng),
            uniform_sample(2_000, 300, rng=rng),
        )
    ]
    assert kept[0] > 5 * kept[1]


def test_a_uniform_sample_is_uniform():
    rng = np.random.default_rng(3)
    drawn = np.concatenate([uniform_sample(10, 3, rng=rng) for _ in range(3_000)])
    counts = np.bincount(drawn)
    # 900 of each expected, standard deviation √(3000 · 0.3 · 0.7) = 25
    assert counts == pytest.approx(np.full(10, 900), abs=125)
