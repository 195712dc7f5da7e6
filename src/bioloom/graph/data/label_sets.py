"""Nodes with several labels: a cell such as ``a|b`` says that a node has both."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.graph.data.numbers import MISSING
from bioloom.run.language import tr

SEPARATOR = "|"
NO_LABEL = SEPARATOR
"""The cell of a node that is known to have none of the labels."""


def labels_in(cell: str) -> tuple[str, ...]:
    """Labels of a cell, sorted, each once.

    Examples
    --------
    >>> labels_in("b| a|b")
    ('a', 'b')
    >>> labels_in("|")
    ()
    """
    words = (word.strip() for word in cell.split(SEPARATOR))
    return tuple(sorted({word for word in words if word and word not in MISSING}))


def cell_of(labels: Iterable[str]) -> str:
    """The cell that holds some labels.

    Examples
    --------
    >>> cell_of(["a", "b"]), cell_of([])
    ('a|b', '|')
    """
    return SEPARATOR.join(labels) or NO_LABEL


def cells_of(
    members: NDArray[np.bool_], label_names: Sequence[str]
) -> NDArray[np.object_]:
    """The cell of each row of members.

    Parameters
    ----------
    members
        Whether each node has each label, shape (n, labels).
    label_names
        Of the columns.
    """
    rows, inverse = np.unique(members, axis=0, return_inverse=True)
    names = np.array(list(label_names), dtype=object)
    cells = np.array([cell_of(names[row]) for row in rows], dtype=object)
    found: NDArray[np.object_] = cells[inverse.ravel()]
    return found


def with_label_sets(graph: Graph) -> Graph:
    """The graph with its classes read as sets of labels.

    Parameters
    ----------
    graph
        Its classes are cells such as ``a|b``; afterwards each is a set of labels, and
        ``b|a`` is the same one.
    """
    sets = [labels_in(cell) for cell in graph.class_names]
    label_names = tuple(sorted({label for labels in sets for label in labels}))
    place = {label: number for number, label in enumerate(label_names)}
    has = np.zeros((len(sets) + 1, len(place)), dtype=bool)  # the last is unknown
    for row, labels in enumerate(sets):
        has[row, [place[label] for label in labels]] = True
    cells = [cell_of(labels) for labels in sets]
    class_names = tuple(sorted(set(cells)))
    number = {cell: k for k, cell in enumerate(class_names)}
    return replace(
        graph,
        y=np.array([*(number[cell] for cell in cells), -1], dtype=np.int64)[graph.y],
        class_names=class_names,
        label_names=label_names,
        members=has[graph.y],
    )


def separator_note(graph: Graph) -> str:
    """A sentence if classes look like sets of labels; else empty."""
    cells = [name for name in graph.class_names if SEPARATOR in name]
    if not cells:
        return ""
    return (
        f"{graph.name}: {len(cells):,} of {len(graph.class_names):,} classes have a "
        f"{SEPARATOR} in their name, such as {cells[0]!r}, and each is a class of its "
        "own; --multilabel reads them as several labels of a node"
    )


class SetClasses(NamedTuple):
    """A graph whose classes include all predicted sets of labels, and their numbers."""

    graph: Graph
    predicted: NDArray[np.int64]


def as_classes(graph: Graph, predicted: NDArray[np.generic]) -> SetClasses:
    """Predictions as numbers of classes; each set of labels is a class.

    Parameters
    ----------
    graph
        Classes that nothing has but the predictions are added to its own.
    predicted
        Class of each node, or whether it has each label.
    """
    if not graph.is_multilabel:
        return SetClasses(graph, predicted.astype(np.int64))
    cells = cells_of(predicted.astype(bool), graph.label_names)
    others = sorted(set(cells) - set(graph.class_names))
    names = (*graph.class_names, *others)
    number = {name: k for k, name in enumerate(names)}
    found = np.array([number[cell] for cell in cells], dtype=np.int64)
    return SetClasses(replace(graph, class_names=names), found)


def set_probabilities(
    members: NDArray[np.bool_], chances: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Probability of each row's labels, and of no others: a product.

    Parameters
    ----------
    members
        Whether each node has each label, shape (n, labels).
    chances
        Probability of each label, shape (n, labels).
    """
    product: NDArray[np.float64] = np.where(members, chances, 1 - chances).prod(axis=1)
    return product


def with_label(graph: Graph, label: int) -> Graph:
    """The graph with two classes: nodes that have a label, and those that do not.

    Parameters
    ----------
    graph
        With sets of labels.
    label
        Number of the label.
    """
    name = graph.label_names[label]
    y = np.where(graph.y >= 0, 1 - graph.has_label[:, label], -1).astype(np.int64)
    names = (name, tr("not {label}", label=name))
    return replace(graph, y=y, class_names=names, label_names=(), members=None)
