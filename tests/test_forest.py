"""Boosted trees: scikit-learn's numbers, exact contributions, flaws found."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from bioloom.statistics.forest import (
    Forest,
    _forest_of,
    fit_forest,
    flaw_of,
    forest_of_entries,
)


def clouds(n=400, seed=2):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 5))
    labels = features[:, 0] + np.abs(features[:, 1]) + rng.normal(size=n) > 0.8
    return features, labels


def fitted(trends=(1, 0, 0, 0, 0)):
    features, labels = clouds()
    return fit_forest(features, labels, np.ones(len(labels)), trends=trends), features


def test_log_odds_are_those_of_scikit_learn():
    features, labels = clouds()
    booster = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    booster.fit(features, labels)
    found = _forest_of(booster).log_odds(features)
    # a tree's value is kept to a millionth
    assert found == pytest.approx(booster.decision_function(features), abs=1e-4)


def test_contributions_add_up_exactly():
    forest, features = fitted()
    log_odds = forest.log_odds(features)
    for row, expected in zip(features[:80], log_odds[:80], strict=True):
        found = forest.base + math.fsum(forest.contributions(row))
        assert found == pytest.approx(expected, abs=1e-9)
    turned = forest.calibrated(slope=0.7, shift=-0.2)
    found = turned.base + math.fsum(turned.contributions(features[0]))
    assert found == pytest.approx(turned.log_odds(features[:1])[0], abs=1e-9)
    assert found == pytest.approx(0.7 * log_odds[0] - 0.2, abs=1e-3)


def test_a_feature_that_is_never_asked_adds_nothing():
    features, labels = clouds()
    features[:, 4] = 1.0
    forest = fit_forest(features, labels, np.ones(len(labels)), trends=[0] * 5)
    assert forest.contributions(features[0])[4] == 0.0


def test_a_trend_is_kept():
    forest, features = fitted(trends=(1, 0, 0, 0, -1))
    for column, sign in ((0, 1), (4, -1)):
        rows = np.repeat(features[:1], 50, axis=0)
        rows[:, column] = np.linspace(-3, 3, 50)
        assert (sign * np.diff(forest.log_odds(rows)) >= 0).all()


def test_rows_do_not_depend_on_company():
    forest, features = fitted()
    alone = [forest.log_odds(row[None])[0] for row in features]
    assert forest.log_odds(features).tolist() == alone


def test_entries_and_back():
    forest, features = fitted()
    again = forest_of_entries(forest.to_entries())
    assert np.array_equal(again.log_odds(features), forest.log_odds(features))
    assert flaw_of(again, 5) == ""


def stump(**changes):
    nodes = {
        "constant": 0,
        "roots": np.array([0]),
        "feature": np.array([0, 0, 0]),
        "cut": np.array([0.5, 0.0, 0.0]),
        "yes": np.array([1, 1, 2]),
        "no": np.array([2, 1, 2]),
        "value": np.array([0, -1_000_000, 1_000_000]),
    }
    return Forest(**(nodes | changes))


def test_a_stump_by_hand():
    assert flaw_of(stump(), 1) == ""
    assert stump().log_odds(np.array([[0.5], [0.6]])).tolist() == [-1.0, 1.0]
    assert stump().contributions(np.array([0.6])).tolist() == [1.0]


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"feature": np.array([1, 0, 0])}, "lead nowhere"),
        ({"feature": np.array([-1, 0, 0])}, "lead nowhere"),
        ({"yes": np.array([3, 1, 2])}, "lead nowhere"),
        ({"yes": np.array([1, 0, 2])}, "lead nowhere"),  # a circle
        ({"cut": np.array([math.nan, 0, 0])}, "lead nowhere"),
        ({"roots": np.array([3])}, "roots outside"),
        ({"roots": np.array([], dtype=int)}, "differ in length"),
        ({"value": np.array([0])}, "differ in length"),
    ],
)
def test_flaws_are_found(changes, flaw):
    assert flaw in flaw_of(stump(**changes), 1)


def test_weights_count():
    features, labels = clouds()
    heavy = np.where(labels, 9.0, 1.0)
    plain = fit_forest(features, labels, np.ones(len(labels)), trends=[0] * 5)
    tilted = fit_forest(features, labels, heavy, trends=[0] * 5)
    assert tilted.log_odds(features).mean() > plain.log_odds(features).mean() + 0.5
    assert replace(plain, constant=0).base < 5
