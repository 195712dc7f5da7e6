r"""Rank correlation of candidates with coding genes, and its permutation p-values.

Ranks are taken within each stratum (condition, batch), ties sharing their mean,
centred, and pooled:

.. math:: \rho = \frac{\sum_g \sum_i (r_i - \bar r_g)(s_i - \bar s_g)}
    {\sqrt{\sum (r_i - \bar r_g)^2 \sum (s_i - \bar s_g)^2}}

With one stratum this is Spearman's coefficient. Whole numbers stand for the centred
ranks, twice their value, so that two numerators are compared without rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.intervals import Indices, Pairs
from bioloom.lincrna.partners.permutations import (
    Correlates,
    Floats,
    Pattern,
    PermutationNull,
)
from bioloom.statistics.multiple_testing import (
    benjamini_hochberg,
    benjamini_hochberg_of_counts,
)

_BLOCK_ROWS = 256
_EXACT_IN_FLOAT32 = 1 << 24
_ROUNDING = 1e-9


@dataclass(frozen=True)
class DoubledRanks:
    """Ranks of genes within strata, centred and doubled: whole numbers.

    Parameters
    ----------
    values
        2·rank − (n + 1) in each sample, shape (n_genes, n_samples); samples of one
        stratum lie side by side.
    sizes
        Samples of each stratum.
    """

    values: Indices
    sizes: tuple[int, ...]

    @cached_property
    def squares(self) -> Indices:
        """Sum of the squares of each gene; 0 if it is constant in every stratum."""
        squares: Indices = (self.values**2).sum(axis=1)
        return squares

    @cached_property
    def patterns(self) -> "Patterns":
        """The ties of each gene."""
        ordered = self.values.copy()
        begin = 0
        for size in self.sizes:
            ordered[:, begin : begin + size].sort(axis=1)
            begin += size
        rows, of_gene = np.unique(ordered, axis=0, return_inverse=True)
        return Patterns(
            [tuple(row) for row in rows.tolist()], of_gene.reshape(len(ordered))
        )

    def of(self, genes: Indices) -> "DoubledRanks":
        """The ranks of some genes."""
        return DoubledRanks(self.values[genes], self.sizes)


class Patterns(NamedTuple):
    """The different patterns of ties, and which each gene has."""

    rows: list[Pattern]
    of_gene: Indices


def doubled_ranks(tpm: Floats, sizes: Sequence[int]) -> DoubledRanks:
    """Rank genes within strata.

    Parameters
    ----------
    tpm
        Expression, shape (n_genes, n_samples), samples of one stratum side by side.
    sizes
        Samples of each stratum.

    Examples
    --------
    >>> doubled_ranks(np.array([[5.0, 1.0, 1.0, 9.0, 7.0]]), [3, 2]).values.tolist()
    [[2, -1, -1, 1, -1]]
    """
    from scipy.stats import rankdata

    values = np.empty(tpm.shape, dtype=np.int64)
    begin = 0
    for size in sizes:
        part = slice(begin, begin + size)
        ranks = rankdata(tpm[:, part], axis=1)
        values[:, part] = np.rint(2 * ranks - (size + 1))
        begin += size
    return DoubledRanks(values, tuple(sizes))


class Correlated(NamedTuple):
    """Correlations of pairs, one entry a pair.

    `q` is Benjamini and Hochberg's; p and q are NaN where none may be given.
    """

    rho: Floats
    p: Floats
    q: Floats


def cis_correlations(
    left: DoubledRanks,
    right: DoubledRanks,
    pairs: Pairs,
    null: PermutationNull | None,
) -> Correlated:
    """Correlate pairs of genes.

    Parameters
    ----------
    left, right
        Ranks of the genes that are tested, of candidates and of coding genes.
    pairs
        Places in `left` and `right`.
    null
        None gives no p-values.
    """
    rho = rho_of(left, right, pairs)
    if null is None or not len(rho):
        return Correlated(rho, *np.full((2, len(rho)), np.nan))
    p = p_values_of(left, right, pairs, null)
    return Correlated(rho, p, benjamini_hochberg(p))


def rho_of(left: DoubledRanks, right: DoubledRanks, pairs: Pairs) -> Floats:
    """Correlation of each pair."""
    squares = left.squares[pairs.left] * right.squares[pairs.right].astype(float)
    rho: Floats = numerators_of(left, right, pairs) / np.sqrt(squares)
    return rho


def numerators_of(left: DoubledRanks, right: DoubledRanks, pairs: Pairs) -> Indices:
    """Four times the numerator of each pair's correlation."""
    numerators: Indices = np.einsum(
        "ij,ij->i", left.values[pairs.left], right.values[pairs.right]
    )
    return numerators


def p_values_of(
    left: DoubledRanks, right: DoubledRanks, pairs: Pairs, null: PermutationNull
) -> Floats:
    """Two-sided permutation p-value of each pair."""
    numerators = np.abs(numerators_of(left, right, pairs))
    ours = left.patterns.of_gene[pairs.left]
    theirs = right.patterns.of_gene[pairs.right]
    keys = ours * len(right.patterns.rows) + theirs
    p = np.empty(len(numerators))
    for members in _alike(keys):
        ties = Correlates(
            left.patterns.rows[ours[members[0]]],
            right.patterns.rows[theirs[members[0]]],
        )
        p[members] = null.tail(ties)[numerators[members]]
    return p


def _alike(keys: Indices) -> list[Indices]:
    """Places with the same key, group after group."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    return np.split(order, starts[1:]) if len(keys) else []


@dataclass(frozen=True, slots=True)
class TransPairs:
    """The strongest trans pairs, and how many were tested.

    Parameters
    ----------
    pairs
        Places of candidate and coding gene.
    correlated
        Their correlations.
    n_tested
        All pairs that were tested; q counts them all.
    n_strong
        Of these, the pairs that reach the smallest correlation to be listed.
    """

    pairs: Pairs
    correlated: Correlated
    n_tested: int
    n_strong: int


def trans_correlations(
    left: DoubledRanks,
    right: DoubledRanks,
    excluded: Pairs,
    null: PermutationNull,
    *,
    min_rho: float,
    max_listed: int,
) -> TransPairs:
    """Correlate every candidate with every coding gene, but for the excluded pairs.

    Parameters
    ----------
    left, right
        Ranks of the genes that are tested, of candidates and of coding genes.
    excluded
        Pairs that are no trans pairs: cis pairs, and a gene with itself.
    null
        For the p-values.
    min_rho
        Smallest correlation, of either sign, of a pair that is listed.
    max_listed
        Most pairs listed of a candidate: the strongest, then in the order of the
        coding genes.

    Notes
    -----
    Pairs with the same ties share one null (`PermutationNull`), and of each pair of tie
    patterns only a histogram of the numerators is kept, from which the Benjamini and
    Hochberg q-values of all pairs follow. Time O(n_pairs · n_samples), memory one block
    of candidates.
    """
    scan = _Scan(left, right, excluded, null)
    return scan.run(min_rho=min_rho, max_listed=max_listed)


class _Scan:
    """All pairs of candidates and coding genes, block after block."""

    def __init__(
        self,
        left: DoubledRanks,
        right: DoubledRanks,
        excluded: Pairs,
        null: PermutationNull,
    ) -> None:
        self._left, self._right, self._null = left, right, null
        by_candidate = np.argsort(excluded.left, kind="stable")
        self._excluded = Pairs(*(side[by_candidate] for side in excluded))
        largest = math.isqrt(
            int(left.squares.max(initial=0)) * int(right.squares.max(initial=0))
        )
        self._width = largest + 1
        # whole numbers of this size are exact in the faster type
        kind: type = np.float32 if largest < _EXACT_IN_FLOAT32 else np.float64
        self._type = kind
        self._matrix: NDArray[Any] = right.values.T.astype(kind)
        self._offsets = right.patterns.of_gene * self._width

    def run(self, *, min_rho: float, max_listed: int) -> TransPairs:
        """Count all pairs, and list the strong ones with their p- and q-values."""
        none = np.empty(0, dtype=np.int64)
        strong, levels, n_strong = [Pairs(none, none)], _Levels.of([]), 0
        for rows in _alike(self._left.patterns.of_gene):
            counts = np.zeros(len(self._right.patterns.rows) * self._width, np.int64)
            for begin in range(0, len(rows), _BLOCK_ROWS):
                block = rows[begin : begin + _BLOCK_ROWS]
                numerators = self._count(block, counts)
                pairs = self._strong(block, numerators, min_rho)
                n_strong += len(pairs.left)
                strong.append(_firsts(pairs, max_listed))
            pattern = self._left.patterns.rows[self._left.patterns.of_gene[rows[0]]]
            levels = _Levels.of([levels, self._levels(pattern, counts)])
        return self._listed(strong, levels.with_q(), n_strong)

    def _count(self, rows: Indices, counts: Indices) -> Indices:
        """Absolute numerators of a block, counted; those of excluded pairs are -1."""
        products = self._left.values[rows].astype(self._type) @ self._matrix
        numerators: Indices = np.abs(products).astype(np.int64)
        keys = numerators + self._offsets
        excluded = self._excluded_of(rows)
        counts += np.bincount(keys.ravel(), minlength=len(counts))
        counts -= np.bincount(keys[excluded], minlength=len(counts))
        numerators[excluded] = -1
        return numerators

    def _excluded_of(self, rows: Indices) -> Pairs:
        """Excluded pairs of a block: places in the block, and coding genes."""
        left = self._excluded.left
        begins = np.searchsorted(left, rows, side="left")
        n_each = np.searchsorted(left, rows, side="right") - begins
        places = np.repeat(np.arange(len(rows)), n_each)
        steps = np.arange(len(places)) - np.repeat(np.cumsum(n_each) - n_each, n_each)
        return Pairs(places, self._excluded.right[begins[places] + steps])

    def _strong(self, rows: Indices, numerators: Indices, min_rho: float) -> Pairs:
        """Pairs that are strong enough, candidate by candidate the strongest first."""
        norms = np.sqrt(self._left.squares[rows[0]] * self._right.squares.astype(float))
        # a product that rounding puts just above a whole number asks for that number
        least = np.ceil(min_rho * norms - _ROUNDING)
        places, genes = np.nonzero(numerators >= least)
        strength = numerators[places, genes] / norms[genes]
        order = np.lexsort((genes, -strength, places))
        return Pairs(rows[places[order]], genes[order])

    def _levels(self, pattern: Pattern, counts: Indices) -> "_Levels":
        """p-values of the pairs of all candidates with one pattern."""
        levels = []
        for place in np.unique(np.flatnonzero(counts) // self._width).tolist():
            histogram = counts[place * self._width : (place + 1) * self._width]
            numerators = np.flatnonzero(histogram)
            ties = Correlates(pattern, self._right.patterns.rows[place])
            tail = self._null.tail(ties)[numerators]
            levels.append(_Levels(tail, histogram[numerators]))
        return _Levels.of(levels)

    def _listed(
        self, strong: Sequence[Pairs], levels: "_QValues", n_strong: int
    ) -> TransPairs:
        pairs = Pairs(*map(np.concatenate, zip(*strong, strict=True)))
        order = np.argsort(pairs.left, kind="stable")
        pairs = Pairs(*(side[order] for side in pairs))
        p = p_values_of(self._left, self._right, pairs, self._null)
        rho = rho_of(self._left, self._right, pairs)
        correlated = Correlated(rho, p, levels.of(p))
        return TransPairs(pairs, correlated, levels.n_pairs, n_strong)


def _firsts(pairs: Pairs, most: int) -> Pairs:
    """The first pairs of each candidate; its pairs lie side by side."""
    starts = np.flatnonzero(np.diff(pairs.left, prepend=-1))
    n_each = np.diff(np.append(starts, len(pairs.left)))
    is_first = np.arange(len(pairs.left)) - np.repeat(starts, n_each) < most
    return Pairs(pairs.left[is_first], pairs.right[is_first])


class _Levels(NamedTuple):
    """p-values and how many pairs have each."""

    p: Floats
    n_pairs: Indices

    @classmethod
    def of(cls, parts: Sequence["_Levels"]) -> "_Levels":
        """Those of all parts, each p-value once, ascending."""
        all_p = [np.empty(0), *(part.p for part in parts)]
        all_n = [np.empty(0, dtype=np.int64), *(part.n_pairs for part in parts)]
        p, places = np.unique(np.concatenate(all_p), return_inverse=True)
        n_pairs = np.zeros(len(p), dtype=np.int64)
        np.add.at(n_pairs, places, np.concatenate(all_n))
        return cls(p, n_pairs)

    def with_q(self) -> "_QValues":
        """Benjamini and Hochberg's q-value of each p-value; p is ascending."""
        q = benjamini_hochberg_of_counts(self.p, self.n_pairs)
        return _QValues(self.p, q, int(self.n_pairs.sum()))


class _QValues(NamedTuple):
    """Different p-values, ascending, the q-value of each, and the pairs in all."""

    p: Floats
    q: Floats
    n_pairs: int

    def of(self, p_values: Floats) -> Floats:
        """q-value of each of some of these p-values."""
        q: Floats = self.q[np.searchsorted(self.p, p_values)]
        return q
