"""Near-duplicates of a merge as a table for review; nothing is deleted."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.files import find_pictures, printable
from bioloom.images.files.reading import read_picture
from bioloom.images.merging.near import near_groups, perceptual_hash
from bioloom.images.merging.plan import NEAR_COLUMNS, MergePlan
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent

if TYPE_CHECKING:
    import pandas as pd

_HASHED_SIDE = 64


@dataclass(frozen=True, slots=True)
class NearRow:
    """A picture that is similar to others.

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


@dataclass(frozen=True, slots=True, repr=False)
class NearDuplicates(Result):
    """Groups of similar pictures.

    Parameters
    ----------
    rows
        One per picture with similar ones, in order of groups.
    """

    rows: tuple[NearRow, ...]

    def summary(self) -> str:
        """Numbers of pictures and groups."""
        n_groups = len({row.group for row in self.rows})
        return f"{len(self.rows):,} similar pictures in {n_groups:,} groups"

    def to_frame(self) -> "pd.DataFrame":
        """One row per picture."""
        import pandas as pd

        rows = [asdict(row) for row in self.rows]
        return pd.DataFrame(rows, columns=list(NEAR_COLUMNS))

    def to_tsv(self) -> str:
        """The groups as a table; control characters in names are escaped."""
        lines = [
            f"{row.group}\t{printable(row.path)}\t{row.distance}" for row in self.rows
        ]
        return "\n".join(["\t".join(NEAR_COLUMNS), *lines]) + "\n"


def near_duplicates(plan: MergePlan, *, on_step: OnStep = silent) -> NearDuplicates:
    """Groups of similar pictures of a merge.

    Parameters
    ----------
    plan
        Carried out or not; files to be copied are read where they are.
    on_step
        Called as pictures are read.
    """
    paths = _paths(plan)
    hashes, readable = [], []
    for number, path in enumerate(paths):
        on_step("comparing", number, len(paths))
        try:
            image, _ = read_picture(path, at_least=_HASHED_SIDE)
        except UnreadablePicture:
            continue
        hashes.append(perceptual_hash(image))
        readable.append(path)
    groups = near_groups(hashes).numbers
    return NearDuplicates(tuple(_rows(readable, hashes, groups.tolist())))


def _paths(plan: MergePlan) -> list[str]:
    """Files that are in the target after the merge, each once."""
    is_there = plan.into.is_dir()
    paths = [file.path for file in find_pictures(plan.into)] if is_there else []
    existing = set(paths)
    for row in plan.rows:
        target = os.fspath(plan.into / row.target)
        if row.action == "copy" and target not in existing:
            paths.append(row.source)
    return paths


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
