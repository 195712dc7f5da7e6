"""How many barcodes stand above the knee of the curve of their counts.

References
----------
Smith T. et al. (2017) Genome Res 27:491. doi:10.1101/gr.209601.116
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MIN_BARCODES, MIN_TOP_COUNT = 3, 10
MAX_ROUNDS = 100
_WINDOW = 3


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
