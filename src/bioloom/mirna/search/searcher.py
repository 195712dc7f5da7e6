"""Sites of many miRNAs on many targets: the fast search, exact to the last tie.

Energies, sites and their order are those of `sites.duplex.fold_all`. With more than a
few miRNAs, a lower bound of every duplex is computed for 32 miRNAs at once; only where
it is low enough is the exact energy computed. With few miRNAs, all energies are exact.
"""

import math
import mmap
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import aligned
from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.kernels import _lanes, _pieces, _sites, _windows
from bioloom.mirna.kernels._pieces import BOUND, EXACT, PIECE, Minima
from bioloom.mirna.kernels._ranges import ScanRange
from bioloom.mirna.kernels._rows import HALO, Frame, new_memory
from bioloom.mirna.kernels._sites import Batch, Limits, Room
from bioloom.mirna.kernels._span import floors
from bioloom.mirna.kernels._trace import new_trace
from bioloom.mirna.kernels._windows import Query, Window
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.plain import check_lengths
from bioloom.mirna.sites.duplex import Duplex
from bioloom.mirna.sites.hits import Hits, joined
from bioloom.mirna.sites.structures import structures
from bioloom.seq.alphabet import SeqCodes

LANES = _lanes.LANES
# with fewer miRNAs than this in a group, exact rows are faster than bounds in lanes
MIN_LANES = 5
# positions that rows scan at once
ROW_BLOCK = 256
# most pieces of one target; longer targets have longer pieces
MAX_PIECES = 1 << 18
# positions that one thread scans at once
BLOCK = 1 << 17
# targets per thread that are read ahead
WAITING = 4


@dataclass(frozen=True, slots=True)
class _Group:
    """miRNAs searched together.

    Parameters
    ----------
    index
        Their numbers in the searcher.
    batch
        For the exact step.
    profile
        For bounds in lanes; None if the miRNAs are too few for that.
    reach
        Longest site that any of them can have, nt.
    """

    index: tuple[int, ...]
    batch: _sites.Batch
    profile: _lanes.Profile | None
    reach: int


class Searcher:
    """Search of miRNAs on any number of targets.

    Parameters
    ----------
    mirnas
        Base codes, 5'→3', uint8; 1 to 60 nt each.
    options
        Rules of the search; by default the one best site per target.

    Raises
    ------
    BadInput
        If a miRNA has no base or is longer than 60 nt.
    """

    is_compiled: ClassVar[bool] = True

    def __init__(
        self, mirnas: Sequence[SeqCodes], options: SearchOptions | None = None
    ) -> None:
        self.options = options or SearchOptions()
        self.mirnas = tuple(np.ascontiguousarray(m, dtype=np.uint8) for m in mirnas)
        check_lengths(self.mirnas)
        self._groups = tuple(self._grouped())
        self._local = threading.local()

    def _grouped(self) -> Iterator[_Group]:
        """Groups of up to 32, of similar lengths, long enough for the seed region."""
        last = self.options.seed_region.last if self.options.seed_region else 0
        lengths = [len(mirna) for mirna in self.mirnas]
        fitting = [k for k, length in enumerate(lengths) if length >= last]
        fitting.sort(key=lambda k: lengths[k])
        for begin in range(0, len(fitting), LANES):
            index = tuple(fitting[begin : begin + LANES])
            chosen = [self.mirnas[k] for k in index]
            lanes = len(chosen) >= MIN_LANES
            yield _Group(
                index,
                _batch(chosen, index, self.options),
                _lanes.profile_of(chosen, self.options.seed_region) if lanes else None,
                _reach(max(map(len, chosen)), self.options),
            )

    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one target.

        Parameters
        ----------
        target
            Base codes, 5'→3', uint8, of any length; may be a memory map.
        threads
            A long target is scanned in this many parts at once.
        """
        if threads == 1 or len(target) <= BLOCK:
            return self._search(target, None)
        with ThreadPoolExecutor(threads) as pool:
            return self._search(target, pool)

    def search_all(
        self, targets: Iterable[SeqCodes], *, threads: int = 1
    ) -> Iterator[Hits]:
        """Sites on each target, in the order of the targets.

        Few targets are held in memory at a time.
        """
        if threads == 1:
            yield from map(self.search, targets)
            return
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[Hits]] = deque()
            for target in targets:
                if len(target) > BLOCK:
                    yield from _drained(waiting)
                    yield self._search(target, pool)
                    continue
                waiting.append(pool.submit(self._search, target, None))
                if len(waiting) > WAITING * threads:
                    yield waiting.popleft().result()
            yield from _drained(waiting)

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site: its pairs, loops and drawing.

        Parameters
        ----------
        target
            Base codes of the target.
        hits
            Sites on it: all of each miRNA, or its best ones.
        """
        yield from structures(hits, self.mirnas, target, self.options)

    def _search(self, target: SeqCodes, pool: ThreadPoolExecutor | None) -> Hits:
        size = PIECE
        while len(target) > size * MAX_PIECES:
            size *= 2
        parts: list[Hits] = []
        for group in self._groups:
            n_pieces = -(-len(target) // size)
            status = EXACT if group.profile is None else BOUND
            minima = Minima(aligned(n_pieces * LANES, INF), size, status)
            scan = partial(self._scan, group, target, minima)
            blocks = range(0, len(target), max(BLOCK, size))
            list(map(scan, blocks) if pool is None else pool.map(scan, blocks))
            parts.append(self._sites_of(group, target, minima))
        return joined(parts)

    def _scan(self, group: _Group, target: SeqCodes, minima: Minima, low: int) -> None:
        """Lowest energies or bounds of the starts of one block."""
        high = min(len(target), low + max(BLOCK, minima.size))
        right = min(len(target), high + group.reach)
        covered = ScanRange(low, high, minima.size, right)
        if group.profile is not None:
            columns = _lanes.new_columns(group.profile.n_rows)
            _lanes.scan(group.profile, columns, target, covered, minima.energies)
        else:
            for lane, k in enumerate(group.index):
                query = Query(k, self.mirnas[k], target)
                window = self._row_window(group.batch, lane)
                _windows.scan_rows(window, query, covered, minima.energies[lane:])
        _release(target)

    def _row_window(self, batch: Batch, lane: int) -> Window:
        if not hasattr(self._local, "rows"):
            longest = max(map(len, self.mirnas))
            self._local.rows = new_memory(longest, ROW_BLOCK + HALO)
            self._local.rows_hold = np.full(2, -1)
        options = self.options
        frame = Frame(
            width=ROW_BLOCK + HALO,
            n_positions=ROW_BLOCK,
            open_end=-1,
            length=int(batch.length[lane]),
            first=int(batch.first[lane]),
            last=int(batch.last[lane]),
            allow_gu=options.allow_gu,
            max_loop=options.max_loop,
            max_bulge=options.max_bulge,
        )
        return Window(
            self._local.rows, frame, batch.floors[lane], self._local.rows_hold
        )

    def _sites_of(self, group: _Group, target: SeqCodes, minima: Minima) -> Hits:
        limits = _limits(self.options, len(target))
        counts = np.zeros(len(group.index), dtype=np.int64)
        sites = _sites.new_sites(LANES * min(limits.max_hits, WAITING))
        n_pieces = 2 * (len(minima.energies) // LANES) + 64
        n_done = 0
        while True:
            room, batch = self._room(n_pieces), group.batch
            n_done = _sites.find_group(
                room, batch, target, limits, minima, sites, counts, n_done
            )
            if n_done == len(counts):
                return _hits(group, sites, counts)
            sites, n_pieces = _sites.doubled(sites), 2 * n_pieces

    def _room(self, n_pieces: int) -> Room:
        """Memory of the thread, with room for at least this many pieces."""
        local = self._local
        if not hasattr(local, "room"):
            longest = max(map(len, self.mirnas))
            width = (PIECE + _reach(longest, self.options)) // LANES * LANES + 2 * HALO
            local.room = Room(
                new_memory(longest, width),
                width,
                np.full(2, -1),
                _pieces.new_pieces(n_pieces),
                new_trace(longest, width),
            )
        if len(local.room.pieces.low) < n_pieces:
            local.room = local.room._replace(pieces=_pieces.new_pieces(n_pieces))
        room: Room = local.room
        return room


def search(
    mirnas: Sequence[SeqCodes],
    target: SeqCodes,
    options: SearchOptions | None = None,
    *,
    threads: int = 1,
) -> Hits:
    """Sites of miRNAs on one target; see `Searcher` for many targets.

    Examples
    --------
    >>> from bioloom.seq.alphabet import encode
    >>> mirna = encode("UGAGGUAGUAGGUUGUAUAGUU")
    >>> hits = search([mirna], encode("AAACUACAACCUACUACCUCAGG"))
    >>> hits.mfe.tolist(), hits.position.tolist()
    ([-35.3], [1])
    """
    return Searcher(mirnas, options).search(target, threads=threads)


def _reach(length: int, options: SearchOptions) -> int:
    """Longest site of a miRNA, nt: the longest loop between all its pairs."""
    return 1 + (length - 1) * (1 + max(options.max_loop, options.max_bulge))


def _batch(
    mirnas: Sequence[SeqCodes], index: Sequence[int], options: SearchOptions
) -> Batch:
    bases = np.zeros((len(mirnas), max(map(len, mirnas))), dtype=np.uint8)
    for row, mirna in zip(bases, mirnas, strict=True):
        row[: len(mirna)] = mirna
    rows = [options.helix_rows(len(m)) or (len(m), -1) for m in mirnas]
    first, last = np.array(rows, dtype=np.int64).T
    return Batch(
        number=np.array(index, dtype=np.int64),
        bases=bases,
        length=np.array([len(m) for m in mirnas], dtype=np.int64),
        first=first.copy(),
        last=last.copy(),
        floors=np.array([floors(m) for m in mirnas]),
    )


def _limits(options: SearchOptions, length: int) -> Limits:
    # energies are whole hundredths below zero
    units = min(-1, math.floor(100 * options.max_mfe + 1e-6))
    return Limits(
        max_hits=length if options.top is None else options.top,
        max_units=max(units, -INF),
        allow_gu=options.allow_gu,
        max_loop=options.max_loop,
        max_bulge=options.max_bulge,
    )


def _hits(group: _Group, sites: _sites.Sites, counts: NDArray[np.int64]) -> Hits:
    total = int(counts[-1])
    width = max(8, group.batch.bases.shape[1])
    start, offsets = sites.start[:total, None], sites.partners[:total, :width]
    n_sites = counts.copy()
    n_sites[1:] -= counts[:-1]  # np.diff costs as much as the sites of a short target
    return Hits(
        mirna=np.repeat(group.batch.number, n_sites),
        start=sites.start[:total].copy(),
        end=sites.end[:total].copy(),
        units=sites.units[:total].copy(),
        summed=sites.summed[:total].copy(),
        partners=np.where(offsets < 0, -1, start + offsets),
    )


def _release(target: SeqCodes) -> None:
    """Release the memory of a target's pages if it is in a file."""
    if isinstance(target, np.memmap):
        target._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]


def _drained(waiting: deque[Future[Hits]]) -> Iterator[Hits]:
    while waiting:
        yield waiting.popleft().result()
