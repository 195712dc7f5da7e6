"""What a model says of all nodes of a graph, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.models import scores_of
from bioloom.graph.models.weights import SavedModel, fitting
from bioloom.run.output import write_text
from bioloom.run.tables import to_jsonl, to_tsv
from bioloom.statistics.calibration import probabilities
from bioloom.statistics.classification import accuracy


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
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

    def to_frame(self) -> pd.DataFrame:
        """One row a node: label, split, prediction, confidence, each class's share."""
        graph = self.graph
        shares = {
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
                **shares,
            }
        )

    def write(self, path: str | Path, *, form: Literal["tsv", "jsonl"] = "tsv") -> None:
        """Write the table, or an object a row; "-" is standard output."""
        text = (to_jsonl if form == "jsonl" else to_tsv)(self.to_frame())
        write_text(path, text)

    def accuracy(self) -> tuple[float, int]:
        """Share of right ones among the labelled nodes, and how many these are."""
        graph = self.graph
        known = graph.y >= 0
        names = np.array([*graph.class_names, ""])[graph.y[known]]
        said = np.array(self.class_names)[self.predicted[known]]
        right = (said == names).astype(np.int64)
        return accuracy(right, np.ones_like(right)), len(right)


def predict(saved: SavedModel, graph: Graph) -> Predictions:
    """Classify the nodes of a graph that the model need not have seen.

    Parameters
    ----------
    saved
        A trained model.
    graph
        With the same features; they are put in the model's order.

    Raises
    ------
    BadGraph
        If it has other features, or the model knows the nodes of its own graph only.
    """
    graph, model = fitting(saved, graph), saved.model
    scores = scores_of(model, model.normalise(graph.adjacency), graph.x)
    return Predictions(
        graph=graph,
        class_names=saved.class_names,
        predicted=scores.argmax(axis=1),
        probabilities=probabilities(scores, saved.temperature),
    )
