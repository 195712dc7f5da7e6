"""A network with typed nodes: its links, once each, and what kind they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, triu

from bioloom.errors import UnknownName
from bioloom.graph.data.graph import Graph
from bioloom.graph.errors import BadGraph

Links = NDArray[np.int64]
"""Ends of links, shape (n_links, 2), the smaller number first, none twice."""
UNTYPED = "node"


class TypePair(NamedTuple):
    """Names of the types of a link's two ends, in alphabetical order."""

    first: str
    second: str

    def __str__(self) -> str:
        """Such as ``disease - miRNA``."""
        return f"{self.first} - {self.second}"


@dataclass(frozen=True, eq=False)
class TypedNetwork:
    """Typed nodes and undirected links.

    Parameters
    ----------
    name
        In titles.
    node_ids
        Names of the nodes.
    types
        Number of each node's type, shape (n_nodes,).
    type_names
        In alphabetical order.
    links
        All of them.
    x
        Features; the identity where nodes have none.
    has_features
        Whether there are any.
    order
        Time or evidence of each link, by which they are split; None without.
    n_self_loops
        Links of a node with itself, which were left out.
    weights
        Of each link, float32; None where all weigh 1.
    weight
        The column that they come from.
    scaled
        How features were scaled, as a sentence without its full stop.
    """

    name: str
    node_ids: tuple[str, ...]
    types: NDArray[np.int64]
    type_names: tuple[str, ...]
    links: Links
    x: csr_array
    has_features: bool
    order: NDArray[np.float64] | None = None
    n_self_loops: int = 0
    weights: NDArray[np.float32] | None = None
    weight: str = ""
    scaled: str = ""

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def n_relations(self) -> int:
        """Number of pairs of types, linked or not."""
        return len(self.type_names) * (len(self.type_names) + 1) // 2

    @cached_property
    def pairs(self) -> tuple[TypePair, ...]:
        """All pairs of types, in the order of their numbers."""
        return tuple(
            TypePair(*names)
            for names in combinations_with_replacement(self.type_names, 2)
        )

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of each node by name."""
        return {name: number for number, name in enumerate(self.node_ids)}

    def relations(self, links: Links) -> NDArray[np.int64]:
        """Number of the type pair of each link or pair of nodes."""
        low, high = np.sort(self.types[links], axis=1).T
        n = len(self.type_names)
        before = low * n - low * (low - 1) // 2  # pairs whose first type is smaller
        numbers: NDArray[np.int64] = before + high - low
        return numbers

    def keys(self, links: Links) -> NDArray[np.int64]:
        """One number per unordered pair of nodes."""
        low, high = np.sort(links, axis=1).T
        keys: NDArray[np.int64] = low * self.n_nodes + high
        return keys

    def weights_of(self, links: Links) -> NDArray[np.float32] | None:
        """Weights of some of the links; None where all weigh 1."""
        if self.weights is None:
            return None
        place = np.searchsorted(self.keys(self.links), self.keys(links))
        found: NDArray[np.float32] = self.weights[place]
        return found

    def number_of(self, node_id: str) -> int:
        """Number of a node.

        Raises
        ------
        UnknownName
            If there is no such node.
        """
        if node_id not in self.numbers:
            raise UnknownName(
                node_id, kind="node", where=self.name, known=self.node_ids
            )
        return self.numbers[node_id]

    def type_of(self, node: int) -> str:
        """Name of a node's type."""
        return self.type_names[int(self.types[node])]

    def nodes_of(self, type_name: str) -> NDArray[np.int64]:
        """Numbers of the nodes of a type."""
        return np.flatnonzero(self.types == self.type_names.index(type_name))

    def pair_named(self, words: str) -> TypePair:
        """The pair of two types that are written with a blank between them.

        Raises
        ------
        UnknownName
            If there are no two such types, or no link between them.
        """
        for pair in self.pairs:
            if words.strip() in (f"{pair.first} {pair.second}", " ".join(pair[::-1])):
                known = self.pairs.index(pair)
                if (self.relations(self.links) == known).any():
                    return pair
        linked = np.unique(self.relations(self.links))
        names = [" ".join(self.pairs[number]) for number in linked]
        raise UnknownName(
            words, kind="linked pair of types", where=self.name, known=names
        )

    def counts(self) -> dict[TypePair, int]:
        """Number of links of each pair of types that has any."""
        numbers, counts = np.unique(self.relations(self.links), return_counts=True)
        return {
            self.pairs[number]: int(count)
            for number, count in zip(numbers, counts, strict=True)
        }


def typed_network(graph: Graph, types: Sequence[str] | None = None) -> TypedNetwork:
    """The network of a graph whose classes are the types of its nodes.

    Parameters
    ----------
    graph
        Its direction is not used; where both directions of a link have weights, the
        larger one counts.
    types
        Type of each node, where these are not the classes.

    Raises
    ------
    BadGraph
        If some nodes have a type and others have none, or no link is left.
    """
    names = list(types) if types is not None else _classes(graph)
    _check_types(graph, names)
    type_names = tuple(sorted(set(names)))
    number = {name: index for index, name in enumerate(type_names)}
    both = graph.adjacency.maximum(graph.adjacency.T)
    upper = triu(both, k=1).tocoo()
    links = np.stack([upper.row, upper.col], axis=1).astype(np.int64)
    order = np.lexsort((links[:, 1], links[:, 0]))
    links, weights = links[order], upper.data[order].astype(np.float32)
    is_weighted = bool(graph.weight) and bool((weights != 1).any())
    if not len(links):
        raise BadGraph(
            where=graph.name,
            found="no link between two nodes",
            expected="some",
            advice="Give an edge table with two columns of names.",
        )
    return TypedNetwork(
        name=graph.name,
        node_ids=graph.node_ids,
        types=np.array([number[name] for name in names], dtype=np.int64),
        type_names=type_names,
        links=links,
        x=graph.x,
        has_features=bool(graph.feature_names),
        n_self_loops=int((graph.adjacency.diagonal() != 0).sum()),
        weights=weights if is_weighted else None,
        weight=graph.weight if is_weighted else "",
    )


def _classes(graph: Graph) -> list[str]:
    if not graph.class_names:
        return [UNTYPED] * graph.num_nodes
    return [str(name) for name in np.array([*graph.class_names, ""])[graph.y]]


def _check_types(graph: Graph, names: Sequence[str]) -> None:
    untyped = [
        node for node, name in zip(graph.node_ids, names, strict=True) if not name
    ]
    if untyped:
        raise BadGraph(
            where=f"{graph.name}: node {untyped[0]!r}",
            found=f"no type ({len(untyped):,} such nodes)",
            expected="a type of every node, or of none",
            advice="Fill in the column of the types, or name it with --type.",
        )


def adjacency_of_links(
    n_nodes: int, links: Links, weights: NDArray[np.float32] | None = None
) -> csr_array:
    """Symmetric adjacency of some links, float32; without weights all weigh 1."""
    ends = np.concatenate([links, links[:, ::-1]])
    each = np.ones(len(links), dtype=np.float32) if weights is None else weights
    values = np.concatenate([each, each])
    return csr_array((values, (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
