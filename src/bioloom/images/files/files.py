"""Which files of a folder are pictures by their names, in an order that repeats."""

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import MissingFile

EXTENSIONS = frozenset(
    (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff")
)
STAGING = ".bioloom-merge"
"""Folder inside a target where files are written aside; never a picture's."""


class FoundFile(NamedTuple):
    """A file that is a picture by its name.

    Parameters
    ----------
    path
        As the operating system has it.
    folder
        Its folder below the one that was searched, "" for that one itself.
    n_bytes
        Its size.
    inode
        Device and number where the file has several names (hard links), else None.
    reason
        Code of why it cannot be read, "" if it can.
    """

    path: str
    folder: str
    n_bytes: int
    inode: tuple[int, int] | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path[self.path.rfind("/") + 1 :]


def is_picture_name(name: str) -> bool:
    """Whether a name ends as a picture's does, in any case.

    Examples
    --------
    >>> is_picture_name("a.b.JPG"), is_picture_name("jpg")
    (True, False)
    """
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in EXTENSIONS


def name_key(name: str) -> str:
    """What two names share that are one on some file systems.

    Examples
    --------
    >>> name_key("Pikachu.PNG") == name_key("pikachu.png")
    True
    """
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def printable(name: str) -> str:
    r"""A name as one field of a table, whatever bytes it is made of.

    Examples
    --------
    >>> printable("two\nlines\t.png")
    'two\\nlines\\t.png'
    """
    if name.isascii() and name.isprintable():
        return name
    text = name.encode("utf-8", "backslashreplace").decode()
    for char, escaped in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(char, escaped)
    return text


def split_name(name: str) -> tuple[str, str]:
    """A picture's name before and from its last dot.

    Examples
    --------
    >>> split_name("a.b.png")
    ('a.b', '.png')
    """
    dot = name.rfind(".")
    return name[:dot], name[dot:]


def require_folder(folder: Path, *, role: str) -> None:
    """Raise `MissingFile` where a folder is none."""
    if not folder.is_dir():
        raise MissingFile(folder, role=role)


def find_pictures(
    folder: str | Path, *, without: Sequence[tuple[int, int]] = ()
) -> Iterator[FoundFile]:
    """All pictures below a folder, by name within each folder.

    Parameters
    ----------
    folder
        Where to look. Links to files are followed, links to folders are told of only:
        they may lead in circles.
    without
        Device and inode of folders to leave out.
    """
    top = os.fspath(folder)
    waiting = [] if _is_left_out(top, without) else [(top, "")]
    while waiting:
        path, place = waiting.pop()
        try:
            with os.scandir(path) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except PermissionError:
            yield FoundFile(path, place, 0, reason="permission")
            continue
        inner = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry)
            elif is_picture_name(entry.name) or _is_folder_link(entry):
                yield _found(entry, place)
        waiting += [
            (one.path, f"{place}/{one.name}".lstrip("/"))
            for one in reversed(inner)
            if one.name != STAGING and not _is_left_out(one.path, without)
        ]


def inode_of(folder: str | Path) -> tuple[int, int]:
    """Device and inode, by which a folder is known under all its names."""
    info = os.stat(folder)  # noqa: PTH116 (also of plain strings)
    return info.st_dev, info.st_ino


def _is_left_out(path: str, without: Sequence[tuple[int, int]]) -> bool:
    return bool(without) and inode_of(path) in without


def _is_folder_link(entry: "os.DirEntry[str]") -> bool:
    return entry.is_symlink() and entry.is_dir()


def _found(entry: "os.DirEntry[str]", place: str) -> FoundFile:
    try:
        info = entry.stat()
    except OSError:
        return FoundFile(entry.path, place, 0, reason="broken_link")
    inode = (info.st_dev, info.st_ino) if info.st_nlink > 1 else None
    size = info.st_size
    if stat.S_ISREG(info.st_mode):
        reason = "" if size else "empty"
    else:
        reason = "folder_link" if stat.S_ISDIR(info.st_mode) else "not_a_file"
    return FoundFile(entry.path, place, size, inode, reason)
