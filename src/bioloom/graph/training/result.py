"""Result of training one model several times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.data.scaling import UNSCALED, Scaling
from bioloom.graph.models.models import Model
from bioloom.graph.models.weights import SavedModel, model_of
from bioloom.graph.settings import Settings
from bioloom.graph.training.fit import Fitted
from bioloom.graph.training.predictions import NodePredictions
from bioloom.graph.training.search import Search
from bioloom.result import Result
from bioloom.statistics.calibration import (
    cross_fitted_temperature,
    expected_calibration_error,
    probabilities,
)
from bioloom.statistics.classification import accuracy, macro_f1
from bioloom.statistics.conformal import conformal_threshold, in_sets
from bioloom.statistics.intervals import Estimate, clopper_pearson
from bioloom.statistics.runs import RunsMean, mean_of_runs

if TYPE_CHECKING:
    from bioloom.graph.training.baselines import Comparison

MEASURES = (
    "val_accuracy",
    "test_accuracy",
    "test_macro_f1",
    "test_ece_raw",
    "test_ece",
)


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A model with weights, and the graph that it was trained on.

    Parameters
    ----------
    name
        Of the model.
    graph
        With the split that was used and scaled features.
    model
        With its weights.
    temperature
        Number that its scores are divided by.
    """

    name: str
    graph: Graph
    model: Model
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetQuality:
    """How good prediction sets of 90 % are on the test nodes.

    Parameters
    ----------
    threshold
        Least probability of a class in a set.
    n, n_held, coverage
        Test nodes, those whose set holds their class, and their share.
    mean_size, n_empty
        Mean number of classes in a set, and sets without any.
    """

    threshold: float
    n: int
    n_held: int
    coverage: Estimate
    mean_size: float
    n_empty: int


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
        The model and its scores of all nodes.
    scaling
        How features were scaled.
    """

    rng_seed: int
    graph: Graph
    fitted: Fitted
    scaling: Scaling = UNSCALED

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """Class of every node."""
        classes: NDArray[np.int64] = self.fitted.scores.argmax(axis=1)
        return classes

    @cached_property
    def temperature(self) -> float:
        """Fitted on the validation nodes; 1 where that would not help."""
        val = self.graph.val_mask
        return cross_fitted_temperature(self.fitted.scores[val], self.graph.y[val])

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Probabilities of all classes for all nodes, after the temperature."""
        return probabilities(self.fitted.scores, self.temperature)

    @cached_property
    def set_threshold(self) -> float:
        """Least probability of a class in a node's prediction set."""
        val = self.graph.val_mask
        return conformal_threshold(self.probabilities[val], self.graph.y[val])

    def set_quality(self) -> SetQuality | None:
        """How good the prediction sets of the test nodes are; None without any."""
        test = self.graph.test_mask
        if not test.any():
            return None
        y, n = self.graph.y[test], int(test.sum())
        members = in_sets(self.probabilities[test], self.set_threshold)
        n_held = int(members[np.arange(n), y].sum())
        return SetQuality(
            threshold=self.set_threshold,
            n=n,
            n_held=n_held,
            coverage=clopper_pearson(n_held, n),
            mean_size=float(members.sum(axis=1).mean()),
            n_empty=int((~members.any(axis=1)).sum()),
        )

    @property
    def predictions(self) -> NodePredictions:
        """Its predictions of all nodes."""
        return NodePredictions(
            graph=self.graph,
            class_names=self.graph.class_names,
            predicted=self.predicted,
            probabilities=self.probabilities,
            set_threshold=self.set_threshold,
        )

    def measures(self) -> dict[str, float]:
        """The numbers that are averaged over runs; NaN without a test node."""
        graph, test = self.graph, self.graph.test_mask
        y = graph.y[test]
        raw = probabilities(self.fitted.scores[test])
        values = (
            accuracy(self.predicted[graph.val_mask], graph.y[graph.val_mask]),
            accuracy(self.predicted[test], y),
            macro_f1(self.predicted[test], y),
            expected_calibration_error(raw, y) if test.any() else np.nan,
            expected_calibration_error(self.probabilities[test], y),
        )
        return dict(zip(MEASURES, values, strict=True))


def ensemble(runs: Sequence[Run]) -> Run:
    """Runs on one split as one run with the mean of their probabilities, no weights.

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
    return Run(first.rng_seed, first.graph, fitted, first.scaling)


@dataclass(frozen=True, slots=True, repr=False)
class ModelResult(Result):
    """All runs of one model on one graph.

    Parameters
    ----------
    settings
        Of the model.
    runs
        In order of their seeds.
    search
        How the settings were found, if they were searched for.
    comparisons
        The model beside simple methods, if it was compared.
    """

    settings: Settings
    runs: tuple[Run, ...]
    search: Search | None = None
    comparisons: "tuple[Comparison, ...]" = ()

    @property
    def best(self) -> Run:
        """The run with the best validation accuracy, then loss."""
        return max(self.runs, key=lambda run: run.fitted.rank)

    def trained(self) -> TrainedModel:
        """The best run's model and graph."""
        best = self.best
        model = model_of(self.settings, best.fitted.weights, best.graph.num_classes)
        graph = best.graph.scaled_by(best.scaling)
        return TrainedModel(self.settings.model, graph, model, best.temperature)

    def saved_model(self) -> SavedModel:
        """The best run's model, to be used on other graphs."""
        trained, graph = self.trained(), self.best.graph
        return SavedModel(
            model=trained.model,
            class_names=graph.class_names,
            feature_names=graph.feature_names,
            scaling=self.best.scaling,
            temperature=trained.temperature,
            set_threshold=self.best.set_threshold,
            graph=graph.name,
            is_directed=graph.is_directed,
            weight=graph.weight,
        )

    @property
    def ensemble(self) -> Run | None:
        """All runs together; None for a single run or where splits differ."""
        splits = {tuple(run.graph.split_names()) for run in self.runs}
        return ensemble(self.runs) if len(splits) == 1 < len(self.runs) else None

    def summary(self) -> str:
        """Model and test accuracy."""
        return f"{self.settings.model}: test accuracy {self.means()['test_accuracy']}"

    def means(self) -> dict[str, RunsMean]:
        """Mean and interval of each measure over the runs."""
        rows = [run.measures() for run in self.runs]
        return {name: mean_of_runs([row[name] for row in rows]) for name in MEASURES}

    def to_frame(self) -> pd.DataFrame:
        """One row per run: seed, best epoch, temperature and all measures."""
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


def preferred(results: Sequence[ModelResult]) -> ModelResult:
    """The model whose best run is best by validation."""
    return max(results, key=lambda result: result.best.fitted.rank)
