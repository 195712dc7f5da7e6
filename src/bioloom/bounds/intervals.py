"""Intervals that hold the true error with the promised chance, or more often.

References
----------
Clopper C.J., Pearson E.S. (1934) Biometrika 26:404. doi:10.1093/biomet/26.4.404
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv
from scipy.stats import hypergeom

from bioloom.bounds.tails import log_growth


@dataclass(frozen=True, slots=True)
class Interval:
    """A share and an interval around it."""

    share: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """Distance of its ends."""
        return self.high - self.low


def clopper_pearson(n_mistakes: int, n: int, *, failure_prob: float = 0.05) -> Interval:
    """The exact interval of an error of which n independent examples tell.

    Parameters
    ----------
    n_mistakes, n
        Mistakes among the examples.
    failure_prob
        Chance that the interval misses, half of it on each side.

    Returns
    -------
    The whole of 0 to 1 if there is no example; its share is NaN then.

    Examples
    --------
    >>> found = clopper_pearson(4, 20, failure_prob=0.1)
    >>> round(found.low, 6), round(found.high, 6)
    (0.071354, 0.401028)
    """
    if n == 0:
        return Interval(float("nan"), 0.0, 1.0)
    low, high = clopper_pearson_ends(n_mistakes, n, failure_prob=failure_prob)
    return Interval(n_mistakes / n, float(low), float(high))


def clopper_pearson_ends(
    n_mistakes: ArrayLike, n: ArrayLike, *, failure_prob: float = 0.05
) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of `clopper_pearson` for arrays of counts."""
    k, total = np.broadcast_arrays(np.asarray(n_mistakes), np.asarray(n))
    tail = failure_prob / 2
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 1), total - k + 1, tail))
    others = np.maximum(total - k, 1)
    high = np.where(k == total, 1.0, betaincinv(k + 1, others, 1 - tail))
    return low, high


def hypergeometric_interval(
    n_mistakes: int, n: int, *, population: int, failure_prob: float = 0.05
) -> Interval:
    """The exact interval of the error on all data, of which n were drawn.

    Notes
    -----
    All numbers of mistakes in the population that do not make the sample's number one
    of the rarest, `failure_prob` / 2 on each side.
    """
    totals = np.arange(n_mistakes, population - (n - n_mistakes) + 1)
    tail = failure_prob / 2
    at_least = hypergeom.sf(n_mistakes - 1, population, totals, n)
    at_most = hypergeom.cdf(n_mistakes, population, totals, n)
    kept = totals[(at_least > tail) & (at_most > tail)] / population
    return Interval(n_mistakes / n, float(kept[0]), float(kept[-1]))


def hoeffding_epsilon(n: int, *, failure_prob: float, n_hypotheses: int = 1) -> float:
    """How far, at most, losses on n independent examples are from the true ones.

    Examples
    --------
    >>> round(hoeffding_epsilon(500, failure_prob=0.05), 4)
    0.0607
    """
    return float(np.sqrt(np.log(2 * n_hypotheses / failure_prob) / (2 * n)))


def serfling_epsilon(
    n: int, *, population: int, failure_prob: float, n_hypotheses: int = 1
) -> float:
    """How far, at most, losses on n examples are from those on a finite population."""
    wide = hoeffding_epsilon(n, failure_prob=failure_prob, n_hypotheses=n_hypotheses)
    return float(wide * np.sqrt(1 - (n - 1) / population))


def vc_epsilon(n: int, *, vc_dim: int, failure_prob: float) -> float:
    """How far, at most, losses of a class on n examples are from the true ones."""
    log = np.log(4 / failure_prob) + log_growth(2 * n, vc_dim)
    return float(np.sqrt(8 * log / n))


def difference(first: Interval, second: Interval) -> Interval:
    """An interval of how much larger the second share is than the first.

    Parameters
    ----------
    first, second
        Each with half of the failure probability, from different examples.

    Notes
    -----
    Holds whenever both hold; wider than approximate ones, and never too narrow.
    """
    return Interval(
        second.share - first.share, second.low - first.high, second.high - first.low
    )
