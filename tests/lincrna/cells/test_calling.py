"""Empty droplets are not called, cells are; judged by simulation and by scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, vstack
from scipy.stats import dirichlet_multinomial, kstest, multinomial

from bioloom.lincrna.cells._draws import (
    alias_table,
    likenesses,
    log_likelihoods,
    n_as_extreme,
)
from bioloom.lincrna.cells.ambient import concentration, shares
from bioloom.lincrna.cells.calling import call_cells
from bioloom.lincrna.cells.knee import n_above_gap, n_above_knee
from bioloom.lincrna.cells.likeness import likeness_weights

N_GENES = 100


def profiles(rng, n_genes=N_GENES):
    """Two types of cells; each gene is at home in one, a tenth as much in the other."""
    level = rng.gamma(1.5, size=n_genes)
    home = rng.integers(0, 2, size=n_genes)
    types = np.array([level * np.where(home == kind, 1, 0.1) for kind in (0, 1)])
    return types / types.sum(axis=1, keepdims=True)


def drawn(rng, totals, shares_of_row):
    rows = [rng.multinomial(n, p) for n, p in zip(totals, shares_of_row, strict=True)]
    return csr_matrix(np.array(rows))


def of_types(rng, types, n, mean_umis):
    return drawn(rng, rng.poisson(mean_umis, size=n), [types[i % 2] for i in range(n)])


def sample(rng, types, totals_of_empty, soup, *weak):
    empty = drawn(rng, totals_of_empty, [soup] * len(totals_of_empty))
    return vstack([of_types(rng, types, 40, 2000), *weak, empty], format="csr")


@pytest.mark.parametrize("n_genes", [N_GENES, 2000])
@pytest.mark.parametrize("rng_seed", range(5))
def test_forty_cells_of_forty_half_of_them_with_a_tenth(n_genes, rng_seed):
    rng = np.random.default_rng(rng_seed)
    types = profiles(rng, n_genes)
    parts = [of_types(rng, types, 20, 230), of_types(rng, types, 20, 23)]
    empty = drawn(rng, rng.integers(1, 4, size=150), [types.mean(axis=0)] * 150)
    matrix = vstack([*parts, empty], format="csr")
    totals = np.asarray(matrix.sum(axis=1)).ravel()
    called = call_cells(matrix, n_above_knee(totals))
    assert called.is_cell.tolist() == [True] * 40 + [False] * 150
    assert set(called.why[:20]) <= {"knee", "gap"}


def test_empty_droplets_are_not_called_and_their_p_values_are_even():
    rng = np.random.default_rng(3)
    types = profiles(rng)
    totals = [*rng.integers(10, 201, size=1000), *rng.integers(1, 10, size=5000)]
    called = call_cells(sample(rng, types, totals, types.mean(axis=0)), 40, lower=9)
    assert called.why[:40].tolist() == ["knee"] * 40
    assert called.n_tested == 1000
    assert not called.is_cell[40:].any()
    p = called.p[40:1040]
    # the p-value is twice the smaller of two: even below a half, at most
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.001
    assert 0.02 < (p <= 0.05).mean() < 0.07


def test_small_cells_among_empty_droplets_are_found_by_their_profile():
    rng = np.random.default_rng(4)
    types = profiles(rng)
    weak = of_types(rng, types, 40, 100)
    totals = [*rng.integers(25, 200, size=300), *rng.integers(1, 10, size=3000)]
    called = call_cells(
        sample(rng, types, totals, types.mean(axis=0), weak), 40, lower=9
    )
    assert (called.why[40:80] == "profile").all()
    assert (called.q[40:80] <= 0.01).all()
    assert called.is_cell[80:].mean() < 0.01


def test_a_profile_that_no_other_cell_has_is_found_too():
    rng = np.random.default_rng(5)
    types = profiles(rng)
    weak = drawn(rng, [150] * 20, [np.eye(N_GENES)[:10].sum(axis=0) / 10] * 20)
    totals = [*rng.integers(25, 200, size=300), *rng.integers(1, 10, size=3000)]
    called = call_cells(
        sample(rng, types, totals, types.mean(axis=0), weak), 40, lower=9
    )
    assert (called.why[40:60] == "profile").all()


def test_where_the_ambient_rna_is_not_known_nothing_is_tested():
    rng = np.random.default_rng(6)
    types = profiles(rng, 2000)
    weak = of_types(rng, types, 5, 50)
    few = call_cells(
        sample(rng, types, [3] * 40, types.mean(axis=0), weak), 40, lower=9
    )
    assert (few.n_tested, few.is_cell.sum()) == (0, 40)
    assert "40 barcodes with at most 9 UMIs, 120 UMIs in all, are too few" in few.note
    thin = call_cells(
        sample(rng, types, [3] * 100, types.mean(axis=0), weak), np.arange(40), lower=60
    )
    assert "is of genes of which their" in thin.note
    assert np.isnan(thin.ambient).all()
    assert np.isnan(thin.p).all()


def test_the_result_depends_on_the_seed_alone():
    rng = np.random.default_rng(7)
    types = profiles(rng)
    totals = [*rng.integers(10, 300, size=300), *rng.integers(1, 10, size=3000)]
    matrix = sample(rng, types, totals, types.mean(axis=0)).astype(np.float32)
    first, same, other = (
        call_cells(matrix, 40, n_draws=500, rng_seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.p, same.p)
    assert not np.array_equal(first.p, other.p, equal_nan=True)
    assert first.lower == 99
    assert first.ambient.sum() == pytest.approx(1)


def test_cells_are_given_by_number_or_by_row():
    rng = np.random.default_rng(9)
    types = profiles(rng)
    totals = [*rng.integers(10, 300, size=150), *rng.integers(1, 10, size=3000)]
    matrix = sample(rng, types, totals, types.mean(axis=0))
    every = [
        call_cells(matrix, given, n_draws=100)
        for given in (40, np.int64(40), np.arange(40))
    ]
    for called in every[1:]:
        np.testing.assert_array_equal(called.why, every[0].why)
        np.testing.assert_array_equal(called.p, every[0].p)


def test_cells_that_are_all_the_same_weigh_the_same():
    same = csr_matrix(np.tile([5, 0, 3, 2], (60, 1)))
    ambient = np.full(4, 0.25)
    weights = likeness_weights(same, ambient, np.random.default_rng(0))
    assert np.ptp(weights, axis=1).max() < 0.1
    assert (weights.argmax(axis=0) == 0).all()
    assert (weights.argmin(axis=0) == 1).all()


def test_without_cells_above_the_knee_there_are_none():
    called = call_cells(csr_matrix(np.ones((200, 3), dtype=int)), 0)
    assert not called.is_cell.any()
    assert called.lower == 2


@given(st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_likelihoods_are_multinomial(counts):
    share = np.array([0.4, 0.3, 0.2, 0.1])
    row = csr_matrix([counts])
    entries = [row.indptr.astype(int), row.indices.astype(int), row.data.astype(int)]
    [value] = log_likelihoods(*entries, np.log(share))
    rest = np.log(np.arange(1, sum(counts) + 1)).sum()
    assert value + rest == pytest.approx(multinomial.logpmf(counts, sum(counts), share))
    weights = np.arange(8.0).reshape(4, 2)
    [likeness] = likenesses(*entries, weights)
    assert likeness == (np.array(counts) @ weights).max()


@settings(max_examples=5)
@given(st.integers(0, 100))
def test_drawn_droplets_follow_the_dirichlet_multinomial(rng_seed):
    """Chances of droplets of 3 UMIs of 3 genes, counted and by scipy's formula."""
    share, alpha, n_draws = np.array([0.6, 0.3, 0.1]), 4.0, 40_000
    every = [(a, b, 3 - a - b) for a in range(4) for b in range(4 - a)]
    # weights tell all ten droplets apart
    weights = np.array([[1.0], [10.0], [100.0]])
    order = np.argsort([-(np.array(each) @ weights[:, 0]) for each in every])
    every = np.array(every)[order]
    observed = np.stack([np.full(len(every), 99.0), -(every @ weights[:, 0])])
    hits = n_as_extreme(
        alias_table(share),
        np.log(share),
        weights,
        alpha,
        np.array([0, 0, 0, 0, len(every)]),
        observed,
        n_draws,
        np.random.default_rng(rng_seed),
    )
    expected = [dirichlet_multinomial.pmf(each, alpha * share, 3) for each in every]
    found = np.diff(hits[1], prepend=0) / n_draws
    np.testing.assert_allclose(found, expected, atol=0.012)
    assert (hits[0] == n_draws).all()  # all are likelier than none


def test_concentration_is_found_again():
    rng = np.random.default_rng(8)
    share = rng.dirichlet(np.full(200, 2.0))
    alike = drawn(rng, [50] * 2000, [share] * 2000)
    unlike = drawn(rng, [50] * 2000, rng.dirichlet(100 * share, size=2000))
    assert concentration(alike, share) > 5000
    assert concentration(unlike, share) == pytest.approx(100, rel=0.1)


def test_shares_are_a_distribution_without_zeros():
    found = shares(np.array([5, 1, 1, 0, 0]), np.array([1, 1, 1, 1, 3]))
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found[3:], [0.25 / 4, 0.75 / 4])


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ([23] * 20, [1] * 50 + [3] * 50, 20),
        ([23] * 20, [1] * 20, 0),  # too few below
        ([23] * 20, [12] * 100, 0),  # less than twice as many
        ([4] * 20, [1] * 100, 0),  # too few UMIs
        ([9], [1] * 500 + [2] * 200 + [3] * 100 + [4] * 20, 0),  # one may be chance
    ],
)
def test_a_gap_parts_small_cells_from_empty_droplets(above, below, expected):
    assert n_above_gap([*below, *above]) == expected


@given(st.integers(0, 1000))
def test_smooth_counts_have_no_gap(rng_seed):
    rng = np.random.default_rng(rng_seed)
    counts = rng.lognormal(3, 1, size=3000).astype(int)
    assert n_above_gap(counts) == 0
