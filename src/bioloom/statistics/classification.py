"""How good a classifier's predictions are, over all examples and by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassQuality:
    """How well the members of one class are recognised.

    Parameters
    ----------
    name
        Of the class.
    n
        Its members.
    precision, recall, f1
        0 where nothing can be divided.
    """

    name: str
    n: int
    precision: float
    recall: float
    f1: float


def accuracy(predicted: Classes, y: Classes) -> float:
    """Share of correct predictions; NaN if there are none."""
    return float(np.mean(predicted == y)) if len(y) else float("nan")


def by_class(
    predicted: Classes, y: Classes, names: Sequence[str]
) -> tuple[ClassQuality, ...]:
    """Precision, recall and F1 of each class; 0 where nothing can be divided."""
    table = confusion(predicted, y, len(names))
    hits, called, members = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    precision, recall = (hits / np.maximum(total, 1) for total in (called, members))
    both = np.maximum(precision + recall, np.finfo(float).tiny)
    f1 = 2 * precision * recall / both
    return tuple(
        ClassQuality(
            name=name,
            n=int(members[k]),
            precision=float(precision[k]),
            recall=float(recall[k]),
            f1=float(f1[k]),
        )
        for k, name in enumerate(names)
    )


def balanced_accuracy(predicted: Classes, y: Classes) -> float:
    """Mean recall of the classes that occur, as scikit-learn's; NaN without examples.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0]), np.array([0, 0, 2]))
    0.5
    """
    if not len(y):
        return float("nan")
    return float(np.mean([(predicted[y == k] == k).mean() for k in np.unique(y)]))


def macro_f1(predicted: Classes, y: Classes) -> float:
    """Mean F1 of the classes that occur, as scikit-learn's; NaN without examples.

    Examples
    --------
    >>> macro_f1(np.array([0, 2]), np.array([0, 2]))
    1.0
    """
    if not len(y):
        return float("nan")
    present = np.union1d(predicted, y)
    names = [str(k) for k in range(int(present.max()) + 1)]
    qualities = by_class(predicted, y, names)
    return float(np.mean([qualities[k].f1 for k in present]))


def confusion(predicted: Classes, y: Classes, num_classes: int) -> NDArray[np.int64]:
    """Counts, shape (num_classes, num_classes): rows true, columns predicted."""
    cells = np.bincount(y * num_classes + predicted, minlength=num_classes**2)
    return cells.reshape(num_classes, num_classes)
