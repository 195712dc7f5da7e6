"""Sparse matrices on a device: the same equations by torch's own operations.

On a graphics card, and on the CPU in tests. Products run on torch's CSR matrices, on
Apple's cards, which have none, by gathering and adding rows.
"""

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from bioloom.graph.models._kernels import NEGATIVE_SLOPE


@dataclass(frozen=True, slots=True)
class DeviceSparse:
    """A constant sparse matrix by rows, on a device.

    Parameters
    ----------
    indptr
        Where each row begins, shape (num_rows + 1,).
    indices, rows
        Column and row of each entry.
    values
        float32.
    num_columns
        Number of columns.
    """

    indptr: Tensor
    indices: Tensor
    rows: Tensor
    values: Tensor
    num_columns: int
    _order: list[Tensor] = field(default_factory=list, compare=False, repr=False)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @property
    def transposed(self) -> "DeviceSparse":
        """Its transpose by rows; where its entries go is found out once."""
        if not self._order:
            self._order.append(self.indices.argsort(stable=True))
        (order,) = self._order
        counts = torch.bincount(self.indices, minlength=self.num_columns)
        indptr = functional.pad(counts.cumsum(0), (1, 0))
        return DeviceSparse(
            indptr,
            self.rows[order],
            self.indices[order],
            self.values[order],
            self.num_rows,
        )

    def __matmul__(self, H: Tensor) -> Tensor:
        """``A H``, shape (num_rows, H.shape[1])."""
        out: Tensor = _Product.apply(H, self)
        return out

    def times(self, H: Tensor) -> Tensor:
        """``A H`` without a gradient."""
        if H.device.type == "mps":
            return self.gathered(self.values[:, None] * H[self.indices])
        with warnings.catch_warnings():  # "in beta state"
            warnings.simplefilter("ignore", UserWarning)
            shape = (self.num_rows, self.num_columns)
            matrix = torch.sparse_csr_tensor(
                self.indptr, self.indices, self.values, shape, check_invariants=False
            )
            out: Tensor = matrix @ H
        return out

    def gathered(self, messages: Tensor) -> Tensor:
        """Sum of the entries' messages in each row."""
        out = messages.new_zeros(self.num_rows, *messages.shape[1:])
        return out.index_add_(0, self.rows, messages)

    def dropout(self, p: float, rng: torch.Generator) -> "DeviceSparse":
        """The matrix with each entry 0 with probability `p`, else divided by 1 - p."""
        factors = dropout_factors(tuple(self.values.shape), p, rng)
        return replace(self, values=self.values * factors)

    def drop_rows(self, p: float, rng: torch.Generator) -> "DeviceSparse":
        """The matrix with each row 0 with probability `p`, else divided by 1 - p."""
        factors = dropout_factors((self.num_rows,), p, rng)
        return replace(self, values=self.values * factors[self.rows])

    def attention(self, source: Tensor, target: Tensor) -> Tensor:
        """As `bioloom.graph.models.sparse.attention`."""
        e = target[self.rows] + source[self.indices]
        e = functional.leaky_relu(e, float(NEGATIVE_SLOPE))
        place = self.rows[:, None].expand_as(e)
        highest = e.new_full((self.num_rows, e.shape[1]), -torch.inf)
        highest = highest.scatter_reduce(0, place, e.detach(), "amax")
        powers = (e - highest[self.rows]).exp()
        return powers / self.gathered(powers)[self.rows]

    def weighted_sum(self, alpha: Tensor, H: Tensor) -> Tensor:
        """As `bioloom.graph.models.sparse.weighted_sum`."""
        return self.gathered(alpha[:, :, None] * H[self.indices])

    def mixed(self, H: Tensor, H_0: Tensor, *, share: float) -> Tensor:
        """As `bioloom.graph.models.sparse.mixed`."""
        return (1 - share) * (self @ H) + share * H_0[: self.num_rows]


class _Product(torch.autograd.Function):
    """``A H`` with the gradient ``Aᵀ G`` for H."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, A: DeviceSparse) -> Tensor:
        ctx.A = A
        return A.times(H)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (G,) = grads
        return ctx.A.transposed.times(G), None


def dropout_factors(shape: tuple[int, ...], p: float, rng: torch.Generator) -> Tensor:
    """0 with probability `p`, else 1 / (1 - p), drawn on the generator's device."""
    is_on = torch.rand(shape, generator=rng, device=rng.device) >= p
    return is_on / (1 - p)
