"""The permutation null of rank correlations within strata.

If expression of two genes has nothing to do with each other, every order of the samples
of a stratum is as likely as any other. What a correlation may then be depends on the
sizes of the strata and on the ties among the ranks, and on nothing else about the two
genes: pairs with the same ties share one null.

Ranks are doubled and centred (`DoubledRanks`), so that the numerator of a correlation
is a whole number and comparing two of them needs no tolerance.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.intervals import Indices

MAX_EXACT = 12
"""Samples of a stratum up to which all orders are counted."""
_CHUNK = 1 << 16

Floats = NDArray[np.float64]
Pattern = tuple[int, ...]
"""Doubled ranks of a gene, ascending within each stratum."""


class Correlates(NamedTuple):
    """Two genes as the null sees them: their patterns."""

    left: Pattern
    right: Pattern


class PermutationNull:
    """How large the numerators of correlations get by chance.

    Parameters
    ----------
    sizes
        Samples of each stratum, in their order in a pattern.
    max_permutations
        Permutations that are drawn at random if a stratum has more than `MAX_EXACT`
        samples; otherwise every permutation counts.
    rng_seed
        Random seed of the draw. Every pair of genes meets the same permutations.
    """

    def __init__(
        self, sizes: Sequence[int], *, max_permutations: int, rng_seed: int
    ) -> None:
        self.sizes = tuple(sizes)
        self._max_permutations, self._rng_seed = max_permutations, rng_seed
        self._tails: dict[Correlates, Floats] = {}

    @property
    def n_possible(self) -> int:
        """Orders that the samples of all strata can have."""
        return math.prod(map(math.factorial, self.sizes))

    @property
    def is_exact(self) -> bool:
        """Whether every permutation counts."""
        return max(self.sizes, default=0) <= MAX_EXACT

    @property
    def n_permutations(self) -> int:
        """Permutations behind a p-value."""
        return self.n_possible if self.is_exact else self._max_permutations

    @property
    def smallest_p(self) -> float:
        """The smallest two-sided p-value that can come out.

        Of all permutations two give the largest correlation of either sign: the order
        of the data, and its reverse. Of random ones none may.
        """
        if not self.is_exact:
            return 1 / (self._max_permutations + 1)
        return min(1.0, 2 / self.n_possible)

    def tail(self, pair: Correlates) -> Floats:
        """p-value of each absolute numerator, from 0 up to the largest.

        Notes
        -----
        For strata of up to `MAX_EXACT` samples the sums are counted one sample after
        another over the sets of ranks still free, time O(2^n · n · largest sum);
        larger ones are drawn, (b + 1) / (B + 1) for b of B draws that are as large.
        """
        if pair not in self._tails:
            exact = self._exact if self.is_exact else self._drawn
            self._tails[pair] = exact(pair)
        return self._tails[pair]

    def _exact(self, pair: Correlates) -> Floats:
        counts = np.ones(1)
        for part in self._parts:
            left, right = pair.left[part], pair.right[part]
            counts = np.convolve(counts, sum_counts(left, right))
        return _folded(counts) / self.n_possible

    def _drawn(self, pair: Correlates) -> Floats:
        left, right = (np.array(pattern, dtype=np.int64) for pattern in pair)
        largest = sum(
            _largest_sum(pair.left[part], pair.right[part]) for part in self._parts
        )
        counts = np.zeros(largest + 1)
        for begin in range(0, len(self._orders), _CHUNK):
            sums = np.abs(left[self._orders[begin : begin + _CHUNK]] @ right)
            counts += np.bincount(sums, minlength=largest + 1)
        as_large = counts[::-1].cumsum()[::-1]
        p_values: Floats = (as_large + 1) / (self._max_permutations + 1)
        return p_values

    @cached_property
    def _parts(self) -> list[slice]:
        """Places of each stratum in a pattern."""
        ends = np.cumsum(self.sizes).tolist()
        return [slice(end - n, end) for n, end in zip(self.sizes, ends, strict=True)]

    @cached_property
    def _orders(self) -> Indices:
        """Random orders of the samples, shape (max_permutations, n_samples)."""
        rng = np.random.default_rng(self._rng_seed)
        orders = [
            rng.permuted(
                np.tile(np.arange(part.start, part.stop), (self._max_permutations, 1)),
                axis=1,
            )
            for part in self._parts
        ]
        return np.concatenate(orders, axis=1)


@lru_cache(maxsize=1 << 14)
def sum_counts(left: Pattern, right: Pattern) -> Floats:
    """Permutations that give each sum of products of two lists of numbers.

    Parameters
    ----------
    left, right
        Whole numbers, as many on either side.

    Returns
    -------
    Counts of the sums -m … m, shape (2m + 1,), where no sum is larger than m.

    Examples
    --------
    >>> sum_counts((-1, 1), (-1, 1)).tolist()
    [1.0, 0.0, 0.0, 0.0, 1.0]
    """
    if _n_states(left) < _n_states(right):
        left, right = right, left
    largest = _largest_sum(left, right)
    free = Counter(right)
    start = np.zeros(2 * largest + 1)
    start[largest] = 1
    layer = {tuple(free.values()): start}
    for value in left:
        layer = _next_layer(layer, [value * partner for partner in free])
    [counts] = layer.values()
    return counts


def _largest_sum(left: Pattern, right: Pattern) -> int:
    """An absolute sum that no order exceeds."""
    sizes = (sorted(map(abs, side)) for side in (left, right))
    return sum(a * b for a, b in zip(*sizes, strict=True))


_State = tuple[int, ...]  # how many of each different value are still free


def _n_states(values: Pattern) -> int:
    return math.prod(n + 1 for n in Counter(values).values())


def _next_layer(
    layer: Mapping[_State, Floats], products: Sequence[int]
) -> dict[_State, Floats]:
    """Give one more value a partner: every free one of each kind."""
    after: dict[_State, Floats] = {}
    for state, counts in layer.items():
        for kind, n_free in enumerate(state):
            if n_free:
                rest = (*state[:kind], n_free - 1, *state[kind + 1 :])
                target = after.setdefault(rest, np.zeros_like(counts))
                ways = counts if n_free == 1 else counts * n_free
                _add_shifted(target, ways, products[kind])
    return after


def _add_shifted(target: Floats, counts: Floats, shift: int) -> None:
    """Add counts, moved up by `shift`; what is moved out of the range is zero."""
    if shift > 0:
        target[shift:] += counts[:-shift]
    elif shift < 0:
        target[:shift] += counts[-shift:]
    else:
        target += counts


def _folded(counts: Floats) -> Floats:
    """Counts of sums that are as large or larger in absolute value, by that value."""
    middle = len(counts) // 2
    absolute = counts[middle:].copy()
    absolute[1:] += counts[:middle][::-1]
    tails: Floats = absolute[::-1].cumsum()[::-1]
    return tails
