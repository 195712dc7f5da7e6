"""FASTA of nucleotides as base codes; a long sequence is held in a file, not in memory.

Records are read one after the other and never held together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import numpy as np

from bioloom.errors import BadFasta
from bioloom.seq.alphabet import CODE_TABLE, SeqCodes
from bioloom.seq.fasta_lines import (
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
_GAPS = b"-."


@dataclass(frozen=True, slots=True)
class CodedRecord:
    """A named nucleotide sequence as base codes, 5'→3'.

    Parameters
    ----------
    name, description
        The first word of its header, and what follows it.
    codes
        Base codes, shape (n,), uint8.
    n_gaps
        Letters ``-`` and ``.`` that were left out: gaps of an alignment.
    """

    name: str
    codes: SeqCodes
    description: str = ""
    n_gaps: int = 0


OnBadRecord = Callable[[str, BadFasta], None]
"""Takes the name of a record that cannot be used, and what is wrong with it."""


def _problem(letters: bytes) -> str:
    if b"unavailable" in letters.lower():  # what BioMart writes
        return "'Sequence unavailable'"
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
# the store of each record notes its wrong letters, so that others can be read on
_ANY_LETTER = replace(NUCLEOTIDES, problem=lambda _: "")


def coded_records(
    source: SequenceSource, *, role: str, on_bad: OnBadRecord | None = None
) -> Iterator[CodedRecord]:
    """Base codes of the sequences that a user holds, without the gaps of alignments.

    Parameters
    ----------
    source
        As for `bioloom.seq.sources.records_of`; a file is streamed.
    role
        What the sequences are, in the plural, for messages: "targets".
    on_bad
        Takes records without a base, or with letters of no nucleotide, which are then
        left out; None: they end the reading.

    Raises
    ------
    MissingFile
        If a path leads to no file.
    BadFasta
        If it is not FASTA or there is no record; without `on_bad` also if one is not
        of nucleotides, or has no name or no base.
    """
    n_records = 0
    for n_records, record in enumerate(_records(source, role), 1):  # noqa: B007
        where = f"{source_name(source, role)}: {record.place}"
        if problem := record.problem(where):
            if on_bad is None:
                raise problem
            on_bad(record.name, problem)
            continue
        codes = record.store.codes()
        yield CodedRecord(record.name, codes, record.description, record.store.n_gaps)
    if not n_records:
        raise NUCLEOTIDES.error(source_name(source, role), "no record")


def source_name(source: SequenceSource, role: str) -> str:
    """What messages call a source: the path of a file, or the role."""
    return str(source if is_path(source) else getattr(source, "name", role))


@dataclass(frozen=True, slots=True)
class _StoredRecord:
    """A record as read, not checked yet."""

    name: str
    description: str
    place: str
    store: CodeStore

    def problem(self, where: str) -> BadFasta | None:
        """What is wrong with it; None if it can be used."""
        if self.store.problem:
            return NUCLEOTIDES.error(where, self.store.problem, NUCLEOTIDES.expected)
        if not self.name:
            return NUCLEOTIDES.error(where, "a header without a name")
        if not self.store.n_bases:
            return NUCLEOTIDES.error(where, "no base", "a sequence")
        return None


def _records(source: SequenceSource, role: str) -> Iterator[_StoredRecord]:
    if is_path(source):
        yield from _file_records(Path(cast("str | PathLike[str]", source)), role)
        return
    for record in records_of(source):
        store = CodeStore()
        store.add(Lines(record.sequence.encode(), 1).letters)
        yield _StoredRecord(record.name, record.description, record.name, store)


def _file_records(path: Path, role: str) -> Iterator[_StoredRecord]:
    with open_fasta(path, NUCLEOTIDES, role=f"{role} in FASTA") as stream:
        for entry in fasta_entries(path, blocks_of(stream), _ANY_LETTER, CodeStore):
            words = entry.header.words
            place = ": ".join(filter(None, (f"line {entry.header.line}", words.name)))
            yield _StoredRecord(words.name, words.description, place, entry.store)


class CodeStore:
    """Base codes of a record as its lines come; many go to a file without a name."""

    def __init__(self) -> None:
        self.n_bases = self.n_gaps = 0
        self.problem = ""
        self._held = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, letters: bytes) -> None:
        """Append letters but gaps; the first wrong ones become the `problem`."""
        self.problem = self.problem or NUCLEOTIDES.problem(letters)
        if self.problem:
            return
        codes = letters.translate(CODE_TABLE, _GAPS)
        self.n_bases += len(codes)
        self.n_gaps += len(letters) - len(codes)
        self._held += codes
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
