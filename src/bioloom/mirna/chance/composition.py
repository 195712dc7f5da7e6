r"""The composition of targets, and the background that each is compared with.

Targets of one set may differ in composition, and one of 60 % G+C holds strong sites far
more often by chance than one of 35 %. So each target is compared with random ones of
its own G+C. That of a short target is uncertain: it is drawn towards the mean of all,

    g = (k m + G) / (k + n)

for G bases C or G among n, with mean m. The weight k is the one with which the G+C of
one half of each target predicts the other half best; for a homogeneous set it is large,
and all targets have one background.

Backgrounds are Markov chains at a few values of g, from the dinucleotides of targets
near that G+C; p-values in between are interpolated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain
from bioloom.mirna.chance.background import BLOCK, pair_counts
from bioloom.run.progress import OnStep, silent
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
MIN_BASES = 200  # of all targets together
WEIGHTS = (10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, np.inf)
SPACING, MOST_CLASSES = 0.04, 10
NEAR = 0.03  # standard deviation, in G+C, of the targets that a background is made from
N_BINS = 50  # of G+C, for dinucleotides
REPORTED = 256  # targets from one report of the progress to the next
# pseudo-counts: of the frequencies of bases, of independence of neighbours, and of all
# targets in the background of one G+C
FEW_BASES, FEW_PAIRS, FEW_NEAR = 40.0, 200.0, 2000.0
_IS_GC = np.array([0.0, 1.0, 1.0, 0.0])


class _Halves(NamedTuple):
    """Bases, and bases G or C, of the first and the second half of each target."""

    n_bases: Counts
    n_gc: Counts


@dataclass(frozen=True, slots=True)
class Composition:
    """What is known of the composition of a set of targets.

    Parameters
    ----------
    pairs
        Times that base b follows base a in targets of a G+C: [bin, a, b].
    mean_gc
        Of all targets.
    weight
        k above; infinite if all targets have one background.
    range
        Lowest and highest g of the targets.
    n_bases
        Known bases of all targets.
    """

    pairs: Counts
    mean_gc: float
    weight: float
    range: tuple[float, float]
    n_bases: int

    def expected_gc(self, target: SeqCodes) -> float:
        """G of a target."""
        n_bases, n_gc = _bases_and_gc(base_counts(target))
        return float(_drawn_in(n_gc, n_bases, self.mean_gc, self.weight))

    def classes(self) -> tuple[float, ...]:
        """Values of G+C at which backgrounds are made; one for a homogeneous set."""
        low, high = self.range
        if high - low < SPACING / 2:
            return (self.mean_gc,)
        n = min(1 + int(np.ceil((high - low) / SPACING)), MOST_CLASSES)
        return tuple(np.linspace(low, high, n).tolist())

    def chain(self, gc: float) -> Chain:
        """The background of targets with this G+C."""
        middle = (np.arange(N_BINS) + 0.5) / N_BINS
        near = np.exp(-0.5 * ((middle - gc) / NEAR) ** 2)
        own = np.einsum("k,kab->ab", near, self.pairs)
        every = _transitions(self.pairs.sum(axis=0))
        every = tilted(every, gc).transitions
        share = own.sum(axis=1, keepdims=True)
        few = FEW_NEAR / 4
        return tilted((own + few * every) / (share + few), gc)


def composition_of(
    targets: Iterable[SeqCodes], *, on_step: OnStep = silent
) -> Composition:
    """The composition of targets, without their unknown bases; one pass."""
    pairs = np.zeros((N_BINS, 4, 4), dtype=np.int64)
    bases = []
    for done, target in enumerate(targets):
        if done % REPORTED == 0:
            on_step("p-values: composition of the targets", done, 0)
        census = _census(target)
        bases.append(census.bases)
        n_bases, n_gc = _bases_and_gc(census.bases.sum(axis=0))
        if n_bases:
            pairs[min(n_gc * N_BINS // n_bases, N_BINS - 1)] += census.pairs
    counts = np.array(bases, dtype=np.int64).reshape(-1, 2, 4)
    halves = _Halves(counts.sum(axis=2), counts[:, :, 1] + counts[:, :, 2])
    n_bases = int(halves.n_bases.sum())
    mean = float((halves.n_gc.sum() + FEW_BASES / 2) / (n_bases + FEW_BASES))
    weight = _weight(halves, mean)
    each = _drawn_in(halves.n_gc.sum(1), halves.n_bases.sum(1), mean, weight)
    low, high = (float(each.min()), float(each.max())) if len(each) else (mean, mean)
    return Composition(pairs, mean, weight, (low, high), n_bases)


class _Census(NamedTuple):
    """Known bases of both halves, [half, base], and known pairs of neighbours."""

    bases: Counts
    pairs: Counts


def _census(target: SeqCodes) -> _Census:
    bases = np.array([base_counts(half) for half in np.array_split(target, 2)])
    return _Census(bases, pair_counts(target))


def base_counts(target: SeqCodes) -> Counts:
    """Numbers of A, C, G and U."""
    counts = np.zeros(5, dtype=np.int64)
    for begin in range(0, len(target), BLOCK):
        counts += np.bincount(target[begin : begin + BLOCK], minlength=5)
    return counts[:4]


def _bases_and_gc(bases: Counts) -> tuple[int, int]:
    return int(bases.sum()), int(bases[1] + bases[2])


def _drawn_in(
    n_gc: Counts | int, n_bases: Counts | int, mean: float, weight: float
) -> Floats:
    if np.isinf(weight):
        return np.full(np.shape(n_gc), mean)
    return np.asarray((weight * mean + n_gc) / (weight + n_bases))


def _weight(halves: _Halves, mean: float) -> float:
    """Weight of the mean with which halves predict each other best."""

    def log_likelihood(weight: float) -> float:
        g = _drawn_in(halves.n_gc, halves.n_bases, mean, weight)[:, ::-1]
        at = halves.n_bases - halves.n_gc
        return float((halves.n_gc * np.log(g) + at * np.log1p(-g)).sum())

    return max(reversed(WEIGHTS), key=log_likelihood)


def _transitions(pairs: Counts) -> Floats:
    """Transitions, drawn towards independent bases where pairs are few."""
    bases = pairs.sum(axis=0) + pairs.sum(axis=1) + FEW_BASES / 2
    frequencies = bases / bases.sum()
    follow = pairs + FEW_PAIRS / 4 * frequencies
    transitions: Floats = follow / follow.sum(axis=1, keepdims=True)
    return transitions


def tilted(transitions: Floats, gc: float) -> Chain:
    """The chain nearest to these transitions that has a given G+C.

    The odds of C and G as the next base are multiplied by one factor.
    """
    low, high = -6.0, 6.0
    for _ in range(40):
        tilt = (low + high) / 2
        chain = chain_of(transitions * np.exp(tilt * _IS_GC))
        if float(chain.stationary @ _IS_GC) < gc:
            low = tilt
        else:
            high = tilt
    return chain


def chain_of(follow: Floats) -> Chain:
    """The chain whose transitions are in proportion to these rows."""
    transitions = follow / follow.sum(axis=1, keepdims=True)
    stationary = np.linalg.matrix_power(transitions, 128)[0]
    return Chain(transitions, stationary / stationary.sum())
