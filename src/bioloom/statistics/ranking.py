"""How well a number ranks positives above negatives.

References
----------
Hanley J.A., McNeil B.J. (1982) Radiology 143:29. doi:10.1148/radiology.143.1.7063747
Davis J., Goadrich M. (2006) ICML 2006, 233-240. doi:10.1145/1143844.1143874
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def roc_auc(values: Floats, is_positive: Bools) -> float:
    """Probability that a positive has a higher value than a negative; ties count half.

    NaN if either class is missing.

    Examples
    --------
    >>> roc_auc(np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False]))
    0.625
    """
    n_positive, n_other = int(is_positive.sum()), int((~is_positive).sum())
    if not n_positive or not n_other:
        return float("nan")
    order, ranks = np.unique(values, return_inverse=True)
    counts = np.bincount(ranks, minlength=len(order))
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    above = mean_rank[ranks][is_positive].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * n_other))


def average_precision(values: Floats, is_positive: Bools) -> float:
    """Mean precision over the positives, each at its own value; NaN without any.

    Examples of equal value are accepted together.

    Examples
    --------
    >>> average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    0.8333333333333333
    """
    if not is_positive.any():
        return float("nan")
    _, places = np.unique(-values, return_inverse=True)
    n_values = int(places.max()) + 1
    positives = np.bincount(places, is_positive, minlength=n_values)
    accepted = np.cumsum(np.bincount(places, minlength=n_values))
    precision = np.cumsum(positives) / accepted
    return float((precision * positives).sum() / positives.sum())
