"""Near-duplicates: perceptual hashes, features where there are any, and groups.

Groups are for review and for splitting; no file is ever deleted.

References
----------
Zauner C. (2010) Implementation and benchmarking of perceptual image hash functions.
Thesis, Upper Austria University of Applied Sciences.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dct

from bioloom.groups import Groups

MAX_DISTANCE = 10
"""Bits of 64 that the hashes of two near-duplicates may differ in."""
MIN_COSINE = 0.85
"""Cosine of the features of two near-duplicates."""
_SIDE, _LOWEST = 32, 8
_BLOCK = 1 << 22


class Pair(NamedTuple):
    """Numbers of two similar pictures; distance or cosine."""

    first: int
    second: int
    measure: float


def perceptual_hash(image: Image.Image) -> int:
    """Signs of a picture's lowest frequencies, 64 bits.

    Parameters
    ----------
    image
        In any mode; it is converted to grey, 32 x 32.

    Notes
    -----
    The lowest 8 x 8 coefficients of the cosine transform, each against their median
    (without the first, which is the mean grey).

    Examples
    --------
    >>> grey = Image.linear_gradient("L")
    >>> perceptual_hash(grey) == perceptual_hash(grey.resize((90, 90)))
    True
    """
    small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    values = np.asarray(small, dtype=np.float32)
    waves = _cosines()
    low = (waves @ values @ waves.T).ravel()
    # coefficients of a uniform picture are rounding errors without a sign
    bits = low > np.median(low[1:]) + 1e-2
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@cache
def _cosines() -> NDArray[np.float32]:
    """Matrix of the lowest cosines, shape (8, 32)."""
    waves: NDArray[np.float32] = dct(np.eye(_SIDE), axis=0)[:_LOWEST].astype(np.float32)
    return waves


def close_hashes(
    hashes: Sequence[int], *, max_distance: int = MAX_DISTANCE
) -> Iterator[Pair]:
    """Pairs of pictures whose hashes differ in few bits, and how many.

    Notes
    -----
    Time O(n²) with one instruction per pair: 20,000 pictures take a second.
    """
    codes = np.array(hashes, dtype=np.uint64)
    step = max(1, _BLOCK // max(1, len(codes)))
    for begin in range(0, len(codes), step):
        block = codes[begin : begin + step]
        distance = np.bitwise_count(block[:, None] ^ codes[None, begin:])
        for row, column in np.argwhere(distance <= max_distance).tolist():
            if column > row:
                yield Pair(begin + row, begin + column, float(distance[row, column]))


def close_features(
    features: NDArray[np.float32], *, min_cosine: float = MIN_COSINE
) -> Iterator[Pair]:
    """Pairs of pictures whose features have a small angle, and its cosine."""
    length = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    unit = features / length
    step = max(1, _BLOCK // max(1, len(unit)))
    for begin in range(0, len(unit), step):
        cosine = unit[begin : begin + step] @ unit[begin:].T
        for row, column in np.argwhere(cosine >= min_cosine).tolist():
            if column > row:
                yield Pair(begin + row, begin + column, float(cosine[row, column]))


def near_groups(n: int, *pairs: Iterator[Pair]) -> NDArray[np.int64]:
    """Lowest number of the group of each of n pictures, joined by their pairs.

    Examples
    --------
    >>> near_groups(4, iter([Pair(0, 3, 1.0)])).tolist()
    [0, 1, 2, 0]
    """
    groups = Groups(n)
    for stream in pairs:
        for pair in stream:
            groups.join(pair.first, pair.second)
    return np.array(groups.roots(), dtype=np.int64)
