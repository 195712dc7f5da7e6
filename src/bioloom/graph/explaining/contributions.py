"""Exact part of each neighbour in a node's scores.

The last layer of GCN, GAT and GraphSAGE is a weighted sum over neighbours. GRAND, the
last layer of GCNII, and a last convolution before a linear head are one for the hidden
units that are active at the node, with what layer norm divides its row by. So scores
are a bias and a sum of one term per neighbour; nothing is approximated.
"""

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.fixed import FixedLayer, fixed_model
from bioloom.graph.models.adjacency import Closure
from bioloom.graph.models.convolutions import Convolution, Convolutions, Head
from bioloom.graph.models.layers import GATLayer, GCNIILayer, SAGELayer
from bioloom.graph.models.models import GCNII, Grand, Model
from bioloom.graph.models.sparse import Features, Sparse


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
        neighbour is listed twice; in GCNII every node is, first with its features only;
        before a linear head with residual terms too, first with its own.
    weights
        Weight of each: an entry of Â, an attention coefficient (the mean of several
        heads), a share of a mean; shape (n,).
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
        return _of_convolutions(model, part)


def _of_convolutions(model: Convolutions, part: Closure) -> Contributions:
    number, A = len(model.layers) - 1, part.blocks[-1]
    inputs: list[Features] = [part.x, *model.hidden(part)]
    convolution = model.convolution(number)
    HW, HV = model.split(number, inputs[number] @ model.projection(number))
    terms = _terms(convolution, A, HW)
    if HV.shape[1]:
        terms = _with_residual(
            terms, HV[:1], is_sage=isinstance(convolution, SAGELayer)
        )
    bias = cast(Tensor, convolution.b)
    values = terms.values
    if model.head is not None:
        gate = fixed_model(model, part).hidden[-1]
        values = _through_head(model.head, gate, values)
        bias = model.head(gate.passed * gate.normed(bias[None]))[0]
    return Contributions(
        nodes=part.nodes[terms.place],
        weights=_doubles(terms.weights),
        values=_doubles(values),
        bias=_doubles(bias),
    )


class _Terms(NamedTuple):
    """Terms of a node's sum: columns of A's only row, their weights, weighted rows."""

    place: NDArray[np.integer]
    weights: Tensor
    values: Tensor


def _terms(layer: Convolution, A: Sparse, HW: Tensor) -> _Terms:
    if isinstance(layer, SAGELayer):
        return _sage_terms(A, HW)
    if isinstance(layer, GATLayer):
        return _gat_terms(layer, A, HW)
    weights = torch.from_numpy(A.values)
    return _node_first(A.indices, weights, weights[:, None] * HW[A.indices])


def _sage_terms(A: Sparse, HW: Tensor) -> _Terms:
    nodes, neighbours = HW.tensor_split(2, dim=1)
    weights = torch.cat([torch.ones(1), torch.from_numpy(A.values)])
    place = np.concatenate([[0], A.indices])
    rows = torch.cat([nodes[:1], neighbours[A.indices]])
    return _Terms(place, weights, weights[:, None] * rows)


def _gat_terms(layer: GATLayer, A: Sparse, HW: Tensor) -> _Terms:
    """With several heads, the weight is their mean; the parts are exact."""
    alpha = layer.coefficients(A, HW)
    Wh = HW[A.indices].view(len(alpha), layer.n_heads, -1)
    weighted = alpha[:, :, None] * Wh
    values = weighted.flatten(1) if layer.join else weighted.mean(dim=1)
    return _node_first(A.indices, alpha.mean(dim=1), values)


def _node_first(place: NDArray[np.integer], weights: Tensor, values: Tensor) -> _Terms:
    order = np.argsort(place != 0, kind="stable")  # the node itself is column 0
    return _Terms(place[order], weights[order], values[order])


def _with_residual(terms: _Terms, HV: Tensor, *, is_sage: bool) -> _Terms:
    """With the residual term: in GraphSAGE part of the node's own, else before all."""
    if is_sage:
        values = torch.cat([terms.values[:1] + HV, terms.values[1:]])
        return terms._replace(values=values)
    return _Terms(
        np.concatenate([[0], terms.place]),
        torch.cat([torch.ones(1), terms.weights]),
        torch.cat([HV, terms.values]),
    )


def _through_head(head: Head, gate: FixedLayer, values: Tensor) -> Tensor:
    """What terms of a hidden row add to the scores while the row's gate is fixed."""
    linear = gate.normed(values) - gate.normed(torch.zeros_like(values[:1]))
    return (gate.passed * linear) @ head.W


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
