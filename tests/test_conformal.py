"""Prediction sets hold the true class as often as they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.statistics.conformal import conformal_threshold, in_sets


def drawn(rng, n):
    """Probabilities of three classes, and classes drawn otherwise than they say."""
    chances = rng.dirichlet([1, 1, 1], n)
    return chances, rng.choice(3, n, p=[0.6, 0.3, 0.1])


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("n_held_out", [19, 100])
def test_coverage_over_many_draws(coverage, n_held_out):
    """At least as promised, and at most 1 / (n + 1) more: the theorem's two sides."""
    rng, held = np.random.default_rng(1), []
    for _ in range(1500):
        chances, y = drawn(rng, n_held_out)
        threshold = conformal_threshold(chances, y, coverage=coverage)
        new, classes = drawn(rng, 20)
        held.append(in_sets(new, threshold)[np.arange(20), classes].mean())
    error = 4 * np.std(held) / np.sqrt(len(held))
    assert coverage - error < np.mean(held) < coverage + 1 / (n_held_out + 1) + error


@given(st.integers(0, 8))
def test_too_few_examples_promise_nothing(n):
    chances, y = drawn(np.random.default_rng(n), n)
    threshold = conformal_threshold(chances, y)
    assert threshold == 0
    assert in_sets(np.array([[1.0, 0.0, 0.0]]), threshold).all()
