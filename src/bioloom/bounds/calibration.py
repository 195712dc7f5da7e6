"""Whether the confidences in a table of predictions are calibrated."""

from dataclasses import dataclass

import pandas as pd

from bioloom.bounds.settings import FAILURE_PROB
from bioloom.statistics.calibration import (
    Bin,
    calibration_error,
    count_p_value,
    reliability,
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against accuracy.

    Parameters
    ----------
    confidence, accuracy
        Means over all examples.
    error, error_10
        Expected calibration error over the bins, and over ten, as many texts have it:
        it depends on their number.
    p
        Probability of a number of correct predictions this extreme if each is correct
        with the probability that its confidence states; exact, two-sided.
    p_adjusted
        The same, corrected for all models that were tried and all looks.
    bins
        Fifteen of equal width, without empty ones.
    """

    confidence: float
    accuracy: float
    error: float
    error_10: float
    p: float
    p_adjusted: float
    bins: tuple[Bin, ...]


def calibration_of(
    test: pd.DataFrame, failure_prob: float = FAILURE_PROB
) -> Calibration:
    """Confidence against accuracy of test examples.

    Parameters
    ----------
    test
        Columns `label`, `prediction`, `confidence`.
    failure_prob
        Of each bin's interval.
    """
    confidence = test["confidence"].to_numpy(float)
    is_right = (test["label"] == test["prediction"]).to_numpy()
    bins = reliability(confidence, is_right, failure_prob=failure_prob)
    p = count_p_value(confidence, int(is_right.sum()))
    return Calibration(
        confidence=float(confidence.mean()),
        accuracy=float(is_right.mean()),
        error=calibration_error(bins),
        error_10=calibration_error(reliability(confidence, is_right, n_bins=10)),
        p=p,
        p_adjusted=p,
        bins=bins,
    )
