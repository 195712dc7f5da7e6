"""Probable label errors: a linear head on fixed features, and confident learning."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.admitting import contrary_groups
from bioloom.images.dataset.data import UNLABELLED, Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.inspection.outliers import blank_places
from bioloom.images.inspection.problems import Problem
from bioloom.images.models.head import cross_validated_scores, enough_groups
from bioloom.run.progress import OnStep
from bioloom.statistics.calibration import probabilities
from bioloom.statistics.classification import balanced_accuracy
from bioloom.statistics.label_errors import LabelCheck, check_labels

Floats = NDArray[np.float32]
BACKBONE = "efficientnet-lite0"


class Judged(NamedTuple):
    """Probable label errors, and what the labels were judged by.

    Parameters
    ----------
    problems
        One per picture.
    margins
        Of each file, probability of its label minus that of the likeliest other one;
        NaN where it was not judged.
    left_out
        Classes of too few different pictures.
    agreement
        Mean over the classes of the share of labels that the head predicts; NaN
        without any. Near guessing, the head knows nothing, and its list is worthless.
    chance
        The agreement of guessing.
    """

    problems: tuple[Problem, ...]
    margins: NDArray[np.float64]
    left_out: tuple[str, ...]
    agreement: float = float("nan")
    chance: float = float("nan")

    @property
    def n(self) -> int:
        """Pictures whose label was judged."""
        return int(np.isfinite(self.margins).sum())

    @property
    def skill(self) -> float:
        """0 for guessing, 1 for certainty."""
        return (self.agreement - self.chance) / (1 - self.chance)


def trained_features(scanned: Scan, *, threads: int, on_step: OnStep) -> Floats:
    """Features of all pictures by EfficientNet-Lite0's trained weights.

    Raises
    ------
    PackageMissing
        If the weights are not installed.
    """
    from bioloom.images.models.networks import Classifier
    from bioloom.images.models.scoring import scored_by
    from bioloom.images.models.weights import load_weights

    model = Classifier(BACKBONE, 2)
    load_weights(model, "auto", rng_seed=0)
    features = scored_by(
        model, scanned.pixels, threads=threads, on_step=on_step
    ).features
    features[~scanned.is_readable] = 0
    return features


def judged_labels(
    pictures: Pictures,
    scanned: Scan,
    features: Floats,
    groups: NDArray[np.int64],
    *,
    rng_seed: int,
    on_step: OnStep,
) -> Judged:
    """Pictures whose label is probably wrong, by a head that did not see their group.

    Parameters
    ----------
    pictures, scanned
        The files and their scan; contrary copies and blank pictures are not judged,
        nor learnt from.
    features
        One row per file.
    groups
        Of near-duplicates, whatever their labels.
    rng_seed
        Of the folds.
    on_step
        Called as folds are fitted.
    """
    is_seen = scanned.is_readable & ~blank_places(scanned)
    y = np.where(is_seen, pictures.y, UNLABELLED)
    for group in contrary_groups(pictures, scanned):
        y[group] = UNLABELLED
    places = enough_groups(y, groups)
    kept, labels = np.unique(y[places], return_inverse=True)
    names = [pictures.class_names[k] for k in kept.tolist()]
    left_out = tuple(name for name in pictures.class_names if name not in set(names))
    margins = np.full(len(y), np.nan)
    if not len(places):
        return Judged((), margins, left_out)
    scores = cross_validated_scores(
        features[places],
        labels.astype(np.int64),
        groups=groups[places],
        rng_seed=rng_seed,
        on_step=on_step,
    )
    sample, chances = _Sample(places, names, labels), probabilities(scores)
    checked = check_labels(chances, labels)
    margins[places] = checked.margin
    found = _errors(pictures, sample, checked, chances)
    agreement = balanced_accuracy(scores.argmax(axis=1), labels)
    return Judged(tuple(found), margins, left_out, agreement, 1 / len(names))


class _Sample(NamedTuple):
    """Places of the judged pictures, names of their classes, and their labels."""

    places: NDArray[np.int64]
    names: list[str]
    labels: NDArray[np.int64]


def _errors(
    pictures: Pictures,
    sample: _Sample,
    checked: LabelCheck,
    chances: NDArray[np.float64],
) -> Iterator[Problem]:
    """The errors found, the likeliest first."""
    places, names, labels = sample
    rows = np.flatnonzero(checked.is_error)
    for row in rows[np.argsort(checked.margin[rows], kind="stable")].tolist():
        place, other = int(places[row]), int(checked.suggested[row])
        yield Problem(
            path=pictures.names[place],
            label=pictures.label(place),
            problem="label",
            detail=f"looks like {names[other]} ({100 * chances[row, other]:.0f} %; "
            f"{names[labels[row]]} {100 * chances[row, labels[row]]:.0f} %)",
            score=float(checked.margin[row]),
            place=place,
        )
