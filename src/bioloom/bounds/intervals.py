"""How far losses on a sample may be from the true ones, with a stated probability."""

import numpy as np
from scipy.stats import hypergeom

from bioloom.bounds.tails import log_growth
from bioloom.statistics.intervals import Estimate


def hypergeometric_interval(
    n_mistakes: int, n: int, *, population: int, failure_prob: float = 0.05
) -> Estimate:
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
    consistent = totals[(at_least > tail) & (at_most > tail)] / population
    low, high = float(consistent[0]), float(consistent[-1])
    return Estimate(n_mistakes / n, low, high, "hypergeometric", failure_prob)


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
