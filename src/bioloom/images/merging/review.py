"""Near-duplicates of a merge as a table for review; nothing is deleted for it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.files import find_pictures, printable
from bioloom.images.files.reading import read_picture
from bioloom.images.merging.near import close_hashes, near_groups, perceptual_hash
from bioloom.images.merging.plan import MergePlan
from bioloom.run.progress import OnStep, silent

_HASHED_SIDE = 64


@dataclass(frozen=True, slots=True)
class NearRow:
    """A picture that another one is much like.

    Parameters
    ----------
    group
        Number of its group, from 1.
    path
        The file.
    distance
        Bits in which its hash differs from that of the group's first picture.
    """

    group: int
    path: str
    distance: int


def near_duplicates(plan: MergePlan, *, on_step: OnStep = silent) -> list[NearRow]:
    """Groups of pictures of a merge that are much alike.

    Parameters
    ----------
    plan
        Carried out or not: files to be copied are read where they are.
    on_step
        Called as pictures are read.
    """
    paths = _paths(plan)
    hashes, kept = [], []
    for number, path in enumerate(paths):
        on_step("comparing", number, len(paths))
        try:
            image, _ = read_picture(path, at_least=_HASHED_SIDE)
        except UnreadablePicture:
            continue
        hashes.append(perceptual_hash(image))
        kept.append(path)
    groups = near_groups(len(kept), close_hashes(hashes))
    return _rows(kept, hashes, groups.tolist())


def near_tsv(rows: Sequence[NearRow]) -> str:
    """Groups as a table."""
    lines = [f"{row.group}\t{printable(row.path)}\t{row.distance}" for row in rows]
    return "\n".join(["group\tpath\tdistance", *lines]) + "\n"


def _paths(plan: MergePlan) -> list[str]:
    """Files that are in the target when the merge is done, each once."""
    held = [one.path for one in find_pictures(plan.into)] if plan.into.is_dir() else []
    there = set(held)
    for row in plan.rows:
        target = os.fspath(plan.into / row.target)
        if row.action == "copy" and target not in there:
            held.append(row.source)
    return held


def _rows(
    paths: Sequence[str], hashes: Sequence[int], groups: Sequence[int]
) -> list[NearRow]:
    members = np.bincount(groups, minlength=len(paths)) if groups else np.array([])
    numbers = {
        first: number
        for number, first in enumerate(np.flatnonzero(members > 1).tolist(), 1)
    }
    rows = [
        NearRow(numbers[first], path, (hashes[place] ^ hashes[first]).bit_count())
        for place, (path, first) in enumerate(zip(paths, groups, strict=True))
        if first in numbers
    ]
    return sorted(rows, key=lambda row: row.group)
