"""Packed files, told by their first bytes and not by their names."""

from __future__ import annotations

import bz2
import gzip
import importlib.util
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from bioloom.errors import UnreadableFile

DAMAGED = (EOFError, OSError, UnicodeDecodeError, zlib.error, lzma.LZMAError)
"""What reading a text or a packed file raises where it is cut or damaged."""

MAGIC_BYTES = 8
"""Bytes that tell how a file is packed."""

PACKED_SUFFIX = r"\.(gz|bgz|bgzf|bz2|xz|zst|zstd)$"
"""How the names of packed files end, as a regular expression."""

_ZSTD_PACKAGES = ("compression.zstd", "backports.zstd", "pyzstd", "zstandard")
_ZSTD = b"\x28\xb5\x2f\xfd"


class _Foreign(NamedTuple):
    """A form of file that is not read: its first bytes, name, and what helps."""

    magic: bytes
    name: str
    advice: str


_REFUSED = (
    _Foreign(b"PK\x03\x04", "a zip archive", "Unpack it: `unzip FILE`."),
    _Foreign(b"PK\x05\x06", "an empty zip archive", "Download it again."),
    _Foreign(b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it: `7z x FILE`."),
    _Foreign(b"Rar!", "a rar archive", "Unpack it: `unrar x FILE`."),
    _Foreign(b"\x04\x22\x4d\x18", "lz4 compression", "Unpack it: `lz4 -d FILE`."),
    _Foreign(b"\x1f\x9d", "compress (.Z) compression", "Unpack it: `gzip -d FILE`."),
)
_REFUSED_CONTENT = (
    _Foreign(b"BAM\x01", "a BAM file", "To see its reads: `samtools view FILE`."),
    _Foreign(b"CRAM", "a CRAM file", "To see its reads: `samtools view FILE`."),
    _Foreign(
        b"\xeb\xf2\x89\x87",
        "a bigBed file",
        "Convert it: `bigBedToBed FILE OUT.bed`.",
    ),
    _Foreign(
        b"\x43\x27\x41\x1a", "a 2bit genome", "Convert it: `twoBitToFa FILE OUT.fa`."
    ),
    _Foreign(b"SQLite format 3", "an SQLite database", "Export it as text."),
    _Foreign(b"\x89HDF", "an HDF5 file", "Export it as text."),
    _Foreign(b"%PDF", "a PDF", "Export it as text."),
)
_TAR_AT = 257
_TAR = _Foreign(b"ustar", "a tar archive", "Unpack it: `tar -xf FILE`.")


def unpacked(path: str | Path, raw: IO[bytes], head: bytes) -> IO[bytes]:
    """Content of an open file: gzip, bgzip, bzip2, xz and zstd are unpacked.

    Parameters
    ----------
    path
        Its name, for messages.
    raw
        The file, at its beginning.
    head
        Its first bytes, which `raw` still holds.

    Raises
    ------
    UnreadableFile
        If it is packed in another way, or as zstd without a package that reads it.
    """
    for foreign in _REFUSED:
        if head.startswith(foreign.magic):
            raise _refused(path, foreign)
    opener = _opener(head)
    if opener is None:
        return _zstd(path, raw) if head.startswith(_ZSTD) else raw
    return cast(IO[bytes], _Owner(opener(raw), raw))


def is_packed(head: bytes) -> bool:
    """Whether a file that begins with these bytes is packed in a way that is read."""
    return _opener(head) is not None or head.startswith(_ZSTD)


def refuse_binary(where: str | Path, head: bytes) -> None:
    """Raise `UnreadableFile`, naming what it is, if content is not text."""
    for foreign in _REFUSED_CONTENT:
        if head.startswith(foreign.magic):
            raise _refused(where, foreign)
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        raise _refused(where, _TAR)
    if b"\x00" in head:
        advice = "Give the text file that it was made from."
        raise _refused(where, _Foreign(b"", "a binary file", advice))


def damage_advice(problem: BaseException) -> str:
    """What to do about a file that could not be read to its end."""
    if isinstance(problem, EOFError):
        return "The file is probably truncated: copy or download it again."
    return "The file is damaged or cannot be opened: copy or download it again."


def _opener(head: bytes) -> Callable[[IO[bytes]], IO[bytes]] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if head.startswith(b"BZh"):
        return lambda raw: cast(IO[bytes], bz2.BZ2File(raw))
    if head.startswith(b"\xfd7zXZ\x00"):
        return lambda raw: cast(IO[bytes], lzma.LZMAFile(raw))
    return None


def _zstd(path: str | Path, raw: IO[bytes]) -> IO[bytes]:
    """Content of a zstd file, by the first package that is there."""
    for name in filter(_is_there, _ZSTD_PACKAGES):
        package: Any = importlib.import_module(name)
        if hasattr(package, "ZstdFile"):
            return cast(IO[bytes], _Owner(package.ZstdFile(raw), raw))
        decompressor = package.ZstdDecompressor()
        return cast(IO[bytes], decompressor.stream_reader(raw, read_across_frames=True))
    advice = "Unpack it: `zstd -d FILE`, or install a package: `pip install zstandard`."
    raise _refused(path, _Foreign(_ZSTD, "zstd compression", advice))


def _is_there(package: str) -> bool:
    """Whether a package can be imported."""
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # of the package that it is part of
        return False


def _refused(path: str | Path, foreign: _Foreign) -> UnreadableFile:
    return UnreadableFile(
        where=path,
        found=foreign.name,
        expected="text, plain or packed with gzip, bgzip, bzip2, xz or zstd",
        advice=foreign.advice.replace("FILE", Path(path).name),
    )


class _Owner:
    """An unpacking stream that also closes the file behind it."""

    def __init__(self, stream: IO[bytes], raw: IO[bytes]) -> None:
        self._stream, self._raw = stream, raw
        self.read = stream.read
        self.read1 = getattr(stream, "read1", stream.read)

    def close(self) -> None:
        """Close both."""
        self._stream.close()
        self._raw.close()
