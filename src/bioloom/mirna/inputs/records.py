"""miRNAs and targets: sequences of any source → checked base codes.

Targets are read one after the other and never held together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bioloom.errors import UnknownName
from bioloom.mirna.errors import BadMirna
from bioloom.run.output import is_plain
from bioloom.seq.alphabet import UNKNOWN, SeqCodes
from bioloom.seq.coded import CodedRecord, coded_records, source_name
from bioloom.seq.sources import SequenceSource

MIN_MIRNA_NT, MAX_MIRNA_NT = 8, 30


@dataclass(frozen=True, slots=True)
class Mirna:
    """A mature miRNA: its name and base codes, 5'→3'."""

    name: str
    codes: SeqCodes


@dataclass(frozen=True, slots=True)
class Target:
    """A target RNA: its name, base codes 5'→3', and the rest of its header."""

    name: str
    codes: SeqCodes
    description: str = ""


def read_mirnas(source: SequenceSource) -> tuple[Mirna, ...]:
    """Read mature miRNAs; U is T, any case.

    Parameters
    ----------
    source
        FASTA (a path, plain or gzip, "-" for standard input; or its text), a sequence,
        a dictionary of sequences by name, or records.

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
    records = _distinct(source, "miRNAs")
    mirnas = tuple(Mirna(record.name, record.codes) for record in records)
    for mirna in mirnas:
        _check_mirna(f"{source_name(source, 'miRNAs')}: {mirna.name}", mirna)
    return mirnas


def _check_mirna(where: str, mirna: Mirna) -> None:
    if not MIN_MIRNA_NT <= len(mirna.codes) <= MAX_MIRNA_NT:
        raise BadMirna(
            where=where,
            found=f"{len(mirna.codes)} nt",
            expected=f"a mature miRNA of {MIN_MIRNA_NT} to {MAX_MIRNA_NT} nt",
            advice="Were the two files swapped? miRNAs come first, then targets; of "
            "precursors give the mature sequences.",
        )
    if (mirna.codes == UNKNOWN).any():
        raise BadMirna(
            where=where,
            found="an unknown base",
            expected="only A, C, G and U or T",
            advice="Replace or remove this miRNA.",
        )


def read_targets(source: SequenceSource) -> Iterator[Target]:
    """Stream targets; a file's lines may have any length.

    U is T, any case; ambiguity letters become unknown bases, which never pair.

    Parameters
    ----------
    source
        As for `read_mirnas`.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA of nucleotides.
    BadMirna
        If two records have the same name.
    """
    for record in _distinct(source, "targets"):
        yield Target(record.name, record.codes)


def _distinct(source: SequenceSource, role: str) -> Iterator[CodedRecord]:
    names: set[str] = set()
    for record in coded_records(source, role=role):
        if record.name in names:
            raise BadMirna(
                where=f"{source_name(source, role)}: {record.name}",
                found="the name a second time",
                expected="distinct names",
                advice="Rename or remove one of the two records.",
            )
        names.add(record.name)
        yield record


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets of a search: those of a file, read again each time, or held in memory.

    Parameters
    ----------
    path
        The file; None where they are held.
    records
        The targets that are held.
    """

    path: Path | None = None
    records: tuple[Target, ...] = ()

    def __iter__(self) -> Iterator[Target]:
        return iter(self.records) if self.path is None else read_targets(self.path)

    @property
    def is_pipe(self) -> bool:
        """Whether they can be read only once."""
        # "-" is standard input even if there is a file of that name
        return self.path is not None and (
            str(self.path) == "-" or not self.path.is_file()
        )

    @property
    def most_nt(self) -> int | None:
        """Bases at most: the bytes of a plain file; None if unknown."""
        if self.path is None:
            return sum(len(target.codes) for target in self.records)
        if self.is_pipe or not is_plain(self.path):
            return None
        return self.path.stat().st_size


def chosen_mirna(source: SequenceSource, name: str | None) -> Mirna:
    """The miRNA of a name; the first if there is no name.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    where = source_name(source, "miRNAs")
    return _named(read_mirnas(source), name, kind="miRNA", where=where)


def chosen_target(source: SequenceSource, name: str | None) -> Target:
    """The target of a name, as `chosen_mirna`."""
    where = source_name(source, "targets")
    return _named(read_targets(source), name, kind="target", where=where)


Rna = TypeVar("Rna", Mirna, Target)


def _named(records: Iterable[Rna], name: str | None, *, kind: str, where: str) -> Rna:
    names = []
    for record in records:
        if name is None or record.name == name:
            return record
        names.append(record.name)
    raise UnknownName(str(name), kind=kind, where=where, known=names)
