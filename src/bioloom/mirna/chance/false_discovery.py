r"""False discovery rates over all pairs of a miRNA and a target that were tested.

A search tests m pairs: every miRNA on every target. The table shows only some of their
sites, those that pass the filters. The false discovery rate of accepting all pairs with
a site of p-value x or better is

    q(x) = min over t >= x of  m t / #{pairs whose best site has p <= t},   at most 1,

which is Benjamini and Hochberg's with the pairs that are not shown counted as p = 1. So
a filter can only raise q, never lower it. A further site of a pair takes the rate at
its own p-value.

References
----------
Benjamini Y., Hochberg Y. (1995) J R Stat Soc B 57:289.
doi:10.1111/j.2517-6161.1995.tb02031.x
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def false_discovery_rates(
    p: Floats, is_best: NDArray[np.bool_], n_pairs: int
) -> Floats:
    """The rate q of each site; NaN where it has no p-value.

    Parameters
    ----------
    p
        p-value of each site shown, shape (n,).
    is_best
        Whether it is the best site of its pair, shape (n,).
    n_pairs
        Pairs tested, those without a site in the table included.

    Examples
    --------
    >>> best = np.array([True, True, False])
    >>> false_discovery_rates(np.array([0.001, 0.02, 0.5]), best, 40).tolist()
    [0.04, 0.4, 1.0]
    """
    q = np.full(len(p), np.nan)
    rows = np.flatnonzero(~np.isnan(p))
    order = rows[np.argsort(p[rows], kind="stable")]
    ascending = p[order]
    best = np.sort(p[rows][is_best[rows]])
    n_accepted = np.searchsorted(best, ascending, side="right")
    rates = np.minimum(n_pairs * ascending / np.maximum(n_accepted, 1), 1.0)
    q[order] = np.minimum.accumulate(rates[::-1])[::-1]
    return q
