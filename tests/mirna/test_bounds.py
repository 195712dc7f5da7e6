"""Tables, straight lines below them, and bounds that never exceed an energy."""

import numpy as np
import pytest

from bioloom.mirna.energy._kernel_tables import aligned
from bioloom.mirna.energy.recursion import INF, Strands, energy_matrix
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.kernels import _lanes
from bioloom.mirna.kernels._ranges import ScanRange
from bioloom.mirna.kernels._span import PRICES, floors
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.sites.duplex import fold_all, perfect_mfe, perfect_target
from bioloom.seq.alphabet import decode, encode, reverse_complement
from tests.mirna.reference import random_mirnas, random_targets


def test_known_energies():
    e = turner1999()
    a, c, g, u = range(4)
    # Mathews 1999: 5'AA3'/3'UU5', 5'CG3'/3'GC5', 5'GC3'/3'CG5'
    assert e.stack[a, u, a, u] == -90
    assert e.stack[c, g, g, c] == -240
    assert e.stack[g, c, c, g] == -340
    assert e.bulge[1:4].tolist() == [380, 280, 320]
    assert e.asymmetry[:12].tolist() == [*range(0, 300, 30), 300, 300]
    assert e.int21[a, u, a, c, g, u, a] == e.int12[a, u, g, c, a, u, a]
    assert e.pairs.sum() == 6
    for name in ("stack", "int11", "int12", "int21", "int22", "dangle3", "dangle5"):
        table = getattr(e, name)
        assert all(not table.take(4, axis=k).any() for k in range(table.ndim)), name


def test_straight_lines_lie_below_the_tables():
    e = turner1999()
    bulges = np.arange(2, 16)
    lines = _lanes.BULGE_2 + _lanes.PER_BULGED * (bulges - 2)
    assert (e.bulge[bulges] >= lines).all()
    assert e.bulge[1] == _lanes.BULGE_1
    for a in range(1, 16):
        for b in range(1, 16):
            if max(a, b) > 2:
                exact = int(e.interior[a + b]) + int(e.asymmetry[abs(a - b)])
                assert exact >= line(a, b), (a, b)


def line(a, b):
    """The bound of a large loop: the start of its diagonal, and steps along it."""
    uneven, short = abs(a - b), min(a, b)
    if uneven > 1 or short == 1:
        start, shortest = _lanes.EDGE + _lanes.PER_EDGE * (uneven - 2), 1
    elif uneven == 1:
        start, shortest = _lanes.LARGE_23, 2
    else:
        start, shortest = _lanes.LARGE_33, 3
    return start + _lanes.PER_DIAGONAL * (short - shortest)


def start_energies(mirna, target, options):
    strands = Strands(mirna, target, options)
    matrix = energy_matrix(strands)[: strands.m, : strands.n].astype(int)
    columns = np.arange(strands.n)
    for j in range(strands.m):
        matrix[j] += (
            sum(strands.start_parts(columns, j)) if strands.may_start(j) else INF
        )
    return matrix.min(axis=0)


@pytest.mark.parametrize(
    "options",
    [
        SearchOptions(),
        SearchOptions(seed_region=(2, 8)),
        SearchOptions(seed_region=(3, 4)),
        SearchOptions(max_loop=2, max_bulge=0),
    ],
)
def test_no_bound_exceeds_an_energy(options):
    rng = np.random.default_rng(8)
    mirnas = random_mirnas(rng, 9)
    profile = _lanes.profile_of(mirnas, options.seed_region)
    for target in random_targets(rng, mirnas, 4, longest=200):
        bounds = aligned(len(target) * _lanes.LANES, INF)
        covered = ScanRange(0, len(target), 1, len(target))
        columns = _lanes.new_columns(profile.n_rows)
        _lanes.scan(profile, columns, target, covered, bounds)
        for lane, mirna in enumerate(mirnas):
            exact = start_energies(mirna, target, options)
            bound = bounds.reshape(-1, _lanes.LANES)[:, lane]
            # far above zero there is no duplex
            assert (bound <= exact)[exact < 4_000].all()
            # and it is a bound worth having
            strong = exact < -1_000
            if options == SearchOptions() and strong.any():
                assert (exact - bound)[strong].mean() < 200


def test_no_site_is_below_the_floor_of_its_span():
    rng = np.random.default_rng(9)
    for mirna in random_mirnas(rng, 6):
        (target,) = random_targets(rng, [mirna], 1, longest=300)
        for duplex in fold_all(mirna, target, SearchOptions(top=6)):
            span = duplex.end - duplex.start
            assert (100 * duplex.mfe >= floors(mirna) + PRICES * span - 1e-6).all()


def test_the_perfect_complement():
    mirna = encode("UGAGGUAGUAGGUUGUAUAGUU")
    assert decode(perfect_target(mirna)) == reverse_complement(decode(mirna))
    # RNAhybrid on the pair
    assert perfect_mfe(mirna) == -40.7
    assert perfect_mfe(encode("NNNN")) == 0.0


def test_loops_of_a_duplex_sum_to_its_energy():
    rng = np.random.default_rng(10)
    for mirna in random_mirnas(rng, 5):
        (target,) = random_targets(rng, [mirna], 1, longest=120)
        for duplex in fold_all(mirna, target, SearchOptions(top=2)):
            assert sum(loop.energy for loop in duplex.loops) == pytest.approx(
                duplex.mfe
            )
            assert duplex.loops[0].kind == "start" and duplex.loops[-1].kind == "end"
            assert [loop.target[0] for loop in duplex.loops[1:]] == [
                i for i, _ in duplex.pairs
            ]
            for i, j in duplex.pairs:
                assert turner1999().pairs[target[i], mirna[j]]
