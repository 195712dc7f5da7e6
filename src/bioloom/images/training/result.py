"""What a training gave: a prediction of every picture, measures with intervals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.auditing.audit import AuditResult
from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.models.head import LinearHead
from bioloom.images.settings import Settings
from bioloom.images.training.predictions import Files, predictions_frame
from bioloom.statistics.calibration import (
    expected_calibration_error,
    fitted_temperature,
    probabilities,
)
from bioloom.statistics.classification import accuracy, by_class, confusion
from bioloom.statistics.intervals import (
    Estimate,
    Measure,
    accuracy_interval,
    bootstrap,
    clopper_pearson,
)

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Inflation:
    """Cross-validated accuracy with near-duplicates together, and torn apart.

    Parameters
    ----------
    grouped, naive
        Right predictions of labelled pictures: folds that keep groups whole, and folds
        by chance.
    """

    grouped: Estimate
    naive: Estimate

    @property
    def points(self) -> float:
        """By how many percentage points a split by chance flatters."""
        return 100 * (self.naive.value - self.grouped.value)


@dataclass(frozen=True)
class TrainResult:
    """Everything that a training gave.

    Parameters
    ----------
    pictures, scan
        The files and what was seen of them.
    settings
        Of the training.
    split, groups
        Side and group of each picture; "" where it is on no side.
    scores
        Logits, shape (n, num_classes); rows of unreadable files mean nothing.
    audit
        Of shortcuts.
    history
        Of each epoch: training loss, validation loss and accuracy; empty for a head.
    head
        As it was fitted; None where all weights were trained from random ones.
    inflation
        None where no features of trained weights were at hand.
    start
        Where the first weights came from.
    """

    pictures: Pictures
    scan: Scan
    settings: Settings
    split: NDArray[np.str_]
    groups: Classes
    scores: NDArray[np.float32]
    audit: AuditResult
    history: Sequence[tuple[float, float, float]]
    best_epoch: int
    head: LinearHead | None
    inflation: Inflation | None
    start: str

    @cached_property
    def temperature(self) -> float:
        """Fitted on the validation pictures."""
        val = self.split == "val"
        return fitted_temperature(self.scores[val], self.pictures.y[val])

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Of all classes for all pictures, after the temperature."""
        return probabilities(self.scores, self.temperature)

    @cached_property
    def predicted(self) -> Classes:
        """Class of every picture; without meaning where it is unreadable."""
        classes: Classes = self.scores.argmax(axis=1)
        return classes

    @property
    def test(self) -> NDArray[np.int64]:
        """Places of the test pictures."""
        return np.flatnonzero(self.split == "test")

    def accuracy_of(self, side: str) -> float:
        """Share of right predictions on a side of the split."""
        places = self.split == side
        return accuracy(self.predicted[places], self.pictures.y[places])

    @cached_property
    def measures(self) -> dict[str, Estimate]:
        """Measures of the test pictures with 95 % intervals."""
        y, predicted = self.pictures.y[self.test], self.predicted[self.test]
        names = self.pictures.class_names

        def macro_f1(said: Classes, true: Classes) -> float:
            return float(np.mean([one.f1 for one in by_class(said, true, names)]))

        def balanced(said: Classes, true: Classes) -> float:
            table = confusion(said, true, len(names))
            there = table.sum(axis=1) > 0
            return float(np.mean((np.diag(table) / table.sum(axis=1).clip(1))[there]))

        groups = self.groups[self.test]

        def resampled(measure: Measure) -> Estimate:
            return bootstrap(measure, predicted, y, groups=groups)

        return {
            "accuracy": accuracy_interval(predicted, y, groups=groups),
            "balanced_accuracy": resampled(balanced),
            "macro_f1": resampled(macro_f1),
        }

    def calibration_errors(self) -> tuple[float, float]:
        """ECE of the test pictures, before and after the temperature."""
        y = self.pictures.y[self.test]
        raw = probabilities(self.scores[self.test])
        return (
            expected_calibration_error(raw, y),
            expected_calibration_error(self.probabilities[self.test], y),
        )

    def classes_frame(self) -> pd.DataFrame:
        """Precision, recall and F1 of each class on the test pictures."""
        y, predicted = self.pictures.y[self.test], self.predicted[self.test]
        names = self.pictures.class_names
        table = confusion(predicted, y, len(names))
        rows = []
        for k, one in enumerate(by_class(predicted, y, names)):
            hits = int(table[k, k])
            row = asdict(one)
            for name, total in (
                ("precision", int(table[:, k].sum())),
                ("recall", int(table[k].sum())),
            ):
                share = clopper_pearson(hits, total)
                row |= {f"{name}_low": share.low, f"{name}_high": share.high}
            rows.append(row)
        return pd.DataFrame(rows)

    def to_frame(self) -> pd.DataFrame:
        """One row a file: path, SHA-1, split, label, prediction, probabilities."""
        facts = [self.scan.facts(place) for place in range(len(self.split))]
        files = Files(
            names=self.pictures.names,
            sha1=[one.sha1 if one else "" for one in facts],
            reasons=self.scan.reasons,
        )
        return predictions_frame(
            files,
            self.probabilities,
            self.pictures.class_names,
            split=self.split,
            labels=[self.pictures.label(x) for x in range(len(self.split))],
        )

    def facts(self) -> dict[str, Any]:
        """Numbers that summarise the training."""
        before, after = self.calibration_errors()
        sides = {
            f"n_{k}": int((self.split == k).sum()) for k in ("train", "val", "test")
        }
        measures: dict[str, Any] = {}
        for name, share in self.measures.items():
            measures |= {name: share.value}
            measures |= {f"{name}_low": share.low, f"{name}_high": share.high}
        return {
            **sides,
            "n_unreadable": int((~self.scan.is_readable).sum()),
            **measures,
            "train_accuracy": self.accuracy_of("train"),
            "val_accuracy": self.accuracy_of("val"),
            "ece_raw": before,
            "ece": after,
            "temperature": self.temperature,
            "n_shortcuts": len(self.audit.shortcuts),
        }
