"""Result of a training on pictures with several labels: measures, baselines.

References
----------
Sokolova M., Lapalme G. (2009) Inf Process Manag 45:427.
doi:10.1016/j.ipm.2009.03.002
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.models.label_heads import LabelHeads
from bioloom.images.training.predictions import predictions_frame
from bioloom.images.training.result import Training
from bioloom.label_sets import cells_of
from bioloom.statistics.calibration import Bin, calibration_error, reliability
from bioloom.statistics.intervals import Estimate, bootstrap
from bioloom.statistics.multilabel import (
    LabelQuality,
    by_label,
    hamming_loss,
    label_chances,
    label_row,
    macro_f1,
    mean_over_labels,
    micro_f1,
    micro_f1_difference,
    subset_accuracy,
)

Members = NDArray[np.bool_]
Chances = NDArray[np.float64]
HALF = 0.5


class Baseline(NamedTuple):
    """Labels given by their frequency among the training pictures alone.

    Parameters
    ----------
    name
        Which labels every picture is called to have.
    micro_f1, macro_f1
        Of the test pictures.
    lead
        How much higher the model's micro F1 is, with its interval.
    """

    name: str
    micro_f1: float
    macro_f1: float
    lead: Estimate


@dataclass(frozen=True)
class MultilabelTraining(Training):
    """Everything that results from a training on pictures with several labels.

    Parameters
    ----------
    heads
        One for each label, where all weights were trained those that it began with;
        None if it began with random weights.
    thresholds
        Probability of each label above which a picture is called to have it.
    """

    heads: LabelHeads | None
    thresholds: Chances
    headline: ClassVar[str] = "micro_f1"

    @classmethod
    def of(
        cls, training: Training, heads: LabelHeads | None, thresholds: Chances
    ) -> "MultilabelTraining":
        """A training with the heads of its labels, and their thresholds."""
        values = {each.name: getattr(training, each.name) for each in fields(Training)}
        return cls(**values, heads=heads, thresholds=thresholds)

    @property
    def temperature(self) -> float:
        """One: scores are not divided."""
        return 1.0

    @cached_property
    def probabilities(self) -> Chances:
        """Of all labels for all pictures, shape (n, labels)."""
        return label_chances(self.scores)

    @cached_property
    def predicted(self) -> Members:  # type: ignore[override]
        """Whether each picture is called to have each label, shape (n, labels)."""
        called: Members = self.probabilities > self.thresholds
        return called

    @property
    def members(self) -> Members:
        """Whether each picture has each label, shape (n, labels)."""
        return self.pictures.has_label

    def accuracy_of(self, side: str) -> float:
        """Share of the pictures of a side of which every label is right."""
        places = self.split == side
        return subset_accuracy(self.predicted[places], self.members[places])

    @cached_property
    def measures(self) -> dict[str, Estimate]:
        """Measures of the test pictures with 95 % intervals, groups resampled."""
        test, groups = self.test, self.groups[self.test]
        has, called, chances = (
            table[test] for table in (self.members, self.predicted, self.probabilities)
        )

        def mean_ap(chances: Chances, has: Members) -> float:
            return mean_over_labels(chances, has, by_precision=True)

        by_call: dict[str, Callable[[Members, Members], float]] = {
            "micro_f1": micro_f1,
            "macro_f1": macro_f1,
            "subset_accuracy": subset_accuracy,
            "hamming_loss": hamming_loss,
        }
        found = {
            name: bootstrap(measure, called, has, groups=groups)
            for name, measure in by_call.items()
        }
        found["mean_ap"] = bootstrap(mean_ap, chances, has, groups=groups)
        found["mean_auc"] = bootstrap(mean_over_labels, chances, has, groups=groups)
        return found

    @property
    def is_unequal(self) -> bool:
        """No: labels are judged one by one."""
        return False

    @cached_property
    def qualities(self) -> tuple[LabelQuality, ...]:
        """How well each label is recognised in the test pictures."""
        test = self.test
        return by_label(
            self.predicted[test],
            self.probabilities[test],
            self.members[test],
            self.pictures.class_names,
            groups=self.groups[test],
        )

    @cached_property
    def bins(self) -> tuple[tuple[Bin, ...], ...]:
        """Of each label: share of test pictures that have it, by its probability."""
        test = self.test
        return tuple(
            reliability(chances, has)
            for chances, has in zip(
                self.probabilities[test].T, self.members[test].T, strict=True
            )
        )

    @property
    def calibration_error(self) -> float:
        """Of all pairs of test picture and label together."""
        test = self.test
        return calibration_error(
            reliability(self.probabilities[test].ravel(), self.members[test].ravel())
        )

    @cached_property
    def baselines(self) -> tuple[Baseline, ...]:
        """What the frequency of the labels alone reaches."""
        share = self.members[self.split == "train"].mean(axis=0)
        return (
            self._baseline("labels that most training pictures have", share > HALF),
            self._baseline("every label", share > 0),
        )

    def _baseline(self, name: str, labels: Members) -> Baseline:
        test = self.test
        has = self.members[test]
        called = np.broadcast_to(labels, has.shape)
        return Baseline(
            name,
            micro_f1(called, has),
            macro_f1(called, has),
            micro_f1_difference(
                [self.predicted[test]], called, has, groups=self.groups[test]
            ),
        )

    def classes_frame(self) -> pd.DataFrame:
        """Quality of each label on the test pictures."""
        train = self.members[self.split == "train"].sum(axis=0).tolist()
        rows = zip(self.qualities, train, self.thresholds.tolist(), strict=True)
        frame = pd.DataFrame([label_row(*row) for row in rows])
        frame["ece"] = [calibration_error(bins) for bins in self.bins]
        heads = self.heads.heads if self.heads and self.settings.fit == "head" else ()
        if heads:
            frame["C"] = [head.strength if head else np.nan for head in heads]
        return frame

    def to_frame(self) -> pd.DataFrame:
        """One row per file: path, split, labels, group, prediction, probabilities."""
        return predictions_frame(
            self.described,
            self.probabilities,
            self.pictures.class_names,
            familiar=self.familiar,
            thresholds=self.thresholds,
            sides=self.sides,
        )

    def label_cells(self, members: Members) -> list[str]:
        """The cell of each row of members, such as ``a|b``."""
        return [str(x) for x in cells_of(members, self.pictures.class_names)]

    def facts(self) -> dict[str, Any]:
        """Numbers that summarise the training."""
        most, every = self.baselines
        baselines: dict[str, Any] = {
            "baseline_most_micro_f1": most.micro_f1,
            "baseline_every_micro_f1": every.micro_f1,
        }
        for name, lead in (("most", most.lead), ("every", every.lead)):
            baselines |= {f"lead_{name}": lead.value}
            baselines |= {f"lead_{name}_low": lead.low, f"lead_{name}_high": lead.high}
        return {
            **self.counts(),
            **self.measured(),
            "train_subset_accuracy": self.accuracy_of("train"),
            "val_subset_accuracy": self.accuracy_of("val"),
            "ece": self.calibration_error,
            **baselines,
            **self.unknown_facts(),
        }
