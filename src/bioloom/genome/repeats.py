"""Repeats of a genome, from RepeatMasker and others, and what of transcripts they are.

Millions of repeats are held as arrays by contig; names and classes are held once.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadAnnotation, MissingFile, UnreadableFile
from bioloom.genome.attributes import first_of, parse_attributes
from bioloom.genome.transcript import Span, Transcript, joined
from bioloom.run.output import UNREADABLE, open_text
from bioloom.run.packing import damage_advice
from bioloom.run.words import counted

RepeatKind = Literal["transposable element", "simple repeat", "RNA", "unknown"]
Indices: TypeAlias = NDArray[np.int64]

_SIMPLE = re.compile("simple|low_?complexity|satellite|tandem|^sat|artefact|buffer")
_RNA = re.compile("^(r|t|sn|sc|srp|7s|mi|sno)?rna$")
_UNKNOWN = re.compile("unknown|unspecified|unclassified|^other$")
_SIMPLE_NAME = re.compile(r"^\(.*\)n|[-_](rich|like repeat)$", re.IGNORECASE)
_RNA_NAME = re.compile(r"^(U\d+|7SK|7SL\w*|5S|[LS]SU-rRNA\w*|tRNA-\w+.*|HY\d)$")
_ANY_REPEAT = frozenset(
    [
        "similarity",
        "repeat",
        "repeat_region",
        "dispersed_repeat",
        "match",
        "exon",
        "region",
        "nucleotide_match",
        "sequence_feature",
        "feature",
    ]
)
_NAMES = ("repeat_name", "Name", "gene_id", "name", "transcript_id", "ID")
_CLASSES = (
    *("repeat_class", "class_id", "Classification", "classification", "class"),
    *("repClass", "type"),
)
_FAMILIES = ("repeat_family", "family_id", "family", "repFamily")
_UCSC_COLUMNS = 17


class RepeatName(NamedTuple):
    """A repeat's name and class, e.g. AluY and SINE/Alu; empty if not said."""

    name: str
    class_: str

    @property
    def kind(self) -> RepeatKind:
        """What its class makes of it; without a class, what its name does.

        A repeat with neither a class nor a telling name is a transposable element.
        """
        return repeat_kind(self.class_, self.name)


class RepeatTrack(NamedTuple):
    """Repeats on one contig, by start: half-open spans and indices of names."""

    starts: Indices
    ends: Indices
    names: Indices


@dataclass(frozen=True, slots=True)
class Repeats:
    """Repeats of a genome.

    Parameters
    ----------
    path
        The file.
    tracks
        Repeats by contig.
    names
        Names and classes, which the tracks count.
    warnings
        What was left out.
    """

    path: Path
    tracks: Mapping[str, RepeatTrack]
    names: tuple[RepeatName, ...]
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Count the repeats."""
        return sum(len(track.starts) for track in self.tracks.values())


class RepeatOverlap(NamedTuple):
    """How much of a transcript is transposable element.

    Parameters
    ----------
    name, class_
        The element that covers most of it; empty if there is none.
    overlap_nt
        Exonic bases that elements cover, each counted once, on either strand.
    fraction
        Of the transcript's length.
    """

    name: str = ""
    class_: str = ""
    overlap_nt: int = 0
    fraction: float = 0.0


def repeat_kind(class_: str, name: str = "") -> RepeatKind:
    """The kind of a repeat by RepeatMasker's class, or by its name without one.

    Examples
    --------
    >>> repeat_kind("SINE/tRNA"), repeat_kind("tRNA"), repeat_kind("", "(CA)n")
    ('transposable element', 'RNA', 'simple repeat')
    """
    first = class_.split("/")[0].strip("? ").lower()
    if _SIMPLE.search(first) or (not first and _SIMPLE_NAME.search(name)):
        return "simple repeat"
    if _RNA.match(first) or (not first and _RNA_NAME.match(name)):
        return "RNA"
    return "unknown" if _UNKNOWN.search(first) else "transposable element"


class _Piece(NamedTuple):
    """Part of a repeat, and the index of its name."""

    span: Span
    name: int


class RepeatRow(NamedTuple):
    """A repeat as a file writes it, but half-open and 0-based."""

    chrom: str
    span: Span
    name: RepeatName


def repeats_of(path: Path, rows: Iterable[RepeatRow]) -> Repeats:
    """Repeats that were read from rows of another file, such as an annotation."""
    table = _RepeatTable()
    for row in rows:
        table.add(row)
    return Repeats(path, table.tracks(), tuple(table.names))


def read_repeats(path: str | Path, *, strict: bool = False) -> Repeats:
    """Read RepeatMasker's ``.out``, UCSC's ``rmsk.txt``, BED, GTF or GFF3.

    The form is told by the rows. In GTF and GFF3 every row is a repeat. A row that
    cannot be read is left out and counted; if `strict`, it is an error.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadAnnotation
        If it is none of these, or holds no repeat.
    """
    source = Path(path)
    if str(path) != "-" and not source.exists():
        raise MissingFile(path, role="repeats of RepeatMasker, or in BED or GTF")
    table, notices = _RepeatTable(), list[str]()
    try:
        with open_text(path, notice=notices.append) as stream:
            table.read(stream)
    except UnreadableFile as problem:
        raise _unreadable(path, problem.found, problem.advice) from None
    except UNREADABLE as problem:
        found = str(problem) or type(problem).__name__
        raise _unreadable(path, found, damage_advice(problem)) from None
    if table.n_bad > table.n_good or (strict and table.n_bad):
        rows = counted(table.n_bad, "row")
        found = f"{rows} that cannot be read (first {table.first_bad})"
        raise _unreadable(path, found, "Give the file that RepeatMasker wrote.")
    if not table.n_good:
        raise _unreadable(path, "no repeat", "Give the file that RepeatMasker wrote.")
    if table.n_bad:
        notices.append(
            f"{path}: {counted(table.n_bad, 'row')} cannot be read and "
            f"{'was' if table.n_bad == 1 else 'were'} left out (first "
            f"{table.first_bad})"
        )
    warnings = tuple(f"{notice}." for notice in notices)
    return Repeats(source, table.tracks(), tuple(table.names), warnings)


def repeat_overlap(
    transcripts: Sequence[Transcript], repeats: Repeats
) -> list[RepeatOverlap]:
    """How much of each transcript is transposable element, in order.

    Notes
    -----
    Simple and low-complexity repeats, satellites, RNA genes and repeats of unknown
    class do not count. Time O(n log m + overlaps).
    """
    is_element = np.array(
        [name.kind == "transposable element" for name in repeats.names], dtype=bool
    )
    tracks = {
        chrom: _only(track, is_element) for chrom, track in repeats.tracks.items()
    }
    return [_overlap_of(tx, tracks, repeats.names) for tx in transcripts]


def _only(track: RepeatTrack, is_wanted: NDArray[np.bool_]) -> _Searchable:
    rows = is_wanted[track.names]
    starts, ends, names = (column[rows] for column in track)
    return _Searchable(RepeatTrack(starts, ends, names), np.maximum.accumulate(ends))


def _overlap_of(
    tx: Transcript,
    tracks: Mapping[str, _Searchable],
    names: Sequence[RepeatName],
) -> RepeatOverlap:
    searchable = tracks.get(tx.chrom)
    if searchable is None:
        return RepeatOverlap()
    spans: list[Span] = []
    by_name: dict[int, int] = defaultdict(int)
    for start, end in tx.exons:
        for span, name in searchable.within(start, end):
            spans.append(span)
            by_name[name] += span[1] - span[0]
    if not spans:
        return RepeatOverlap()
    overlap_nt = sum(end - start for start, end in joined(spans))
    most = names[max(by_name, key=lambda name: by_name[name])]
    return RepeatOverlap(*most, overlap_nt, overlap_nt / tx.length_nt)


class _Searchable(NamedTuple):
    """A track, and the furthest end of all repeats up to each."""

    track: RepeatTrack
    furthest: Indices

    def within(self, start: int, end: int) -> Iterator[_Piece]:
        """What of repeats lies in a span."""
        starts, ends, names = self.track
        first = int(np.searchsorted(self.furthest, start, side="right"))
        last = int(np.searchsorted(starts, end, side="left"))
        for row in range(first, last):
            if ends[row] > start:
                span = (max(int(starts[row]), start), min(int(ends[row]), end))
                yield _Piece(span, int(names[row]))


class _RepeatTable:
    """Columns of repeats while they are read."""

    def __init__(self) -> None:
        self.names: dict[RepeatName, int] = {}
        self.n_good = self.n_bad = 0
        self.first_bad = ""
        self._columns: dict[str, tuple[array[int], array[int], array[int]]] = {}

    def read(self, stream: Iterator[str]) -> None:
        """Take all rows of an open file."""
        parse: Callable[[str], RepeatRow] | None = None
        for number, line in enumerate(stream, 1):
            if line.startswith(("##FASTA", ">")):
                return
            if line.isspace() or line.startswith(("#", "track", "browser")):
                continue
            if parse is None:
                parse = _parser_of(line)
            if parse is _of_repeatmasker and not line.split(None, 1)[0].isdecimal():
                continue  # its two header lines
            try:
                self.add(parse(line))
            except (ValueError, IndexError):
                self.n_bad += 1
                self.first_bad = self.first_bad or f"line {number}"

    def add(self, row: RepeatRow) -> None:
        """Take a repeat; raise ValueError if its span is empty or negative."""
        if not 0 <= row.span[0] < row.span[1]:
            raise ValueError
        columns = self._columns.get(row.chrom)
        if columns is None:
            columns = self._columns[row.chrom] = (array("q"), array("q"), array("q"))
        for column, value in zip(
            columns,
            (*row.span, self.names.setdefault(row.name, len(self.names))),
            strict=True,
        ):
            column.append(value)
        self.n_good += 1

    def tracks(self) -> dict[str, RepeatTrack]:
        """The repeats of each contig, by start."""
        tracks = {}
        for chrom, columns in self._columns.items():
            starts, ends, names = (np.array(column, np.int64) for column in columns)
            order = np.argsort(starts, kind="stable")
            tracks[chrom] = RepeatTrack(starts[order], ends[order], names[order])
        return tracks


def _parser_of(line: str) -> Callable[[str], RepeatRow]:
    """How to read a row of a file, by the look of its first row."""
    columns = line.rstrip("\n").split("\t")
    if len(columns) == _UCSC_COLUMNS and columns[6].isdecimal():
        return _of_ucsc
    if len(columns) >= 8 and columns[3].isdecimal() and columns[4].isdecimal():
        return _of_gff
    if len(columns) >= 3 and columns[1].isdecimal() and columns[2].isdecimal():
        return _of_bed
    return _of_repeatmasker


def _of_repeatmasker(line: str) -> RepeatRow:
    columns = line.split()
    span = (int(columns[5]) - 1, int(columns[6]))
    return RepeatRow(columns[4], span, RepeatName(columns[9], columns[10]))


def _of_ucsc(line: str) -> RepeatRow:
    columns = line.rstrip("\n").split("\t")
    class_, family = columns[11:13]
    class_ = class_ if family in {class_, ""} else f"{class_}/{family}"
    span = (int(columns[6]), int(columns[7]))
    return RepeatRow(columns[5], span, RepeatName(columns[10], class_))


def _of_bed(line: str) -> RepeatRow:
    """A BED row; the name may hold the class: ``AluY|SINE|Alu``, ``AluY#SINE/Alu``."""
    columns = line.rstrip("\n").split("\t")
    words = re.split(r"[|#:]", columns[3]) if len(columns) > 3 else [""]
    class_ = "/".join(words[1:])
    if not class_ and len(columns) > 6 and not columns[6].isdecimal():
        class_ = columns[6]
    span = (int(columns[1]), int(columns[2]))
    return RepeatRow(columns[0], span, RepeatName(words[0], class_))


def _of_gff(line: str) -> RepeatRow:
    return gff_repeat(line.rstrip("\n").split("\t"))


def gff_repeat(columns: Sequence[str]) -> RepeatRow:
    """The repeat of a row of GTF or GFF3, whatever its type.

    Raises
    ------
    ValueError
        If its start or end is no number.
    """
    chrom, _, kind, first, last, _, _, _, *rest = columns
    attributes = parse_attributes(rest[0]) if rest else {}
    target = attributes.get("Target", "").split(" ")[0]
    name = target.removeprefix("Motif:") or first_of(attributes, _NAMES)
    class_ = first_of(attributes, _CLASSES)
    family = first_of(attributes, _FAMILIES)
    if family and family != class_ and "/" not in class_:
        class_ = f"{class_}/{family}" if class_ else family
    if not class_ and kind not in _ANY_REPEAT:
        class_ = kind
    return RepeatRow(chrom, (int(first) - 1, int(last)), RepeatName(name, class_))


def _unreadable(path: str | Path, found: str, advice: str) -> BadAnnotation:
    return BadAnnotation(
        where=path,
        found=found,
        expected="repeats: RepeatMasker's .out, rmsk.txt of UCSC, BED, GTF or GFF3",
        advice=advice,
    )
