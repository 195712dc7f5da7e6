"""Linear heads of pictures with several labels: one logistic regression per label.

Each label's regularisation is chosen in folds of the training pictures, by itself. The
labels are independent given the features.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from bioloom.images.dataset.splits import any_of_group
from bioloom.images.models.head import LinearHead, fit_head
from bioloom.label_sets import iterative_parts
from bioloom.run.progress import OnStep, silent
from bioloom.statistics.multilabel import chosen_thresholds, label_chances

Floats = NDArray[np.float32]
Members = NDArray[np.bool_]
N_FOLDS = 5


@dataclass(frozen=True, slots=True)
class LabelHeads:
    """One head per label.

    Parameters
    ----------
    weight, bias
        Shapes (labels, num_features) and (labels,).
    heads
        Of each label, with the C that was chosen; None where all training pictures
        have the label, or none, and its score is that of the frequency.
    """

    weight: Floats
    bias: Floats
    heads: tuple[LinearHead | None, ...]

    def scores(self, features: Floats) -> Floats:
        """Logits of pictures, shape (n, labels)."""
        scores: Floats = features @ self.weight.T + self.bias
        return scores


def fit_label_heads(
    features: Floats,
    members: Members,
    groups: NDArray[np.int64],
    *,
    rng_seed: int,
    on_step: OnStep = silent,
) -> LabelHeads:
    """Fit the heads on the training pictures.

    Parameters
    ----------
    features, members
        Of the training pictures: features, and whether each has each label.
    groups
        Pictures with the same number are in the same fold.
    rng_seed
        Of the folds.
    on_step
        Called as labels are fitted.
    """
    n_labels = members.shape[1]
    weight = np.zeros((n_labels, features.shape[1]), dtype=np.float32)
    bias = np.zeros(n_labels, dtype=np.float32)
    heads: list[LinearHead | None] = []
    for label in range(n_labels):
        on_step("fitting labels", label, n_labels)
        has = members[:, label]
        if has.all() or not has.any():
            bias[label] = logit((has.sum() + 0.5) / (len(has) + 1))
            heads.append(None)
            continue
        head = fit_head(features, has.astype(np.int64), groups, rng_seed=rng_seed)
        weight[label] = head.weight[1] - head.weight[0]
        bias[label] = head.bias[1] - head.bias[0]
        heads.append(head)
    return LabelHeads(weight, bias, tuple(heads))


class OutOfFold(NamedTuple):
    """Logits by heads that were not fitted on a picture or its group, and its fold.

    Parameters
    ----------
    scores
        Shape (n, labels).
    fold
        Of each picture, shape (n,).
    """

    scores: Floats
    fold: NDArray[np.int64]

    def calls(self, members: Members) -> Members:
        """Whether each picture is called to have each label.

        The thresholds of a fold are those with the highest F1 in the other folds.
        """
        called = np.zeros(members.shape, dtype=bool)
        chances = label_chances(self.scores)
        for fold in np.unique(self.fold).tolist():
            own = self.fold == fold
            called[own] = chances[own] > chosen_thresholds(chances[~own], members[~own])
        return called


def out_of_fold(
    features: Floats,
    members: Members,
    groups: NDArray[np.int64],
    *,
    rng_seed: int,
    on_step: OnStep = silent,
) -> OutOfFold | None:
    """Scores of pictures by heads fitted on other groups; None for less than two.

    Parameters
    ----------
    features, members, groups, rng_seed
        As for `fit_label_heads`. In each fold the strengths are chosen anew.
    on_step
        Called as folds are fitted.
    """
    _, number = np.unique(groups, return_inverse=True)
    has = any_of_group(members, number)
    n_folds = min(N_FOLDS, len(has))
    if n_folds < 2:
        return None
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    fold = iterative_parts(has, [1 / n_folds] * n_folds, rng=rng)[number]
    scores = np.empty(members.shape, dtype=np.float32)
    for part in range(n_folds):
        on_step("fitting folds", part, n_folds)
        rest, own = fold != part, fold == part
        heads = fit_label_heads(
            features[rest], members[rest], groups[rest], rng_seed=rng_seed
        )
        scores[own] = heads.scores(features[own])
    return OutOfFold(scores, fold)
