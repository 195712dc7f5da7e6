"""miRNAs and targets: sequences of any source → checked base codes.

Targets are read one after the other and never held together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from bioloom.errors import BadFasta, UnknownName
from bioloom.mirna.errors import BadMirna
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.seq.alphabet import UNKNOWN, SeqCodes
from bioloom.seq.coded import CodedRecord, coded_records, source_name
from bioloom.seq.sources import SequenceSource

MIN_MIRNA_NT, MAX_MIRNA_NT = 8, 30
_PREFIX = re.compile(r"[A-Za-z0-9]+(?=-)")
_SWAPPED = (
    "Were the two files swapped? miRNAs come first, then targets; of precursors give "
    "the mature sequences."
)


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


def read_mirnas(
    source: SequenceSource,
    *,
    log: RecordLog | None = None,
    species: Sequence[str] = (),
) -> tuple[Mirna, ...]:
    """Read mature miRNAs; U is T, any case.

    Parameters
    ----------
    source
        FASTA (a path, plain or gzip, "-" for standard input; or its text), a sequence,
        a dictionary of sequences by name, or records.
    log
        Takes records that cannot be used: shorter than 8 nt or longer than 30, with an
        ambiguous base, not of nucleotides; by default they are skipped and counted in
        a warning.
    species
        Prefixes of names to take, such as "hsa"; all if empty.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA of nucleotides.
    BadMirna
        If no record, or fewer than half of them, can be a miRNA.
    UnknownName
        If no miRNA is of these species.
    """
    log = RecordLog() if log is None else log
    where = source_name(source, "miRNAs")
    records = _of_species(_distinct(source, "miRNAs", log), species, where)
    mirnas, flaws = [], []
    for record in records:
        if flaw := _flaw(record.codes):
            flaws.append(_bad_mirna(f"{where}: {record.name}", flaw))
            log.skip(where, record.name, flaw.what, flaws[-1])
        else:
            mirnas.append(Mirna(record.name, record.codes))
    # swapped files hold some sequences as short as miRNAs
    if len(flaws) > len(mirnas):
        raise flaws[0]
    log.finish(where, len(mirnas))
    return tuple(mirnas)


class _Flaw(NamedTuple):
    """Why a sequence is no miRNA: the kind, and what was found here."""

    what: str
    found: str


def _flaw(codes: SeqCodes) -> _Flaw | None:
    size = f"{len(codes)} nt"
    if len(codes) < MIN_MIRNA_NT:
        return _Flaw(f"shorter than {MIN_MIRNA_NT} nt", size)
    if len(codes) > MAX_MIRNA_NT:
        return _Flaw(f"longer than {MAX_MIRNA_NT} nt", size)
    if (codes == UNKNOWN).any():
        return _Flaw("an ambiguous base", "an ambiguous base")
    return None


def _bad_mirna(where: str, flaw: _Flaw) -> BadMirna:
    if flaw.found.endswith(" nt"):
        expected = f"a mature miRNA of {MIN_MIRNA_NT} to {MAX_MIRNA_NT} nt"
        return BadMirna(
            where=where, found=flaw.found, expected=expected, advice=_SWAPPED
        )
    return BadMirna(
        where=where,
        found=flaw.found,
        expected="only A, C, G and U or T",
        advice="Replace or remove this miRNA, or skip it (--on-bad-record skip).",
    )


def _of_species(
    records: Iterable[CodedRecord], species: Sequence[str], where: str
) -> Iterator[CodedRecord]:
    """Records whose names begin with one of some prefixes; all if there is none."""
    wanted = {prefix.casefold().rstrip("-") for prefix in species}
    prefixes: dict[str, int] = {}
    n_chosen = 0
    for record in records:
        prefix = _PREFIX.match(record.name)
        key = prefix.group().casefold() if prefix else ""
        prefixes[key] = prefixes.get(key, 0) + 1
        if not wanted or key in wanted:
            n_chosen += 1
            yield record
    if wanted and not n_chosen:
        known = sorted(filter(None, prefixes))
        raise UnknownName(", ".join(species), kind="species", where=where, known=known)


def read_targets(
    source: SequenceSource, *, log: RecordLog | None = None
) -> Iterator[Target]:
    """Stream targets; a file's lines may have any length.

    U is T, any case; ambiguity letters become unknown bases, which never pair; gaps of
    an alignment are left out. A name that occurred before gets a suffix.

    Parameters
    ----------
    source
        As for `read_mirnas`.
    log
        Takes records that cannot be used; by default they are skipped without a word,
        as after a first reading that counted them.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadFasta
        If it is not FASTA of nucleotides.
    """
    log = RecordLog() if log is None else log
    for record in _distinct(source, "targets", log):
        yield Target(record.name, record.codes, record.description)


def _distinct(
    source: SequenceSource, role: str, log: RecordLog
) -> Iterator[CodedRecord]:
    """Records under distinct names; a repeated record is skipped."""
    where = source_name(source, role)
    digests: dict[str, bytes] = {}

    def skip(name: str, problem: BadFasta) -> None:
        log.skip(where, name, problem.found, problem)

    for record in coded_records(source, role=role, on_bad=skip):
        if record.n_gaps:
            log.mend(where, record.name, "gaps of an alignment", "gaps left out")
        digest = blake2b(record.codes.data, digest_size=8).digest()
        if record.name not in digests:
            digests[record.name] = digest
            yield record
        elif digests[record.name] == digest:
            problem = _repeated(where, record)
            log.skip(where, record.name, "a repeat of a record", problem)
        elif log.policy == "stop":
            raise _repeated(where, record)
        else:
            name = _free_name(record.name, digests)
            digests[name] = digest
            log.mend(where, record.name, "the name of another", f"renamed {name}")
            yield CodedRecord(name, record.codes, record.description, record.n_gaps)


def _repeated(where: str, record: CodedRecord) -> BadMirna:
    return BadMirna(
        where=f"{where}: {record.name}",
        found="the name a second time",
        expected="distinct names",
        advice="Rename or remove one of the two records.",
    )


def _free_name(name: str, taken: dict[str, bytes]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


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
