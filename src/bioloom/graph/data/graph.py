"""The graph that models are trained on: edges, features, labels, split.

All readers end in `assemble`, which checks and joins what they read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from bioloom.errors import UnknownName
from bioloom.graph.data.scaling import Scale, Scaling, fitted_scaling
from bioloom.graph.errors import BadGraph
from bioloom.run.text import warn_input

SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Nodes, some with a class, and the edges that features flow along.

    Parameters
    ----------
    name
        Its name in titles.
    adjacency
        Shape (num_nodes, num_nodes), float32 weights. Row i holds the nodes whose
        features node i receives: the edge u → v lies at [v, u].
    x
        Features, shape (num_nodes, num_features), float32.
    y
        Class of each node, int64; -1 if not known.
    class_names, node_ids
        Names of the classes and of the nodes, in order. Where nodes have several
        labels, a class is a set of labels.
    train_mask, val_mask, test_mask
        The split, bool, shape (num_nodes,); all false without one.
    feature_names
        Names of the columns of `x`; none where each node is its own feature.
    scale
        How features are to be scaled before training.
    node_names
        What nodes are called in pictures; none where that is their id.
    is_directed
        Whether features flow only from source to target.
    weight
        Column of the edges' weights; empty if all weigh 1.
    more_splits
        Further splits that came with the data, as `split_names` gives them.
    notes
        What was decided where the input was odd, as sentences.
    label_names
        Where nodes have several labels: the labels.
    members
        Whether each node has each of them, shape (num_nodes, labels), all false for
        nodes whose labels are not known; None where a node has one class.
    """

    name: str
    adjacency: csr_array
    x: csr_array
    y: NDArray[np.int64]
    class_names: tuple[str, ...]
    node_ids: tuple[str, ...]
    train_mask: NDArray[np.bool_]
    val_mask: NDArray[np.bool_]
    test_mask: NDArray[np.bool_]
    feature_names: tuple[str, ...] = ()
    scale: Scale = "none"
    node_names: tuple[str, ...] = ()
    is_directed: bool = False
    weight: str = ""
    more_splits: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    label_names: tuple[str, ...] = ()
    members: NDArray[np.bool_] | None = None

    def with_notes_said(self) -> "Graph":
        """The same graph; warns of what was decided while reading it."""
        for note in self.notes:
            warn_input(note)
        return self

    @property
    def num_nodes(self) -> int:
        """How many nodes there are."""
        return len(self.y)

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def is_multilabel(self) -> bool:
        """Whether nodes have several labels."""
        return self.members is not None

    @property
    def has_label(self) -> NDArray[np.bool_]:
        """Whether each node has each label, shape (num_nodes, labels)."""
        if self.members is None:
            message = f"{self.name} has classes, not sets of labels"
            raise ValueError(message)
        return self.members

    @property
    def output_names(self) -> tuple[str, ...]:
        """What a model gives a score for: the labels, or the classes."""
        return self.label_names or self.class_names

    @property
    def targets(self) -> NDArray[np.int64] | NDArray[np.float32]:
        """What is learnt: the class of each node, or 1 for each label that it has."""
        return self.y if self.members is None else self.members.astype(np.float32)

    @property
    def has_split(self) -> bool:
        """Whether the data come with a split."""
        return bool(self.train_mask.any() or self.val_mask.any())

    def split_names(self) -> list[str]:
        """Use of each node: "train", "val", "test" or empty."""
        names = np.full(self.num_nodes, "", dtype="U5")
        masks = (self.train_mask, self.val_mask, self.test_mask)
        for word, mask in zip(SPLITS, masks, strict=True):
            names[mask] = word
        return [str(name) for name in names]

    def number_of(self, node_id: str) -> int:
        """Number of a node, from 0.

        Raises
        ------
        UnknownName
            If there is no such node.
        """
        if node_id not in self.node_ids:
            known = self.node_ids
            raise UnknownName(node_id, kind="node", where=self.name, known=known)
        return self.node_ids.index(node_id)

    def name_of(self, node: int) -> str:
        """What a node, counted from 0, is called in pictures."""
        return (self.node_names or self.node_ids)[node]

    def feature_name(self, number: int) -> str:
        """Name of a feature, counted from 0."""
        if self.feature_names:
            return self.feature_names[number]
        return f"is {self.node_ids[number]}"

    def neighbours(self, node: int) -> NDArray[np.int64]:
        """Numbers of the nodes that a node receives features from."""
        begin, end = self.adjacency.indptr[node : node + 2]
        near: NDArray[np.int64] = self.adjacency.indices[begin:end]
        return near

    def with_features(self, x: csr_array, names: Sequence[str]) -> "Graph":
        """The same graph with other features."""
        return replace(self, x=csr_array(x), feature_names=tuple(names))

    def scaled_by(self, scaling: Scaling) -> "Graph":
        """The same graph with scaled features."""
        return replace(self, x=scaling.apply(self.x))

    def with_training(self, train_mask: NDArray[np.bool_]) -> "Graph":
        """The same graph with other training nodes."""
        return replace(self, train_mask=train_mask)

    def unweighted(self) -> "Graph":
        """The same graph with edges that all weigh 1."""
        adjacency = self.adjacency.copy()
        adjacency.data[:] = 1
        return replace(self, adjacency=adjacency, weight="")

    def scaling(self) -> Scaling:
        """The scaling of its features, from its training nodes."""
        return fitted_scaling(
            self.x,
            self.train_mask,
            self.scale,
            has_features=bool(self.feature_names),
        )

    def given_split(self, number: int) -> "Graph":
        """The graph with one of the splits that came with the data, in turn."""
        number %= 1 + len(self.more_splits)
        if number == 0:
            return self
        return self.with_split(np.array(self.more_splits[number - 1], dtype="U5"))

    def with_split(self, split: NDArray[np.str_]) -> "Graph":
        """The same graph with another split: "train", "val", "test" or "" per node."""
        train, val, test = (split == word for word in SPLITS)
        return replace(self, train_mask=train, val_mask=val, test_mask=test)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTable:
    """Nodes as a reader found them, one per row.

    Parameters
    ----------
    ids
        Names, all distinct.
    labels
        Class of each node as text, "" if unknown.
    splits
        "train", "val", "test" or "" of each node; None without a split.
    features
        Shape (num_nodes, num_features); None without features.
    feature_names
        Their names; numbers from 1 where none are given.
    names
        What nodes are called in pictures; none where that is their id.
    more_splits
        Further splits.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    splits: Sequence[str] | None = None
    features: csr_array | None = None
    feature_names: Sequence[str] = ()
    names: Sequence[str] = ()
    more_splits: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Edges as a reader found them.

    Parameters
    ----------
    adjacency
        Row i holds the nodes whose features node i receives.
    is_directed
        Whether features flow only from source to target.
    weight
        Column of the weights; empty if all weigh 1.
    """

    adjacency: csr_array
    is_directed: bool = False
    weight: str = ""


def assemble(
    name: str,
    nodes: NodeTable,
    links: Links | csr_array,
    *,
    scale: Scale = "auto",
    notes: Sequence[str] = (),
) -> Graph:
    """Join nodes and edges into a graph that can be trained on.

    Parameters
    ----------
    name
        Of the graph.
    nodes
        Where it has no features, each node becomes its own feature (one-hot).
    links
        Edges, or the adjacency alone.
    scale
        How features are to be scaled before training.
    notes
        What was decided while reading.

    Raises
    ------
    BadGraph
        If there is no edge, or a feature is not a number.
    """
    edges = links if isinstance(links, Links) else Links(adjacency=links)
    x, names = _features(name, nodes)
    if edges.adjacency.nnz == 0:
        raise BadGraph(
            where=name,
            found="no edge",
            expected="at least one",
            advice="Without edges there is nothing to learn from neighbours.",
        )
    classes = tuple(sorted({label for label in nodes.labels if label}))
    number = {label: index for index, label in enumerate(classes)}
    splits = nodes.splits or [""] * len(nodes.ids)
    empty = np.zeros(len(nodes.ids), dtype=bool)
    return Graph(
        name=name,
        adjacency=csr_array(edges.adjacency, dtype=np.float32),
        x=x,
        y=np.array([number.get(label, -1) for label in nodes.labels], dtype=np.int64),
        class_names=classes,
        node_ids=tuple(nodes.ids),
        train_mask=empty,
        val_mask=empty,
        test_mask=empty,
        feature_names=names,
        scale=scale,
        node_names=tuple(nodes.names),
        is_directed=edges.is_directed,
        weight=edges.weight,
        more_splits=tuple(map(tuple, nodes.more_splits)),
        notes=tuple(notes),
    ).with_split(np.array(splits, dtype="U5"))


class _Features(NamedTuple):
    x: csr_array
    names: tuple[str, ...]


def _features(name: str, nodes: NodeTable) -> _Features:
    """Features and their names; each node its own where there are none."""
    x = nodes.features
    if x is None or x.shape[1] == 0:
        return _Features(csr_array(eye_array(len(nodes.ids), dtype=np.float32)), ())
    numbers = (str(number + 1) for number in range(x.shape[1]))
    names = tuple(nodes.feature_names) or tuple(numbers)
    _check_features(name, x, nodes.ids)
    return _Features(csr_array(x, dtype=np.float32), names)


def check_classes(graph: Graph) -> None:
    """Refuse a graph without two classes to distinguish.

    Raises
    ------
    BadGraph
        If all labelled nodes have one class, or none is labelled; or all have the same
        labels.
    """
    if graph.num_classes < 2:
        names = graph.class_names
        raise BadGraph(
            where=graph.name,
            found=f"only the class {names[0]!r}" if names else "no labelled node",
            expected="nodes of at least two classes",
            advice="Give a label column with the classes to distinguish.",
        )


def check_trainable(graph: Graph) -> None:
    """Refuse a graph whose split cannot train a model.

    Raises
    ------
    BadGraph
        If no node trains or validates, such a node has no class, or a class or label
        has no training node.
    """
    for word, mask in (("training", graph.train_mask), ("validation", graph.val_mask)):
        if not mask.any():
            raise BadGraph(
                where=graph.name,
                found=f"no {word} node",
                expected="at least one",
                advice="Fill in the split column (train, val, test), or use "
                "--split random.",
            )
    used = graph.train_mask | graph.val_mask | graph.test_mask
    unlabelled = np.flatnonzero(used & (graph.y < 0))
    if unlabelled.size:
        raise BadGraph(
            where=f"{graph.name}: node {graph.node_ids[unlabelled[0]]!r}",
            found="a node in the split without a label",
            expected="a label",
            advice="Label the node or leave its split empty.",
        )
    sizes = output_sizes(graph, graph.train_mask)
    if not sizes.all():
        what = "label" if graph.is_multilabel else "class"
        raise BadGraph(
            where=graph.name,
            found=f"no training node of {what} "
            f"{graph.output_names[int(sizes.argmin())]!r}",
            expected=f"at least one of every {what}",
            advice=f"Label more nodes, or leave the {what} out.",
        )


def output_sizes(graph: Graph, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of some nodes have each class, or each label."""
    if graph.members is not None:
        sizes: NDArray[np.int64] = graph.members[mask].sum(axis=0)
        return sizes
    y = graph.y[mask]
    return np.bincount(y[y >= 0], minlength=graph.num_classes)


def _check_features(name: str, x: csr_array, ids: Sequence[str]) -> None:
    wrong = np.flatnonzero(~np.isfinite(x.data))
    if wrong.size:
        row = int(np.searchsorted(x.indptr, wrong[0], side="right")) - 1
        raise BadGraph(
            where=f"{name}: node {ids[row]!r}, feature {x.indices[wrong[0]] + 1}",
            found=str(x.data[wrong[0]]),
            expected="a finite number",
            advice="Fill in a number or remove the node.",
        )
