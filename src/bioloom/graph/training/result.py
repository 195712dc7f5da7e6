"""Result of training one model several times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

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
from bioloom.statistics.comparison import mean_difference
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
    thresholds
        Where nodes have several labels: the probability above which a node has each.
    """

    name: str
    graph: Graph
    model: Model
    temperature: float
    thresholds: tuple[float, ...] = ()


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


class Headline(NamedTuple):
    """The measure that predictions are judged by.

    Parameters
    ----------
    test, val
        Its names on the test and validation nodes.
    words
        What it is called.
    """

    test: str
    val: str
    words: str


class Judged(NamedTuple):
    """How good some predictions of the test nodes are: the headline, and macro F1."""

    value: float
    macro_f1: float


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
    headline: ClassVar = Headline("test_accuracy", "val_accuracy", "accuracy")

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

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of each node's prediction."""
        highest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return highest

    @property
    def p_label(self) -> NDArray[np.float64]:
        """Probability of each node's own class; without meaning where not known."""
        own: NDArray[np.float64] = self.probabilities[
            np.arange(self.graph.num_nodes), self.graph.y
        ]
        return own

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
    def is_right(self) -> NDArray[np.bool_]:
        """Whether each node's prediction equals its label."""
        right: NDArray[np.bool_] = self.predicted == self.graph.y
        return right

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

    def facts(self) -> dict[str, float]:
        """What was fitted on the validation nodes after the training."""
        return {"temperature": self.temperature}

    def judged(self, predicted: NDArray[np.generic]) -> Judged:
        """How good predictions of all nodes are on the test nodes."""
        test = self.graph.test_mask
        y, classes = self.graph.y[test], predicted[test].astype(np.int64)
        return Judged(accuracy(classes, y), macro_f1(classes, y))

    def lead(self, runs: "Sequence[Run]", other: NDArray[np.generic]) -> Estimate:
        """How much better runs are than other predictions, over the test nodes.

        Parameters
        ----------
        runs
            With the same test nodes.
        other
            Predictions of all nodes.
        """
        graph, test = self.graph, self.graph.test_mask
        hits = np.mean([run.is_right[test] for run in runs], axis=0)
        return mean_difference(hits - (other[test] == graph.y[test]))

    def mean_scores(self, runs: "Sequence[Run]") -> NDArray[np.float64]:
        """Scores that mean the runs' mean probabilities."""
        chances = np.mean([probabilities(run.fitted.scores) for run in runs], axis=0)
        scores: NDArray[np.float64] = np.log(chances + np.finfo(float).tiny)
        return scores


def ensemble(runs: Sequence[Run]) -> Run:
    """Runs on one split as one run with the mean of their probabilities, no weights.

    References
    ----------
    Lakshminarayanan B. et al. (2017) Simple and scalable predictive uncertainty
    estimation using deep ensembles. NeurIPS. arXiv:1612.01474
    """
    first = runs[0]
    fitted = replace(first.fitted, weights={}, scores=first.mean_scores(runs))
    return replace(first, fitted=fitted)


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
        n_outputs = len(best.graph.output_names)
        model = model_of(self.settings, best.fitted.weights, n_outputs)
        graph = best.graph.scaled_by(best.scaling)
        return TrainedModel(
            self.settings.model,
            graph,
            model,
            best.temperature,
            best.predictions.thresholds,
        )

    def saved_model(self) -> SavedModel:
        """The best run's model, to be used on other graphs."""
        trained, graph = self.trained(), self.best.graph
        return SavedModel(
            model=trained.model,
            class_names=graph.output_names,
            feature_names=graph.feature_names,
            scaling=self.best.scaling,
            temperature=trained.temperature,
            set_threshold=self.best.set_threshold,
            thresholds=trained.thresholds,
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
        """Model and test accuracy, or micro F1."""
        headline = self.headline
        mean = self.means()[headline.test]
        return f"{self.settings.model}: test {headline.words} {mean}"

    @property
    def headline(self) -> Headline:
        """The measure that its predictions are judged by."""
        found: Headline = self.runs[0].headline
        return found

    def means(self) -> dict[str, RunsMean]:
        """Mean and interval of each measure over the runs."""
        rows = [run.measures() for run in self.runs]
        return {name: mean_of_runs([row[name] for row in rows]) for name in rows[0]}

    def to_frame(self) -> pd.DataFrame:
        """One row per run: seed, best epoch, what was fitted and all measures."""
        return pd.DataFrame(
            {
                "rng_seed": run.rng_seed,
                "n_epochs": len(run.fitted.history),
                "best_epoch": run.fitted.best_epoch,
                **run.facts(),
                **run.measures(),
            }
            for run in self.runs
        )


def preferred(results: Sequence[ModelResult]) -> ModelResult:
    """The model whose best run is best by validation."""
    return max(results, key=lambda result: result.best.fitted.rank)
