"""Lower bounds for 32 miRNAs at once, one per lane.

The target's base is the same in all lanes, so every energy is one load from a profile
[key][row][lane] and no step looks anything up. Exact are stacks, bulges of one base,
interior loops of up to 2 x 2 and dangles. Longer bulges and larger loops are bounded
from below by straight lines over their sizes, which costs a step or two per pair of
bases whatever their longest size. Rows are aligned at the miRNAs' 5' ends, so that a
helix stands in the same rows in every lane.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna._simd import add, greatest, least, load, splat, store
from bioloom.mirna.recursion import INF
from bioloom.mirna.tables import (
    END,
    INSIDE,
    INT11,
    INT12,
    INT21,
    INT22,
    OUTSIDE,
    PAIR,
    STACK,
    START,
    Table,
    aligned,
    kernel_tables,
    partners,
)
from bioloom.run.jit import kernel
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

LANES = 32
# straight lines below the tables, 0.01 kcal/mol (see tests): bulges of two bases on,
# loops with one base on a side, loops of 2 x 3 and 3 x 3; what one base more costs
BULGE_1, BULGE_2, PER_BULGED = 380, 280, 19
EDGE, PER_EDGE = 230, 30
LARGE_23, LARGE_33, PER_DIAGONAL = 210, 200, 13
# first key of each part of a profile; keys are counted in planes of rows x lanes
P_STACK, P_SKIP, P_END, P_START, P_OUTSIDE, P_INSIDE = 0, 4, 8, 18, 28, 38
P_INT11, P_INT12, P_INT21, P_INT22, P_PAIR = 48, 68, 88, 188, 288
PLANES = 293
# rows behind the last, from where no duplex starts
BEYOND = 4
# columns of C and C + inner mismatch that loops reach back to
COLUMNS = 8

Vector = Any


class Profile(NamedTuple):
    """32 miRNAs, or fewer.

    Parameters
    ----------
    energies
        Flat [key][row][lane].
    n_rows
        Length of the longest.
    first, last
        Rows of the helix; (n_rows, -1) if none.
    """

    energies: Table
    n_rows: int
    first: int
    last: int


def profile_of(mirnas: list[SeqCodes], helix: tuple[int, int] | None) -> Profile:
    """Profile of up to 32 miRNAs."""
    n_rows = max(map(len, mirnas))
    # bases of every lane by row, one row before and three behind
    bases = np.full((n_rows + 4, LANES), UNKNOWN, dtype=np.intp)
    for lane, mirna in enumerate(mirnas):
        bases[1 + n_rows - len(mirna) : 1 + n_rows, lane] = mirna[::-1]
    energies = aligned(PLANES * n_rows * LANES)
    planes = energies.reshape(PLANES, n_rows, LANES)
    before, q0, q1, q2, q3 = (
        bases[k : k + n_rows] if k < 4 else _shifted(bases, k) for k in range(5)
    )
    bit, other = partners(q0), np.arange(5)
    two = other[:, None, None]
    for k in range(2):
        t0 = bit[k]
        for step, partner in ((P_STACK, q1), (P_SKIP, q2)):
            for inner in range(2):
                key = 5 * t0 + partners(partner)[inner]
                planes[step + 2 * k + inner] = _of(STACK, (q0, partner), key)
        near = 5 * t0 + two
        rows = slice(5 * k, 5 * k + 5)
        planes[P_END:P_START][rows] = _of(END, (q0, q1), near)
        planes[P_START:P_OUTSIDE][rows] = _of(START, (q0, before), near)
        planes[P_OUTSIDE:P_INSIDE][rows] = _of(OUTSIDE, (q0, q1), near)
        planes[P_INSIDE:P_INT11][rows] = _of(INSIDE, (q0, before), near)
    loops = np.arange(100)[:, None, None]
    planes[P_INT11:P_INT12] = _of(INT11, (q0, q1, q2), loops[:20])
    planes[P_INT12:P_INT21] = _of(INT12, (q0, q1, q2, q3), loops[:20])
    planes[P_INT21:P_INT22] = _of(INT21, (q0, q1, q2), loops)
    planes[P_INT22:P_PAIR] = _of(INT22, (q0, q1, q2, q3), loops)
    planes[P_PAIR:] = _of(PAIR, (q0, q1), 5 * two)
    first, last = (n_rows, -1)
    if helix is not None:
        first, last = n_rows - helix[1], n_rows - helix[0]
    return Profile(energies, n_rows, first, last)


def _shifted(bases: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    n_rows = len(bases) - 4
    rest = np.full((k, LANES), UNKNOWN, dtype=np.intp)
    return np.concatenate([bases[k:], rest])[:n_rows]


def _of(
    table: int, context: tuple[NDArray[np.intp], ...], key: NDArray[np.intp]
) -> Table:
    number = np.zeros_like(context[0])
    for base in context:
        number = 5 * number + base
    length = 128 if table in (INT21, INT22) else 32
    found: Table = kernel_tables()[table + length * number + key]
    return found


class Columns(NamedTuple):
    """What a scan carries from column to column, flat.

    Parameters
    ----------
    energies
        C of the last columns, then C + inner mismatch; rows x lanes each.
    bounds
        Of target bulges, of loops with one miRNA base, of all loops; by row.
    """

    energies: Table
    bounds: Table


def new_columns(n_rows: int) -> Columns:
    """Columns right of the target's 3' end: nothing pairs."""
    size = (n_rows + BEYOND) * LANES
    return Columns(aligned(2 * COLUMNS * size, INF), aligned(3 * size, INF))


@kernel
def scan(
    profile: Profile,
    columns: Columns,
    target: NDArray[np.uint8],
    step: tuple[int, int, int, int],
    minima: Table,
) -> None:
    """Bound all duplexes along a target, from right to left.

    Starts in target[low:high] are recorded in `minima`, flat [piece][lane], by pieces
    of `size`; the scan begins at `right`, beyond the reach of any. `step` is (low,
    high, size, right).
    """
    low, high, size, right = step
    for i in range(right - 1, low - 1, -1):
        best = _column(profile, columns, target, i)
        if i < high:
            place = (i // size) * LANES
            store(minima, place, least(load(minima, place), best))


@kernel
def _base(target: NDArray[np.uint8], i: int) -> int:
    return np.int64(target[i]) if 0 <= i < len(target) else np.int64(UNKNOWN)


@kernel
def _bit(base: int) -> int:
    return 1 if base in (2, 3) else 0


@kernel
def _column(
    profile: Profile, columns: Columns, target: NDArray[np.uint8], i: int
) -> Vector:
    """All rows of one target position; the lowest bound of each lane."""
    before, t0, t1 = _base(target, i - 1), _base(target, i), _base(target, i + 1)
    t2, t3 = _base(target, i + 2), _base(target, i + 3)
    p, n_rows = profile.energies, profile.n_rows
    plane = n_rows * LANES
    b0, b1, b2, b3 = _bit(t0), _bit(t1), _bit(t2), _bit(t3)
    stack = (P_STACK + 2 * b0 + b1) * plane
    over = (P_STACK + 2 * b0 + b2) * plane
    skip = (P_SKIP + 2 * b0 + b1) * plane
    end = (P_END + 5 * b0 + t1) * plane
    start = (P_START + 5 * b0 + before) * plane
    outside = (P_OUTSIDE + 5 * b0 + t1) * plane
    inside = (P_INSIDE + 5 * b0 + before) * plane
    int11 = (P_INT11 + 10 * b0 + 2 * t1 + b2) * plane
    int12 = (P_INT12 + 10 * b0 + 2 * t1 + b2) * plane
    int21 = (P_INT21 + 50 * b0 + 10 * t1 + 2 * t2 + b3) * plane
    int22 = (P_INT22 + 50 * b0 + 10 * t1 + 2 * t2 + b3) * plane
    pair = (P_PAIR + t0) * plane
    c, bounds = columns.energies, columns.bounds
    size = (n_rows + BEYOND) * LANES
    c0, c1 = (i % COLUMNS) * size, ((i + 1) % COLUMNS) * size
    c2, c3 = ((i + 2) % COLUMNS) * size, ((i + 3) % COLUMNS) * size
    d0, d2 = c0 + COLUMNS * size, c2 + COLUMNS * size
    d3, d4 = c3 + COLUMNS * size, ((i + 4) % COLUMNS + COLUMNS) * size
    best, inf = splat(INF), splat(INF)
    mirna_bulge, mirna_edge, diagonal = inf, inf, inf
    one, two, bulged = splat(BULGE_1), splat(BULGE_2), splat(PER_BULGED)
    edge, per_edge = splat(EDGE), splat(PER_EDGE)
    l23, l33, per_diagonal = splat(LARGE_23), splat(LARGE_33), splat(PER_DIAGONAL)
    for j in range(n_rows - 1, -1, -1):
        r = j * LANES
        r1, r2, r3, r4 = r + LANES, r + 2 * LANES, r + 3 * LANES, r + 4 * LANES
        v = add(load(p, stack + r), load(c, c1 + r1))
        old_diagonal = load(bounds, 2 * size + r)
        if profile.first <= j < profile.last:
            store(bounds, r, inf)
            store(bounds, size + r, inf)
            store(bounds, 2 * size + r, inf)
            mirna_bulge, mirna_edge = inf, inf
        else:
            bulge = least(add(load(c, c3 + r1), two), add(load(bounds, r), bulged))
            store(bounds, r, bulge)
            mirna_bulge = least(add(load(c, c1 + r3), two), add(mirna_bulge, bulged))
            target_edge = least(
                add(load(c, d4 + r2), edge), add(load(bounds, size + r), per_edge)
            )
            store(bounds, size + r, target_edge)
            mirna_edge = least(add(load(c, d2 + r4), edge), add(mirna_edge, per_edge))
            large = least(load(c, d3 + r4), load(c, d4 + r3))
            large = least(add(large, l23), add(load(c, d4 + r4), l33))
            large = least(large, least(target_edge, mirna_edge))
            large = least(large, add(diagonal, per_diagonal))
            store(bounds, 2 * size + r, large)
            v = least(v, add(large, load(p, outside + r)))
            v = least(v, least(bulge, mirna_bulge))
            over_one = add(load(p, over + r), load(c, c2 + r1))
            skip_one = add(load(p, skip + r), load(c, c1 + r2))
            v = least(v, add(least(over_one, skip_one), one))
            v = least(v, add(load(p, int11 + r), load(c, c2 + r2)))
            v = least(v, add(load(p, int12 + r), load(c, c2 + r3)))
            v = least(v, add(load(p, int21 + r), load(c, c3 + r2)))
            v = least(v, add(load(p, int22 + r), load(c, c3 + r3)))
            if j >= profile.last:
                v = least(v, load(p, end + r))
        diagonal = old_diagonal
        v = greatest(least(v, inf), load(p, pair + r))
        store(c, c0 + r, v)
        if profile.first < j < profile.last:
            store(c, d0 + r, inf)
        else:
            store(c, d0 + r, add(v, load(p, inside + r)))
        if j <= profile.first:
            best = least(best, add(v, load(p, start + r)))
    return best
