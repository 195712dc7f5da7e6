"""Hidden layers as linear functions: what they switch on, held fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from bioloom.graph.models.adjacency import Closure
from bioloom.graph.models.convolutions import Convolutions
from bioloom.graph.models.layers import GATLayer, GCNLayer, SAGELayer
from bioloom.graph.models.sparse import Features, Sparse

Aggregate = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class FixedLayer:
    """A hidden layer, with its attention, its norm and its active units held fixed.

    Parameters
    ----------
    model
        The layer's.
    number
        Of the layer, from 0.
    summed
        From projected rows to the layer's sum with its residual term; linear but for a
        bias.
    deviation
        What layer norm divides each row by, shape (rows, 1); None without layer norm.
    passed
        Share of each unit that σ passes on, shape (rows, width).
    """

    model: Convolutions
    number: int
    summed: Aggregate
    deviation: Tensor | None
    passed: Tensor

    def __call__(self, projected: Tensor) -> Tensor:
        """Hidden rows."""
        return self.passed * self.normed(self.summed(projected))

    def normed(self, u: Tensor) -> Tensor:
        """The norm, linear but for a bias."""
        if self.deviation is None:
            return self.model.normed(self.number, u)
        norm = cast(nn.LayerNorm, self.model.norms[self.number])
        return (u - u.mean(dim=1, keepdim=True)) / self.deviation * norm.weight + (
            norm.bias
        )


class FixedModel(NamedTuple):
    """A model's convolutions on one closure, as linear functions of projected rows.

    Parameters
    ----------
    hidden
        Give hidden rows.
    last
        Gives scores; None with a linear head.
    """

    hidden: tuple[FixedLayer, ...]
    last: Aggregate | None


def fixed_model(model: Convolutions, part: Closure) -> FixedModel:
    """A model's convolutions, as functions of projected rows, with what is on held."""
    rows: Features = part.x
    hidden: list[FixedLayer] = []
    for number, A in enumerate(part.blocks):
        projected = rows @ model.projection(number)
        summed = _summed(model, number, A, projected)
        if number == model.n_hidden:
            return FixedModel(tuple(hidden), summed)
        hidden.append(_fixed(model, number, summed, projected))
        rows = hidden[-1](projected)
    return FixedModel(tuple(hidden), None)


def _fixed(
    model: Convolutions, number: int, summed: Aggregate, projected: Tensor
) -> FixedLayer:
    u = summed(projected)
    n = model.normed(number, u)
    return FixedLayer(
        model=model,
        number=number,
        summed=summed,
        deviation=_deviation(model, number, u),
        passed=share_passed(n, model.sigma(n)),
    )


def _deviation(model: Convolutions, number: int, u: Tensor) -> Tensor | None:
    if model.settings.norm != "layer":
        return None
    norm = cast(nn.LayerNorm, model.norms[number])
    return (u.var(dim=1, correction=0, keepdim=True) + norm.eps).sqrt()


def _summed(
    model: Convolutions, number: int, A: Sparse, projected: Tensor
) -> Aggregate:
    """A layer's sum and residual term, its attention (if any) held fixed."""
    convolution = model.layers[number]
    alpha = None
    if isinstance(convolution, GATLayer):
        alpha = convolution.coefficients(A, model.split(number, projected)[0])

    def summed(rows: Tensor) -> Tensor:
        HW, HV = model.split(number, rows)
        if isinstance(convolution, GATLayer) and alpha is not None:
            out = convolution.aggregate(A, HW, alpha=alpha)
        else:
            out = cast(GCNLayer | SAGELayer, convolution).aggregate(A, HW)
        return out + HV[: A.num_rows] if HV.shape[1] else out

    return summed


def share_passed(u: Tensor, passed: Tensor) -> Tensor:
    """Share of its input that a unit passes on; 0 where there is none."""
    return torch.where(u == 0, torch.zeros_like(u), passed / torch.where(u == 0, 1, u))
