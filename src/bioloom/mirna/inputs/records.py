"""miRNAs and targets: FASTA files → checked base codes.

Targets are read one after the other and never held together; a long one is not even
held as text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from bioloom.errors import BadFasta, BadMirna, MissingFile
from bioloom.run.output import UNREADABLE, open_bytes
from bioloom.seq.alphabet import CODE_TABLE, UNKNOWN, SeqCodes

MIN_MIRNA_NT, MAX_MIRNA_NT = 8, 30
PIECE_NT = 1 << 20
HELD_NT = 1 << 26  # a longer sequence is kept in a file
_NUCLEOTIDES = b"ACGTUNRYSWKMBDHVX-.*"
# letters of proteins that no nucleotide code has
_AMINO_ONLY = b"EFILPQZ"


@dataclass(frozen=True, slots=True)
class Mirna:
    """A mature miRNA: its name and base codes, 5'→3'."""

    name: str
    codes: SeqCodes


@dataclass(frozen=True, slots=True)
class Target:
    """A target RNA: its name and base codes, 5'→3'."""

    name: str
    codes: SeqCodes


def read_mirnas(path: str | Path) -> tuple[Mirna, ...]:
    """Read mature miRNAs from FASTA (plain, gzip, or "-"); U is T, any case.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA of nucleotides.
    BadMirna
        If one is shorter than 8 nt or longer than 30, holds an unknown base, or has
        the name of another.
    """
    found = tuple(Mirna(one.name, one.codes) for one in _records(path, "miRNAs"))
    for one in found:
        _check_mirna(path, one)
    return found


def _check_mirna(path: str | Path, mirna: Mirna) -> None:
    length, where = len(mirna.codes), f"{path}: {mirna.name}"
    if not MIN_MIRNA_NT <= length <= MAX_MIRNA_NT:
        raise BadMirna(
            where=where,
            found=f"{length} nt",
            expected=f"a mature miRNA of {MIN_MIRNA_NT} to {MAX_MIRNA_NT} nt",
            advice="Were the two files swapped? miRNAs come first, then targets; of "
            "precursors give the mature sequences.",
        )
    if (mirna.codes == UNKNOWN).any():
        raise BadMirna(
            where=where,
            found="an unknown base",
            expected="A, C, G and U or T alone",
            advice="Replace or remove this miRNA.",
        )


def read_targets(path: str | Path) -> Iterator[Target]:
    """Stream targets from FASTA (plain, gzip, or "-"); lines of any length.

    U is T, any case; ambiguity letters become unknown bases, which never pair.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA of nucleotides.
    BadMirna
        If two records have one name.
    """
    yield from _records(path, "targets")


def _records(path: str | Path, role: str) -> Iterator[Target]:
    if str(path) != "-" and (not Path(path).exists() or Path(path).is_dir()):
        raise MissingFile(path, role=f"{role} in FASTA")
    names: set[str] = set()
    try:
        with open_bytes(path) as stream:
            lines = iter(lambda: stream.readline(PIECE_NT), b"")
            for name, letters in _split(path, lines):
                where = f"{path}: {name}"
                if name in names:
                    raise BadMirna(
                        where=where,
                        found="the name a second time",
                        expected="distinct names",
                        advice="Rename or remove one of the two records.",
                    )
                names.add(name)
                codes = letters.codes()
                if not len(codes):
                    raise _bad(where, "no base", "a sequence")
                yield Target(name, codes)
    except UNREADABLE as problem:
        raise _bad(path, str(problem) or type(problem).__name__) from None
    if not names:
        raise _bad(path, "no record")


class _Letters:
    """Codes of a record as its lines come; a long one goes to a file without a name."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, text: bytes) -> None:
        self._held += text.translate(CODE_TABLE)
        if len(self._held) > HELD_NT:
            self._file = self._file or TemporaryFile()  # noqa: SIM115 (closed below)
            self._file.write(self._held)
            self._held.clear()

    def codes(self) -> SeqCodes:
        if self._file is None:
            return np.frombuffer(bytes(self._held), dtype=np.uint8)
        with self._file as kept:
            kept.write(self._held)
            kept.flush()
            return np.memmap(kept, dtype=np.uint8, mode="r")


def _split(path: str | Path, lines: Iterable[bytes]) -> Iterator[tuple[str, _Letters]]:
    """Names and letters; a line may come in pieces."""
    name, letters = "", _Letters()
    is_open, is_line_start, number = False, True, 0
    for line in lines:
        number += is_line_start
        where = f"{path}: line {number}"
        if is_line_start and line.startswith(b">"):
            if is_open:
                yield name, letters
            words = line[1:].decode("utf-8", "replace").split(None, 1)
            name, letters, is_open = (words[0] if words else ""), _Letters(), True
            if not name:
                raise _bad(where, "a header without a name")
        elif text := line.strip():
            if not is_open:
                raise _bad(where, repr(text[:20].decode("latin-1")))
            _check_letters(where, text)
            letters.add(text)
        is_line_start = line.endswith(b"\n")
    if is_open:
        yield name, letters


def _check_letters(where: str, text: bytes) -> None:
    if wrong := text.upper().translate(None, _NUCLEOTIDES):
        if any(letter in _AMINO_ONLY for letter in wrong):
            found = "a protein sequence"
        else:
            found = repr(wrong[:1].decode("latin-1"))
        raise _bad(where, found, "nucleotides (A, C, G, T or U, and ambiguity letters)")


def _bad(where: str | Path, found: str, expected: str = "FASTA records") -> BadFasta:
    return BadFasta(
        where=where,
        found=found,
        expected=expected,
        advice="Check that the file is complete nucleotide FASTA with '>' headers.",
    )
