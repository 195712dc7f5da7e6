"""A regularised linear head on frozen features.

Multinomial logistic regression on standardised features; the strength of regularisation
is chosen by the cross-entropy in folds of the training pictures. The scaling is folded
into the head, which therefore works on the original features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from bioloom.images.dataset.class_groups import class_groups
from bioloom.run.progress import OnStep, silent

Floats = NDArray[np.float32]
Classes = NDArray[np.int64]
STRENGTHS = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0)
"""Values of C that are tried, from strong to weak regularisation."""
_FOLDS, _INNER_FOLDS, _MAX_ITERATIONS = 5, 3, 500
_WORSE = 2  # losses in a row that end the search
_DEFAULT = 1e-2  # where pictures are too few for folds


class Trial(NamedTuple):
    """A value of C, and the loss in folds with it."""

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
    groups: Classes,
    *,
    strengths: Sequence[float] = STRENGTHS,
    class_weights: bool = False,
    rng_seed: int,
) -> LinearHead:
    """Fit a head on the training pictures.

    Parameters
    ----------
    features, y
        Of the training pictures.
    groups
        Pictures with the same number are in the same fold.
    strengths
        Values of C to try, ascending; the search ends after two losses in a row that
        are worse.
    class_weights
        Whether all classes count the same, whatever their size.
    rng_seed
        Of the folds.
    """
    sample = _Sample(features, y, groups)
    tried = _tried(sample, strengths, class_weights=class_weights, rng_seed=rng_seed)
    best = min(tried, key=lambda trial: trial.loss).strength if tried else _DEFAULT
    path = _Path(features, y, class_weights=class_weights)
    head = path.fitted(best)
    return LinearHead(head.weight, head.bias, best, tuple(tried))


class _Sample(NamedTuple):
    """Training pictures: features, classes and groups."""

    features: Floats
    y: Classes
    groups: Classes


def _tried(
    sample: _Sample, strengths: Sequence[float], *, class_weights: bool, rng_seed: int
) -> list[Trial]:
    """Loss of each strength in folds of the pictures; none if they are too few."""
    features, y, groups = sample
    enough = enough_groups(y, groups, n=_INNER_FOLDS)
    if not len(enough):
        return []
    features, groups = features[enough], groups[enough]
    _, y = np.unique(y[enough], return_inverse=True)
    splitter = StratifiedGroupKFold(_INNER_FOLDS, shuffle=True, random_state=rng_seed)
    folds = list(splitter.split(features, y, groups))
    paths = [
        _Path(features[train], y[train], class_weights=class_weights)
        for train, _ in folds
    ]
    tried: list[Trial] = []
    for strength in strengths:
        loss = sum(
            len(test)
            * cross_entropy(path.fitted(strength).scores(features[test]), y[test])
            for path, (_, test) in zip(paths, folds, strict=True)
        )
        tried.append(Trial(strength, loss / len(y)))
        last = [trial.loss for trial in tried[-_WORSE - 1 :]]
        if len(last) > _WORSE and all(a < b for a, b in pairwise(last)):
            break
    return tried


def enough_groups(y: Classes, groups: Classes, *, n: int = _FOLDS) -> Classes:
    """Places of pictures whose class can be in every fold; none for less than two.

    Parameters
    ----------
    y
        Class of each picture; -1 leaves it out.
    groups
        Pictures with the same number are in the same fold.
    n
        Number of folds: groups that a class needs.
    """
    classes, n_groups = class_groups(y, groups)
    kept = classes[n_groups >= n]
    return np.flatnonzero(np.isin(y, kept if len(kept) > 1 else []))


def cross_entropy(scores: Floats, y: Classes) -> float:
    """Mean of minus the log of the true classes' probabilities."""
    logs = log_softmax(scores.astype(np.float64), axis=1)
    return -float(logs[np.arange(len(y)), y].mean())


def cross_validated(
    features: Floats,
    y: Classes,
    *,
    groups: Classes,
    class_weights: bool = False,
    rng_seed: int,
) -> Classes:
    """Class of every picture by a head that was not fitted on it or its group.

    Parameters
    ----------
    features, y
        Of labelled pictures.
    groups
        Pictures with the same number are in the same fold.
    class_weights
        As for `fit_head`.
    rng_seed
        Of the folds.

    Notes
    -----
    In each fold the strength is chosen anew, in folds of its training pictures: the
    pictures that are predicted have no part in it.
    """
    scores = cross_validated_scores(
        features, y, groups=groups, class_weights=class_weights, rng_seed=rng_seed
    )
    predicted: Classes = scores.argmax(axis=1)
    return predicted


def cross_validated_scores(
    features: Floats,
    y: Classes,
    *,
    groups: Classes,
    class_weights: bool = False,
    rng_seed: int,
    on_step: OnStep = silent,
) -> Floats:
    """Logits of every picture by a head that was not fitted on it or its group.

    Parameters
    ----------
    features, y, groups, class_weights, rng_seed
        As for `cross_validated`.
    on_step
        Called as folds are fitted.

    Returns
    -------
    Shape (n, num_classes).
    """
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=rng_seed)
    scores = np.empty((len(y), int(y.max()) + 1), dtype=np.float32)
    for number, (train, test) in enumerate(folds.split(features, y, groups)):
        on_step("judging labels", number, _FOLDS)
        head = fit_head(
            features[train],
            y[train],
            groups[train],
            class_weights=class_weights,
            rng_seed=rng_seed,
        )
        scores[test] = head.scores(features[test])
    return scores


class _Path:
    """Heads of weaker and weaker regularisation, each from the one before it."""

    def __init__(self, x: Floats, y: Classes, *, class_weights: bool) -> None:
        self._mean, self._std = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
        self._x, self._y = (x - self._mean) / self._std, y
        self._model = LogisticRegression(
            class_weight="balanced" if class_weights else None,
            max_iter=_MAX_ITERATIONS,
            tol=1e-3,
            warm_start=True,
        )

    def fitted(self, strength: float) -> LinearHead:
        """The head for a value of C, on features that are not scaled."""
        model = self._model.set_params(C=strength).fit(self._x, self._y)
        weight, bias = model.coef_, model.intercept_
        if len(weight) == 1:  # two classes: one score, split between them
            weight = np.concatenate([-weight, weight]) / 2
            bias = np.concatenate([-bias, bias]) / 2
        weight = weight / self._std
        bias = bias - weight @ self._mean
        return LinearHead(weight.astype(np.float32), bias.astype(np.float32), strength)
