"""Result of a training: predictions of all pictures, measures with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.auditing.labels import Audit
from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.models.familiarity import Familiarity
from bioloom.images.models.head import LinearHead
from bioloom.images.settings import Settings
from bioloom.images.training.predictions import Files, Sides, predictions_frame
from bioloom.statistics.calibration import (
    cross_fitted_temperature,
    expected_calibration_error,
    probabilities,
)
from bioloom.statistics.classification import (
    accuracy,
    balanced_accuracy,
    by_class,
    confusion,
    macro_f1,
)
from bioloom.statistics.intervals import (
    Estimate,
    Measure,
    accuracy_interval,
    bootstrap,
    clopper_pearson,
)

Classes = NDArray[np.int64]
_UNEQUAL = 2


class Epoch(NamedTuple):
    """Training loss, validation loss and validation accuracy of an epoch."""

    train_loss: float
    val_loss: float
    val_accuracy: float


class CalibrationErrors(NamedTuple):
    """Expected calibration error before and after the temperature."""

    before: float
    after: float


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "mean_ap": "mean average precision",
        "mean_auc": "mean AUC",
        "hamming_loss": "Hamming loss",
    }
)


def measure_name(measure: str) -> str:
    """A measure in words.

    Examples
    --------
    >>> measure_name("balanced_accuracy"), measure_name("mean_ap")
    ('balanced accuracy', 'mean average precision')
    """
    return _NAMES.get(measure, measure.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Inflation:
    """Cross-validated accuracy with near-duplicates together, and separated.

    Parameters
    ----------
    grouped, naive
        Share of correct predictions: with folds that keep groups together, and with
        random folds.
    """

    grouped: Estimate
    naive: Estimate

    @property
    def points(self) -> float:
        """Percentage points by which random folds overestimate."""
        return 100 * (self.naive.value - self.grouped.value)


@dataclass(frozen=True)
class Training:
    """Everything that results from a training.

    Parameters
    ----------
    pictures, scan
        The files and their scan.
    settings
        Of the training.
    split, groups
        Side and group of each picture; "" if it is on no side.
    scores
        Logits, shape (n, num_classes); rows of unreadable files are meaningless.
    audit
        Of shortcuts.
    history
        Losses and accuracy of each epoch; empty for a head.
    head
        The fitted head; None if all weights were trained from random ones.
    inflation
        None without features of trained weights.
    folded
        Accuracy of trainings of all weights in folds, where asked for.
    familiarity
        What is like the training pictures.
    familiar
        How like them each picture is, shape (n,).
    start
        Source of the initial weights.
    """

    pictures: Pictures
    scan: Scan
    settings: Settings
    split: NDArray[np.str_]
    groups: Classes
    scores: NDArray[np.float32]
    audit: Audit
    history: Sequence[Epoch]
    best_epoch: int
    head: LinearHead | None
    inflation: Inflation | None
    folded: Estimate | None
    familiarity: Familiarity
    familiar: NDArray[np.float32]
    start: str
    headline: ClassVar[str] = "accuracy"

    @cached_property
    def temperature(self) -> float:
        """Fitted on the validation pictures where it helps in folds of them, else 1."""
        val = self.split == "val"
        return cross_fitted_temperature(self.scores[val], self.pictures.y[val])

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Of all classes for all pictures, after the temperature."""
        return probabilities(self.scores, self.temperature)

    @cached_property
    def predicted(self) -> Classes:
        """Class of every picture; meaningless where it is unreadable."""
        classes: Classes = self.scores.argmax(axis=1)
        return classes

    @property
    def test(self) -> NDArray[np.int64]:
        """Places of the test pictures."""
        return np.flatnonzero(self.split == "test")

    @cached_property
    def unknown_share(self) -> Estimate:
        """Share of the test pictures that would be called unknown."""
        familiar = self.familiar[self.test]
        n_unknown = int((familiar < self.familiarity.threshold).sum())
        return clopper_pearson(n_unknown, len(familiar))

    def accuracy_of(self, side: str) -> float:
        """Share of correct predictions on a side of the split."""
        places = self.split == side
        return accuracy(self.predicted[places], self.pictures.y[places])

    @cached_property
    def measures(self) -> dict[str, Estimate]:
        """Measures of the test pictures with 95 % intervals; the one to quote first.

        Where one class has twice as many pictures as another, that is the balanced
        accuracy: guessing the larger one would already be right mostly.
        """
        y, predicted = self.pictures.y[self.test], self.predicted[self.test]
        groups = self.groups[self.test]

        def resampled(measure: Measure) -> Estimate:
            return bootstrap(measure, predicted, y, groups=groups)

        measures = {
            "accuracy": accuracy_interval(predicted, y, groups=groups),
            "balanced_accuracy": resampled(balanced_accuracy),
            "macro_f1": resampled(macro_f1),
        }
        if self.is_unequal:
            names = ("balanced_accuracy", "macro_f1", "accuracy")
            return {name: measures[name] for name in names}
        return measures

    @property
    def is_unequal(self) -> bool:
        """Whether a class has at least twice as many pictures as another."""
        n = np.bincount(self.pictures.y[self.pictures.y >= 0])
        return bool(n.max() >= _UNEQUAL * n[n > 0].min())

    def calibration_errors(self) -> CalibrationErrors:
        """Calibration errors of the test pictures."""
        y = self.pictures.y[self.test]
        raw = probabilities(self.scores[self.test])
        return CalibrationErrors(
            expected_calibration_error(raw, y),
            expected_calibration_error(self.probabilities[self.test], y),
        )

    def classes_frame(self) -> pd.DataFrame:
        """Precision, recall and F1 of each class on the test pictures."""
        y, predicted = self.pictures.y[self.test], self.predicted[self.test]
        names = self.pictures.class_names
        table = confusion(predicted, y, len(names))
        rows = []
        for k, quality in enumerate(by_class(predicted, y, names)):
            hits = int(table[k, k])
            row = asdict(quality)
            for name, total in (
                ("precision", int(table[:, k].sum())),
                ("recall", int(table[k].sum())),
            ):
                share = clopper_pearson(hits, total)
                row |= {f"{name}_low": share.low, f"{name}_high": share.high}
            rows.append(row)
        return pd.DataFrame(rows)

    @property
    def described(self) -> Files:
        """The files, as tables of predictions have them."""
        facts = [self.scan.facts(place) for place in range(len(self.split))]
        return Files(
            names=self.pictures.names,
            sha1=[each.sha1 if each else "" for each in facts],
            reasons=self.scan.reasons,
        )

    @property
    def sides(self) -> Sides:
        """Split, labels and groups, as tables of predictions have them."""
        return Sides(
            split=self.split,
            labels=[self.pictures.label(x) for x in range(len(self.split))],
            groups=self.groups,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per file: path, split, label, group, prediction, probabilities."""
        return predictions_frame(
            self.described,
            self.probabilities,
            self.pictures.class_names,
            familiar=self.familiar,
            sides=self.sides,
        )

    def facts(self) -> dict[str, Any]:
        """Numbers that summarise the training."""
        before, after = self.calibration_errors()
        return {
            **self.counts(),
            **self.measured(),
            "train_accuracy": self.accuracy_of("train"),
            "val_accuracy": self.accuracy_of("val"),
            "ece_raw": before,
            "ece": after,
            "temperature": self.temperature,
            **self.unknown_facts(),
        }

    def counts(self) -> dict[str, int]:
        """Pictures of each side, and files that cannot be read."""
        sides = {
            f"n_{k}": int((self.split == k).sum()) for k in ("train", "val", "test")
        }
        return {**sides, "n_unreadable": int((~self.scan.is_readable).sum())}

    def measured(self) -> dict[str, float]:
        """The measures of the test pictures, and the ends of their intervals."""
        found: dict[str, float] = {}
        for name, share in self.measures.items():
            found |= {name: share.value}
            found |= {f"{name}_low": share.low, f"{name}_high": share.high}
        return found

    def unknown_facts(self) -> dict[str, float]:
        """Share of the test pictures that would be unknown, and number of shortcuts."""
        return {
            "unknown": self.unknown_share.value,
            "unknown_low": self.unknown_share.low,
            "unknown_high": self.unknown_share.high,
            "unknown_expected": self.familiarity.false_alarms,
            "n_shortcuts": len(self.audit.shortcuts),
        }
