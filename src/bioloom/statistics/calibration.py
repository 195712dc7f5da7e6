"""Whether confidences are calibrated: the share of correct calls that they promise.

One definition for all rooms: the expected calibration error over `N_BINS` bins of equal
width, empty ones left out.

References
----------
Guo C. et al. (2017) On calibration of modern neural networks. ICML. arXiv:1706.04599
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.signal import fftconvolve
from scipy.special import expit, log_softmax, softmax

from bioloom.statistics.intervals import FAILURE_PROB, Estimate, clopper_pearson

N_BINS = 15
Scores = NDArray[np.floating]
Classes = NDArray[np.int64]
_TEMPERATURES = (0.05, 20.0)
_N_PARTS = 10
_SURE = 1.645  # standard errors: one-sided 5 %
_TINY = 1e-9  # tail that the error of a convolution would spoil
_MOST_SHIFT = 2000.0  # of log-odds
_FEW = 64  # factors that are multiplied one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Examples whose confidence lies above `low` and up to `high`.

    Parameters
    ----------
    low, high
        Ends of the bin.
    n
        Number of examples in it.
    confidence
        Their mean confidence.
    accuracy
        Share of correct calls, with its interval.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: Estimate


def top_confidence(chances: Scores) -> NDArray[np.float64]:
    """The largest probability of each row, shape (n,)."""
    largest: NDArray[np.float64] = np.asarray(chances, dtype=np.float64).max(axis=1)
    return largest


def reliability(
    confidence: NDArray[np.float64],
    is_right: NDArray[np.bool_],
    *,
    failure_prob: float = FAILURE_PROB,
    n_bins: int = N_BINS,
) -> tuple[Bin, ...]:
    """Accuracy beside confidence in bins of equal width; empty ones are left out.

    Parameters
    ----------
    confidence
        Of each call, 0 to 1, shape (n,).
    is_right
        Whether the call is correct, shape (n,).
    failure_prob
        Of each bin's interval.
    n_bins
        Number of bins, empty ones included.
    """
    place = np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    bins = []
    for k in np.unique(place).tolist():
        inside = place == k
        n, n_right = int(inside.sum()), int(is_right[inside].sum())
        bins.append(
            Bin(
                low=k / n_bins,
                high=(k + 1) / n_bins,
                n=n,
                confidence=float(confidence[inside].mean()),
                accuracy=clopper_pearson(n_right, n, failure_prob=failure_prob),
            )
        )
    return tuple(bins)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of accuracy from confidence.

    Parameters
    ----------
    bins
        Of `reliability`; NaN if there are none.

    Examples
    --------
    >>> sure, right = np.array([0.9, 0.9]), np.array([True, False])
    >>> round(calibration_error(reliability(sure, right)), 3)
    0.4
    """
    total = sum(each.n for each in bins)
    gaps = sum(each.n * abs(each.accuracy.value - each.confidence) for each in bins)
    return gaps / total if total else float("nan")


def expected_calibration_error(chances: Scores, y: Classes) -> float:
    """Calibration error of class probabilities.

    Parameters
    ----------
    chances
        Probabilities, shape (n, num_classes); the confidence is the largest of a row.
    y
        True classes, shape (n,).
    """
    if not len(y):
        return float("nan")
    return calibration_error(reliability_of(chances, y))


def reliability_of(chances: Scores, y: Classes) -> tuple[Bin, ...]:
    """As `reliability`, for class probabilities, shape (n, num_classes)."""
    return reliability(top_confidence(chances), chances.argmax(axis=1) == y)


def reliability_rows(
    stages: Mapping[str, Scores], y: Classes
) -> list[dict[str, object]]:
    """Rows of a table of bins: stage, low, high, n, confidence, accuracy.

    Parameters
    ----------
    stages
        Class probabilities by name, e.g. before and after the temperature.
    y
        True classes.
    """
    return [
        {
            "stage": stage,
            "low": each.low,
            "high": each.high,
            "n": each.n,
            "confidence": each.confidence,
            "accuracy": each.accuracy.value,
        }
        for stage, chances in stages.items()
        for each in reliability_of(chances, y)
    ]


def fitted_temperature(scores: Scores, y: Classes) -> float:
    """The number to divide scores by so that their probabilities fit best.

    Parameters
    ----------
    scores
        Logits of held-out examples, shape (n, num_classes).
    y
        Their classes.

    Returns
    -------
    The temperature with the lowest cross-entropy, between 0.05 and 20.
    """

    def loss(log_temperature: float) -> float:
        logs = log_softmax(scores / np.exp(log_temperature), axis=1)
        return -float(logs[np.arange(len(y)), y].mean())

    best = minimize_scalar(loss, bounds=np.log(_TEMPERATURES), method="bounded")
    return float(np.exp(best.x))


def cross_fitted_temperature(scores: Scores, y: Classes) -> float:
    """The temperature of `fitted_temperature` where it helps, else 1.

    It helps if temperatures that are fitted on nine tenths of the examples lower the
    cross-entropy of the other tenth, over all ten of them, by more than chance would
    (one-sided, 5 %). With few held-out examples a temperature often does harm: if all
    of them are right, it makes everything certain.

    Parameters
    ----------
    scores
        Logits of held-out examples, shape (n, num_classes).
    y
        Their classes.
    """
    if len(y) < _N_PARTS:
        return 1.0
    part = np.random.default_rng(0).permutation(len(y)) % _N_PARTS
    rows = np.arange(len(y))
    temperatures = np.empty(len(y))
    for held_out in range(_N_PARTS):
        out = part == held_out
        temperatures[out] = fitted_temperature(scores[~out], y[~out])
    after = log_softmax(scores / temperatures[:, None], axis=1)[rows, y]
    gain = after - log_softmax(scores, axis=1)[rows, y]
    is_better = gain.mean() > _SURE * gain.std(ddof=1) / np.sqrt(len(y))
    return fitted_temperature(scores, y) if is_better else 1.0


def probabilities(scores: Scores, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities of the classes; each row adds up to 1."""
    table: NDArray[np.float64] = softmax(
        scores.astype(np.float64) / temperature, axis=1
    )
    return table


def count_p_value(chances: NDArray[np.float64], n_events: int) -> float:
    """Two-sided probability of a number of independent events this extreme.

    Parameters
    ----------
    chances
        Probability of each event (Poisson binomial), shape (n,).
    n_events
        How many happened.

    Examples
    --------
    >>> round(count_p_value(np.full(10, 0.5), 1), 4)  # 2 (1 + 10) / 1024
    0.0215

    Notes
    -----
    Where the smaller tail is tiny, the error of `count_distribution` would be larger
    than it. The odds of all events are then multiplied by one factor that makes this
    number the expected one (exponential tilting), and the terms are weighted back.
    """
    law = count_distribution(chances)
    tails = float(law[: n_events + 1].sum()), float(law[n_events:].sum())
    if min(tails) < _TINY:
        return min(1.0, 2 * _tilted_tail(chances, n_events))
    return min(1.0, 2 * min(tails))


def _tilted_tail(chances: NDArray[np.float64], n_events: int) -> float:
    """The tail of the number of events on the far side of their expected number."""
    sure, others = int((chances == 1).sum()), chances[(chances > 0) & (chances < 1)]
    is_low = n_events < chances.sum()
    n, k = len(others), n_events - sure
    if not 0 <= k <= n:
        return 0.0
    yes, no = np.log(others), np.log1p(-others)
    if not is_low:  # events that do not happen are the few ones
        yes, no, k = no, yes, n - k
    if k == 0:
        return float(np.exp(no.sum()))
    odds = yes - no
    shift = brentq(lambda x: expit(odds + x).sum() - k, -_MOST_SHIFT, _MOST_SHIFT)
    law = count_distribution(expit(odds + shift))[: k + 1]
    # log of E[exp(shift · count)], by which the tilted law was divided
    scale = np.logaddexp(no, yes + shift).sum()
    weights = np.exp(scale - shift * np.arange(k + 1))
    return float((law * weights).sum())


def count_distribution(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distribution of the number of events with these probabilities, shape (n + 1,).

    Notes
    -----
    A product of polynomials, halves by FFT: time O(n log² n); absolute error about
    1e-15.
    """
    if len(chances) > _FEW:
        middle = len(chances) // 2
        left, right = chances[:middle], chances[middle:]
        halves = count_distribution(left), count_distribution(right)
        both: NDArray[np.float64] = np.maximum(fftconvolve(*halves), 0.0)
        return both
    law = np.ones(1)
    for chance in chances.tolist():
        law = np.convolve(law, [1 - chance, chance])
    return law
