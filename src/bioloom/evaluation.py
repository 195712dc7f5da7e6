"""How good predictions are: by class, over seeds, and whether their confidence is true.

References
----------
Guo C. et al. (2017) On calibration of modern neural networks. ICML. arXiv:1706.04599
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest
from scipy.stats import t as student

N_BINS = 15
_TEMPERATURES = (0.05, 20.0)
Scores = NDArray[np.floating]
Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean over runs, their standard deviation, and a 95 % interval of the mean.

    With one run, `std`, `low` and `high` are NaN: one run says nothing of the next.
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
        low, high = 100 * self.low, 100 * self.high
        told = f"{100 * self.mean:.2f} ± {100 * self.std:.2f}"
        return f"{told} ({low:.2f}-{high:.2f}, {self.n} runs)"


def interval(values: Sequence[float]) -> Interval:
    """Mean, standard deviation and Student's 95 % interval of some runs' shares.

    Examples
    --------
    >>> str(interval([0.8, 0.82, 0.81]))
    '81.00 ± 1.00 (78.52-83.48, 3 runs)'
    """
    n, mean = len(values), float(np.mean(values))
    if n == 1:
        return Interval(mean, np.nan, np.nan, np.nan, 1)
    std = float(np.std(values, ddof=1))
    half = float(student.ppf(0.975, n - 1)) * std / np.sqrt(n)
    return Interval(mean, std, max(0.0, mean - half), min(1.0, mean + half), n)


def sample_interval(n_right: int, n: int) -> tuple[float, float]:
    """What share of right calls other nodes like these may have, with 95 % confidence.

    Clopper and Pearson's exact interval; 0 to 1 without any node.

    Examples
    --------
    >>> low, high = sample_interval(815, 1000)
    >>> print(f"{low:.3f} {high:.3f}")
    0.790 0.839
    """
    if n == 0:
        return 0.0, 1.0
    found = binomtest(n_right, n).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassQuality:
    """How well the members of one class are found."""

    name: str
    n: int
    precision: float
    recall: float
    f1: float


def accuracy(predicted: Classes, y: Classes) -> float:
    """Share of right predictions; NaN without any."""
    return float(np.mean(predicted == y)) if len(y) else float("nan")


def by_class(
    predicted: Classes, y: Classes, names: Sequence[str]
) -> tuple[ClassQuality, ...]:
    """Precision, recall and F1 of each class; 0 where nothing can be divided."""
    table = confusion(predicted, y, len(names))
    hits, said, true = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    precision, recall = (hits / np.maximum(total, 1) for total in (said, true))
    both = np.maximum(precision + recall, np.finfo(float).tiny)
    f1 = 2 * precision * recall / both
    return tuple(
        ClassQuality(
            name=name,
            n=int(true[k]),
            precision=float(precision[k]),
            recall=float(recall[k]),
            f1=float(f1[k]),
        )
        for k, name in enumerate(names)
    )


def confusion(predicted: Classes, y: Classes, num_classes: int) -> NDArray[np.int64]:
    """Counts, shape (num_classes, num_classes): rows true, columns predicted."""
    cells = np.bincount(y * num_classes + predicted, minlength=num_classes**2)
    return cells.reshape(num_classes, num_classes)


def fitted_temperature(scores: Scores, y: Classes) -> float:
    """The number that scores are divided by so that their probabilities fit best.

    Parameters
    ----------
    scores
        Logits of what was held out, shape (n, num_classes).
    y
        Their classes.

    Returns
    -------
    The temperature with the lowest cross-entropy, between 0.05 and 20.
    """

    def loss(log_temperature: float) -> float:
        logs = log_softmax(scores / np.exp(log_temperature), axis=1)
        return -float(logs[np.arange(len(y)), y].mean())

    found = minimize_scalar(loss, bounds=np.log(_TEMPERATURES), method="bounded")
    return float(np.exp(found.x))


def probabilities(scores: Scores, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities of the classes, rows adding up to 1."""
    table: NDArray[np.float64] = softmax(
        scores.astype(np.float64) / temperature, axis=1
    )
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Those whose confidence lies in one part of 0 to 1."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(chances: Scores, y: Classes) -> tuple[Bin, ...]:
    """Accuracy against confidence in 15 equal bins; empty ones are left out.

    Parameters
    ----------
    chances
        Probabilities, shape (n, num_classes); the confidence is the largest of a row.
    y
        True classes.
    """
    confidence, is_right = chances.max(axis=1), chances.argmax(axis=1) == y
    place = np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    return tuple(
        Bin(
            low=k / N_BINS,
            high=(k + 1) / N_BINS,
            n=int((place == k).sum()),
            confidence=float(confidence[place == k].mean()),
            accuracy=float(is_right[place == k].mean()),
        )
        for k in np.unique(place)
    )


def expected_calibration_error(chances: Scores, y: Classes) -> float:
    """Mean distance of accuracy from confidence over the bins of `reliability`."""
    bins = reliability(chances, y)
    gaps = sum(one.n * abs(one.accuracy - one.confidence) for one in bins)
    return gaps / len(y) if len(y) else float("nan")
