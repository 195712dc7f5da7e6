"""What moved one node's predicted class: neighbours, features, and by how much."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.attribution import Attribution, attribution, without
from bioloom.graph.explaining.contributions import Contributions, contributions
from bioloom.graph.output.run_folder import FinishedRun

MOST_FEATURES = 12


def busiest_test_node(graph: Graph) -> str:
    """Id of the test node with the most neighbours; of any node without a test set."""
    degree = np.diff(graph.adjacency.indptr)
    if graph.test_mask.any():
        degree = np.where(graph.test_mask, degree, -1)
    return graph.node_ids[int(degree.argmax())]


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """What moved a prediction.

    Parameters
    ----------
    graph
        With the split that the model was trained on.
    node
        Number of the node.
    model
        Name of the model.
    temperature
        That its scores are divided by.
    classes
        The class that it is called, and the runner-up.
    neighbours
        What each of them gave.
    features
        What each of them gave to the two classes.
    changed
        Lead of the first class over the second if a feature were 0 everywhere, for
        the features with the largest parts.
    """

    graph: Graph
    node: int
    model: str
    temperature: float
    classes: tuple[int, int]
    neighbours: Contributions
    features: Attribution
    changed: NDArray[np.float64]


def reasons_of(run: FinishedRun, model: str, node_id: str | None = None) -> Reasons:
    """Find which neighbours and features moved a model's prediction of a node.

    Parameters
    ----------
    run
        A finished training.
    model
        One of its models; the best run's weights are looked at.
    node_id
        None takes the test node with the most neighbours.

    Raises
    ------
    UnknownName
        If there is no such model or node.
    """
    graph = run.graph_of(model)
    node = graph.number_of(node_id or busiest_test_node(graph))
    trained, temperature = run.trained(model)
    parts = contributions(trained, graph, node)
    best, second = (int(c) for c in np.argsort(-parts.scores, kind="stable")[:2])
    found = attribution(trained, graph, node, classes=(best, second))
    largest = found.features[found.by_lead[:MOST_FEATURES]]
    scores = without(trained, graph, node, largest.tolist())
    return Reasons(
        graph=graph,
        node=node,
        model=model,
        temperature=temperature,
        classes=(best, second),
        neighbours=parts,
        features=found,
        changed=scores[:, best] - scores[:, second],
    )
