"""FASTA and FASTQ files as streams of records."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, BinaryIO

import dnaio

from bioloom.errors import BadFastq, MissingFile
from bioloom.run.output import UNREADABLE, open_aside
from bioloom.seq.fasta_lines import (
    NO_FASTA,
    LetterRule,
    blocks_of,
    fasta_entries,
    first_line,
    open_fasta,
)

LINE_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Record:
    """A named sequence, 5'→3'."""

    name: str
    sequence: str
    description: str = ""


def _problem(letters: bytes) -> str:
    return "" if letters.isascii() else repr(letters.decode("utf-8")[:20])


TEXT = LetterRule(
    problem=_problem,
    expected=NO_FASTA,
    advice="Check that the file is complete and has '>' headers.",
)
"""Any letter of ASCII: nucleotides or amino acids."""


class _TextStore:
    """Letters of a record as text."""

    def __init__(self) -> None:
        self._letters = bytearray()

    def add(self, letters: bytes) -> None:
        self._letters += letters

    def text(self) -> str:
        return self._letters.decode("ascii")


def read_fasta(path: str | Path) -> Iterator[Record]:
    """Stream the records of a FASTA file (plain, gzip, or "-").

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA; the message names the line.
    """
    with open_fasta(path, TEXT) as stream:
        yield from fasta_records(path, stream)


def fasta_records(where: str | Path, stream: IO[str] | IO[bytes]) -> Iterator[Record]:
    """Records of an open file, of text or bytes; names may hold any letter.

    Parameters
    ----------
    where
        Name of the file, for messages.
    stream
        The file.

    Raises
    ------
    BadFasta
        If it is not FASTA; the message names the line.
    """
    for entry in fasta_entries(where, blocks_of(stream), TEXT, _TextStore):
        words = entry.header.words
        yield Record(words.name, entry.store.text(), words.description)


def read_sequences(path: str | Path) -> Iterator[str]:
    """Stream the sequences of a FASTA or FASTQ file (plain, gzip, or "-").

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta, BadFastq
        If it is neither, or broken.
    """
    with (
        open_fasta(path, TEXT, role="a FASTA or FASTQ file") as raw,
        io.BufferedReader(raw) as stream,  # type: ignore[type-var]
    ):
        if stream.peek(1)[:1] == b"@":
            yield from _fastq_sequences(path, stream)
        else:
            for record in fasta_records(path, stream):
                yield record.sequence


def _fastq_sequences(path: str | Path, stream: BinaryIO) -> Iterator[str]:
    n_reads = 0
    try:
        with dnaio.open(stream, fileformat="fastq") as reader:
            for entry in reader:
                n_reads += 1
                yield entry.sequence
    except _fastq_errors() as problem:
        raise _bad_fastq(path, first_line(problem), n_reads) from None


def _bad_fastq(where: str | Path, found: str, n_reads: int) -> BadFastq:
    return BadFastq(
        where=where,
        found=f"{found} (after {n_reads} good records)",
        expected="complete FASTQ records, mates in the same order",
        advice="The file is probably truncated: copy or download it again.",
    )


def write_fasta(path: str | Path, records: Iterable[Record]) -> int:
    """Write records as FASTA, lines of 60 letters; return how many there were."""
    n = 0
    with open_aside(path) as stream:
        for n, record in enumerate(records, 1):  # noqa: B007 (counted for the caller)
            header = f"{record.name} {record.description}".strip()
            body = "\n".join(
                record.sequence[i : i + LINE_WIDTH]
                for i in range(0, len(record.sequence), LINE_WIDTH)
            )
            stream.write(f">{header}\n{body}\n")
    return n


@dataclass(frozen=True, slots=True)
class ReadStats:
    """How many reads (or pairs) a sample has and how long they are, nt.

    The mean is that of single reads: each mate of a pair counts.
    """

    n_reads: int
    min_length_nt: int
    max_length_nt: int
    mean_length_nt: float


def check_fastq(paths: Sequence[Path]) -> ReadStats:
    """Read one FASTQ file, or the two files of a paired sample, to the end.

    Raises
    ------
    MissingFile
        If a file does not exist.
    BadFastq
        If a file is truncated, or mates do not belong together.
    """
    for path in paths:
        if not path.is_file():
            raise MissingFile(path, role="a FASTQ file")
    n_reads, n_bases, shortest, longest = 0, 0, 2**31, 0
    try:
        with dnaio.open(*paths, fileformat="fastq") as reader:
            for entry in reader:
                mates = entry if isinstance(entry, tuple) else (entry,)
                lengths = [len(mate) for mate in mates]
                n_reads += 1
                n_bases += sum(lengths)
                shortest = min(shortest, *lengths)
                longest = max(longest, *lengths)
    except _fastq_errors() as problem:
        names = " and ".join(map(str, paths))
        raise _bad_fastq(names, first_line(problem), n_reads) from None
    if not n_reads:
        return ReadStats(0, 0, 0, 0.0)
    return ReadStats(n_reads, shortest, longest, n_bases / (n_reads * len(paths)))


def joined_stats(parts: Sequence[ReadStats]) -> ReadStats:
    """The statistics of several files together.

    Examples
    --------
    >>> joined_stats([ReadStats(1, 9, 9, 9.0), ReadStats(3, 5, 5, 5.0)])
    ReadStats(n_reads=4, min_length_nt=5, max_length_nt=9, mean_length_nt=6.0)
    """
    read = [part for part in parts if part.n_reads]
    if len(read) < 2:
        return read[0] if read else parts[0]
    n_reads = sum(part.n_reads for part in read)
    return ReadStats(
        n_reads,
        min(part.min_length_nt for part in read),
        max(part.max_length_nt for part in read),
        sum(part.n_reads * part.mean_length_nt for part in read) / n_reads,
    )


def _fastq_errors() -> tuple[type[Exception], ...]:
    """What dnaio raises, and the faster gzip libraries that it takes if there."""
    errors = [dnaio.FileFormatError, *UNREADABLE]
    for name in ("isal.isal_zlib", "zlib_ng.zlib_ng"):
        with suppress(ImportError):
            errors.append(import_module(name).error)
    return tuple(errors)
