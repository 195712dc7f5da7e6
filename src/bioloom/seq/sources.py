"""Sequences as users hold them: files, texts, dictionaries, records."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import IO, TypeAlias, cast

from bioloom.seq.fasta import Record, fasta_records, read_fasta, read_sequences

SequenceSource: TypeAlias = (
    "str | PathLike[str] | IO[str] | Mapping[str, str] | Iterable[Record | str]"
)
"""A path, FASTA text, one sequence, an open file, a dictionary, records or texts."""

_NUCLEOTIDES = frozenset("ACGTUNRYSWKMBDHVacgtunryswkmbdhv-. \n")


def records_of(source: SequenceSource) -> Iterator[Record]:
    """Records of whatever a user holds sequences in.

    Parameters
    ----------
    source
        A path to FASTA ("-" is standard input); FASTA text; one bare sequence (letters
        of nucleotides, and no file of that name); an open text file; a dictionary of
        sequences by name; or records or bare sequences, which are numbered from 1.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadFasta
        If a file or text is not FASTA.

    Examples
    --------
    >>> [(each.name, each.sequence) for each in records_of({"a": "ACGU"})]
    [('a', 'ACGU')]
    >>> [each.name for each in records_of(["ACGT", "CCCC"])]
    ['1', '2']
    """
    if isinstance(source, str) and is_sequence_text(source):
        yield from _records_of_text(source)
    elif isinstance(source, str | PathLike):
        yield from read_fasta(cast("str | Path", source))
    elif isinstance(source, Mapping):
        for name, sequence in source.items():
            yield Record(name, sequence)
    elif isinstance(source, io.TextIOBase) or hasattr(source, "readline"):
        stream = cast(IO[str], source)
        where = str(getattr(stream, "name", "the open file"))
        yield from fasta_records(where, stream)
    else:
        for number, each in enumerate(source, 1):
            yield each if isinstance(each, Record) else Record(str(number), each)


def sequences_of(source: SequenceSource | Iterable[SequenceSource]) -> Iterator[str]:
    """Sequences of whatever a user holds reads in, without their names.

    Parameters
    ----------
    source
        As for `records_of`, files may be FASTQ too; or several of these.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadFasta, BadFastq
        If a file or text cannot be read.

    Examples
    --------
    >>> list(sequences_of(["ACGT", {"a": "CCC"}]))
    ['ACGT', 'CCC']
    """
    if is_path(source):
        yield from read_sequences(cast("str | Path", source))
    elif isinstance(source, str | Mapping) or hasattr(source, "readline"):
        records = records_of(cast(SequenceSource, source))
        yield from (record.sequence for record in records)
    else:
        for each in cast("Iterable[SequenceSource | Record]", source):
            yield from (
                [each.sequence] if isinstance(each, Record) else sequences_of(each)
            )


def is_path(source: object) -> bool:
    """Whether a source is a path, and no text."""
    if isinstance(source, str):
        return not is_sequence_text(source)
    return isinstance(source, PathLike)


def is_sequence_text(text: str) -> bool:
    """Whether a string is FASTA or a bare sequence, not a path."""
    if _without_mark(text).startswith(">"):
        return True
    return bool(text) and set(text) <= _NUCLEOTIDES and not os.path.exists(text)  # noqa: PTH110


def _records_of_text(text: str) -> Iterator[Record]:
    if (fasta := _without_mark(text)).startswith(">"):
        yield from fasta_records("the text given", io.StringIO(fasta))
    else:
        yield Record("1", "".join(text.split()))


def _without_mark(text: str) -> str:
    """A text without a byte-order mark and blanks at its beginning."""
    return text.lstrip("\ufeff \t\r\n")
