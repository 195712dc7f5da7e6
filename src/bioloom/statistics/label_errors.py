"""Examples whose label is probably wrong: confident learning.

References
----------
Northcutt C.G., Jiang L., Chuang I.L. (2021) Confident learning: estimating uncertainty
in dataset labels. J Artif Intell Res 70:1373. doi:10.1613/jair.1.12125
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.int64]
Floats = NDArray[np.float64]


class LabelCheck(NamedTuple):
    """What confident learning says of each example.

    Parameters
    ----------
    is_error
        Whether it is counted off the diagonal of the confident joint.
    suggested
        The label that it is counted under; its own where it is counted under none.
    margin
        Probability of its label minus that of the likeliest other one: the lower, the
        likelier its label is wrong.
    """

    is_error: NDArray[np.bool_]
    suggested: Classes
    margin: Floats


def class_thresholds(probabilities: Floats, labels: Classes) -> Floats:
    """Mean probability of each class among the examples that have its label.

    A class that no example has is out of reach.
    """
    num_classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels]
    n = np.bincount(labels, minlength=num_classes)
    total = np.bincount(labels, weights=own, minlength=num_classes)
    return np.where(n > 0, total / np.maximum(n, 1), np.inf)


def check_labels(probabilities: Floats, labels: Classes) -> LabelCheck:
    """Find labels that are probably wrong.

    Parameters
    ----------
    probabilities
        Of each class, by a model that was not fitted on the example, shape
        (n, num_classes).
    labels
        As given, shape (n,).

    Notes
    -----
    An example counts as confidently of class j if its probability of j is at least the
    mean probability of j among the examples labelled j; of several such classes, the
    likeliest. Where that is not its label, the label is probably wrong (the
    off-diagonal of the confident joint, equations 1 and 2), unless its label is the
    likeliest class all the same.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05]])
    >>> check_labels(p, np.array([0, 0, 1, 1])).is_error.tolist()
    [False, False, False, True]
    """
    thresholds = class_thresholds(probabilities, labels)
    is_confident = probabilities >= thresholds - 1e-6
    best = np.where(is_confident, probabilities, -1.0).argmax(axis=1)
    suggested = np.where(is_confident.any(axis=1), best, labels)
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    others = probabilities.copy()
    others[rows, labels] = -1.0
    margin = own - others.max(axis=1)
    return LabelCheck((suggested != labels) & (margin < 0), suggested, margin)
