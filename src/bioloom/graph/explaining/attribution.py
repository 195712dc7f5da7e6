r"""Exact part of each feature in a node's scores, with activations held fixed.

A model's score is linear in its features once what its layers switch on is held fixed:
the share :math:`\sigma(u) / u` that each hidden unit passes on (0 or 1 for ReLU), GAT's
attention, and the standard deviation that layer norm divides a row by (batch norm has
fixed means after training). So the score is a bias and a sum over features. With other
features all of these would differ too, which `scores_without` takes into account.

References
----------
Shrikumar A. et al. (2017) Learning important features through propagating activation
differences. ICML. arXiv:1704.02685
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from bioloom.graph.data.graph import Graph
from bioloom.graph.explaining.contributions import Parts
from bioloom.graph.explaining.fixed import fixed_model, share_passed
from bioloom.graph.models.adjacency import Closure
from bioloom.graph.models.convolutions import Convolutions, Head
from bioloom.graph.models.models import GCNII, Grand, Model, propagated
from bioloom.graph.models.sparse import Sparse

Aggregate = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Attribution(Parts):
    """The terms of one node's scores for some classes, by feature.

    Parameters
    ----------
    features
        Numbers of the features that are not 0 throughout the neighbourhood.
    values
        Part of each in the score of each class, shape (n, classes).
    n_nodes
        Number of nodes in which each is not 0, shape (n,).
    bias
        Score without any feature, shape (classes,).
    """

    features: NDArray[np.int64]
    n_nodes: NDArray[np.int64]

    @property
    def lead(self) -> NDArray[np.float64]:
        """Part of each feature in the first class's score less that in the second's."""
        lead: NDArray[np.float64] = self.values[:, 0] - self.values[:, 1]
        return lead

    @property
    def by_lead(self) -> NDArray[np.int64]:
        """Positions of the features, largest absolute lead first."""
        order: NDArray[np.int64] = np.argsort(-np.abs(self.lead), kind="stable")
        return order


def attribution(
    model: Model, graph: Graph, node: int, *, classes: Sequence[int]
) -> Attribution:
    r"""Decompose the scores of a node by features.

    Parameters
    ----------
    model
        Trained on the graph.
    graph
        All of it.
    node
        Number of the node.
    classes
        Whose scores.

    Notes
    -----
    The part of feature f is the sum over nodes k of
    :math:`x_{kf} \, \partial z_c / \partial x_{kf}`, activations held fixed. One
    backward pass per class over what the node depends on.
    """
    part = _part_of(model, graph, node)
    linear, projection = _linear(model, part, node)
    with torch.no_grad():
        projected = part.x @ projection
        bias = linear(torch.zeros_like(projected))[list(classes)]
    projected.requires_grad_()
    scores = linear(projected)
    slopes = [
        torch.autograd.grad(scores[c], projected, retain_graph=True)[0] for c in classes
    ]
    return _summed(part.x, projection, slopes, bias)


def scores_without(
    model: Model, graph: Graph, node: int, features: Sequence[int]
) -> NDArray[np.float64]:
    """Scores of a node if a feature were 0 in all nodes, one feature at a time.

    Returns
    -------
    Shape (features, classes). Nothing is held fixed: activations and attention change.
    """
    part = _part_of(model, graph, node)
    rows = []
    for feature in features:
        changed = replace(part, x=_without(part.x, feature))
        with torch.no_grad():
            rows.append(model(changed)[0].numpy().astype(np.float64))
    return np.array(rows).reshape(len(rows), -1)


def _without(x: Sparse | Tensor, feature: int) -> Sparse | Tensor:
    """Features with one of them 0 in all nodes."""
    if isinstance(x, Sparse):
        values = np.where(x.indices == feature, 0, x.values).astype(np.float32)
        return replace(x, values=values)
    changed = x.clone()
    changed[:, feature] = 0
    return changed


def _part_of(model: Model, graph: Graph, node: int) -> Closure:
    A = model.normalise(graph.adjacency)
    return model.parts(A, graph.x, np.array([node]))


class _Linear(NamedTuple):
    """Scores as a function of projected features, linear but for a bias."""

    scores: Aggregate
    projection: Tensor


def _linear(model: Model, part: Closure, node: int) -> _Linear:
    if isinstance(model, Grand):
        return _Linear(_linear_grand(model, part, node), model.W1.detach())
    if isinstance(model, GCNII):
        return _Linear(_linear_gcnii(model, part), model.W1.detach())
    return _Linear(_linear_convolutions(model, part), model.projection(0).detach())


def _linear_convolutions(model: Convolutions, part: Closure) -> Aggregate:
    """With the hidden units, norms and attention of all layers held fixed."""
    head = cast(Head, model.head)
    with torch.no_grad():
        hidden, last = fixed_model(model, part)

    def scores(projected: Tensor) -> Tensor:
        for number, layer in enumerate(hidden):
            rows = layer(projected)
            if number + 1 < len(model.layers):
                projected = rows @ model.projection(number + 1).detach()
        if last is not None:
            return last(projected)[0]
        return rows[0] @ head.W + head.b

    return scores


def _linear_grand(model: Grand, part: Closure, node: int) -> Aggregate:
    (A,) = part.blocks

    def hidden(projected: Tensor) -> Tensor:
        spread = propagated(A, projected, order=model.settings.order)
        return spread[node] + model.b1.detach()

    with torch.no_grad():
        u = hidden(part.x @ model.W1)
        passed = share_passed(u, torch.relu(u))

    def scores(projected: Tensor) -> Tensor:
        return (passed * hidden(projected)) @ model.W2.detach() + model.b2.detach()

    return scores


def _linear_gcnii(model: GCNII, part: Closure) -> Aggregate:
    """With the hidden units of all layers held fixed."""
    with torch.no_grad():
        passed = [(H > 0).float() for H in model.hidden(part)]

    def scores(projected: Tensor) -> Tensor:
        H = H_0 = passed[0] * (projected + model.b1.detach())
        steps = zip(part.blocks, model.layers, passed[1:], strict=True)
        for A, layer, share in steps:
            H = share * layer(A, H, H_0)
        return H[0] @ model.W2.detach() + model.b2.detach()

    return scores


def _summed(
    x: Sparse | Tensor, projection: Tensor, slopes: Sequence[Tensor], bias: Tensor
) -> Attribution:
    """Entries of x times their slopes, added up by feature."""
    if not isinstance(x, Sparse):
        x = Sparse.of(csr_array(x.numpy()))
    rows = np.repeat(np.arange(x.num_rows), np.diff(x.indptr))
    features, place = np.unique(x.indices, return_inverse=True)
    W = projection.numpy().astype(np.float64)[x.indices]
    values = [
        np.bincount(
            place,
            weights=x.values * (W * slope.numpy().astype(np.float64)[rows]).sum(axis=1),
            minlength=len(features),
        )
        for slope in slopes
    ]
    return Attribution(
        features=features.astype(np.int64),
        values=np.column_stack(values),
        n_nodes=np.bincount(place, minlength=len(features)),
        bias=bias.numpy().astype(np.float64),
    )
