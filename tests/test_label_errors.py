"""Confident learning: the labels that cleanlab lists."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.statistics.classification import balanced_accuracy
from bioloom.statistics.label_errors import check_labels, class_thresholds

TABLE = pd.read_csv(Path(__file__).parent / "data" / "cleanlab_issues.tsv", sep="\t")


@pytest.mark.parametrize("number", sorted(TABLE["set"].unique()))
def test_the_same_labels_are_wrong_as_for_cleanlab(number):
    part = TABLE[TABLE["set"] == number]
    chances = np.array([[float(x) for x in row.split()] for row in part.probabilities])
    found = check_labels(chances, part["label"].to_numpy())
    assert found.is_error.tolist() == part["is_issue"].astype(bool).tolist()
    assert found.is_error.any()
    assert (found.suggested != part["label"])[found.is_error].all()
    assert (found.margin[found.is_error] < 0).all()


@given(st.integers(0, 10_000))
def test_the_order_of_examples_and_classes_does_not_matter(rng_seed):
    rng = np.random.default_rng(rng_seed)
    chances = rng.dirichlet(np.ones(4), 30)
    labels = rng.integers(0, 4, 30)
    found = check_labels(chances, labels).is_error
    rows, columns = rng.permutation(30), rng.permutation(4)
    moved = check_labels(chances[rows][:, columns], np.argsort(columns)[labels[rows]])
    assert (moved.is_error == found[rows]).all()


def test_a_class_without_examples_is_never_suggested():
    chances = np.array([[0.2, 0.1, 0.7], [0.1, 0.2, 0.7]])
    labels = np.array([0, 1])
    assert class_thresholds(chances, labels)[2] == np.inf
    assert (check_labels(chances, labels).suggested != 2).all()


def test_balanced_accuracy_is_scikit_learns():
    from sklearn.metrics import balanced_accuracy_score

    rng = np.random.default_rng(1)
    y, predicted = rng.integers(0, 3, (2, 50))
    expected = balanced_accuracy_score(y, predicted)
    assert balanced_accuracy(predicted, y) == pytest.approx(expected)
