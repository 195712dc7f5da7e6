"""A regularised linear head on frozen features.

Multinomial logistic regression on standardised features; the strength of regularisation
is chosen by the cross-entropy of the validation pictures. The scaling is folded into
the head, which therefore works on the original features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

Floats = NDArray[np.float32]
Classes = NDArray[np.int64]
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
"""Values of C that are tried; larger ones regularise less."""
_FOLDS, _MAX_ITERATIONS = 5, 500


class Trial(NamedTuple):
    """A value of C, and the validation loss with it."""

    strength: float
    loss: float


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Weights, shape (num_classes, num_features), bias, and the C that was chosen."""

    weight: Floats
    bias: Floats
    strength: float
    tried: tuple[Trial, ...] = ()

    def scores(self, features: Floats) -> Floats:
        """Logits of pictures, shape (n, num_classes)."""
        scores: Floats = features @ self.weight.T + self.bias
        return scores


def fit_head(
    features: Floats,
    y: Classes,
    split: NDArray[np.str_],
    *,
    strengths: Sequence[float] = STRENGTHS,
    class_weights: bool = False,
) -> LinearHead:
    """Fit a head on the training pictures.

    Parameters
    ----------
    features, y, split
        Of all pictures; fitted on "train", chosen by "val".
    strengths
        Values of C to try.
    class_weights
        Whether all classes count the same, whatever their size.
    """
    train, val = (np.flatnonzero(split == name) for name in ("train", "val"))
    best, tried = None, []
    lowest = np.inf
    for strength in strengths:
        head = _fitted(features[train], y[train], strength, class_weights=class_weights)
        loss = cross_entropy(head.scores(features[val]), y[val])
        tried.append(Trial(strength, loss))
        if loss < lowest:
            best, lowest = head, loss
    assert best is not None  # noqa: S101 (strengths are not empty)
    return LinearHead(best.weight, best.bias, best.strength, tuple(tried))


def cross_entropy(scores: Floats, y: Classes) -> float:
    """Mean of minus the log of the true classes' probabilities."""
    logs = log_softmax(scores.astype(np.float64), axis=1)
    return -float(logs[np.arange(len(y)), y].mean())


def cross_validated(
    features: Floats,
    y: Classes,
    *,
    groups: Classes | None,
    strength: float,
    rng_seed: int,
) -> Classes:
    """Class of every picture by a head that was not fitted on it or its group.

    Parameters
    ----------
    features, y
        Of labelled pictures.
    groups
        Pictures with the same number are in the same fold; None for random folds.
    strength
        C of the heads.
    rng_seed
        Of the folds.
    """
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = kind(_FOLDS, shuffle=True, random_state=rng_seed)
    predicted = np.empty_like(y)
    for train, test in folds.split(features, y, groups):
        head = _fitted(features[train], y[train], strength)
        predicted[test] = head.scores(features[test]).argmax(axis=1)
    return predicted


def _fitted(
    x: Floats, y: Classes, strength: float, *, class_weights: bool = False
) -> LinearHead:
    mean, std = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    model = LogisticRegression(
        C=strength,
        class_weight="balanced" if class_weights else None,
        max_iter=_MAX_ITERATIONS,
        tol=1e-3,
    ).fit((x - mean) / std, y)
    weight, bias = model.coef_, model.intercept_
    if len(weight) == 1:  # two classes: one score, split between them
        weight = np.concatenate([-weight, weight]) / 2
        bias = np.concatenate([-bias, bias]) / 2
    weight = weight / std
    bias = bias - weight @ mean
    return LinearHead(weight.astype(np.float32), bias.astype(np.float32), strength)
