"""The one structure among equals, from a filled state: the compiled `replay`.

Only pairs on some best structure are visited. See `energy.recursion.replay` for
why their energies are summed once more in doubles.
"""

from bioloom.mirna.energy._kernel_tables import (
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
from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.kernels._rows import BASES, KEYS, Frame, best_place, place
from bioloom.mirna.kernels._simd import bare, number
from bioloom.mirna.kernels._trace import (
    MAX_ROWS,
    Trace,
    end_place,
    energy_place,
    first_place,
    keep,
    loop_place,
    sum_up,
)
from bioloom.run.jit import kernel

# above any energy of a duplex, below that of none
MOST = 4_000


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
    bare_trace = Trace(bare(trace.ints), bare(trace.floats))
    return _trace_bare(bare(memory), at, starts, bare_trace)


@kernel
def _trace_bare(
    memory: Table, at: Frame, starts: tuple[int, int], trace: Trace
) -> tuple[float, int, int]:
    n_starts, low = starts
    lowest = lowest_start(memory, at, n_starts)
    _mark_starts(memory, at, (n_starts, lowest), trace)
    trace.ints[first_place(at) + 1] = 0
    for x in range(at.n_positions):
        rows = trace.ints[x]
        for j in range(at.length if rows != 0 else 0):
            if rows >> j & 1:
                trace.floats[x * MAX_ROWS + j] = INF
                _follow(memory, at, x * MAX_ROWS + j, trace)
        trace.ints[x] = 0
    sum_up(at, trace)
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
                        found, preferred = (
                            (summed, x, trace.ints[end_place(at, pair)]),
                            rank,
                        )
                        trace.ints[first_place(at)] = pair
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
        keep(at, trace, (pair, inner), (stack, 0))


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
def _try_end(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    x, j = pair // MAX_ROWS, pair % MAX_ROWS
    place_of = 32 * _context(memory, j, 1) + _key(memory, at, NEXT_BASE, x)
    dangles = number(memory, END + place_of)
    if j >= at.last and dangles == number(memory, place(at, j, 0) + x):
        target = number(memory, END_TARGET + place_of)
        keep(at, trace, (pair, -1), (target, dangles - target))


@kernel
def _stack(memory: Table, at: Frame, inner: tuple[int, int], key: int) -> int:
    """Stack of a pair on the one some miRNA bases on; the key gives the target's."""
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
        keep(at, trace, (pair, inner), (inside, size))
        # its asymmetry is a product, which rounds otherwise than the decimal number
        k = trace.ints[first_place(at) + 1] - 1
        trace.ints[loop_place(at, k) + 2] = group
        trace.floats[energy_place(at, k) + 2] = min(3.0, 0.3 * abs(a - b))
        trace.floats[energy_place(at, k) + 3] = outside / 100


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
                keep(at, trace, (pair, inner), (loop, 0))


@kernel
def _try_mirna_bulges(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    j = pair % MAX_ROWS
    for b in range(1, min(at.max_bulge, _top(at, j) - j - 1) + 1):
        bulge, inner = number(memory, BULGE + b), pair + MAX_ROWS + 1 + b
        stack = _stack(memory, at, (pair, 2), NEXT_BASE) if b == 1 else 0
        if _fits(memory, at, (pair, inner), stack + bulge):
            keep(at, trace, (pair, inner), (stack, bulge))


@kernel
def _try_target_bulges(memory: Table, at: Frame, pair: int, trace: Trace) -> None:
    j = pair % MAX_ROWS
    if j + 1 > _top(at, j):
        return
    for a in range(1, at.max_bulge + 1):
        bulge, inner = number(memory, BULGE + a), pair + (1 + a) * MAX_ROWS + 1
        stack = _stack(memory, at, (pair, 1), AFTER_NEXT) if a == 1 else 0
        if _fits(memory, at, (pair, inner), stack + bulge):
            keep(at, trace, (pair, inner), (stack, bulge))
