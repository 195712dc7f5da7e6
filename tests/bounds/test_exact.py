"""Exact tails and searches of large populations, judged by fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from bioloom.bounds import exact_size, sample_sizes, tails
from bioloom.bounds.explaining import explain_samples
from bioloom.bounds.sample_sizes import Promise, hypergeometric_size
from bioloom.bounds.tails import hypergeometric_tail, worst_tail
from bioloom.statistics.calibration import count_p_value
from bioloom.statistics.intervals import clopper_pearson
from tests.bounds import naive


def exact_tail(n_mistakes, n, population, epsilon):
    """Chance of a gap beyond epsilon, in fractions."""
    allowed, total = Fraction(str(epsilon)), comb(population, n)
    ways = sum(
        comb(n_mistakes, k) * comb(population - n_mistakes, n - k)
        for k in range(n + 1)
        if abs(Fraction(k, n) - Fraction(n_mistakes, population)) > allowed
    )
    return Fraction(ways, total)


@given(st.integers(2, 80), st.data(), st.sampled_from([0.02, 0.1, 0.25]))
def test_rows_of_tails_are_exact_sums(population, data, epsilon):
    n = data.draw(st.integers(1, population))
    rough = tails._rough_tails(n, population=population, epsilon=epsilon)
    truth = [
        float(exact_tail(k, n, population, epsilon)) for k in range(population + 1)
    ]
    assert rough == pytest.approx(truth, abs=1e-9)
    most = data.draw(st.integers(1, population))
    half = exact_size.half_tails(most, population=population, epsilon=epsilon)
    truth = [
        float(exact_tail(population // 2, size, population, epsilon))
        for size in range(1, most + 1)
    ]
    assert half == pytest.approx(truth, rel=1e-6, abs=1e-9)


@given(st.integers(5, 100), st.integers(1, 50), st.sampled_from([0.03, 0.05, 0.1, 0.2]))
def test_the_search_in_rows_finds_the_least_size(population, n_hypotheses, epsilon):
    promise = Promise(epsilon=epsilon, n_hypotheses=n_hypotheses, population=population)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tails, "_MOST_ADDED", 0)  # as for large populations
        found = hypergeometric_size(promise)
    allowed = Fraction("0.05") / n_hypotheses
    keeps = (
        n
        for n in range(1, population + 1)
        if max(
            exact_tail(k, n, population, epsilon) for k in range(population // 2 + 1)
        )
        <= allowed
    )
    assert found == next(keeps)


def test_a_million_examples(bioloom_cli):
    words = ("bounds", "samples", "--epsilon", 0.001, "--population", 1_000_000)
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert "→ 490000 examples" in told
    assert "→ 648438 examples" in told  # Serfling
    # scipy's own tail, at one half of mistakes: just enough, and one draw less is not
    for n, is_enough in ((490_000, True), (489_998, False), (489_000, False)):
        law = hypergeom(1_000_000, 500_000, n)
        most = n // 2 + n // 1000  # gaps of exactly 0.001 are allowed
        assert (2 * law.sf(most) <= 0.05) == is_enough


def test_large_populations_are_searched_as_small_ones_are():
    epsilon, population = 0.02, 30_001
    promise = Promise(epsilon=epsilon, n_hypotheses=20, population=population)
    n = hypergeometric_size(promise)
    half = np.arange(population // 2 + 1)
    for size, is_enough in ((n, True), (n - 1, False)):
        every = hypergeometric_tail(
            half, size, population=population, epsilon=epsilon
        ).max()
        worst = worst_tail(size, population=population, epsilon=epsilon)
        assert worst == pytest.approx(every, rel=1e-12)
        assert (20 * every <= 0.05) == is_enough


def test_what_is_left_out_is_said(monkeypatch):
    wide = sample_sizes.sample_sizes(Promise(epsilon=0.001, population=1_000_001))
    assert "hypergeometric" not in wide.sizes
    assert "search is left out here" in explain_samples(wide).to_text()
    assert (
        "is left out"
        not in explain_samples(
            sample_sizes.sample_sizes(Promise(epsilon=0.1, population=1000))
        ).to_text()
    )
    monkeypatch.setattr(exact_size, "MOST_TESTED", 1)
    given_up = sample_sizes.sample_sizes(
        Promise(epsilon=0.03, population=997, n_hypotheses=3)
    )
    assert given_up.is_exact_missing


def test_the_search_reports_its_progress():
    steps = []
    promise = Promise(epsilon=0.01, population=100_000)
    sample_sizes.sample_sizes(promise, on_step=lambda *step: steps.append(step))
    assert steps
    assert {name for name, _, _ in steps} == {"sample sizes"}
    assert all(done <= total for _, done, total in steps)


@given(
    st.integers(1, 60), st.data(), st.sampled_from([1e-3, 1e-12, 1e-17, 1e-40, 1e-100])
)
def test_ends_of_intervals_keep_the_digits_of_small_tails(n, data, failure_prob):
    k = data.draw(st.integers(0, n - 1))
    high = Fraction(clopper_pearson(k, n, failure_prob=failure_prob).high)
    assert high <= 1
    if high == 1:  # the end is closer to 1 than any number of double precision
        gap = Fraction(1, 2**53)
        assert chance_up_to(k, n, 1 - gap) >= Fraction(failure_prob) / 2
        return
    # the step of double precision moves the tail by less than this
    step = Fraction(np.spacing(float(high)).item())
    above, below = chance_up_to(k, n, high - 64 * step), Fraction(0)
    if high + 64 * step < 1:
        below = chance_up_to(k, n, high + 64 * step)
    assert below <= Fraction(failure_prob) / 2 * (1 + Fraction(1, 10**6))
    assert above >= Fraction(failure_prob) / 2 * (1 - Fraction(1, 10**6))


def chance_up_to(k, n, p):
    """Chance of at most k events in n, in fractions."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=25), st.data())
def test_the_chance_of_a_count_is_exact_in_the_tails(chances, data):
    k = data.draw(st.integers(0, len(chances)))
    law = [Fraction(1)]
    for chance in map(Fraction, chances):
        missed = [x * (1 - chance) for x in law] + [Fraction(0)]
        law = [
            a + b for a, b in zip(missed, [0, *(x * chance for x in law)], strict=True)
        ]
    truth = min(Fraction(1), 2 * min(sum(law[: k + 1]), sum(law[k:])))
    found = count_p_value(np.array(chances), k)
    assert found == pytest.approx(float(truth), rel=1e-6, abs=1e-300)


def test_the_chance_of_a_count_is_scipys_far_out():
    for n, p, k in ((2000, 0.9, 1500), (5000, 0.3, 1900), (400, 0.5, 20)):
        law = binom(n, p)
        truth = 2 * min(law.cdf(k), law.sf(k - 1))
        assert 0 < truth < 1e-30
        assert count_p_value(np.full(n, p), k) == pytest.approx(truth, rel=1e-8)


def test_gaps_are_counted_as_by_the_naive_twin():
    chance = naive.gap_chance(10, 8, 30, 0.1)
    assert float(exact_tail(10, 8, 30, 0.1)) == pytest.approx(chance)
