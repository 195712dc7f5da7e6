"""Random targets, extreme-value laws, p-values and false discovery rates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, gumbel_r

from bioloom.mirna.chance.background import Background, background_of
from bioloom.mirna.chance.evd import HALF_STEP, TailLaw, fit, preset_law
from bioloom.mirna.errors import FitFailed
from bioloom.seq.alphabet import encode
from bioloom.statistics.multiple_testing import benjamini_hochberg

GUMBEL = TailLaw(limit=0.0, level=math.log(0.05), slope=1 / 1.7, curve=0.0, most=1.0)
PAIRS = np.array([[10, 2, 3, 5], [4, 4, 1, 8], [3, 3, 3, 3], [9, 2, 2, 1]])


def drawn_energies(rng, n, scale=1.3, density=0.02):
    lengths = rng.choice([300, 500, 2000], size=n).astype(float)
    strongest = scale * (np.log(density * lengths) + rng.gumbel(size=n))
    return -np.maximum(strongest, 0), lengths


def test_the_fit_finds_the_law_that_made_the_energies():
    mfe, lengths = drawn_energies(np.random.default_rng(1), 50_000)
    law = fit("m", mfe, lengths)
    for energy in (-10.0, -14.0):
        expected = 0.02 * math.exp((energy + HALF_STEP) / 1.3)
        assert law.rate(np.array([energy]))[0] == pytest.approx(expected, rel=0.15)


def test_p_values_of_new_energies_are_uniform_in_the_tail():
    rng = np.random.default_rng(2)
    law = fit("m", *drawn_energies(rng, 20_000))
    mfe, lengths = drawn_energies(rng, 100_000)
    assert 0.008 <= (law.p_value(mfe, lengths) <= 0.01).mean() <= 0.012


def test_targets_without_a_site_do_no_harm():
    rng = np.random.default_rng(3)
    mfe, lengths = drawn_energies(rng, 50_000, density=0.0001)
    assert (mfe == 0).mean() > 0.8
    law = fit("m", mfe, lengths)
    assert 0.003 <= (law.p_value(mfe, lengths) <= 0.005).mean() <= 0.006
    assert law.p_value(np.array([-0.1]), 500)[0] == pytest.approx(
        (mfe[lengths == 500] < 0).mean(), rel=0.35
    )


@pytest.mark.parametrize(
    "mfe", [np.zeros(1000), np.full(1000, -12.5), -np.arange(40.0)]
)
def test_a_fit_that_cannot_be_is_a_loud_error(mfe):
    with pytest.raises(FitFailed, match="m: found .* expected enough to fit"):
        fit("m", mfe, np.full(len(mfe), 500.0))


def test_a_very_good_site_has_a_small_p_and_never_zero():
    p = GUMBEL.p_value(np.array([-40.0]), 2000)
    assert 0 < p[0] < 1e-8


def test_without_a_curve_the_law_is_scipy_s_gumbel():
    n, mfe = 800, -np.array([3.0, 8.0, 15.0])
    location = 1.7 * math.log(0.05 * n) + HALF_STEP
    expected = gumbel_r.sf(-mfe, loc=location, scale=1.7)
    assert GUMBEL.p_value(mfe, n) == pytest.approx(expected)


def test_a_preset_is_rnahybrid_s_formula():
    # RNAhybrid 2.1.2 -s 3utr_fly prints 1.000000 for the worked example
    law = preset_law("3utr_fly", -38.0, 21)
    assert law.p_value(np.array([-7.7]), 23)[0] == pytest.approx(1.0, abs=1e-6)
    assert law.xi == pytest.approx(-0.03144 * -38.0 + 0.7201)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_q_values_are_benjamini_and_hochberg_s(p):
    expected = false_discovery_control(p, method="bh")
    assert benjamini_hochberg(np.array(p)) == pytest.approx(expected)


def test_random_targets_have_the_dinucleotides_and_lengths_asked_for():
    background = Background(PAIRS, np.array([300, 500, 2000]))
    rng = np.random.default_rng(4)
    found = background_of(background.draw(rng, 500))
    rows, wanted = (
        counts / counts.sum(axis=1, keepdims=True) for counts in (found.pairs, PAIRS)
    )
    assert np.abs(rows - wanted).max() < 0.01
    assert set(found.lengths.tolist()) == {300, 500, 2000}


def test_the_chain_is_the_one_that_a_loop_would_make():
    background = Background(PAIRS, np.array([50]))
    [codes] = background.draw(np.random.default_rng(5), 1)
    rng = np.random.default_rng(5)
    rng.choice(background.lengths, size=1)
    numbers = rng.random(50)
    first = PAIRS.sum(axis=1) + PAIRS.sum(axis=0)
    state = int(np.searchsorted(np.cumsum(first / first.sum()), numbers[0], "right"))
    walked = [state]
    for number in numbers[1:]:
        steps = np.cumsum(PAIRS[state] / PAIRS[state].sum())
        state = int(np.searchsorted(steps, number, "right"))
        walked.append(state)
    assert codes.tolist() == walked


def test_unknown_bases_are_not_counted():
    found = background_of([encode("ACNGT"), encode("AC")])
    assert found.pairs.sum() == 3
    assert found.n_bases == 7


def test_a_base_that_nothing_follows_starts_anew():
    pairs = np.zeros((4, 4), dtype=np.int64)
    pairs[0, 1] = 5  # C is always last
    [codes] = Background(pairs, np.array([30])).draw(np.random.default_rng(6), 1)
    assert set(codes.tolist()) == {0, 1}
