"""How much each neighbour and feature adds to one node's predicted class."""

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from bioloom.errors import BadConfig, UnknownName
from bioloom.graph.data.graph import Graph
from bioloom.graph.data.label_sets import with_label
from bioloom.graph.explaining.attribution import (
    Attribution,
    attribution,
    scores_without,
)
from bioloom.graph.explaining.contributions import Contributions, Parts, contributions
from bioloom.graph.models.convolutions import Convolutions
from bioloom.graph.models.models import Grand
from bioloom.graph.training.result import TrainedModel

MOST_FEATURES = 12
AnyParts = TypeVar("AnyParts", bound=Parts)


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
    threshold
        Where nodes have several labels and this is about one of them: the probability
        above which a node has it. Its classes are the label and its absence.
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
    threshold: float | None = None


def reasons_of(
    trained: TrainedModel, node_id: str | None = None, *, label: str | None = None
) -> Reasons:
    """Find how much each neighbour and feature adds to a prediction.

    Parameters
    ----------
    trained
        A model and its graph.
    node_id
        None takes the test node with the most neighbours.
    label
        Where nodes have several labels: the one whose prediction is explained; None
        takes the node's likeliest.

    Raises
    ------
    UnknownName
        If there is no such node or label.
    BadConfig
        If a label is given, and nodes have one class.
    """
    graph, model = trained.graph, trained.model
    node = graph.number_of(node_id or busiest_test_node(graph))
    parts = contributions(model, graph, node)
    if graph.is_multilabel:
        return _reasons_of_label(trained, node, parts, label)
    if label is not None:
        raise no_label(label)
    classes = TopTwo(*(int(c) for c in np.argsort(-parts.scores, kind="stable")[:2]))
    features = attribution(model, graph, node, classes=classes)
    largest = features.features[features.by_lead[:MOST_FEATURES]]
    scores = scores_without(model, graph, node, largest.tolist())
    lead = scores[:, classes.first] - scores[:, classes.second]
    return _reasons(trained, graph, node, _Found(classes, parts, features, lead))


class _Found(NamedTuple):
    """What is behind a prediction."""

    classes: TopTwo
    parts: Contributions
    features: Attribution
    lead_without: NDArray[np.float64]
    threshold: float | None = None


def _reasons(trained: TrainedModel, graph: Graph, node: int, found: _Found) -> Reasons:
    model = trained.model
    return Reasons(
        graph=graph,
        node=node,
        model=trained.name,
        n_layers=1 if isinstance(model, Grand) else len(model.layers),
        has_head=isinstance(model, Convolutions) and model.head is not None,
        temperature=trained.temperature,
        classes=found.classes,
        neighbours=found.parts,
        features=found.features,
        lead_without=found.lead_without,
        threshold=found.threshold,
    )


def _reasons_of_label(
    trained: TrainedModel, node: int, parts: Contributions, label: str | None
) -> Reasons:
    """One label as two classes: what is predicted has a score, the other always 0.

    That is the label's score, or for its absence minus it: the softmax of both is the
    logistic function of the score.
    """
    graph, model = trained.graph, trained.model
    c = _label_number(graph, label, parts.scores)
    threshold = trained.thresholds[c]
    is_called = bool(expit(parts.scores[c]) > threshold)
    sign, classes = (1, TopTwo(0, 1)) if is_called else (-1, TopTwo(1, 0))
    features = attribution(model, graph, node, classes=[c])
    features = beside_nothing(features, 0, sign=sign)
    largest = features.features[features.by_lead[:MOST_FEATURES]]
    scores = scores_without(model, graph, node, largest.tolist())[:, c]
    by_neighbour = beside_nothing(parts, c, sign=sign)
    by_neighbour = replace(
        by_neighbour,
        values=by_neighbour.values[:, list(classes)],
        bias=by_neighbour.bias[list(classes)],
    )
    found = _Found(classes, by_neighbour, features, sign * scores, threshold)
    return _reasons(trained, with_label(graph, c), node, found)


def _label_number(graph: Graph, label: str | None, scores: NDArray[np.float64]) -> int:
    if label is None:
        return int(scores.argmax())
    names = graph.label_names
    if label not in names:
        raise UnknownName(label, kind="label", where=graph.name, known=names)
    return names.index(label)


def beside_nothing(parts: AnyParts, column: int, *, sign: int) -> AnyParts:
    """Parts of one score, times a sign, beside a second one that is always 0."""
    values = sign * parts.values[:, column]
    return replace(
        parts,
        values=np.column_stack([values, np.zeros(len(values))]),
        bias=np.array([sign * parts.bias[column], 0.0]),
    )


def no_label(label: str) -> BadConfig:
    """The error of a label where nodes have one class."""
    return BadConfig(
        where="of_label",
        found=f"the label {label!r}, but no run with several labels a node",
        expected="a run of `graph train --multilabel`",
        advice="Leave it out: the predicted class is explained.",
    )
