"""A link's score, as an exact sum over the neighbours of one of its ends.

With the row z_v of the other end held fixed, dot and DistMult are linear in z_u, and
the last layer makes z_u a weighted sum over u's neighbours: the score is a constant and
one part per neighbour. An MLP is linear in z_u once its active hidden units are fixed.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bioloom.graph.linking.fit import FittedLinks, node_rows
from bioloom.graph.linking.heuristics import Neighbourhoods
from bioloom.graph.linking.models import LinkModel, TypedLayer, messages_of
from bioloom.graph.linking.network import Links, TypedNetwork
from bioloom.graph.models.layers import GATLayer, GCNLayer, SAGELayer
from bioloom.graph.models.sparse import Sparse


class LinkParts(NamedTuple):
    """Parts of a score.

    Parameters
    ----------
    score
        Of the pair.
    bias
        What no neighbour adds.
    nodes
        Whose rows are added up; the end itself may be among them, and is there twice
        where a layer treats it apart.
    weights
        Of each row: the entry of the layer's matrix, or the attention coefficient.
    parts
        What each adds; with `bias` they sum to `score`.
    dimensions
        Parts of the same score by hidden dimension (dot and DistMult), else empty.
    """

    score: float
    bias: float
    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]
    parts: NDArray[np.float64]
    dimensions: NDArray[np.float64]


def link_parts(
    fitted: FittedLinks, network: TypedNetwork, messages: Links, pair: NDArray[np.int64]
) -> LinkParts:
    """Parts of a pair's score, over the neighbours of its first end.

    Parameters
    ----------
    fitted
        The model.
    network
        Types and features.
    messages
        Links that messages run along.
    pair
        The two nodes, shape (2,).
    """
    with torch.no_grad():
        Z = node_rows(fitted, network, messages)
        left, right = Z[int(pair[0])], Z[int(pair[1])]
        relation = int(network.relations(pair[None])[0])
        gradient = _gradient(fitted.model, left, right, relation)
        score = _score(fitted.model, left, right, relation)
        terms = _terms(fitted, network, messages, int(pair[0]))
        parts = terms.rows @ gradient
        bias = float(terms.bias @ gradient) + score - float(left @ gradient)
    dimensions = np.empty(0)
    if fitted.name.decoder != "mlp":
        dimensions = (left * gradient).numpy().astype(np.float64)
    return LinkParts(
        score=score,
        bias=bias,
        nodes=terms.nodes,
        weights=terms.weights,
        parts=parts.numpy().astype(np.float64),
        dimensions=dimensions,
    )


def _score(model: LinkModel, left: Tensor, right: Tensor, relation: int) -> float:
    number = torch.tensor([relation])
    return float(model.decoder(left[None], right[None], number)[0])


def _gradient(model: LinkModel, left: Tensor, right: Tensor, relation: int) -> Tensor:
    """Of the score, by the first end's row."""
    decoder = model.decoder
    if decoder.kind == "dot":
        return right
    if decoder.kind == "distmult":
        by_dimension: Tensor = decoder.R[relation] * right
        return by_dimension
    inner = (left * right) @ decoder.W1 + (left + right) @ decoder.W2 + decoder.b
    active = decoder.w[:, 0] * (inner > 0)
    through: Tensor = right * (decoder.W1 @ active) + decoder.W2 @ active
    return through


class _Terms(NamedTuple):
    """Rows that add up, with `bias`, to a node's row of the last layer."""

    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]
    rows: Tensor
    bias: Tensor


def _terms(
    fitted: FittedLinks, network: TypedNetwork, messages: Links, node: int
) -> _Terms:
    encoder = fitted.model.encoder
    seen = messages_of(network, fitted.name, messages)
    H = encoder.hidden(seen, Sparse.of(network.x))
    layer = encoder.layers[1]
    if isinstance(layer, TypedLayer):
        relations = [
            _entries(A, H @ W, node)
            for A, W in zip(seen.matrices, layer.W.parameters(), strict=True)
        ]
        terms = [_own(node, H[node] @ layer.W_self), *relations]
        return _joined(terms, layer.b)
    (A,) = seen.matrices
    if isinstance(layer, SAGELayer):
        own = _own(node, H[node] @ layer.W_self)
        return _joined([own, _entries(A, H @ layer.W, node)], layer.b)
    if isinstance(layer, GATLayer):
        HW = H @ layer.W
        alpha = layer.coefficients(A, HW)[:, 0]
        return _joined([_entries(A, HW, node, weights=alpha)], layer.b)
    if not isinstance(layer, GCNLayer):
        raise TypeError(type(layer))
    return _joined([_entries(A, H @ layer.W, node)], layer.b)


class _Rows(NamedTuple):
    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]
    rows: Tensor


def _own(node: int, row: Tensor) -> _Rows:
    return _Rows(np.array([node]), np.ones(1), row[None])


def _entries(
    A: Sparse, HW: Tensor, node: int, *, weights: Tensor | None = None
) -> _Rows:
    """The entries of a node's row of A, each times its neighbour's row."""
    entries = slice(int(A.indptr[node]), int(A.indptr[node + 1]))
    nodes = A.indices[entries].astype(np.int64)
    values = (
        torch.from_numpy(A.values[entries]) if weights is None else weights[entries]
    )
    rows = values[:, None] * HW[torch.from_numpy(nodes)]
    return _Rows(nodes, values.numpy().astype(np.float64), rows)


def _joined(parts: list[_Rows], bias: Tensor) -> _Terms:
    return _Terms(
        np.concatenate([part.nodes for part in parts]),
        np.concatenate([part.weights for part in parts]),
        torch.cat([part.rows for part in parts]),
        bias,
    )


class Path(NamedTuple):
    """The nodes between the two ends of a path, and what it adds to a heuristic."""

    inside: tuple[int, ...]
    part: float


def common_paths(near: Neighbourhoods, left: int, right: int) -> tuple[Path, ...]:
    """Common neighbours with their parts of Adamic and Adar's sum, largest first."""
    both = np.intersect1d(_neighbours(near, left), _neighbours(near, right))
    parts = 1 / np.log(np.maximum(near.degree[both], 2))
    paths = [
        Path((int(node),), float(part)) for node, part in zip(both, parts, strict=True)
    ]
    return tuple(sorted(paths, key=lambda path: -path.part))


def three_step_parts(near: Neighbourhoods, left: int, right: int) -> tuple[Path, ...]:
    """Paths of three links with their parts of the sum, largest first."""
    firsts, seconds = _neighbours(near, left), _neighbours(near, right)
    inside = near.adjacency[firsts][:, seconds].tocoo()
    xs, ys = firsts[inside.row], seconds[inside.col]
    parts = 1 / np.sqrt(near.degree[xs] * near.degree[ys])
    paths = [
        Path((int(x), int(y)), float(part))
        for x, y, part in zip(xs, ys, parts, strict=True)
    ]
    return tuple(sorted(paths, key=lambda path: -path.part))


def _neighbours(near: Neighbourhoods, node: int) -> NDArray[np.int64]:
    begin, end = near.adjacency.indptr[node : node + 2]
    nodes: NDArray[np.int64] = near.adjacency.indices[begin:end].astype(np.int64)
    return nodes
