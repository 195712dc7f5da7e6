"""q over all pairs tested: the textbook's correction, whatever rows are shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

import bioloom as bl
from bioloom.mirna.chance.false_discovery import false_discovery_rates
from bioloom.seq.alphabet import decode

P = st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=40)


@given(P)
def test_with_every_pair_shown_it_is_benjamini_and_hochberg_s(p):
    q = false_discovery_rates(np.array(p), np.ones(len(p), dtype=bool), len(p))
    assert q == pytest.approx(multipletests(p, method="fdr_bh")[1])


@given(P, st.integers(0, 500), st.data())
def test_pairs_not_shown_count_as_p_1(p, n_hidden, data):
    q = false_discovery_rates(
        np.array(p), np.ones(len(p), dtype=bool), len(p) + n_hidden
    )
    whole = multipletests(p + [1.0] * n_hidden, method="fdr_bh")[1]
    assert q == pytest.approx(whole[: len(p)])
    # a filter only raises q
    shown = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(p), max_size=len(p)))
    )
    fewer = np.array(p)[shown]
    filtered = false_discovery_rates(
        fewer, np.ones(len(fewer), dtype=bool), len(p) + n_hidden
    )
    assert (filtered >= q[shown] - 1e-12).all()


def test_further_sites_of_a_pair_are_no_pairs():
    p, is_best = np.array([0.001, 0.001, 0.01]), np.array([True, False, False])
    q = false_discovery_rates(p, is_best, 20)
    assert q == pytest.approx([0.02, 0.02, 0.2])


def test_without_p_values_there_is_no_rate():
    q = false_discovery_rates(np.array([np.nan, 0.01]), np.array([True, True]), 2)
    assert np.isnan(q[0])
    assert q[1] == pytest.approx(0.02)


def noise(n_targets, length, rng):
    """Random targets of the case mir5: weights A 3, C 2, G 2, U 3."""
    codes = rng.choice(4, p=[0.3, 0.2, 0.2, 0.3], size=(n_targets, length))
    return {f"t{k}": decode(row.astype(np.uint8)) for k, row in enumerate(codes)}


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"seed_region": "2-8", "allow_gu": False},
        {"seed_region": "2-7"},
        {"max_mfe": -15.0},
        {"top": 3},
        {"seed_region": "2-8", "max_mfe": -12.0},
    ],
)
def test_noise_has_no_small_rate_under_any_filter(cases_dir, filters):
    targets = noise(300, 600, np.random.default_rng(5))
    sites = bl.mirna.predict(cases_dir / "mirna" / "mir5.fa", targets, **filters)
    frame = sites.to_frame()
    assert sites.n_pairs == 1500
    assert (frame["q"] > 0.05).all()
    assert frame["p"].notna().all()
