"""How many examples suffice, by each bound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from bioloom.bounds.exact_size import exact_size
from bioloom.bounds.settings import FAILURE_PROB
from bioloom.bounds.tails import vc_tail
from bioloom.run.progress import OnStep, silent
from bioloom.statistics.intervals import Estimate, clopper_pearson, clopper_pearson_ends

Method = Literal["hoeffding", "serfling", "hypergeometric", "vc", "held_out"]
MOST_EXACT = 1_000_000
"""Largest population for which the exact tail is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The guarantee that is asked for.

    Parameters
    ----------
    epsilon
        Largest gap between a hypothesis's loss on the sample and on all data.
    failure_prob
        Probability that some hypothesis has a larger one.
    n_hypotheses
        In the class.
    population
        Number of all data; None if they are infinite.
    vc_dim
        Vapnik–Chervonenkis dimension of the class; None where it does not matter.
    """

    epsilon: float
    failure_prob: float = FAILURE_PROB
    n_hypotheses: int = 1
    population: int | None = None
    vc_dim: int | None = None

    @property
    def tolerance(self) -> float:
        """How much worse than the best the chosen hypothesis may be."""
        return 2 * self.epsilon


class TestSet(NamedTuple):
    """Mistakes on a held-out test set, and its size."""

    n_mistakes: int
    n: int


@dataclass(frozen=True, slots=True, repr=False)
class SampleSizes:
    """Number of examples by each method that applies, and what a test set gives.

    Parameters
    ----------
    promise
        That is met.
    sizes
        Examples by method.
    test_set
        Mistakes on a held-out test set and its size; None where there is none.
    """

    promise: Promise
    sizes: dict[Method, int]
    test_set: TestSet | None = None

    @property
    def is_exact_missing(self) -> bool:
        """Whether the exact search applies but was left out, or given up."""
        return self.promise.population is not None and (
            "hypergeometric" not in self.sizes
        )

    @property
    def test_interval(self) -> Estimate | None:
        """Clopper and Pearson's interval of the test set's error."""
        if self.test_set is None:
            return None
        return clopper_pearson(*self.test_set, failure_prob=self.promise.failure_prob)

    def to_frame(self) -> pd.DataFrame:
        """One row per method."""
        rows = [{"method": k, "n_samples": v} for k, v in self.sizes.items()]
        return pd.DataFrame(rows)


def sample_sizes(
    promise: Promise, *, test_set: TestSet | None = None, on_step: OnStep = silent
) -> SampleSizes:
    """Number of examples that meet a promise, by each method that applies.

    Parameters
    ----------
    promise
        Gap, failure probability and class.
    test_set
        Mistakes on a held-out test set and its size, where there is one.
    on_step
        Called as the exact search proceeds.

    Notes
    -----
    The exact search takes some hundredths of a second for a population of 10,000 and
    some seconds for 1,000,000; above that it is left out, as its memory would grow.

    Examples
    --------
    >>> sizes = sample_sizes(Promise(epsilon=0.05, n_hypotheses=10_000)).sizes
    >>> sizes["hoeffding"]
    2580
    """
    population = promise.population
    sizes: dict[Method, int] = {"hoeffding": hoeffding_size(promise)}
    if population is not None:
        sizes["serfling"] = serfling_size(promise)
        exact = None
        if population <= MOST_EXACT:
            exact = hypergeometric_size(promise, on_step=on_step)
        if exact is not None:
            sizes["hypergeometric"] = exact
    if promise.vc_dim is not None:
        sizes["vc"] = vc_size(promise)
    sizes["held_out"] = held_out_size(promise.epsilon, promise.failure_prob)
    return SampleSizes(promise, sizes, test_set)


def hoeffding_size(promise: Promise) -> int:
    """Least n with ``2 |H| exp(-2 n epsilon²) ≤ failure_prob``."""
    return int(np.ceil(_hoeffding(promise)))


def _hoeffding(promise: Promise) -> float:
    chance = promise.failure_prob / promise.n_hypotheses
    return float(np.log(2 / chance) / (2 * promise.epsilon**2))


def serfling_size(promise: Promise) -> int:
    """Least n with ``2 |H| exp(-2 n epsilon² / (1 - (n - 1)/N)) ≤ failure_prob``."""
    n, total = _hoeffding(promise), promise.population or 0
    return min(total, int(np.ceil(n * (total + 1) / (total + n))))


def hypergeometric_size(promise: Promise, *, on_step: OnStep = silent) -> int | None:
    """Least n whose exact chance of a gap, times ``|H|``, is at most failure_prob.

    Returns
    -------
    None if the search was given up (see `bioloom.bounds.exact_size`).
    """
    return exact_size(
        population=promise.population or 0,
        epsilon=promise.epsilon,
        allowed=promise.failure_prob / promise.n_hypotheses,
        most=serfling_size(promise),
        on_step=on_step,
    )


def vc_size(promise: Promise) -> int:
    """Least n from which the bound of Vapnik and Chervonenkis keeps the promise."""
    dim = promise.vc_dim or 0

    def is_kept(n: int) -> bool:
        tail = vc_tail(n, epsilon=promise.epsilon, vc_dim=dim)
        return tail <= promise.failure_prob

    return least(is_kept)


def held_out_size(epsilon: float, failure_prob: float) -> int:
    """Least test set whose exact interval is at most 2 epsilon wide, whatever comes.

    Notes
    -----
    Intervals are widest where half of the examples are mistakes.
    """

    def is_narrow(n: int) -> bool:
        low, high = clopper_pearson_ends(n // 2, n, failure_prob=failure_prob)
        return float(high - low) <= 2 * epsilon

    return least(is_narrow)


def least(is_enough: Callable[[int], bool]) -> int:
    """Least number that is enough, where every larger one is too.

    Examples
    --------
    >>> least(lambda n: n * n >= 50)
    8
    """
    high = 1
    while not is_enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
