"""k-mers of reads, counted in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs import _kmers, _sorting
from bioloom.debruijn.graphs._packed import n_words, nothing, room_for
from bioloom.debruijn.graphs.reads import CHUNK, ReadSource, ReadTotals, code_pieces
from bioloom.debruijn.settings import LEAST_K, MOST_K
from bioloom.run.progress import OnStep, silent
from bioloom.seq.sources import is_path

Kmers = NDArray[np.uint64]
Counts = NDArray[np.uint32]

MERGED_SHARE = 4  # of a block that is merged at a time
MOST_COUNT = 10_000  # the last class of a spectrum includes all higher counts


class CountedKmers(NamedTuple):
    """Distinct k-mers, ascending, and their counts."""

    kmers: Kmers
    counts: Counts


class _RunFiles(NamedTuple):
    """Files of a sorted block."""

    kmers: Path
    counts: Path


class _Range(NamedTuple):
    """k-mers from one number to another, half-open."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class KmerTable:
    """Distinct k-mers with their counts.

    Parameters
    ----------
    k
        Length of a k-mer.
    kmers
        Canonical k-mers as numbers, ascending; of more than 31 bases, in several
        words each, shape (n, words), the first base highest.
    counts
        How often each occurs.
    spectrum
        Number of k-mers by count, those below `min_count` included; the last entry is
        for all higher counts.
    n_sequences, n_letters
        What was read.
    """

    k: int
    kmers: Kmers
    counts: Counts
    spectrum: NDArray[np.int64]
    n_sequences: int
    n_letters: int

    def subset(self, rows: NDArray[np.bool_]) -> "KmerTable":
        """The table of some of its k-mers."""
        return KmerTable(
            self.k,
            self.kmers[rows],
            self.counts[rows],
            self.spectrum,
            self.n_sequences,
            self.n_letters,
        )

    def at_least(self, min_count: int) -> "KmerTable":
        """The table of the k-mers with at least this count."""
        return self.subset(self.counts >= min_count)


def check_k(k: int) -> int:
    """The length itself, if k-mers can have it.

    Raises
    ------
    BadKmers
        If it is even (a k-mer could be its own reverse complement) or not 3 to 127.
    """
    if LEAST_K <= k <= MOST_K and k % 2 == 1:
        return k
    raise BadKmers(
        where="k",
        found=f"{k}, which is even" if k % 2 == 0 else str(k),
        expected=f"an odd number from {LEAST_K} to {MOST_K}",
        advice="With an even k a k-mer can be its own reverse complement; use the "
        "next odd number.",
    )


def count_kmers(
    reads: ReadSource,
    k: int,
    *,
    min_count: int = 1,
    memory_mb: int = 1000,
    on_step: OnStep = silent,
) -> KmerTable:
    """Count the canonical k-mers of reads.

    Parameters
    ----------
    reads
        Files of FASTA or FASTQ, plain or gzip ("-" is standard input), or sequences.
    k
        Odd, 3 to 127.
    min_count
        k-mers with a lower count are left out of the table, not of its spectrum.
    memory_mb
        Memory for counting; k-mers that do not fit are sorted in blocks on disk.
    on_step
        Called with the letters read.

    Raises
    ------
    MissingFile, BadFasta, BadFastq
        If a file cannot be read.
    BadKmers
        If k cannot be used, or no read is long enough.

    Notes
    -----
    Blocks of k-mers are sorted and tallied; several blocks are merged range by range.
    Memory is 24 bytes per k-mer of a block (16 more for each 32 bases of k beyond 31),
    at most `memory_mb` for any input, plus one sequence and 12 bytes (8 more) per
    distinct k-mer of the result. Time O(n log n).
    """
    block = memory_mb * 1_000_000 // _bytes_of_a_kmer(check_k(k))
    counter = _Counter(k, max(CHUNK, block))
    with TemporaryDirectory(prefix="bioloom-kmers-") as folder:
        for codes in code_pieces(reads, k, counter):
            counter.add(codes, Path(folder))
            on_step("reading", counter.n_letters, 0)
        if counter.n_kmers == 0:
            raise _no_kmers(reads, counter, k)
        parts = list(counter.merged(min_count, Path(folder)))
    return KmerTable(
        k,
        np.concatenate([part.kmers for part in parts]),
        np.concatenate([part.counts for part in parts]),
        counter.spectrum,
        counter.n_sequences,
        counter.n_letters,
    )


def _bytes_of_a_kmer(k: int) -> int:
    """In a block: the k-mer, its count, and both again while merging."""
    return 16 * n_words(k) + 8


class _Counter(ReadTotals):
    """k-mers of one block, and the sorted blocks before it."""

    def __init__(self, k: int, block: int) -> None:
        self.k = k
        self.buffer = room_for(block, k)
        self.none = nothing(k)
        self.filled = 0
        self.runs: list[_RunFiles] = []
        super().__init__()
        self.n_kmers = 0
        self.spectrum = np.zeros(MOST_COUNT + 1, dtype=np.int64)

    def add(self, codes: NDArray[np.uint8], folder: Path) -> None:
        """Add the k-mers of base codes, at most as many as fit in a block."""
        if self.filled + len(codes) > len(self.buffer):
            self._spill(folder)
        n = _kmers.cut(codes, self.k, self.none, self.buffer[self.filled :])
        self.filled += n
        self.n_kmers += n

    def merged(self, min_count: int, folder: Path) -> Iterator[CountedKmers]:
        """All distinct k-mers with a high enough count, ascending."""
        if not self.runs:
            runs = [self._sorted()]
        else:
            self._spill(folder)
            runs = [CountedKmers(*map(_mapped, files)) for files in self.runs]
        most = len(self.buffer) // MERGED_SHARE
        if self.runs:
            self.buffer = room_for(0, self.k)  # its memory is for merging
        for kmers, counts in _merged(runs, most):
            capped = np.minimum(counts, MOST_COUNT)
            self.spectrum += np.bincount(capped, minlength=MOST_COUNT + 1)
            is_frequent = counts >= min_count
            yield CountedKmers(kmers[is_frequent], counts[is_frequent])

    def _sorted(self) -> CountedKmers:
        kmers = self.buffer[: self.filled]
        if kmers.ndim > 1:
            _sorting.sort_wide(kmers)
        else:
            kmers.sort()
        counts = np.empty(len(kmers), dtype=np.uint32)
        n = _kmers.tally(kmers, counts)
        return CountedKmers(kmers[:n], counts[:n])

    def _spill(self, folder: Path) -> None:
        if self.filled == 0:
            return
        number = len(self.runs)
        files = _RunFiles(
            folder / f"{number}.kmers.npy", folder / f"{number}.counts.npy"
        )
        block = self._sorted()
        np.save(files.kmers, block.kmers)
        np.save(files.counts, block.counts)
        self.runs.append(files)
        self.filled = 0


def _mapped(path: Path) -> NDArray:
    values: NDArray = np.load(path, mmap_mode="r")
    return values


def _merged(runs: Sequence[CountedKmers], most: int) -> Iterator[CountedKmers]:
    """Sorted runs as one, in ranges of at most `most` entries before merging."""
    if len(runs) == 1:
        yield runs[0]
        return
    waiting = [_Range(0, 1 << 64)]
    while waiting:
        low, high = waiting.pop()
        parts = [_between(run, low, high) for run in runs]
        n = sum(len(part.kmers) for part in parts)
        if n > most and high - low > 1:
            middle = (low + high) // 2
            waiting += [_Range(middle, high), _Range(low, middle)]
        elif n:
            yield _summed(parts)


def _between(run: CountedKmers, low: int, high: int) -> CountedKmers:
    kmers, counts = run
    place = _sorting.first_from if kmers.ndim > 1 else np.searchsorted
    begin = place(kmers, np.uint64(low))
    end = len(kmers) if high >> 64 else place(kmers, np.uint64(high))
    return CountedKmers(kmers[begin:end], counts[begin:end])


def _summed(parts: Iterable[CountedKmers]) -> CountedKmers:
    kmers = np.concatenate([part.kmers for part in parts])
    counts = np.concatenate([part.counts for part in parts])
    order = _order(kmers)
    kmers, counts = kmers[order], counts[order]
    is_new = (kmers[1:] != kmers[:-1]).reshape(len(kmers) - 1, -1).any(axis=1)
    begins = np.flatnonzero(np.r_[True, is_new])
    sums = np.add.reduceat(counts.astype(np.int64), begins)
    return CountedKmers(kmers[begins], np.minimum(sums, 0xFFFFFFFF).astype(np.uint32))


def _order(kmers: Kmers) -> NDArray[np.int64]:
    """Numbers that sort k-mers."""
    if kmers.ndim == 1:
        return np.argsort(kmers, kind="stable")
    return np.lexsort(kmers.T[::-1])


def _no_kmers(reads: ReadSource, counter: _Counter, k: int) -> BadKmers:
    n = counter.n_sequences
    found = f"{n} reads, none with {k} known bases in a row" if n else "no reads"
    return BadKmers(
        where=_named(reads),
        found=found,
        expected=f"reads with at least {k} known bases",
        advice="Give the right files, or a smaller --k.",
    )


def _named(reads: ReadSource) -> str:
    """What messages call reads: the paths of files."""
    if is_path(reads):
        return str(reads)
    if isinstance(reads, Sequence) and reads and all(map(is_path, reads)):
        return ", ".join(map(str, reads))
    return "reads"
