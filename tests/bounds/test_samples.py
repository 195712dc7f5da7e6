"""Sample sizes and tails: textbook values, exact twins, simulated coverage."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from bioloom.bounds.explaining import explain_samples
from bioloom.bounds.figures import sizes_figure
from bioloom.bounds.intervals import (
    hoeffding_epsilon,
    hypergeometric_interval,
    serfling_epsilon,
    vc_epsilon,
)
from bioloom.bounds.sample_sizes import Promise, held_out_size, sample_sizes
from bioloom.bounds.tails import (
    hoeffding_tail,
    hypergeometric_tail,
    log_growth,
    serfling_tail,
    vc_tail,
    worst_tail,
)
from bioloom.statistics.intervals import (
    clopper_pearson,
    clopper_pearson_ends,
    difference,
)
from tests.bounds import naive

N_DRAWS = 10_000
POPULATION = 1000
ERRORS = (0.0, 0.013, 0.05, 0.3, 0.5, 0.87)


def size(method, **promise):
    return sample_sizes(Promise(**promise)).sizes[method]


# Abu-Mostafa, Magdon-Ismail, Lin (2012) Learning from data; the course's homework 3,
# problems 1 to 3, asks for the least of 500, 1,000, 1,500, 2,000 examples at ε = 0.05
# and p = 0.03 and answers 1,000, 1,500, 2,000
@pytest.mark.parametrize(
    ("n_hypotheses", "exact", "answer"),
    [(1, 840, 1000), (10, 1301, 1500), (100, 1761, 2000)],
)
def test_hoeffding_as_in_learning_from_data(n_hypotheses, exact, answer):
    found = size(
        "hoeffding", epsilon=0.05, failure_prob=0.03, n_hypotheses=n_hypotheses
    )
    assert found == exact
    assert answer - 500 < found <= answer


def test_hoeffding_of_the_notes_and_of_shalev_shwartz():
    assert size("hoeffding", epsilon=0.01) == 18_445
    # Shalev-Shwartz & Ben-David 2014, corollary 4.6: 2 ln(2 |H| / δ) / tolerance²
    wanted = math.ceil(2 * math.log(2 * 10_000 / 0.05) / 0.1**2)
    assert size("hoeffding", epsilon=0.05, n_hypotheses=10_000) == wanted == 2580


def test_vc_as_in_learning_from_data():
    # homework 4, problem 1: d = 10, ε = 0.05, 95 %: the nearest answer is 460,000, from
    # the looser growth (2n)^d, which gives 452,957
    n = size("vc", epsilon=0.05, vc_dim=10)
    assert n < 452_957
    loose = 4 * math.exp(10 * math.log(2 * 452_957) - 452_957 * 0.05**2 / 8)
    assert loose == pytest.approx(0.05, rel=1e-3)
    # example 2.6: d = 3, 4, 5 at ε = δ = 0.1 need about 30, 40 and 50 thousand by that
    # growth; Sauer's sum gives fewer, and never more
    for dim, thousands in ((3, 30), (4, 40), (5, 50)):
        n = size("vc", epsilon=0.1, failure_prob=0.1, vc_dim=dim)
        assert 0.75 * thousands < n / 1000 < thousands
        assert vc_tail(n, epsilon=0.1, vc_dim=dim) <= 0.1
        assert vc_tail(n - 1, epsilon=0.1, vc_dim=dim) > 0.1


def test_growth_is_sauers_sum():
    assert np.exp(log_growth(10, 3)) == pytest.approx(1 + 10 + 45 + 120)
    assert np.exp(log_growth(4, 9)) == pytest.approx(16)


def test_clopper_pearson_as_in_handbooks():
    # NIST/SEMATECH e-Handbook of statistical methods, 7.2.4.1: 4 of 20, 90 %
    found = clopper_pearson(4, 20, failure_prob=0.1)
    assert (found.low, found.high) == pytest.approx((0.071354, 0.401029), abs=1e-6)
    # Hanley & Lippman-Hand 1983, doi:10.1001/jama.1983.03330370053031: none of n is
    # 3/n at most with 95 % on one side
    assert clopper_pearson(0, 100, failure_prob=0.1).high == pytest.approx(
        0.03, abs=5e-4
    )
    assert clopper_pearson(0, 0).width == 1


@given(st.integers(1, 400), st.data(), st.sampled_from([0.01, 0.05, 0.3]))
def test_clopper_pearson_is_scipys(n, data, failure_prob):
    k = data.draw(st.integers(0, n))
    found = clopper_pearson(k, n, failure_prob=failure_prob)
    theirs = binomtest(k, n).proportion_ci(1 - failure_prob, "exact")
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(st.integers(1, 60), st.data(), st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.25]))
def test_the_exact_tail_is_that_of_a_plain_sum(population, data, epsilon):
    n = data.draw(st.integers(1, population))
    totals = np.arange(population + 1)
    if epsilon == 0:
        epsilon = 1e-9
    found = hypergeometric_tail(totals, n, population=population, epsilon=epsilon)
    wanted = [naive.gap_chance(int(k), n, population, epsilon) for k in totals]
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    worst = worst_tail(n, population=population, epsilon=epsilon)
    assert worst == pytest.approx(max(wanted), rel=1e-9, abs=1e-12)


def test_a_gap_of_exactly_epsilon_is_allowed():
    # 3 of 10 against 25 of 100: the gap is 0.05, which binary fractions cannot say
    beyond = hypergeometric_tail(25, 10, population=100, epsilon=0.05)
    at_least = hypergeometric_tail(25, 10, population=100, epsilon=0.0499999)
    assert beyond < at_least - 0.2


@given(
    st.integers(2, 300),
    st.data(),
    st.sampled_from([0.02, 0.1, 0.2]),
)
def test_inequalities_lie_above_the_exact_tail(population, data, epsilon):
    n = data.draw(st.integers(1, population))
    exact = worst_tail(n, population=population, epsilon=epsilon)
    serfling = serfling_tail(n, epsilon=epsilon, population=population)
    assert exact <= serfling + 1e-12
    assert serfling <= hoeffding_tail(n, epsilon=epsilon) + 1e-12


@given(st.integers(5, 120), st.integers(1, 20), st.sampled_from([0.05, 0.1, 0.2]))
def test_the_exact_size_is_the_least_of_all(population, n_hypotheses, epsilon):
    promise = Promise(epsilon=epsilon, n_hypotheses=n_hypotheses, population=population)
    found = sample_sizes(promise).sizes["hypergeometric"]
    keeps = [
        n
        for n in range(1, population + 1)
        if n_hypotheses * worst_tail(n, population=population, epsilon=epsilon) <= 0.05
    ]
    assert found == keeps[0]
    assert found <= sample_sizes(promise).sizes["serfling"]


def test_serflings_size_is_the_least():
    promise = Promise(epsilon=0.05, n_hypotheses=10_000, population=10_000)
    n = sample_sizes(promise).sizes["serfling"]
    assert n == 2051
    for size_, is_enough in ((n, True), (n - 1, False)):
        tail = 10_000 * serfling_tail(size_, epsilon=0.05, population=10_000)
        assert (tail <= 0.05) == is_enough


def test_sizes_grow_with_what_is_asked():
    base = {"n_hypotheses": 100, "population": 5000, "vc_dim": 3, "epsilon": 0.05}
    asked = (
        ("epsilon", (0.2, 0.1, 0.05, 0.02)),
        ("failure_prob", (0.5, 0.1, 0.05, 0.001)),
        ("n_hypotheses", (1, 10, 1000)),
        ("vc_dim", (1, 2, 10)),
        ("population", (100, 1000, 100_000)),
    )
    for name, values in asked:
        found = [sample_sizes(Promise(**base | {name: one})).sizes for one in values]
        for less, more in pairwise(found):
            assert all(less[method] <= more[method] for method in less), name


def test_the_held_out_size_is_the_least():
    for epsilon in (0.02, 0.05, 0.2):
        n = held_out_size(epsilon, 0.05)
        for size_, is_enough in ((n, True), (n + 1, True), (n - 1, False)):
            low, high = clopper_pearson_ends(np.arange(size_ + 1), size_)
            assert ((high - low).max() <= 2 * epsilon) == is_enough


def covered(low, high, error):
    return np.mean((low <= error) & (error <= high))


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("n", [20, 150])
@pytest.mark.parametrize("failure_prob", [0.05, 0.2])
def test_simulated_coverage_is_at_least_nominal(error, n, failure_prob):
    """10,000 draws; with and without replacement, of 1,000."""
    rng = np.random.default_rng(int(1e4 * error) + n)
    free = rng.binomial(n, error, N_DRAWS)
    total = round(error * POPULATION)
    finite = rng.hypergeometric(total, POPULATION - total, n, N_DRAWS)
    nominal = 1 - failure_prob
    ends = clopper_pearson_ends(free, n, failure_prob=failure_prob)
    assert covered(*ends, error) >= nominal
    wide = hoeffding_epsilon(n, failure_prob=failure_prob)
    assert covered(free / n - wide, free / n + wide, error) >= nominal
    wide = serfling_epsilon(n, population=POPULATION, failure_prob=failure_prob)
    assert covered(finite / n - wide, finite / n + wide, error) >= nominal
    kinds = {
        k: hypergeometric_interval(
            k, n, population=POPULATION, failure_prob=failure_prob
        )
        for k in np.unique(finite).tolist()
    }
    low = np.array([kinds[k].low for k in finite.tolist()])
    high = np.array([kinds[k].high for k in finite.tolist()])
    assert covered(low, high, error) >= nominal


# scipy's own binomial overflows for subnormal numbers
@given(
    st.integers(1, 200),
    st.floats(0, 1, allow_subnormal=False),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_exact_coverage_is_at_least_nominal(n, error, failure_prob):
    k = np.arange(n + 1)
    low, high = clopper_pearson_ends(k, n, failure_prob=failure_prob)
    held = binom.pmf(k, n, error)[(low <= error) & (error <= high)].sum()
    assert held >= 1 - failure_prob - 1e-9


@pytest.mark.parametrize("errors", [(0.05, 0.05), (0.02, 0.3), (0.5, 0.45)])
def test_simulated_coverage_of_a_difference(errors):
    rng = np.random.default_rng(7)
    sizes, (first, second) = (200, 80), errors
    counts = [rng.binomial(n, p, N_DRAWS) for n, p in zip(sizes, errors, strict=True)]
    halves = [
        {k: clopper_pearson(k, n, failure_prob=0.025) for k in range(n + 1)}
        for n in sizes
    ]
    found = [
        difference(halves[0][a], halves[1][b])
        for a, b in zip(*(one.tolist() for one in counts), strict=True)
    ]
    true = second - first
    assert np.mean([one.low <= true <= one.high for one in found]) >= 0.95


def test_simulated_coverage_over_all_thresholds():
    """Sup over a class of VC dimension 1, and over 20 hypotheses: the VC and union."""
    rng = np.random.default_rng(3)
    n, p = 400, 0.05
    x = np.sort(rng.random((N_DRAWS, n)), axis=1)
    upper = np.abs(x - np.arange(1, n + 1) / n).max(axis=1)
    lower = np.abs(x - np.arange(n) / n).max(axis=1)
    sup = np.maximum(upper, lower)  # of |share below t - t| over all t
    assert np.mean(sup <= vc_epsilon(n, vc_dim=1, failure_prob=p)) >= 1 - p
    errors = np.linspace(0.02, 0.98, 20)
    gaps = np.abs(rng.binomial(n, errors, (N_DRAWS, 20)) / n - errors).max(axis=1)
    wide = hoeffding_epsilon(n, failure_prob=p, n_hypotheses=20)
    assert np.mean(gaps <= wide) >= 1 - p


def test_the_working_shows_the_numbers():
    promise = Promise(epsilon=0.05, n_hypotheses=10_000, population=10_000, vc_dim=1)
    found = sample_sizes(promise, test_set=(40, 500))
    told = explain_samples(found)
    values = [one.value.number for one in told.steps if one.value]
    assert values == [*found.sizes.values(), 8]
    text = told.to_text()
    assert "n ≥ (ln(2 · 10000 / 0.05))/(2 · 0.05^2)" in text
    assert "the error is 5.777 % to 10.73 %" in text
    assert found.to_frame()["n_samples"].tolist() == values[:-1]
    assert "<math" in told.to_html()


def test_the_curve_has_a_line_for_each_method():
    promise = Promise(epsilon=0.1, n_hypotheses=10, population=500, vc_dim=1)
    lines = sizes_figure(promise).axes[0].get_legend_handles_labels()[1]
    assert len(lines) == 5
