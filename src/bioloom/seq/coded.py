"""FASTA of nucleotides as base codes; a long sequence is held in a file, not in memory.

Records are read one after the other and never held together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import numpy as np

from bioloom.seq.alphabet import CODE_TABLE, SeqCodes
from bioloom.seq.fasta_lines import (
    Header,
    LetterRule,
    Lines,
    blocks_of,
    fasta_entries,
    open_fasta,
)
from bioloom.seq.sources import SequenceSource, is_path, records_of

HELD_NT = 1 << 26
"""Bases held in memory; a longer sequence goes to a file."""

_UPPER = b"ACGTUNRYSWKMBDHVX-.*"
_NUCLEOTIDES = _UPPER + _UPPER.lower()
# letters of proteins that no nucleotide code has
_AMINO_ONLY = b"EFILPQZ"


@dataclass(frozen=True, slots=True)
class CodedRecord:
    """A named nucleotide sequence as base codes, 5'→3'."""

    name: str
    codes: SeqCodes


def _problem(letters: bytes) -> str:
    wrong = letters.translate(None, _NUCLEOTIDES)
    if not wrong:
        return ""
    if any(letter in _AMINO_ONLY for letter in wrong.upper()):
        return "a protein sequence"
    return repr(wrong.upper()[:1].decode("latin-1"))


NUCLEOTIDES = LetterRule(
    problem=_problem,
    expected="nucleotides (A, C, G, T or U, and ambiguity letters)",
    advice="Check that the file is complete nucleotide FASTA with '>' headers.",
)


def coded_records(source: SequenceSource, *, role: str) -> Iterator[CodedRecord]:
    """Base codes of the sequences that a user holds.

    Parameters
    ----------
    source
        As for `bioloom.seq.sources.records_of`; a file is streamed.
    role
        What the sequences are, in the plural, for messages: "targets".

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadFasta
        If it is not FASTA of nucleotides, there is no record, or one without a name or
        a base.
    """
    n_records = 0
    for n_records, record in enumerate(_records(source, role), 1):  # noqa: B007
        yield record
    if not n_records:
        raise NUCLEOTIDES.error(source_name(source, role), "no record")


def source_name(source: SequenceSource, role: str) -> str:
    """What messages call a source: the path of a file, or the role."""
    return str(source if is_path(source) else getattr(source, "name", role))


def _records(source: SequenceSource, role: str) -> Iterator[CodedRecord]:
    if is_path(source):
        yield from _file_records(Path(cast("str | PathLike[str]", source)), role)
        return
    where = source_name(source, role)
    for record in records_of(source):
        lines = Lines(record.sequence.encode(), 1)
        if found := NUCLEOTIDES.problem(letters := lines.letters):
            place = f"{where}: {record.name}"
            raise NUCLEOTIDES.error(place, found, NUCLEOTIDES.expected)
        store = CodeStore()
        store.add(letters)
        yield _checked(f"{where}: {record.name}", record.name, store)


def _file_records(path: Path, role: str) -> Iterator[CodedRecord]:
    with open_fasta(path, NUCLEOTIDES, role=f"{role} in FASTA") as stream:
        for entry in fasta_entries(path, blocks_of(stream), NUCLEOTIDES, CodeStore):
            name = _name(path, entry.header)
            yield _checked(f"{path}: {name}", name, entry.store)


def _name(path: Path, header: Header) -> str:
    if not header.words.name:
        where = f"{path}: line {header.line}"
        raise NUCLEOTIDES.error(where, "a header without a name")
    return header.words.name


def _checked(where: str, name: str, store: CodeStore) -> CodedRecord:
    codes = store.codes()
    if not len(codes):
        raise NUCLEOTIDES.error(where, "no base", "a sequence")
    return CodedRecord(name, codes)


class CodeStore:
    """Base codes of a record as its lines come; many go to a file without a name."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, letters: bytes) -> None:
        """Append letters."""
        self._held += letters.translate(CODE_TABLE)
        if len(self._held) > HELD_NT:
            self._file = self._file or TemporaryFile()  # noqa: SIM115 (closed below)
            self._file.write(self._held)
            self._held.clear()

    def codes(self) -> SeqCodes:
        """All codes, as a memory map if they are in a file."""
        if self._file is None:
            return np.frombuffer(bytes(self._held), dtype=np.uint8)
        with self._file as stored:
            stored.write(self._held)
            stored.flush()
            return np.memmap(stored, dtype=np.uint8, mode="r")
