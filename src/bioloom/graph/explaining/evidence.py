"""How much each neighbour and feature adds to one node's predicted class."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.attribution import (
    Attribution,
    attribution,
    scores_without,
)
from bioloom.graph.explaining.contributions import Contributions, contributions
from bioloom.graph.models.convolutions import Convolutions
from bioloom.graph.models.models import Grand
from bioloom.graph.training.result import TrainedModel

MOST_FEATURES = 12


def busiest_test_node(graph: Graph) -> str:
    """Id of the test node with the most neighbours; of any node without a test set."""
    degree = np.diff(graph.adjacency.indptr)
    if graph.test_mask.any():
        degree = np.where(graph.test_mask, degree, -1)
    return graph.node_ids[int(degree.argmax())]


class TopTwo(NamedTuple):
    """Numbers of the predicted class and of the runner-up."""

    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """How a prediction comes about.

    Parameters
    ----------
    graph
        With the split that the model was trained on.
    node
        Number of the node.
    model
        Name of the model.
    n_layers, has_head
        How many layers it has, and whether a linear layer makes its scores.
    temperature
        Number that its scores are divided by.
    classes
        The predicted class, and the runner-up.
    neighbours
        Part of each neighbour in the scores.
    features
        Part of each feature in the scores of the two classes.
    lead_without
        Lead of the first class over the second if a feature were 0 everywhere, for
        the features with the largest parts.
    """

    graph: Graph
    node: int
    model: str
    n_layers: int
    has_head: bool
    temperature: float
    classes: TopTwo
    neighbours: Contributions
    features: Attribution
    lead_without: NDArray[np.float64]


def reasons_of(trained: TrainedModel, node_id: str | None = None) -> Reasons:
    """Find how much each neighbour and feature adds to a prediction.

    Parameters
    ----------
    trained
        A model and its graph.
    node_id
        None takes the test node with the most neighbours.

    Raises
    ------
    UnknownName
        If there is no such node.
    """
    graph, model = trained.graph, trained.model
    node = graph.number_of(node_id or busiest_test_node(graph))
    parts = contributions(model, graph, node)
    classes = TopTwo(*(int(c) for c in np.argsort(-parts.scores, kind="stable")[:2]))
    features = attribution(model, graph, node, classes=classes)
    largest = features.features[features.by_lead[:MOST_FEATURES]]
    scores = scores_without(model, graph, node, largest.tolist())
    return Reasons(
        graph=graph,
        node=node,
        model=trained.name,
        n_layers=1 if isinstance(model, Grand) else len(model.layers),
        has_head=isinstance(model, Convolutions) and model.head is not None,
        temperature=trained.temperature,
        classes=classes,
        neighbours=parts,
        features=features,
        lead_without=scores[:, classes.first] - scores[:, classes.second],
    )
