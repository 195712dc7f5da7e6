"""FASTA and FASTQ files as streams of records."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import dnaio

from bioloom.errors import BadFasta, BadFastq, MissingFile
from bioloom.run.output import UNREADABLE, open_aside, open_bytes, open_text

LINE_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Record:
    """A named sequence, 5'→3'."""

    name: str
    sequence: str
    description: str = ""


def read_fasta(path: str | Path) -> Iterator[Record]:
    """Stream the records of a FASTA file (plain, gzip, or "-").

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA; the message names the line.
    """
    if str(path) != "-" and not Path(path).is_file():
        raise MissingFile(path, role="a FASTA file")
    try:
        with open_text(path) as stream:
            yield from fasta_records(path, stream)
    except UNREADABLE as problem:
        raise _bad_fasta(path, first_line(problem)) from None


def fasta_records(path: str | Path, stream: Iterable[str]) -> Iterator[Record]:
    """Records of an open file; names may hold any letter (dnaio's only ASCII)."""
    header: str | None = None
    lines: list[str] = []
    for number, line in enumerate(stream, 1):
        text = line.rstrip()
        if text.startswith(">"):
            if header is not None:
                yield _fasta_record(header, lines)
            header, lines = text[1:], []
        elif text and (header is None or not text.isascii()):
            where = f"{path}: line {number}"
            raise _bad_fasta(where, repr(text[:20]))
        else:
            lines.append(text)
    if header is not None:
        yield _fasta_record(header, lines)


def _fasta_record(header: str, lines: Sequence[str]) -> Record:
    name, _, description = header.partition(" ")
    return Record(name, "".join(lines), description)


def _bad_fasta(where: str | Path, found: str) -> BadFasta:
    return BadFasta(
        where=where,
        found=found,
        expected="FASTA records",
        advice="Check that the file is complete and has '>' headers.",
    )


def read_sequences(path: str | Path) -> Iterator[str]:
    """Stream the sequences of a FASTA or FASTQ file (plain, gzip, or "-").

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta, BadFastq
        If it is neither, or broken.
    """
    if str(path) != "-" and not Path(path).is_file():
        raise MissingFile(path, role="a FASTA or FASTQ file")
    try:
        with open_bytes(path) as raw, io.BufferedReader(raw) as stream:  # type: ignore[type-var]
            if stream.peek(1)[:1] == b"@":
                yield from _fastq_sequences(path, stream)
            else:
                text = io.TextIOWrapper(stream, "utf-8")
                yield from (one.sequence for one in fasta_records(path, text))
    except UNREADABLE as problem:
        raise _bad_fasta(path, first_line(problem)) from None


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
    """How many reads (or pairs) a sample has and how long they are, nt."""

    n_reads: int
    min_length_nt: int
    max_length_nt: int


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
    n_reads, shortest, longest = 0, 2**31, 0
    try:
        with dnaio.open(*paths, fileformat="fastq") as reader:
            for entry in reader:
                mates = entry if isinstance(entry, tuple) else (entry,)
                n_reads += 1
                shortest = min(shortest, *(len(mate) for mate in mates))
                longest = max(longest, *(len(mate) for mate in mates))
    except _fastq_errors() as problem:
        names = " and ".join(map(str, paths))
        raise _bad_fastq(names, first_line(problem), n_reads) from None
    return ReadStats(n_reads, shortest if n_reads else 0, longest)


def _fastq_errors() -> tuple[type[Exception], ...]:
    """What dnaio raises, and the faster gzip libraries that it takes if there."""
    errors = [dnaio.FileFormatError, *UNREADABLE]
    for name in ("isal.isal_zlib", "zlib_ng.zlib_ng"):
        with suppress(ImportError):
            errors.append(import_module(name).error)
    return tuple(errors)


def first_line(problem: BaseException) -> str:
    """First line of an exception's message, or its class name."""
    with suppress(IndexError):
        return str(problem).splitlines()[0].rstrip(".")
    return type(problem).__name__
