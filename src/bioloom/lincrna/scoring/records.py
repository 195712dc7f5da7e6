"""Transcripts of a FASTA file as they come, and what is odd about some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from bioloom.errors import BadFasta
from bioloom.run.text import warn_input
from bioloom.run.words import counted
from bioloom.seq.fasta import Record
from bioloom.seq.letters import is_protein, unknown_share
from bioloom.seq.sources import SequenceSource, is_path

MIN_NT = 3  # a codon
MAX_NT = 1_000_000  # several times the longest transcript known
HEAD_RECORDS, HEAD_LETTERS = 200, 1_000_000  # looked at before any is scored
NAMES_COMPARED = 500_000  # bounds the memory

NO_BASE, NO_CODON = "no base", "fewer than 3 bases"
PROTEIN, TOO_LONG = "amino acids", f"longer than {MAX_NT:,} nt"


def name_of(source: SequenceSource) -> str:
    """What a source is called in messages."""
    if is_path(source):
        return "standard input" if str(source) == "-" else str(source)
    return "the sequences"


@dataclass(frozen=True, slots=True)
class Transcript:
    """A record of the input.

    Parameters
    ----------
    name
        First word of its header.
    sequence
        As in the file; empty where it is not scored.
    length_nt
        Letters of the record.
    note
        What is odd about it; mostly empty.
    is_scored
        Whether it can be.
    """

    name: str
    sequence: str
    length_nt: int
    note: str = ""
    is_scored: bool = True


@dataclass(slots=True)
class OddRecords:
    """What is odd about the records of a file, counted as they are read.

    Parameters
    ----------
    where
        The file.
    is_strict
        Whether an odd record ends the run.
    """

    where: str
    is_strict: bool = False
    n_records: int = 0
    n_skipped: int = 0
    kinds: Counter[tuple[str, bool]] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    names: set[int] | None = field(default_factory=set)

    def add(self, record: Transcript) -> None:
        """Count a record, and tell of the first name that occurs again.

        Raises
        ------
        BadFasta
            If it is odd and no such record is wanted.
        """
        self.n_records += 1
        self._compare(record.name)
        if not record.note:
            return
        if self.is_strict:
            raise BadFasta(
                where=f"{self.where}: {record.name or 'a record without a name'}",
                found=record.note,
                expected="the bases of a transcript",
                advice="Correct the record, or leave out --strict.",
            )
        self.n_skipped += not record.is_scored
        self.kinds[record.note, record.is_scored] += 1
        self.first.setdefault(record.note, record.name)

    def _compare(self, name: str) -> None:
        """Warn once of a name that came before; hashes of the first ones are kept."""
        if self.names is None:
            return
        key = hash(name)
        if key in self.names:
            warn_input(
                f"{self.where}: the name {name!r} occurs more than once; each record "
                "has its row, and maybe other names occur again too"
            )
        if key in self.names or len(self.names) == NAMES_COMPARED:
            self.names = None
        else:
            self.names.add(key)

    def check_any_scored(self) -> None:
        """Check, when the file is read, that it holds a transcript or nothing.

        Raises
        ------
        BadFasta
            If there are records and none can be scored.
        """
        if self.n_records and self.n_skipped == self.n_records:
            (note, _), _ = self.kinds.most_common(1)[0]
            raise _no_transcript(self.where, note, self.n_records)

    def sentences(self) -> tuple[str, ...]:
        """What was odd, when the file is read."""
        if not self.n_records:
            return (f"{self.where}: no record",)
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        for (note, is_scored), n in self.kinds.most_common():
            done = "scored all the same" if is_scored else "not scored"
            yield (
                f"{self.where}: {n:,} of {counted(self.n_records, 'record')} with "
                f"{note}, {done}, the first {self.first[note] or 'without a name'}"
            )


def transcripts_of(
    records: Iterable[Record], odd: OddRecords, *, max_unknown: float
) -> Iterator[Transcript]:
    """Records checked one by one, in order.

    Parameters
    ----------
    records
        Of a file.
    odd
        Counts what is odd.
    max_unknown
        Share of the letters above which those that are no base are noted.

    Raises
    ------
    BadFasta
        If most of the first records are proteins, none can be scored, or one is odd
        and `odd` is strict.
    """
    waiting = iter(records)
    head = [_checked(record, max_unknown) for record in _head(waiting)]
    n_proteins = sum(record.note == PROTEIN for record in head)
    if n_proteins > len(head) / 2:
        raise _no_transcript(odd.where, PROTEIN, len(head))
    rest = (_checked(record, max_unknown) for record in waiting)
    for record in chain(head, rest):
        odd.add(record)
        yield record
    odd.check_any_scored()


def _head(records: Iterator[Record]) -> Iterator[Record]:
    """The first records: not many, and not many letters."""
    n_letters = 0
    for n, record in enumerate(records, 1):
        yield record
        n_letters += len(record.sequence)
        if n == HEAD_RECORDS or n_letters > HEAD_LETTERS:
            return


def _checked(record: Record, max_unknown: float) -> Transcript:
    n = len(record.sequence)
    if problem := _problem(record.sequence):
        return Transcript(record.name, "", n, problem, is_scored=False)
    note = ""
    if unknown_share(record.sequence) > max_unknown:
        note = f"more than {max_unknown:.0%} letters that are no base"
    return Transcript(record.name, record.sequence, n, note)


def _problem(sequence: str) -> str:
    """Why a sequence cannot be scored; empty if it can."""
    if not sequence:
        return NO_BASE
    if len(sequence) > MAX_NT:
        return TOO_LONG
    if is_protein(sequence):
        return PROTEIN
    return NO_CODON if len(sequence) < MIN_NT else ""


def _no_transcript(where: str, note: str, n_records: int) -> BadFasta:
    advice = "Check that this is the file you meant."
    if note == PROTEIN:
        advice = (
            "Give the transcripts themselves: of an annotation, `gffread -w "
            "transcripts.fa -g genome.fa annotation.gtf` writes them."
        )
    if note == TOO_LONG:
        advice = (
            "Give spliced transcripts, not chromosomes: `gffread -w transcripts.fa -g "
            "genome.fa annotation.gtf` writes them."
        )
    found = f"{note} in most of the first {counted(n_records, 'record')}"
    return BadFasta(
        where=where, found=found, expected="transcripts, as bases", advice=advice
    )
