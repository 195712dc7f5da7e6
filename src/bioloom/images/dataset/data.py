"""A folder of class folders, checked; groups that no split may separate."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadConfig
from bioloom.images.dataset.scan import Scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import (
    FoundFile,
    find_pictures,
    printable,
    require_folder,
)
from bioloom.images.merging.near import (
    Pair,
    close_features,
    close_hashes,
    near_groups,
)

MIN_PER_CLASS = 5
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
    name_pattern: str = "",
) -> NDArray[np.int64]:
    """Group of each picture; a group stays on one side of every split.

    Parameters
    ----------
    pictures, scan
        The files and their scan.
    features
        Of trained weights, one row per file; None to compare only hashes.
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
    looks = [look for look in scan.looks if look is not None]
    pairs = [close_hashes([look.phash for look in looks])]
    if features is not None:
        pairs.append(close_features(features[places]))
    if name_pattern:
        pairs.append(
            iter(_same_names([pictures.names[x] for x in places], name_pattern))
        )
    groups = np.arange(len(pictures.files))
    groups[places] = places[near_groups(len(places), *pairs)]
    return groups


def _same_names(names: Sequence[str], name_pattern: str) -> list[Pair]:
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
    pairs = []
    for place, name in enumerate(names):
        match = pattern.search(name.rpartition("/")[2])
        if match:
            key = match[1 if pattern.groups else 0] or ""
            pairs.append(Pair(first.setdefault(key, place), place, 1.0))
    return pairs


def _too_few_classes(folder: Path, names: Sequence[str], n_files: int) -> BadPictures:
    problem = f"one class ({names[0]})" if names else "no class folder with a picture"
    return BadPictures(
        where=folder,
        found=problem if n_files else "no picture",
        expected="two or more folders, one per class, with pictures in them",
        advice="Give the folder above the class folders; sort pictures in a single "
        "folder into one folder per class first.",
    )
