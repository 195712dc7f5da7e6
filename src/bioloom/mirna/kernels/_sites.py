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
    Minima,
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
from bioloom.mirna.kernels._ranges import Span
from bioloom.mirna.kernels._replay import trace_best
from bioloom.mirna.kernels._rows import HALO, Frame, best_place
from bioloom.mirna.kernels._simd import number
from bioloom.mirna.kernels._trace import MAX_ROWS, Trace, first_place, inner_place
from bioloom.mirna.kernels._windows import Query, Window, longest, lowest_beyond, refill
from bioloom.run.jit import kernel


class Sites(NamedTuple):
    """Sites in the order of their search: best first, miRNA by miRNA."""

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
    room: Room,
    n_pieces: int,
    sites: Sites,
    n_sites: int,
    limits: Limits,
) -> int:
    """Sites of one miRNA, best first, behind the `n_sites` that are there already.

    Returns
    -------
    Number of sites afterwards; -1 if there was no room for more.
    """
    pieces, trace = bare_pieces(room.pieces), room.trace
    first_site, max_units = n_sites, limits.max_units
    # the piece whose window is still filled
    filled, at = -1, window.frame
    while n_sites - first_site < limits.max_hits:
        k = lowest(pieces, n_pieces)
        if k < 0 or pieces.units[k] > max_units:
            break
        if n_sites == len(sites.units) or n_pieces + 2 > len(room.pieces.low):
            return -1
        if pieces.status[k] == TRACED:
            site = _take(pieces, k, sites, n_sites)
            n_sites += 1
            n_pieces = cut(window, pieces, n_pieces, site)
            filled = -1
        elif pieces.status[k] == EXACT and filled == k:
            _trace(window.memory, at, pieces, k, trace)
        else:
            if pieces.high[k] - pieces.low[k] > PIECE:
                n_pieces = split(pieces, n_pieces, k)
            n = len(query.target)
            unmasked = _unmasked(pieces.low[k], n, sites, first_site, n_sites)
            at = _make_exact(window, query, pieces, k, n_pieces, unmasked, max_units)
            filled = k
            # a likely site is traced while its window is filled: it may have to wait
            n_wanted = first_site + limits.max_hits - n_sites
            if n_wanted > 1 and _is_likely(pieces, k, n_pieces, n_wanted, max_units):
                _trace(window.memory, at, pieces, k, trace)
    return n_sites


@kernel
def _is_likely(
    pieces: Pieces, k: int, n_pieces: int, n_wanted: int, max_units: int
) -> bool:
    """Whether an exact piece may be among so many sites that are still wanted.

    About half of the bounds below it turn out to be above.
    """
    units = pieces.units[k]
    if pieces.status[k] != EXACT or units > max_units:
        return False
    return bool(n_lower(pieces, n_pieces, units) < 2 * n_wanted)


@kernel
def _take(pieces: Pieces, k: int, sites: Sites, n_sites: int) -> Span:
    """Copy the site of a piece behind the others."""
    sites.units[n_sites] = pieces.units[k]
    sites.summed[n_sites] = pieces.summed[k]
    sites.start[n_sites] = pieces.start[k]
    sites.end[n_sites] = pieces.end[k]
    for j in range(MAX_ROWS):
        sites.partners[n_sites, j] = pieces.partners[k * MAX_ROWS + j]
    return Span(pieces.start[k], pieces.end[k])


@kernel
def _trace(memory: Table, at: Frame, pieces: Pieces, k: int, trace: Trace) -> None:
    if pieces.units[k] >= 0:
        return
    low = pieces.low[k]
    summed, start, end = trace_best(memory, at, pieces.high[k] - low, low, trace)
    first, last = k * MAX_ROWS, k * MAX_ROWS + at.length - 1
    for j in range(MAX_ROWS):
        pieces.partners[first + j] = -1
    pair = trace.ints[first_place(at)]
    while pair >= 0:
        pieces.partners[last - pair % MAX_ROWS] = pair // MAX_ROWS - start
        pair = trace.ints[inner_place(at, pair)]
    pieces.summed[k] = summed
    pieces.start[k], pieces.end[k] = low + start, low + end
    pieces.status[k] = TRACED


@kernel
def _make_exact(
    window: Window,
    query: Query,
    pieces: Pieces,
    k: int,
    n_pieces: int,
    unmasked: Span,
    max_units: int,
) -> Frame:
    """Make a piece exact, or its bound higher.

    The window is filled as far as sites reach whose energy is a little above the bound.
    """
    low, end = pieces.low[k], unmasked.end
    n_starts = pieces.high[k] - low
    wanted = min(pieces.units[k] + pieces.guess[k], max_units)
    size = min(n_starts - 1 + longest(window, wanted), end - low)
    at = refill(window, query, low, size, unmasked)
    _learn(window, at, pieces, k, Span(low, end))
    k = following(pieces, n_pieces, pieces.high[k])
    if k >= 0 and pieces.high[k] <= low + at.n_positions:
        _learn(window, at, pieces, k, Span(low, end))
    return at


@kernel
def _learn(window: Window, at: Frame, pieces: Pieces, k: int, bases: Span) -> None:
    """Store what a filled window tells of a piece.

    `bases` are the unmasked ones from where the window begins.
    """
    low, n_starts = bases.start, pieces.high[k] - pieces.low[k]
    place = best_place(at) + pieces.low[k] - low
    units, longer = INF, INF
    for x in range(n_starts):
        units = min(units, number(window.memory, place + x))
    if at.n_positions < bases.end - low:
        longer = lowest_beyond(window, low + at.n_positions + 1 - pieces.high[k])
    raise_starts(pieces, k, window.memory, place, longer)
    pieces.status[k] = EXACT if units < longer else BOUND
    pieces.guess[k] = max(units - pieces.units[k], 0)


@kernel
def _unmasked(low: int, n: int, sites: Sites, first: int, last: int) -> Span:
    """Bases around a position of n that sites[first:last] do not mask."""
    begin, end = 0, n
    for k in range(first, last):
        if sites.end[k] <= low:
            begin = max(begin, sites.end[k])
        else:
            end = min(end, sites.start[k])
    return Span(begin, end)


@kernel
def find_group(
    room: Room,
    batch: Batch,
    target: NDArray[np.uint8],
    limits: Limits,
    minima: Minima,
    sites: Sites,
    counts: Ints,
    n_done: int,
) -> int:
    """Sites of some miRNAs on a target; how many miRNAs there was room for.

    Parameters
    ----------
    room
        Memory to work in.
    batch, target, limits
        What to search for.
    minima
        Of all pieces of the target.
    sites, counts
        To be filled: `counts` with the number of sites up to and with each miRNA.
    n_done
        Number of miRNAs that an earlier call had room for.
    """
    n_sites = counts[n_done - 1] if n_done > 0 else 0
    for lane in range(n_done, len(batch.length)):
        window = lane_window(room, batch, limits, lane)
        n_pieces = promising(room.pieces, minima, lane, len(target), limits.max_units)
        if n_pieces > len(room.pieces.low):
            return lane
        query = Query(batch.number[lane], batch.bases[lane], target)
        n_sites = find_sites(window, query, room, n_pieces, sites, n_sites, limits)
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
