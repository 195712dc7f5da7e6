"""Sums over the stored entries of a sparse matrix, and their gradients.

``A = (indptr, indices)`` holds a matrix by rows (CSR): the entries of row i are those
numbered ``indptr[i]`` to ``indptr[i + 1]``, in the columns ``indices[...]``. Results
are added to arrays of the caller.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Floats = NDArray[np.float32]


class Rows(NamedTuple):
    """Where the entries of a matrix are."""

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]


class Pair(NamedTuple):
    """Two arrays that belong together; each kernel says which."""

    first: Floats
    second: Floats


class Mixed(NamedTuple):
    """H and H_0, or their gradients, and the share of H_0."""

    H: Floats
    H_0: Floats
    share: np.float32


class Thinning(NamedTuple):
    """Entries whose draw is at least `least` remain, times `scale`."""

    least: int
    scale: np.float32


NEGATIVE_SLOPE = np.float32(0.2)  # of LeakyReLU, as in the paper of GAT


@kernel
def gather(A: Rows, values: Floats, H: Floats, out: Floats) -> None:
    """``out += A H``: every row gathers the rows of H that it points to."""
    indptr, indices = A
    for i in range(indptr.size - 1):
        row = out[i]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = values[k], H[indices[k]]
            for c in range(row.size):
                row[c] += weight * source[c]


@kernel
def scatter(A: Rows, values: Floats, G: Floats, out: Floats) -> None:
    """``out += Aᵀ G``: every row adds its row of G to the rows that it points to."""
    indptr, indices = A
    for i in range(indptr.size - 1):
        row = G[i]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = values[k], out[indices[k]]
            for c in range(row.size):
                source[c] += weight * row[c]


@kernel
def mix(A: Rows, values: Floats, inputs: Mixed, out: Floats) -> None:
    """``out = (1 - share) A H + share H_0``, with ``inputs = (H, H_0, share)``.

    H_0 may have more rows than A.
    """
    indptr, indices = A
    H, first, share = inputs
    for i in range(indptr.size - 1):
        row, initial = out[i], first[i]
        for c in range(row.size):
            row[c] = share * initial[c]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = (np.float32(1) - share) * values[k], H[indices[k]]
            for c in range(row.size):
                row[c] += weight * source[c]


@kernel
def mix_gradient(A: Rows, values: Floats, G: Floats, gradients: Mixed) -> None:
    """Gradient of `mix`, with ``gradients = (d_H, d_H_0, share)``.

    ``d_H += (1 - share) Aᵀ G`` and ``d_H_0 += share G``.
    """
    indptr, indices = A
    d_H, d_first, share = gradients
    for i in range(indptr.size - 1):
        row, d_initial = G[i], d_first[i]
        for c in range(row.size):
            d_initial[c] += share * row[c]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = (np.float32(1) - share) * values[k], d_H[indices[k]]
            for c in range(row.size):
                source[c] += weight * row[c]


@kernel
def thin(
    draws: NDArray[np.unsignedinteger], thinning: Thinning, H: Floats, out: Floats
) -> None:
    """``out = scale H`` where the draw is at least `least`, else 0; all flat."""
    least, scale = thinning
    for k in range(H.size):
        out[k] = scale * H[k] if draws[k] >= least else np.float32(0)


@kernel
def attend(A: Rows, scores: Pair, alpha: Floats) -> None:
    """Attention coefficients of every entry and head.

    ``alpha_ij = softmax_j LeakyReLU(target_i + source_j)`` within each row i, with
    ``scores = (source, target)``, both (n, heads), and `alpha` (entries, heads).
    """
    indptr, indices = A
    source, target = scores
    for i in range(indptr.size - 1):
        begin, end = indptr[i], indptr[i + 1]
        for h in range(target.shape[1]):
            highest = -np.float32(np.inf)
            for k in range(begin, end):
                e = target[i, h] + source[indices[k], h]
                alpha[k, h] = e if e > 0 else NEGATIVE_SLOPE * e
                highest = max(highest, alpha[k, h])
            total = np.float32(0)
            for k in range(begin, end):
                alpha[k, h] = math.exp(alpha[k, h] - highest)
                total += alpha[k, h]
            for k in range(begin, end):
                alpha[k, h] /= total


@kernel
def attend_gradient(A: Rows, scores: Pair, alphas: Pair, d_scores: Pair) -> None:
    """Gradient of `attend`, with ``alphas = (alpha, d_alpha)``.

    ``d_e_ij = alpha_ij (d_alpha_ij - sum_k alpha_ik d_alpha_ik)``, times the slope of
    LeakyReLU, summed over i for the sources and over j for the targets.
    """
    indptr, indices = A
    source, target = scores
    alpha, d_alpha = alphas
    d_source, d_target = d_scores
    for i in range(indptr.size - 1):
        begin, end = indptr[i], indptr[i + 1]
        for h in range(target.shape[1]):
            mean = np.float32(0)
            for k in range(begin, end):
                mean += alpha[k, h] * d_alpha[k, h]
            for k in range(begin, end):
                d_e = alpha[k, h] * (d_alpha[k, h] - mean)
                if target[i, h] + source[indices[k], h] < 0:
                    d_e *= NEGATIVE_SLOPE
                d_source[indices[k], h] += d_e
                d_target[i, h] += d_e


@kernel
def gather_heads(A: Rows, alpha: Floats, H: Floats, out: Floats) -> None:
    """``out_ih += sum_j alpha_ijh H_jh``: `gather` by head; H is (n, heads, f)."""
    indptr, indices = A
    for i in range(indptr.size - 1):
        for k in range(indptr[i], indptr[i + 1]):
            for h in range(H.shape[1]):
                weight, source, row = alpha[k, h], H[indices[k], h], out[i, h]
                for c in range(row.size):
                    row[c] += weight * source[c]


@kernel
def gather_heads_gradient(A: Rows, inputs: Pair, G: Floats, gradients: Pair) -> None:
    """Gradient of `gather_heads`, with ``inputs = (alpha, H)``.

    ``d_alpha_ijh += G_ih · H_jh`` and ``d_H_jh += alpha_ijh G_ih``, with ``gradients =
    (d_alpha, d_H)``.
    """
    indptr, indices = A
    alpha, H = inputs
    d_alpha, d_H = gradients
    for i in range(indptr.size - 1):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            for h in range(H.shape[1]):
                weight, row, source, out = alpha[k, h], G[i, h], H[j, h], d_H[j, h]
                product = np.float32(0)
                for c in range(row.size):
                    product += row[c] * source[c]
                    out[c] += weight * row[c]
                d_alpha[k, h] += product
