"""The pieces of a target, and what is known of their sites' energies."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import Table
from bioloom.mirna.energy.recursion import INF, MARGIN
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
    known = (low, high, units, status, guess, starts)
    return Pieces(*known, np.zeros(size), start, end, partners)


@kernel
def bare_pieces(known: Pieces) -> Pieces:
    """The same, cheap to pass to functions: see `bioloom.mirna.kernels._simd.bare`."""
    return Pieces(
        bare(known.low),
        bare(known.high),
        bare(known.units),
        bare(known.status),
        bare(known.guess),
        bare(known.starts),
        bare(known.summed),
        bare(known.start),
        bare(known.end),
        bare(known.partners),
    )


@kernel
def promising(
    pieces: Pieces, known: tuple[Table, int, int], query: tuple[int, int, int]
) -> int:
    """Pieces of a lane whose energies are low enough; their number.

    `query` is the lane, the target's length and the highest energy.
    """
    (minima, size, status), (lane, length, max_units) = known, query
    n_pieces = 0
    for low in range(0, length, size):
        units = minima[low // size * 32 + lane]
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
def lowest(known: Pieces, n_pieces: int) -> int:
    """Piece of the lowest energy; of equal ones first those not yet traced.

    Of equal sites the one that RNAhybrid's doubles prefer, then the leftmost.
    """
    best = -1
    for k in range(n_pieces):
        if (
            best < 0
            or known.units[k] < known.units[best]
            or known.units[k] == known.units[best]
            and _is_before(known, k, best)
        ):
            best = k
    return best


@kernel
def following(known: Pieces, n_pieces: int, low: int) -> int:
    """Piece that begins at a position and is only bounded; -1 if none."""
    for k in range(n_pieces):
        if known.low[k] == low and known.status[k] == BOUND:
            return k if known.high[k] - low <= PIECE else -1
    return -1


@kernel
def n_lower(known: Pieces, n_pieces: int, units: int) -> int:
    """Number of pieces whose energy, or bound, is below one."""
    n = 0
    for k in range(n_pieces):
        n += known.units[k] < units
    return n


@kernel
def _is_before(known: Pieces, k: int, best: int) -> bool:
    if known.status[k] != known.status[best]:
        return bool(known.status[k] < known.status[best])
    if known.status[k] != TRACED or known.summed[k] != known.summed[best]:
        return bool(known.status[k] == TRACED and known.summed[k] < known.summed[best])
    return bool(known.start[k] < known.start[best])


@kernel
def split(known: Pieces, n_pieces: int, k: int) -> int:
    """Cut a piece to the length that a window holds; the rest becomes another piece."""
    middle = known.low[k] + PIECE
    keep_right(known, (k, n_pieces), (middle, known.high[k]))
    known.high[k] = middle
    return n_pieces + 1


@kernel
def raise_starts(known: Pieces, k: int, found: tuple[Table, int], longer: int) -> None:
    """Raise the bounds of a piece by what a window holds.

    `found` is where the window's energies of these starts are; `longer` is what sites
    that do not fit the window cannot be below.
    """
    memory, place = found
    for x in range(known.high[k] - known.low[k]):
        start = k * PIECE + x
        energy = min(number(memory, place + x), longer)
        known.starts[start] = max(number(known.starts, start), energy)
    raise_bound(known, k)


@kernel
def raise_bound(known: Pieces, k: int) -> None:
    """Raise the bound of a piece to the lowest one of its starts."""
    lowest_start = INF
    for x in range(min(known.high[k] - known.low[k], PIECE)):
        lowest_start = min(lowest_start, number(known.starts, k * PIECE + x))
    known.units[k] = max(known.units[k], lowest_start)


@kernel
def cut(window: Window, known: Pieces, n_pieces: int, span: tuple[int, int]) -> int:
    """Take a site's bases out of the pieces; those around it become bounds again."""
    start, end = span
    for k in range(n_pieces):
        if is_apart(window, known, k, span):
            continue
        low, high = known.low[k], known.high[k]
        known.status[k], known.guess[k] = BOUND, GUESS
        if low >= end or high <= start:
            continue
        n_right = n_pieces if low < start else k
        if end < high:
            keep_right(known, (k, n_right), (end, high))
            n_pieces += n_right == n_pieces
        if low < start:
            known.high[k] = start
            raise_bound(known, k)
        elif high <= end:
            known.low[k], known.units[k] = high, INF
    return n_pieces


@kernel
def keep_right(known: Pieces, pieces: tuple[int, int], span: tuple[int, int]) -> None:
    """Make the right part of a piece the second one."""
    (k, right), (begin, end) = pieces, span
    shift, first, second = begin - known.low[k], k * PIECE, right * PIECE
    # of a piece that is longer than a window all starts have one bound
    if known.high[k] - known.low[k] > PIECE:
        store(known.starts, second, splat(known.units[k]))
    else:
        for x in range(end - begin):
            known.starts[second + x] = known.starts[first + shift + x]
    known.low[right], known.high[right] = begin, end
    known.units[right], known.status[right] = known.units[k], BOUND
    known.guess[right] = GUESS
    raise_bound(known, right)


@kernel
def is_apart(window: Window, known: Pieces, k: int, span: tuple[int, int]) -> bool:
    """Whether a piece and its sites are so far from masked bases that nothing changes.

    A masked base is felt by a large loop up to 16 bases before it.
    """
    start, end = span
    if known.low[k] > end:
        return True
    if known.high[k] > start:
        return False
    if known.status[k] == TRACED:
        return bool(known.end[k] + MARGIN <= start)
    if known.status[k] == BOUND:
        return True
    return bool(known.high[k] + longest(window, known.units[k]) + MARGIN <= start)
