"""Where, in a k-mer spectrum, errors end and the genome begins."""

import numpy as np
from numpy.typing import NDArray

ERROR_SHARE = 0.02  # k-mers seen once, of all: fewer are no sign of errors
FEW = 0.001  # of the k-mers that are left: so few errors are left to the cleaning


def valley(spectrum: NDArray[np.int64]) -> int:
    """Least count to believe: before the valley of the spectrum, else 1.

    Parameters
    ----------
    spectrum
        How many k-mers were seen so often, by count.

    Notes
    -----
    The valley is the lowest place before the peak, the count past the first rise that
    most bases are told by. Already before it a count is believed once fewer than one in
    a thousand of the k-mers seen so often or more have it: those few errors are tips
    and bubbles, and a low limit keeps the ends of the genome. Without a rise, or where
    few k-mers are seen once, all are believed.

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
