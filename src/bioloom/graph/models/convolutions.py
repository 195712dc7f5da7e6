"""GCN, GAT and GraphSAGE of any depth: convolutions of one kind, one after another."""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from bioloom.graph.models.adjacency import (
    Closure,
    Part,
    closure,
    mean,
    symmetric,
    with_self_loops,
)
from bioloom.graph.models.layers import GATLayer, GCNLayer, SAGELayer, uniform
from bioloom.graph.models.losses import node_loss
from bioloom.graph.models.sparse import DropRng, Features, Matrix, Rng, dropped
from bioloom.graph.settings import Settings

Convolution = GCNLayer | SAGELayer | GATLayer
_NORMALISE = {"gcn": symmetric, "gat": with_self_loops, "sage": mean}


class Convolutions(nn.Module):
    r"""Convolutions of one kind with dropout before each.

    .. math:: H_l = \sigma(norm(conv_l(A, H_{l-1}) + H_{l-1} V_l)), \qquad
        Z = conv_L(A, H_{L-1})

    with :math:`H_0 = X`. Norm and the residual term :math:`H V` are left out unless the
    settings ask for them. With a linear head the last convolution is hidden too, and
    :math:`Z = H_L W + b`.

    Parameters
    ----------
    n_in, n_classes
        Number of features and classes.
    settings
        Kind, widths, norm, residual terms, head.
    rng
        Draws the first weights.

    Notes
    -----
    Batch norm takes means over the rows that a step computes: in training those of its
    closure or its sample, afterwards the running means.

    References
    ----------
    Luo Y., Shi L., Wu X.-M. (2024) Classic GNNs are strong baselines. NeurIPS.
    arXiv:2406.08993
    Ba J.L., Kiros J.R., Hinton G.E. (2016) Layer normalization. arXiv:1607.06450
    Ioffe S., Szegedy C. (2015) Batch normalization. ICML. arXiv:1502.03167
    """

    def __init__(
        self, n_in: int, n_classes: int, *, settings: Settings, rng: Rng
    ) -> None:
        super().__init__()
        self.settings, self.p_dropout = settings, settings.p_dropout
        p_input = settings.p_input_dropout
        self.p_input = settings.p_dropout if p_input is None else p_input
        self.normalise = _NORMALISE[settings.model]
        self.sigma = nn.ELU() if settings.model == "gat" else nn.ReLU()
        depth = settings.n_layers
        self.n_hidden = depth if settings.linear_head else depth - 1
        width = settings.hidden * (settings.n_heads if settings.model == "gat" else 1)
        inputs = [n_in, *[width] * (depth - 1)]
        self.layers = nn.ModuleList(
            _layer(n_input, settings, rng=rng)
            if number < self.n_hidden
            else _last_layer(n_input, n_classes, settings, rng=rng)
            for number, n_input in enumerate(inputs)
        )
        hidden_inputs = inputs[: self.n_hidden]
        self.residuals = nn.ParameterList(
            uniform(n_input, width, rng=rng)
            for n_input in hidden_inputs
            if settings.residual
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(width) if settings.norm == "layer" else nn.BatchNorm1d(width)
            for _ in hidden_inputs
            if settings.norm != "none"
        )
        self.head = Head(width, n_classes, rng=rng) if settings.linear_head else None

    def parts(self, A: csr_array, x: csr_array, nodes: NDArray[np.int64]) -> Closure:
        """The closure of the nodes, one hop per convolution."""
        return closure(A, x, wanted=nodes, n_layers=len(self.layers))

    def hidden(self, part: Part, rng: DropRng | None = None) -> Iterator[Tensor]:
        """H_1, H_2, … in turn, before their dropout."""
        rows: Features = part.x
        blocks: Sequence[Matrix] = part.blocks
        for number, A in zip(range(self.n_hidden), blocks, strict=False):
            p = self.p_dropout if number else self.p_input
            u = self.summed(number, A, dropped(rows, p, rng), rng)
            H: Tensor = self.sigma(self.normed(number, u, is_training=rng is not None))
            yield H
            rows = H

    def forward(self, part: Part, rng: DropRng | None = None) -> Tensor:
        """Scores, shape (wanted nodes, classes)."""
        last: Features = part.x
        for H in self.hidden(part, rng):
            last = H
        last = dropped(last, self.p_dropout if self.n_hidden else self.p_input, rng)
        scores: Tensor
        if self.head is not None:
            scores = self.head(last)
        else:
            scores = self.layers[-1](part.blocks[-1], last, rng)
        return scores

    def convolution(self, number: int) -> Convolution:
        """One of the convolutions, counted from 0."""
        return cast(Convolution, self.layers[number])

    def projection(self, number: int) -> Tensor:
        """What the input of a convolution is multiplied by; at the right end V."""
        W = self.convolution(number).projection
        if number >= len(self.residuals):
            return W
        return torch.cat([W, self.residuals[number]], dim=1)

    def summed(
        self, number: int, A: Matrix, H: Features, rng: DropRng | None = None
    ) -> Tensor:
        """A hidden layer's sum, with its residual term, before norm and σ."""
        if not self.residuals:
            out: Tensor = self.layers[number](A, H, rng)
            return out
        convolution = self.convolution(number)
        HW, HV = self.split(number, H @ self.projection(number))
        if isinstance(convolution, GATLayer):
            alpha = convolution.coefficients(A, HW)
            return convolution.aggregate(A, HW, rng, alpha=alpha) + HV[: A.num_rows]
        return convolution.aggregate(A, HW) + HV[: A.num_rows]

    def split(self, number: int, projected: Tensor) -> tuple[Tensor, ...]:
        """Columns of a projected input: the convolution's, and the residual term's."""
        width = self.convolution(number).projection.shape[1]
        return projected.tensor_split([width], dim=1)

    def normed(self, number: int, u: Tensor, *, is_training: bool = False) -> Tensor:
        """The rows normalised, if the settings say so."""
        if not self.norms:
            return u
        norm = self.norms[number]
        norm.train(is_training and len(u) > 1)  # a single row has no spread
        out: Tensor = norm(u)
        return out

    def loss(
        self, part: Part, y: Tensor, rng: DropRng, weight: Tensor | None = None
    ) -> Tensor:
        """Loss of the training nodes, with a weight per class if given."""
        return node_loss(self(part, rng), y, weight)


class Head(nn.Module):
    """A linear layer that makes scores of hidden rows.

    Parameters
    ----------
    width, n_classes
        Features in and out.
    rng
        Draws the first weights.
    """

    def __init__(self, width: int, n_classes: int, *, rng: Rng) -> None:
        super().__init__()
        self.W = uniform(width, n_classes, rng=rng)
        bias = rng.uniform(-1, 1, n_classes).astype(np.float32) / sqrt(width)
        self.b = nn.Parameter(torch.from_numpy(bias.astype(np.float32)))

    def forward(self, H: Tensor) -> Tensor:
        """Shape (rows, n_classes)."""
        return H @ self.W + self.b


def _layer(n_in: int, settings: Settings, *, rng: Rng) -> nn.Module:
    """A hidden convolution."""
    if settings.model == "gat":
        heads, p = settings.n_heads, settings.p_dropout
        return GATLayer(
            n_in, settings.hidden, n_heads=heads, join=True, p_dropout=p, rng=rng
        )
    kind = GCNLayer if settings.model == "gcn" else SAGELayer
    return kind(n_in, settings.hidden, rng=rng)


def _last_layer(n_in: int, n_out: int, settings: Settings, *, rng: Rng) -> nn.Module:
    """The convolution that gives scores; in GAT with one head."""
    if settings.model == "gat":
        p = settings.p_dropout
        return GATLayer(n_in, n_out, n_heads=1, join=False, p_dropout=p, rng=rng)
    kind = GCNLayer if settings.model == "gcn" else SAGELayer
    return kind(n_in, n_out, rng=rng)
