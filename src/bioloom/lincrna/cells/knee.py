"""How many barcodes stand above the knee of the curve of their counts.

References
----------
Smith T. et al. (2017) Genome Res 27:491. doi:10.1101/gr.209601.116
Rényi A. (1953) Acta Math. Acad. Sci. Hung. 4:191. doi:10.1007/BF02127580 (spacings)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MIN_BARCODES, MIN_TOP_COUNT = 3, 10
MAX_ROUNDS = 100
_WINDOW = 3
MIN_GAP, MIN_GAP_COUNT, MIN_BELOW_GAP, MAX_GAP_P = 2.0, 5, 50, 0.01


def n_above_knee(counts: Sequence[int] | NDArray[np.integer]) -> int:
    """Number of barcodes up to the knee of their counts.

    The knee is the point of the cumulative curve (barcodes with the most first) that
    lies farthest from the line between its two ends. As a long tail of empty droplets
    draws it to the right, it is looked for again among three times as many barcodes as
    it had before it, until it stays.

    Parameters
    ----------
    counts
        Reads or UMIs of each barcode, in any order, shape (barcodes,).

    Returns
    -------
    How many of the barcodes with the most counts are cells, the one at the knee
    included, as in umi_tools 1.1; 0 with fewer than 3 barcodes, fewer than 10 counts of
    the first, or if the curve has no knee.

    Notes
    -----
    Distances are compared as whole numbers, so that the first of equally far points is
    the knee whatever the machine. Time O(n log n).

    Examples
    --------
    >>> n_above_knee([300, 290, 310, 280] + 100 * [2] + 100 * [1])
    4
    """
    ranked = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    if len(ranked) < MIN_BARCODES or ranked[0] < MIN_TOP_COUNT:
        return 0
    curve = np.cumsum(ranked)
    knee, before = _farthest(curve), 0
    for _ in range(MAX_ROUNDS):
        if knee == before:
            break
        before = knee
        knee = _farthest(curve[: _WINDOW * knee])
    return knee + 1 if knee else 0


def _farthest(curve: NDArray[np.int64]) -> int:
    """Index of the point farthest from the line between the ends of a curve.

    The distance is the cross product with the line, divided by its length, which is
    the same for all points.
    """
    rise, run = curve[-1] - curve[0], len(curve) - 1
    cross = (curve - curve[0]) * run - np.arange(len(curve)) * rise
    return int(np.abs(cross).argmax())


def n_above_gap(
    counts: Sequence[int] | NDArray[np.integer], *, n_most: int | None = None
) -> int:
    """Number of barcodes that a gap parts from all that have fewer.

    Small cells beside large ones lie below the knee, yet have ten or twenty times what
    an empty droplet has, and no barcode lies between. A gap counts if its upper end has
    5 or more, twice what its lower end has or more, 50 barcodes lie below, and chance
    would hardly leave it.

    Parameters
    ----------
    counts
        UMIs of each barcode that is not above the knee, in any order.
    n_most
        No more than so many can lie above the gap; None for any number.

    Returns
    -------
    Barcodes above the lowest such gap; 0 if there is none.

    Notes
    -----
    Chance: if the logarithms of counts x_1 ≥ x_2 ≥ … have an exponential tail of mean
    θ, then i · log(x_i / x_(i+1)) is exponential with mean θ for every i (Rényi 1953).
    θ is the mean of log(x_j) over all barcodes below the gap, or log 2 if that is
    more; the p-value is corrected for the number of barcodes (Bonferroni).

    Examples
    --------
    >>> n_above_gap([23, 19, 25, 21, 18, 24] + 60 * [2] + 60 * [1])
    6
    """
    ranked = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    ranked = ranked[ranked > 0]
    n_above = np.arange(1, len(ranked) - MIN_BELOW_GAP + 1)[:n_most]
    if not len(n_above):
        return 0
    high, low = ranked[n_above - 1], ranked[n_above]
    sums = np.cumsum(np.log(ranked)[::-1])[::-1]
    theta = np.maximum(sums[n_above] / (len(ranked) - n_above), np.log(2))
    # counts that no barcode has make a gap: 3 follows on 2
    gap = np.maximum(np.log(high / (low + 1)), 0.0)
    p = len(ranked) * np.exp(-n_above * gap / theta)
    is_gap = high >= np.maximum(MIN_GAP_COUNT, MIN_GAP * low)
    return int(n_above[is_gap & (p <= MAX_GAP_P)].max(initial=0))
