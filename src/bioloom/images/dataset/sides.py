"""The split of a data set: the given one, completed, or a new one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.partners import leak_notes
from bioloom.images.dataset.scan import Scan
from bioloom.images.dataset.splits import (
    SPLITS,
    missing_sides,
    split_pictures,
    taken_from_training,
)
from bioloom.run.words import counted, joined

_NAMES = {"train": "training", "val": "validation", "test": "test"}
_MOST_SHOWN = 5


class Sided(NamedTuple):
    """Pictures with notes on their split, and the side of each; "" for none."""

    pictures: Pictures
    split: NDArray[np.str_]


def sides_of(
    pictures: Pictures,
    scanned: Scan,
    groups: NDArray[np.int64],
    *,
    features: NDArray[np.float32] | None,
    rng_seed: int,
) -> Sided:
    """Split the pictures, as their folders or table say, else 80/10/10 by groups.

    Parameters
    ----------
    pictures, scanned
        The files that are learnt from, and their scan.
    groups
        Pictures with the same number stay together in what is drawn.
    features
        Of trained weights, to find near-duplicates across given sides; None to
        compare only hashes.
    rng_seed
        Of what is drawn.

    Raises
    ------
    BadPictures
        If the pictures cannot be split.
    """
    y, names = pictures.y, pictures.class_names
    if pictures.is_split:
        split = taken_from_training(
            y, groups, pictures.given, rng_seed=rng_seed, class_names=names
        )
    else:
        split = split_pictures(y, groups, rng_seed=rng_seed, class_names=names)
    notes = list(_split_notes(pictures, split))
    if pictures.is_split:
        notes += leak_notes(pictures, scanned, features)
    return Sided(replace(pictures, notes=(*pictures.notes, *notes)), split)


def _split_notes(pictures: Pictures, split: NDArray[np.str_]) -> Iterator[str]:
    used = pictures.y >= 0
    if pictures.is_split:
        there = set(pictures.given[used].tolist())
        for side in SPLITS:
            if side not in there:
                n = counted(int((split == side).sum()), "picture")
                yield (
                    f"The given split has no {_NAMES[side]} pictures: {n} of the "
                    "training pictures are taken for it, by groups."
                )
    lost = missing_sides(split, pictures.y, pictures.class_names)
    for side in ("test", "val"):
        if names := lost[side]:
            more = len(names) - _MOST_SHOWN
            shown = names[:_MOST_SHOWN] + ([f"{more} more"] if more > 0 else [])
            yield (
                f"Classes without {_NAMES[side]} pictures, because they have too few "
                f"that differ: {joined(shown)}."
                if not pictures.is_split
                else f"Classes without {_NAMES[side]} pictures: {joined(shown)}."
            )
