"""A folder of class folders, checked; groups that no split may separate."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadConfig
from bioloom.groups import Groups
from bioloom.images.dataset.scan import Scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import (
    FoundFile,
    find_pictures,
    printable,
    require_folder,
)
from bioloom.images.merging.near import near_groups

MIN_PER_CLASS = 5
MOST_AUDITED = 5000
"""Pictures that an audit judges; of more, some of each class are drawn."""
_FEWEST_AUDITED = 50
UNLABELLED = -1


@dataclass(frozen=True)
class Pictures:
    """Files of class folders.

    Parameters
    ----------
    folder
        The folder with the class folders.
    files
        All pictures below it, including those outside class folders.
    class_names
        Folders that hold pictures, sorted.
    y
        Number of each file's class; -1 without one.
    """

    folder: Path
    files: tuple[FoundFile, ...]
    class_names: tuple[str, ...]
    y: NDArray[np.int64]

    @cached_property
    def paths(self) -> list[str]:
        """Paths of the files."""
        return [file.path for file in self.files]

    @cached_property
    def names(self) -> list[str]:
        """Paths below the folder, as in tables."""
        return [
            printable(f"{file.folder}/{file.name}".lstrip("/")) for file in self.files
        ]

    def label(self, place: int) -> str:
        """Class of a file; "" without one."""
        return self.class_names[self.y[place]] if self.y[place] >= 0 else ""


def require_class_folders(folder: Path) -> None:
    """Raise `MissingFile` if there is no such folder."""
    require_folder(folder, role="a folder of class folders")


def read_folder(folder: Path) -> Pictures:
    """List the pictures of class folders.

    Parameters
    ----------
    folder
        Its subfolders are the classes; they are searched recursively.

    Raises
    ------
    MissingFile
        If there is no such folder.
    BadPictures
        If it has no picture, or only one class.
    """
    require_class_folders(folder)
    files = tuple(find_pictures(folder))
    labels = [file.folder.partition("/")[0] for file in files]
    names = tuple(sorted({label for label in labels if label}))
    if len(names) < 2:
        raise _too_few_classes(folder, names, len(files))
    numbers = {name: number for number, name in enumerate(names)}
    y = np.array([numbers.get(label, UNLABELLED) for label in labels])
    return Pictures(folder, files, tuple(map(printable, names)), y)


def check_readable(pictures: Pictures, scan: Scan) -> None:
    """Raise `BadPictures` where a class has too few pictures that can be read."""
    usable = Counter(pictures.y[scan.is_readable].tolist())
    for number, name in enumerate(pictures.class_names):
        if usable[number] < MIN_PER_CLASS:
            n_all = int((pictures.y == number).sum())
            raise BadPictures(
                where=pictures.folder / name,
                found=f"{usable[number]} readable pictures of {n_all}",
                expected=f"at least {MIN_PER_CLASS} per class, to train on some and "
                "test on others",
                advice="Add pictures, or remove the class folder.",
            )


def groups_of(
    pictures: Pictures,
    scan: Scan,
    *,
    features: NDArray[np.float32] | None = None,
    near: bool = True,
    name_pattern: str = "",
) -> NDArray[np.int64]:
    """Group of each picture; a group stays on one side of every split.

    Parameters
    ----------
    pictures, scan
        The files and their scan.
    features
        Of trained weights, one row per file; None to compare only hashes.
    near
        Whether near-duplicates of one class form groups.
    name_pattern
        Regular expression; names in which its first group (or all of it) matches the
        same text form a group.

    Returns
    -------
    Number of the first picture of each one's group. Unreadable files are alone.

    Raises
    ------
    BadConfig
        If the pattern is not a regular expression.
    """
    places = np.flatnonzero(scan.is_readable)
    groups = Groups(len(pictures.files))
    if near:
        hashes = [look.phash for look in scan.looks if look is not None]
        found = near_groups(
            hashes,
            features=None if features is None else features[places],
            labels=pictures.y[places],
        )
        firsts = places[found.numbers].tolist()
        for one, first in zip(places.tolist(), firsts, strict=True):
            groups.join(first, one)
    if name_pattern:
        for first, place in _same_names(pictures.names, places, name_pattern):
            groups.join(first, place)
    return np.array(groups.roots(), dtype=np.int64)


def _same_names(
    names: Sequence[str], places: NDArray[np.int64], name_pattern: str
) -> Iterator[tuple[int, int]]:
    """Pairs of places whose names match the same text."""
    try:
        pattern = re.compile(name_pattern)
    except re.error as problem:
        raise BadConfig(
            where="--group-by-name",
            found=f"{name_pattern!r} ({problem})",
            expected="a regular expression",
            advice=r"For 25_shiny.png and 25.png, try '^(\d+)'.",
        ) from None
    first: dict[str, int] = {}
    for place in places.tolist():
        match = pattern.search(names[place].rpartition("/")[2])
        if match:
            key = match[1 if pattern.groups else 0] or ""
            yield first.setdefault(key, place), place


def audited_places(y: NDArray[np.int64], rng_seed: int) -> NDArray[np.bool_]:
    """Whether each picture is audited: all, or of many a share of each class.

    Parameters
    ----------
    y
        Class of each picture; -1 is never audited.
    rng_seed
        Of the draw.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    share = min(1.0, MOST_AUDITED / max(1, int((y >= 0).sum())))
    audited = np.zeros(len(y), dtype=bool)
    for k in range(int(y.max(initial=-1)) + 1):
        places = np.flatnonzero(y == k)
        n = min(len(places), max(_FEWEST_AUDITED, round(share * len(places))))
        audited[rng.permutation(places)[:n]] = True
    return audited


def _too_few_classes(folder: Path, names: Sequence[str], n_files: int) -> BadPictures:
    problem = f"one class ({names[0]})" if names else "no class folder with a picture"
    return BadPictures(
        where=folder,
        found=problem if n_files else "no picture",
        expected="two or more folders, one per class, with pictures in them",
        advice="Give the folder above the class folders; sort pictures in a single "
        "folder into one folder per class first.",
    )
