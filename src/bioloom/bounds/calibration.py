"""Whether a model's confidence is true.

References
----------
Guo C. et al. (2017) On calibration of modern neural networks. ICML. arXiv:1706.04599
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from bioloom.bounds.intervals import Interval, clopper_pearson

N_BINS = 10
_FEW = 64  # factors that are multiplied one by one


@dataclass(frozen=True, slots=True)
class Bin:
    """Examples of similar confidence, their number, mean confidence and accuracy."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against accuracy.

    Parameters
    ----------
    confidence, accuracy
        Means over all examples.
    error
        Expected calibration error: the bins' mean distance of both.
    p
        Chance of a number of right predictions as far off, if each is right with the
        probability that its confidence states; exact, both sides.
    bins
        Ten of equal width, without empty ones.
    """

    confidence: float
    accuracy: float
    error: float
    p: float
    bins: tuple[Bin, ...]


def calibration_of(test: pd.DataFrame, failure_prob: float = 0.05) -> Calibration:
    """Confidence against accuracy of test examples.

    Parameters
    ----------
    test
        Columns `label`, `prediction`, `confidence`.
    failure_prob
        Of each bin's interval.
    """
    said = test["confidence"].to_numpy(float)
    is_right = (test["label"] == test["prediction"]).to_numpy()
    place = np.clip(np.ceil(said * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    bins = tuple(
        Bin(
            low=k / N_BINS,
            high=(k + 1) / N_BINS,
            n=int((place == k).sum()),
            confidence=float(said[place == k].mean()),
            accuracy=_share(is_right[place == k], failure_prob),
        )
        for k in np.unique(place).tolist()
    )
    far = sum(one.n * abs(one.accuracy.share - one.confidence) for one in bins)
    return Calibration(
        confidence=float(said.mean()),
        accuracy=float(is_right.mean()),
        error=far / len(said),
        p=two_sided(said, int(is_right.sum())),
        bins=bins,
    )


def _share(is_right: NDArray[np.bool_], failure_prob: float) -> Interval:
    k, n = int(is_right.sum()), len(is_right)
    return clopper_pearson(k, n, failure_prob=failure_prob)


def two_sided(chances: NDArray[np.float64], n_right: int) -> float:
    """Chance of as rare a count of events that have these chances; Poisson binomial.

    Examples
    --------
    >>> round(two_sided(np.full(10, 0.5), 1), 4)  # 2 (1 + 10) / 1024
    0.0215
    """
    law = counts_law(chances)
    tails = law[: n_right + 1].sum(), law[n_right:].sum()
    return float(min(1.0, 2 * min(tails)))


def counts_law(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distribution of the number of events that have these chances, (n + 1,).

    Notes
    -----
    A product of polynomials, halves by FFT: time O(n log² n); absolute error about
    1e-15.
    """
    if len(chances) > _FEW:
        middle = len(chances) // 2
        halves = counts_law(chances[:middle]), counts_law(chances[middle:])
        both: NDArray[np.float64] = np.maximum(fftconvolve(*halves), 0.0)
        return both
    law = np.ones(1)
    for chance in chances.tolist():
        law = np.convolve(law, [1 - chance, chance])
    return law
