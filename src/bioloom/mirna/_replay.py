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


class Trace(NamedTuple):
    """Pairs on best structures and the loops between them; reused from call to call.

    A pair's number is its position · MAX_ROWS + its row.

    Parameters
    ----------
    marks
        Whether a pair was seen.
    summed
        Energy from a pair on, kcal/mol, as RNAhybrid adds it.
    end
        One past the last position that is paired.
    loops
        Outer and inner pair of each loop, -1 behind the last pair; shape (n, 2).
    energies
        Its parts in kcal/mol, in the order in which they are added; shape (n, 4).
    """

    marks: NDArray[np.bool_]
    summed: NDArray[np.float64]
    end: NDArray[np.int64]
    loops: NDArray[np.int64]
    energies: NDArray[np.float64]


def new_trace(length: int, n_positions: int) -> Trace:
    """Room for all loops of a stretch; what is never used takes no memory."""
    size = n_positions * MAX_ROWS
    n_loops = n_positions * length * LOOPS_OF_PAIR
    return Trace(
        np.zeros(size, dtype=np.bool_),
        np.zeros(size, dtype=np.float64),
        np.zeros(size, dtype=np.int64),
        np.empty((n_loops, 2), dtype=np.int64),
        np.empty((n_loops, 4), dtype=np.float64),
    )


@kernel
def lowest_start(memory: Table, at: Frame, n_starts: int) -> int:
    """Lowest energy of a duplex that starts at one of the first positions."""
    lowest = INF
    for x in range(n_starts):
        lowest = min(lowest, number(memory, best_place(at) + x))
    return lowest


@kernel
def trace_best(
    memory: Table, at: Frame, n_starts: int, trace: Trace
) -> tuple[float, int, int]:
    """Summed energy, first and one past the last position of the best site.

    Starts are the first positions of the stretch; the state must be filled, and there
    must be a site.
    """
    lowest = lowest_start(memory, at, n_starts)
    _mark_starts(memory, at, (n_starts, lowest), trace)
    n_loops = 0
    for pair in range(at.n_positions * MAX_ROWS):
        if trace.marks[pair]:
            n_loops = _follow(memory, at, pair, (trace, n_loops))
    _sum_up(trace, n_loops)
    return _best_start(memory, at, (n_starts, lowest), trace)


@kernel
def _mark_starts(
    memory: Table, at: Frame, wanted: tuple[int, int], trace: Trace
) -> None:
    n_starts, lowest = wanted
    for x in range(n_starts):
        if number(memory, best_place(at) + x) == lowest:
            for j in range(min(at.first, at.length - 1) + 1):
                if _start_energy(memory, at, x, j) == lowest:
                    trace.marks[x * MAX_ROWS + j] = True


@kernel
def _start_energy(memory: Table, at: Frame, x: int, j: int) -> int:
    place_of = 32 * _context(memory, j, -1) + _key(memory, at, BASE_BEFORE, x)
    return number(memory, START + place_of) + number(memory, place(at, j, 0) + x)


@kernel
def _sum_up(trace: Trace, n_loops: int) -> None:
    """Sum from the inside out, and take the marks away.

    Of equal sums the first loop in order of preference is kept: backwards, the last.
    """
    for k in range(n_loops - 1, -1, -1):
        pair, inner = trace.loops[k]
        if trace.marks[pair]:
            trace.marks[pair] = False
            trace.summed[pair] = INF
        summed, end = 0.0, pair // MAX_ROWS + 1
        if inner >= 0:
            summed, end = trace.summed[inner], trace.end[inner]
        for part in range(4):
            summed += trace.energies[k, part]
        if summed <= trace.summed[pair]:
            trace.summed[pair] = summed
            trace.end[pair] = end


@kernel
def _best_start(
    memory: Table, at: Frame, wanted: tuple[int, int], trace: Trace
) -> tuple[float, int, int]:
    n_starts, lowest = wanted
    found = (float(INF), -1, -1)
    for x in range(n_starts):
        if number(memory, best_place(at) + x) == lowest:
            for j in range(min(at.first, at.length - 1) + 1):
                if _start_energy(memory, at, x, j) == lowest:
                    context = 32 * _context(memory, j, -1)
                    key = _key(memory, at, BASE_BEFORE, x)
                    target = number(memory, START_TARGET + context + key)
                    mirna = number(memory, START + context + key) - target
                    pair = x * MAX_ROWS + j
                    summed = trace.summed[pair] + target / 100 + mirna / 100
                    if summed < found[0]:
                        found = (summed, x, trace.end[pair])
    return found


@kernel
def _context(memory: Table, j: int, step: int) -> int:
    here = BASES + 1 + j
    return 5 * number(memory, here) + number(memory, here + step)


@kernel
def _key(memory: Table, at: Frame, kind: int, x: int) -> int:
    return number(memory, KEYS + kind * at.width + x)


@kernel
def _follow(memory: Table, at: Frame, pair: int, found: tuple[Trace, int]) -> int:
    """List the best loops inside a pair by preference; number of loops so far."""
    trace, n_loops = found
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    n_loops = _try_end(memory, at, pair, (trace, n_loops))
    if j < at.first or j >= at.last:
        if _may_be_large(memory, at, x, j):
            for group in range(3):
                n_loops = _try_large(memory, at, pair, (trace, n_loops, group))
        n_loops = _try_small(memory, at, pair, (trace, n_loops))
        n_loops = _try_bulges(memory, at, pair, (trace, n_loops))
    context = 32 * _context(memory, j, 1)
    stack = number(memory, STACK + context + _key(memory, at, NEXT_BASE, x))
    return _try(memory, at, (pair, 0, 0), (trace, n_loops, stack, 0))


@kernel
def _keep(
    trace: Trace, n_loops: int, ends: tuple[int, int], energies: tuple[int, int]
) -> int:
    """Note a loop of one or two energies, and its inner pair to be followed."""
    trace.loops[n_loops, 0] = ends[0]
    trace.loops[n_loops, 1] = ends[1]
    trace.energies[n_loops, 0] = energies[0] / 100
    trace.energies[n_loops, 1] = energies[1] / 100
    trace.energies[n_loops, 2:] = 0.0
    if ends[1] >= 0:
        trace.marks[ends[1]] = True
    return n_loops + 1


@kernel
def _try_end(memory: Table, at: Frame, pair: int, found: tuple[Trace, int]) -> int:
    trace, n_loops = found
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    place_of = 32 * _context(memory, j, 1) + _key(memory, at, NEXT_BASE, x)
    dangles = number(memory, END + place_of)
    if j < at.last or dangles != number(memory, place(at, j, 0) + x):
        return n_loops
    target = number(memory, END_TARGET + place_of)
    return _keep(trace, n_loops, (pair, -1), (target, dangles - target))


@kernel
def _try(
    memory: Table,
    at: Frame,
    step: tuple[int, int, int],
    found: tuple[Trace, int, int, int],
) -> int:
    """Note a loop of one or two energies if it is among the best."""
    (pair, a, b), (trace, n_loops, first, second) = step, found
    inner = pair + (1 + a) * MAX_ROWS + 1 + b
    rest = number(memory, _place_of(at, inner))
    if rest + first + second != number(memory, _place_of(at, pair)):
        return n_loops
    return _keep(trace, n_loops, (pair, inner), (first, second))


@kernel
def _place_of(at: Frame, pair: int) -> int:
    return place(at, pair % MAX_ROWS, 0) + pair // MAX_ROWS


@kernel
def _top(at: Frame, j: int) -> int:
    return at.length - 1 if j >= at.last else at.first


@kernel
def _may_be_large(memory: Table, at: Frame, x: int, j: int) -> bool:
    """Whether some large loop is among the best; the planes behind a helix are gone."""
    if at.max_loop < 3 or (at.last >= 0 and j >= at.last):
        return at.max_loop >= 3
    wanted = number(memory, place(at, j, 0) + x) - _outside(memory, at, x, j)
    longest = at.max_loop + 1
    for s in range(4, longest + 1):
        loops = number(memory, place(at, j, s) + x)
        if loops + number(memory, INTERIOR + s) == wanted:
            return True
        # the last loop of size 4 is not held alone, and that of 2 + 2 may hide it
        if s == 4 and loops + number(memory, INTERIOR + s) < wanted:
            return True
    for k in range(1, longest - 1):
        loops = number(memory, place(at, j + k, longest - k) + x + k)
        if loops + number(memory, INTERIOR + longest + k) == wanted:
            return True
    # masked bases forbid some loops that the planes hold
    return at.open_end >= 0 and x + 1 + at.max_loop >= at.open_end


@kernel
def _outside(memory: Table, at: Frame, x: int, j: int) -> int:
    context = 32 * _context(memory, j, 1)
    return number(memory, OUTSIDE + context + _key(memory, at, NEXT_BASE, x))


@kernel
def _try_large(
    memory: Table, at: Frame, pair: int, found: tuple[Trace, int, int]
) -> int:
    """Loops of a group: 0 both sides above two bases, 1 the target's, 2 the miRNA's."""
    trace, n_loops, group = found
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    is_near_mask = at.open_end >= 0 and x + 1 + at.max_loop >= at.open_end
    if group == 0 and is_near_mask:
        return n_loops
    first_a, last_a = (1, 2) if group == 2 else (3, at.max_loop)
    first_b, last_b = (1, 2) if group == 1 else (3, at.max_loop)
    for a in range(first_a, last_a + 1):
        for b in range(first_b, min(last_b, _top(at, j) - j - 1) + 1):
            n_loops = _try_one_large(memory, at, (pair, a, b), (trace, n_loops))
    return n_loops


@kernel
def _try_one_large(
    memory: Table, at: Frame, step: tuple[int, int, int], found: tuple[Trace, int]
) -> int:
    (pair, a, b), (trace, n_loops) = step, found
    inner = pair + (1 + a) * MAX_ROWS + 1 + b
    context = 32 * _context(memory, inner % MAX_ROWS, -1)
    key = _key(memory, at, BASE_BEFORE, inner // MAX_ROWS)
    inside = number(memory, INSIDE + context + key)
    size = number(memory, INTERIOR + a + b)
    uneven = number(memory, ASYMMETRY + abs(a - b))
    outside = _outside(memory, at, pair // MAX_ROWS, pair % MAX_ROWS)
    rest = number(memory, _place_of(at, inner))
    total = rest + inside + size + uneven + outside
    if total != number(memory, _place_of(at, pair)):
        return n_loops
    _keep(trace, n_loops, (pair, inner), (inside, size))
    # its asymmetry is a product, which rounds otherwise than the decimal number
    trace.energies[n_loops, 2] = min(3.0, 0.3 * abs(a - b))
    trace.energies[n_loops, 3] = outside / 100
    return n_loops + 1


@kernel
def _try_small(memory: Table, at: Frame, pair: int, found: tuple[Trace, int]) -> int:
    trace, n_loops = found
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    top = _top(at, j)
    three = 5 * _context(memory, j, 1) + number(memory, BASES + j + 3)
    four = 5 * three + number(memory, BASES + j + 4)
    one = _key(memory, at, ONE_BETWEEN, x)
    two = _key(memory, at, TWO_BETWEEN, x)
    if at.max_loop >= 1 and j + 2 <= top:
        loop = number(memory, INT11 + 32 * three + one)
        n_loops = _try(memory, at, (pair, 1, 1), (trace, n_loops, loop, 0))
    if at.max_loop >= 2 and j + 3 <= top:
        loop = number(memory, INT12 + 32 * four + one)
        n_loops = _try(memory, at, (pair, 1, 2), (trace, n_loops, loop, 0))
    if at.max_loop >= 2 and j + 2 <= top:
        loop = number(memory, INT21 + 128 * three + two)
        n_loops = _try(memory, at, (pair, 2, 1), (trace, n_loops, loop, 0))
    if at.max_loop >= 2 and j + 3 <= top:
        loop = number(memory, INT22 + 128 * four + two)
        n_loops = _try(memory, at, (pair, 2, 2), (trace, n_loops, loop, 0))
    return n_loops


@kernel
def _try_bulges(memory: Table, at: Frame, pair: int, found: tuple[Trace, int]) -> int:
    """Bulges of the miRNA, then of the target; one base leaves the stack."""
    trace, n_loops = found
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    for b in range(1, min(at.max_bulge, _top(at, j) - j - 1) + 1):
        bulge = number(memory, BULGE + b)
        if b == 1:
            context = 32 * _context(memory, j, 2)
            stack = number(memory, STACK + context + _key(memory, at, NEXT_BASE, x))
            n_loops = _try(memory, at, (pair, 0, b), (trace, n_loops, stack, bulge))
        else:
            n_loops = _try(memory, at, (pair, 0, b), (trace, n_loops, bulge, 0))
    for a in range(1, at.max_bulge + 1 if j + 1 <= _top(at, j) else 1):
        bulge = number(memory, BULGE + a)
        if a == 1:
            context = 32 * _context(memory, j, 1)
            stack = number(memory, STACK + context + _key(memory, at, AFTER_NEXT, x))
            n_loops = _try(memory, at, (pair, a, 0), (trace, n_loops, stack, bulge))
        else:
            n_loops = _try(memory, at, (pair, a, 0), (trace, n_loops, bulge, 0))
    return n_loops
