"""Picture files of a folder by their names, in a reproducible order."""

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bioloom.errors import MissingFile
from bioloom.images.files.opening import entries, reason_of_error

ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
        "png": (".png",),
        "gif": (".gif",),
        "bmp": (".bmp",),
        "tiff": (".tif", ".tiff"),
        "webp": (".webp",),
        "avif": (".avif",),
        "heic": (".heic", ".heif", ".hif"),
        "jxl": (".jxl",),
        "jp2": (".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"),
    }
)
"""Of the names of each kind of picture."""
EXTENSIONS = frozenset(chain.from_iterable(ENDINGS.values()))
_SEPARATORS = ("/", os.sep)
STAGING = ".bioloom-merge"
"""Folder inside a target for temporary files; never searched for pictures."""


class Inode(NamedTuple):
    """Device and number, which identify a file or folder under all its names."""

    device: int
    number: int


class NameParts(NamedTuple):
    """A file name before its last dot, and from it on."""

    stem: str
    ending: str


class FoundFile(NamedTuple):
    """A file that is a picture by its name.

    Parameters
    ----------
    path
        As the operating system names it.
    folder
        Its folder below the one that was searched; "" for that folder itself.
    n_bytes
        Its size.
    inode
        Where the file has several names (hard links), else None.
    reason
        Code of why it cannot be read; "" if it can.
    serial
        Its inode's number, to see whether another file has taken its name.
    """

    path: str
    folder: str
    n_bytes: int
    inode: Inode | None = None
    reason: str = ""
    serial: int = 0

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path[self.path.rfind(os.sep) + 1 :]


def is_picture_name(name: str) -> bool:
    """Whether a name has the ending of a picture, in upper or lower case.

    Examples
    --------
    >>> is_picture_name("a.b.JPG"), is_picture_name("jpg")
    (True, False)
    """
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in EXTENSIONS


def name_key(name: str) -> str:
    """Key of a name; some file systems treat names with the same key as one.

    Examples
    --------
    >>> name_key("Pikachu.PNG") == name_key("pikachu.png")
    True
    """
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def printable(name: str) -> str:
    r"""A name as one field of a table, whatever bytes it contains.

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


def split_name(name: str) -> NameParts:
    """Split a picture's name at its last dot.

    Examples
    --------
    >>> split_name("a.b.png").ending
    '.png'
    """
    dot = name.rfind(".")
    return NameParts(name[:dot], name[dot:])


def require_folder(folder: Path, *, role: str) -> None:
    """Raise `MissingFile` if there is no such folder."""
    if not folder.is_dir():
        raise MissingFile(folder, role=role)


def find_pictures(
    folder: str | Path,
    *,
    without: Sequence[Inode] = (),
    others: list[str] | None = None,
) -> Iterator[FoundFile]:
    """All pictures below a folder, by name within each folder.

    Parameters
    ----------
    folder
        Where to look. Links to files are followed; links to folders are only reported,
        since they may be circular.
    without
        Folders to leave out.
    others
        Takes the paths of the files that are no pictures by their names.
    """
    top = os.fspath(folder)
    waiting = [] if _is_left_out(top, without) else [(top, "")]
    while waiting:
        path, place = waiting.pop()
        stem = path if path.endswith(_SEPARATORS) else path + os.sep
        inner = []
        try:
            with entries(path) as listed:
                for entry in listed:
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(entry)
                    elif is_picture_name(entry.name) or _is_folder_link(entry):
                        yield file_of(entry, stem + entry.name, place)
                    elif others is not None:
                        others.append(stem + entry.name)
                inner = _searched(inner, without)
        except OSError as problem:
            inner = []
            yield FoundFile(path, place, 0, reason=reason_of_error(problem))
        waiting += [
            (stem + entry.name, f"{place}/{entry.name}".lstrip("/"))
            for entry in reversed(inner)
        ]


def _searched(
    folders: list["os.DirEntry[str]"], without: Sequence[Inode]
) -> list["os.DirEntry[str]"]:
    """Folders without the staging folder and those left out."""
    return [
        entry
        for entry in folders
        if entry.name != STAGING and not _is_left_out(entry, without)
    ]


def inode_of(folder: "str | Path | os.DirEntry[str]") -> Inode:
    """Device and inode of a folder."""
    if isinstance(folder, os.DirEntry):
        info = folder.stat(follow_symlinks=False)
        if info.st_ino:  # Windows does not tell it here
            return Inode(info.st_dev, info.st_ino)
    info = os.stat(folder)  # noqa: PTH116 (also of plain strings)
    return Inode(info.st_dev, info.st_ino)


def _is_left_out(folder: "str | os.DirEntry[str]", without: Sequence[Inode]) -> bool:
    return bool(without) and inode_of(folder) in without


def _is_folder_link(entry: "os.DirEntry[str]") -> bool:
    return entry.is_symlink() and entry.is_dir()


def file_of(entry: "os.DirEntry[str]", path: str, place: str) -> FoundFile:
    """An entry of a folder as a picture, with its path and place."""
    try:
        info = entry.stat()
    except OSError:
        return FoundFile(path, place, 0, None, "broken_link")
    inode = Inode(info.st_dev, info.st_ino) if info.st_nlink > 1 else None
    size, mode = info.st_size, info.st_mode
    if stat.S_ISREG(mode):
        reason = "" if size else "empty"
        # half the time of a call with defaults
        return tuple.__new__(FoundFile, (path, place, size, inode, reason, info.st_ino))
    reason = "folder_link" if stat.S_ISDIR(mode) else "not_a_file"
    return FoundFile(path, place, size, inode, reason)
