"""Best structures of a stretch, as a list of loops, and their sums in doubles."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.kernels._rows import Frame
from bioloom.run.jit import kernel

# more than any miRNA has
MAX_ROWS = 64
# a pair opens at most 15 x 15 interior loops, 2 x 15 bulges, a stack and an end
LOOPS_OF_PAIR = 257
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
def end_place(at: Frame, pair: int) -> int:
    return at.width + pair


@kernel
def inner_place(at: Frame, pair: int) -> int:
    return at.width * (1 + MAX_ROWS) + pair


@kernel
def first_place(at: Frame) -> int:
    return at.width * (1 + 2 * MAX_ROWS)


@kernel
def loop_place(at: Frame, k: int) -> int:
    return first_place(at) + 2 + 3 * k


@kernel
def energy_place(at: Frame, k: int) -> int:
    return at.width * MAX_ROWS + 4 * k


@kernel
def add_loop(
    at: Frame, trace: Trace, pair: int, inner: int, first: int, second: int
) -> None:
    """Note a loop whose energy has one or two parts, and its inner pair to be followed.

    `inner` is -1 behind the last pair; the second part may be 0.
    """
    ints, floats = trace.ints, trace.floats
    k = ints[first_place(at) + 1]
    ints[first_place(at) + 1] = k + 1
    loop, energy = loop_place(at, k), energy_place(at, k)
    ints[loop], ints[loop + 1], ints[loop + 2] = pair, inner, ALONE
    floats[energy], floats[energy + 1] = first / 100, second / 100
    floats[energy + 2], floats[energy + 3] = 0.0, 0.0
    if inner >= 0:
        ints[inner // MAX_ROWS] |= 1 << (inner % MAX_ROWS)


@kernel
def sum_up(at: Frame, trace: Trace) -> None:
    """Sum from the inside out.

    Large loops of a group are compared before their last energy is added. Of equal sums
    the first loop in order of preference is kept: backwards, the last.
    """
    ints, floats = trace.ints, trace.floats
    k = ints[first_place(at) + 1] - 1
    while k >= 0:
        pair, group = ints[loop_place(at, k)], ints[loop_place(at, k) + 2]
        lowest, last, inner_of_lowest = float(INF), 0.0, -1
        while (
            k >= 0
            and ints[loop_place(at, k)] == pair
            and ints[loop_place(at, k) + 2] == group
        ):
            inner, energy = ints[loop_place(at, k) + 1], energy_place(at, k)
            summed = floats[inner] if inner >= 0 else 0.0
            summed = summed + floats[energy] + floats[energy + 1] + floats[energy + 2]
            if summed <= lowest:
                lowest, last, inner_of_lowest = summed, floats[energy + 3], inner
            k -= 1
            if group == ALONE:
                break
        if lowest + last <= floats[pair]:
            floats[pair] = lowest + last
            ints[inner_place(at, pair)] = inner_of_lowest
            ints[end_place(at, pair)] = pair // MAX_ROWS + 1
            if inner_of_lowest >= 0:
                ints[end_place(at, pair)] = ints[end_place(at, inner_of_lowest)]
