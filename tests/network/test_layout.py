"""The force layout: exact sums, equal seeds, and pictures as good as networkx's."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from bioloom.graph.data.planetoid import read_planetoid
from bioloom.network import _kernels
from bioloom.network.layout import force_layout, undirected

SOFTENING = 1e-4


def repelled(bodies, level, softening=SOFTENING):
    corner = bodies[:, :2].min(axis=0)
    side = max(float((bodies[:, :2].max(axis=0) - corner).max()), 1e-9)
    square = (float(corner[0]), float(corner[1]), side)
    grid = _kernels.sorted_by_cell(bodies, _kernels.Square(*square), level)
    out = np.empty((len(bodies), 2), dtype=np.float32)
    _kernels.repel(grid, level, softening, out)
    found = np.empty_like(out)
    found[grid.order] = out
    return found


def naive(bodies, softening=SOFTENING):
    """Every pair."""
    away = bodies[:, None, :2].astype(float) - bodies[None, :, :2]
    square = (away**2).sum(axis=2, keepdims=True) + softening
    return (bodies[None, :, 2:] * away / square).sum(axis=1)


def drawn(seed, n, clusters):
    rng = np.random.default_rng(seed)
    centres = 5 * rng.standard_normal((clusters, 2))
    places = centres[rng.integers(clusters, size=n)] + rng.standard_normal((n, 2))
    return np.column_stack([places, rng.random(n) + 0.5]).astype(np.float32)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 80),
    clusters=st.integers(1, 4),
    level=st.integers(2, 5),
)
def test_every_body_is_counted_once(seed, n, clusters, level):
    """With a huge softening the force is linear, and cells' centres are exact."""
    bodies = drawn(seed, n, clusters)
    places, charge = bodies[:, :2].astype(float), bodies[:, 2].astype(float)
    expected = charge.sum() * places - charge @ places
    found = repelled(bodies, level, 1e10).astype(float) * 1e10
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-3 * n)


@pytest.mark.parametrize("level", [2, 3, 4])
@pytest.mark.parametrize("clusters", [1, 5])
def test_repulsion_is_nearly_that_of_all_pairs(level, clusters):
    bodies = drawn(7, 400, clusters)
    expected = naive(bodies)
    wrong = np.linalg.norm(repelled(bodies, level) - expected, axis=1)
    assert wrong.mean() < 0.01 * np.linalg.norm(expected, axis=1).mean()


def adjacency(network):
    return csr_array(nx.to_scipy_sparse_array(network, dtype=np.float32))


def measures(places, edges, y):
    """Mean edge length over mean distance; share of ten nearest in the same class."""
    lengths = np.linalg.norm(places[edges[:, 0]] - places[edges[:, 1]], axis=1)
    rng = np.random.default_rng(0)
    one, other = rng.integers(len(places), size=(2, 50_000))
    far = np.linalg.norm(places[one] - places[other], axis=1)[one != other]
    nearest = KDTree(places).query(places, k=11)[1][:, 1:]
    return lengths.mean() / far.mean(), (y[nearest] == y[:, None]).mean()


def test_communities_are_apart_as_with_networkx():
    sizes = [30] * 6
    chances = np.full((6, 6), 0.01) + 0.2 * np.eye(6)
    network = nx.stochastic_block_model(sizes, chances.tolist(), seed=3)
    y, edges = np.repeat(np.arange(6), 30), np.array(network.edges)
    ours = measures(force_layout(adjacency(network), rng_seed=1), edges, y)
    peer = nx.spring_layout(network, seed=1)
    theirs = measures(np.array([peer[node] for node in network]), edges, y)
    assert ours[0] <= theirs[0]
    assert ours[1] >= theirs[1] - 0.02


@pytest.mark.data
def test_cora_is_laid_out_well(data_dir):
    graph = read_planetoid("cora", data_dir / "graph" / "planetoid")
    places = force_layout(graph.adjacency, rng_seed=42)
    edges = np.column_stack(graph.adjacency.nonzero())
    edge, purity = measures(places, edges, graph.y)
    assert edge <= 0.17
    assert purity >= 0.40


def test_equal_seeds_give_equal_places():
    links = adjacency(nx.karate_club_graph())
    one, same, other = (force_layout(links, rng_seed=s) for s in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    "network",
    [
        nx.empty_graph(1),
        nx.empty_graph(5),
        nx.path_graph(2),
        nx.disjoint_union_all([nx.path_graph(2)] * 20),
        nx.star_graph(50),
        nx.complete_graph(20),
        nx.DiGraph([(0, 0), (0, 1), (2, 1)]),
    ],
)
def test_odd_networks_fill_the_square_and_no_node_hides_another(network):
    places = force_layout(adjacency(network), rng_seed=5)
    n = len(network)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
    assert np.abs(places).max() == pytest.approx(1 if n > 1 else 0)
    apart = np.linalg.norm(places[:, None] - places, axis=2)[~np.eye(n, dtype=bool)]
    assert apart.min(initial=1) > 1e-3


def test_a_ring_is_laid_out_as_one():
    places = force_layout(adjacency(nx.cycle_graph(40)), rng_seed=0)
    step = np.linalg.norm(places - np.roll(places, 1, axis=0), axis=1)
    across = np.linalg.norm(places - np.roll(places, 20, axis=0), axis=1)
    assert step.max() < 0.3 * across.min()


def test_directions_self_loops_and_the_scale_of_weights_do_not_count():
    links = csr_array(np.array([[3, 4, 0], [0, 0, 0], [4, 0, 0]], dtype=np.float32))
    assert undirected(links).toarray().tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
