"""Runs whose nodes have several labels: probabilities, thresholds, measures.

The labels are independent given the scores: there is no temperature, and there are no
prediction sets, which both belong to one class per node.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from bioloom.graph.data.graph import Graph
from bioloom.graph.data.scaling import Scaling
from bioloom.graph.settings import Settings, Thresholds
from bioloom.graph.training.fit import Fitted
from bioloom.graph.training.predictions import MultilabelPredictions
from bioloom.graph.training.result import Headline, Judged, Run, SetQuality
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.multilabel import (
    LabelQuality,
    by_label,
    chosen_thresholds,
    label_chances,
    macro_f1,
    mean_over_labels,
    micro_f1,
    micro_f1_difference,
    set_probabilities,
    subset_accuracy,
)

HALF = 0.5
MEASURES = (
    "val_micro_f1",
    "test_micro_f1",
    "test_macro_f1",
    "test_subset_accuracy",
    "test_mean_auc",
    "test_mean_ap",
)


def thresholds_of(
    chances: NDArray[np.float64], graph: Graph, how: Thresholds
) -> NDArray[np.float64]:
    """Probability of each label above which a node has it.

    Parameters
    ----------
    chances
        Of all nodes, shape (num_nodes, labels).
    graph
        With a split; labels of validation nodes alone are used.
    how
        "half", or "validation": where the label's F1 on these nodes is highest.
    """
    if how == "half":
        return np.full(chances.shape[1], HALF)
    val = graph.val_mask
    return chosen_thresholds(chances[val], graph.has_label[val])


@dataclass(frozen=True)
class MultilabelRun(Run):
    """One training on nodes with several labels.

    Parameters
    ----------
    thresholds_by
        How the thresholds are chosen.
    """

    thresholds_by: Thresholds = "half"
    headline: ClassVar = Headline("test_micro_f1", "val_micro_f1", "micro F1")

    @property
    def temperature(self) -> float:
        """One: scores are not divided."""
        return 1.0

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Probabilities of all labels for all nodes."""
        return label_chances(self.fitted.scores)

    @cached_property
    def thresholds(self) -> NDArray[np.float64]:
        """Probability of each label above which a node has it."""
        return thresholds_of(self.probabilities, self.graph, self.thresholds_by)

    @cached_property
    def predicted(self) -> NDArray[np.bool_]:  # type: ignore[override]
        """Whether each node has each label, shape (num_nodes, labels)."""
        called: NDArray[np.bool_] = self.probabilities > self.thresholds
        return called

    @property
    def predictions(self) -> MultilabelPredictions:
        """Its predictions of all nodes."""
        return MultilabelPredictions(
            graph=self.graph,
            class_names=self.graph.label_names,
            predicted=self.predicted,
            probabilities=self.probabilities,
            label_thresholds=tuple(self.thresholds.tolist()),
        )

    @property
    def set_threshold(self) -> float:
        """None: there are no prediction sets."""
        return float("nan")

    def set_quality(self) -> SetQuality | None:
        """None: there are no prediction sets."""
        return None

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Whether all of a node's labels are right."""
        right: NDArray[np.bool_] = (self.predicted == self.graph.has_label).all(axis=1)
        return right

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of each node's predicted labels, and of no other one."""
        return self.predictions.confidence()

    @property
    def p_label(self) -> NDArray[np.float64]:
        """Probability of each node's own labels, and of no other one."""
        return set_probabilities(self.graph.has_label, self.probabilities)

    def measures(self) -> dict[str, float]:
        """The numbers that are averaged over runs; NaN without a test node."""
        has, (val, test) = self.graph.has_label, self._masks
        called, chances = self.predicted, self.probabilities
        values = (
            micro_f1(called[val], has[val]),
            micro_f1(called[test], has[test]),
            macro_f1(called[test], has[test]),
            subset_accuracy(called[test], has[test]),
            mean_over_labels(chances[test], has[test]),
            mean_over_labels(chances[test], has[test], by_precision=True),
        )
        return dict(zip(MEASURES, values, strict=True))

    def facts(self) -> dict[str, float]:
        """Nothing but the thresholds is fitted, and each label has its own."""
        return {}

    @property
    def _masks(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return self.graph.val_mask, self.graph.test_mask

    def judged(self, predicted: NDArray[np.generic]) -> Judged:
        """How good predictions of all nodes are on the test nodes."""
        test = self.graph.test_mask
        called, has = predicted[test].astype(bool), self.graph.has_label[test]
        return Judged(micro_f1(called, has), macro_f1(called, has))

    def lead(self, runs: Sequence[Run], other: NDArray[np.generic]) -> Estimate:
        """How much better runs are than other predictions, over the test nodes."""
        test = self.graph.test_mask
        return micro_f1_difference(
            [run.predicted[test].astype(bool) for run in runs],
            other[test].astype(bool),
            self.graph.has_label[test],
        )

    def mean_scores(self, runs: Sequence[Run]) -> NDArray[np.float64]:
        """Scores that mean the runs' mean probabilities."""
        chances = np.mean([run.probabilities for run in runs], axis=0)
        tiny = np.finfo(float).eps
        scores: NDArray[np.float64] = logit(np.clip(chances, tiny, 1 - tiny))
        return scores

    @cached_property
    def label_qualities(self) -> tuple[LabelQuality, ...]:
        """Quality of each label on the test nodes."""
        test = self.graph.test_mask
        return by_label(
            self.predicted[test],
            self.probabilities[test],
            self.graph.has_label[test],
            self.graph.label_names,
        )


def never_called(run: Run) -> str:
    """A sentence on labels of test nodes that no test node is predicted to have.

    Empty without any, and with one class a node.
    """
    if not isinstance(run, MultilabelRun):
        return ""
    test = run.graph.test_mask
    is_missed = run.graph.has_label[test].any(axis=0)
    is_missed &= ~run.predicted[test].any(axis=0)
    names = [run.graph.label_names[k] for k in np.flatnonzero(is_missed)]
    if not names:
        return ""
    advice = "; --thresholds validation chooses lower thresholds"
    return (
        f"{len(names):,} of {len(run.graph.label_names):,} labels, such as "
        f"{names[0]!r}, are above their threshold on no test node"
        f"{advice if run.thresholds_by == 'half' else ''}"
    )


def run_of(
    graph: Graph, fitted: Fitted, *, settings: Settings, rng_seed: int, scaling: Scaling
) -> Run:
    """A run of the kind that fits the graph.

    Parameters
    ----------
    graph, fitted, rng_seed, scaling
        As for `Run`.
    settings
        Of the model.
    """
    if not graph.is_multilabel:
        return Run(rng_seed, graph, fitted, scaling)
    return MultilabelRun(
        rng_seed, graph, fitted, scaling, thresholds_by=settings.thresholds
    )
