"""Intervals of shares, with the method that gave them.

Shares of independent examples get Clopper and Pearson's interval, in every room. Where
examples come in groups that are alike, whole groups are resampled instead
(`bootstrap`). Wilson's interval is there to compare with: it is narrower and misses
more often than promised for shares near 0 or 1.

References
----------
Clopper C.J., Pearson E.S. (1934) Biometrika 26:404. doi:10.1093/biomet/26.4.404
Wilson E.B. (1927) J. Am. Stat. Assoc. 22:209. doi:10.1080/01621459.1927.10502953
Brown L.D., Cai T.T., DasGupta A. (2001) Interval estimation for a binomial proportion.
Statistical Science 16:101. doi:10.1214/ss/1009213286
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Method = Literal[
    "Clopper-Pearson",
    "Wilson",
    "bootstrap over groups",
    "stratified bootstrap",
    "hypergeometric",
    "exact",
    "Student",
]
Classes = NDArray[np.int64]
Rows = NDArray[Any]
"""Classes of examples, shape (n,), or what else there is of each."""
Measure = Callable[[Rows, Rows], float]
FAILURE_PROB = 0.05
_DRAWS = 1000
_RNG_SEED = 42


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between the ends of its interval.

    Parameters
    ----------
    value
        A share, or the difference of two.
    low, high
        Ends of the interval.
    method
        How the interval was found.
    failure_prob
        Probability that such an interval misses the true value.

    Examples
    --------
    >>> str(clopper_pearson(45, 50))
    '90.0 % (78.2 to 96.7)'
    """

    value: float
    low: float
    high: float
    method: Method
    failure_prob: float = FAILURE_PROB

    @property
    def width(self) -> float:
        """Distance between the ends."""
        return self.high - self.low

    def __str__(self) -> str:
        """In per cent."""
        value, low, high = (100 * part for part in (self.value, self.low, self.high))
        return f"{value:.1f} % ({low:.1f} to {high:.1f})"


class Ends(NamedTuple):
    """Lower and upper ends of many intervals."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


def clopper_pearson(
    n_events: int, n: int, *, failure_prob: float = FAILURE_PROB
) -> Estimate:
    """The exact interval of a share that n independent examples show.

    Parameters
    ----------
    n_events, n
        Events among the examples.
    failure_prob
        Probability that the interval misses, at most half of it on each side.

    Returns
    -------
    The whole of 0 to 1 if there is no example; its value is NaN then.

    Examples
    --------
    >>> estimate = clopper_pearson(4, 20, failure_prob=0.1)
    >>> round(estimate.low, 6), round(estimate.high, 6)
    (0.071354, 0.401028)
    """
    if n == 0:
        return Estimate(float("nan"), 0.0, 1.0, "Clopper-Pearson", failure_prob)
    ends = clopper_pearson_ends(n_events, n, failure_prob=failure_prob)
    low, high = float(ends.low), float(ends.high)
    return Estimate(n_events / n, low, high, "Clopper-Pearson", failure_prob)


def clopper_pearson_ends(
    n_events: ArrayLike, n: ArrayLike, *, failure_prob: float = FAILURE_PROB
) -> Ends:
    """Both ends of `clopper_pearson` for arrays of counts, n > 0."""
    from scipy.special import betainccinv, betaincinv

    k, total = np.broadcast_arrays(np.asarray(n_events), np.asarray(n))
    tail = failure_prob / 2
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 1), total - k + 1, tail))
    others = np.maximum(total - k, 1)
    # of the complement: 1 - tail would lose the digits of a small tail
    high = np.where(k == total, 1.0, betainccinv(k + 1, others, tail))
    # SciPy finds no end for tails below about 1e-150: 0 and 1 hold for any
    return Ends(np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0))


def wilson(n_events: int, n: int, *, failure_prob: float = FAILURE_PROB) -> Estimate:
    """Wilson's score interval of a share; the whole of 0 to 1 if there is no example.

    Examples
    --------
    >>> str(wilson(90, 100))
    '90.0 % (82.6 to 94.5)'
    """
    from scipy.special import ndtri

    if n == 0:
        return Estimate(float("nan"), 0.0, 1.0, "Wilson", failure_prob)
    z, share = float(ndtri(1 - failure_prob / 2)), n_events / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + (z / n) ** 2 / 4)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(share, low, high, "Wilson", failure_prob)


def bootstrap(
    measure: Measure,
    predicted: Rows,
    y: Rows,
    *,
    groups: ArrayLike,
    failure_prob: float = FAILURE_PROB,
) -> Estimate:
    """A measure and its interval, by resampling whole groups of examples.

    Parameters
    ----------
    measure
        Of predicted and true classes, between 0 and 1.
    predicted, y
        Classes of the examples, shape (n,), or rows of labels, shape (n, labels).
    groups
        Examples of the same group are resampled together: they are not independent.
    failure_prob
        Probability that the interval misses.

    Notes
    -----
    Percentiles of 1,000 draws, which are the same in every call: the same predictions
    have one interval, wherever it is shown.

    Where all or none of the predictions are right, no draw can differ, which proves
    nothing: the interval is then at least Clopper and Pearson's for as many groups.
    """
    members = _members(groups)
    rng = np.random.Generator(np.random.SFC64(_RNG_SEED))
    values = []
    for _ in range(_DRAWS):
        drawn = rng.integers(len(members), size=len(members))
        places = np.concatenate([members[group] for group in drawn])
        values.append(measure(predicted[places], y[places]))
    tail = 100 * failure_prob / 2
    low, high = map(float, np.percentile(values, [tail, 100 - tail]))
    value = measure(predicted, y)
    if value in (0.0, 1.0):
        n_right = round(value * len(members))
        exact = clopper_pearson(n_right, len(members), failure_prob=failure_prob)
        low, high = min(low, exact.low), max(high, exact.high)
    return Estimate(value, low, high, "bootstrap over groups", failure_prob)


def stratified_bootstrap(
    statistic: Callable[[NDArray[np.int64]], float],
    is_positive: NDArray[np.bool_],
    *,
    n_draws: int = 500,
    rng_seed: int = _RNG_SEED,
    groups: ArrayLike | None = None,
) -> Estimate:
    """A statistic of two classes, such as the AUC, with its 95 % interval.

    Parameters
    ----------
    statistic
        Of the rows that it is given, some of them more than once.
    is_positive
        Class of each row; either class is resampled by itself.
    n_draws
        Bootstrap samples.
    rng_seed
        Of the draws.
    groups
        Rows of the same group are resampled together, groups with a positive row apart
        from the others; None if each row is a group. Draws without both classes are
        left out. Where the statistic is 0 or 1, which no draw can change, the interval
        is at least Clopper and Pearson's for as many groups with a positive row.

    References
    ----------
    Efron B. (1979) Ann Stat 7:1. doi:10.1214/aos/1176344552
    """
    rng = np.random.default_rng(rng_seed)
    if groups is None:
        classes = [np.flatnonzero(is_positive), np.flatnonzero(~is_positive)]
        draws = [
            statistic(np.concatenate([rng.choice(rows, len(rows)) for rows in classes]))
            for _ in range(n_draws)
        ]
    else:
        draws = _group_draws(statistic, is_positive, groups, n_draws=n_draws, rng=rng)
    low, high = map(float, np.percentile(draws, [2.5, 97.5]))
    value = statistic(np.arange(len(is_positive)))
    if groups is not None and value in (0.0, 1.0):
        n = len(np.unique(np.asarray(groups)[is_positive]))
        exact = clopper_pearson(round(value * n), n)
        low, high = min(low, exact.low), max(high, exact.high)
    return Estimate(value, low, high, "stratified bootstrap")


def _group_draws(
    statistic: Callable[[NDArray[np.int64]], float],
    is_positive: NDArray[np.bool_],
    groups: ArrayLike,
    *,
    n_draws: int,
    rng: np.random.Generator,
) -> list[float]:
    """The statistic of draws of groups, those with a positive row apart."""
    members = _members(groups)
    has = np.array([is_positive[rows].any() for rows in members])
    strata = [np.flatnonzero(has), np.flatnonzero(~has)]
    draws = []
    for _ in range(n_draws):
        drawn = np.concatenate([rng.choice(x, len(x)) for x in strata if len(x)])
        rows = np.concatenate([members[group] for group in drawn])
        if not is_positive[rows].all():
            draws.append(statistic(rows))
    return draws or [float("nan")]


def _members(groups: ArrayLike) -> list[NDArray[np.int64]]:
    """Places of each group's examples, groups in order of appearance."""
    _, first, inverse = np.unique(
        np.asarray(groups), return_index=True, return_inverse=True
    )
    return [np.flatnonzero(inverse == group) for group in np.argsort(first)]


def accuracy_interval(
    predicted: Classes,
    y: Classes,
    *,
    groups: ArrayLike,
    failure_prob: float = FAILURE_PROB,
) -> Estimate:
    """Share of correct predictions, with the interval that fits the examples.

    Parameters
    ----------
    predicted, y
        Predicted and true classes, shape (n,).
    groups
        Examples of the same group are alike. Clopper and Pearson's interval if each
        stands alone, else the bootstrap over groups.
    failure_prob
        Probability that the interval misses.
    """
    if len(np.unique(np.asarray(groups))) == len(y):
        n_right = int((predicted == y).sum())
        return clopper_pearson(n_right, len(y), failure_prob=failure_prob)
    return bootstrap(_accuracy, predicted, y, groups=groups, failure_prob=failure_prob)


def _accuracy(predicted: Classes, y: Classes) -> float:
    return float(np.mean(predicted == y))


def difference(first: Estimate, second: Estimate) -> Estimate:
    """How much larger the second value is than the first, with an interval.

    Parameters
    ----------
    first, second
        Each with half of the failure probability.

    Notes
    -----
    Holds whenever both intervals hold; wider than approximate ones, never too narrow.
    """
    return Estimate(
        value=second.value - first.value,
        low=second.low - first.high,
        high=second.high - first.low,
        method=first.method,
        failure_prob=first.failure_prob + second.failure_prob,
    )
