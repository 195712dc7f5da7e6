"""A model's predictions of all nodes of a graph, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.data.sources import Source
from bioloom.graph.errors import BadGraph
from bioloom.graph.models.hardware import ONE_THREAD, Hardware
from bioloom.graph.models.models import scores_of
from bioloom.graph.models.weights import SavedModel, with_features_of
from bioloom.label_sets import cells_of
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.tables import to_jsonl, to_tsv
from bioloom.statistics.calibration import probabilities
from bioloom.statistics.conformal import in_sets
from bioloom.statistics.multilabel import label_chances, set_probabilities


class Hits(NamedTuple):
    """Correct predictions among the labelled nodes."""

    n_right: int
    n: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NodePredictions(Result):
    """Classes and probabilities of all nodes.

    Parameters
    ----------
    graph
        Its labels need not be those that the model knows.
    class_names
        Those that the model knows.
    predicted
        Number of each node's class among them.
    probabilities
        Shape (num_nodes, classes), after the temperature.
    set_threshold
        Least probability of a class in a node's prediction set; NaN if not known.
    """

    graph: Graph
    class_names: Sequence[str]
    predicted: NDArray[np.int64] | NDArray[np.bool_]
    probabilities: NDArray[np.floating]
    set_threshold: float = float("nan")

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Of the labels, where nodes have several."""
        return ()

    def predicted_names(self) -> NDArray[np.object_]:
        """The name of each node's class."""
        names: NDArray[np.object_] = np.array(self.class_names, dtype=object)
        return names[self.predicted]

    def summary(self) -> str:
        """Number of nodes, and of correct predictions among the labelled ones."""
        text = f"{self.graph.name}, {self.graph.num_nodes:,} nodes"
        hits = self.hits()
        if not hits.n:
            return text
        return f"{text}; {hits.n_right:,} of {hits.n:,} labelled nodes correct"

    def to_frame(self) -> pd.DataFrame:
        """One row per node: label, split, prediction, confidence, set, probabilities.

        `set_90` holds the classes of the node's prediction set, joined by ``|``: sets
        of nodes like the validation nodes hold the true class nine times in ten.
        """
        frame = self._frame()
        place = list(frame.columns).index("confidence") + 1
        frame.insert(place, "set_90", self.sets())
        return frame

    def _frame(self) -> pd.DataFrame:
        """All columns but the sets."""
        graph = self.graph
        columns = {
            f"p_{name}": self.probabilities[:, number]
            for number, name in enumerate(self.class_names)
        }
        return pd.DataFrame(
            {
                "node": graph.node_ids,
                "label": np.array([*graph.class_names, ""])[graph.y],
                "split": graph.split_names(),
                "prediction": self.predicted_names(),
                "confidence": self.confidence(),
                **columns,
            }
        )

    def confidence(self) -> NDArray[np.float64]:
        """Probability of each node's prediction."""
        highest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return highest

    def sets(self) -> list[str]:
        """Classes of each node's prediction set, joined by ``|``; empty if unknown."""
        members = in_sets(self.probabilities, self.set_threshold)
        names = np.array(self.class_names, dtype=object)
        return ["|".join(names[row]) for row in members]

    def write(self, path: str | Path, *, form: Literal["tsv", "jsonl"] = "tsv") -> None:
        """Write the table, or one JSON object per row; "-" is standard output."""
        text = (to_jsonl if form == "jsonl" else to_tsv)(self.to_frame())
        write_text(path, text)

    def hits(self) -> Hits:
        """Number of correct predictions among the labelled nodes."""
        graph = self.graph
        is_labelled = graph.y >= 0
        labels = np.array(graph.class_names, dtype=object)[graph.y[is_labelled]]
        names = self.predicted_names()[is_labelled]
        return Hits(int((names == labels).sum()), len(labels))

    def verdict(self) -> str:
        """A sentence on the labelled nodes; empty without any."""
        hits = self.hits()
        if not hits.n:
            return ""
        share = 100 * hits.n_right / hits.n
        return (
            f"{share:.2f} per cent of {hits.n:,} labelled nodes are predicted correctly"
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultilabelPredictions(NodePredictions):
    """Labels of all nodes, any number of them each, and their probabilities.

    Parameters
    ----------
    predicted
        Whether each node is predicted to have each label, shape (num_nodes, labels).
    probabilities
        Of each label, shape (num_nodes, labels).
    label_thresholds
        Probability above which a node has each label.
    """

    label_thresholds: tuple[float, ...] = ()

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Of the labels."""
        return self.label_thresholds

    def predicted_names(self) -> NDArray[np.object_]:
        """The labels of each node, joined by ``|``."""
        return cells_of(self.predicted.astype(bool), self.class_names)

    def confidence(self) -> NDArray[np.float64]:
        """Probability of each node's labels, and of no other one: a product."""
        return set_probabilities(self.predicted.astype(bool), self.probabilities)

    def to_frame(self) -> pd.DataFrame:
        """One row per node: labels, split, prediction, confidence, probabilities.

        Labels are joined by ``|``; ``|`` alone means none of them.
        """
        return self._frame()

    def verdict(self) -> str:
        """A sentence on the labelled nodes; empty without any."""
        hits = self.hits()
        if not hits.n:
            return ""
        share = 100 * hits.n_right / hits.n
        return (
            f"all labels of {share:.2f} per cent of {hits.n:,} labelled nodes are "
            "predicted correctly"
        )


def as_trained(source: Source, saved: SavedModel) -> Source:
    """How another graph is read for a model: direction, weights, labels as in training.

    Raises
    ------
    BadGraph
        If another direction is asked for.
    """
    source = replace(source, multilabel=bool(saved.thresholds))
    if saved.is_directed is not None:
        if source.is_directed not in (None, saved.is_directed):
            raise BadGraph(
                where="--directed" if source.is_directed else "--undirected",
                found="another direction than in training",
                expected="directed" if saved.is_directed else "undirected edges",
                advice="Leave the option out: the direction is part of the model.",
            )
        source = replace(source, is_directed=saved.is_directed)
    if saved.weight and saved.weight != "weight" and not source.weight:
        source = replace(source, weight=saved.weight)
    return source


def _weighted_as(saved: SavedModel, graph: Graph) -> Graph:
    """The graph with weights if the model was trained with some, else without."""
    if saved.weight is None or bool(saved.weight) == bool(graph.weight):
        return graph
    if not saved.weight:
        return graph.unweighted()
    raise BadGraph(
        where=graph.name,
        found="edges without weights",
        expected=f"weights in the column {saved.weight!r}, as in training",
        advice="Give their column by --weight.",
    )


def predict_nodes(
    saved: SavedModel, graph: Graph, *, hardware: Hardware = ONE_THREAD
) -> NodePredictions:
    """Classify the nodes of a graph, which may be new to the model.

    Parameters
    ----------
    saved
        A trained model.
    graph
        With the same features; they are put in the model's order.
    hardware
        What computes the scores.

    Raises
    ------
    BadGraph
        If it has other features, or the model knows only the nodes of its own graph.
    """
    graph, model = with_features_of(saved, _weighted_as(saved, graph)), saved.model
    model.to(hardware.device)
    A = model.normalise(graph.adjacency)
    scores = scores_of(model, A, graph.x, hardware=hardware)
    model.cpu()
    if saved.thresholds:
        chances = label_chances(scores)
        return MultilabelPredictions(
            graph=graph,
            class_names=saved.class_names,
            predicted=chances > np.array(saved.thresholds),
            probabilities=chances,
            label_thresholds=saved.thresholds,
        )
    return NodePredictions(
        graph=graph,
        class_names=saved.class_names,
        predicted=scores.argmax(axis=1),
        probabilities=probabilities(scores, saved.temperature),
        set_threshold=saved.set_threshold,
    )
