"""Aggregation A·H at one node, term by term."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.adjacency import (
    Normalise,
    as_is,
    mean,
    symmetric,
    with_self_loops,
)

KINDS: Mapping[str, Normalise] = MappingProxyType(
    {"sum": as_is, "self-loops": with_self_loops, "mean": mean, "gcn": symmetric}
)
"""Kinds of aggregation: how each normalises the adjacency before it multiplies H."""

# the worked example of the notes, nodes 1 to 6
_EXAMPLE = ("010010", "101010", "010100", "001011", "110100", "000100")


@dataclass(frozen=True, slots=True, eq=False)
class Aggregation:
    """One row of a product A·H.

    Parameters
    ----------
    nodes
        Columns with an entry in the row, ascending; shape (n,).
    weights
        The entries, float64, shape (n,).
    features
        Rows of H of these nodes, float64, shape (n, num_features).
    """

    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]
    features: NDArray[np.float64]

    @property
    def result(self) -> NDArray[np.float64]:
        """The sum of the weighted rows, shape (num_features,)."""
        total: NDArray[np.float64] = self.weights @ self.features
        return total


def aggregation(A: csr_array, H: csr_array, node: int) -> Aggregation:
    """Decompose a node's row of A·H.

    Parameters
    ----------
    A
        Normalised adjacency; row i holds what node i receives.
    H
        Features of all nodes.
    node
        Number of the node.

    Examples
    --------
    >>> graph = six_nodes()
    >>> aggregation(graph.adjacency, graph.x, 1).result.tolist()
    [9.0, 9.0, 9.0]
    """
    entries = slice(A.indptr[node], A.indptr[node + 1])
    order = np.argsort(A.indices[entries])
    nodes = A.indices[entries][order].astype(np.int64)
    weights = A.data[entries][order].astype(np.float64)
    return Aggregation(nodes, weights, H[nodes].toarray().astype(np.float64))


def six_nodes() -> Graph:
    """The worked example: six nodes, features [i, i, i] of node i, no classes."""
    A = csr_array([[float(entry) for entry in row] for row in _EXAMPLE])
    H = np.repeat(np.arange(1, 7)[:, None], 3, axis=1)
    none = np.zeros(6, dtype=bool)
    return Graph(
        name="six nodes",
        adjacency=csr_array(A, dtype=np.float32),
        x=csr_array(H, dtype=np.float32),
        y=np.full(6, -1, dtype=np.int64),
        class_names=(),
        node_ids=tuple("123456"),
        train_mask=none,
        val_mask=none,
        test_mask=none,
    )
