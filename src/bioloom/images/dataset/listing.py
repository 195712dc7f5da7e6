"""Every file of a data set's folder: pictures, and what is passed over and why.

Unlike a merge, a data set follows links to folders, which class folders often are, and
passes over the hidden folders that programs leave behind.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bioloom.images.files.files import (
    FoundFile,
    Inode,
    file_of,
    inode_of,
    is_picture_name,
    split_name,
)

_LEFT_BY_PROGRAMS = frozenset(("__MACOSX", "@eaDir", "Thumbs.db", "desktop.ini"))
# fmt: off
OTHER_FORMATS = frozenset((
    ".apng", ".psd", ".svg", ".eps", ".tga", ".ico", ".exr", ".hdr", ".ppm", ".pgm",
    ".pbm", ".pnm", ".dcm", ".dicom", ".nii", ".czi", ".nd2", ".lif", ".svs", ".ndpi",
    ".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf",
))
# fmt: on
"""Endings of pictures that are not read."""


@dataclass(slots=True)
class Listing:
    """Every file below a folder, each in one of four lists.

    Parameters
    ----------
    pictures
        By their names, in order; also links that are broken or lead back.
    formats
        Pictures of formats that are not read, by path below the folder.
    others
        Files that are no pictures.
    hidden
        Hidden files, and all files of hidden folders.
    hidden_folders
        These folders.
    top_folders
        Folders of the first level that are searched.
    """

    pictures: list[FoundFile] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    hidden_folders: list[str] = field(default_factory=list)
    top_folders: list[str] = field(default_factory=list)

    def endings(self) -> str:
        """Endings of the formats that are not read, with numbers: "10 .heic"."""
        counts = Counter(split_name(name).ending.lower() for name in self.formats)
        return ", ".join(f"{n:,} {ending}" for ending, n in sorted(counts.items()))


def list_files(folder: Path) -> Listing:
    """List a folder and all below it, by name within each folder.

    Parameters
    ----------
    folder
        Where to look. Links are followed, except to a folder that they are in.
    """
    found = Listing()
    for entry, place, above in _entries(folder, found):
        name = f"{place}/{entry.name}".lstrip("/")
        if _is_hidden(entry.name):
            found.hidden.append(name)
        elif is_picture_name(entry.name) or _leads_nowhere(entry, above):
            found.pictures.append(file_of(entry, entry.path, place))
        elif split_name(entry.name).ending.lower() in OTHER_FORMATS:
            found.formats.append(name)
        else:
            found.others.append(name)
    return found


def _entries(
    folder: Path, found: Listing
) -> Iterator[tuple["os.DirEntry[str]", str, frozenset[Inode]]]:
    """Files below a folder, their places, and the folders that they are in."""
    waiting = [(os.fspath(folder), "", frozenset((inode_of(folder),)))]
    while waiting:
        path, place, above = waiting.pop()
        try:
            with os.scandir(path) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except PermissionError:
            found.pictures.append(FoundFile(path, place, 0, reason="permission"))
            continue
        inner = []
        for entry in entries:
            if not entry.is_dir() or inode_of(entry.path) in above:
                yield entry, place, above
                continue
            name = f"{place}/{entry.name}".lstrip("/")
            if _is_hidden(entry.name):
                found.hidden_folders.append(name)
                found.hidden += _all_files(entry.path, name)
                continue
            if not place:
                found.top_folders.append(entry.name)
            inner.append((entry.path, name, above | _folders_above(entry)))
        waiting += reversed(inner)


def _leads_nowhere(entry: "os.DirEntry[str]", above: frozenset[Inode]) -> bool:
    """Whether an entry is a broken link, or leads to a folder that it is in."""
    if entry.is_dir():
        return inode_of(entry.path) in above
    return entry.is_symlink() and not entry.is_file()


def _folders_above(entry: "os.DirEntry[str]") -> frozenset[Inode]:
    """A folder itself and, of a link, those that its target is in."""
    if not entry.is_symlink():
        return frozenset((inode_of(entry.path),))
    target = Path(entry.path).resolve()
    return frozenset(inode_of(path) for path in (target, *target.parents))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _LEFT_BY_PROGRAMS


def _all_files(path: str, name: str) -> list[str]:
    return [
        f"{name}{folder[len(path) :]}/{file}"
        for folder, _, files in os.walk(path)
        for file in files
    ]
