"""Best sites of one miRNA on one target: bounds first, exact energies where they count.

The target is cut into pieces, each with a lower bound of the duplexes that start in it.
The piece of the lowest bound is made exact; when the lowest is exact, it is the best
site. Its bases are masked, which only raises energies: so what was known of the pieces
around it stays a lower bound, and the search goes on for the next site.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna._replay import MAX_ROWS, Trace, lowest_start, trace_best
from bioloom.mirna._rows import (
    BASES,
    HALO,
    KEYS,
    PLANES,
    SCRATCH,
    Frame,
    best_place,
    carry,
    fill,
    place,
)
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
    summed, start, end
        The site, if `TRACED`.
    partners
        Its target bases, counted from the first that is paired, by miRNA base from
        the 5' end; -1 for none; shape (n, MAX_ROWS).
    """

    low: Ints
    high: Ints
    units: Ints
    status: Ints
    summed: NDArray[np.float64]
    start: Ints
    end: Ints
    partners: NDArray[np.int16]


class Sites(NamedTuple):
    """Sites in the order in which they are found."""

    units: Ints
    summed: NDArray[np.float64]
    start: Ints
    end: Ints
    partners: NDArray[np.int16]


class Window(NamedTuple):
    """Memory to make a piece exact, with room for most sites or for all.

    Parameters
    ----------
    memory
        See `bioloom.mirna._rows`.
    frame
        Of the miRNA.
    longer
        Lowest energy that a site might have which is longer than the window holds,
        0.01 kcal/mol.
    holds
        Number and length of the miRNA that was put into the memory last.
    """

    memory: Table
    frame: Frame
    longer: int
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
    longer
        See `Window`; of the smaller window.
    """

    number: Ints
    bases: NDArray[np.uint8]
    length: Ints
    first: Ints
    last: Ints
    longer: Ints


class Room(NamedTuple):
    """What a thread works in: the two windows, pieces and traces."""

    memories: tuple[Table, Table]
    widths: tuple[int, int]
    holds: tuple[Ints, Ints]
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
    low, high, units, status, start, end = np.zeros((6, size), dtype=np.int64)
    partners = np.zeros((size, MAX_ROWS), dtype=np.int16)
    return Pieces(low, high, units, status, np.zeros(size), start, end, partners)


def new_sites(size: int) -> Sites:
    """Room for sites."""
    units, start, end = np.zeros((3, size), dtype=np.int64)
    partners = np.zeros((size, MAX_ROWS), dtype=np.int16)
    return Sites(units, np.zeros(size), start, end, partners)


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
    windows: tuple[Window, Window],
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
    frame = windows[0].frame
    longest_step = 1 + max(frame.max_loop, frame.max_bulge)
    reach = 1 + (frame.length - 1) * longest_step
    # the piece whose window is still filled, which window, its masked end
    held = (-1, 0, -1)
    while n_sites - first_site < limits.max_hits:
        k = _lowest(known, n_pieces)
        if k < 0 or known.units[k] > limits.max_units:
            break
        if n_sites == len(sites.units) or n_pieces + 2 > len(known.low):
            return -1
        if known.status[k] == TRACED:
            span = _take(known, k, sites, n_sites)
            n_sites += 1
            n_pieces = _cut(known, n_pieces, (span[0], span[1], reach))
            held = (-1, 0, -1)
        elif known.status[k] == EXACT and held[0] == k:
            _trace(windows[held[1]], held[2], (known, k), trace)
        else:
            if known.high[k] - known.low[k] > PIECE:
                n_pieces = _split(known, n_pieces, k)
            masked = (sites, first_site, n_sites)
            which, open_end = _make_exact(windows, query, (known, k), (masked, limits))
            held = (k, which, open_end)
    return n_sites


@kernel
def _take(known: Pieces, k: int, sites: Sites, n_sites: int) -> tuple[int, int]:
    sites.units[n_sites] = known.units[k]
    sites.summed[n_sites] = known.summed[k]
    sites.start[n_sites] = known.start[k]
    sites.end[n_sites] = known.end[k]
    sites.partners[n_sites] = known.partners[k]
    return known.start[k], known.end[k]


@kernel
def _trace(
    window: Window, open_end: int, piece: tuple[Pieces, int], trace: Trace
) -> None:
    known, k = piece
    low = known.low[k]
    at = _opened(window.frame, open_end)
    summed, pair = trace_best(window.memory, at, known.high[k] - low, trace)
    start, x = pair // MAX_ROWS, 0
    known.partners[k] = -1
    while pair >= 0:
        x = pair // MAX_ROWS
        known.partners[k, at.length - 1 - pair % MAX_ROWS] = x - start
        pair = trace.inner[pair]
    known.summed[k] = summed
    known.start[k], known.end[k] = low + start, low + x + 1
    known.status[k] = TRACED


@kernel
def _opened(frame: Frame, open_end: int) -> Frame:
    return Frame(
        frame.width,
        frame.n_positions,
        open_end,
        frame.length,
        frame.first,
        frame.last,
        frame.allow_gu,
        frame.max_loop,
        frame.max_bulge,
    )


@kernel
def _split(known: Pieces, n_pieces: int, k: int) -> int:
    """Cut a piece to the length that a window holds; the rest is a piece of its own."""
    known.low[n_pieces] = known.low[k] + PIECE
    known.high[n_pieces] = known.high[k]
    known.units[n_pieces] = known.units[k]
    known.status[n_pieces] = BOUND
    known.high[k] = known.low[k] + PIECE
    return n_pieces + 1


@kernel
def _make_exact(
    windows: tuple[Window, Window],
    query: tuple[int, NDArray[np.uint8], NDArray[np.uint8]],
    piece: tuple[Pieces, int],
    limits: tuple[tuple[Sites, int, int], Limits],
) -> tuple[int, int]:
    """Fill the window of a piece; which of the two, and its masked end or -1."""
    (known, k), (number, bases, target) = piece, query
    low = known.low[k]
    begin, end = _unmasked(low, len(target), limits[0])
    masked_end = end - low if end < len(target) else -1
    for which in range(2):
        window = windows[which]
        set_mirna(window, number, bases)
        open_end = masked_end
        if open_end >= window.frame.n_positions + HALO:
            open_end = -1
        at = _opened(window.frame, open_end)
        set_keys(window.memory, at, target, (low, begin, end))
        fill(window.memory, at)
        units = lowest_start(window.memory, at, known.high[k] - low)
        holds_all = end - low <= window.frame.n_positions
        if units < window.longer or holds_all or window.longer > limits[1].max_units:
            break
    known.units[k] = units
    known.status[k] = EXACT
    return which, open_end


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
def _cut(known: Pieces, n_pieces: int, span: tuple[int, int, int]) -> int:
    """Take a site's bases out of the pieces; those around it become bounds again."""
    start, end, reach = span
    for k in range(n_pieces):
        low, high = known.low[k], known.high[k]
        if low > end or high <= start - reach:
            continue
        known.status[k] = BOUND
        if low >= end or high <= start:
            continue
        if low < start:
            known.high[k] = start
            if high > end:
                known.low[n_pieces], known.high[n_pieces] = end, high
                known.units[n_pieces] = known.units[k]
                known.status[n_pieces] = BOUND
                n_pieces += 1
        else:
            known.low[k] = min(end, high)
            if high <= end:
                known.units[k] = INF
    return n_pieces


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
        windows = (
            _window(room, batch, limits, (lane, 0)),
            _window(room, batch, limits, (lane, 1)),
        )
        n_pieces = _promising(room.pieces, known, (lane, len(target), limits.max_units))
        if n_pieces > len(room.pieces.low):
            return False
        n_sites = find_sites(
            windows,
            (batch.number[lane], batch.bases[lane], target),
            (room.pieces, n_pieces, room.trace),
            (found, n_sites, limits),
        )
        if n_sites < 0:
            return False
        counts[lane] = n_sites
    return True


@kernel
def _window(room: Room, batch: Batch, limits: Limits, which: tuple[int, int]) -> Window:
    lane, size = which
    memory, holds, width = room.memories[0], room.holds[0], room.widths[0]
    longer = batch.longer[lane]
    if size == 1:
        memory, holds, width = room.memories[1], room.holds[1], room.widths[1]
        longer = np.int64(INF)
    frame = Frame(
        width,
        width - HALO,
        -1,
        batch.length[lane],
        batch.first[lane],
        batch.last[lane],
        limits.allow_gu,
        limits.max_loop,
        limits.max_bulge,
    )
    return Window(memory, frame, longer, holds)


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
            n_pieces += 1
    return n_pieces


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
    for plane in range(at.length * PLANES):
        begin = place(at, 0, plane) + at.n_positions
        memory[begin : begin + HALO] = INF
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
