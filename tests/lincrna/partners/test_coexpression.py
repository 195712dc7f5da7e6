"""Correlations and their p-values, beside scipy's and beside counting by hand."""

import math
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, permutation_test, spearmanr
from statsmodels.stats.multitest import multipletests

from bioloom.genome.intervals import Pairs
from bioloom.lincrna.partners.coexpression import (
    cis_correlations,
    doubled_ranks,
    trans_correlations,
)
from bioloom.lincrna.partners.permutations import PermutationNull, sum_counts


def null_of(sizes, *, max_permutations=10_000, rng_seed=1):
    return PermutationNull(sizes, max_permutations=max_permutations, rng_seed=rng_seed)


def every_pair(n_left, n_right):
    left, right = np.meshgrid(np.arange(n_left), np.arange(n_right), indexing="ij")
    return Pairs(left.ravel(), right.ravel())


def cis(left, right, sizes, **changes):
    """Correlate every row of the one with every row of the other."""
    pairs = every_pair(len(left), len(right))
    ranks = [doubled_ranks(np.asarray(tpm, float), sizes) for tpm in (left, right)]
    return cis_correlations(*ranks, pairs, null_of(sizes, **changes))


def none_excluded():
    return Pairs(*np.empty((2, 0), dtype=np.int64))


def expression(rng, n_genes, n_samples, *, zeros=0.0):
    tpm = rng.lognormal(0, 1, (n_genes, n_samples))
    tpm[rng.random(tpm.shape) < zeros] = 0
    return tpm[np.ptp(tpm, axis=1) > 0]


def slow(x, y, sizes):
    """rho, and the fraction of all orders with a correlation as large."""
    groups = np.split(np.arange(len(x)), np.cumsum(sizes)[:-1])

    def centred(values):
        ranks = [np.array(slow_ranks(values[group])) for group in groups]
        return np.concatenate([rank - rank.mean() for rank in ranks])

    r, q = centred(np.asarray(x)), centred(np.asarray(y))
    norm = math.sqrt((r**2).sum() * (q**2).sum())
    all_orders = product(*(permutations(group) for group in groups))
    rhos = np.array(
        [(r[np.concatenate(order)] * q).sum() / norm for order in all_orders]
    )
    return rhos[0], (np.abs(rhos) >= abs(rhos[0]) - 1e-9).mean()


def slow_ranks(values):
    return [
        (values < value).sum() + ((values == value).sum() + 1) / 2 for value in values
    ]


@pytest.mark.parametrize("zeros", [0.0, 0.4])
def test_one_stratum_is_spearman(zeros):
    rng = np.random.default_rng(1)
    left, right = (expression(rng, 20, 9, zeros=zeros) for _ in range(2))
    found = cis(left, right, [9]).rho.reshape(len(left), len(right))
    for ours, x in zip(found, left, strict=True):
        assert ours == pytest.approx([spearmanr(x, y).statistic for y in right])


@pytest.mark.parametrize("zeros", [0.0, 0.4])
def test_exact_p_is_that_of_scipy(zeros):
    rng = np.random.default_rng(2)
    left, right = (expression(rng, 2, 6, zeros=zeros) for _ in range(2))
    found = cis(left, right, [6])
    pairs = every_pair(len(left), len(right))
    for row, (i, j) in enumerate(zip(*pairs, strict=True)):
        judge = permutation_test(
            (left[i],),
            lambda x, y=right[j]: abs(spearmanr(x, y).statistic),
            permutation_type="pairings",
            alternative="greater",
            n_resamples=math.factorial(6),
        )
        assert found.p[row] == pytest.approx(judge.pvalue)


@given(
    st.sampled_from([[4], [3, 2], [2, 2, 2], [5]]).flatmap(
        lambda sizes: st.tuples(
            st.just(sizes),
            *[st.lists(st.integers(0, 4), min_size=sum(sizes), max_size=sum(sizes))]
            * 2,
        )
    )
)
def test_strata_and_ties_counted_by_hand(scene):
    sizes, x, y = scene
    ranks = [doubled_ranks(np.array([values], float), sizes) for values in (x, y)]
    if not (ranks[0].squares[0] and ranks[1].squares[0]):
        return
    found = cis([x], [y], sizes)
    rho, p = slow(np.array(x), np.array(y), sizes)
    assert found.rho[0] == pytest.approx(rho)
    assert found.p[0] == pytest.approx(p)


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=5)
)
def test_sums_are_counted_as_by_hand(pairs):
    left, right = zip(*pairs, strict=True)
    counts = sum_counts(left, right)
    middle = len(counts) // 2
    by_hand = [
        sum(a * b for a, b in zip(order, right, strict=True))
        for order in permutations(left)
    ]
    for total in {*by_hand, 0}:
        assert counts[middle + total] == by_hand.count(total)
    assert counts.sum() == len(by_hand)


def test_random_permutations_come_near_the_exact_p():
    rng = np.random.default_rng(3)
    left, right = (expression(rng, 3, 13, zeros=0.2) for _ in range(2))
    found = cis(left, right, [13], max_permutations=20_000)
    judges = [
        permutation_test(
            (left[i],),
            lambda x, y=right[j]: abs(spearmanr(x, y).statistic),
            permutation_type="pairings",
            alternative="greater",
            n_resamples=1500,
            rng=rng,
        ).pvalue
        for i, j in zip(*every_pair(len(left), len(right)), strict=True)
    ]
    assert np.abs(found.p - judges).max() < 0.05
    assert found.p.min() >= 1 / 20_001


@pytest.mark.parametrize(
    ("sizes", "smallest"),
    [([4], 2 / 24), ([6], 2 / 720), ([2, 2, 2], 2 / 8), ([3, 3], 2 / 36), ([1], 1.0)],
)
def test_the_smallest_p_is_that_of_a_perfect_correlation(sizes, smallest):
    null = null_of(sizes)
    assert null.smallest_p == pytest.approx(smallest)
    if sizes != [1]:
        perfect = [[*range(sum(sizes))]]
        for other in (perfect, [perfect[0][::-1]]):
            assert cis(perfect, other, sizes).p[0] == pytest.approx(smallest)


def test_the_smallest_p_of_a_draw():
    null = null_of([13, 5], max_permutations=999)
    assert (null.is_exact, null.smallest_p) == (False, 0.001)
    assert null.n_permutations == 999


def test_q_counts_all_pairs():
    rng = np.random.default_rng(4)
    found = cis(expression(rng, 15, 7), expression(rng, 15, 7), [7])
    judge = multipletests(found.p, method="fdr_bh")[1]
    assert found.q == pytest.approx(judge)


def test_without_a_null_there_is_no_p():
    rng = np.random.default_rng(5)
    ranks = [doubled_ranks(expression(rng, 4, 4), [4]) for _ in range(2)]
    found = cis_correlations(*ranks, every_pair(4, 4), None)
    assert np.isfinite(found.rho).all()
    assert np.isnan(found.p).all()
    assert np.isnan(found.q).all()


# ---- p-values of shuffled expression are uniform

SHUFFLED = [
    ([8], 0.0, 10_000),
    ([8], 0.3, 10_000),
    ([6, 5], 0.0, 10_000),
    ([5, 6], 0.3, 10_000),
    ([14], 0.3, 10_000),
]


def randomised(p, rng, null_levels):
    """p-values made continuous: uniform between the next smaller one and each."""
    below = np.searchsorted(null_levels, p) - 1
    lower = np.where(below < 0, 0.0, null_levels[np.maximum(below, 0)])
    return rng.uniform(lower, p)


@pytest.mark.parametrize(("sizes", "zeros", "n_draws"), SHUFFLED)
def test_p_of_shuffled_expression_is_never_too_small(sizes, zeros, n_draws):
    rng = np.random.default_rng(6)
    n = sum(sizes)
    left, right = (expression(rng, 4000, n, zeros=zeros)[:3500] for _ in range(2))
    ranks = [doubled_ranks(tpm, sizes) for tpm in (left, right)]
    usable = np.flatnonzero((ranks[0].squares > 0) & (ranks[1].squares > 0))
    found = cis_correlations(
        *ranks, Pairs(usable, usable), null_of(sizes, max_permutations=n_draws)
    )
    for level in (0.01, 0.05, 0.1, 0.5):
        n_below = (found.p <= level).sum()
        spread = 4 * math.sqrt(level * (1 - level) * len(usable))
        assert n_below <= level * len(usable) + spread
    assert kstest(found.p, "uniform", alternative="greater").pvalue > 1e-3


@pytest.mark.parametrize("sizes", [[8], [6, 5], [10]])
def test_p_of_shuffled_expression_without_ties_is_uniform(sizes):
    rng = np.random.default_rng(7)
    n = sum(sizes)
    tpm = [expression(rng, 5000, n) for _ in range(2)]
    ranks = [doubled_ranks(values, sizes) for values in tpm]
    rows = np.arange(5000)
    null = null_of(sizes)
    found = cis_correlations(*ranks, Pairs(rows, rows), null)
    pattern = ranks[0].patterns.rows[0]
    levels = np.unique(null.tail((pattern, pattern)))
    assert kstest(randomised(found.p, rng, levels), "uniform").pvalue > 1e-3


@pytest.mark.parametrize(("sizes", "zeros"), [([8], 0.0), ([5, 6], 0.3), ([9], 0.2)])
def test_trans_p_of_shuffled_expression_is_uniform(sizes, zeros):
    rng = np.random.default_rng(8)
    tpm = [expression(rng, 150, sum(sizes), zeros=zeros) for _ in range(2)]
    found, ranks = every_trans(tpm, sizes)
    assert found.n_tested == len(found.pairs.left)
    p = found.correlated.p
    for level in (0.01, 0.05, 0.2):
        assert (p <= level).mean() <= level * 1.3
        assert (p <= level).mean() >= level * 0.5


def every_trans(tpm, sizes, excluded=None):
    """Trans pairs, all of them listed."""
    ranks = [doubled_ranks(values, sizes) for values in tpm]
    ranks = [rank.of(np.flatnonzero(rank.squares)) for rank in ranks]
    found = trans_correlations(
        *ranks,
        none_excluded() if excluded is None else excluded,
        null_of(sizes),
        min_rho=1e-12,
        max_listed=10**6,
    )
    return found, ranks


@pytest.mark.parametrize("sizes", [[6], [4, 3]])
def test_trans_pairs_are_those_of_all_pairs(sizes):
    """Against the same pairs correlated one by one, with and without a limit."""
    rng = np.random.default_rng(9)
    tpm = [expression(rng, 40, sum(sizes), zeros=0.2) for _ in range(2)]
    ranks = [doubled_ranks(values, sizes) for values in tpm]
    ranks = [rank.of(np.flatnonzero(rank.squares)) for rank in ranks]
    n_left, n_right = (len(rank.values) for rank in ranks)
    excluded = Pairs(np.array([0, 0, 3, 7]), np.array([2, 5, 1, 7]))
    left_out = set(zip(*(side.tolist() for side in excluded), strict=True))
    pairs = every_pair(n_left, n_right)
    is_trans = np.array([pair not in left_out for pair in zip(*pairs, strict=True)])
    pairs = Pairs(*(side[is_trans] for side in pairs))
    judge = cis_correlations(*ranks, pairs, null_of(sizes))
    found = trans_correlations(
        *ranks, excluded, null_of(sizes), min_rho=0.7, max_listed=3
    )
    assert found.n_tested == len(pairs.left)
    is_strong = np.abs(judge.rho) >= 0.7 - 1e-9
    assert found.n_strong == is_strong.sum()
    wanted = []
    for candidate in range(n_left):
        rows = np.flatnonzero(is_strong & (pairs.left == candidate))
        order = np.lexsort((pairs.right[rows], -np.abs(judge.rho[rows]).round(12)))
        wanted += rows[order][:3].tolist()
    listed = zip(*(side.tolist() for side in found.pairs), strict=True)
    assert list(listed) == [
        (int(pairs.left[row]), int(pairs.right[row])) for row in wanted
    ]
    for name in ("rho", "p", "q"):
        ours = getattr(found.correlated, name)
        assert ours == pytest.approx(getattr(judge, name)[wanted])


def test_a_correlation_of_exactly_the_limit_is_listed():
    # ranks 1 2 3 4 5 against 2 1 3 4 5: rho = 0.9
    ranks = [
        doubled_ranks(np.array([row], float), [5])
        for row in (
            [1, 2, 3, 4, 5],
            [2, 1, 3, 4, 5],
        )
    ]
    found = trans_correlations(
        *ranks, none_excluded(), null_of([5]), min_rho=0.9, max_listed=5
    )
    assert found.correlated.rho == pytest.approx([0.9])


def test_no_gene_to_correlate():
    empty = doubled_ranks(np.empty((0, 6)), [6])
    found = trans_correlations(
        empty, empty, none_excluded(), null_of([6]), min_rho=0.9, max_listed=5
    )
    assert (found.n_tested, found.n_strong, len(found.pairs.left)) == (0, 0, 0)
    pairs = none_excluded()
    assert len(cis_correlations(empty, empty, pairs, null_of([6])).rho) == 0


def test_many_samples_do_not_round():
    rng = np.random.default_rng(10)
    tpm = [expression(rng, 3, 300) for _ in range(2)]
    found = trans_correlations(
        *(doubled_ranks(values, [300]) for values in tpm),
        none_excluded(),
        null_of([300], max_permutations=100),
        min_rho=1e-12,
        max_listed=10,
    )
    for i, j, rho in zip(*found.pairs, found.correlated.rho, strict=True):
        assert rho == pytest.approx(spearmanr(tpm[0][i], tpm[1][j]).statistic)
