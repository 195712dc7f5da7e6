"""Open files for reading wherever they are: deep folders, Windows, pipes.

A path has at most 4,096 bytes on Linux (1,024 on macOS, 260 letters on Windows), but
folders can be nested deeper; there a file is opened folder by folder.
"""

import errno
import ntpath
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from operator import attrgetter
from pathlib import Path

IS_WINDOWS = os.name == "nt"
# a pipe does not block, Windows does not translate line ends
_READ = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_PART = 900  # bytes of a path that every system takes
_WINDOWS_LONGEST = 240
_name_of = attrgetter("name")
_LONG_PREFIX, _SHARE = "\\\\?\\", "\\\\"


def opened(path: str) -> int:
    """Descriptor of a file opened for reading.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    try:
        return os.open(system_path(path) if IS_WINDOWS else path, _READ)
    except OSError as problem:
        if problem.errno != errno.ENAMETOOLONG:
            raise
    return _opened_deep(path, _READ)


def open_binary(path: str) -> BufferedReader:
    """A file opened for reading; raises `OSError` where it cannot be."""
    return open(opened(path), "rb")  # noqa: PTH123, SIM115


@contextmanager
def entries(path: str) -> Iterator[list["os.DirEntry[str]"]]:
    """What is in a folder, by name; they can be asked for more inside the context.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    if IS_WINDOWS:
        with os.scandir(system_path(path)) as scan:
            yield sorted(scan, key=_name_of)
        return
    descriptor = _opened_folder(path)  # its files need no long paths then
    try:
        with os.scandir(descriptor) as scan:
            yield sorted(scan, key=_name_of)
    finally:
        os.close(descriptor)


def _opened_folder(path: str) -> int:
    try:
        return os.open(path, _FOLDER)
    except OSError as problem:
        if problem.errno != errno.ENAMETOOLONG:
            raise
    return _opened_deep(path, _FOLDER)


def _opened_deep(path: str, flags: int) -> int:
    """Open what is deeper than a path may be long, some folders at a time."""
    first, *others = _parts(path)
    descriptor = os.open(first, _FOLDER if others else flags)
    for number, part in enumerate(others, start=1):
        above = descriptor
        try:
            kind = flags if number == len(others) else _FOLDER
            descriptor = os.open(part, kind, dir_fd=above)
        finally:
            os.close(above)
    return descriptor


def _parts(path: str) -> Iterator[str]:
    """Stretches of a path that can be opened one after the other."""
    names, stretch = path.split("/"), ""
    for name in names[:-1]:
        stretch += f"{name}/"
        if len(os.fsencode(stretch)) > _PART:
            yield stretch
            stretch = ""
    yield stretch + names[-1]


def system_path(path: str) -> str:
    r"""A path as Windows takes it where it is long.

    Examples
    --------
    >>> system_path("C:\\" + 300 * "a")[:8]
    '\\\\?\\C:\\a'
    >>> system_path("C:\\short.png")
    'C:\\short.png'
    """
    if len(path) < _WINDOWS_LONGEST or path.startswith(_LONG_PREFIX):
        return path
    whole = ntpath.normpath(
        path if ntpath.isabs(path) else os.fspath(Path(path).absolute())
    )
    if whole.startswith(_SHARE):
        return f"{_LONG_PREFIX}UNC\\{whole[2:]}"
    return _LONG_PREFIX + whole


def reason_of_error(problem: OSError) -> str:
    """Code of why the system cannot read a file.

    Examples
    --------
    >>> reason_of_error(PermissionError(13, "Permission denied"))
    'permission'
    """
    if isinstance(problem, PermissionError):
        return "permission"
    return "vanished" if isinstance(problem, FileNotFoundError) else "read_error"
