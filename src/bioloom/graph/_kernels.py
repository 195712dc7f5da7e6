"""Sums over the stored entries of a sparse matrix, and their gradients.

A matrix is given by rows (CSR): the entries of row i are ``values[indptr[i] :
indptr[i + 1]]`` in the columns ``indices[...]``. Output arrays come zeroed and are added
to, so that the caller owns all memory.
"""

import math

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Ints = NDArray[np.integer]
Floats = NDArray[np.float32]


@kernel
def gather(indptr: Ints, indices: Ints, values: Floats, H: Floats, out: Floats) -> None:
    """``out += A H``: every row gathers the rows of H that it points to."""
    for i in range(indptr.size - 1):
        row = out[i]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = values[k], H[indices[k]]
            for c in range(row.size):
                row[c] += weight * source[c]


@kernel
def scatter(
    indptr: Ints, indices: Ints, values: Floats, G: Floats, out: Floats
) -> None:
    """``out += Aᵀ G``: every row hands its row of G back to where it pointed."""
    for i in range(indptr.size - 1):
        row = G[i]
        for k in range(indptr[i], indptr[i + 1]):
            weight, source = values[k], out[indices[k]]
            for c in range(row.size):
                source[c] += weight * row[c]


@kernel
def attend(
    indptr: Ints,
    indices: Ints,
    scores: tuple[Floats, Floats],
    slope: np.float32,
    alpha: Floats,
) -> None:
    """Attention coefficients of every entry and head.

    ``alpha_ij = softmax_j LeakyReLU(target_i + source_j)`` within each row i, with
    ``scores = (source, target)``, both (n, heads), and `alpha` (entries, heads).
    """
    source, target = scores
    for i in range(indptr.size - 1):
        begin, end = indptr[i], indptr[i + 1]
        for h in range(target.shape[1]):
            highest = -np.inf
            for k in range(begin, end):
                e = target[i, h] + source[indices[k], h]
                e = e if e > 0 else slope * e
                alpha[k, h] = e
                highest = max(highest, e)
            total = np.float32(0)
            for k in range(begin, end):
                alpha[k, h] = math.exp(alpha[k, h] - highest)
                total += alpha[k, h]
            for k in range(begin, end):
                alpha[k, h] /= total


@kernel
def attend_gradient(
    indptr: Ints,
    indices: Ints,
    scores: tuple[Floats, Floats],
    slope: np.float32,
    alpha: Floats,
    d_alpha: Floats,
    d_scores: tuple[Floats, Floats],
) -> None:
    """Gradient of `attend`.

    ``de_ij = alpha_ij (dalpha_ij - sum_k alpha_ik dalpha_ik)``, the slope of LeakyReLU
    before it, summed over i for the sources and over j for the targets.
    """
    source, target = scores
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
                    d_e *= slope
                d_source[indices[k], h] += d_e
                d_target[i, h] += d_e


@kernel
def gather_heads(
    indptr: Ints, indices: Ints, alpha: Floats, H: Floats, out: Floats
) -> None:
    """``out_ih += sum_j alpha_ijh H_jh``: `gather` for each head; H is (n, heads, f)."""
    for i in range(indptr.size - 1):
        for k in range(indptr[i], indptr[i + 1]):
            for h in range(H.shape[1]):
                weight, source, row = alpha[k, h], H[indices[k], h], out[i, h]
                for c in range(row.size):
                    row[c] += weight * source[c]


@kernel
def gather_heads_gradient(
    indptr: Ints,
    indices: Ints,
    alpha: Floats,
    H: Floats,
    G: Floats,
    gradients: tuple[Floats, Floats],
) -> None:
    """Gradient of `gather_heads`.

    ``dalpha_ijh += G_ih · H_jh`` and ``dH_jh += alpha_ijh G_ih``, with ``gradients =
    (dalpha, dH)``.
    """
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
