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

from bioloom.mirna.energy._kernel_tables import (
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
    row_length,
)
from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.kernels._simd import add, bare, greatest, least, load, splat, store
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
# a target's bases and their number
Bases = tuple[NDArray[np.uint8], int]


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
    found: Table = kernel_tables()[table + row_length(table) * number + key]
    return found


class Columns(NamedTuple):
    """What a scan carries from column to column, flat.

    Parameters
    ----------
    energies
        C of the last columns, then C + inner mismatch; rows x lanes each. Only what a
        loop may lead to: nothing within a helix.
    bounds
        Of target bulges, of loops with one miRNA base, of all loops; then C of the last
        column; by row.
    """

    energies: Table
    bounds: Table


def new_columns(n_rows: int) -> Columns:
    """Columns right of the target's 3' end: nothing pairs."""
    size = (n_rows + BEYOND) * LANES
    return Columns(aligned(2 * COLUMNS * size, INF), aligned(4 * size, INF))


@kernel
def scan(
    profile: Profile,
    columns: Columns,
    target: NDArray[np.uint8],
    found: tuple[Table, tuple[int, int, int, int]],
) -> None:
    """Bound all duplexes along a target, from right to left.

    `found` holds the minima, flat [piece][lane], and (low, high, size, right): starts
    in target[low:high] are recorded by pieces of `size`, and the scan begins at
    `right`, beyond the reach of any.
    """
    minima, (low, high, size, right) = found
    energies, n_rows = bare(profile.energies), profile.n_rows
    bare_profile = Profile(energies, n_rows, profile.first, profile.last)
    bare_columns = Columns(bare(columns.energies), bare(columns.bounds))
    bases = (bare(target), len(target))
    for i in range(right - 1, low - 1, -1):
        best = _column(bare_profile, bare_columns, bases, i)
        if i < high:
            place = (i // size) * LANES
            store(minima, place, least(load(minima, place), best))


@kernel
def _base(target: Bases, i: int) -> np.int64:
    bases, n = target
    return np.int64(bases[i]) if 0 <= i < n else np.int64(UNKNOWN)


@kernel
def _bit(base: np.int64) -> int:
    return 1 if base in (2, 3) else 0


@kernel
def _planes(target: Bases, i: int) -> tuple[Any, ...]:
    """Planes of the profile for the bases around a position."""
    before, t0, t1 = _base(target, i - 1), _base(target, i), _base(target, i + 1)
    t2, t3 = _base(target, i + 2), _base(target, i + 3)
    b0, b1, b2, b3 = _bit(t0), _bit(t1), _bit(t2), _bit(t3)
    one = 10 * b0 + 2 * t1 + b2
    two = 50 * b0 + 10 * t1 + 2 * t2 + b3
    return (
        P_PAIR + t0,
        P_STACK + 2 * b0 + b1,
        P_STACK + 2 * b0 + b2,
        P_SKIP + 2 * b0 + b1,
        P_END + 5 * b0 + t1,
        P_START + 5 * b0 + before,
        P_OUTSIDE + 5 * b0 + t1,
        P_INSIDE + 5 * b0 + before,
        P_INT11 + one,
        P_INT12 + one,
        P_INT21 + two,
        P_INT22 + two,
    )


@kernel
def _column(profile: Profile, columns: Columns, target: Bases, i: int) -> Vector:
    """All rows of one target position; the lowest bound of each lane."""
    p, c, n_rows = profile.energies, columns.energies, profile.n_rows
    plane, size = n_rows * LANES, (n_rows + BEYOND) * LANES
    planes = _planes(target, i)
    pair, stack, start, inside = planes[0], planes[1], planes[5], planes[7]
    c0 = (i % COLUMNS) * size
    best, inf = splat(INF), splat(INF)
    # of the row below: bounds of miRNA bulges and of loops of one target base; in the
    # column to the right: of all large loops, and C itself
    carried, below = (inf, inf, inf), inf
    for j in range(n_rows - 1, -1, -1):
        r = j * LANES
        value = add(load(p, stack * plane + r), below)
        below = load(columns.bounds, 3 * size + r)
        is_inside = profile.first <= j < profile.last
        if is_inside:
            carried = _closed(columns.bounds, r, size)
        else:
            rows = (r, i, size, plane)
            loops, carried = _loops(p, columns, rows, (planes, carried))
            value = least(value, loops)
            if j >= profile.last:
                value = least(value, load(p, planes[4] * plane + r))
        value = greatest(least(value, inf), load(p, pair * plane + r))
        store(columns.bounds, 3 * size + r, value)
        if j <= profile.first:
            best = least(best, add(value, load(p, start * plane + r)))
        inner = add(value, load(p, inside * plane + r))
        if profile.first < j <= profile.last:
            value, inner = inf, inf
        store(c, c0 + r, value)
        store(c, c0 + COLUMNS * size + r, inner)
    return best


@kernel
def _closed(bounds: Table, r: int, size: int) -> tuple[Vector, Vector, Vector]:
    """No loop begins at a pair within the helix."""
    inf, diagonal = splat(INF), load(bounds, 2 * size + r)
    for kind in range(3):
        store(bounds, kind * size + r, inf)
    return inf, inf, diagonal


@kernel
def _loops(
    p: Table,
    columns: Columns,
    rows: tuple[int, int, int, int],
    known: tuple[tuple[int, ...], tuple[Vector, Vector, Vector]],
) -> tuple[Vector, tuple[Vector, Vector, Vector]]:
    """Bulges and interior loops that a pair opens, and what the next row needs."""
    (r, i, size, plane), (planes, carried) = rows, known
    _, _, over, skip, _, _, outside, _, int11, int12, int21, int22 = planes
    c, bounds = columns.energies, columns.bounds
    c1, c2 = ((i + 1) % COLUMNS) * size + r, ((i + 2) % COLUMNS) * size + r
    c3 = ((i + 3) % COLUMNS) * size + r
    row = LANES
    bulged = splat(PER_BULGED)
    bulge = add(load(c, c3 + row), splat(BULGE_2))
    bulge = least(bulge, add(load(bounds, r), bulged))
    store(bounds, r, bulge)
    mirna_bulge = add(load(c, c1 + 3 * row), splat(BULGE_2))
    mirna_bulge = least(mirna_bulge, add(carried[0], bulged))
    large, mirna_edge = _large(columns, (r, i, size), (carried[1], carried[2]))
    diagonal = load(bounds, 2 * size + r)
    store(bounds, 2 * size + r, large)
    value = least(add(large, load(p, outside * plane + r)), least(bulge, mirna_bulge))
    over_one = add(load(p, over * plane + r), load(c, c2 + row))
    skip_one = add(load(p, skip * plane + r), load(c, c1 + 2 * row))
    value = least(value, add(least(over_one, skip_one), splat(BULGE_1)))
    value = least(value, add(load(p, int11 * plane + r), load(c, c2 + 2 * row)))
    value = least(value, add(load(p, int12 * plane + r), load(c, c2 + 3 * row)))
    value = least(value, add(load(p, int21 * plane + r), load(c, c3 + 2 * row)))
    value = least(value, add(load(p, int22 * plane + r), load(c, c3 + 3 * row)))
    return value, (mirna_bulge, mirna_edge, diagonal)


@kernel
def _large(
    columns: Columns, rows: tuple[int, int, int], carried: tuple[Vector, Vector]
) -> tuple[Vector, Vector]:
    """Bounds of all larger interior loops, and of those with one target base."""
    (r, i, size), (mirna_edge, diagonal) = rows, carried
    c, bounds, row = columns.energies, columns.bounds, LANES
    d2 = ((i + 2) % COLUMNS + COLUMNS) * size + r
    d3 = ((i + 3) % COLUMNS + COLUMNS) * size + r
    d4 = ((i + 4) % COLUMNS + COLUMNS) * size + r
    edge, per_edge = splat(EDGE), splat(PER_EDGE)
    target_edge = add(load(c, d4 + 2 * row), edge)
    target_edge = least(target_edge, add(load(bounds, size + r), per_edge))
    store(bounds, size + r, target_edge)
    mirna_edge = add(mirna_edge, per_edge)
    mirna_edge = least(add(load(c, d2 + 4 * row), edge), mirna_edge)
    large = least(load(c, d3 + 4 * row), load(c, d4 + 3 * row))
    large = add(large, splat(LARGE_23))
    large = least(large, add(load(c, d4 + 4 * row), splat(LARGE_33)))
    large = least(large, least(target_edge, mirna_edge))
    return least(large, add(diagonal, splat(PER_DIAGONAL))), mirna_edge
