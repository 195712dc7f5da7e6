"""Probabilities that a sample's share is off that of all data by more than epsilon.

All are two-sided and hold for one hypothesis; the union bound multiplies them by the
number of hypotheses, but for `vc_tail`, which holds for all of a class at once.

References
----------
Hoeffding W. (1963) J. Am. Stat. Assoc. 58:13. doi:10.1080/01621459.1963.10500830
Serfling R.J. (1974) Ann. Stat. 2:39. doi:10.1214/aos/1176342611
Vapnik V.N., Chervonenkis A.Y. (1971) Theory Probab. Appl. 16:264. doi:10.1137/1116025
"""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp

Counts = NDArray[np.int64]
Chances = NDArray[np.float64]
_LARGEST = 2**63
_MOST_ADDED = 20_000  # population whose tails are all added up
_ROUGH = 1e-3  # relative error of the sums along a row, with room to spare
_MOST_REPEATED = 2000
_ENOUGH = 1e-17  # terms smaller than this part of a sum are left out


def hoeffding_tail(n: ArrayLike, *, epsilon: float) -> Chances:
    """Hoeffding's bound for n independent examples, at most 1.

    Examples
    --------
    >>> round(float(hoeffding_tail(18_445, epsilon=0.01)), 4)
    0.05
    """
    n = np.asarray(n, dtype=float)
    bound: Chances = np.minimum(1.0, 2 * np.exp(-2 * n * epsilon**2))
    return bound


def serfling_tail(n: ArrayLike, *, epsilon: float, population: int) -> Chances:
    """Serfling's bound for n examples drawn without replacement, at most 1."""
    n = np.asarray(n, dtype=float)
    left = 1 - (n - 1) / population
    bound: Chances = np.minimum(1.0, 2 * np.exp(-2 * n * epsilon**2 / left))
    return bound


def vc_tail(n: int, *, epsilon: float, vc_dim: int) -> float:
    """Vapnik's and Chervonenkis's bound for all hypotheses of a class, at most 1.

    Notes
    -----
    4 m(2n) exp(-n epsilon² / 8), where the growth function m is bounded by Sauer's sum.
    """
    log = np.log(4) + log_growth(2 * n, vc_dim) - n * epsilon**2 / 8
    return float(np.exp(min(0.0, log)))


def log_growth(n: int, vc_dim: int) -> float:
    """Logarithm of Sauer's bound on how many ways a class can label n examples.

    Examples
    --------
    >>> round(float(np.exp(log_growth(5, 2))))  # 1 + 5 + 10
    16
    """
    if n <= vc_dim:
        return float(n * np.log(2))
    i = np.arange(vc_dim + 1)
    return float(logsumexp(gammaln(n + 1) - gammaln(i + 1) - gammaln(n - i + 1)))


def hypergeometric_tail(
    n_mistakes: ArrayLike, n: ArrayLike, *, population: int, epsilon: float
) -> Chances:
    """Exact chance of a gap beyond epsilon, drawing without replacement.

    Parameters
    ----------
    n_mistakes
        Mistakes of the hypothesis in all data.
    n
        Examples drawn; broadcast against `n_mistakes`.
    population
        Number of all data.
    epsilon
        Largest gap that is allowed; read as the decimal fraction that it prints as, so
        that a gap of exactly 0.05 is no gap beyond 0.05.

    Notes
    -----
    Sums of hypergeometric terms, each from the one before; relative error about 1e-11.
    """
    total, drawn = np.broadcast_arrays(
        np.asarray(n_mistakes, np.int64), np.asarray(n, np.int64)
    )
    allowed = allowed_count(np.asarray(n, np.int64), population, epsilon)
    above = _upper(total, drawn, population, allowed)
    return above + _upper(population - total, drawn, population, allowed)


def upper_tail(
    n_mistakes: ArrayLike, n: ArrayLike, *, population: int, epsilon: float
) -> Chances:
    """The part of `hypergeometric_tail` where the sample has too many mistakes."""
    total, drawn = np.broadcast_arrays(
        np.asarray(n_mistakes, np.int64), np.asarray(n, np.int64)
    )
    allowed = allowed_count(np.asarray(n, np.int64), population, epsilon)
    return _upper(total, drawn, population, allowed)


def worst_tail(n: int, *, population: int, epsilon: float) -> float:
    """The largest `hypergeometric_tail` that any number of mistakes gives.

    Notes
    -----
    Of large populations, all numbers of mistakes are screened by sums along a row of
    terms, each tail from the one before; the largest are added up exactly.
    """
    half = np.arange(population // 2 + 1)  # the other half is its mirror image
    if population > _MOST_ADDED:
        rough = _rough_tails(n, population=population, epsilon=epsilon)[: len(half)]
        rough = np.maximum(rough, 0.0)
        half = half[rough >= rough.max() * (1 - _ROUGH)]
        order = np.argsort(rough[half])[::-1]
        half = half[order[:_MOST_REPEATED]]
    tails = hypergeometric_tail(half, n, population=population, epsilon=epsilon)
    return float(tails.max())


def _rough_tails(n: int, *, population: int, epsilon: float) -> Chances:
    """Tail of each number of mistakes, 0 to all, to about 1e-6 of the largest.

    Notes
    -----
    One example more that counts as a mistake, with the same threshold k, adds the
    chance that it is drawn, n / N, times that the others have k - 1; a threshold that
    is one higher takes away the chance of k.
    """
    total = np.arange(population + 1)
    logs = log_factorials(population)
    allowed = int(allowed_count(np.array([n]), population, epsilon)[0])
    beyond = (total * n + allowed) // population + 1
    first, threshold = total[:-1], beyond[:-1]
    chance = pmf(threshold - 1, first, n - 1, population=population - 1, logs=logs)
    gained = chance * (n / population)
    is_higher = beyond[1:] > threshold
    lost = np.where(
        is_higher, pmf(threshold, total[1:], n, population=population, logs=logs), 0.0
    )
    above = np.concatenate([[0.0], np.cumsum(gained - lost)])
    both: Chances = above + above[::-1]
    return both


def log_factorials(n: int) -> Chances:
    """Logarithms of 0! to n!, shape (n + 1,)."""
    logs: Chances = gammaln(np.arange(n + 1, dtype=float) + 1)
    return logs


def pmf(
    k: Counts,
    total: Counts | int,
    n: Counts | int,
    *,
    population: int,
    logs: Chances,
) -> Chances:
    """Chance of k mistakes in n of a population with `total`; 0 where impossible.

    Parameters
    ----------
    k, total, n
        Broadcast against one another.
    population
        Number of all data.
    logs
        `log_factorials` of it, or of more.
    """
    least = np.maximum(0, n + total - population)
    is_possible = (k >= least) & (k <= np.minimum(total, n))
    k = np.where(is_possible, k, least)
    log = (
        _looked_up(total, k, logs)
        + _looked_up(population - total, n - k, logs)
        - _looked_up(population, n, logs)
    )
    chance: Chances = np.where(is_possible, np.exp(log), 0.0)
    return chance


def _looked_up(n: Counts | int, k: Counts | int, logs: Chances) -> Chances:
    """Logarithm of a binomial coefficient."""
    log: Chances = logs[n] - logs[k] - logs[n - k]
    return log


def allowed_count(n: Counts, population: int, epsilon: float) -> Counts:
    """Largest allowed ``|k·population - n_mistakes·n|``, in whole numbers.

    Parameters
    ----------
    n
        Examples drawn, of which k are mistakes.
    population
        All, of which `n_mistakes` are.
    epsilon
        Largest allowed gap of the two shares.
    """
    exact = Fraction(str(float(epsilon))) * population
    if exact.numerator * int(n.max(initial=0)) < _LARGEST:
        whole: Counts = n * exact.numerator // exact.denominator
        return whole
    floors = [int(exact * int(size)) for size in n.ravel()]
    return np.array(floors, dtype=np.int64).reshape(n.shape)


def _upper(total: Counts, n: Counts, population: int, allowed: Counts) -> Chances:
    """Chance of k with k·population > total·n + allowed."""
    k = (total * n + allowed) // population + 1
    possible = k <= np.minimum(n, total)
    k = np.where(possible, k, np.minimum(n, total))
    term = np.where(possible, np.exp(_log_chance(k, total, n, population)), 0.0)
    total_chance = term.copy()
    while np.any(term > _ENOUGH * total_chance):
        rest = population - total - n + k + 1
        odds = (total - k) * (n - k) / ((k + 1) * np.maximum(rest, 1))
        term, k = term * odds, k + 1
        total_chance += term
    return total_chance


def _log_chance(k: Counts, total: Counts, n: Counts, population: int) -> Chances:
    chance: Chances = (
        _log_choose(total, k)
        + _log_choose(population - total, n - k)
        - _log_choose(np.int64(population), n)
    )
    return chance


def _log_choose(n: Counts | np.int64, k: Counts) -> Chances:
    log: Chances = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return log
