"""Constant sparse matrices that multiply torch tensors: ``A @ H``.

Only the dense side has a gradient. On a processor's few cores and with the thin matrices
of graph networks, these sums are several times faster than torch's sparse products and
than gathering and scattering messages.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from bioloom.graph import _kernels

Rng = np.random.Generator


@dataclass(frozen=True)
class Sparse:
    """A constant sparse matrix by rows.

    Parameters
    ----------
    indptr
        Where each row begins, shape (num_rows + 1,).
    indices
        Column of each entry. An entry may be there twice: both count.
    values
        float32.
    num_columns
        How many columns there are.
    """

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]
    values: NDArray[np.float32]
    num_columns: int

    @classmethod
    def of(cls, matrix: csr_array) -> "Sparse":
        """The same matrix."""
        values = np.ascontiguousarray(matrix.data, dtype=np.float32)
        indptr, indices = (
            part.astype(np.int32) if matrix.nnz < 2**31 else part
            for part in (matrix.indptr, matrix.indices)
        )
        return cls(indptr, indices, values, matrix.shape[1])

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self.indptr) - 1

    @cached_property
    def matrix(self) -> csr_array:
        """The same matrix as scipy knows it."""
        shape = (self.num_rows, self.num_columns)
        return csr_array((self.values, self.indices, self.indptr), shape=shape)

    def __matmul__(self, H: Tensor) -> Tensor:
        """``A H``, shape (num_rows, H.shape[1])."""
        return _Product.apply(H, self)  # type: ignore[no-untyped-call,no-any-return]

    def dropout(self, p: float, rng: Rng | None) -> "Sparse":
        """The matrix with each entry 0 with probability `p`, else divided by 1 - p.

        Entries that are 0 stay 0, so nothing is lost by leaving them out. Without `rng`
        the matrix itself.
        """
        if rng is None or p == 0:
            return self
        return replace(self, values=self.values * _kept(self.values.shape, p, rng))


def dropout(H: Tensor, p: float, rng: Rng | None) -> Tensor:
    """Each entry 0 with probability `p`, else divided by 1 - p; H without `rng`."""
    if rng is None or p == 0:
        return H
    return H * torch.from_numpy(_kept(tuple(H.shape), p, rng))


def _kept(shape: tuple[int, ...], p: float, rng: Rng) -> NDArray[np.float32]:
    kept = rng.random(shape, dtype=np.float32) >= p
    return kept * np.float32(1 / (1 - p))


class _Product(torch.autograd.Function):
    """``A H`` with the gradient ``Aᵀ G`` for H."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, A: Sparse) -> Tensor:
        ctx.A, ctx.n = A, len(H)
        out = H.new_zeros(A.num_rows, H.shape[1])
        _kernels.gather(A.indptr, A.indices, A.values, _array(H), out.numpy())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        A, (G,) = ctx.A, grads
        out = G.new_zeros(ctx.n, G.shape[1])
        _kernels.scatter(A.indptr, A.indices, A.values, _array(G), out.numpy())
        return out, None


def attention(
    A: Sparse, scores: tuple[Tensor, Tensor], *, negative_slope: float
) -> Tensor:
    r"""Attention coefficients over the entries of A.

    .. math:: \alpha_{ij} = \mathrm{softmax}_{j} \,
        \mathrm{LeakyReLU}(t_i + s_j)

    Parameters
    ----------
    A
        Where entries are; their values do not count.
    scores
        s of the columns, shape (num_columns, heads), and t of the rows, shape
        (num_rows, heads).
    negative_slope
        Of LeakyReLU.

    Returns
    -------
    Shape (number of entries, heads).
    """
    return _Attention.apply(*scores, A, negative_slope)  # type: ignore[no-untyped-call,no-any-return]


def weighted_sum(A: Sparse, alpha: Tensor, H: Tensor) -> Tensor:
    r"""Rows of H summed with the weights of A's entries, head by head.

    .. math:: out_{ih} = \sum_j \alpha_{ijh} H_{jh}

    Parameters
    ----------
    A
        Where entries are; their values do not count.
    alpha
        Weight of each entry, shape (number of entries, heads).
    H
        Shape (num_columns, heads, features).

    Returns
    -------
    Shape (num_rows, heads, features).
    """
    return _WeightedSum.apply(alpha, H, A)  # type: ignore[no-untyped-call,no-any-return]


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, source: Tensor, target: Tensor, A: Sparse, slope: float) -> Tensor:
        alpha = source.new_empty(len(A.indices), source.shape[1])
        ctx.A, ctx.slope = A, np.float32(slope)
        ctx.save_for_backward(source, target, alpha)
        scores = (_array(source), _array(target))
        _kernels.attend(A.indptr, A.indices, scores, ctx.slope, alpha.numpy())
        return alpha

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        source, target, alpha = ctx.saved_tensors
        d_source, d_target = torch.zeros_like(source), torch.zeros_like(target)
        _kernels.attend_gradient(
            ctx.A.indptr,
            ctx.A.indices,
            (_array(source), _array(target)),
            ctx.slope,
            alpha.numpy(),
            _array(grads[0]),
            (d_source.numpy(), d_target.numpy()),
        )
        return d_source, d_target, None, None


class _WeightedSum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, alpha: Tensor, H: Tensor, A: Sparse) -> Tensor:
        ctx.A = A
        ctx.save_for_backward(alpha, H)
        out = H.new_zeros(A.num_rows, *H.shape[1:])
        parts = (_array(alpha), _array(H), out.numpy())
        _kernels.gather_heads(A.indptr, A.indices, *parts)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:
        alpha, H = ctx.saved_tensors
        d_alpha, d_H = torch.zeros_like(alpha), torch.zeros_like(H)
        _kernels.gather_heads_gradient(
            ctx.A.indptr,
            ctx.A.indices,
            _array(alpha),
            _array(H),
            _array(grads[0]),
            (d_alpha.numpy(), d_H.numpy()),
        )
        return d_alpha, d_H, None


def _array(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's memory, in rows."""
    return tensor.detach().contiguous().numpy()
