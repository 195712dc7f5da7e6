"""k-mers of reads, counted in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn import _kmers
from bioloom.debruijn.errors import BadKmers
from bioloom.run.progress import OnStep, silent
from bioloom.seq.alphabet import encode
from bioloom.seq.fasta import read_sequences

Kmers = NDArray[np.uint64]
Counts = NDArray[np.uint32]
Pair = tuple[Kmers, Counts]

LEAST_K, MOST_K = 3, 31
MOST_COUNT = 10_000  # the last class of a spectrum holds all higher counts
CHUNK = 1 << 20  # letters cut at a time
BYTES_A_KMER = 24  # of a block: the k-mer, its count, and both once more while merging


@dataclass(frozen=True, slots=True)
class KmerTable:
    """Different k-mers with their counts.

    Parameters
    ----------
    k
        Their length.
    kmers
        Canonical k-mers as numbers, ascending.
    counts
        How often each was seen.
    spectrum
        How many k-mers were seen so often, those below `min_count` too; the index is
        the count, the last holds all higher ones.
    n_sequences, n_letters
        What was read.
    """

    k: int
    kmers: Kmers
    counts: Counts
    spectrum: NDArray[np.int64]
    n_sequences: int
    n_letters: int

    def kept(self, is_kept: NDArray[np.bool_]) -> "KmerTable":
        """The table of some of its k-mers."""
        return KmerTable(
            self.k,
            self.kmers[is_kept],
            self.counts[is_kept],
            self.spectrum,
            self.n_sequences,
            self.n_letters,
        )

    def at_least(self, min_count: int) -> "KmerTable":
        """Those seen so often."""
        return self.kept(self.counts >= min_count)


def check_k(k: int) -> int:
    """The length, if k-mers can have it.

    Raises
    ------
    BadKmers
        If it is even (a k-mer could be its own reverse complement) or not 3 to 31.
    """
    if LEAST_K <= k <= MOST_K and k % 2 == 1:
        return k
    raise BadKmers(
        where="k",
        found=f"{k}, which is even" if k % 2 == 0 else str(k),
        expected=f"an odd number from {LEAST_K} to {MOST_K}",
        advice="With an even k a k-mer can be its own reverse complement; take the "
        "odd number beside it.",
    )


def count_kmers(
    sources: Sequence[Path],
    k: int,
    *,
    min_count: int = 1,
    memory_mb: int = 1000,
    on_step: OnStep = silent,
) -> KmerTable:
    """Count the canonical k-mers of FASTA and FASTQ files.

    Parameters
    ----------
    sources
        Files, plain or gzip; "-" is standard input.
    k
        Odd, 3 to 31.
    min_count
        k-mers seen less often are left out of the table, not of its spectrum.
    memory_mb
        For counting; more k-mers than fit are sorted in blocks on disk.
    on_step
        Told the letters read.

    Raises
    ------
    MissingFile, BadFasta, BadFastq
        If a file cannot be read.
    BadKmers
        If k cannot be used, or no read is long enough.

    Notes
    -----
    Blocks of k-mers are sorted and tallied; several blocks are merged range by range.
    24 bytes for each of the k-mers of a block, `memory_mb` in all, whatever the input;
    one sequence and 12 bytes for each different k-mer of the result come on top. Time
    O(n log n).
    """
    counter = _Counter(check_k(k), max(CHUNK, memory_mb * 1_000_000 // BYTES_A_KMER))
    with TemporaryDirectory(prefix="bioloom-kmers-") as folder:
        for codes in _chunks(sources, k, counter):
            counter.add(codes, Path(folder))
            on_step("reading", counter.n_letters, 0)
        if counter.n_kmers == 0:
            raise _nothing(sources, counter, k)
        parts = list(counter.merged(min_count, Path(folder)))
    return KmerTable(
        k,
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        counter.spectrum,
        counter.n_sequences,
        counter.n_letters,
    )


class _Counter:
    """k-mers of one block, and the sorted blocks before it."""

    def __init__(self, k: int, block: int) -> None:
        self.k = k
        self.buffer = np.empty(block, dtype=np.uint64)
        self.filled = 0
        self.runs: list[tuple[Path, Path]] = []
        self.n_kmers = self.n_sequences = self.n_letters = 0
        self.spectrum = np.zeros(MOST_COUNT + 1, dtype=np.int64)

    def add(self, codes: NDArray[np.uint8], folder: Path) -> None:
        """Cut base codes, at most as many as a block holds."""
        if self.filled + len(codes) > len(self.buffer):
            self._spill(folder)
        n = _kmers.cut(codes, self.k, self.buffer[self.filled :])
        self.filled += n
        self.n_kmers += n

    def merged(self, min_count: int, folder: Path) -> Iterator[Pair]:
        """All different k-mers that were seen often enough, ascending."""
        if not self.runs:
            runs = [self._sorted()]
        else:
            self._spill(folder)
            runs = [(_mapped(one), _mapped(two)) for one, two in self.runs]
        for kmers, counts in _merged(runs, len(self.buffer) // 2):
            capped = np.minimum(counts, MOST_COUNT)
            self.spectrum += np.bincount(capped, minlength=MOST_COUNT + 1)
            is_kept = counts >= min_count
            yield kmers[is_kept], counts[is_kept]

    def _sorted(self) -> Pair:
        kmers = self.buffer[: self.filled]
        kmers.sort()
        counts = np.empty(len(kmers), dtype=np.uint32)
        n = _kmers.tally(kmers, counts)
        return kmers[:n], counts[:n]

    def _spill(self, folder: Path) -> None:
        if self.filled == 0:
            return
        number = len(self.runs)
        paths = (folder / f"{number}.kmers.npy", folder / f"{number}.counts.npy")
        kmers, counts = self._sorted()
        np.save(paths[0], kmers)
        np.save(paths[1], counts)
        self.runs.append(paths)
        self.filled = 0


def _mapped(path: Path) -> NDArray:
    values: NDArray = np.load(path, mmap_mode="r")
    return values


def _merged(runs: Sequence[Pair], most: int) -> Iterator[Pair]:
    """Sorted runs as one, in ranges of at most `most` entries before merging."""
    if len(runs) == 1:
        yield runs[0]
        return
    waiting = [(0, 1 << 64)]
    while waiting:
        low, high = waiting.pop()
        parts = [_between(run, low, high) for run in runs]
        n = sum(len(part[0]) for part in parts)
        if n > most and high - low > 1:
            middle = (low + high) // 2
            waiting += [(middle, high), (low, middle)]
        elif n:
            yield _summed(parts)


def _between(run: Pair, low: int, high: int) -> Pair:
    kmers, counts = run
    begin = np.searchsorted(kmers, np.uint64(low))
    end = len(kmers) if high >> 64 else np.searchsorted(kmers, np.uint64(high))
    return kmers[begin:end], counts[begin:end]


def _summed(parts: Iterable[Pair]) -> Pair:
    kmers = np.concatenate([part[0] for part in parts])
    counts = np.concatenate([part[1] for part in parts])
    order = np.argsort(kmers, kind="stable")
    kmers, counts = kmers[order], counts[order]
    begins = np.flatnonzero(np.r_[True, kmers[1:] != kmers[:-1]])
    sums = np.add.reduceat(counts.astype(np.int64), begins)
    return kmers[begins], np.minimum(sums, 0xFFFFFFFF).astype(np.uint32)


def _chunks(
    sources: Sequence[Path], k: int, counter: _Counter
) -> Iterator[NDArray[np.uint8]]:
    """Base codes of many reads at a time, an unknown base between any two."""
    waiting: list[str] = []
    n_waiting = 0
    for source in sources:
        for sequence in read_sequences(source):
            counter.n_sequences += 1
            counter.n_letters += len(sequence)
            waiting.append(sequence)
            n_waiting += len(sequence) + 1
            if n_waiting >= CHUNK // 2:
                yield from _pieces("N".join(waiting), k)
                waiting, n_waiting = [], 0
    yield from _pieces("N".join(waiting), k)


def _pieces(text: str, k: int) -> Iterator[NDArray[np.uint8]]:
    """A long text in overlapping pieces that hold each k-mer once."""
    step = CHUNK - k
    for begin in range(0, max(1, len(text) - k + 1), step):
        yield encode(text[begin : begin + step + k - 1])


def _nothing(sources: Sequence[Path], counter: _Counter, k: int) -> BadKmers:
    n = counter.n_sequences
    found = f"{n} reads, none with {k} known bases in a row" if n else "no reads"
    return BadKmers(
        where=", ".join(map(str, sources)),
        found=found,
        expected=f"reads with at least {k} known bases",
        advice="Give the right files, or a smaller --k.",
    )
