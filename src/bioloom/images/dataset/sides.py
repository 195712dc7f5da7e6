"""The split of a data set: the given one, completed, or a new one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures, groups_of
from bioloom.images.dataset.partners import leak_notes
from bioloom.images.dataset.scan import Scan
from bioloom.images.dataset.splits import (
    SPLITS,
    can_be_split,
    missing_sides,
    split_by_labels,
    split_pictures,
    taken_from_training,
)
from bioloom.run.words import counted, joined

_NAMES = {"train": "training", "val": "validation", "test": "test"}
_MOST_SHOWN = 5


class Sided(NamedTuple):
    """The split of a data set.

    Parameters
    ----------
    pictures
        With notes on their split.
    split, groups
        Side of each, "" for none, and its group.
    """

    pictures: Pictures
    split: NDArray[np.str_]
    groups: NDArray[np.int64]


def sides_of(
    pictures: Pictures,
    scanned: Scan,
    *,
    features: NDArray[np.float32] | None,
    near: bool,
    name_pattern: str,
    rng_seed: int,
) -> Sided:
    """Split the pictures, as their folders or table say, else 80/10/10 by groups.

    Parameters
    ----------
    pictures, scanned
        The files that are learnt from, and their scan.
    features, near, name_pattern
        As for `bioloom.images.dataset.data.groups_of`.
    rng_seed
        Of what is drawn.

    Raises
    ------
    BadPictures
        If the pictures cannot be split.
    """
    groups, why = _groups(pictures, scanned, features, name_pattern, near=near)

    def divide(y: NDArray[np.int64]) -> NDArray[np.str_]:
        if pictures.is_multilabel:
            has = pictures.has_label
            return split_by_labels(has, groups, y >= 0, rng_seed=rng_seed)
        names = pictures.class_names
        return split_pictures(y, groups, rng_seed=rng_seed, class_names=names)

    if pictures.is_split:
        split = taken_from_training(pictures.y, pictures.given, divide)
    else:
        split = divide(pictures.y)
    notes = [*why, *_split_notes(pictures, split)]
    if pictures.is_split:
        notes += leak_notes(pictures, scanned, features)
    return Sided(replace(pictures, notes=(*pictures.notes, *notes)), split, groups)


class _Grouped(NamedTuple):
    """Group of each picture, and notes on it."""

    groups: NDArray[np.int64]
    notes: list[str]


class _Way(NamedTuple):
    """How groups are found, and what is said where stricter ones cannot be split."""

    features: NDArray[np.float32] | None
    near: bool
    words: str


def _groups(
    pictures: Pictures,
    scanned: Scan,
    features: NDArray[np.float32] | None,
    name_pattern: str,
    *,
    near: bool,
) -> _Grouped:
    """Groups by features, by hash, or none: the first that can be split."""
    ways = [_Way(None, near=False, words="pictures are split singly")]
    if near:
        ways.insert(0, _Way(None, near=True, words="only hashes are compared"))
    if features is not None:
        ways.insert(0, _Way(features, near=True, words=""))
    for way in ways:
        groups = groups_of(
            pictures,
            scanned,
            features=way.features,
            near=way.near,
            name_pattern=name_pattern,
        )
        if way is ways[-1] or can_be_split(pictures.alike, groups):
            break
    if way is ways[0]:
        return _Grouped(groups, [])
    note = (
        "Pictures of a class are so alike that near-duplicates make fewer than "
        f"{len(SPLITS)} groups: {way.words}. Where they are copies of each other, the "
        "test says too much."
    )
    return _Grouped(groups, [note])


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
    lost = missing_sides(split, pictures.has_label, pictures.class_names)
    what = "Labels" if pictures.is_multilabel else "Classes"
    for side in ("test", "val"):
        if names := lost[side]:
            more = len(names) - _MOST_SHOWN
            shown = names[:_MOST_SHOWN] + ([f"{more} more"] if more > 0 else [])
            yield (
                f"{what} without {_NAMES[side]} pictures, because they have too few "
                f"that differ: {joined(shown)}."
                if not pictures.is_split
                else f"{what} without {_NAMES[side]} pictures: {joined(shown)}."
            )
