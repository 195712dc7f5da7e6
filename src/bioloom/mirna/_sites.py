"""Best sites of one miRNA on one target: bounds first, exact energies where they count.

The target is cut into pieces, each with a lower bound of the duplexes that start in it.
The piece of the lowest bound is made exact; when the lowest is exact, it is the best
site. Its bases are masked, which only raises energies: so what was known of the pieces
around it stays a lower bound, and the search goes on for the next site.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna._replay import Trace, lowest_start, trace_best
from bioloom.mirna._rows import (
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
from bioloom.mirna._span import PRICES
from bioloom.mirna.recursion import INF, MARGIN
from bioloom.mirna.tables import (
    AFTER_NEXT,
    BASE_BEFORE,
    NEXT_BASE,
    ONE_BETWEEN,
    TWO_BETWEEN,
    Table,
)
from bioloom.run.jit import kernel
from bioloom.seq.alphabet import UNKNOWN

# starts that are made exact together
PIECE = 64
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
    summed, start, end
        The site, if `TRACED`.
    """

    low: Ints
    high: Ints
    units: Ints
    status: Ints
    guess: Ints
    summed: NDArray[np.float64]
    start: Ints
    end: Ints


class Sites(NamedTuple):
    """Sites in the order in which they are found."""

    units: Ints
    summed: NDArray[np.float64]
    start: Ints
    end: Ints


class Window(NamedTuple):
    """Memory to make a piece exact.

    Parameters
    ----------
    memory
        See `bioloom.mirna._rows`.
    frame
        Of the miRNA.
    floors
        Lowest energy less `PRICES` times the span: see `bioloom.mirna._span`.
    holds
        Number and length of the miRNA that was put into the memory last.
    """

    memory: Table
    frame: Frame
    floors: Ints
    holds: Ints


class Batch(NamedTuple):
    """Up to 32 miRNAs, padded to one length.

    Parameters
    ----------
    number
        Any that tells the miRNAs apart.
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
    """What a thread works in."""

    memory: Table
    width: int
    holds: Ints
    pieces: Pieces
    trace: Trace


class Limits(NamedTuple):
    """Rules of a search: see `SearchOptions`; energies in 0.01 kcal/mol."""

    max_hits: int
    max_units: int
    allow_gu: bool
    max_loop: int
    max_bulge: int


def new_pieces(size: int) -> Pieces:
    """Room for pieces."""
    low, high, units, status, guess, start, end = np.zeros((7, size), dtype=np.int64)
    return Pieces(low, high, units, status, guess, np.zeros(size), start, end)


def new_sites(size: int) -> Sites:
    """Room for sites."""
    units, start, end = np.zeros((3, size), dtype=np.int64)
    return Sites(units, np.zeros(size), start, end)


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
    memory: Table, frame: Frame, target: NDArray[np.uint8], where: tuple[int, int, int]
) -> None:
    """Keys of target[low:]; bases outside [begin, end) are unknown.

    `where` is (low, begin, end).
    """
    low, begin, end = where
    keys, width = KEYS, frame.width
    before = _known_base(target, low - 1, begin, end)
    t0 = _known_base(target, low, begin, end)
    t1 = _known_base(target, low + 1, begin, end)
    t2 = _known_base(target, low + 2, begin, end)
    for x in range(frame.n_positions):
        t3 = _known_base(target, low + x + 3, begin, end)
        b0, b2, b3 = _bit(t0), _bit(t2), _bit(t3)
        memory[keys + NEXT_BASE * width + x] = 5 * t0 + t1
        memory[keys + BASE_BEFORE * width + x] = 5 * t0 + before
        memory[keys + AFTER_NEXT * width + x] = 5 * t0 + t2
        memory[keys + ONE_BETWEEN * width + x] = 10 * b0 + 2 * t1 + b2
        memory[keys + TWO_BETWEEN * width + x] = 50 * b0 + 10 * t1 + 2 * t2 + b3
        before, t0, t1, t2 = t0, t1, t2, t3


@kernel
def _known_base(target: NDArray[np.uint8], i: int, begin: int, end: int) -> int:
    return np.int64(target[i]) if begin <= i < end else np.int64(UNKNOWN)


@kernel
def _bit(base: int) -> int:
    return 1 if base in (2, 3) else 0


@kernel
def find_sites(
    window: Window,
    query: tuple[int, NDArray[np.uint8], NDArray[np.uint8]],
    pieces: tuple[Pieces, int, Trace],
    found: tuple[Sites, int, Limits],
) -> int:
    """Sites of one miRNA, best first; `found` holds how many there are already.

    `query` is the miRNA's number, its bases and the target.

    Returns
    -------
    Number of sites afterwards; -1 if there was no room for more.
    """
    (known, n_pieces, trace), (sites, n_sites, limits) = pieces, found
    first_site = n_sites
    # the piece whose window is still filled
    held, at = -1, window.frame
    while n_sites - first_site < limits.max_hits:
        k = _lowest(known, n_pieces)
        if k < 0 or known.units[k] > limits.max_units:
            break
        if n_sites == len(sites.units) or n_pieces + 2 > len(known.low):
            return -1
        if known.status[k] == TRACED:
            span = _take(known, k, sites, n_sites)
            n_sites += 1
            n_pieces = _cut(window, known, n_pieces, span)
            held = -1
        elif known.status[k] == EXACT and held == k:
            _trace(window.memory, at, (known, k), trace)
        else:
            if known.high[k] - known.low[k] > PIECE:
                n_pieces = _split(known, n_pieces, k)
            masked = (sites, first_site, n_sites)
            at = _make_exact(window, query, (known, k), (masked, limits))
            held = k
    return n_sites


@kernel
def _take(known: Pieces, k: int, sites: Sites, n_sites: int) -> tuple[int, int]:
    sites.units[n_sites] = known.units[k]
    sites.summed[n_sites] = known.summed[k]
    sites.start[n_sites] = known.start[k]
    sites.end[n_sites] = known.end[k]
    return known.start[k], known.end[k]


@kernel
def _trace(memory: Table, at: Frame, piece: tuple[Pieces, int], trace: Trace) -> None:
    known, k = piece
    low = known.low[k]
    summed, start, end = trace_best(memory, at, (known.high[k] - low, low), trace)
    known.summed[k] = summed
    known.start[k], known.end[k] = low + start, low + end
    known.status[k] = TRACED


@kernel
def _resized(frame: Frame, n_positions: int, open_end: int) -> Frame:
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
def _longest(window: Window, units: int) -> int:
    """Longest span that a site of an energy can have, nt."""
    step = 1 + max(window.frame.max_loop, window.frame.max_bulge)
    span = 1 + (window.frame.length - 1) * step
    for k in range(len(PRICES)):
        span = min(span, (units - window.floors[k]) // PRICES[k])
    return max(span, 1)


@kernel
def _split(known: Pieces, n_pieces: int, k: int) -> int:
    """Cut a piece to the length that a window holds; the rest is a piece of its own."""
    known.low[n_pieces] = known.low[k] + PIECE
    known.high[n_pieces] = known.high[k]
    known.units[n_pieces] = known.units[k]
    known.status[n_pieces] = BOUND
    known.guess[n_pieces] = GUESS
    known.high[k] = known.low[k] + PIECE
    return n_pieces + 1


@kernel
def _make_exact(
    window: Window,
    query: tuple[int, NDArray[np.uint8], NDArray[np.uint8]],
    piece: tuple[Pieces, int],
    limits: tuple[tuple[Sites, int, int], Limits],
) -> Frame:
    """Make a piece exact, or its bound higher.

    The window is filled as far as sites reach whose energy is a little above the bound.
    """
    (known, k), (number, bases, target) = piece, query
    low, n_starts = known.low[k], known.high[k] - known.low[k]
    begin, end = _unmasked(low, len(target), limits[0])
    set_mirna(window, number, bases)
    wanted = min(known.units[k] + known.guess[k], limits[1].max_units)
    span = min(n_starts + _longest(window, wanted), end - low)
    n_positions = min((span + LANES - 1) // LANES * LANES, window.frame.width - HALO)
    open_end = end - low
    if end == len(target) or open_end >= n_positions + HALO:
        open_end = -1
    at = _resized(window.frame, n_positions, open_end)
    clear_halo(window.memory, at)
    set_keys(window.memory, at, target, (low, begin, end))
    fill(window.memory, at)
    units = lowest_start(window.memory, at, n_starts)
    if units <= wanted or n_positions >= end - low:
        known.units[k] = units
        known.status[k] = EXACT
    else:
        known.units[k] = wanted + 1
        known.status[k] = BOUND
        known.guess[k] = max(2 * known.guess[k], GUESS)
    return at


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
def _lowest(known: Pieces, n_pieces: int) -> int:
    """Piece of the lowest energy; of equal ones first those not yet traced.

    Of equal sites the one that RNAhybrid's doubles prefer, then the leftmost.
    """
    best = -1
    for k in range(n_pieces):
        if best < 0 or known.units[k] < known.units[best]:
            best = k
        elif known.units[k] == known.units[best]:
            if known.status[k] < known.status[best]:
                best = k
            elif known.status[k] == TRACED and known.status[best] == TRACED:
                if (known.summed[k], known.start[k]) < (
                    known.summed[best],
                    known.start[best],
                ):
                    best = k
    return best


@kernel
def _cut(
    window: Window, known: Pieces, n_pieces: int, span: tuple[int, int]
) -> int:
    """Take a site's bases out of the pieces; those around it become bounds again."""
    start, end = span
    for k in range(n_pieces):
        low, high = known.low[k], known.high[k]
        if _is_apart(window, known, k, span):
            continue
        known.status[k] = BOUND
        if low >= end or high <= start:
            continue
        known.guess[k] = 4 * GUESS
        if low < start:
            known.high[k] = start
            if high > end:
                known.low[n_pieces], known.high[n_pieces] = end, high
                known.units[n_pieces] = known.units[k]
                known.status[n_pieces] = BOUND
                known.guess[n_pieces] = 4 * GUESS
                n_pieces += 1
        else:
            known.low[k] = min(end, high)
            if high <= end:
                known.units[k] = INF
    return n_pieces


@kernel
def _is_apart(window: Window, known: Pieces, k: int, span: tuple[int, int]) -> bool:
    """Whether a piece and its sites are so far from masked bases that nothing changes.

    A masked base is felt by a large loop up to 16 bases before it.
    """
    start, end = span
    if known.low[k] > end:
        return True
    if known.high[k] > start:
        return False
    if known.status[k] == TRACED:
        return known.end[k] + HALO <= start
    if known.status[k] == BOUND:
        return True
    return known.high[k] + _longest(window, known.units[k]) + HALO <= start


@kernel
def find_group(
    room: Room,
    query: tuple[Batch, NDArray[np.uint8], Limits],
    known: tuple[Table, int, int],
    sites: tuple[Sites, Ints],
) -> bool:
    """Sites of some miRNAs on a target; whether there was room for all.

    Parameters
    ----------
    room, query
        Where to work and what to seek.
    known
        Lowest energies of the starts, flat [piece][lane], the length of a piece, and
        whether they are `EXACT` or a `BOUND`.
    sites
        To be filled, with the number of sites up to and with each miRNA.
    """
    (batch, target, limits), (found, counts) = query, sites
    n_sites = 0
    for lane in range(len(batch.length)):
        window = lane_window(room, batch, limits, lane)
        n_pieces = _promising(room.pieces, known, (lane, len(target), limits.max_units))
        if n_pieces > len(room.pieces.low):
            return False
        n_sites = find_sites(
            window,
            (batch.number[lane], batch.bases[lane], target),
            (room.pieces, n_pieces, room.trace),
            (found, n_sites, limits),
        )
        if n_sites < 0:
            return False
        counts[lane] = n_sites
    return True


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


@kernel
def _promising(
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
            n_pieces += 1
    return n_pieces


@kernel
def path_of(
    window: Window,
    query: tuple[int, NDArray[np.uint8], NDArray[np.uint8]],
    span: tuple[int, int, int, int],
    trace: Trace,
) -> NDArray[np.int64]:
    """Pairs of a site: position after its first one · MAX_ROWS + row.

    `span` is where the site starts and ends and where the unmasked bases around it do.
    """
    (number, bases, target), (low, high, begin, end) = query, span
    n_positions = (high - low + LANES - 1) // LANES * LANES
    open_end = end - low
    if end == len(target) or open_end >= n_positions + HALO:
        open_end = -1
    at = _resized(window.frame, n_positions, open_end)
    set_mirna(window, number, bases)
    clear_halo(window.memory, at)
    set_keys(window.memory, at, target, (low, begin, end))
    fill(window.memory, at)
    trace_best(window.memory, at, (1, low), trace)
    pairs = np.empty(window.frame.length, dtype=np.int64)
    n_pairs, pair = 0, trace.first[0]
    while pair >= 0:
        pairs[n_pairs] = pair
        n_pairs += 1
        pair = trace.inner[pair]
    return pairs[:n_pairs]


@kernel
def scan_rows(
    window: Window,
    query: tuple[int, NDArray[np.uint8], NDArray[np.uint8]],
    step: tuple[int, int, int, int],
    minima: Table,
) -> None:
    """Exact energies of one miRNA along a target, from right to left.

    Starts in target[low:high] are recorded, in the first lane of `minima`, by pieces of
    `size`; the scan begins at `right`, beyond the reach of any. `step` is (low, high,
    size, right).
    """
    (number, bases, target), (low, high, size, right) = query, step
    memory, at = window.memory, window.frame
    set_mirna(window, number, bases)
    clear_halo(memory, at)
    n_blocks = (right - low + at.n_positions - 1) // at.n_positions
    best = best_place(at)
    for block in range(n_blocks - 1, -1, -1):
        begin = low + block * at.n_positions
        set_keys(memory, at, target, (begin, 0, len(target)))
        fill(memory, at)
        carry(memory, at)
        for x in range(min(at.n_positions, high - begin)):
            piece = (begin + x) // size * 32
            minima[piece] = min(minima[piece], memory[best + x])
