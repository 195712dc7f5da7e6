"""The graph that models are trained on: edges, features, labels, split.

All readers end in `assemble`, which checks and joins what they read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array

from bioloom.errors import UnknownName
from bioloom.graph.errors import BadGraph

Scale = Literal["rows", "none"]
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
        Names of the classes and of the nodes, in order.
    train_mask, val_mask, test_mask
        The split, bool, shape (num_nodes,); all false without one.
    feature_names
        Names of the columns of `x`; none where each node is its own feature.
    scale
        How the features of each node were scaled.
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

    @property
    def num_nodes(self) -> int:
        """How many nodes there are."""
        return len(self.y)

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

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
    """

    ids: Sequence[str]
    labels: Sequence[str]
    splits: Sequence[str] | None = None
    features: csr_array | None = None
    feature_names: Sequence[str] = ()


def assemble(
    name: str,
    nodes: NodeTable,
    adjacency: csr_array,
    *,
    scale: Scale = "rows",
) -> Graph:
    """Join nodes and edges into a graph that can be trained on.

    Parameters
    ----------
    name
        Of the graph.
    nodes
        Where it has no features, each node becomes its own feature (one-hot).
    adjacency
        Row i holds the nodes whose features node i receives.
    scale
        "rows" divides each node's features by the sum of their absolute values.

    Raises
    ------
    BadGraph
        If there is no edge, or a feature is not a number.
    """
    x, names = nodes.features, tuple(nodes.feature_names)
    if x is None or x.shape[1] == 0:
        x, names = eye_array(len(nodes.ids), dtype=np.float32, format="csr"), ()
    elif not names:
        names = tuple(str(number + 1) for number in range(x.shape[1]))
    _check_features(name, x, nodes.ids)
    if adjacency.nnz == 0:
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
        adjacency=csr_array(adjacency, dtype=np.float32),
        x=scaled(csr_array(x, dtype=np.float32), scale),
        y=np.array([number.get(label, -1) for label in nodes.labels], dtype=np.int64),
        class_names=classes,
        node_ids=tuple(nodes.ids),
        train_mask=empty,
        val_mask=empty,
        test_mask=empty,
        feature_names=names,
        scale=scale,
    ).with_split(np.array(splits, dtype="U5"))


def scaled(x: csr_array, scale: Scale) -> csr_array:
    """Features, each row divided by the sum of its absolute values or unchanged."""
    if scale == "none":
        return x
    sums = np.asarray(abs(x).sum(axis=1)).ravel()
    factors = np.divide(1, sums, out=np.zeros_like(sums), where=sums > 0)
    return csr_array(diags_array(factors) @ x, dtype=np.float32)


def check_classes(graph: Graph) -> None:
    """Refuse a graph without two classes to distinguish.

    Raises
    ------
    BadGraph
        If all labelled nodes have one class, or none is labelled.
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
        If no node trains or validates, such a node has no class, or a class has no
        training node.
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
    missing = set(range(graph.num_classes)) - set(graph.y[graph.train_mask].tolist())
    if missing:
        raise BadGraph(
            where=graph.name,
            found=f"no training node of class {graph.class_names[min(missing)]!r}",
            expected="at least one of every class",
            advice="Label more nodes, or leave the class out.",
        )


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
