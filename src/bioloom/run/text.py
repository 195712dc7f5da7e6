"""Text files in any encoding, passed on as UTF-8 as they are read."""

from __future__ import annotations

import codecs
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol, TextIO, cast

from bioloom.errors import InputWarning
from bioloom.run.packing import refuse_binary

HEAD_BYTES = 1 << 22
"""Bytes, from the first that is not UTF-8 on, that decide a text's encoding."""

BLOCK_BYTES = 1 << 16

Notice = Callable[[str], None]

# the marks of UTF-32 begin as those of UTF-16 do
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK_BYTES = 4
_LINE_BYTES = 4096
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_WIDE_CHARACTERS = re.compile(r"[^\x00-\x7f]")
_CHINESE = re.compile("[\u2014-\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_NAMES = {
    "gb18030": "GB18030",
    "cp1252": "Windows-1252 (Latin-1)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
}


def warn_input(message: str) -> None:
    """Warn of something odd in an input that was interpreted."""
    warnings.warn(message, InputWarning, stacklevel=2)


def decoded(stream: IO[bytes], *, where: str, notice: Notice = warn_input) -> TextIO:
    r"""Text of a file of bytes, whatever its encoding.

    Parameters
    ----------
    stream
        The file, unpacked, at its beginning.
    where
        Its name, for the warning.
    notice
        Takes the warning if the text is not UTF-8; by default an `InputWarning`.

    Returns
    -------
    The text, without a byte-order mark, all line ends as ``\n``.
    """
    return io.TextIOWrapper(as_utf8(stream, where=where, notice=notice), "utf-8")


def as_utf8(
    stream: IO[bytes], *, where: str | Path, notice: Notice = warn_input
) -> io.BufferedReader:
    """Content of a text file as UTF-8 bytes; parameters as `decoded`.

    Raises
    ------
    UnreadableFile
        When it is read, if it is not text but for instance a BAM file.

    Notes
    -----
    The file is read once. Bytes that are UTF-8 pass as they are. From the line with
    the first other byte on, each line that is not UTF-8 counts as Windows-1252, which
    holds Latin-1, or the rest as GB18030 where all bytes above 127 come in pairs of
    Chinese characters.
    """
    whole = _Utf8(stream, str(where), notice)
    return io.BufferedReader(cast(io.RawIOBase, whole), BLOCK_BYTES)


def has_mark(head: bytes) -> bool:
    """Whether a file that begins with these bytes has a byte-order mark."""
    return any(head.startswith(mark) for mark, _ in _MARKS)


def encoding_of(head: bytes) -> str:
    """Encoding of a text, by its first bytes.

    Notes
    -----
    A byte-order mark decides, or zero bytes at every other place; else UTF-8 where it
    fits; else GB18030 where all bytes above 127 come in pairs of Chinese characters;
    else Windows-1252, which holds Latin-1.

    Examples
    --------
    >>> encoding_of("节点".encode("gb18030")), encoding_of("Zürich".encode("latin-1"))
    ('gb18030', 'cp1252')
    """
    if wide := _wide(head):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(head) else "cp1252"
    return "utf-8"


def _wide(head: bytes) -> str:
    """Encoding by a byte-order mark or by zero bytes; empty if neither shows."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[0:64:2], head[1:64:2]
    if len(odd) >= _MARK_BYTES // 2:
        for name, zeros, letters in (
            ("utf-16-be", even, odd),
            ("utf-16-le", odd, even),
        ):
            if 0 not in letters and zeros.count(0) > 0.7 * len(zeros):
                return name
    return _wide_lines(head) if 0 in head[:_LINE_BYTES] else ""


def _wide_lines(head: bytes) -> str:
    """UTF-16 whose first line has few Latin letters: lines of printable text."""
    begin = head[: min(len(head), _LINE_BYTES) & ~1]
    for name in ("utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(name)("replace").decode(begin)
        if "\n" in text and all(x.isprintable() or x in "\r\n\t" for x in text):
            return name
    return ""


def _is_chinese(head: bytes) -> bool:
    """Whether all bytes above 127 are of Chinese characters.

    Pairs of GB2312's bytes are; rarer characters, whose second byte may be a letter's,
    if they stand among more of GB2312's, or if none of them takes a letter.
    """
    if len(head) >= HEAD_BYTES:  # the last run may be cut
        head = head[: max(head.rfind(b"\n"), 0)]
    runs = _HIGH_BYTES.findall(head)
    if all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs):
        return True
    try:
        wide = _WIDE_CHARACTERS.findall(head.decode("gb18030"))
    except UnicodeDecodeError:
        return False
    codes = [character.encode("gb18030") for character in wide]
    n_common = sum(len(code) == 2 and min(code) >= 0xA1 for code in codes)
    takes_letter = any(code[-1] < 0x80 for code in codes)
    return all(map(_CHINESE.fullmatch, wide)) and (
        2 * n_common > len(codes) or not takes_letter
    )


class _Recoder(Protocol):
    """Converts a text to UTF-8, block by block."""

    def __call__(self, block: bytes, *, is_end: bool) -> bytes: ...


class _Utf8(io.RawIOBase):
    """A text file as UTF-8 bytes."""

    def __init__(self, stream: IO[bytes], where: str, notice: Notice) -> None:
        self._stream, self._where, self._notice = stream, where, notice
        self._read = getattr(stream, "read1", stream.read)
        self._ready = memoryview(b"")
        self._pending = b""  # of a character or line that is not complete
        self._n_lines = 0
        self._recode: _Recoder | None = None
        self._is_begun = False

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, or as much of it as there is."""
        while not self._ready:
            block = self._read(BLOCK_BYTES) if self._is_begun else self._begin()
            is_end = not block
            self._ready = memoryview(self._converted(block, is_end=is_end))
            if is_end and not self._ready:
                return 0
        piece = self._ready[: len(buffer)]
        self._ready = self._ready[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the file behind it."""
        if not self.closed:
            self._stream.close()
        super().close()

    def _begin(self) -> bytes:
        """First bytes, and how to convert them if a mark says so."""
        self._is_begun = True
        head = self._read(BLOCK_BYTES)
        while len(head) < _MARK_BYTES and (more := self._read(BLOCK_BYTES)):
            head += more
        encoding = _wide(head)
        if encoding == "utf-8-sig":
            return self._after_mark(head)
        if encoding:
            self._say(encoding)
            self._recode = _by_decoder(encoding)
        else:
            refuse_binary(self._where, head)
        return head

    def _after_mark(self, head: bytes) -> bytes:
        """The text after the mark of UTF-8: never empty unless the file ends."""
        return head[len(codecs.BOM_UTF8) :] or cast(bytes, self._read(BLOCK_BYTES))

    def _converted(self, block: bytes, *, is_end: bool) -> bytes:
        if self._recode is not None:
            return self._recode(block, is_end=is_end)
        if not self._pending and block.isascii():
            self._n_lines += block.count(b"\n")
            return block
        return self._checked(self._pending + block, is_end=is_end)

    def _checked(self, block: bytes, *, is_end: bool) -> bytes:
        """Whole characters of a block that is not ASCII, if it is UTF-8."""
        try:
            codecs.utf_8_decode(block, "strict", is_end)
        except UnicodeDecodeError as problem:
            return self._fall_back(block, problem.start, is_end=is_end)
        whole = len(block) if is_end else _whole_characters(block)
        self._pending = block[whole:]
        self._n_lines += block.count(b"\n", 0, whole)
        return block[:whole]

    def _fall_back(self, block: bytes, first: int, *, is_end: bool) -> bytes:
        """From here on the text is not UTF-8: decide what it is, and say so."""
        self._pending = b""
        line = self._n_lines + block.count(b"\n", 0, first) + 1
        while len(block) - first < HEAD_BYTES and (more := self._read(BLOCK_BYTES)):
            block += more
        encoding = "gb18030" if _is_chinese(block[first:]) else "cp1252"
        self._say(encoding, f" (first in line {line:,})")
        by_line = encoding == "cp1252"
        self._recode = _by_line() if by_line else _by_decoder(encoding)
        return self._recode(block, is_end=is_end)

    def _say(self, encoding: str, place: str = "") -> None:
        self._notice(
            f"{self._where}: read as {_NAMES[encoding]} text, as it is not UTF-8{place}"
        )


def _whole_characters(block: bytes) -> int:
    """Bytes of a block of UTF-8 before a character that its end cuts."""
    return codecs.utf_8_decode(block)[1]


def _by_decoder(encoding: str) -> _Recoder:
    decoder = codecs.getincrementaldecoder(encoding)("replace")

    def convert(block: bytes, *, is_end: bool) -> bytes:
        return decoder.decode(block, is_end).encode("utf-8")

    return convert


def _by_line() -> _Recoder:
    """Convert whole lines; a line that is not UTF-8 counts as Windows-1252."""
    waiting = b""

    def convert(block: bytes, *, is_end: bool) -> bytes:
        nonlocal waiting
        block = waiting + block
        end = len(block) if is_end else block.rfind(b"\n") + 1
        block, waiting = block[:end], block[end:]
        return b"".join(map(_line_as_utf8, block.splitlines(keepends=True)))

    return convert


def _line_as_utf8(line: bytes) -> bytes:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding).encode("utf-8")
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1").encode("utf-8")
