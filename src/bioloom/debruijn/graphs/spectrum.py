"""The count in a k-mer spectrum that separates errors from the genome."""

import numpy as np
from numpy.typing import NDArray

ERROR_SHARE = 0.02  # share of k-mers seen once: below, there are hardly any errors
FEW = 0.001  # of the remaining k-mers: so few errors are left to the cleaning


def valley(spectrum: NDArray[np.int64]) -> int:
    """Lowest count that is trusted: before the valley of the spectrum, else 1.

    Parameters
    ----------
    spectrum
        Number of k-mers by count.

    Notes
    -----
    The valley is the lowest point before the peak, which is the count past the first
    rise that has the most bases. A count before the valley is trusted if fewer than one
    in a thousand of the k-mers with this count or more have it: the few errors are
    cleaned as tips and bubbles, and a low limit preserves the ends of the genome.
    Without a rise, or where few k-mers are seen once, all are trusted.

    Examples
    --------
    >>> valley(np.array([0, 900, 50, 4, 9, 40, 80, 30, 2, 0]))
    3
    """
    counts = spectrum[1:-1]
    rises = np.flatnonzero(np.diff(counts) > 0)
    if not len(rises) or counts[0] < ERROR_SHARE * counts.sum():
        return 1
    past = int(rises[0]) + 1
    weights = np.arange(1, len(counts) + 1) * counts
    peak = past + int(np.argmax(weights[past:]))
    lowest = int(np.argmin(counts[: peak + 1]))
    left = np.cumsum(counts[::-1])[::-1]
    few = np.flatnonzero(counts[:lowest] < FEW * left[:lowest])
    return int(few[0]) + 1 if len(few) else lowest + 1
