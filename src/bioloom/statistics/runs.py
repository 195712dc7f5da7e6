"""Repeated runs of one job with other random numbers: their mean and its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student


@dataclass(frozen=True, slots=True)
class RunsMean:
    """Mean over runs, their standard deviation, and a 95 % interval of the mean.

    With one run, `std`, `low` and `high` are NaN: one run says nothing about the next.
    """

    mean: float
    std: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """In per cent, e.g. ``81.70 ± 0.56 (81.30-82.10, 10 runs)``."""
        if self.n == 1:
            return f"{100 * self.mean:.2f} (1 run)"
        mean, std = f"{100 * self.mean:.2f}", f"{100 * self.std:.2f}"
        low, high = 100 * self.low, 100 * self.high
        return f"{mean} ± {std} ({low:.2f}-{high:.2f}, {self.n} runs)"


def mean_of_runs(
    values: Sequence[float] | NDArray[np.floating], *, are_shares: bool = True
) -> RunsMean:
    """Mean, standard deviation and Student's 95 % interval, of one value a run.

    Parameters
    ----------
    values
        Shares, or differences of shares.
    are_shares
        Whether the interval is cut to 0 to 1.

    Examples
    --------
    >>> str(mean_of_runs([0.8, 0.82, 0.81]))
    '81.00 ± 1.00 (78.52-83.48, 3 runs)'
    """
    n, mean = len(values), float(np.mean(values))
    if n == 1:
        return RunsMean(mean, np.nan, np.nan, np.nan, 1)
    std = float(np.std(values, ddof=1))
    half = float(student.ppf(0.975, n - 1)) * std / np.sqrt(n)
    low, high = mean - half, mean + half
    if are_shares:
        low, high = max(0.0, low), min(1.0, high)
    return RunsMean(mean, std, low, high, n)
