"""Exact energies, 32 target positions at a time.

`fill` is the recursion of `energy.recursion`, row by row of the miRNA from its
5' end, over one stretch of the target. A large interior loop costs its size, its
asymmetry and a mismatch at either pair, so the best one is found in O(L) instead of
O(L²): with

    G_s(i, j) = min over loops of s bases of  asymmetry + mismatch + C of the inner pair

one base more on both sides keeps the asymmetry:

    G_s(i, j) = min(G_{s-2}(i + 1, j + 1), the two loops with one base on a side)

and sizes beyond u + 1, where u is the longest side, shift it on the diagonal:

    G_{u+1+k}(i, j) = G_{u+1-k}(i + k, j + k).
"""

from typing import Any, NamedTuple

from bioloom.mirna.energy._kernel_tables import (
    AFTER_NEXT,
    ASYMMETRY,
    BASE_BEFORE,
    BULGE,
    END,
    INSIDE,
    INT11,
    INT12,
    INT21,
    INT22,
    INTERIOR,
    N_KEYS,
    NEXT_BASE,
    ONE_BETWEEN,
    OUTSIDE,
    PAIR,
    PAIR_NO_GU,
    STACK,
    START,
    TABLES_END,
    TWO_BETWEEN,
    Table,
    aligned,
    kernel_tables,
)
from bioloom.mirna.energy.recursion import INF, MARGIN
from bioloom.mirna.kernels._simd import (
    add,
    bare,
    greatest,
    least,
    load,
    lookup32,
    lookup128,
    number,
    splat,
    spread,
    store,
)
from bioloom.run.jit import kernel

LANES = 32
# planes of the state: C, C + mismatch inside the loop, G_2 to G_16
PLANES = 17
# right of a stretch: what was filled before, or nothing
HALO = 32
# a kernel's memory: tables, bases of the miRNA (base j at BASES + 1 + j), a vector of
# scratch, keys of the stretch, state
BASES = TABLES_END
SCRATCH = BASES + 64
KEYS = SCRATCH + LANES

Vector = Any


class Frame(NamedTuple):
    """What a kernel works on.

    Parameters
    ----------
    width
        Positions of the stretch with its halo, a multiple of 32.
    n_positions
        Positions to fill, a multiple of 32.
    open_end
        First position that is masked; -1 if none is near.
    length
        Of the miRNA, nt.
    first, last
        Rows of the helix that must be there; (length, -1) if none.
    allow_gu
        Whether it may hold G:U pairs.
    max_loop, max_bulge
        Longest loops, nt.
    """

    width: int
    n_positions: int
    open_end: int
    length: int
    first: int
    last: int
    allow_gu: bool
    max_loop: int
    max_bulge: int


def new_memory(length: int, width: int) -> Table:
    """Memory for miRNAs up to a length and stretches up to a width, all `INF`."""
    size = KEYS + (N_KEYS + (length + MARGIN) * PLANES) * width
    memory = aligned(size, INF)
    memory[:TABLES_END] = kernel_tables()
    return memory


@kernel
def place(at: Frame, row: int, plane: int) -> int:
    """Where a plane of the state starts in memory."""
    return KEYS + (N_KEYS + row * PLANES + plane) * at.width


@kernel
def best_place(at: Frame) -> int:
    """Where the best energies stand: in the last row, which no loop reaches."""
    return place(at, at.length + MARGIN - 1, 0)


@kernel
def fill(memory: Table, at: Frame) -> None:
    """Energies of all duplexes that start in a stretch.

    At `best_place` the lowest energy of each position, outer dangles included. Keys,
    bases and the halo of the state must be filled.
    """
    _fill_rows(bare(memory), at)


@kernel
def _fill_rows(memory: Table, at: Frame) -> None:
    best = best_place(at)
    for x in range(0, at.n_positions, LANES):
        store(memory, best + x, splat(INF))
    for j in range(at.length - 1, -1, -1):
        if j == at.first - 1:
            _close_helix(memory, at)
        inside = at.first <= j < at.last
        for x in range(0, at.n_positions, LANES):
            if inside:
                _fill_stacked(memory, at, j, x)
            else:
                _fill_free(memory, at, j, x)
            if j <= at.first:
                key = load(memory, KEYS + BASE_BEFORE * at.width + x)
                dangles = lookup32(memory, START + 32 * _context(memory, j, -1), key)
                total = add(load(memory, place(at, j, 0) + x), dangles)
                store(memory, best + x, least(load(memory, best + x), total))


@kernel
def clear_halo(memory: Table, at: Frame) -> None:
    """Nothing pairs behind the stretch."""
    for plane in range(at.length * PLANES):
        store(memory, place(at, 0, plane) + at.n_positions, splat(INF))


@kernel
def carry(memory: Table, at: Frame) -> None:
    """Make the first positions of a stretch the halo of the one to its left."""
    for plane in range(at.length * PLANES):
        begin = place(at, 0, plane)
        store(memory, begin + at.n_positions, load(memory, begin))


@kernel
def _context(memory: Table, j: int, step: int) -> int:
    """Of miRNA base j and the one some steps on."""
    here = BASES + 1 + j
    return 5 * number(memory, here) + number(memory, here + step)


@kernel
def _close_helix(memory: Table, at: Frame) -> None:
    """No loop may lead from before the helix to behind its first pair."""
    for j in range(at.first, at.length):
        begin = place(at, j, 1 if j > at.first else 2)
        for k in range(begin, place(at, j + 1, 0)):
            memory[k] = INF


@kernel
def _finish(memory: Table, at: Frame, j: int, x: int, value: Vector) -> None:
    """Store the energies of pairs, without and with their loop's inner side."""
    pair = PAIR
    if not at.allow_gu and at.first <= j <= at.last:
        pair = PAIR_NO_GU
    key = load(memory, KEYS + NEXT_BASE * at.width + x)
    pairing = lookup32(memory, pair + 32 * _context(memory, j, 1), key)
    value = greatest(least(value, splat(INF)), pairing)
    store(memory, place(at, j, 0) + x, value)
    key = load(memory, KEYS + BASE_BEFORE * at.width + x)
    inside = lookup32(memory, INSIDE + 32 * _context(memory, j, -1), key)
    store(memory, place(at, j, 1) + x, add(value, inside))


@kernel
def _stacked(memory: Table, at: Frame, j: int, x: int) -> Vector:
    key = load(memory, KEYS + NEXT_BASE * at.width + x)
    stack = lookup32(memory, STACK + 32 * _context(memory, j, 1), key)
    return add(stack, load(memory, place(at, j + 1, 0) + x + 1))


@kernel
def _fill_stacked(memory: Table, at: Frame, j: int, x: int) -> None:
    """A row of the helix but its last: stacks only, and no loop leads into it."""
    _finish(memory, at, j, x, _stacked(memory, at, j, x))
    for plane in range(1 if j > at.first else 2, PLANES):
        store(memory, place(at, j, plane) + x, splat(INF))


@kernel
def _fill_free(memory: Table, at: Frame, j: int, x: int) -> None:
    key = load(memory, KEYS + NEXT_BASE * at.width + x)
    context = 32 * _context(memory, j, 1)
    value = _stacked(memory, at, j, x)
    if j >= at.last:
        value = least(value, lookup32(memory, END + context, key))
    if j + 1 <= _top(at, j):
        value = least(value, _target_bulges(memory, at, j, x))
    if at.max_bulge > 0 and j + 2 <= _top(at, j):
        value = least(value, _mirna_bulges(memory, at, j, x))
    if at.max_loop > 0 and j + 2 <= _top(at, j):
        value = least(value, _small(memory, at, j, x))
    large = _large(memory, at, j, x)
    if at.open_end >= 0 and x + LANES > at.open_end - 1 - at.max_loop:
        large = _near_mask(memory, at, j, x, large)
    value = least(value, add(large, lookup32(memory, OUTSIDE + context, key)))
    _finish(memory, at, j, x, value)


@kernel
def _top(at: Frame, j: int) -> int:
    """Last row that a loop may lead to."""
    return at.length - 1 if j >= at.last else at.first


@kernel
def _target_bulges(memory: Table, at: Frame, j: int, x: int) -> Vector:
    inner = place(at, j + 1, 0) + x + 1
    value = splat(INF)
    if at.max_bulge > 0:
        key = load(memory, KEYS + AFTER_NEXT * at.width + x)
        stack = lookup32(memory, STACK + 32 * _context(memory, j, 1), key)
        stack = add(stack, spread(memory, BULGE + 1))
        value = least(value, add(stack, load(memory, inner + 1)))
    for a in range(2, at.max_bulge + 1):
        bulge = add(load(memory, inner + a), spread(memory, BULGE + a))
        value = least(value, bulge)
    return value


@kernel
def _mirna_bulges(memory: Table, at: Frame, j: int, x: int) -> Vector:
    key = load(memory, KEYS + NEXT_BASE * at.width + x)
    stack = lookup32(memory, STACK + 32 * _context(memory, j, 2), key)
    stack = add(stack, spread(memory, BULGE + 1))
    value = add(stack, load(memory, place(at, j + 2, 0) + x + 1))
    for b in range(2, min(at.max_bulge, _top(at, j) - j - 1) + 1):
        inner = load(memory, place(at, j + 1 + b, 0) + x + 1)
        value = least(value, add(inner, spread(memory, BULGE + b)))
    return value


@kernel
def _small(memory: Table, at: Frame, j: int, x: int) -> Vector:
    """Interior loops of one or two bases on each side."""
    three = 5 * _context(memory, j, 1) + number(memory, BASES + j + 3)
    four = 5 * three + number(memory, BASES + j + 4)
    near = place(at, j + 2, 0) + x
    far = place(at, j + 3, 0) + x
    one_between = load(memory, KEYS + ONE_BETWEEN * at.width + x)
    two_between = load(memory, KEYS + TWO_BETWEEN * at.width + x)
    loop = lookup32(memory, INT11 + 32 * three, one_between)
    value = add(loop, load(memory, near + 2))
    if at.max_loop < 2:
        return value
    loop = lookup128(memory, INT21 + 128 * three, two_between)
    value = least(value, add(loop, load(memory, near + 3)))
    if j + 3 <= _top(at, j):
        loop = lookup32(memory, INT12 + 32 * four, one_between)
        value = least(value, add(loop, load(memory, far + 2)))
        loop = lookup128(memory, INT22 + 128 * four, two_between)
        value = least(value, add(loop, load(memory, far + 3)))
    return value


@kernel
def _large(memory: Table, at: Frame, j: int, x: int) -> Vector:
    """Best larger interior loop of every position, its outer mismatch left out."""
    best = splat(INF)
    # rows behind the last hold nothing
    rows_left = at.length - 1 - j
    for s in range(2, at.max_loop + 2):
        loops = load(memory, place(at, j + 2, 1) + x + s)
        if s <= rows_left:
            loops = least(loops, load(memory, place(at, j + s, 1) + x + 2))
        loops = add(loops, spread(memory, ASYMMETRY + s - 2))
        if s == 4:
            best = add(loops, spread(memory, INTERIOR + s))
        if s >= 4:
            loops = least(loops, load(memory, place(at, j + 1, s - 2) + x + 1))
        if s >= 5:
            best = least(best, add(loops, spread(memory, INTERIOR + s)))
        store(memory, place(at, j, s) + x, loops)
    longest = at.max_loop + 1
    if longest >= 4:
        for k in range(1, min(longest - 1, rows_left - 1)):
            loops = load(memory, place(at, j + k, longest - k) + x + k)
            best = least(best, add(loops, spread(memory, INTERIOR + longest + k)))
    return best


@kernel
def _near_mask(memory: Table, at: Frame, j: int, x: int, large: Vector) -> Vector:
    """Near a masked base only loops with a side of at most two bases are allowed."""
    narrow = splat(INF)
    for side in (1, 2):
        for size in range(3, at.max_loop + 1):
            on_target = load(memory, place(at, j + 1 + side, 1) + x + 1 + size)
            on_mirna = load(memory, place(at, j + 1 + size, 1) + x + 1 + side)
            loops = add(
                least(on_target, on_mirna), spread(memory, INTERIOR + size + side)
            )
            loops = add(loops, spread(memory, ASYMMETRY + size - side))
            narrow = least(narrow, loops)
    store(memory, SCRATCH, large)
    for k in range(max(0, at.open_end - 1 - at.max_loop - x), LANES):
        memory[SCRATCH + k] = INF
    return least(narrow, load(memory, SCRATCH))
