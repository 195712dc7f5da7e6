"""What training a model several times gave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.settings import Settings
from bioloom.graph.training.fit import Fitted
from bioloom.graph.training.predictions import Predictions
from bioloom.statistics.calibration import (
    expected_calibration_error,
    fitted_temperature,
    probabilities,
)
from bioloom.statistics.classification import accuracy, by_class
from bioloom.statistics.runs import RunsMean, mean_of_runs

MEASURES = (
    *("val_accuracy", "test_accuracy", "test_macro_f1"),
    *("test_ece_raw", "test_ece"),
)


@dataclass(frozen=True)
class Run:
    """One training: its seed, its split, its model.

    Parameters
    ----------
    rng_seed
        Of the training.
    graph
        With the split that was used.
    fitted
        The model and what it says of all nodes.
    """

    rng_seed: int
    graph: Graph
    fitted: Fitted

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """Class of every node, as the model has it."""
        classes: NDArray[np.int64] = self.fitted.scores.argmax(axis=1)
        return classes

    @cached_property
    def temperature(self) -> float:
        """Fitted on the validation nodes."""
        val = self.graph.val_mask
        return fitted_temperature(self.fitted.scores[val], self.graph.y[val])

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Of all classes for all nodes, after the temperature."""
        return probabilities(self.fitted.scores, self.temperature)

    @property
    def said(self) -> Predictions:
        """Its predictions as a table has them."""
        return Predictions(
            graph=self.graph,
            class_names=self.graph.class_names,
            predicted=self.predicted,
            probabilities=self.probabilities,
        )

    def measures(self) -> dict[str, float]:
        """The numbers that are averaged over runs; NaN without a test node."""
        graph, test = self.graph, self.graph.test_mask
        y = graph.y[test]
        raw = probabilities(self.fitted.scores[test])
        classes = by_class(self.predicted[test], y, graph.class_names)
        macro = float(np.mean([one.f1 for one in classes])) if test.any() else np.nan
        values = (
            accuracy(self.predicted[graph.val_mask], graph.y[graph.val_mask]),
            accuracy(self.predicted[test], y),
            macro,
            expected_calibration_error(raw, y) if test.any() else np.nan,
            expected_calibration_error(self.probabilities[test], y),
        )
        return dict(zip(MEASURES, values, strict=True))


def ensemble(runs: Sequence[Run]) -> Run:
    """Runs on one split as one that has the mean of their probabilities, no weights.

    References
    ----------
    Lakshminarayanan B. et al. (2017) Simple and scalable predictive uncertainty
    estimation using deep ensembles. NeurIPS. arXiv:1612.01474
    """
    chances = np.mean([probabilities(run.fitted.scores) for run in runs], axis=0)
    first = runs[0]
    fitted = replace(
        first.fitted, weights={}, scores=np.log(chances + np.finfo(float).tiny)
    )
    return Run(first.rng_seed, first.graph, fitted)


@dataclass(frozen=True, slots=True)
class TrainResult:
    """All runs of one model on one graph.

    Parameters
    ----------
    settings
        Of the model.
    runs
        In order of their seeds.
    """

    settings: Settings
    runs: tuple[Run, ...]

    @property
    def best(self) -> Run:
        """The run with the best validation accuracy, then loss."""
        return max(self.runs, key=lambda run: run.fitted.rank)

    @property
    def ensemble(self) -> Run | None:
        """All runs together; None for one alone or where each has its own split."""
        splits = {tuple(run.graph.split_names()) for run in self.runs}
        return ensemble(self.runs) if len(splits) == 1 < len(self.runs) else None

    def summary(self) -> dict[str, RunsMean]:
        """Mean and interval of each measure."""
        rows = [run.measures() for run in self.runs]
        return {name: mean_of_runs([row[name] for row in rows]) for name in MEASURES}

    def to_frame(self) -> pd.DataFrame:
        """One row a run: seed, best epoch, temperature and all measures."""
        return pd.DataFrame(
            {
                "rng_seed": run.rng_seed,
                "n_epochs": len(run.fitted.history),
                "best_epoch": run.fitted.best_epoch,
                "temperature": run.temperature,
                **run.measures(),
            }
            for run in self.runs
        )
