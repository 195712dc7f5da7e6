"""Best sites of one miRNA on one target: bounds first, exact energies where they count.

The target is cut into pieces, each with a lower bound of the duplexes that start in it.
The piece of the lowest bound is made exact; when the lowest is exact, it is the best
site. Its bases are masked, which only raises energies: so what was known of the pieces
around it stays a lower bound, and the search goes on for the next site.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import Table
from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.kernels._pieces import (
    BOUND,
    EXACT,
    PIECE,
    TRACED,
    Ints,
    Pieces,
    bare_pieces,
    cut,
    following,
    lowest,
    n_lower,
    promising,
    raise_starts,
    split,
)
from bioloom.mirna.kernels._replay import trace_best
from bioloom.mirna.kernels._rows import HALO, Frame, best_place
from bioloom.mirna.kernels._simd import number
from bioloom.mirna.kernels._trace import MAX_ROWS, Trace, first_place, inner_place
from bioloom.mirna.kernels._windows import Query, Window, longest, lowest_beyond, refill
from bioloom.run.jit import kernel


class Sites(NamedTuple):
    """Sites in the order in which they are found."""

    units: Ints
    summed: NDArray[np.float64]
    start: Ints
    end: Ints
    partners: NDArray[np.int16]


def new_sites(size: int) -> Sites:
    """Room for sites."""
    units, start, end = np.zeros((3, size), dtype=np.int64)
    partners = np.zeros((size, MAX_ROWS), dtype=np.int16)
    return Sites(units, np.zeros(size), start, end, partners)


def doubled(sites: Sites) -> Sites:
    """The sites, with room for as many more."""
    return Sites(*(np.concatenate([column, column]) for column in sites))


class Limits(NamedTuple):
    """Rules of a search: see `SearchOptions`; energies in 0.01 kcal/mol."""

    max_hits: int
    max_units: int
    allow_gu: bool
    max_loop: int
    max_bulge: int


class Batch(NamedTuple):
    """Up to 32 miRNAs, padded to one length.

    Parameters
    ----------
    number
        A number that identifies the batch of miRNAs.
    bases
        Codes, 5'→3', shape (n, longest).
    first, last
        Rows of the helix, as in `Frame`.
    floors
        As in `Window`, shape (n, prices).
    """

    number: Ints
    bases: NDArray[np.uint8]
    length: Ints
    first: Ints
    last: Ints
    floors: Ints


class Room(NamedTuple):
    """Working memory of a thread."""

    memory: Table
    width: int
    holds: Ints
    pieces: Pieces
    trace: Trace


@kernel
def find_sites(
    window: Window,
    query: Query,
    pieces: tuple[Pieces, int, Trace],
    found: tuple[Sites, int, Limits],
) -> int:
    """Sites of one miRNA, best first; `found` holds how many there are already.

    `query` is the miRNA's number, its bases and the target.

    Returns
    -------
    Number of sites afterwards; -1 if there was no room for more.
    """
    (all_known, n_pieces, trace), (sites, n_sites, limits) = pieces, found
    known, first_site = bare_pieces(all_known), n_sites
    # the piece whose window is still filled
    held, at = -1, window.frame
    while n_sites - first_site < limits.max_hits:
        k = lowest(known, n_pieces)
        if k < 0 or known.units[k] > limits.max_units:
            break
        if n_sites == len(sites.units) or n_pieces + 2 > len(all_known.low):
            return -1
        if known.status[k] == TRACED:
            span = _take(known, k, sites, n_sites)
            n_sites += 1
            n_pieces = cut(window, known, n_pieces, span)
            held = -1
        elif known.status[k] == EXACT and held == k:
            _trace(window.memory, at, (known, k), trace)
        else:
            if known.high[k] - known.low[k] > PIECE:
                n_pieces = split(known, n_pieces, k)
            masked = (sites, first_site, n_sites)
            at = _make_exact(window, query, (known, k, n_pieces), (masked, limits))
            held = k
            # a likely site is traced while its window is filled: it may have to wait
            n_wanted = first_site + limits.max_hits - n_sites
            if n_wanted > 1 and _is_likely(known, k, n_pieces, (n_wanted, limits)):
                _trace(window.memory, at, (known, k), trace)
    return n_sites


@kernel
def _is_likely(known: Pieces, k: int, n_pieces: int, rules: tuple[int, Limits]) -> bool:
    """Whether an exact piece may be among the sites that are still wanted.

    About half of the bounds below it turn out to be above.
    """
    units, (n_wanted, limits) = known.units[k], rules
    if known.status[k] != EXACT or units > limits.max_units:
        return False
    return bool(n_lower(known, n_pieces, units) < 2 * n_wanted)


@kernel
def _take(known: Pieces, k: int, sites: Sites, n_sites: int) -> tuple[int, int]:
    sites.units[n_sites] = known.units[k]
    sites.summed[n_sites] = known.summed[k]
    sites.start[n_sites] = known.start[k]
    sites.end[n_sites] = known.end[k]
    for j in range(MAX_ROWS):
        sites.partners[n_sites, j] = known.partners[k * MAX_ROWS + j]
    return known.start[k], known.end[k]


@kernel
def _trace(memory: Table, at: Frame, piece: tuple[Pieces, int], trace: Trace) -> None:
    known, k = piece
    if known.units[k] >= 0:
        return
    low = known.low[k]
    summed, start, end = trace_best(memory, at, (known.high[k] - low, low), trace)
    first, last = k * MAX_ROWS, k * MAX_ROWS + at.length - 1
    for j in range(MAX_ROWS):
        known.partners[first + j] = -1
    pair = trace.ints[first_place(at)]
    while pair >= 0:
        known.partners[last - pair % MAX_ROWS] = pair // MAX_ROWS - start
        pair = trace.ints[inner_place(at, pair)]
    known.summed[k] = summed
    known.start[k], known.end[k] = low + start, low + end
    known.status[k] = TRACED


@kernel
def _make_exact(
    window: Window,
    query: Query,
    piece: tuple[Pieces, int, int],
    limits: tuple[tuple[Sites, int, int], Limits],
) -> Frame:
    """Make a piece exact, or its bound higher.

    The window is filled as far as sites reach whose energy is a little above the bound.
    `piece` is which of how many.
    """
    (known, k, n_pieces), (_, _, target) = piece, query
    low, n_starts = known.low[k], known.high[k] - known.low[k]
    begin, end = _unmasked(low, len(target), limits[0])
    wanted = min(known.units[k] + known.guess[k], limits[1].max_units)
    size = min(n_starts - 1 + longest(window, wanted), end - low)
    at = refill(window, query, (low, size, begin, end))
    _learn(window, at, (known, k), (low, end))
    k = following(known, n_pieces, known.high[k])
    if k >= 0 and known.high[k] <= low + at.n_positions:
        _learn(window, at, (known, k), (low, end))
    return at


@kernel
def _learn(
    window: Window, at: Frame, piece: tuple[Pieces, int], span: tuple[int, int]
) -> None:
    """Update a piece from a filled window; `span` is where it and the bases end."""
    (known, k), (low, end) = piece, span
    n_starts, place = known.high[k] - known.low[k], best_place(at) + known.low[k] - low
    units, longer = INF, INF
    for x in range(n_starts):
        units = min(units, number(window.memory, place + x))
    if at.n_positions < end - low:
        longer = lowest_beyond(window, low + at.n_positions + 1 - known.high[k])
    raise_starts(known, k, (window.memory, place), longer)
    known.status[k] = EXACT if units < longer else BOUND
    known.guess[k] = max(units - known.units[k], 0)


@kernel
def _unmasked(low: int, n: int, masked: tuple[Sites, int, int]) -> tuple[int, int]:
    """Where the unmasked bases around a position begin and end."""
    sites, first, last = masked
    begin, end = 0, n
    for k in range(first, last):
        if sites.end[k] <= low:
            begin = max(begin, sites.end[k])
        else:
            end = min(end, sites.start[k])
    return begin, end


@kernel
def find_group(
    room: Room,
    query: tuple[Batch, NDArray[np.uint8], Limits],
    known: tuple[Table, int, int],
    sites: tuple[Sites, Ints, int],
) -> int:
    """Sites of some miRNAs on a target; how many miRNAs there was room for.

    Parameters
    ----------
    room, query
        Memory to work in, and what to search for.
    known
        Lowest energies of the starts, flat [piece][lane], the length of a piece, and
        whether they are `EXACT` or a `BOUND`.
    sites
        To be filled, with the number of sites up to and with each miRNA, and how many
        miRNAs are done.
    """
    (batch, target, limits), (found, counts, done) = query, sites
    n_sites = counts[done - 1] if done > 0 else 0
    for lane in range(done, len(batch.length)):
        window = lane_window(room, batch, limits, lane)
        n_pieces = promising(room.pieces, known, (lane, len(target), limits.max_units))
        if n_pieces > len(room.pieces.low):
            return lane
        n_sites = find_sites(
            window,
            (batch.number[lane], batch.bases[lane], target),
            (room.pieces, n_pieces, room.trace),
            (found, n_sites, limits),
        )
        if n_sites < 0:
            return lane
        counts[lane] = n_sites
    return len(batch.length)


@kernel
def lane_window(room: Room, batch: Batch, limits: Limits, lane: int) -> Window:
    frame = Frame(
        room.width,
        room.width - HALO,
        -1,
        batch.length[lane],
        batch.first[lane],
        batch.last[lane],
        limits.allow_gu,
        limits.max_loop,
        limits.max_bulge,
    )
    return Window(room.memory, frame, batch.floors[lane], room.holds)
