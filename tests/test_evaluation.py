"""Measures against scikit-learn, scipy and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
)

from bioloom.evaluation import (
    accuracy,
    by_class,
    confusion,
    expected_calibration_error,
    fitted_temperature,
    interval,
    probabilities,
    reliability,
)

CLASSES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1)


@given(CLASSES)
def test_classes_are_judged_as_scikit_learn_does(pairs):
    predicted, y = np.array(pairs).T
    labels = range(4)
    assert accuracy(predicted, y) == pytest.approx(accuracy_score(y, predicted))
    table = confusion_matrix(y, predicted, labels=labels)
    assert (confusion(predicted, y, 4) == table).all()
    rows = by_class(predicted, y, "abcd")
    found = [[row.precision, row.recall, row.f1, row.n] for row in rows]
    expected = precision_recall_fscore_support(
        y, predicted, labels=labels, zero_division=0
    )
    assert np.array(found) == pytest.approx(np.array(expected).T)


def test_the_interval_is_students():
    values = np.random.default_rng(0).normal(0.8, 0.01, 200)
    found = interval(list(values))
    assert (found.mean, found.n) == (pytest.approx(values.mean()), 200)
    assert found.std == pytest.approx(values.std(ddof=1))
    drawn = bootstrap((values,), np.mean, rng=1, n_resamples=2000).confidence_interval
    assert (found.low, found.high) == (
        pytest.approx(drawn.low, abs=3e-4),
        pytest.approx(drawn.high, abs=3e-4),
    )
    two = interval([0.5, 0.7])  # t of one degree of freedom: 12.706
    assert two.low == 0
    assert interval([0.80, 0.81]).low == pytest.approx(0.805 - 12.706 * 0.005, abs=1e-5)
    assert str(interval([0.8])) == "80.00 (1 run)"


def test_calibration_by_hand():
    chances = np.array([[0.97, 0.03], [0.95, 0.05], [0.35, 0.65], [0.45, 0.55]])
    y = np.array([0, 1, 1, 1])
    first, second, third = reliability(chances, y)
    assert (first.n, first.confidence, first.accuracy) == (1, pytest.approx(0.55), 1)
    assert (second.low, second.n) == (pytest.approx(9 / 15), 1)
    assert (third.n, third.accuracy) == (2, 0.5)
    expected = (0.45 + 0.35 + 2 * 0.46) / 4
    assert expected_calibration_error(chances, y) == pytest.approx(expected)


def test_the_temperature_that_made_the_scores_is_found_again():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(20_000, 4)) * 2
    chances = probabilities(scores)
    y = (chances.cumsum(axis=1) > rng.random((len(scores), 1))).argmax(axis=1)
    assert fitted_temperature(scores * 3, y) == pytest.approx(3, rel=0.03)
    assert expected_calibration_error(chances, y) < 0.01
    assert expected_calibration_error(probabilities(scores, 0.4), y) > 0.1
    assert probabilities(scores, 0.4).sum(axis=1) == pytest.approx(1)
