"""The nearest near-duplicate of each picture among those that some rule allows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.merging.near import closeness_of, unit_length
from bioloom.run.words import counted

_BLOCK = 1 << 22
NONE = -1
Allowed = Callable[[slice], NDArray[np.bool_]]
"""Gives which of all pictures may be partners of those in a range of rows."""


class Partners(NamedTuple):
    """The nearest partner of each picture.

    Parameters
    ----------
    place
        Its number; -1 without one.
    closeness
        From just above 0 to 1 (the same hash); 0 without one.
    """

    place: NDArray[np.int64]
    closeness: NDArray[np.float32]


def nearest_partners(
    hashes: Sequence[int],
    allowed: Allowed,
    *,
    features: NDArray[np.float32] | None = None,
) -> Partners:
    """Find the nearest near-duplicate of each picture.

    Parameters
    ----------
    hashes
        Perceptual hashes of the pictures.
    allowed
        Which may be partners.
    features
        Of trained weights, shape (n, num_features); None to compare only hashes.

    Notes
    -----
    Time O(n²), memory O(n).
    """
    codes = np.array(hashes, dtype=np.uint64)
    unit = None if features is None else unit_length(features)
    found = Partners(np.full(len(codes), NONE), np.zeros(len(codes), dtype=np.float32))
    step = max(1, _BLOCK // max(1, len(codes)))
    for begin in range(0, len(codes), step):
        rows = slice(begin, min(begin + step, len(codes)))
        near = closeness_of(codes, unit, rows, slice(None)) * allowed(rows)
        near[np.arange(len(near)), np.arange(rows.start, rows.stop)] = 0
        best = near.argmax(axis=1)
        found.closeness[rows] = near[np.arange(len(near)), best]
        found.place[rows] = np.where(found.closeness[rows] > 0, best, NONE)
    return found


def hashes_of(scanned: Scan, places: NDArray[np.int64]) -> list[int]:
    """Perceptual hashes of readable pictures."""
    looks = (scanned.looks[place] for place in places.tolist())
    return [look.phash for look in looks if look is not None]


def leak_notes(
    pictures: Pictures, scanned: Scan, features: NDArray[np.float32] | None
) -> list[str]:
    """What near-duplicates across the sides of a given split amount to.

    Parameters
    ----------
    pictures, scanned
        The files and their scan.
    features
        Of trained weights, one row per file; None to compare only hashes.
    """
    places = np.flatnonzero(pictures.y >= 0)
    sides = pictures.given[places]
    hashes = hashes_of(scanned, places)

    def are_near(compared: NDArray[np.float32] | None) -> NDArray[np.bool_]:
        partners = nearest_partners(
            hashes,
            lambda rows: (sides[rows, None] != "train") & (sides[None, :] == "train"),
            features=compared,
        )
        is_near: NDArray[np.bool_] = partners.place != NONE
        return is_near

    by_hash = are_near(None)
    by_any = by_hash if features is None else are_near(features[places])
    notes = []
    for side, name in (("test", "test"), ("val", "validation")):
        n_hash, n_any = (int((x & (sides == side)).sum()) for x in (by_hash, by_any))
        if not n_any:
            continue
        n_side = int((sides == side).sum())
        more = f", {n_any:,} by features too" if n_any > n_hash else ""
        notes.append(
            f"{n_hash:,} of {counted(n_side, f'{name} picture')} "
            f"({100 * n_hash / n_side:.1f} %) have a near-duplicate by hash among the "
            f"training pictures{more}: the given split is used, and its figures are "
            "probably too high. `bioloom images inspect` lists them."
        )
    return notes
