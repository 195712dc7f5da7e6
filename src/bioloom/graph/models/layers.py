"""The layers of GCN, GAT, GraphSAGE and GCNII, as their papers' equations.

A layer takes `A`, whose rows are the nodes to compute and whose columns are the nodes
that they read (a row's own node is the column of its number), and `H`, the features of
the columns, dense or sparse. Each projects before it aggregates: ``A (H W)`` costs less
than ``(A H) W`` where W narrows. Only dense inputs that W widens are aggregated first.
"""

from typing import TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from bioloom.graph.models.sparse import (
    WIDE,
    DropRng,
    Features,
    Matrix,
    Rng,
    attention,
    dropout,
    mixed,
    weighted_sum,
)


class GCNLayer(nn.Module):
    r"""Graph convolution.

    .. math:: H' = \hat{A} H W + b

    Parameters
    ----------
    n_in, n_out
        Features in and out.
    rng
        Draws the first weights (Glorot).

    References
    ----------
    Kipf T.N., Welling M. (2017) Semi-supervised classification with graph convolutional
    networks. ICLR. arXiv:1609.02907
    """

    def __init__(self, n_in: int, n_out: int, *, rng: Rng) -> None:
        super().__init__()
        self.W = glorot(n_in, n_out, rng=rng)
        self.b = nn.Parameter(torch.zeros(n_out))

    @property
    def projection(self) -> Tensor:
        """Matrix that features are multiplied by before aggregation."""
        return self.W

    def forward(self, A: Matrix, H: Features, _: DropRng | None = None) -> Tensor:
        """Shape (rows of A, n_out); A is `adjacency.symmetric`."""
        if are_narrow_inputs(H, self.W):
            return (A @ H) @ self.W + self.b
        return self.aggregate(A, H @ self.W)

    def aggregate(self, A: Matrix, HW: Tensor, _: DropRng | None = None) -> Tensor:
        """Sum of the projected rows."""
        return A @ HW + self.b


class SAGELayer(nn.Module):
    r"""GraphSAGE with the mean of the neighbours.

    .. math:: h'_i = W_{self} h_i + W \, \mathrm{mean}_{j \in N(i)} h_j + b

    Parameters
    ----------
    n_in, n_out
        Features in and out.
    rng
        Draws the first weights.

    References
    ----------
    Hamilton W.L., Ying R., Leskovec J. (2017) Inductive representation learning on
    large graphs. NeurIPS. arXiv:1706.02216
    """

    def __init__(self, n_in: int, n_out: int, *, rng: Rng) -> None:
        super().__init__()
        self.W_self = uniform(n_in, n_out, rng=rng)
        self.W = uniform(n_in, n_out, rng=rng)
        self.b = nn.Parameter(torch.zeros(n_out))

    @property
    def projection(self) -> Tensor:
        """Both weights side by side: one pass over sparse features."""
        return torch.cat([self.W_self, self.W], dim=1)

    def forward(self, A: Matrix, H: Features, _: DropRng | None = None) -> Tensor:
        """Shape (rows of A, n_out); A is `adjacency.mean`."""
        if are_narrow_inputs(H, self.W):
            return H[: A.num_rows] @ self.W_self + (A @ H) @ self.W + self.b
        if isinstance(H, Tensor) and self.W.shape[1] > WIDE:  # saves a copy
            return H[: A.num_rows] @ self.W_self + A @ (H @ self.W) + self.b
        return self.aggregate(A, H @ self.projection)

    def aggregate(self, A: Matrix, HW: Tensor, _: DropRng | None = None) -> Tensor:
        """A node's own projected row, and the mean of its neighbours'."""
        nodes, neighbours = HW.tensor_split(2, dim=1)
        return nodes[: A.num_rows] + A @ neighbours + self.b


class GATLayer(nn.Module):
    r"""Graph attention.

    .. math:: \alpha_{ij} = \mathrm{softmax}_{j \in N(i) \cup \{i\}} \,
        \mathrm{LeakyReLU}(a_t \cdot W h_i + a_s \cdot W h_j), \qquad
        h'_i = \sum_j \alpha_{ij} W h_j + b

    Parameters
    ----------
    n_in, n_out
        Features in and, of each head, out.
    n_heads
        Attention heads.
    join
        Whether the heads' outputs are put side by side or averaged.
    p_dropout
        Of the attention coefficients and of W h, while training.
    rng
        Draws the first weights (Glorot).

    References
    ----------
    Veličković P. et al. (2018) Graph attention networks. ICLR. arXiv:1710.10903
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        n_heads: int,
        join: bool,
        p_dropout: float,
        rng: Rng,
    ) -> None:
        super().__init__()
        self.n_heads, self.join, self.p_dropout = n_heads, join, p_dropout
        self.W = glorot(n_in, n_heads * n_out, rng=rng)
        self.a_source = glorot(n_heads, n_out, rng=rng)
        self.a_target = glorot(n_heads, n_out, rng=rng)
        self.b = nn.Parameter(torch.zeros(n_heads * n_out if join else n_out))

    @property
    def projection(self) -> Tensor:
        """Matrix that features are multiplied by before aggregation."""
        return self.W

    def forward(self, A: Matrix, H: Features, rng: DropRng | None = None) -> Tensor:
        """Shape (rows of A, n_heads · n_out or n_out); A has self-loops."""
        HW = H @ self.W
        return self.aggregate(A, HW, rng, alpha=self.coefficients(A, HW))

    def coefficients(self, A: Matrix, HW: Tensor) -> Tensor:
        """Attention, shape (number of entries, heads)."""
        Wh = HW.view(-1, *self.a_source.shape)
        source = (Wh * self.a_source).sum(-1)
        target = (Wh[: A.num_rows] * self.a_target).sum(-1)
        return attention(A, source, target)

    def aggregate(
        self, A: Matrix, HW: Tensor, rng: DropRng | None = None, *, alpha: Tensor
    ) -> Tensor:
        """Sum of the projected rows with the weights `alpha`."""
        Wh, p = HW.view(-1, *self.a_source.shape), self.p_dropout
        out = weighted_sum(A, dropout(alpha, p, rng), dropout(Wh, p, rng))
        return (out.flatten(1) if self.join else out.mean(1)) + self.b


class GCNIILayer(nn.Module):
    r"""Graph convolution with an initial residual and an identity mapping.

    .. math:: H' = ((1 - \alpha) \hat{A} H + \alpha H_0) ((1 - \beta) I + \beta W)

    Parameters
    ----------
    width
        Features in and out.
    alpha
        Share of the first hidden rows.
    beta
        Share of the weights in what the sum is multiplied by.
    rng
        Draws the first weights.

    References
    ----------
    Chen M. et al. (2020) Simple and deep graph convolutional networks. ICML.
    arXiv:2007.02133
    """

    def __init__(self, width: int, *, alpha: float, beta: float, rng: Rng) -> None:
        super().__init__()
        self.alpha, self.beta = alpha, beta
        self.W = uniform(width, width, rng=rng)

    @property
    def mapping(self) -> Tensor:
        """``(1 - β) I + β W`` as one matrix, which saves a product."""
        identity = torch.eye(len(self.W), device=self.W.device)
        return (1 - self.beta) * identity + self.beta * self.W

    def forward(self, A: Matrix, H: Tensor, H_0: Tensor) -> Tensor:
        """Shape (rows of A, width); A is `adjacency.symmetric`."""
        return mixed(A, H, H_0, share=self.alpha) @ self.mapping


def are_narrow_inputs(H: Features, W: Tensor) -> TypeGuard[Tensor]:
    """Whether to sum dense features before they are projected: they have no gradient.

    Then nothing has to be scattered back, and rows are shorter.
    """
    is_input = isinstance(H, Tensor) and not H.requires_grad
    return is_input and W.shape[0] < W.shape[1] and W.shape[1] > WIDE


def glorot(n_in: int, n_out: int, *, rng: Rng) -> nn.Parameter:
    """Weights uniform within ±√(6 / (n_in + n_out))."""
    bound = np.sqrt(6 / (n_in + n_out))
    return _drawn(n_in, n_out, bound, rng)


def uniform(n_in: int, n_out: int, *, rng: Rng) -> nn.Parameter:
    """Weights uniform within ±1 / √n_in."""
    return _drawn(n_in, n_out, 1 / np.sqrt(n_in), rng)


def mostly_off(n_in: int, n_out: int, *, rng: Rng) -> nn.Parameter:
    """Normal weights of mean -1 / √n_out and standard deviation 1 / √n_out."""
    weights = (rng.normal(-1, 1, (n_in, n_out)) / np.sqrt(n_out)).astype(np.float32)
    return nn.Parameter(torch.from_numpy(weights))


def _drawn(n_in: int, n_out: int, bound: float, rng: Rng) -> nn.Parameter:
    weights = rng.uniform(-bound, bound, (n_in, n_out)).astype(np.float32)
    return nn.Parameter(torch.from_numpy(weights))
