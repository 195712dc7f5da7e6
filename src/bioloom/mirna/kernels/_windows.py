"""Stretches of a target filled exactly: as windows, as rows, for one site."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import (
    AFTER_NEXT,
    BASE_BEFORE,
    NEXT_BASE,
    ONE_BETWEEN,
    TWO_BETWEEN,
    Table,
)
from bioloom.mirna.energy.recursion import INF, MARGIN
from bioloom.mirna.kernels._ranges import ScanRange, Span
from bioloom.mirna.kernels._rows import (
    BASES,
    HALO,
    KEYS,
    LANES,
    SCRATCH,
    Frame,
    best_place,
    carry,
    clear_halo,
    fill,
    place,
)
from bioloom.mirna.kernels._span import PRICES
from bioloom.run.jit import kernel
from bioloom.seq.alphabet import UNKNOWN

Ints = NDArray[np.int64]


class Query(NamedTuple):
    """A miRNA and a target.

    Parameters
    ----------
    number
        Any that identifies the miRNA.
    bases
        Codes of the miRNA, 5'→3'.
    target
        Codes of the target, 5'→3'.
    """

    number: int
    bases: NDArray[np.uint8]
    target: NDArray[np.uint8]


class Window(NamedTuple):
    """Memory to make a piece exact.

    Parameters
    ----------
    memory
        See `bioloom.mirna.kernels._rows`.
    frame
        Of the miRNA.
    floors
        Lowest energy less `PRICES` times the span: see `bioloom.mirna.kernels._span`.
    holds
        Number and length of the miRNA that was put into the memory last.
    """

    memory: Table
    frame: Frame
    floors: Ints
    holds: Ints


@kernel
def set_mirna(window: Window, number: int, bases: NDArray[np.uint8]) -> None:
    """Put a miRNA, 5'→3', into memory and clear what a longer one may have left."""
    memory, frame = window.memory, window.frame
    if window.holds[0] == number:
        return
    for k in range(BASES, SCRATCH):
        memory[k] = UNKNOWN
    for j in range(frame.length):
        memory[BASES + 1 + j] = bases[frame.length - 1 - j]
    if window.holds[1] != frame.length:
        begin = place(frame, frame.length, 0)
        memory[begin : place(frame, frame.length + MARGIN, 0)] = INF
    window.holds[0], window.holds[1] = number, frame.length


@kernel
def set_keys(
    memory: Table, frame: Frame, target: NDArray[np.uint8], low: int, unmasked: Span
) -> None:
    """Keys of target[low:]; bases that are masked are unknown."""
    begin, end = unmasked
    keys, width = KEYS, frame.width
    before = t0 = t1 = t2 = np.int64(UNKNOWN)
    # three positions late: the last base of a key is the one that is read
    for x in range(-4, frame.n_positions):
        i = low + x + 3
        t3 = np.int64(target[i]) if begin <= i < end else np.int64(UNKNOWN)
        if x >= 0:
            b0, b2, b3 = _bit(t0), _bit(t2), _bit(t3)
            memory[keys + NEXT_BASE * width + x] = 5 * t0 + t1
            memory[keys + BASE_BEFORE * width + x] = 5 * t0 + before
            memory[keys + AFTER_NEXT * width + x] = 5 * t0 + t2
            memory[keys + ONE_BETWEEN * width + x] = 10 * b0 + 2 * t1 + b2
            memory[keys + TWO_BETWEEN * width + x] = 50 * b0 + 10 * t1 + 2 * t2 + b3
        before, t0, t1, t2 = t0, t1, t2, t3


@kernel
def _bit(base: np.int64) -> int:
    return 1 if base in (2, 3) else 0


@kernel
def resized(frame: Frame, n_positions: int, open_end: int) -> Frame:
    return Frame(
        frame.width,
        n_positions,
        open_end,
        frame.length,
        frame.first,
        frame.last,
        frame.allow_gu,
        frame.max_loop,
        frame.max_bulge,
    )


@kernel
def refill(window: Window, query: Query, low: int, size: int, unmasked: Span) -> Frame:
    """Fill the stretch of a target from `low` on; the frame that was filled.

    `size` is how many positions are needed, `unmasked` the bases around them that are
    not masked.
    """
    n_positions = min((size + LANES - 1) // LANES * LANES, window.frame.width - HALO)
    open_end = unmasked.end - low
    if unmasked.end == len(query.target) or open_end >= n_positions + HALO:
        open_end = -1
    at = resized(window.frame, n_positions, open_end)
    set_mirna(window, query.number, query.bases)
    clear_halo(window.memory, at)
    set_keys(window.memory, at, query.target, low, unmasked)
    fill(window.memory, at)
    return at


@kernel
def _longest_of_all(frame: Frame) -> int:
    """Span of a site with a longest loop between all its pairs, nt."""
    return 1 + (frame.length - 1) * (1 + max(frame.max_loop, frame.max_bulge))


@kernel
def longest(window: Window, units: int) -> int:
    """Longest span that a site of an energy can have, nt."""
    span = _longest_of_all(window.frame)
    for k in range(len(PRICES)):
        span = min(span, (units - window.floors[k]) // PRICES[k])
    return max(span, 1)


@kernel
def lowest_beyond(window: Window, span: int) -> int:
    """What the energy of a site that is longer than a span cannot be below."""
    if span >= _longest_of_all(window.frame):
        return INF
    lowest = -INF
    for k in range(len(PRICES)):
        lowest = max(lowest, window.floors[k] + PRICES[k] * (span + 1))
    return lowest


@kernel
def scan_rows(window: Window, query: Query, covered: ScanRange, minima: Table) -> None:
    """Exact energies of one miRNA along a target, from right to left.

    They are recorded in the first lane of `minima`.
    """
    low, high, size, right = covered
    memory, at, target = window.memory, window.frame, query.target
    set_mirna(window, query.number, query.bases)
    clear_halo(memory, at)
    n_blocks = (right - low + at.n_positions - 1) // at.n_positions
    best = best_place(at)
    for block in range(n_blocks - 1, -1, -1):
        begin = low + block * at.n_positions
        set_keys(memory, at, target, begin, Span(0, len(target)))
        fill(memory, at)
        carry(memory, at)
        for x in range(min(at.n_positions, high - begin)):
            piece = (begin + x) // size * 32
            minima[piece] = min(minima[piece], memory[best + x])
