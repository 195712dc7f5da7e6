"""FASTA as bytes, block by block: headers and lines of sequence, each with its line.

The one reader of FASTA, on which `bioloom.seq.fasta` (records as text) and
`bioloom.seq.coded` (records as base codes) build. It holds one block at a time,
however long the lines are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, Protocol, TypeVar

from bioloom.errors import BadFasta, MissingFile, UnreadableFile
from bioloom.run.output import UNREADABLE, open_bytes

BLOCK_BYTES = 1 << 20
NO_FASTA = "FASTA records"


@dataclass(frozen=True, slots=True)
class Header:
    """A header line, without its ``>``.

    Parameters
    ----------
    text
        As in the file, without blanks at its ends.
    line
        Number of the line in the file, from 1.
    """

    text: bytes
    line: int

    @property
    def words(self) -> HeaderWords:
        """Name and description; letters that are not UTF-8 are replaced."""
        words = self.text.split(None, 1)
        name, description = [*words, b"", b""][:2]
        return HeaderWords(
            name.decode("utf-8", "replace"), description.decode("utf-8", "replace")
        )


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """The first word of a header, and what follows it."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a sequence; the first and the last may be parts of a line.

    Parameters
    ----------
    raw
        As in the file, line ends included.
    line
        Number of the first line in the file, from 1.
    """

    raw: bytes
    line: int

    @property
    def letters(self) -> bytes:
        """The sequence: without line ends, and without blanks at the ends of lines."""
        if b" " in self.raw or b"\t" in self.raw:
            return b"".join(map(bytes.strip, self.raw.split(b"\n")))
        return self.raw.translate(None, b"\n")

    def numbered(self) -> Iterator[NumberedLine]:
        """The lines that are not empty, one by one."""
        for number, text in enumerate(self.raw.split(b"\n"), self.line):
            if text.strip():
                yield NumberedLine(number, text.strip())


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line, or part of one, and its number in the file."""

    number: int
    text: bytes


@dataclass(frozen=True, slots=True)
class LetterRule:
    """Which letters a sequence may hold.

    Parameters
    ----------
    problem
        What is wrong with some letters, as a noun phrase; empty if nothing is.
    expected
        What the letters should be, as a noun phrase.
    advice
        What the user can do.
    """

    problem: Callable[[bytes], str]
    expected: str
    advice: str

    def error(self, where: str | Path, found: str, expected: str = "") -> BadFasta:
        """The error that names a place and what was found there."""
        return BadFasta(
            where=where,
            found=found,
            expected=expected or NO_FASTA,
            advice=self.advice,
        )

    def check(self, where: str | Path, lines: Lines, letters: bytes) -> None:
        """Raise `BadFasta`, naming the line, if a letter is not allowed."""
        if not self.problem(letters):
            return
        for line in lines.numbered():
            if found := self.problem(line.text):
                place = f"{where}: line {line.number}"
                raise self.error(place, found, self.expected)


class SequenceStore(Protocol):
    """What collects the letters of one record."""

    def add(self, letters: bytes) -> None:
        """Append letters."""


Store = TypeVar("Store", bound=SequenceStore)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Store]):
    """One record: its header, and its letters as the store of the caller holds them."""

    header: Header
    store: Store


def fasta_entries(
    where: str | Path,
    blocks: Iterable[bytes],
    rule: LetterRule,
    new_store: Callable[[], Store],
) -> Iterator[Entry[Store]]:
    """Records of FASTA.

    Parameters
    ----------
    where
        Name of the file, for messages.
    blocks
        Its content, in pieces of any size.
    rule
        Which letters the sequences may hold.
    new_store
        Makes what collects the letters of a record.

    Raises
    ------
    BadFasta
        If there is text before the first header, or a letter that is not allowed; the
        message names the line.
    """
    entry: Entry[Store] | None = None
    for part in fasta_parts(blocks):
        if isinstance(part, Header):
            if entry is not None:
                yield entry
            entry = Entry(part, new_store())
        elif letters := part.letters:
            if entry is None:
                raise _no_header(where, part, rule)
            rule.check(where, part, letters)
            entry.store.add(letters)
    if entry is not None:
        yield entry


def _no_header(where: str | Path, lines: Lines, rule: LetterRule) -> BadFasta:
    first = next(lines.numbered())
    found = repr(first.text.decode("utf-8", "replace")[:20])
    return rule.error(f"{where}: line {first.number}", found)


def fasta_parts(blocks: Iterable[bytes]) -> Iterator[Header | Lines]:
    """Headers and lines of sequence, in the order of the file.

    Line ends may be those of Unix, Windows or the old Mac.
    """
    line, is_line_start = 1, True
    for block in _with_whole_headers(_with_unix_line_ends(blocks)):
        begin = 0
        while begin < len(block):
            is_header = is_line_start and block.startswith(b">", begin)
            end = block.find(b"\n" if is_header else b"\n>", begin) + 1 or len(block)
            if is_header:
                yield Header(block[begin + 1 : end].strip(), line)
            else:
                yield Lines(block[begin:end], line)
            line += block.count(b"\n", begin, end)
            is_line_start = block.endswith(b"\n", begin, end)
            begin = end


def _with_whole_headers(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks that never end within a header; a line of sequence may be cut."""
    waiting, is_line_start = b"", True
    for piece in blocks:
        block = waiting + piece
        last = block.rfind(b"\n") + 1
        starts_line = last > 0 or is_line_start
        is_cut = starts_line and block.startswith(b">", last)
        waiting = block[last:] if is_cut else b""
        whole = block[:last] if is_cut else block
        if whole:
            yield whole
            is_line_start = whole.endswith(b"\n")
    if waiting:
        yield waiting


def _with_unix_line_ends(blocks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in blocks:
        block = waiting + piece
        waiting = b""
        if b"\r" in block:
            if block.endswith(b"\r"):  # a line feed may follow in the next block
                block, waiting = block[:-1], b"\r"
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield block
    if waiting:
        yield b"\n"


def blocks_of(stream: IO[Any]) -> Iterator[bytes]:
    """Content of an open file, bytes or text, in pieces; a pipe's as it comes."""
    read = getattr(stream, "read1", stream.read)
    while block := read(BLOCK_BYTES):
        yield block.encode() if isinstance(block, str) else block


@contextmanager
def open_fasta(
    path: str | Path, rule: LetterRule, *, role: str = "a FASTA file"
) -> Iterator[IO[bytes]]:
    """Open a file (plain, packed, or "-") for reading.

    Parameters
    ----------
    path
        The file.
    rule
        Words the error if the file is cut or damaged.
    role
        What the file should be, for the error if it is missing.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If what is read in the block is cut or damaged.
    """
    if str(path) != "-" and (not Path(path).exists() or Path(path).is_dir()):
        raise MissingFile(path, role=role)
    try:
        with open_bytes(path) as stream:
            yield stream
    except UnreadableFile as problem:
        raise BadFasta(
            where=path, found=problem.found, expected=NO_FASTA, advice=problem.advice
        ) from None
    except UNREADABLE as problem:
        raise rule.error(path, first_line(problem)) from None


def first_line(problem: BaseException) -> str:
    """First line of an exception's message, or its class name."""
    lines = str(problem).splitlines()
    return lines[0].rstrip(".") if lines else type(problem).__name__
