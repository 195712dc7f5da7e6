"""Measures against scikit-learn, scipy and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import binomtest, bootstrap, false_discovery_control, ttest_1samp
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)

from bioloom.statistics.calibration import (
    cross_fitted_temperature,
    expected_calibration_error,
    fitted_temperature,
    probabilities,
    reliability_of,
)
from bioloom.statistics.classification import (
    accuracy,
    by_class,
    confusion,
    macro_f1,
)
from bioloom.statistics.comparison import mcnemar, mean_difference
from bioloom.statistics.intervals import (
    accuracy_interval,
    clopper_pearson,
    wilson,
)
from bioloom.statistics.multiple_testing import benjamini_hochberg, holm
from bioloom.statistics.runs import mean_of_runs

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
    found = mean_of_runs(list(values))
    assert (found.mean, found.n) == (pytest.approx(values.mean()), 200)
    assert found.std == pytest.approx(values.std(ddof=1))
    drawn = bootstrap((values,), np.mean, rng=1, n_resamples=2000).confidence_interval
    assert (found.low, found.high) == (
        pytest.approx(drawn.low, abs=3e-4),
        pytest.approx(drawn.high, abs=3e-4),
    )
    two = mean_of_runs([0.5, 0.7])  # t of one degree of freedom: 12.706
    assert two.low == 0
    assert mean_of_runs([0.80, 0.81]).low == pytest.approx(
        0.805 - 12.706 * 0.005, abs=1e-5
    )
    assert str(mean_of_runs([0.8])) == "80.00 (1 run)"


def test_calibration_by_hand():
    chances = np.array([[0.97, 0.03], [0.95, 0.05], [0.35, 0.65], [0.45, 0.55]])
    y = np.array([0, 1, 1, 1])
    first, second, third = reliability_of(chances, y)
    assert (first.n, first.confidence, first.accuracy.value) == (
        1,
        pytest.approx(0.55),
        1,
    )
    assert (second.low, second.n) == (pytest.approx(9 / 15), 1)
    assert (third.n, third.accuracy.value) == (2, 0.5)
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


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_of_shares_are_scipys(counts):
    test = binomtest(*counts)
    for ours, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        theirs = test.proportion_ci(0.95, method=method)
        estimate = ours(*counts)
        assert (estimate.low, estimate.high) == pytest.approx(tuple(theirs), abs=1e-9)


def test_nothing_seen_proves_nothing():
    for method in (clopper_pearson, wilson):
        estimate = method(0, 0)
        assert np.isnan(estimate.value)
        assert (estimate.low, estimate.high) == (0, 1)


def test_forty_five_of_fifty_has_one_interval():
    y = np.zeros(50, dtype=int)
    predicted = (np.arange(50) < 5).astype(int)
    alone = accuracy_interval(predicted, y, groups=np.arange(50))
    assert alone == clopper_pearson(45, 50)
    pairs = accuracy_interval(predicted, y, groups=np.arange(50) // 2)
    assert pairs.method == "bootstrap over groups"
    assert pairs.value == alone.value


def test_names_of_groups_do_not_matter():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(2, size=(2, 60))
    groups = rng.integers(20, size=60)
    names = np.array([f"g{group}" for group in groups])
    by_number = accuracy_interval(predicted, y, groups=groups)
    assert by_number == accuracy_interval(predicted, y, groups=names)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
def test_false_discovery_rates_are_scipys(p):
    assert benjamini_hochberg(np.array(p)) == pytest.approx(false_discovery_control(p))


@settings(max_examples=20)  # statsmodels takes half a second each
@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
def test_holms_correction_is_statsmodels(p):
    from statsmodels.stats.multitest import multipletests

    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1])


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_statsmodels(b, c):
    from statsmodels.stats.contingency_tables import mcnemar as theirs

    p = 1 if b + c == 0 else theirs([[0, b], [c, 0]], exact=True).pvalue
    assert mcnemar(b, c) == pytest.approx(p)


def test_a_temperature_is_taken_only_where_it_helps():
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 2, (4000, 4))
    y = np.array([rng.choice(4, p=row) for row in softmax(scores, axis=1)])
    assert cross_fitted_temperature(3 * scores, y) == fitted_temperature(3 * scores, y)
    assert cross_fitted_temperature(scores[:5], y[:5]) == 1
    # few examples, all of them right by chance: a temperature would make them certain
    few = np.abs(rng.normal(0, 1, (24, 2)))
    assert cross_fitted_temperature(few, few.argmax(axis=1)) >= fitted_temperature(
        few, few.argmax(axis=1)
    )
    # calibrated scores: in most draws of 24 the temperature is left at 1
    draws = [
        cross_fitted_temperature(scores[k : k + 24], y[k : k + 24])
        for k in range(0, 1200, 24)
    ]
    assert np.mean(np.array(draws) == 1) > 0.85


def test_macro_f1_is_scikit_learns():
    rng = np.random.default_rng(0)
    for _ in range(50):
        y, predicted = rng.choice([0, 2, 3], (2, 12))
        expected = f1_score(y, predicted, average="macro")
        assert macro_f1(predicted, y) == pytest.approx(expected)


def test_a_mean_difference_is_scipys_interval():
    values = np.random.default_rng(1).normal(0.1, 1, 30)
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_difference(values)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert np.isnan(mean_difference(np.array([0.5])).low)
