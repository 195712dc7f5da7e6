"""Files that are either whole or absent: written aside, then renamed."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

UNREADABLE = (EOFError, OSError, UnicodeDecodeError, zlib.error)
"""What reading a text or gzip file raises where it is cut or damaged."""

_GZIP = b"\x1f\x8b"


@contextmanager
def open_aside(path: str | Path) -> Iterator[TextIO]:
    """Open a text file for writing that appears under its name only when complete.

    Parameters
    ----------
    path
        Where the file shall be; "-" is standard output; ".gz" compresses (without a
        time stamp, so equal content gives equal bytes). Missing folders are made.
    """
    if str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as raw, _text_writer(raw, target) as text:
            yield text
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a whole text file aside and rename it."""
    with open_aside(path) as stream:
        stream.write(text)


def open_bytes(path: str | Path) -> IO[bytes]:
    """Open a file for reading as bytes; "-" is standard input, gzip is unpacked."""
    if str(path) == "-":
        raw = cast(io.BufferedReader, sys.stdin.buffer)
        is_packed = raw.peek(2)[:2] == _GZIP
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if is_packed else raw
    raw = Path(path).open("rb")
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
