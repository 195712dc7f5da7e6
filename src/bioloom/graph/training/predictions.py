"""A model's predictions of all nodes of a graph, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.hardware import ONE_THREAD, Hardware
from bioloom.graph.models.models import scores_of
from bioloom.graph.models.weights import SavedModel, with_features_of
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.tables import to_jsonl, to_tsv
from bioloom.statistics.calibration import probabilities


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
    """

    graph: Graph
    class_names: Sequence[str]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.floating]

    def summary(self) -> str:
        """Number of nodes, and of correct predictions among the labelled ones."""
        text = f"{self.graph.name}, {self.graph.num_nodes:,} nodes"
        hits = self.hits()
        if not hits.n:
            return text
        return f"{text}; {hits.n_right:,} of {hits.n:,} labelled nodes correct"

    def to_frame(self) -> pd.DataFrame:
        """One row per node: label, split, prediction, confidence, probabilities."""
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
                "prediction": np.array(self.class_names)[self.predicted],
                "confidence": self.probabilities.max(axis=1),
                **columns,
            }
        )

    def write(self, path: str | Path, *, form: Literal["tsv", "jsonl"] = "tsv") -> None:
        """Write the table, or one JSON object per row; "-" is standard output."""
        text = (to_jsonl if form == "jsonl" else to_tsv)(self.to_frame())
        write_text(path, text)

    def hits(self) -> Hits:
        """Number of correct predictions among the labelled nodes."""
        graph = self.graph
        is_labelled = graph.y >= 0
        labels = np.array([*graph.class_names, ""])[graph.y[is_labelled]]
        names = np.array(self.class_names)[self.predicted[is_labelled]]
        return Hits(int((names == labels).sum()), len(labels))


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
    graph, model = with_features_of(saved, graph), saved.model
    model.to(hardware.device)
    A = model.normalise(graph.adjacency)
    scores = scores_of(model, A, graph.x, hardware=hardware)
    model.cpu()
    return NodePredictions(
        graph=graph,
        class_names=saved.class_names,
        predicted=scores.argmax(axis=1),
        probabilities=probabilities(scores, saved.temperature),
    )
