"""The one structure among equals, from a filled state: the compiled `replay`.

Only pairs on some best structure are visited. See `bioloom.mirna.recursion.replay` for
why their energies are summed once more in doubles.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna._rows import BASES, KEYS, Frame, best_place, place
from bioloom.mirna._simd import number
from bioloom.mirna.recursion import INF
from bioloom.mirna.tables import (
    AFTER_NEXT,
    ASYMMETRY,
    BASE_BEFORE,
    BULGE,
    END,
    END_TARGET,
    INSIDE,
    INT11,
    INT12,
    INT21,
    INT22,
    INTERIOR,
    NEXT_BASE,
    ONE_BETWEEN,
    OUTSIDE,
    STACK,
    START,
    START_TARGET,
    TWO_BETWEEN,
    Table,
)
from bioloom.run.jit import kernel

# more than any miRNA has
MAX_ROWS = 64
# a pair opens at most 15 x 15 interior loops, 2 x 15 bulges, a stack and an end
LOOPS_OF_PAIR = 257
# above any energy of a duplex, below that of none
MOST = 4_000
# group of a loop that is compared whole
ALONE = -1


class Trace(NamedTuple):
    """Pairs on best structures and the loops between them; reused from call to call.

    A pair's number is its position · MAX_ROWS + its row. Two arrays only, because each
    one that is handed on costs time.

    Parameters
    ----------
    ints
        Marks: pairs seen, by position, a bit for each row. Then by pair: one past the
        last position that is paired; the next pair of the structure, -1 behind the last
        one. Then the first pair of the best structure, the number of loops, and for
        each loop its outer and inner pair (-1 behind the last one) and its group.
    floats
        By pair: energy from there on, kcal/mol, as RNAhybrid adds it. Then for each
        loop four parts of its energy in the order in which they are added.
    """

    ints: NDArray[np.int64]
    floats: NDArray[np.float64]


def new_trace(length: int, n_positions: int) -> Trace:
    """Room for all loops of a stretch; what is never used takes no memory."""
    pairs, loops = n_positions * MAX_ROWS, n_positions * length * LOOPS_OF_PAIR
    ints = np.empty(n_positions + 2 * pairs + 2 + 3 * loops, dtype=np.int64)
    ints[:n_positions] = 0
    return Trace(ints, np.empty(pairs + 4 * loops, dtype=np.float64))


@kernel
def _end(at: Frame, pair: int) -> int:
    return at.width + pair


@kernel
def _inner(at: Frame, pair: int) -> int:
    return at.width * (1 + MAX_ROWS) + pair


@kernel
def _first(at: Frame) -> int:
    return at.width * (1 + 2 * MAX_ROWS)


@kernel
def _loop(at: Frame, k: int) -> int:
    return _first(at) + 2 + 3 * k


@kernel
def _energy(at: Frame, k: int) -> int:
    return at.width * MAX_ROWS + 4 * k


@kernel
def path_of_trace(at: Frame, trace: Trace) -> NDArray[np.int64]:
    """Pairs of the best structure that was traced last."""
    pairs = np.empty(at.length, dtype=np.int64)
    n_pairs, pair = 0, trace.ints[_first(at)]
    while pair >= 0:
        pairs[n_pairs] = pair
        n_pairs += 1
        pair = trace.ints[_inner(at, pair)]
    return pairs[:n_pairs]


@kernel
def lowest_start(memory: Table, at: Frame, n_starts: int) -> int:
    """Lowest energy of a duplex that starts at one of the first positions."""
    lowest = INF
    for x in range(n_starts):
        lowest = min(lowest, number(memory, best_place(at) + x))
    return lowest


@kernel
def trace_best(
    memory: Table, at: Frame, starts: tuple[int, int], trace: Trace
) -> tuple[float, int, int]:
    """Summed energy, first and one past the last position of the best site.

    `starts` is how many of the first positions may start it and where on the target
    they begin. The state must be filled, and there must be a site.
    """
    n_starts, low = starts
    lowest = lowest_start(memory, at, n_starts)
    _mark_starts(memory, at, (n_starts, lowest), trace)
    trace.ints[_first(at) + 1] = 0
    for x in range(at.n_positions):
        rows = trace.ints[x]
        for j in range(at.length if rows != 0 else 0):
            if rows >> j & 1:
                trace.floats[x * MAX_ROWS + j] = INF
                _follow(memory, at, x * MAX_ROWS + j, trace)
        trace.ints[x] = 0
    _sum_up(at, trace)
    return _best_start(memory, at, (n_starts, low, lowest), trace)


@kernel
def _mark_starts(
    memory: Table, at: Frame, wanted: tuple[int, int], trace: Trace
) -> None:
    n_starts, lowest = wanted
    for x in range(n_starts):
        if number(memory, best_place(at) + x) == lowest:
            for j in range(min(at.first, at.length - 1) + 1):
                if _start_energy(memory, at, x, j) == lowest:
                    trace.ints[x] |= 1 << j


@kernel
def _start_energy(memory: Table, at: Frame, x: int, j: int) -> int:
    place_of = 32 * _context(memory, j, -1) + _key(memory, at, BASE_BEFORE, x)
    return number(memory, START + place_of) + number(memory, place(at, j, 0) + x)


@kernel
def _sum_up(at: Frame, trace: Trace) -> None:
    """Sum from the inside out.

    Large loops of a group are compared before their last energy is added. Of equal sums
    the first loop in order of preference is kept: backwards, the last.
    """
    ints, floats = trace.ints, trace.floats
    k = ints[_first(at) + 1] - 1
    while k >= 0:
        pair, group = ints[_loop(at, k)], ints[_loop(at, k) + 2]
        lowest, last, inner_of_lowest = float(INF), 0.0, -1
        while k >= 0 and ints[_loop(at, k)] == pair and ints[_loop(at, k) + 2] == group:
            inner, energy = ints[_loop(at, k) + 1], _energy(at, k)
            summed = floats[inner] if inner >= 0 else 0.0
            summed = summed + floats[energy] + floats[energy + 1] + floats[energy + 2]
            if summed <= lowest:
                lowest, last, inner_of_lowest = summed, floats[energy + 3], inner
            k -= 1
            if group == ALONE:
                break
        if lowest + last <= floats[pair]:
            floats[pair] = lowest + last
            ints[_inner(at, pair)] = inner_of_lowest
            ints[_end(at, pair)] = pair // MAX_ROWS + 1
            if inner_of_lowest >= 0:
                ints[_end(at, pair)] = ints[_end(at, inner_of_lowest)]


@kernel
def _best_start(
    memory: Table, at: Frame, wanted: tuple[int, int, int], trace: Trace
) -> tuple[float, int, int]:
    n_starts, low, lowest = wanted
    found, preferred = (float(INF), -1, -1), 0
    for x in range(n_starts):
        if number(memory, best_place(at) + x) == lowest:
            for j in range(min(at.first, at.length - 1) + 1):
                if _start_energy(memory, at, x, j) == lowest:
                    context = 32 * _context(memory, j, -1)
                    key = _key(memory, at, BASE_BEFORE, x)
                    target = number(memory, START_TARGET + context + key)
                    mirna = number(memory, START + context + key) - target
                    pair = x * MAX_ROWS + j
                    summed = trace.floats[pair] + target / 100 + mirna / 100
                    rank = _preference(low + x, j)
                    if (summed, rank) < (found[0], preferred):
                        found, preferred = (summed, x, trace.ints[_end(at, pair)]), rank
                        trace.ints[_first(at)] = pair
    return found


@kernel
def _preference(i: int, j: int) -> int:
    """Left to right, counted from the bases that dangle; then few of them."""
    rank = max(i - 1, 0) * MAX_ROWS + max(j - 1, 0)
    return 4 * rank + min(i, 1) + min(i, j, 1)


@kernel
def _context(memory: Table, j: int, step: int) -> int:
    here = BASES + 1 + j
    return 5 * number(memory, here) + number(memory, here + step)


@kernel
def _key(memory: Table, at: Frame, kind: int, x: int) -> int:
    return number(memory, KEYS + kind * at.width + x)


@kernel
def _follow(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    """List the best loops inside a pair by preference."""
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    _try_end(memory, at, pair, trace)
    if j < at.first or j >= at.last:
        if _may_be_large(memory, at, x, j):
            for group in range(3):
                _try_large(memory, at, (pair, group), trace)
        _try_small(memory, at, pair, trace)
        _try_mirna_bulges(memory, at, pair, trace)
        _try_target_bulges(memory, at, pair, trace)
    inner = pair + MAX_ROWS + 1
    stack = _stack(memory, at, (pair, 1), NEXT_BASE)
    if _fits(memory, at, (pair, inner), stack):
        _keep(at, trace, (pair, inner), (stack, 0))


@kernel
def _place_of(at: Frame, pair: int) -> int:
    return place(at, pair % MAX_ROWS, 0) + pair // MAX_ROWS


@kernel
def _fits(memory: Table, at: Frame, step: tuple[int, int], cost: int) -> bool:
    """Whether a loop of this cost is among the best of a pair."""
    pair, inner = step
    rest = number(memory, _place_of(at, inner))
    return rest + cost == number(memory, _place_of(at, pair))


@kernel
def _keep(
    at: Frame, trace: Trace, ends: tuple[int, int], energies: tuple[int, int]
) -> None:
    """Note a loop of one or two energies, and its inner pair to be followed."""
    ints, floats = trace.ints, trace.floats
    k = ints[_first(at) + 1]
    ints[_first(at) + 1] = k + 1
    loop, energy = _loop(at, k), _energy(at, k)
    ints[loop], ints[loop + 1], ints[loop + 2] = ends[0], ends[1], ALONE
    floats[energy], floats[energy + 1] = energies[0] / 100, energies[1] / 100
    floats[energy + 2], floats[energy + 3] = 0.0, 0.0
    if ends[1] >= 0:
        ints[ends[1] // MAX_ROWS] |= 1 << (ends[1] % MAX_ROWS)


@kernel
def _try_end(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    place_of = 32 * _context(memory, j, 1) + _key(memory, at, NEXT_BASE, x)
    dangles = number(memory, END + place_of)
    if j >= at.last and dangles == number(memory, place(at, j, 0) + x):
        target = number(memory, END_TARGET + place_of)
        _keep(at, trace, (pair, -1), (target, dangles - target))


@kernel
def _stack(memory: Table, at: Frame, inner: tuple[int, int], key: int) -> int:
    """Stack of a pair on the one some miRNA bases on; the key tells the target's."""
    pair, step = inner
    context = 32 * _context(memory, pair % MAX_ROWS, step)
    return number(memory, STACK + context + _key(memory, at, key, pair // MAX_ROWS))


@kernel
def _top(at: Frame, j: int) -> int:
    return at.length - 1 if j >= at.last else at.first


@kernel
def _may_be_large(memory: Table, at: Frame, x: int, j: int) -> bool:
    """Whether some large loop may be among the best; planes behind a helix are gone."""
    if at.max_loop < 3 or (at.last >= 0 and j >= at.last):
        return at.max_loop >= 3
    # masked bases forbid some loops that the planes hold
    if at.open_end >= 0 and x + 1 + at.max_loop >= at.open_end:
        return True
    wanted = number(memory, place(at, j, 0) + x) - _outside(memory, at, x, j)
    longest = at.max_loop + 1
    for s in range(4, longest + 1):
        loops = number(memory, place(at, j, s) + x) + number(memory, INTERIOR + s)
        # the plane of size 4 holds 2 x 2 too, which may hide the others
        if loops == wanted or (s == 4 and loops < wanted):
            return True
    for k in range(1, longest - 1):
        loops = number(memory, place(at, j + k, longest - k) + x + k)
        if loops + number(memory, INTERIOR + longest + k) == wanted:
            return True
    return False


@kernel
def _outside(memory: Table, at: Frame, x: int, j: int) -> int:
    context = 32 * _context(memory, j, 1)
    return number(memory, OUTSIDE + context + _key(memory, at, NEXT_BASE, x))


@kernel
def _try_large(memory: Table, at: Frame, which: tuple[int, int], trace: Trace) -> None:
    """Loops of a group: 0 both sides above two bases, 1 the target's, 2 the miRNA's."""
    pair, group = which
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    is_near_mask = at.open_end >= 0 and x + 1 + at.max_loop >= at.open_end
    if group == 0 and is_near_mask:
        return
    first_a, last_a = (1, 2) if group == 2 else (3, at.max_loop)
    first_b, last_b = (1, 2) if group == 1 else (3, at.max_loop)
    last_b = min(last_b, _top(at, j) - j - 1)
    for a in range(first_a, last_a + 1):
        for b in range(first_b, last_b + 1):
            if number(memory, place(at, j + 1 + b, 0) + x + 1 + a) <= MOST:
                _try_one_large(memory, at, (pair, a, b, group), trace)


@kernel
def _try_one_large(
    memory: Table, at: Frame, step: tuple[int, int, int, int], trace: Trace
) -> None:
    pair, a, b, group = step
    inner = pair + (1 + a) * MAX_ROWS + 1 + b
    context = 32 * _context(memory, inner % MAX_ROWS, -1)
    key = _key(memory, at, BASE_BEFORE, inner // MAX_ROWS)
    inside = number(memory, INSIDE + context + key)
    size = number(memory, INTERIOR + a + b)
    uneven = number(memory, ASYMMETRY + abs(a - b))
    outside = _outside(memory, at, pair // MAX_ROWS, pair % MAX_ROWS)
    if _fits(memory, at, (pair, inner), inside + size + uneven + outside):
        _keep(at, trace, (pair, inner), (inside, size))
        # its asymmetry is a product, which rounds otherwise than the decimal number
        k = trace.ints[_first(at) + 1] - 1
        trace.ints[_loop(at, k) + 2] = group
        trace.floats[_energy(at, k) + 2] = min(3.0, 0.3 * abs(a - b))
        trace.floats[_energy(at, k) + 3] = outside / 100


@kernel
def _try_small(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    three = 5 * _context(memory, j, 1) + number(memory, BASES + j + 3)
    four = 5 * three + number(memory, BASES + j + 4)
    one = _key(memory, at, ONE_BETWEEN, x)
    two = _key(memory, at, TWO_BETWEEN, x)
    for a in range(1, min(2, at.max_loop) + 1):
        for b in range(1, min(2, at.max_loop, _top(at, j) - j - 1) + 1):
            if a == 1:
                table = INT11 + 32 * three if b == 1 else INT12 + 32 * four
                loop = number(memory, table + one)
            else:
                table = INT21 + 128 * three if b == 1 else INT22 + 128 * four
                loop = number(memory, table + two)
            inner = pair + (1 + a) * MAX_ROWS + 1 + b
            if _fits(memory, at, (pair, inner), loop):
                _keep(at, trace, (pair, inner), (loop, 0))


@kernel
def _try_mirna_bulges(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    j = pair % MAX_ROWS
    for b in range(1, min(at.max_bulge, _top(at, j) - j - 1) + 1):
        bulge, inner = number(memory, BULGE + b), pair + MAX_ROWS + 1 + b
        stack = _stack(memory, at, (pair, 2), NEXT_BASE) if b == 1 else 0
        if _fits(memory, at, (pair, inner), stack + bulge):
            _keep(at, trace, (pair, inner), (stack, bulge))


@kernel
def _try_target_bulges(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    j = pair % MAX_ROWS
    if j + 1 > _top(at, j):
        return
    for a in range(1, at.max_bulge + 1):
        bulge, inner = number(memory, BULGE + a), pair + (1 + a) * MAX_ROWS + 1
        stack = _stack(memory, at, (pair, 1), AFTER_NEXT) if a == 1 else 0
        if _fits(memory, at, (pair, inner), stack + bulge):
            _keep(at, trace, (pair, inner), (stack, bulge))
