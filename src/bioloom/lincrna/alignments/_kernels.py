"""Where a primer lies in a read, compiled."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel


@kernel
def nearest_match(
    pattern: NDArray[np.uint8], text: NDArray[np.uint8]
) -> tuple[int, int]:
    """Fewest edits of a pattern to any piece of a text, and where that piece ends.

    Of several such pieces the one that ends last. Letters are sets of bases, a bit for
    each; they agree if they have one in common.

    Parameters
    ----------
    pattern, text
        Shapes (m,) and (n,).

    Notes
    -----
    Time O(m·n), memory O(m): Sellers' algorithm, columns of the table one by one.

    References
    ----------
    Sellers PH (1980) J Algorithms 1:359. doi:10.1016/0196-6774(80)90016-4
    """
    m = len(pattern)
    column = np.arange(m + 1)
    fewest, end = m, 0
    for place in range(len(text)):
        diagonal = column[0]
        for row in range(1, m + 1):
            above = column[row]
            agrees = (pattern[row - 1] & text[place]) != 0
            best = diagonal if agrees else diagonal + 1
            best = min(best, above + 1, column[row - 1] + 1)
            diagonal = above
            column[row] = best
        if column[m] <= fewest:
            fewest, end = column[m], place + 1
    return fewest, end
