"""Simple methods beside the models: by hand, by scikit-learn and networkx."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import ttest_1samp
from sklearn.linear_model import LogisticRegression

import bioloom as bl
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.splits import split_of
from bioloom.graph.training.baselines import (
    Comparison,
    predictions_of,
    unbeaten,
)
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.runs import mean_of_runs


@pytest.fixture(scope="module")
def graph():
    """Three classes that tend to be linked, with two features that tell a little."""
    rng = np.random.default_rng(7)
    y = np.repeat([0, 1, 2], 30)
    likely = np.where(y[:, None] == y, 0.2, 0.03)
    links = np.triu(rng.random((90, 90)) < likely, 1)
    links[:, -1] = False  # a node without neighbours
    nodes = NodeTable(
        ids=[str(node) for node in range(90)],
        labels=[str(label) for label in y],
        features=csr_array(rng.normal(y[:, None] * [1.0, -0.5], 1)),
        feature_names=["one", "two"],
    )
    return split_of(
        assemble("three", nodes, csr_array(links + links.T)), "random", rng_seed=1
    )


def test_majority_and_votes_are_those_counted_by_hand(graph):
    found = predictions_of(graph)
    train = graph.train_mask
    commonest = np.bincount(graph.y[train]).argmax()
    assert (found["majority"] == commonest).all()
    network = nx.from_scipy_sparse_array(graph.adjacency)
    for node in range(90):
        votes = np.bincount(
            [graph.y[near] for near in network[node] if train[near]], minlength=3
        )
        expected = votes.argmax() if votes.any() else commonest
        assert found["neighbour vote"][node] == expected


def test_labels_are_spread_as_the_closed_form_has_it(graph):
    """(I - 0.9 S)^-1 Y, which fifty steps come near to (Zhou et al. 2004)."""
    links = graph.adjacency.toarray().astype(float)
    root = 1 / np.sqrt(np.maximum(links.sum(axis=1), 1e-300))
    known = np.eye(3)[graph.y] * graph.train_mask[:, None]
    spread = 0.9 * root[:, None] * links * root
    scores = np.linalg.solve(np.eye(90) - spread, 0.1 * known)
    reached = scores.max(axis=1) > 1e-9
    top = np.sort(scores, axis=1)
    clear = reached & (top[:, -1] - top[:, -2] > 0.01 * top[:, -1])
    assert clear.sum() > 70
    found = predictions_of(graph)["label propagation"]
    assert (found == scores.argmax(axis=1))[clear].all()


def test_the_regression_sees_no_test_label_and_no_edge(graph):
    found = predictions_of(graph)["logistic regression"]
    x, train, val = graph.x.toarray(), graph.train_mask, graph.val_mask
    models = [
        LogisticRegression(C=C, max_iter=100).fit(x[train], graph.y[train])
        for C in (0.1, 1, 10, 100)
    ]
    best = max(models, key=lambda model: model.score(x[val], graph.y[val]))
    assert (found == best.predict(x)).all()


@pytest.mark.parametrize("runs", [1, 4])
def test_differences_are_paired_over_nodes_or_splits(graph, runs):
    plain = bl.graph.train(
        graph,
        runs=runs,
        split="random" if runs > 1 else "given",
        settings={"max_epochs": 30},
    )
    frame = plain.baselines().set_index("baseline")
    result = plain.models[0]
    by_run = []
    for run in result.runs:
        test = run.graph.test_mask
        vote = predictions_of(run.graph)["neighbour vote"]
        right = run.predicted[test] == run.graph.y[test]
        by_run.append(right - (vote[test] == run.graph.y[test]).astype(float))
    values = by_run[0] if runs == 1 else [each.mean() for each in by_run]
    row = frame.loc["neighbour vote"]
    assert row["difference"] == pytest.approx(np.mean(values))
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    ends = row["difference_low"], row["difference_high"]
    assert ends == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(
    ("low", "told"),
    [(-0.02, "gcn is not better than vote on the test nodes"), (0.01, "")],
)
def test_a_model_that_does_not_beat_the_best_is_told(low, told):
    weak, best = (
        Comparison(
            name,
            mean_of_runs([share]),
            mean_of_runs([share]),
            Estimate(0.05, low, 0.1, "Student"),
        )
        for name, share in (("majority", 0.3), ("vote", 0.8))
    )
    assert unbeaten("gcn", [weak, best]).startswith(told)
    assert bool(unbeaten("gcn", [weak, best])) is bool(told)
    assert unbeaten("gcn", []) == ""
