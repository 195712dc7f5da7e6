"""Heuristics against networkx and dense algebra; measures against scikit-learn."""

import networkx as nx
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from bioloom.graph.linking.heuristics import (
    SVD_RANKS,
    Neighbourhoods,
    adamic_adar,
    common_neighbours,
    degree_product,
    factors_of,
    heuristics_of,
    three_step_paths,
    typed_degree_product,
)
from bioloom.graph.linking.ladder import threshold
from bioloom.graph.linking.link_parts import common_paths, three_step_parts
from bioloom.graph.linking.network import adjacency_of_links
from bioloom.graph.linking.summary import hits_at
from bioloom.statistics.ranking import average_precision, roc_auc
from tests.graph.links import network_of, tripartite


@pytest.fixture(scope="module")
def network():
    return tripartite(np.random.default_rng(0))


@pytest.fixture(scope="module")
def near(network):
    return Neighbourhoods(network, adjacency_of_links(network.n_nodes, network.links))


@pytest.fixture(scope="module")
def graph(network):
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n_nodes))
    graph.add_edges_from(network.links.tolist())
    return graph


@pytest.fixture(scope="module")
def pairs(network):
    drawn = np.random.default_rng(1).integers(network.n_nodes, size=(600, 2))
    return drawn[drawn[:, 0] != drawn[:, 1]]


def of_networkx(scores):
    return [score for _, _, score in scores]


def test_degree_product(near, graph, pairs):
    expected = of_networkx(nx.preferential_attachment(graph, pairs.tolist()))
    assert degree_product(near, pairs).tolist() == expected


def test_common_neighbours(near, graph, pairs):
    expected = [len(list(nx.common_neighbors(graph, u, v))) for u, v in pairs.tolist()]
    assert common_neighbours(near, pairs).tolist() == expected


def test_adamic_adar(near, graph, pairs):
    expected = of_networkx(nx.adamic_adar_index(graph, pairs.tolist()))
    assert adamic_adar(near, pairs) == pytest.approx(expected)


def test_three_step_paths(near, pairs):
    matrix = near.adjacency.toarray().astype(float)
    root = np.diag(1 / np.sqrt(np.maximum(matrix.sum(axis=1), 1)))
    dense = matrix @ root @ matrix @ root @ matrix
    expected = dense[pairs[:, 0], pairs[:, 1]]
    assert three_step_paths(near, pairs) == pytest.approx(expected)


def test_typed_degrees(near, graph, network, pairs):
    def links_to(node, other):
        kind = network.types[other]
        return sum(network.types[each] == kind for each in graph[node])

    expected = [(links_to(u, v) + 1) * (links_to(v, u) + 1) for u, v in pairs.tolist()]
    assert typed_degree_product(near, pairs).tolist() == expected


def test_svd(near, pairs):
    left, sizes, right = np.linalg.svd(near.adjacency.toarray().astype(float))
    for rank in (rank for rank in SVD_RANKS if rank < len(sizes)):
        best = (left[:, :rank] * sizes[:rank]) @ right[:rank]
        is_unique = sizes[rank - 1] - sizes[rank] > 1e-6
        if is_unique:
            found = near.factors.scores(pairs, rank)
            assert found == pytest.approx(best[pairs[:, 0], pairs[:, 1]], abs=1e-8)


def test_a_large_matrix_has_the_same_factors():
    rng = np.random.default_rng(3)
    links = np.unique(np.sort(rng.integers(400, size=(2500, 2)), axis=1), axis=0)
    matrix = adjacency_of_links(400, links[links[:, 0] != links[:, 1]])
    found = factors_of(matrix, 6)  # by Lanczos iteration
    expected = np.linalg.eigvalsh(matrix.toarray().astype(float))
    expected = expected[np.argsort(-abs(expected))[:6]]
    assert found.values == pytest.approx(expected)


def test_paths_add_up_to_the_heuristics(near, network):
    for u, v in ((0, 50), (3, 80), (41, 71)):
        pair = np.array([[u, v]])
        parts = [path.part for path in three_step_parts(near, u, v)]
        assert sum(parts) == pytest.approx(three_step_paths(near, pair)[0])
        parts = [path.part for path in common_paths(near, u, v)]
        assert sum(parts) == pytest.approx(adamic_adar(near, pair)[0])


def test_an_untyped_network_has_no_typed_degree():
    untyped = network_of([(0, 1), (1, 2)], ["node"] * 3)
    assert "typed degree" not in heuristics_of(untyped)


def test_measures_are_those_of_scikit_learn():
    rng = np.random.default_rng(5)
    for _ in range(20):
        is_link = rng.random(60) < 0.4
        scores = rng.integers(0, 9, 60).astype(float)
        assert roc_auc(scores, is_link) == pytest.approx(roc_auc_score(is_link, scores))
        expected = average_precision_score(is_link, scores)
        assert average_precision(scores, is_link) == pytest.approx(expected)


def test_hits_count_what_beats_the_kth_negative():
    scores = np.array([9.0, 5.0, 3.0, 1.0, 8.0, 4.0, 2.0])
    is_link = np.arange(7) < 4
    assert hits_at(scores, is_link, 1) == 1 / 4
    assert hits_at(scores, is_link, 2) == 2 / 4
    assert hits_at(scores, is_link, 3) == 3 / 4
    assert np.isnan(hits_at(scores, is_link, 4))


def test_the_threshold_has_the_best_balanced_accuracy():
    rng = np.random.default_rng(6)
    is_link = rng.random(40) < 0.5
    scores = rng.normal(is_link * 1.0)

    def balanced(cut):
        called = scores >= cut
        return (called[is_link].mean() + (~called[~is_link]).mean()) / 2

    best = max(balanced(cut) for cut in scores)
    assert balanced(threshold(scores, is_link)) == pytest.approx(best)
