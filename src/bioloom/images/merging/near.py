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

MAX_DISTANCE = 10
"""Bits of 64 that the hashes of two near-duplicates may differ in."""
MIN_COSINE = 0.85
"""Cosine of the features of two near-duplicates."""
MAX_GROUP = 20
"""Pictures of a group: where more are near to one, pictures are merely alike."""
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


class NearGroups(NamedTuple):
    """Groups of near-duplicates.

    Parameters
    ----------
    numbers
        Number of the first picture of each one's group, shape (n,).
    n_crowded
        Pictures with more near-duplicates than a group may hold: where there are many,
        pictures are merely alike.
    """

    numbers: NDArray[np.int64]
    n_crowded: int


def near_groups(
    hashes: Sequence[int],
    *,
    features: NDArray[np.float32] | None = None,
    labels: NDArray[np.int64] | None = None,
) -> NearGroups:
    """Group each picture with those near to it, without chains.

    Parameters
    ----------
    hashes
        Of the pictures.
    features
        Of trained weights, shape (n, num_features); None to compare only hashes.
    labels
        Of the pictures; a group has one label.

    Notes
    -----
    In order, a picture that is in no group yet takes in its nearest ones that are in
    none, at most `MAX_GROUP`. All of a group are therefore near to its first picture: a
    series in which each is near only to the next is cut, not chained.

    Examples
    --------
    >>> near_groups([0, 2**64 - 1, 1, 0]).numbers.tolist()
    [0, 1, 0, 0]
    """
    codes = np.array(hashes, dtype=np.uint64)
    unit = None if features is None else unit_length(features)
    numbers = np.full(len(codes), -1, dtype=np.int64)
    n_crowded = 0
    step = max(1, _BLOCK // max(1, len(codes)))
    for begin in range(0, len(codes), step):
        rows = slice(begin, begin + step)
        closeness = closeness_of(codes, unit, rows, slice(begin, None))
        for row, close in enumerate(closeness, start=begin):
            if numbers[row] >= 0:
                continue
            numbers[row] = row
            is_free = (close > 0) & (numbers[begin:] < 0)
            if labels is not None:
                is_free &= labels[begin:] == labels[row]
            places = np.flatnonzero(is_free)
            if len(places) >= MAX_GROUP:
                n_crowded += 1
                places = places[np.argsort(-close[places], kind="stable")]
            numbers[begin + places[: MAX_GROUP - 1]] = row
    return NearGroups(numbers, n_crowded)


def closeness_of(
    codes: NDArray[np.uint64],
    unit: NDArray[np.float32] | None,
    rows: slice,
    columns: slice,
) -> NDArray[np.float32]:
    """How near pictures are to others, 0 to 1; 0 where they are not near.

    Parameters
    ----------
    codes
        Hashes of all pictures.
    unit
        Their features scaled to length 1; None to compare only hashes.
    rows, columns
        Which are compared with which.
    """
    distance = np.bitwise_count(codes[rows, None] ^ codes[None, columns])
    near = np.maximum(1 - distance.astype(np.float32) / (MAX_DISTANCE + 1), 0)
    if unit is not None:
        cosine = unit[rows] @ unit[columns].T
        near = np.maximum(near, np.where(cosine >= MIN_COSINE, cosine, 0))
    closeness: NDArray[np.float32] = near
    return closeness


def unit_length(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features scaled to length 1, so that products are cosines."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit: NDArray[np.float32] = features / np.maximum(length, 1e-12)
    return unit
