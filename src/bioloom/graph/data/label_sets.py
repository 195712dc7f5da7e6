"""Nodes with several labels: a cell such as ``a|b`` says that a node has both."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph
from bioloom.label_sets import SEPARATOR, cell_of, cells_of, label_table, labels_in
from bioloom.run.language import tr


def with_label_sets(graph: Graph) -> Graph:
    """The graph with its classes read as sets of labels.

    Parameters
    ----------
    graph
        Its classes are cells such as ``a|b``; afterwards each is a set of labels, and
        ``b|a`` is the same one.
    """
    label_names, members = label_table(graph.class_names)
    unknown = np.zeros((1, len(label_names)), dtype=bool)
    has = np.concatenate([members, unknown])  # the last is of nodes without labels
    cells = [cell_of(labels_in(cell)) for cell in graph.class_names]
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
