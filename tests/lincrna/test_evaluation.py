"""Figures of how well coding and non-coding are told apart."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bioloom.lincrna.training.evaluation import (
    auc,
    balanced_threshold,
    evaluate,
    kept_at_leak,
    leak_threshold,
    length_matched,
)
from bioloom.statistics.intervals import stratified_bootstrap


def test_evaluation_counts_what_is_called_at_the_threshold():
    probability = np.array([0.9, 0.5, 0.4, 0.5, 0.1])
    is_coding = np.array([True, True, True, False, False])
    assert evaluate(probability, is_coding, threshold=0.5) == {
        "n_coding": 3,
        "n_noncoding": 2,
        # pairs in the right order: (3 + 3) less a half for the tie and one reversed
        "auc": pytest.approx(4.5 / 6),
        "sensitivity": pytest.approx(2 / 3),
        "specificity": pytest.approx(1 / 2),
        "accuracy": pytest.approx(3 / 5),
        "kept_at_leak": pytest.approx(1 / 2),  # below 0.4 lies only the 0.1
    }


def test_auc_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    labels = rng.random(300) < 0.3
    scores = (rng.normal(size=300) + labels).round(1)  # with ties
    assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_at_most_the_leak_lies_below_its_threshold():
    of_coding = np.arange(1000) / 1000
    assert leak_threshold(of_coding, leak=0.013) == 0.013
    assert (of_coding < leak_threshold(of_coding, leak=0.013)).mean() == 0.013
    heavy = np.where(of_coding < 0.01, 10.0, 1.0)
    assert leak_threshold(of_coding, heavy, leak=0.013) == 0.001


def test_kept_at_leak_by_hand():
    probability = np.array([0.2] + [0.8] * 99 + [0.1, 0.5, 0.7, 0.9])
    is_coding = np.array([True] * 100 + [False] * 4)
    assert kept_at_leak(probability, is_coding) == 0.75


def test_the_threshold_balances_both_rates():
    rng = np.random.default_rng(3)
    labels = rng.random(2000) < 0.5
    scores = rng.normal(size=2000) + 2 * labels
    limit = balanced_threshold(scores, labels, np.ones(2000))
    called = scores >= limit
    rates = called[labels].mean(), (~called[~labels]).mean()
    assert abs(rates[0] - rates[1]) < 0.003
    assert limit == pytest.approx(1.0, abs=0.1)


def test_length_tells_nothing_in_the_matched_subset():
    rng = np.random.default_rng(4)
    labels = np.arange(3000) < 1500
    lengths = (10 ** (2.8 + 0.3 * labels + rng.normal(0, 0.3, 3000))).astype(int) + 1
    rows = length_matched(labels, lengths)
    assert 300 < len(rows) < 3000
    assert labels[rows].mean() == 0.5
    assert roc_auc_score(labels[rows], lengths[rows]) == pytest.approx(0.5, abs=0.02)
    assert np.array_equal(rows, length_matched(labels, lengths))


def test_the_interval_is_about_right():
    rng = np.random.default_rng(5)
    labels = np.arange(800) < 400
    right = rng.random(800) < 0.9
    estimate = stratified_bootstrap(lambda rows: float(right[rows].mean()), labels)
    expected = 1.96 * np.sqrt(0.9 * 0.1 / 800)
    assert estimate.low < right.mean() == estimate.value < estimate.high
    assert estimate.width / 2 == pytest.approx(expected, rel=0.25)
