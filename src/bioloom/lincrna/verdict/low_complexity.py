"""Parts of proteins that few kinds of amino acids make, as simple repeats encode them.

What resembles such a part says nothing about descent: (CAG)n reads as polyglutamine,
which many proteins have. The rule is the first step of SEG, which finds windows of low
entropy and joins them; SEG then shortens what it found, which is not done here.

References
----------
Wootton J.C., Federhen S. (1993) Comput Chem 17:149. doi:10.1016/0097-8485(93)85006-X
"""

import numpy as np
from numpy.typing import NDArray

MASK = "X"
WINDOW_AA = 12
TRIGGER_BITS = 2.2  # a part has a window of at most this entropy …
EXTENSION_BITS = 2.5  # … and windows of at most this one around it
_COUNTS = np.arange(WINDOW_AA + 1)
# what n letters of one kind add to the entropy of a window, bits
_ENTROPY = -_COUNTS / WINDOW_AA * np.log2(np.maximum(_COUNTS, 1) / WINDOW_AA)


def masked(protein: str) -> str:
    """A protein with X in its parts of low complexity.

    Examples
    --------
    >>> masked("MKVLAAGIVGLCDEFWTY" + "Q" * 20)
    'MKVLAAGIVGLCXXXXXXXXXXXXXXXXXXXXXXXXXX'
    """
    if len(protein) < WINDOW_AA:
        return protein
    letters = np.frombuffer(protein.encode("ascii"), np.uint8)
    windows = _low_windows(_entropies(letters))
    if not windows.any():
        return protein
    steps = np.zeros(len(letters) + 1, np.int64)
    starts = np.flatnonzero(windows)
    np.add.at(steps, starts, 1)
    np.add.at(steps, starts + WINDOW_AA, -1)
    is_low = np.cumsum(steps[:-1]) > 0
    return bytes(np.where(is_low, ord(MASK), letters).astype(np.uint8)).decode("ascii")


def _entropies(letters: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shannon entropy of each window, bits."""
    kinds = np.unique(letters)
    is_kind = letters[:, None] == kinds[None, :]
    totals = np.vstack((np.zeros(len(kinds), np.int64), np.cumsum(is_kind, axis=0)))
    counts = totals[WINDOW_AA:] - totals[:-WINDOW_AA]
    entropies: NDArray[np.float64] = _ENTROPY[counts].sum(axis=1)
    return entropies


def _low_windows(entropies: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Windows of each run below the extension that has one below the trigger."""
    is_below = entropies <= EXTENSION_BITS
    edges = np.diff(np.concatenate(([0], is_below.astype(np.int8), [0])))
    is_low = np.zeros(len(entropies), np.bool_)
    for start, end in zip(
        np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True
    ):
        is_low[start:end] = entropies[start:end].min() <= TRIGGER_BITS
    return is_low
