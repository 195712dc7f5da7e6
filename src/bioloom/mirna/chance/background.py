"""Random targets that look like the real ones: dinucleotides and lengths."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.seq.alphabet import SeqCodes

Counts = NDArray[np.int64]
MIN_BASES = 20_000  # of targets, to estimate their dinucleotides
BLOCK = 1 << 20  # bases of a long target that are counted at once


@dataclass(frozen=True, slots=True)
class Background:
    """What random targets are drawn from.

    Parameters
    ----------
    pairs
        Times that base b follows base a: [a, b], shape (4, 4).
    lengths
        Of the targets, nt, ascending.
    """

    pairs: Counts
    lengths: Counts

    @property
    def n_bases(self) -> int:
        """Bases of all targets together."""
        return int(self.lengths.sum())

    @property
    def gc(self) -> float:
        """G+C of the random targets, but for their first bases."""
        return float(self.pairs[:, 1:3].sum() / max(self.pairs.sum(), 1))

    def draw(self, rng: np.random.Generator, n: int) -> Iterator[SeqCodes]:
        """Random targets: first-order Markov chains, their lengths resampled.

        After a base that nothing follows, the chain restarts from all bases.
        """
        first = self.pairs.sum(axis=1) + self.pairs.sum(axis=0)
        rows = self.pairs + (self.pairs.sum(axis=1, keepdims=True) == 0) * first
        # thresholds of the next base in each row, the last above every random number
        steps = np.cumsum(rows / rows.sum(axis=1, keepdims=True), axis=1)[:, :3]
        start = np.cumsum(first / first.sum())[:3]
        for length in rng.choice(self.lengths, size=n).tolist():
            yield _chain(rng.random(length), start, steps)


def _chain(
    numbers: NDArray[np.float64],
    start: NDArray[np.float64],
    steps: NDArray[np.float64],
) -> SeqCodes:
    """States of a chain whose k-th step is decided by the k-th random number.

    Each number maps the four states to their next states; maps are composed in
    doublings, so that there is no loop over the bases.
    """
    maps = (numbers[:, None, None] >= steps[None, :, :]).sum(axis=2).astype(np.uint8)
    maps[0] = int((numbers[0] >= start).sum())
    span = 1
    while span < len(maps):
        joined = np.take_along_axis(maps[span:], maps[:-span].astype(np.intp), axis=1)
        maps[span:] = joined
        span *= 2
    return np.ascontiguousarray(maps[:, 0], dtype=np.uint8)


def pair_counts(target: SeqCodes) -> Counts:
    """Times that base b follows base a, [a, b], without unknown bases; shape (4, 4)."""
    pairs = np.zeros(25, dtype=np.int64)
    for begin in range(0, len(target) - 1, BLOCK):
        block = target[begin : begin + BLOCK + 1]
        pairs += np.bincount(block[:-1] * np.uint8(5) + block[1:], minlength=25)
    return pairs.reshape(5, 5)[:4, :4]


def background_of(targets: Iterable[SeqCodes]) -> Background:
    """Count the dinucleotides and lengths of targets, without unknown bases."""
    pairs = np.zeros((4, 4), dtype=np.int64)
    lengths = []
    for codes in targets:
        lengths.append(len(codes))
        pairs += pair_counts(codes)
    return Background(pairs, np.sort(np.array(lengths, dtype=np.int64)))


def few_bases(background: Background) -> str:
    """A note if targets are too few to estimate random ones; empty if not."""
    if background.n_bases >= MIN_BASES:
        return ""
    return (
        f"few targets: with a total length of {background.n_bases:,} nt they hardly "
        f"show what random targets look like; give {MIN_BASES:,} nt or more"
    )
