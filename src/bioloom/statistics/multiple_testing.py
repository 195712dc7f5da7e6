"""Corrections of p-values for the number of tests.

References
----------
Benjamini Y., Hochberg Y. (1995) J. R. Stat. Soc. B 57:289.
doi:10.1111/j.2517-6161.1995.tb02031.x
Holm S. (1979) Scandinavian Journal of Statistics 6:65.
"""

import numpy as np
from numpy.typing import NDArray

PValues = NDArray[np.float64]


def benjamini_hochberg(p: PValues) -> PValues:
    """False discovery rates (q-values) of p-values, in their order.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(q, 1.0)


def benjamini_hochberg_of_counts(p: PValues, n_tests: NDArray[np.int64]) -> PValues:
    """False discovery rates of p-values that many tests share.

    Parameters
    ----------
    p
        Different p-values, ascending.
    n_tests
        Tests that have each.

    Examples
    --------
    >>> p, n = np.array([0.01, 0.03, 0.04]), np.array([1, 2, 1])
    >>> benjamini_hochberg_of_counts(p, n).round(3).tolist()
    [0.04, 0.04, 0.04]
    >>> benjamini_hochberg(np.repeat(p, n)).round(3).tolist()
    [0.04, 0.04, 0.04, 0.04]
    """
    ranked = p * n_tests.sum() / np.cumsum(n_tests)
    return np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)


def holm(p: PValues) -> PValues:
    """Holm's corrected p-values, in their order.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(scaled))
    return adjusted
