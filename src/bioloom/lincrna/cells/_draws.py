"""Kernels that draw droplets from an ambient profile, UMI by UMI."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

TOLERANCE = 1e-9
"""Sums of the same logarithms in another order differ by less."""


class Alias(NamedTuple):
    """A table to draw a gene in constant time: keep it or take its alias."""

    keep: Floats
    alias: Numbers


@kernel
def alias_table(share: Floats) -> Alias:
    """Table of Walker's alias method; `share` sums to 1.

    References
    ----------
    Vose M. D. (1991) IEEE Trans. Softw. Eng. 17:972. doi:10.1109/32.92917
    """
    n = len(share)
    keep, alias = share * n, np.arange(n)
    small, large = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    n_small = n_large = 0
    for gene in range(n):
        if keep[gene] < 1.0:
            small[n_small] = gene
            n_small += 1
        else:
            large[n_large] = gene
            n_large += 1
    while n_small > 0 and n_large > 0:
        n_small -= 1
        poor, rich = small[n_small], large[n_large - 1]
        alias[poor] = rich
        keep[rich] -= 1.0 - keep[poor]
        if keep[rich] < 1.0:
            n_large -= 1
            small[n_small] = rich
            n_small += 1
    for i in range(n_large):
        keep[large[i]] = 1.0
    for i in range(n_small):  # rounding left these below 1
        keep[small[i]] = 1.0
    return Alias(keep, alias)


@kernel
def log_likelihoods(
    indptr: Numbers, genes: Numbers, counts: Numbers, log_share: Floats
) -> Floats:
    """Multinomial log-likelihood of each row, without what only its total decides."""
    out = np.zeros(len(indptr) - 1)
    for row in range(len(out)):
        for entry in range(indptr[row], indptr[row + 1]):
            for before in range(counts[entry]):
                out[row] += log_share[genes[entry]] - np.log(before + 1.0)
    return out


@kernel
def _add_hit(
    hits: Numbers, observed: Floats, value: float, low: int, high: int
) -> None:
    """Count a value at the first in ``observed[low:high]``, ascending, not below it."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if observed[middle] < value - TOLERANCE:
            low = middle + 1
        else:
            high = middle
    if low < end:
        hits[low] += 1


@kernel
def likenesses(
    indptr: Numbers, genes: Numbers, counts: Numbers, weights: Floats
) -> Floats:
    """Largest sum of weights of each row's UMIs, over the columns of `weights`."""
    out = np.zeros(len(indptr) - 1)
    for row in range(len(out)):
        sums = np.zeros(weights.shape[1])
        for entry in range(indptr[row], indptr[row + 1]):
            for column in range(len(sums)):
                sums[column] += counts[entry] * weights[genes[entry], column]
        out[row] = sums.max()
    return out


@kernel
def _drawn_gene(
    table: Alias, before: Numbers, alpha: float, rng: np.random.Generator
) -> int:
    """Gene of the next UMI: by the profile, or one drawn before, once more."""
    if rng.random() * (1.0 + len(before) / alpha) >= 1.0:
        return int(before[int(rng.random() * len(before))])
    gene = int(rng.random() * len(table.keep))
    return gene if rng.random() < table.keep[gene] else int(table.alias[gene])


@kernel
def n_as_extreme(
    table: Alias,
    log_share: Floats,
    weights: Floats,
    alpha: float,
    first: Numbers,
    observed: Floats,
    n_draws: int,
    rng: np.random.Generator,
) -> Numbers:
    """How many drawn droplets are as extreme as each one observed, or more so.

    One walk serves all totals: after its n-th UMI it is a droplet of n UMIs. UMIs come
    from Pólya's urn, whose counts follow the Dirichlet-multinomial distribution.

    Parameters
    ----------
    table
        Draws genes by the ambient profile.
    log_share
        Logarithm of each gene's share, by which likelihoods are computed.
    weights
        By gene and group of cells, for the likeness.
    alpha
        Concentration of the profile; infinite for the multinomial distribution.
    first
        Where the droplets of each total begin in `observed`, shape (most UMIs + 2,).
    observed
        Likelihoods, and likenesses times -1, each ascending within each total, shape
        (2, droplets).

    Returns
    -------
    Shape (2, droplets), in the orders of `observed`.
    """
    n_most = len(first) - 2
    log_count = np.log(np.arange(1, n_most + 2).astype(np.float64))
    in_droplet = np.zeros(len(log_share), dtype=np.int64)
    drawn = np.empty(n_most, dtype=np.int64)
    sums = np.empty(weights.shape[1])
    hits = np.zeros((2, observed.shape[1]), dtype=np.int64)
    for _ in range(n_draws):
        likelihood = 0.0
        sums[:] = 0.0
        for n in range(n_most):
            gene = _drawn_gene(table, drawn[:n], alpha, rng)
            drawn[n] = gene
            likelihood += log_share[gene] - log_count[in_droplet[gene]]
            in_droplet[gene] += 1
            sums += weights[gene]
            low, high = first[n + 1], first[n + 2]
            if low < high:
                _add_hit(hits[0], observed[0], likelihood, low, high)
                _add_hit(hits[1], observed[1], -sums.max(), low, high)
        for n in range(n_most):
            in_droplet[drawn[n]] = 0
    for total in range(len(first) - 1):
        for place in range(first[total] + 1, first[total + 1]):
            hits[:, place] += hits[:, place - 1]
    return hits
