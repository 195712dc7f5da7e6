"""The pieces of a target, and what is known of their sites' energies."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import Table
from bioloom.mirna.energy.recursion import INF, MARGIN
from bioloom.mirna.kernels._ranges import Span
from bioloom.mirna.kernels._simd import bare, number, splat, store
from bioloom.mirna.kernels._trace import MAX_ROWS
from bioloom.mirna.kernels._windows import Window, longest
from bioloom.run.jit import kernel

# starts that are made exact together
PIECE = 32
# how far the energies of most pieces are above their bounds, 0.01 kcal/mol
GUESS = 120
# what is known of a piece
BOUND, EXACT, TRACED = 0, 1, 2
Ints = NDArray[np.int64]


class Minima(NamedTuple):
    """What a scan finds in each piece of a target.

    Parameters
    ----------
    energies
        Lowest energy of its starts, 0.01 kcal/mol, or a bound of it; flat
        [piece][lane].
    size
        Starts in a piece.
    status
        `EXACT` or `BOUND`.
    """

    energies: Table
    size: int
    status: int


class Pieces(NamedTuple):
    """Stretches of starts, in any order.

    Parameters
    ----------
    low, high
        First and one past the last position.
    units
        Lowest energy, 0.01 kcal/mol, or a bound of it, by `status`.
    guess
        How far the energy is thought to be above the bound.
    starts
        Bounds of the energies of single starts, flat [piece][PIECE], of pieces that are
        no longer than that.
    summed, start, end
        The site, if `TRACED`.
    partners
        Its target bases, counted from the first that is paired, by miRNA base from
        the 5' end; -1 for none; flat [piece][MAX_ROWS].
    """

    low: Ints
    high: Ints
    units: Ints
    status: Ints
    guess: Ints
    starts: Table
    summed: NDArray[np.float64]
    start: Ints
    end: Ints
    partners: Table


def new_pieces(size: int) -> Pieces:
    """Room for pieces."""
    low, high, units, status, guess, start, end = np.zeros((7, size), dtype=np.int64)
    starts = np.zeros(size * PIECE, dtype=np.int16)
    partners = np.zeros(size * MAX_ROWS, dtype=np.int16)
    summed = np.zeros(size)
    return Pieces(low, high, units, status, guess, starts, summed, start, end, partners)


@kernel
def bare_pieces(pieces: Pieces) -> Pieces:
    """The same to be handed on often: see `bioloom.mirna.kernels._simd.bare`."""
    return Pieces(
        bare(pieces.low),
        bare(pieces.high),
        bare(pieces.units),
        bare(pieces.status),
        bare(pieces.guess),
        bare(pieces.starts),
        bare(pieces.summed),
        bare(pieces.start),
        bare(pieces.end),
        bare(pieces.partners),
    )


@kernel
def promising(
    pieces: Pieces, minima: Minima, lane: int, length: int, max_units: int
) -> int:
    """Pieces of a lane whose energies are low enough; their number.

    `length` is the target's.
    """
    size, status = minima.size, minima.status
    n_pieces = 0
    for low in range(0, length, size):
        units = minima.energies[low // size * 32 + lane]
        if units <= max_units:
            if n_pieces < len(pieces.low):
                pieces.low[n_pieces] = low
                pieces.high[n_pieces] = min(low + size, length)
                pieces.units[n_pieces] = units
                pieces.status[n_pieces] = status
                pieces.guess[n_pieces] = 0 if status == EXACT else GUESS
                store(pieces.starts, n_pieces * PIECE, splat(np.int64(units)))
            n_pieces += 1
    return n_pieces


@kernel
def lowest(pieces: Pieces, n_pieces: int) -> int:
    """Piece of the lowest energy; of equal ones first those not yet traced.

    Of equal sites the one that RNAhybrid's doubles prefer, then the leftmost.
    """
    best = -1
    for k in range(n_pieces):
        if (
            best < 0
            or pieces.units[k] < pieces.units[best]
            or pieces.units[k] == pieces.units[best]
            and _is_before(pieces, k, best)
        ):
            best = k
    return best


@kernel
def following(pieces: Pieces, n_pieces: int, low: int) -> int:
    """Piece that begins at a position and is only bounded; -1 if none."""
    for k in range(n_pieces):
        if pieces.low[k] == low and pieces.status[k] == BOUND:
            return k if pieces.high[k] - low <= PIECE else -1
    return -1


@kernel
def n_lower(pieces: Pieces, n_pieces: int, units: int) -> int:
    """Number of pieces whose energy, or bound, is below one."""
    n = 0
    for k in range(n_pieces):
        n += pieces.units[k] < units
    return n


@kernel
def _is_before(pieces: Pieces, k: int, best: int) -> bool:
    if pieces.status[k] != pieces.status[best]:
        return bool(pieces.status[k] < pieces.status[best])
    if pieces.status[k] != TRACED or pieces.summed[k] != pieces.summed[best]:
        return bool(
            pieces.status[k] == TRACED and pieces.summed[k] < pieces.summed[best]
        )
    return bool(pieces.start[k] < pieces.start[best])


@kernel
def split(pieces: Pieces, n_pieces: int, k: int) -> int:
    """Cut a piece to the length that a window holds; the rest is a piece of its own."""
    middle = pieces.low[k] + PIECE
    copy_right(pieces, k, n_pieces, Span(middle, pieces.high[k]))
    pieces.high[k] = middle
    return n_pieces + 1


@kernel
def raise_starts(
    pieces: Pieces, k: int, memory: Table, place: int, longer: int
) -> None:
    """Raise the bounds of a piece by what a window holds.

    `place` is where the window's energies of these starts are in memory; `longer` is
    what sites that do not fit the window cannot be below.
    """
    for x in range(pieces.high[k] - pieces.low[k]):
        start = k * PIECE + x
        energy = min(number(memory, place + x), longer)
        pieces.starts[start] = max(number(pieces.starts, start), energy)
    raise_bound(pieces, k)


@kernel
def raise_bound(pieces: Pieces, k: int) -> None:
    """Raise the bound of a piece to the lowest one of its starts."""
    lowest_start = INF
    for x in range(min(pieces.high[k] - pieces.low[k], PIECE)):
        lowest_start = min(lowest_start, number(pieces.starts, k * PIECE + x))
    pieces.units[k] = max(pieces.units[k], lowest_start)


@kernel
def cut(window: Window, pieces: Pieces, n_pieces: int, site: Span) -> int:
    """Take a site's bases out of the pieces; those around it become bounds again."""
    start, end = site
    for k in range(n_pieces):
        if is_apart(window, pieces, k, site):
            continue
        low, high = pieces.low[k], pieces.high[k]
        pieces.status[k], pieces.guess[k] = BOUND, GUESS
        if low >= end or high <= start:
            continue
        n_right = n_pieces if low < start else k
        if end < high:
            copy_right(pieces, k, n_right, Span(end, high))
            n_pieces += n_right == n_pieces
        if low < start:
            pieces.high[k] = start
            raise_bound(pieces, k)
        elif high <= end:
            pieces.low[k], pieces.units[k] = high, INF
    return n_pieces


@kernel
def copy_right(pieces: Pieces, k: int, right: int, part: Span) -> None:
    """Make the right part of a piece another one, which may be the piece itself."""
    begin, end = part
    shift, first, second = begin - pieces.low[k], k * PIECE, right * PIECE
    # of a piece that is longer than a window all starts have one bound
    if pieces.high[k] - pieces.low[k] > PIECE:
        store(pieces.starts, second, splat(pieces.units[k]))
    else:
        for x in range(end - begin):
            pieces.starts[second + x] = pieces.starts[first + shift + x]
    pieces.low[right], pieces.high[right] = begin, end
    pieces.units[right], pieces.status[right] = pieces.units[k], BOUND
    pieces.guess[right] = GUESS
    raise_bound(pieces, right)


@kernel
def is_apart(window: Window, pieces: Pieces, k: int, masked: Span) -> bool:
    """Whether a piece and its sites are so far from masked bases that nothing changes.

    A masked base is felt by a large loop up to 16 bases before it.
    """
    start, end = masked
    if pieces.low[k] > end:
        return True
    if pieces.high[k] > start:
        return False
    if pieces.status[k] == TRACED:
        return bool(pieces.end[k] + MARGIN <= start)
    if pieces.status[k] == BOUND:
        return True
    return bool(pieces.high[k] + longest(window, pieces.units[k]) + MARGIN <= start)
