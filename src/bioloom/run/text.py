"""Text files in any encoding: guessed once, with a warning."""

from __future__ import annotations

import codecs
import io
import re
import warnings
from typing import IO, TextIO, cast

from bioloom.errors import InputWarning

HEAD_BYTES = 1 << 22
"""Bytes of a file that decide its encoding."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_NAMES = {"gb18030": "GB18030", "cp1252": "Windows-1252 (Latin-1)", "utf-16": "UTF-16"}


def decoded(stream: IO[bytes], *, where: str) -> TextIO:
    r"""Text of a file of bytes, in the encoding that its beginning shows.

    Parameters
    ----------
    stream
        The file, unpacked, at its beginning.
    where
        Its name, for the warning.

    Returns
    -------
    The text, without a byte-order mark, all line ends as ``\n``.

    Warns
    -----
    InputWarning
        If the text is not UTF-8.
    """
    head = stream.read(HEAD_BYTES)
    encoding = encoding_of(head)
    if encoding in _NAMES:
        message = f"{where}: read as {_NAMES[encoding]} text, as it is not UTF-8"
        warnings.warn(message, InputWarning, stacklevel=2)
    whole = io.BufferedReader(cast(io.RawIOBase, _Rejoined(head, stream)))
    return io.TextIOWrapper(whole, encoding)


def encoding_of(head: bytes) -> str:
    """Encoding of a text, by its first bytes.

    Notes
    -----
    A byte-order mark decides; else UTF-8 where it fits; else GB18030 where all bytes
    above 127 come in pairs of Chinese characters; else Windows-1252, which holds
    Latin-1.

    Examples
    --------
    >>> encoding_of("节点".encode("gb18030")), encoding_of("Zürich".encode("latin-1"))
    ('gb18030', 'cp1252')
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(head) else "cp1252"
    return "utf-8"


def _is_chinese(head: bytes) -> bool:
    """Whether all runs of bytes above 127 are pairs of GB2312's."""
    if len(head) == HEAD_BYTES:  # the last run may be cut
        head = head[: max(head.rfind(b"\n"), 0)]
    runs = _HIGH_BYTES.findall(head)
    return all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs)


class _Rejoined(io.RawIOBase):
    """A stream whose beginning was read already, from its beginning."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, or as much of it as there is."""
        piece = self._head[: len(buffer)]
        if piece:
            self._head = self._head[len(piece) :]
        else:
            piece = memoryview(self._rest.read(len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the file behind it."""
        self._rest.close()
        super().close()
