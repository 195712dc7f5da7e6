"""The least sample whose exact hypergeometric tail keeps a promise.

A tail of neighbouring sample sizes or numbers of mistakes differs by one or two terms,
so that all of them are sums over one row of terms. These sums sort out; what decides is
added up exactly (`hypergeometric_tail`).
"""

import numpy as np

from bioloom.bounds.tails import (
    Chances,
    Counts,
    allowed_count,
    hypergeometric_tail,
    log_factorials,
    pmf,
    upper_tail,
    worst_tail,
)
from bioloom.run.progress import OnStep, silent

_SCREEN_SLACK = 1e-3  # relative error of the sums along a row, with room to spare
_WIDTHS = (1, 20)  # numbers of mistakes around one half that are tried first
_BLOCK = 256
MOST_TESTED = 20_000
"""Sample sizes that are tested one by one, before the search is given up."""


def exact_size(
    *,
    population: int,
    epsilon: float,
    allowed: float,
    most: int,
    on_step: OnStep = silent,
) -> int | None:
    """Least sample size whose worst exact tail is at most `allowed`.

    Parameters
    ----------
    population
        Number of all data.
    epsilon
        Largest gap that is allowed.
    allowed
        Chance of a larger one.
    most
        A size that is known to be enough.
    on_step
        Called with sizes that were tested.

    Returns
    -------
    None if the search was given up.

    Notes
    -----
    The worst number of mistakes is taken. Shares in a sample come in steps of 1/n, so
    the chance does not fall evenly: a somewhat larger sample may fail by a hair where
    this one does not. Every size below `most` is screened with one half of mistakes,
    which is nearly always the worst, in time O(population); those that pass are tested
    from the least on with all numbers of mistakes.
    """
    tails = half_tails(most, population=population, epsilon=epsilon)
    sizes = np.flatnonzero(tails <= allowed * (1 + _SCREEN_SLACK)) + 1
    tested = sizes[:MOST_TESTED]
    for begin in range(0, len(tested), _BLOCK):
        on_step("sample sizes", begin, len(tested))
        block = tested[begin : begin + _BLOCK]
        for n in _promising(block, population, epsilon, allowed).tolist():
            if n == most:
                return most
            if worst_tail(n, population=population, epsilon=epsilon) <= allowed:
                return int(n)
    return None if len(sizes) > MOST_TESTED else most


def _promising(
    sizes: Counts, population: int, epsilon: float, allowed: float
) -> Counts:
    """Sizes that pass with numbers of mistakes around one half."""
    for width in _WIDTHS:
        near = np.clip(population // 2 + np.arange(-width, width + 1), 0, population)
        tails = hypergeometric_tail(
            near[:, None], sizes, population=population, epsilon=epsilon
        )
        sizes = sizes[tails.max(axis=0) <= allowed]
        if not len(sizes):
            break
    return sizes


def half_tails(most: int, *, population: int, epsilon: float) -> Chances:
    """Tail at one half of mistakes of every size from 1 to `most`, to about 1e-6.

    Notes
    -----
    One more draw, with the same threshold k, adds the chance that those before had
    k - 1 and this one is a mistake; a threshold that is one higher takes away the
    chance of k. The sums start at `most`, where the tail is least.
    """
    half = population // 2
    above = _upper_tails(half, most, population, epsilon)
    if population % 2 == 0:
        return 2 * above
    return above + _upper_tails(population - half, most, population, epsilon)


def _upper_tails(total: int, most: int, population: int, epsilon: float) -> Chances:
    """Chance of more than the allowed number of mistakes, for sizes 1 to most."""
    n = np.arange(1, most + 1)
    logs = log_factorials(population)
    beyond = (total * n + allowed_count(n, population, epsilon)) // population + 1
    last = float(upper_tail(total, most, population=population, epsilon=epsilon))
    first, threshold = n[:-1], beyond[:-1]
    is_one_less = pmf(threshold - 1, total, first, population=population, logs=logs)
    gained = is_one_less * (total - threshold + 1) / (population - first)
    is_higher = beyond[1:] > threshold
    lost = np.where(
        is_higher, pmf(threshold, total, n[1:], population=population, logs=logs), 0.0
    )
    tails = np.empty(most)
    tails[-1] = last
    tails[:-1] = last + np.cumsum((lost - gained)[::-1])[::-1]
    return tails
