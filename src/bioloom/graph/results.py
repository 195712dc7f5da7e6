"""Result of a training: its models, their predictions, explanations and figures."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from bioloom.errors import UnknownName
from bioloom.explain import Explanation
from bioloom.graph.data.label_sets import as_classes
from bioloom.graph.drawing.drawing import ModelPrediction
from bioloom.graph.drawing.explanation_figure import draw_reasons
from bioloom.graph.drawing.view import View, drawing_of_predictions
from bioloom.graph.explaining.evidence import no_label, reasons_of
from bioloom.graph.explaining.explain_prediction import explain_prediction
from bioloom.graph.output.outputs import baselines_frame, figures_of
from bioloom.graph.training.baselines import compared
from bioloom.graph.training.predictions import NodePredictions
from bioloom.graph.training.result import ModelResult, preferred
from bioloom.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureKind = Literal["curves", "confusion", "calibration", "network", "reasons"]


@dataclass(frozen=True, slots=True, repr=False)
class GraphTraining(Result):
    """All models of a training.

    Parameters
    ----------
    models
        Result of each model, in order of training.
    out
        The run folder, if one was written.
    """

    models: tuple[ModelResult, ...]
    out: Path | None = None

    def __getitem__(self, model: str) -> ModelResult:
        """Result of one model.

        Raises
        ------
        UnknownName
            If it was not trained.
        """
        names = [result.settings.model for result in self.models]
        if model not in names:
            raise UnknownName(model, kind="model", where="the training", known=names)
        return self.models[names.index(model)]

    @property
    def best(self) -> ModelResult:
        """The model that is best by validation."""
        return preferred(self.models)

    def summary(self) -> str:
        """Test accuracy, or micro F1, of each model."""
        graph = self.best.best.graph
        models = "; ".join(result.summary() for result in self.models)
        return f"{graph.name}, {graph.num_nodes:,} nodes; {models}"

    def to_frame(self) -> pd.DataFrame:
        """One row per run: model, seed, best epoch, what was fitted, all measures."""
        frames = []
        for result in self.models:
            frame = result.to_frame()
            frame.insert(0, "model", result.settings.model)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def baselines(self) -> pd.DataFrame:
        """Each model beside simple methods: accuracy, macro F1, and the difference.

        One row per model and baseline: majority, neighbour vote, label propagation and
        logistic regression on the features alone. `difference` is the model's accuracy
        on the test nodes minus the baseline's, between the ends of its 95 % interval.
        With several labels a node, micro F1 takes the place of accuracy.
        """
        frames = []
        for result in compared(self.models):
            frame = baselines_frame(result)
            frame.insert(0, "model", result.settings.model)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def predictions(self, model: str | None = None) -> NodePredictions:
        """Predictions of all nodes by the best run of a model.

        Parameters
        ----------
        model
            None takes the best model by validation.
        """
        return self._of(model).best.predictions

    def explain(
        self,
        node: str | int | None = None,
        *,
        model: str | None = None,
        of_label: str | None = None,
    ) -> Explanation:
        """How much each neighbour and feature adds to a node's predicted class.

        Parameters
        ----------
        node
            Its id; None takes the test node with the most neighbours.
        model
            None takes the best model by validation.
        of_label
            Where nodes have several labels: the one to explain; None takes the node's
            likeliest.

        Raises
        ------
        UnknownName
            If there is no such node, model or label.
        BadConfig
            If a label is given, and nodes have one class.
        """
        node_id = None if node is None else str(node)
        reasons = reasons_of(self._of(model).trained(), node_id, label=of_label)
        return explain_prediction(reasons, where=str(self.out or ""))

    def plot(
        self,
        kind: FigureKind = "curves",
        *,
        model: str | None = None,
        node: str | int | None = None,
        of_label: str | None = None,
    ) -> "Figure":
        """A figure of one model.

        Parameters
        ----------
        kind
            "curves" by epoch; "confusion" or "calibration" of the test nodes, where
            each has one class; the "network" with its predictions; "reasons" of a
            node's prediction.
        model
            None takes the best model by validation.
        node
            Id of the node, for "reasons"; centre of the "network", if given.
        of_label
            For "reasons", as in `explain`.

        Raises
        ------
        UnknownName
            If there is no such node, model, label or figure.
        BadConfig
            If a label is given that cannot have an effect.
        """
        result, node_id = self._of(model), None if node is None else str(node)
        if kind == "reasons":
            reasons = reasons_of(result.trained(), node_id, label=of_label)
            return draw_reasons(reasons)
        if of_label is not None:
            raise no_label(of_label)
        if kind == "network":
            view = View(mode="ego" if node_id else "full", centre=node_id)
            return drawing_of_predictions([prediction_of(result)], view).plot()
        figures = figures_of(result)
        if kind not in figures:
            raise UnknownName(kind, kind="figure", where="result", known=[*figures])
        return figures[kind]

    def _of(self, model: str | None) -> ModelResult:
        return self.best if model is None else self[model]


def prediction_of(result: ModelResult) -> ModelPrediction:
    """Predictions of a model's best run, to be drawn."""
    best = result.best
    graph, predicted = as_classes(best.graph, best.predicted)
    return ModelPrediction(result.settings.model, graph, predicted, best.confidence)
