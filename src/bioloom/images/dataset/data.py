"""A labelled data set in any usual layout; groups that no split may separate."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadConfig
from bioloom.groups import Groups
from bioloom.images.dataset.labels import (
    METADATA,
    LabelledFiles,
    metadata_of,
    read_labels,
)
from bioloom.images.dataset.layouts import are_flat_sides, placed
from bioloom.images.dataset.listing import Listing, list_files
from bioloom.images.dataset.scan import Scan
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import (
    EXTENSIONS,
    FoundFile,
    printable,
    require_folder,
)
from bioloom.images.merging.near import near_groups
from bioloom.label_sets import SEPARATOR, label_table
from bioloom.run.words import counted

MOST_AUDITED = 5000
"""Pictures that an audit judges; of more, some of each class are drawn."""
_FEWEST_AUDITED = 50
UNLABELLED = -1


@dataclass(frozen=True)
class Pictures:
    """Labelled files of a data set.

    Parameters
    ----------
    folder
        The data set: a folder, or a table of labels.
    files
        All its pictures, including those without a label.
    class_names
        The classes, or the labels where a picture can have several, sorted.
    y
        Number of each file's class, or of its set of labels; -1 where it is left out
        or has none.
    labels
        Label of each file as it was given; "" without one.
    given
        Side of each file as it was given: "train", "val", "test", or "".
    notes
        What was decided and passed over, in sentences.
    members
        Whether each file has each label, shape (n, labels); None where it has one
        class.
    adds_up
        Whether files with the same content have the labels of all of them: where
        folders are labels.
    """

    folder: Path
    files: tuple[FoundFile, ...]
    class_names: tuple[str, ...]
    y: NDArray[np.int64]
    labels: tuple[str, ...]
    given: NDArray[np.str_]
    notes: tuple[str, ...] = ()
    members: NDArray[np.bool_] | None = None
    adds_up: bool = False

    @property
    def is_multilabel(self) -> bool:
        """Whether a picture can have several labels."""
        return self.members is not None

    @property
    def has_label(self) -> NDArray[np.bool_]:
        """Whether each file is of each class, or has each label, shape (n, K)."""
        if self.members is not None:
            return self.members & (self.y >= 0)[:, None]
        has: NDArray[np.bool_] = self.y[:, None] == np.arange(len(self.class_names))
        return has

    @property
    def alike(self) -> NDArray[np.int64]:
        """Number within which near-duplicates form groups: the class, or all."""
        return np.minimum(self.y, 0) if self.is_multilabel else self.y

    @cached_property
    def paths(self) -> list[str]:
        """Paths of the files."""
        return [file.path for file in self.files]

    @cached_property
    def names(self) -> list[str]:
        """Paths below the folder, as in tables."""
        return [
            printable(f"{file.folder}/{file.name}" if file.folder else file.name)
            for file in self.files
        ]

    @property
    def is_split(self) -> bool:
        """Whether sides were given."""
        return bool((self.given != "").any())

    def label(self, place: int) -> str:
        """Label of a file; "" without one."""
        return self.labels[place]


def require_data(path: Path, *, out: Path | None = None) -> None:
    """Check a data set before anything is written.

    Parameters
    ----------
    path
        A folder or a table of labels.
    out
        Run folder to be written: its figures must not become pictures of the set.

    Raises
    ------
    MissingFile
        If there is no such folder or table.
    BadConfig
        If the run folder would lie in the folder of pictures.
    """
    if path.is_file():
        return
    require_folder(path, role="a folder of class folders, or a table of labels")
    if out is not None and out.resolve().is_relative_to(path.resolve()):
        raise BadConfig(
            where="--out",
            found=f"{out}, inside the data set",
            expected="a folder outside it, or its figures would be taken for pictures",
            advice=f"Choose another, such as {path.resolve().parent / out.name}.",
        )


def read_folder(folder: Path, *, multilabel: bool = False) -> Pictures:
    """List the pictures of a data set, each with its label.

    Parameters
    ----------
    folder
        A folder of class folders, which are searched recursively, with or without the
        sides of a split above or below them; a folder with `metadata.csv` or
        `metadata.jsonl`; or a table of path, label and perhaps split.
    multilabel
        Whether a picture can have several labels: cells ``a|b`` or columns of 0 and 1
        in tables; the same content in several class folders.

    Raises
    ------
    MissingFile
        If there is no such folder or table.
    BadPictures
        If it has no picture, or only one class.
    """
    require_data(folder)
    listing = list_files(folder) if folder.is_dir() else Listing()
    pictures = pictures_of(folder, listing, multilabel=multilabel)
    if not pictures.files and listing.formats:
        raise _no_format(folder, listing)
    is_flat = are_flat_sides(listing.pictures)
    if is_flat and not metadata_of(folder, multilabel=multilabel):
        raise _flat_sides(folder)
    if len(pictures.class_names) < 2:
        raise _too_few_classes(folder, pictures.class_names, len(pictures.files))
    return pictures


def pictures_of(
    folder: Path, listing: Listing, *, multilabel: bool = False
) -> Pictures:
    """The same, however few classes there are, of a folder that was listed."""
    if folder.is_file():
        found = read_labels(folder, multilabel=multilabel)
        return _pictures(folder, found, listing, multilabel=multilabel)
    tables = metadata_of(folder, multilabel=multilabel)
    if tables:
        found = _of_tables(folder, tables, listing, multilabel=multilabel)
        return _pictures(folder, found, listing, multilabel=multilabel)
    found = _of_folders(listing)
    pictures = _pictures(folder, found, listing, multilabel=multilabel)
    return replace(pictures, adds_up=multilabel)


def _of_folders(listing: Listing) -> LabelledFiles:
    layout, labels, sides = placed(listing.pictures)
    notes = []
    if layout in ("sides above", "sides below"):
        where = layout.partition(" ")[2]
        notes.append(f"The folders {where} the classes give the split, which is used.")
    unused = [x for x in listing.others if x.rpartition("/")[2] in METADATA]
    if unused:
        notes.append(
            f"{', '.join(unused)}: not used, without columns of files and labels."
        )
    if n := labels.count(""):
        notes.append(f"{counted(n, 'picture')} in no class folder: without a label.")
    return LabelledFiles(list(listing.pictures), labels, sides, notes)


def _of_tables(
    folder: Path, tables: Sequence[Path], listing: Listing, *, multilabel: bool
) -> LabelledFiles:
    """Files of metadata tables, and those that they do not name."""
    found = LabelledFiles([], [], [], [])
    for path in tables:
        part = read_labels(path, below=folder, multilabel=multilabel)
        found.files.extend(part.files)
        found.labels.extend(part.labels)
        found.sides.extend(part.sides)
        found.notes.extend(part.notes)
    names = " and ".join(str(path.relative_to(folder)) for path in tables)
    found.notes.append(f"Labels are taken from {names}, not from folders.")
    known = {os.path.normpath(file.path) for file in found.files}
    rest = [x for x in listing.pictures if os.path.normpath(x.path) not in known]
    if rest:
        n = counted(len(rest), "picture")
        found.notes.append(f"{n} not named in {names}: without a label.")
    found.files.extend(rest)
    found.labels.extend([""] * len(rest))
    found.sides.extend([""] * len(rest))
    return found


def _pictures(
    folder: Path, found: LabelledFiles, listing: Listing, *, multilabel: bool
) -> Pictures:
    """Labelled files as data, with notes on what was passed over."""
    names = tuple(sorted({label for label in found.labels if label}))
    numbers = {name: number for number, name in enumerate(names)}
    y = np.array([numbers.get(label, UNLABELLED) for label in found.labels], np.int64)
    given = np.array(found.sides, dtype="U5")
    notes = list(found.notes)
    is_open = (given == "") & (y >= 0)
    if (given != "").any() and is_open.any():
        n = counted(int(is_open.sum()), "picture")
        notes.append(f"{n} without a side: taken for training.")
        given[is_open] = "train"
    notes += _passed_over(listing)
    members = None
    if multilabel:
        names, members = label_table(found.labels)
    elif cells := [name for name in names if SEPARATOR in name]:
        notes.append(_separator_note(cells, len(names)))
    return Pictures(
        folder=folder,
        files=tuple(found.files),
        class_names=tuple(map(printable, names)),
        y=y,
        labels=tuple(map(printable, found.labels)),
        given=given,
        notes=tuple(notes),
        members=members,
    )


def _separator_note(cells: Sequence[str], n_classes: int) -> str:
    return (
        f"{len(cells):,} of {n_classes:,} classes have a {SEPARATOR} in their name, "
        f"such as {printable(cells[0])!r}, and each is a class of its own; "
        "--multilabel reads them as several labels of a picture."
    )


def _passed_over(listing: Listing) -> Iterator[str]:
    if listing.hidden_folders:
        n = counted(len(listing.hidden), "file")
        shown = ", ".join(map(printable, listing.hidden_folders[:3]))
        yield f"Hidden folders are passed over: {shown} ({n})."
    if listing.formats:
        yield (
            f"Formats that are not read: {listing.endings()}. Convert them to PNG or "
            "JPEG to use them."
        )
    used = {file.folder.partition("/")[0] for file in listing.pictures}
    if empty := [name for name in listing.top_folders if name not in used]:
        shown = ", ".join(map(printable, empty))
        yield f"Folders without a picture that can be read: {shown}."


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
            labels=pictures.alike[places],
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
        advice="Give the folder above the class folders, or a table of path and label; "
        "sort pictures in a single folder into one folder per class first.",
    )


def _no_format(folder: Path, listing: Listing) -> BadPictures:
    return BadPictures(
        where=folder,
        found=f"only formats that are not read: {listing.endings()}",
        expected=f"pictures ({', '.join(sorted(EXTENSIONS))})",
        advice="Convert them to PNG or JPEG.",
    )


def _flat_sides(folder: Path) -> BadPictures:
    return BadPictures(
        where=folder,
        found="folders of a split with pictures in them, but no class folders",
        expected="class folders in each of them",
        advice="Sort the pictures of each side into one folder per class, or give a "
        "table of path, label and split.",
    )
