"""p-values without a simulation: expected sums, rates, compositions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import bioloom as bl
from bioloom.mirna.chance.annealed import Ensemble, Grid, log_sums
from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.composition import (
    chain_of,
    composition_of,
    tilted,
)
from bioloom.mirna.chance.laws import surface_laws
from bioloom.mirna.chance.rates import log_places
from bioloom.mirna.chance.saddlepoint import expected_counts
from bioloom.mirna.chance.surface import is_covered
from bioloom.mirna.energy.recursion import END, Strands, moves
from bioloom.mirna.inputs.records import Mirna
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies
from bioloom.seq.alphabet import encode

UNEVEN = chain_of(np.array([[4, 2, 3, 5], [4, 4, 1, 8], [3, 3, 3, 3], [9, 2, 2, 1.0]]))
BANTAM = encode("UGAGAUCAUUUUGAAAGCUGAUU")
LET7 = encode("UGAGGUAGUAGGUUGUAUAGUU")
GC = np.array([0, 1, 1, 0])


def drawn(chain, n, n_bases, rng_seed):
    pairs = np.round(1e8 * chain.stationary[:, None] * chain.transitions)
    background = Background(pairs.astype(np.int64), np.array([n_bases]))
    return list(background.draw(np.random.default_rng(rng_seed), n))


def boltzmann_sum(strands, b, min_helix=1):
    """Sum over all duplexes of a target whose first pair is at its base 1."""

    def after(i, j, run):
        total = 0.0
        for move in moves(strands.options):
            i2, j2 = i + 1 + move.target, j + 1 + move.mirna
            weight = math.exp(-b / 100 * sum(map(float, strands.parts(i, j, move))))
            if move == END:
                total += weight * (run >= min_helix and strands.allows(j, move))
            elif strands.allows(j, move) and i2 < strands.n - 1:
                is_stack = move == (0, 0)
                if strands.can_pair(i2, j2) and (is_stack or run >= min_helix):
                    total += weight * after(i2, j2, run + 1 if is_stack else 1)
        return total

    total = 0.0
    for j in range(strands.m):
        if strands.may_start(j) and strands.can_pair(1, j):
            start = sum(map(float, strands.start_parts(1, j)))
            total += math.exp(-b / 100 * start) * after(1, j, 1)
    return total


@pytest.mark.parametrize(
    ("options", "min_helix"),
    [
        (SearchOptions(max_loop=1, max_bulge=1), 1),
        (SearchOptions(max_loop=1, max_bulge=1), 2),
        (SearchOptions(max_loop=1, max_bulge=1, seed_region=(2, 3)), 1),
        (SearchOptions(max_loop=1, seed_region=(1, 2), allow_gu=False, max_bulge=0), 1),
    ],
)
def test_the_expected_sum_is_that_over_every_target(options, min_helix):
    # a duplex that begins at base 1 ends by base 5; base 0 and the next one dangle
    mirna, b = encode("GUC"), 0.4
    expected = 0.0
    for bases in itertools.product(range(4), repeat=7):
        target = np.array(bases, dtype=np.uint8)
        chance = UNEVEN.stationary[target[0]]
        chance *= UNEVEN.transitions[target[:-1], target[1:]].prod()
        strands = Strands(mirna, target, options)
        expected += chance * boltzmann_sum(strands, b, min_helix)
    ensemble = Ensemble(max_loop=1, min_helix=min_helix)
    found = log_sums([mirna], UNEVEN, Grid((0.2, b)), ensemble, options=options)
    assert found[0, 1, 0] == pytest.approx(math.log(expected), abs=1e-9)


def test_many_mirnas_at_once_are_each_alone():
    mirnas = [BANTAM, LET7, encode("ACGUACGUACGUACGUA")]
    grid, ensemble = Grid((0.4, 1.3), (0.9, 1.0)), Ensemble(5, 3)
    options = SearchOptions(seed_region=(2, 8))
    together = log_sums(mirnas, UNEVEN, grid, ensemble, options=options)
    alone = [log_sums([m], UNEVEN, grid, ensemble, options=options)[0] for m in mirnas]
    assert together == pytest.approx(np.array(alone))


def test_the_mean_span_is_how_the_sum_grows_with_the_weight_of_a_base():
    counts = expected_counts([LET7], UNEVEN, Ensemble(5, 3), SearchOptions())
    b, k = counts.b[0], 20
    grid = Grid((b[k] - 1e-4, b[k], b[k] + 1e-4), (math.exp(-0.02), 1, math.exp(0.02)))
    sums = log_sums([LET7], UNEVEN, grid, Ensemble(5, 3), options=SearchOptions())[0]
    assert counts.log_sum[0, k] == pytest.approx(sums[1, 1], abs=0.02)
    slope = (sums[2, 1] - sums[0, 1]) / 2e-4
    assert counts.strength[0, k] == pytest.approx(slope, abs=0.3)
    assert counts.span[0, k] == pytest.approx(
        (sums[1, 2] - sums[1, 0]) / 0.04, rel=0.02
    )


@pytest.mark.parametrize("n_bases", [10, 21, 25, 40, 1000])
def test_the_places_of_a_site_are_the_mean_over_normal_spans(n_bases):
    span = np.linspace(-40, 100, 200_001)
    weights = norm.pdf(span, 23.0, 2.5)
    mean = (np.maximum(n_bases + 1 - span, 0) * weights).sum() / weights.sum()
    places = log_places(n_bases, np.array(23.0), np.array(2.5))
    assert math.exp(places) == pytest.approx(mean, rel=0.06)


@given(st.floats(0.2, 0.8), st.lists(st.floats(0.05, 1), min_size=16, max_size=16))
def test_a_tilted_chain_has_the_gc_asked_for_and_the_same_odds(gc, numbers):
    before = chain_of(np.array(numbers).reshape(4, 4))
    after = tilted(before.transitions, gc)
    assert after.stationary @ GC == pytest.approx(gc, abs=1e-3)
    odds = (
        each.transitions[0, 1]
        * each.transitions[2, 2]
        / each.transitions[0, 2]
        / each.transitions[2, 1]
        for each in (before, after)
    )
    assert next(odds) == pytest.approx(next(odds), rel=1e-6)


def test_targets_of_one_composition_have_one_background():
    composition = composition_of(drawn(UNEVEN, 300, 400, 1))
    assert len(composition.classes()) == 1
    [gc] = composition.classes()
    assert gc == pytest.approx(UNEVEN.stationary @ GC, abs=0.01)
    chain = composition.chain(gc)
    assert np.abs(chain.transitions - UNEVEN.transitions).max() < 0.02


def test_targets_of_two_compositions_are_told_apart_as_far_as_they_are_long():
    poor, rich = (tilted(UNEVEN.transitions, gc) for gc in (0.35, 0.60))
    composition = composition_of([*drawn(poor, 200, 600, 1), *drawn(rich, 200, 600, 2)])
    assert len(composition.classes()) > 4
    [long], [short] = drawn(rich, 1, 2000, 3), [encode("GC" * 15)]
    assert composition.expected_gc(long) == pytest.approx(0.60, abs=0.03)
    assert 0.65 < composition.expected_gc(short) < 0.9  # not 1: it is short
    assert composition.chain(0.60).stationary @ GC == pytest.approx(0.60, abs=1e-3)


def test_unknown_bases_count_for_nothing():
    known = drawn(UNEVEN, 5, 300, 1)
    with_gaps = [np.concatenate([t, np.full(500, 4, np.uint8)]) for t in known]
    one, two = composition_of(known), composition_of(with_gaps)
    assert one.n_bases == two.n_bases == 1500
    assert (one.pairs == two.pairs).all()
    options, mirnas = SearchOptions(), [Mirna("m", LET7)]
    number, mfe = np.zeros(1, int), np.array([-20.0])
    p = [
        surface_laws(mirnas, one, options).p_values(number, mfe, target)[0]
        for target in (known[0], with_gaps[0])
    ]
    assert p[0] == pytest.approx(p[1])


@pytest.mark.parametrize(
    "options", [SearchOptions(), SearchOptions(seed_region=(2, 7))]
)
@pytest.mark.parametrize("gc", [0.35, 0.60])
def test_p_values_hold_on_random_targets(options, gc):
    mirnas = [Mirna("bantam", BANTAM), Mirna("let-7", LET7)]
    targets = drawn(tilted(UNEVEN.transitions, gc), 5000, 300, 5)
    mfe = best_energies([m.codes for m in mirnas], targets, options) / 100
    laws = surface_laws(mirnas, composition_of(targets), options)
    number = np.arange(2)
    pairs = zip(targets, mfe, strict=True)
    p = np.array([laws.p_values(number, row, target) for target, row in pairs])
    for level, within in ((0.05, 0.3), (0.01, 0.4)):
        assert (p <= level).mean(axis=0) == pytest.approx(level, rel=within)


@given(st.integers(0, 2**31), st.sampled_from([20, 60, 3000]))
def test_a_stronger_site_is_rarer_and_p_is_never_0(rng_seed, n_bases):
    rng = np.random.default_rng(rng_seed)
    mirna = rng.integers(0, 4, rng.integers(15, 31)).astype(np.uint8)
    targets = [rng.integers(0, 4, n_bases).astype(np.uint8) for _ in range(20)]
    laws = surface_laws([Mirna("m", mirna)], composition_of(targets), SearchOptions())
    mfe = -np.arange(0.0, 80.0, 0.1)
    p = laws.p_values(np.zeros(len(mfe), int), mfe, targets[0])
    assert (np.diff(p) <= 0).all()
    assert p.min() > 0
    assert p.max() <= 1
    law = laws.law(0, targets[0])
    assert law.p_value(mfe, n_bases) == pytest.approx(p, rel=1e-6)


def test_what_the_surface_does_not_cover_is_simulated():
    assert is_covered(LET7, SearchOptions())
    assert is_covered(LET7, SearchOptions(seed_region=(2, 8), allow_gu=False))
    assert not is_covered(LET7, SearchOptions(seed_region=(1, 7)))
    assert not is_covered(LET7, SearchOptions(max_loop=3))
    assert not is_covered(LET7[:10], SearchOptions())


def test_the_explained_p_is_that_of_the_table_with_its_working():
    rng = np.random.default_rng(9)
    targets = {f"t{k}": "".join(rng.choice([*"ACGU"], 400)) for k in range(4)}
    sites = bl.mirna.predict({"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}, targets)
    explanation = sites.explain(2)
    step = explanation.steps[-1]
    assert step.value.number == pytest.approx(sites.to_frame()["p"][2])
    again = bl.mirna.explain("UGAGGUAGUAGGUUGUAUAGUU", targets, target="t2")
    assert again.steps[-1].value.number == pytest.approx(step.value.number)
    sites_per_target = float(step.substitution.split("=")[-1])
    assert -math.expm1(-sites_per_target) == pytest.approx(step.value.number, rel=1e-2)
    assert "a G+C content of" in step.claim
