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
from bioloom.mirna.kernels._ranges import ScanRange
from bioloom.mirna.kernels._simd import add, bare, greatest, least, load, splat, store
from bioloom.mirna.options import SeedRegion
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


def profile_of(mirnas: list[SeqCodes], helix: SeedRegion | None) -> Profile:
    """Profile of up to 32 miRNAs; `helix` is the region that must be one."""
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
    bit, base = partners(q0), np.arange(5)[:, None, None]
    for k in range(2):
        t0 = bit[k]
        for step, partner in ((P_STACK, q1), (P_SKIP, q2)):
            for inner in range(2):
                key = 5 * t0 + partners(partner)[inner]
                planes[step + 2 * k + inner] = _of(STACK, (q0, partner), key)
        near = 5 * t0 + base
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
    planes[P_PAIR:] = _of(PAIR, (q0, q1), 5 * base)
    first, last = (n_rows, -1)
    if helix is not None:
        first, last = n_rows - helix.last, n_rows - helix.first
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
    energies: Table = kernel_tables()[table + row_length(table) * number + key]
    return energies


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


class Target(NamedTuple):
    """A target's bases, and how many they are: bare arrays have no length."""

    bases: NDArray[np.uint8]
    length: int


class Planes(NamedTuple):
    """Planes of the profile for the bases around one position of the target.

    Named as the first keys of the parts of a profile; `over` are stacks over a bulge
    of one target base, `skip` over one of the miRNA.
    """

    pair: int
    stack: int
    over: int
    skip: int
    end: int
    start: int
    outside: int
    inside: int
    int11: int
    int12: int
    int21: int
    int22: int


class Place(NamedTuple):
    """A row of one column, and the sizes that lead to others.

    Parameters
    ----------
    r
        First lane of the row, in a plane or a column.
    i
        Position on the target.
    size
        Of a column, in lanes.
    plane
        Of a plane of the profile, in lanes.
    """

    r: int
    i: int
    size: int
    plane: int


class Carried(NamedTuple):
    """Bounds that one row passes to the next.

    Parameters
    ----------
    mirna_bulge
        Of bulges of two miRNA bases or more.
    mirna_edge
        Of loops with one target base.
    diagonal
        Of all large loops, one position to the right.
    """

    mirna_bulge: Vector
    mirna_edge: Vector
    diagonal: Vector


class LoopBounds(NamedTuple):
    """Lowest bound of the loops that a pair opens, and what the next row needs."""

    lowest: Vector
    carried: Carried


class LargeBounds(NamedTuple):
    """Bounds of all larger interior loops, and of those with one target base."""

    lowest: Vector
    mirna_edge: Vector


def new_columns(n_rows: int) -> Columns:
    """Columns right of the target's 3' end: nothing pairs."""
    size = (n_rows + BEYOND) * LANES
    return Columns(aligned(2 * COLUMNS * size, INF), aligned(4 * size, INF))


@kernel
def scan(
    profile: Profile,
    columns: Columns,
    target: NDArray[np.uint8],
    covered: ScanRange,
    minima: Table,
) -> None:
    """Bound all duplexes along a target, from right to left.

    `minima` is flat [piece][lane].
    """
    energies, n_rows = bare(profile.energies), profile.n_rows
    bare_profile = Profile(energies, n_rows, profile.first, profile.last)
    bare_columns = Columns(bare(columns.energies), bare(columns.bounds))
    bare_target = Target(bare(target), len(target))
    for i in range(covered.right - 1, covered.low - 1, -1):
        best = _column(bare_profile, bare_columns, bare_target, i)
        if i < covered.high:
            place = (i // covered.piece) * LANES
            store(minima, place, least(load(minima, place), best))


@kernel
def _base(target: Target, i: int) -> int:
    # int() of an unsigned number would be unsigned in a kernel
    return int(np.int64(target.bases[i])) if 0 <= i < target.length else UNKNOWN


@kernel
def _bit(base: int) -> int:
    return 1 if base in (2, 3) else 0


@kernel
def _planes(target: Target, i: int) -> Planes:
    before, t0, t1 = _base(target, i - 1), _base(target, i), _base(target, i + 1)
    t2, t3 = _base(target, i + 2), _base(target, i + 3)
    b0, b1, b2, b3 = _bit(t0), _bit(t1), _bit(t2), _bit(t3)
    one_between = 10 * b0 + 2 * t1 + b2
    two_between = 50 * b0 + 10 * t1 + 2 * t2 + b3
    return Planes(
        P_PAIR + t0,
        P_STACK + 2 * b0 + b1,
        P_STACK + 2 * b0 + b2,
        P_SKIP + 2 * b0 + b1,
        P_END + 5 * b0 + t1,
        P_START + 5 * b0 + before,
        P_OUTSIDE + 5 * b0 + t1,
        P_INSIDE + 5 * b0 + before,
        P_INT11 + one_between,
        P_INT12 + one_between,
        P_INT21 + two_between,
        P_INT22 + two_between,
    )


@kernel
def _column(profile: Profile, columns: Columns, target: Target, i: int) -> Vector:
    """All rows of one target position; the lowest bound of each lane."""
    p, c, n_rows = profile.energies, columns.energies, profile.n_rows
    plane, size = n_rows * LANES, (n_rows + BEYOND) * LANES
    planes = _planes(target, i)
    c0 = (i % COLUMNS) * size
    best, inf = splat(INF), splat(INF)
    # `below` is C of the row below, in the column to the right
    carried, below = Carried(inf, inf, inf), inf
    for j in range(n_rows - 1, -1, -1):
        r = j * LANES
        value = add(load(p, planes.stack * plane + r), below)
        below = load(columns.bounds, 3 * size + r)
        is_inside = profile.first <= j < profile.last
        if is_inside:
            carried = _closed(columns.bounds, r, size)
        else:
            loops = _loops(p, columns, Place(r, i, size, plane), planes, carried)
            value, carried = least(value, loops.lowest), loops.carried
            if j >= profile.last:
                value = least(value, load(p, planes.end * plane + r))
        value = greatest(least(value, inf), load(p, planes.pair * plane + r))
        store(columns.bounds, 3 * size + r, value)
        if j <= profile.first:
            best = least(best, add(value, load(p, planes.start * plane + r)))
        inner = add(value, load(p, planes.inside * plane + r))
        if profile.first < j <= profile.last:
            value, inner = inf, inf
        store(c, c0 + r, value)
        store(c, c0 + COLUMNS * size + r, inner)
    return best


@kernel
def _closed(bounds: Table, r: int, size: int) -> Carried:
    """No loop begins at a pair within the helix."""
    inf, diagonal = splat(INF), load(bounds, 2 * size + r)
    for kind in range(3):
        store(bounds, kind * size + r, inf)
    return Carried(inf, inf, diagonal)


@kernel
def _loops(
    p: Table, columns: Columns, place: Place, planes: Planes, carried: Carried
) -> LoopBounds:
    """Bulges and interior loops that a pair opens."""
    r, i, size, plane = place
    c, bounds = columns.energies, columns.bounds
    c1, c2 = ((i + 1) % COLUMNS) * size + r, ((i + 2) % COLUMNS) * size + r
    c3 = ((i + 3) % COLUMNS) * size + r
    row = LANES
    bulged = splat(PER_BULGED)
    bulge = add(load(c, c3 + row), splat(BULGE_2))
    bulge = least(bulge, add(load(bounds, r), bulged))
    store(bounds, r, bulge)
    mirna_bulge = add(load(c, c1 + 3 * row), splat(BULGE_2))
    mirna_bulge = least(mirna_bulge, add(carried.mirna_bulge, bulged))
    large = _large(columns, place, carried)
    diagonal = load(bounds, 2 * size + r)
    store(bounds, 2 * size + r, large.lowest)
    value = add(large.lowest, load(p, planes.outside * plane + r))
    value = least(value, least(bulge, mirna_bulge))
    over = add(load(p, planes.over * plane + r), load(c, c2 + row))
    skip = add(load(p, planes.skip * plane + r), load(c, c1 + 2 * row))
    value = least(value, add(least(over, skip), splat(BULGE_1)))
    loop = add(load(p, planes.int11 * plane + r), load(c, c2 + 2 * row))
    value = least(value, loop)
    loop = add(load(p, planes.int12 * plane + r), load(c, c2 + 3 * row))
    value = least(value, loop)
    loop = add(load(p, planes.int21 * plane + r), load(c, c3 + 2 * row))
    value = least(value, loop)
    loop = add(load(p, planes.int22 * plane + r), load(c, c3 + 3 * row))
    value = least(value, loop)
    return LoopBounds(value, Carried(mirna_bulge, large.mirna_edge, diagonal))


@kernel
def _large(columns: Columns, place: Place, carried: Carried) -> LargeBounds:
    """Bounds of larger interior loops; their outer mismatch is left out."""
    r, i, size, _ = place
    c, bounds, row = columns.energies, columns.bounds, LANES
    d2 = ((i + 2) % COLUMNS + COLUMNS) * size + r
    d3 = ((i + 3) % COLUMNS + COLUMNS) * size + r
    d4 = ((i + 4) % COLUMNS + COLUMNS) * size + r
    edge, per_edge = splat(EDGE), splat(PER_EDGE)
    target_edge = add(load(c, d4 + 2 * row), edge)
    target_edge = least(target_edge, add(load(bounds, size + r), per_edge))
    store(bounds, size + r, target_edge)
    mirna_edge = add(carried.mirna_edge, per_edge)
    mirna_edge = least(add(load(c, d2 + 4 * row), edge), mirna_edge)
    large = least(load(c, d3 + 4 * row), load(c, d4 + 3 * row))
    large = add(large, splat(LARGE_23))
    large = least(large, add(load(c, d4 + 4 * row), splat(LARGE_33)))
    large = least(large, least(target_edge, mirna_edge))
    large = least(large, add(carried.diagonal, splat(PER_DIAGONAL)))
    return LargeBounds(large, mirna_edge)
