"""Exact part of each neighbour in a node's scores.

The last layer of GCN, GAT and GraphSAGE is a weighted sum over neighbours; GRAND, and
the last layer of GCNII, is one for the hidden units that are active at the node. So the
scores are a bias and a sum of one term per neighbour; nothing is approximated.
"""

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.adjacency import Closure
from bioloom.graph.models.layers import GATLayer, GCNIILayer, GCNLayer, SAGELayer
from bioloom.graph.models.models import GCNII, Grand, Model, TwoLayers
from bioloom.graph.models.sparse import Sparse


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Parts:
    """Terms that add up to one node's scores.

    Parameters
    ----------
    values
        Part of each term in the score of every class, shape (n, classes).
    bias
        Score without any of them, shape (classes,).
    """

    values: NDArray[np.float64]
    bias: NDArray[np.float64]

    @property
    def scores(self) -> NDArray[np.float64]:
        """The sum of all parts: the node's scores, shape (classes,)."""
        total: NDArray[np.float64] = self.values.sum(axis=0) + self.bias
        return total


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contributions(Parts):
    """The terms of one node's scores, by neighbour.

    Parameters
    ----------
    nodes
        Contributing nodes, the node itself first. In GraphSAGE a node that is its own
        neighbour is listed twice; in GCNII every node is, first with its features only.
    weights
        Weight of each: an entry of Â, an attention coefficient, a share of a mean;
        shape (n,).
    values
        Part in the score of every class, shape (n, classes).
    bias
        Score without any neighbour, shape (classes,).
    """

    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]


def contributions(model: Model, graph: Graph, node: int) -> Contributions:
    """Decompose the scores of a node by neighbours.

    Parameters
    ----------
    model
        Trained on the graph.
    graph
        All of it.
    node
        Number of the node.
    """
    A = model.normalise(graph.adjacency)
    part = model.parts(A, graph.x, np.array([node]))
    with torch.no_grad():
        if isinstance(model, Grand):
            return _of_grand(model, part, node)
        if isinstance(model, GCNII):
            return _of_gcnii(model, part)
        return _of_layers(model, part)


def _of_layers(model: TwoLayers, part: Closure) -> Contributions:
    first, last = model.layers
    A1, A = part.blocks
    H = model.sigma(first(A1, part.x))
    place, weights, values = _terms(last, A, H)
    bias = cast(Tensor, last.b)
    return Contributions(
        nodes=part.nodes[place],
        weights=_doubles(weights),
        values=_doubles(weights[:, None] * values),
        bias=_doubles(bias),
    )


class _Terms(NamedTuple):
    """Columns of A's only row, their weights, and what is weighted."""

    place: NDArray[np.integer]
    weights: Tensor
    values: Tensor


def _terms(layer: nn.Module, A: Sparse, H: Tensor) -> _Terms:
    if isinstance(layer, GATLayer):
        return _gat_terms(layer, A, H)
    if isinstance(layer, SAGELayer):
        return _sage_terms(layer, A, H)
    return _gcn_terms(cast(GCNLayer, layer), A, H)


def _gcn_terms(layer: GCNLayer, A: Sparse, H: Tensor) -> _Terms:
    values = torch.from_numpy(A.values)
    return _node_first(A.indices, values, (H @ layer.W)[A.indices])


def _sage_terms(layer: SAGELayer, A: Sparse, H: Tensor) -> _Terms:
    weights = torch.cat([torch.ones(1), torch.from_numpy(A.values)])
    place = np.concatenate([[0], A.indices])
    parts = torch.cat([H[:1] @ layer.W_self, (H @ layer.W)[A.indices]])
    return _Terms(place, weights, parts)


def _gat_terms(layer: GATLayer, A: Sparse, H: Tensor) -> _Terms:
    HW = H @ layer.W
    alpha = layer.coefficients(A, HW)[:, 0]  # the last layer has one head
    return _node_first(A.indices, alpha, HW[A.indices])


def _node_first(place: NDArray[np.integer], weights: Tensor, values: Tensor) -> _Terms:
    order = np.argsort(place != 0, kind="stable")  # the node itself is column 0
    return _Terms(place[order], weights[order], values[order])


def _of_gcnii(model: GCNII, part: Closure) -> Contributions:
    A, layer = part.blocks[-1], cast(GCNIILayer, model.layers[-1])
    hidden = list(model.hidden(part))
    H_0, H, out = hidden[0], hidden[-2], hidden[-1]
    values = torch.from_numpy(A.values)
    place, near, rows = _node_first(A.indices, values, H[A.indices])
    weights = torch.cat([torch.tensor([layer.alpha]), (1 - layer.alpha) * near])
    mapping = _doubles(layer.mapping * (out[0] > 0))
    brought = _doubles(torch.cat([H_0[:1], rows])) @ mapping @ _doubles(model.W2)
    return Contributions(
        nodes=part.nodes[np.concatenate([[0], place])],
        weights=_doubles(weights),
        values=_doubles(weights[:, None]) * brought,
        bias=_doubles(model.b2),
    )


def _of_grand(model: Grand, part: Closure, node: int) -> Contributions:
    (A,) = part.blocks
    share = _shares(A, node, order=model.settings.order)
    nodes = np.flatnonzero(share)
    nodes = nodes[np.argsort(nodes != node, kind="stable")]
    weights = share[nodes]
    brought = _doubles(part.x @ model.W1)[nodes]
    W2, b1 = _doubles(model.W2), _doubles(model.b1)
    is_on = weights @ brought + b1 > 0
    return Contributions(
        nodes=nodes,
        weights=weights,
        values=weights[:, None] * ((brought * is_on) @ W2),
        bias=(b1 * is_on) @ W2 + _doubles(model.b2),
    )


def _shares(A: Sparse, node: int, *, order: int) -> NDArray[np.float64]:
    """A node's row of the mean of I, A, A², …."""
    rows = np.repeat(np.arange(A.num_rows), np.diff(A.indptr))
    power = np.bincount([node], weights=[1.0], minlength=A.num_columns)
    total = power
    for _ in range(order):
        step = A.values * power[rows]
        power = np.bincount(A.indices, weights=step, minlength=A.num_columns)
        total = total + power
    mean: NDArray[np.float64] = total / (order + 1)
    return mean


def _doubles(tensor: Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = tensor.detach().numpy().astype(np.float64)
    return array
