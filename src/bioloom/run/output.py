"""Files that are whole or absent: written under a temporary name, then renamed."""

import errno
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from bioloom.errors import CannotWrite

UNREADABLE = (EOFError, OSError, UnicodeDecodeError, zlib.error)
"""What reading a text or gzip file raises where it is cut or damaged."""

# the disk, the quota, the file, the right to write
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
_GZIP = b"\x1f\x8b"


@contextmanager
def open_aside(path: str | Path) -> Iterator[TextIO]:
    """Open a text file for writing that appears under its name only when complete.

    Parameters
    ----------
    path
        Where the file shall be; "-" is standard output; ".gz" compresses (without a
        time stamp, so equal content gives equal bytes). Missing folders are made. A
        device or pipe is written to as it is.

    Raises
    ------
    CannotWrite
        If the disk is full, the file would be too large, or may not be written.
    """
    if str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(path)
    try:
        with written_aside(target) as aside:
            raw = _opened(aside)
            with raw, _text_writer(raw, target) as text:
                yield text
    except OSError as problem:
        if problem.errno in _FULL:
            raise CannotWrite(path, reason=os.strerror(problem.errno)) from None
        raise


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Path to write in place of a file, which is renamed to it at the end.

    A device or pipe is its own: to rename over one would remove it.
    """
    if target.exists() and not target.is_file():
        yield target
        return
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _opened(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")
    except OSError as problem:
        raise CannotWrite(path.parent, reason=str(problem.strerror)) from None


def write_text(path: str | Path, text: str) -> None:
    """Write a text file under a temporary name and rename it."""
    with open_aside(path) as stream:
        stream.write(text)


def open_bytes(path: str | Path) -> IO[bytes]:
    """Open a file for reading as bytes; "-" is standard input, gzip is unpacked."""
    if str(path) == "-":
        raw = cast(io.BufferedReader, sys.stdin.buffer)
        is_packed = raw.peek(2)[:2] == _GZIP
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if is_packed else raw
    raw = Path(path).open("rb")  # noqa: SIM115 (the caller closes it)
    if raw.peek(2)[:2] != _GZIP:
        return raw
    if not Path(path).is_file():  # a pipe cannot be opened again
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    raw.close()
    return cast(IO[bytes], gzip.open(path, "rb"))


def open_text(path: str | Path) -> TextIO:
    """Open a text file for reading; "-" is standard input, gzip is unpacked."""
    return io.TextIOWrapper(open_bytes(path), "utf-8")


def is_gzip(path: str | Path) -> bool:
    """Whether a file is compressed, whatever its name says."""
    with Path(path).open("rb") as stream:
        return stream.read(2) == _GZIP


@contextmanager
def _text_writer(raw: IO[bytes], target: Path) -> Iterator[TextIO]:
    if target.suffix == ".gz":
        packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
        with packed, io.TextIOWrapper(packed, "utf-8", newline="\n") as text:
            yield text
    else:
        with io.TextIOWrapper(raw, "utf-8", newline="\n") as text:
            yield text
