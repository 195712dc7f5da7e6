"""Constant sparse matrices that multiply torch tensors: ``A @ H``.

Only the dense side has a gradient. With the thin matrices of graph networks, on one
core, these sums are several times faster than torch's sparse products and than
gathering and scattering messages.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from bioloom.graph.models import _kernels, threads
from bioloom.graph.models.device import DeviceSparse, dropout_factors

Rng = np.random.Generator
DropRng = Rng | torch.Generator
"""Draws dropout: on the CPU numpy's generator, on another device torch's there."""
DENSE_FROM = 0.25
"""Share of stored entries from which features are multiplied as a dense matrix."""
WIDE = 64
"""Rows longer than this are `thinned`, with fewer random bits per entry."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """A constant sparse matrix by rows.

    Parameters
    ----------
    indptr
        Where each row begins, shape (num_rows + 1,).
    indices
        Column of each entry. Repeated entries all count.
    values
        float32.
    num_columns
        Number of columns.
    """

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]
    values: NDArray[np.float32]
    num_columns: int
    _transposed: list["Sparse"] = field(
        default_factory=list, init=False, compare=False, repr=False
    )

    @classmethod
    def of(cls, matrix: csr_array) -> "Sparse":
        """The same matrix."""
        values = np.ascontiguousarray(matrix.data, dtype=np.float32)
        indptr, indices = (
            part.astype(np.int32, copy=False) if matrix.nnz < 2**31 else part
            for part in (matrix.indptr, matrix.indices)
        )
        return cls(indptr, indices, values, matrix.shape[1])

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @property
    def rows(self) -> _kernels.Rows:
        """Where the entries are, for the kernels."""
        return _kernels.Rows(self.indptr, self.indices)

    @property
    def transposed(self) -> "Sparse":
        """Its transpose by rows, made once; entries of a row are ordered by column."""
        if not self._transposed:
            parts = (self.values, self.indices, self.indptr)
            shape = (self.num_rows, self.num_columns)
            flipped = csr_array(csr_array(parts, shape=shape).tocsc().T)
            self._transposed.append(Sparse.of(flipped))
        return self._transposed[0]

    def __matmul__(self, H: Tensor) -> Tensor:
        """``A H``, shape (num_rows, H.shape[1])."""
        out: Tensor = _Product.apply(H, self)
        return out

    def on(self, device: torch.device) -> DeviceSparse:
        """The same matrix on a device."""
        indptr, indices = (
            torch.from_numpy(part).to(device, torch.int64)
            for part in (self.indptr, self.indices)
        )
        numbers = torch.arange(self.num_rows, device=device)
        rows = numbers.repeat_interleave(indptr.diff())
        values = torch.from_numpy(self.values).to(device)
        return DeviceSparse(indptr, indices, rows, values, self.num_columns)

    def dropout(self, p: float, rng: Rng | None) -> "Sparse":
        """The matrix with each entry 0 with probability `p`, else divided by 1 - p.

        Entries that are 0 remain 0, so they need not be stored. Without `rng`, the
        matrix itself.
        """
        if rng is None or p == 0:
            return self
        factors = _dropout_factors(self.values.shape, p, rng)
        return replace(self, values=self.values * factors)

    def drop_rows(self, p: float, rng: Rng) -> "Sparse":
        """The matrix with each row 0 with probability `p`, else divided by 1 - p."""
        factors = _dropout_factors((self.num_rows,), p, rng)
        repeated = factors.repeat(np.diff(self.indptr))
        return replace(self, values=self.values * repeated)


Matrix = Sparse | DeviceSparse
Features = Sparse | DeviceSparse | Tensor


def features_of(
    x: csr_array, nodes: NDArray[np.int64] | None = None
) -> Sparse | Tensor:
    """Features of some nodes, or of all, in the form that is multiplied fastest.

    Parameters
    ----------
    x
        Features of all nodes.
    nodes
        Their numbers; None takes all.

    Returns
    -------
    A dense tensor where at least `DENSE_FROM` of all entries of `x` are stored, since
    a dense product with dropout is faster from there; else the sparse matrix.
    """
    rows = x if nodes is None else x[nodes]
    if is_dense(x):
        return torch.from_numpy(np.asarray(rows.toarray(), dtype=np.float32))
    return Sparse.of(rows)


def is_dense(x: csr_array) -> bool:
    """Whether so many entries are stored that dense products are faster."""
    return bool(x.nnz >= DENSE_FROM * x.shape[0] * x.shape[1])


def rows_dropped(H: Features, p: float, rng: DropRng) -> Features:
    """Each row 0 with probability `p`, else divided by 1 - p."""
    if isinstance(H, Sparse):
        return H.drop_rows(p, cast(Rng, rng))
    if isinstance(H, DeviceSparse):
        return H.drop_rows(p, cast(torch.Generator, rng))
    return H * _factors((len(H), 1), p, rng)


def dropout(H: Tensor, p: float, rng: DropRng | None) -> Tensor:
    """Each entry 0 with probability `p`, else divided by 1 - p; H without `rng`."""
    if rng is None or p == 0:
        return H
    return H * _factors(tuple(H.shape), p, rng)


def _factors(shape: tuple[int, ...], p: float, rng: DropRng) -> Tensor:
    if isinstance(rng, torch.Generator):
        return dropout_factors(shape, p, rng)
    return torch.from_numpy(_dropout_factors(shape, p, rng))


def _dropout_factors(shape: tuple[int, ...], p: float, rng: Rng) -> NDArray[np.float32]:
    """0 with probability `p`, else 1 / (1 - p)."""
    is_on = rng.random(shape, dtype=np.float32) >= p
    return is_on * np.float32(1 / (1 - p))


def thinned(H: Tensor, p: float, rng: DropRng | None) -> Tensor:
    """As `dropout`, with 16 random bits per entry: for layers that mostly draw.

    `p` is rounded to a multiple of 1/65,536; the mean is preserved. 8 bits per entry
    are drawn where they give `p` exactly, as for 0.5.
    """
    if rng is None or p == 0:
        return H
    if isinstance(rng, torch.Generator):
        return dropout(H, p, rng)
    out: Tensor = _Thinned.apply(H, p, rng)
    return out


def dropped(H: Features, p: float, rng: DropRng | None) -> Features:
    """Inputs of a layer after dropout: by the cheapest draws that their shape allows.

    Of a sparse matrix only the entries are drawn; wide rows are `thinned`.
    """
    if rng is None or p == 0:
        return H
    if isinstance(H, Sparse):
        return H.dropout(p, cast(Rng, rng))
    if isinstance(H, DeviceSparse):
        return H.dropout(p, cast(torch.Generator, rng))
    return (thinned if H.shape[1] > WIDE else dropout)(H, p, rng)


def mixed(A: Matrix, H: Tensor, H_0: Tensor, *, share: float) -> Tensor:
    """``(1 - share) A H + share H_0`` in one pass, shape (num_rows, H.shape[1]).

    Parameters
    ----------
    A
        The matrix.
    H
        Shape (num_columns, features).
    H_0
        Its first rows are those of A.
    share
        Of H_0.
    """
    if isinstance(A, DeviceSparse):
        return A.mixed(H, H_0, share=share)
    out: Tensor = _Mixed.apply(H, H_0, _Mixing(A, np.float32(share)))
    return out


def attention(A: Matrix, source: Tensor, target: Tensor) -> Tensor:
    r"""Attention coefficients over the entries of A.

    .. math:: \alpha_{ij} = \mathrm{softmax}_{j} \,
        \mathrm{LeakyReLU}(\mathrm{target}_i + \mathrm{source}_j)

    Parameters
    ----------
    A
        Places of the entries; their values are not used.
    source, target
        Scores of the columns, shape (num_columns, heads), and of the rows, shape
        (num_rows, heads).

    Returns
    -------
    Shape (number of entries, heads).
    """
    if isinstance(A, DeviceSparse):
        return A.attention(source, target)
    alpha: Tensor = _Attention.apply(source, target, A)
    return alpha


def weighted_sum(A: Matrix, alpha: Tensor, H: Tensor) -> Tensor:
    r"""Rows of H summed with the weights of A's entries, head by head.

    .. math:: out_{ih} = \sum_j \alpha_{ijh} H_{jh}

    Parameters
    ----------
    A
        Places of the entries; their values are not used.
    alpha
        Weight of each entry, shape (number of entries, heads).
    H
        Shape (num_columns, heads, features).

    Returns
    -------
    Shape (num_rows, heads, features).
    """
    if isinstance(A, DeviceSparse):
        return A.weighted_sum(alpha, H)
    out: Tensor = _WeightedSum.apply(alpha, H, A)
    return out


class _Product(torch.autograd.Function):
    """``A H`` with the gradient ``Aᵀ G`` for H."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, A: Sparse) -> Tensor:
        ctx.A, ctx.n = A, len(H)
        out = H.new_zeros(A.num_rows, H.shape[1])
        threads.gather(A.rows, A.values, _array(H), out.numpy())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (G,) = grads
        A: Sparse = ctx.A
        out = G.new_zeros(ctx.n, G.shape[1])
        if threads.n_threads(len(A.values) * G.shape[1]) > 1:
            B = A.transposed
            threads.gather(B.rows, B.values, _array(G), out.numpy())
        else:
            _kernels.scatter(A.rows, A.values, _array(G), out.numpy())
        return out, None


class _Mixing(NamedTuple):
    A: Sparse
    share: np.float32


class _Mixed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, H: Tensor, H_0: Tensor, mixing: _Mixing) -> Tensor:
        ctx.mixing, ctx.shapes = mixing, (H.shape, H_0.shape)
        A, share = mixing
        out = H.new_empty(A.num_rows, H.shape[1])
        inputs = _kernels.Mixed(_array(H), _array(H_0), share)
        _kernels.mix(A.rows, A.values, inputs, out.numpy())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        A, share = ctx.mixing
        (G,) = grads
        d_H, d_H_0 = (G.new_zeros(shape) for shape in ctx.shapes)
        gradients = _kernels.Mixed(d_H.numpy(), d_H_0.numpy(), share)
        _kernels.mix_gradient(A.rows, A.values, _array(G), gradients)
        return d_H, d_H_0, None


class _Thinned(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, H: Tensor, p: float, rng: Rng) -> Tensor:
        n_bits = 8 if p * 2**8 == round(p * 2**8) else 16
        least = min(round(p * 2**n_bits), 2**n_bits - 1)
        n_words = -(-H.numel() * n_bits // 64)
        words = rng.integers(2**64, size=n_words, dtype=np.uint64)
        scale = np.float32(2**n_bits / (2**n_bits - least))
        ctx.draws = words.view(np.uint8 if n_bits == 8 else np.uint16)
        ctx.thinning = _kernels.Thinning(least, scale)
        return _thin(H, ctx)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _thin(grads[0], ctx), None, None


def _thin(H: Tensor, ctx: Any) -> Tensor:
    out = H.new_empty(H.shape)
    threads.thin(ctx.draws, ctx.thinning, _array(H).ravel(), out.numpy().ravel())
    return out


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, source: Tensor, target: Tensor, A: Sparse) -> Tensor:
        alpha = source.new_empty(len(A.indices), source.shape[1])
        ctx.A = A
        ctx.save_for_backward(source, target, alpha)
        scores = _kernels.Pair(_array(source), _array(target))
        threads.attend(A.rows, scores, alpha.numpy())
        return alpha

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        source, target, alpha = ctx.saved_tensors
        d_source, d_target = torch.zeros_like(source), torch.zeros_like(target)
        _kernels.attend_gradient(
            ctx.A.rows,
            _kernels.Pair(_array(source), _array(target)),
            _kernels.Pair(_array(alpha), _array(grads[0])),
            _kernels.Pair(d_source.numpy(), d_target.numpy()),
        )
        return d_source, d_target, None


class _WeightedSum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, alpha: Tensor, H: Tensor, A: Sparse) -> Tensor:
        ctx.A = A
        ctx.save_for_backward(alpha, H)
        out = H.new_zeros(A.num_rows, *H.shape[1:])
        threads.gather_heads(A.rows, _array(alpha), _array(H), out.numpy())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        alpha, H = ctx.saved_tensors
        d_alpha, d_H = torch.zeros_like(alpha), torch.zeros_like(H)
        _kernels.gather_heads_gradient(
            ctx.A.rows,
            _kernels.Pair(_array(alpha), _array(H)),
            _array(grads[0]),
            _kernels.Pair(d_alpha.numpy(), d_H.numpy()),
        )
        return d_alpha, d_H, None


def _array(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's memory, in rows."""
    array: NDArray[np.float32] = tensor.detach().contiguous().numpy()
    return array
