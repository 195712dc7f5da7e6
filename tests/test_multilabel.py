"""Measures of several labels per example, judged by scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
)
from sklearn.metrics import (
    hamming_loss as their_hamming_loss,
)

from bioloom.statistics.multilabel import (
    by_label,
    chosen_thresholds,
    hamming_loss,
    label_chances,
    macro_f1,
    mean_over_labels,
    micro_f1,
    micro_f1_difference,
    set_probabilities,
    subset_accuracy,
)

TABLES = st.tuples(st.integers(1, 20), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(bool, shape))
)


@given(TABLES)
def test_f1_and_accuracy_are_those_of_scikit_learn(tables):
    called, members = tables
    as_numbers = members.astype(int), called.astype(int)
    for measure, average in ((micro_f1, "micro"), (macro_f1, "macro")):
        theirs = f1_score(*as_numbers, average=average, zero_division=0)
        # one label alone is a binary problem to scikit-learn, with other averages
        if members.shape[1] > 1:
            assert measure(called, members) == pytest.approx(theirs)
    if members.shape[1] > 1:
        theirs = accuracy_score(*as_numbers)
        assert subset_accuracy(called, members) == pytest.approx(theirs)
    theirs = their_hamming_loss(*as_numbers)
    assert hamming_loss(called, members) == pytest.approx(theirs)


def test_nothing_is_measured_without_examples():
    none = np.zeros((0, 3), dtype=bool)
    for measure in (micro_f1, macro_f1, subset_accuracy, hamming_loss):
        assert np.isnan(measure(none, none))
    assert np.isnan(mean_over_labels(np.zeros((0, 3)), none))


@pytest.fixture
def example():
    """Four labels, the last without a member."""
    rng = np.random.default_rng(1)
    members = rng.random((80, 4)) < [0.5, 0.2, 0.05, 0]
    members[0, 2] = True
    chances = np.clip(0.3 * members + 0.7 * rng.random((80, 4)), 0, 1)
    return members, chances


def test_each_label_is_judged_as_by_scikit_learn(example):
    members, chances = example
    called = chances > 0.5
    qualities = by_label(called, chances, members, "abcd")
    theirs = precision_recall_fscore_support(members, called, zero_division=0)
    for number, each in enumerate(qualities):
        ours = (each.precision, each.recall, each.f1, each.n)
        assert ours == pytest.approx([values[number] for values in theirs])
        assert each.n_called == called[:, number].sum()
    for each, column in zip(qualities[:3], range(3), strict=True):
        y, p = members[:, column], chances[:, column]
        assert each.auc.value == pytest.approx(roc_auc_score(y, p))
        precision = each.average_precision
        assert precision.value == pytest.approx(average_precision_score(y, p))
        assert each.auc.low <= each.auc.value <= each.auc.high
    assert np.isnan(qualities[3].auc.value)
    assert mean_over_labels(chances, members) == pytest.approx(
        roc_auc_score(members[:, :3], chances[:, :3], average="macro")
    )
    assert mean_over_labels(chances, members, by_precision=True) == pytest.approx(
        average_precision_score(members[:, :3], chances[:, :3], average="macro")
    )


@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=12, max_size=30),
)
def test_no_threshold_has_a_higher_f1(rows):
    chances = np.array([[value / 8] for value, _ in rows])
    members = np.array([[is_member] for _, is_member in rows])
    (chosen,) = chosen_thresholds(chances, members, least_members=1)
    if members.all() or not members.any():
        assert chosen == 0.5
        return

    def f1(threshold):
        return f1_score(members[:, 0], chances[:, 0] > threshold, zero_division=0)

    assert f1(chosen) == pytest.approx(
        max(f1(max(0, k / 16 - 1 / 32)) for k in range(18))
    )


def test_a_label_with_few_members_keeps_one_half():
    chances = np.linspace(0, 1, 40)[:, None]
    members = chances > 0.91
    assert members.sum() == 4
    assert chosen_thresholds(chances, members).tolist() == [0.5]
    found = chosen_thresholds(chances, chances > 0.87)[0]
    assert 0.85 < found < 0.9


def test_the_difference_resamples_the_same_examples_for_both():
    rng = np.random.default_rng(2)
    members = rng.random((200, 3)) < 0.4
    good, poor = (members ^ (rng.random((200, 3)) < wrong) for wrong in (0.1, 0.3))
    found = micro_f1_difference([good], poor, members)
    assert found.value == pytest.approx(
        f1_score(members, good, average="micro")
        - f1_score(members, poor, average="micro")
    )
    draws = []
    for _ in range(2000):
        rows = rng.integers(200, size=200)
        draws.append(
            micro_f1(good[rows], members[rows]) - micro_f1(poor[rows], members[rows])
        )
    low, high = np.percentile(draws, [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.015)
    same = micro_f1_difference([good, good], good, members)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_examples_given_twice_in_a_group_count_once():
    """Each example twice: with groups as many independent ones, without twice."""
    rng = np.random.default_rng(6)
    members = rng.random((120, 1)) < 0.4
    chances = np.clip(0.3 * members + 0.7 * rng.random((120, 1)), 0, 1)
    called = chances > 0.5

    def widths(*, times, groups):
        tables = [np.repeat(table, times, axis=0) for table in (called, chances)]
        has = np.repeat(members, times, axis=0)
        (each,) = by_label(*tables, has, "a", groups=groups)
        other = np.ones_like(has)
        lead = micro_f1_difference([tables[0]], other, has, groups=groups)
        return each.auc.width, each.average_precision.width, lead.width

    once = widths(times=1, groups=None)
    alone = widths(times=1, groups=np.arange(120))
    together = widths(times=2, groups=np.repeat(np.arange(120), 2))
    torn = widths(times=2, groups=None)
    assert alone == pytest.approx(once, rel=0.15)
    assert together == pytest.approx(once, rel=0.15)
    for narrow, wide in zip(torn, once, strict=True):
        assert narrow == pytest.approx(wide / np.sqrt(2), rel=0.2)


def test_a_perfect_ranking_of_few_groups_is_not_certain():
    members = np.arange(40)[:, None] < 6
    chances = members * 0.5 + 0.25
    groups = np.arange(40) // 2
    (found,) = by_label(chances > 0.5, chances, members, "a", groups=groups)
    low = 0.025 ** (1 / 3)  # Clopper and Pearson: three of three groups
    assert (found.auc.value, found.auc.high) == (1, 1)
    assert found.auc.low == pytest.approx(low)


def test_groups_that_all_have_a_member_leave_draws_out():
    members = np.array([[True], [False], [True], [True]])
    chances = np.array([[0.9], [0.1], [0.8], [0.7]])
    groups = [0, 0, 1, 2]
    (found,) = by_label(chances > 0.5, chances, members, "a", groups=groups)
    assert found.auc.value == 1
    assert np.isfinite(found.auc.low)


def test_a_set_is_as_likely_as_its_labels_together():
    scores = np.array([[0.0, 2.0], [-1.0, 3.0]], dtype=np.float32)
    p = label_chances(scores)
    assert p == pytest.approx(1 / (1 + np.exp(-scores)))
    sets = [np.array([[a, b]] * 2) for a in (False, True) for b in (False, True)]
    total = sum(set_probabilities(members, p) for members in sets)
    assert total == pytest.approx([1, 1])
    both = set_probabilities(np.ones((2, 2), dtype=bool), p)
    assert both == pytest.approx(p.prod(axis=1))
