"""How well numbers predict a class: cross-validation, and permutations of the labels.

The classifier is a ridge regression on the classes' indicators, its thresholds halfway
between the classes. It is linear in the labels: one factorisation per fold serves the
true labels and all permutations, so that every permutation is a full refit.

References
----------
Westfall P. H., Young S. S. (1993) Resampling-based multiple testing. Wiley: the largest
statistic of all probes under one permutation corrects for their number.
Ojala M., Garriga G. C. (2010) Permutation tests for studying classifier performance.
J Mach Learn Res 11:1833.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from bioloom.images.dataset.class_groups import class_groups

Floats = NDArray[np.float32]
Key = TypeVar("Key", bound=Hashable)
Classes = NDArray[np.int64]
_Part = tuple[NDArray[np.int64], NDArray[np.int64]]  # to learn from, and to judge by

N_PERMUTATIONS = 499
_FEWEST_PERMUTATIONS = 199
_MOST_COLUMNS = 8000  # permutations times classes
_CHUNK = 2000
_FOLDS = 5
_RIDGE = 0.1
_FEW_COLUMNS, _N_STEPS = 24, 9  # few numbers are also cut into steps
_FAR = 4.0  # standard deviations at which outliers are cut


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one probe predicts the classes.

    Parameters
    ----------
    predicted
        Class of each picture by a classifier that did not see its group.
    balanced_accuracy
        Mean of the classes' recalls.
    p
        Probability of one as high by chance in any of the probes judged together.
    """

    predicted: Classes
    balanced_accuracy: float
    p: float


def judge(
    probes: Mapping[Key, Floats],
    y: Classes,
    groups: Classes,
    *,
    rng_seed: int,
    threads: int = 1,
) -> dict[Key, Judgement]:
    """Judge probes together.

    Parameters
    ----------
    probes
        Numbers of each probe by its name, shape (n, columns).
    y
        Class of each picture, 0 to K - 1, each there at least twice.
    groups
        Pictures with the same number are in the same fold, and keep together when
        labels are permuted.
    rng_seed
        Of folds and permutations.
    threads
        Processor threads to use.
    """
    num_classes = int(y.max()) + 1
    n = _n_permutations(num_classes)
    labels = np.vstack([y, permuted_labels(y, groups, n, rng_seed)])
    folds = _folds(y, groups, rng_seed)
    with threadpool_limits(threads):
        judged = {
            name: _cross_validated(_Folds(values, folds), labels, num_classes)
            for name, values in probes.items()
        }
    accuracies = {name: right for name, (_, right) in judged.items()}
    p = _corrected(accuracies)
    return {
        name: Judgement(predicted, float(accuracies[name][0]), p[name])
        for name, (predicted, _) in judged.items()
    }


def judge_labels(
    probes: Mapping[Key, Floats],
    members: NDArray[np.bool_],
    groups: Classes,
    *,
    rng_seed: int,
    threads: int = 1,
) -> list[dict[Key, Judgement]]:
    """Judge probes by how well they tell pictures with a label from the others.

    Parameters
    ----------
    probes, groups, rng_seed, threads
        As for `judge`.
    members
        Whether each picture has each label, shape (n, labels); two at least have each,
        and two have not.

    Returns
    -------
    For each label. Pictures are permuted with all their labels, so that p is that of
    one as high in any probe of any label.

    Notes
    -----
    The folds do not depend on the labels: stratified by the true ones, these would have
    an advantage over the permuted ones, and rare labels would alarm too often.
    """
    rows = np.arange(len(members))
    n = _n_permutations(2 * members.shape[1])
    drawn = permuted_labels(rows, groups, n, rng_seed)
    order = np.vstack([rows, drawn])
    judged: dict[tuple[int, Key], tuple[Classes, NDArray[np.float64]]] = {}
    parts = _group_folds(groups, rng_seed)
    with threadpool_limits(threads):
        for name, values in probes.items():
            folds = _Folds(values, parts)
            for label, has in enumerate(members.T.astype(np.int64)):
                judged[label, name] = _cross_validated(folds, has[order], 2)
    p = _corrected({key: right for key, (_, right) in judged.items()})
    found: list[dict[Key, Judgement]] = [{} for _ in members.T]
    for (label, name), (predicted, right) in judged.items():
        found[label][name] = Judgement(predicted, float(right[0]), p[label, name])
    return found


def _n_permutations(n_columns: int) -> int:
    """Fewer where each has many columns."""
    return min(N_PERMUTATIONS, max(_FEWEST_PERMUTATIONS, _MOST_COLUMNS // n_columns))


def permuted_labels(y: Classes, groups: Classes, n: int, rng_seed: int) -> Classes:
    """Permutations of labels among groups, shape (n, len(y)).

    Every group takes the labels of another one, repeated or cut to its own size: what
    is not independent moves together.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    _, number, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(number, kind="stable")
    starts = np.cumsum(sizes) - sizes
    within = np.empty(len(y), dtype=np.int64)
    within[order] = np.arange(len(y)) - np.repeat(starts, sizes)
    drawn = np.empty((n, len(y)), dtype=y.dtype)
    for row in drawn:
        giver = rng.permutation(len(sizes))[number]
        row[:] = y[order[starts[giver] + within % sizes[giver]]]
    return drawn


def _folds(y: Classes, groups: Classes, rng_seed: int) -> list[_Part]:
    n_folds = max(2, min(_FOLDS, class_groups(y, groups).fewest))
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=rng_seed)
    return list(splitter.split(y, y, groups))


def _group_folds(groups: Classes, rng_seed: int) -> list[_Part]:
    """Groups dealt out at random, whatever the labels."""
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    _, number = np.unique(groups, return_inverse=True)
    n_groups = int(number.max()) + 1
    fold = (rng.permutation(n_groups) % min(_FOLDS, n_groups))[number]
    return [
        (np.flatnonzero(fold != k), np.flatnonzero(fold == k))
        for k in range(int(fold.max()) + 1)
    ]


class _Folds:
    """Ridge regressions on the training pictures of all folds."""

    def __init__(self, values: Floats, parts: list[_Part]) -> None:
        self.parts = parts
        self.is_constant = bool((values == values[0]).all())
        self.fitted = [
            _Fold(values[train], values[test])
            for train, test in ([] if self.is_constant else parts)
        ]


def _cross_validated(
    folds: _Folds, labels: Classes, num_classes: int
) -> tuple[Classes, NDArray[np.float64]]:
    """Predictions for the true labels; balanced accuracy for each row of labels."""
    if folds.is_constant:  # nothing to learn from
        guess = np.full(labels.shape[1], np.bincount(labels[0]).argmax())
        return guess, np.full(len(labels), 1 / num_classes)
    hits = np.zeros((len(labels), num_classes))
    predicted = np.empty(labels.shape[1], dtype=np.int64)
    for (train, test), fold in zip(folds.parts, folds.fitted, strict=True):
        rows = max(1, _CHUNK // num_classes)
        for begin in range(0, len(labels), rows):
            part = labels[begin : begin + rows]
            called = fold.predictions(part[:, train], num_classes)
            for k in range(num_classes):
                is_k = part[:, test] == k
                hits[begin : begin + rows, k] += (is_k & (called == k)).sum(axis=1)
            if begin == 0:
                predicted[test] = called[0]
    totals = (labels[:, :, None] == np.arange(num_classes)).sum(axis=1)
    return predicted, (hits / np.maximum(totals, 1)).mean(axis=1)


class _Fold:
    """A ridge regression on one fold's training pictures, factorised once."""

    def __init__(self, train: Floats, test: Floats) -> None:
        train, test = _standardised(train, test)
        n, n_columns = train.shape
        self._is_wide = n_columns > n
        self._train, self._test = train, test
        square = train @ train.T if self._is_wide else train.T @ train
        square[np.diag_indices_from(square)] += _RIDGE
        self._factor = cho_factor(square, check_finite=False, overwrite_a=True)

    def predictions(self, labels: Classes, num_classes: int) -> Classes:
        """Class of each test picture for each row of labels."""
        is_class = labels[:, :, None] == np.arange(num_classes)
        share = is_class.mean(axis=1, keepdims=True)
        targets = (is_class - share).transpose(1, 0, 2).astype(np.float32)
        fitted, scores = self._scores(targets.reshape(len(targets), -1))
        shape = (-1, len(labels), num_classes)
        fitted, scores = fitted.reshape(shape), scores.reshape(shape)
        inside, outside = _class_means(fitted, is_class.transpose(1, 0, 2))
        width = np.maximum(inside - outside, 1e-6)
        called: Classes = ((scores - (inside + outside) / 2) / width).argmax(axis=2)
        return called.T

    def _scores(self, targets: Floats) -> tuple[Floats, Floats]:
        right = targets if self._is_wide else self._train.T @ targets
        solved = cho_solve(self._factor, right, check_finite=False)
        weights = self._train.T @ solved if self._is_wide else solved
        return self._train @ weights, self._test @ weights


def _class_means(
    fitted: Floats, is_class: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean score of each class's own pictures, and of all others."""
    n = is_class.sum(axis=0)
    own = np.einsum("nbk,nbk->bk", fitted, is_class)
    inside = own / np.maximum(n, 1)
    outside = (fitted.sum(axis=0) - own) / np.maximum(len(fitted) - n, 1)
    return inside, outside


def _standardised(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    """Scaled by the training pictures; few columns also as steps at quantiles."""
    parts = [[_scaled(train, part)] for part in (train, test)]
    if train.shape[1] <= _FEW_COLUMNS:
        shares = np.linspace(0, 1, _N_STEPS + 1)[1:-1]
        cuts = np.quantile(train, shares, axis=0)
        steps = [
            (part[:, None] > cuts).reshape(len(part), -1).astype(np.float32)
            for part in (train, test)
        ]
        for columns, part in zip(parts, steps, strict=True):
            columns.append(_scaled(steps[0], part))
    first, second = (np.hstack(columns) for columns in parts)
    width = np.float32(np.sqrt(first.shape[1]))
    return first / width, second / width


def _scaled(train: Floats, part: Floats) -> Floats:
    spread = np.maximum(train.std(axis=0), 1e-6)
    scaled: Floats = ((part - train.mean(axis=0)) / spread).clip(-_FAR, _FAR)
    return scaled


def _corrected(accuracies: Mapping[Key, NDArray[np.float64]]) -> dict[Key, float]:
    """P of each probe, corrected for all: the largest standardised accuracy."""
    table = np.array(list(accuracies.values()))
    drawn = table[:, 1:]
    spread = np.maximum(drawn.std(axis=1, keepdims=True), 1e-9)
    standard = (table - drawn.mean(axis=1, keepdims=True)) / spread
    largest = standard[:, 1:].max(axis=0)
    p = (1 + (largest >= standard[:, :1]).sum(axis=1)) / (1 + drawn.shape[1])
    return dict(zip(accuracies, map(float, p), strict=True))
