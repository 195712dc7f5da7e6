"""Files that are whole or absent: written under a temporary name, then renamed."""

import errno
import gzip
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from bioloom.errors import CannotWrite, UnreadableFile
from bioloom.run.packing import DAMAGED, MAGIC_BYTES, is_packed, unpacked
from bioloom.run.text import BLOCK_BYTES, Notice, as_utf8, has_mark, warn_input

UNREADABLE = DAMAGED
"""What reading a text or packed file raises where it is cut or damaged."""

# the disk, the quota, the file, the right to write
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


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


def open_bytes(path: str | Path, *, notice: Notice = warn_input) -> IO[bytes]:
    """Open a text file of any packing and encoding for reading as UTF-8 bytes.

    Parameters
    ----------
    path
        The file; "-" is standard input. Its first bytes, not its name, say whether it
        is packed with gzip, bgzip, bzip2, xz or zstd.
    notice
        Takes a warning if the text is not UTF-8; by default an `InputWarning`.

    Raises
    ------
    UnreadableFile
        If it is packed in another way, or (when read) is not text.
    """
    return cast(IO[bytes], as_utf8(_unpacked(path), where=path, notice=notice))


def open_text(path: str | Path, *, notice: Notice = warn_input) -> TextIO:
    """Open a text file for reading; otherwise as `open_bytes`."""
    return io.TextIOWrapper(open_bytes(path, notice=notice), "utf-8")


def _unpacked(path: str | Path) -> IO[bytes]:
    if str(path) == "-":
        raw = cast(io.BufferedReader, sys.stdin.buffer)
    else:
        raw = Path(path).open("rb")  # noqa: SIM115 (the caller closes it)
    try:
        head = raw.peek(MAGIC_BYTES)[:MAGIC_BYTES]
        return unpacked(path, cast(IO[bytes], raw), head)
    except UnreadableFile:
        raw.close()
        raise


def is_plain(path: str | Path) -> bool:
    """Whether a file can be read as it is: unpacked, UTF-8, usual line ends.

    Only the first bytes are looked at.
    """
    with Path(path).open("rb") as stream:
        head = stream.read(BLOCK_BYTES)
    has_old_ends = b"\r" in head[:-1].replace(b"\r\n", b"")
    return not (is_packed(head) or has_mark(head) or has_old_ends)


@contextmanager
def _text_writer(raw: IO[bytes], target: Path) -> Iterator[TextIO]:
    if target.suffix == ".gz":
        packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0)
        with packed, io.TextIOWrapper(packed, "utf-8", newline="\n") as text:
            yield text
    else:
        with io.TextIOWrapper(raw, "utf-8", newline="\n") as text:
            yield text
