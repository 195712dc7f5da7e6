"""Alignments of targets with other species: multi-FASTA or MAF, target by target.

What is held of a species is the base opposite each base of the target, and whether
bases are inserted behind it; so a target may be covered by several blocks.

References
----------
Blanchette M. et al. (2004) Genome Res 14:708. doi:10.1101/gr.1933104
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadInput
from bioloom.run.output import open_bytes
from bioloom.run.text import decoded, warn_input
from bioloom.run.words import counted
from bioloom.seq.fasta import read_fasta

_NOTHING = ord(" ")  # the species is not aligned here
_GAP = ord("-")


class Row(NamedTuple):
    """A sequence of an alignment, with its gaps."""

    name: str
    text: str


class Conserved(NamedTuple):
    """Species beside some spans, shape (n,): -1 where there is no alignment.

    Parameters
    ----------
    n_aligned
        Other species of which a base is aligned to every base of the span.
    n_identical
        Those whose bases are the same, with none inserted between.
    """

    n_aligned: NDArray[np.int64]
    n_identical: NDArray[np.int64]


@dataclass(slots=True)
class TargetAlignment:
    """Other species beside one target.

    Parameters
    ----------
    opposite
        By species: the letter opposite each base of the target, U as T, "-" for a gap,
        a blank where it is not aligned.
    is_inserted
        By species: whether it has bases between this base of the target and the next.
    reference
        Letters of the target where an alignment covers it.
    """

    opposite: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    is_inserted: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    reference: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))

    def add(self, reference: Row, start: int, others: Iterable[Row]) -> None:
        """Add a block.

        Parameters
        ----------
        reference
            The target's row.
        start
            Position of its first base on the target, 0-based.
        others
            Rows of the other species, of the same length.
        """
        columns = _letters(reference.text)
        is_base = columns != _GAP
        end = start + int(is_base.sum())
        self._grow(end)
        self.reference[start:end] = columns[is_base]
        # number of the base of the target that a column is, or is behind
        before = np.cumsum(is_base) - 1
        for name, text in others:
            letters = _letters(text)
            self._take_in(name)
            self.opposite[name][start:end] = letters[is_base]
            behind = before[(letters != _GAP) & ~is_base]
            self.is_inserted[name][start + behind[behind >= 0]] = True

    def conserved(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> Conserved:
        """Species that are the same as the target in some spans."""
        spans = list(zip(start.tolist(), end.tolist(), strict=True))
        counts = [self._counts(low, high) for low, high in spans]
        aligned, identical = np.array(counts, dtype=np.int64).reshape(-1, 2).T
        return Conserved(aligned, identical)

    def _counts(self, low: int, high: int) -> tuple[int, ...]:
        covered = self.reference[low:high]
        is_covered = len(covered) == high - low and (covered != _NOTHING).all()
        if low < 0 or high <= low or not is_covered:
            return (-1, -1)
        n_aligned = n_identical = 0
        for name, opposite in self.opposite.items():
            letters = opposite[low:high]
            if (letters == _NOTHING).any():
                continue
            n_aligned += 1
            is_same = (letters == covered).all()
            n_identical += is_same and not self.is_inserted[name][low : high - 1].any()
        return (n_aligned, int(n_identical))

    def _take_in(self, name: str) -> None:
        if name not in self.opposite:
            self.opposite[name] = np.full(len(self.reference), _NOTHING, np.uint8)
            self.is_inserted[name] = np.zeros(len(self.reference), dtype=np.bool_)

    def _grow(self, size: int) -> None:
        more = size - len(self.reference)
        if more <= 0:
            return
        blanks, none = np.full(more, _NOTHING, np.uint8), np.zeros(more, np.bool_)
        self.reference = np.concatenate([self.reference, blanks])
        for name in self.opposite:
            self.opposite[name] = np.concatenate([self.opposite[name], blanks])
            self.is_inserted[name] = np.concatenate([self.is_inserted[name], none])


def read_alignments(path: Path) -> Mapping[str, TargetAlignment]:
    """Read alignments of targets, by the targets' names.

    Parameters
    ----------
    path
        MAF whose first row of a block is the target, ``TARGET`` or ``species.TARGET``,
        in positions of the target; or aligned FASTA: rows named ``TARGET|species``, the
        target's own ``TARGET`` or the first; or one alignment without ``|``, the first
        row of which is the target.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadInput
        If rows of an alignment differ in length.
    """
    with decoded(open_bytes(str(path)), where=str(path)) as text:
        first = next((line for line in text if line.strip()), "")
    if first.startswith(("##maf", "a ", "a\n", "track")):
        return _of_maf(path)
    return _of_fasta(path)


def _of_fasta(path: Path) -> dict[str, TargetAlignment]:
    rows = [Row(each.name, each.sequence) for each in read_fasta(path)]
    groups: dict[str, list[Row]] = {}
    if any("|" in row.name for row in rows):
        for row in rows:
            target, _, species = row.name.partition("|")
            groups.setdefault(target, []).append(Row(species, row.text))
    elif rows:
        groups[rows[0].name] = [Row("", rows[0].text), *rows[1:]]
    found: dict[str, TargetAlignment] = {}
    for target, members in groups.items():
        own = next((row for row in members if not row.name), members[0])
        _check_lengths(members, f"{path}: {target}")
        alignment = found.setdefault(target, TargetAlignment())
        alignment.add(own, 0, [row for row in members if row is not own])
    return found


class _Placed(NamedTuple):
    start: int
    strand: str
    row: Row


def _of_maf(path: Path) -> dict[str, TargetAlignment]:
    found: dict[str, TargetAlignment] = {}
    n_other_strand = 0
    for block in _maf_blocks(path):
        own, *others = block
        _check_lengths([each.row for each in block], f"{path}: {own.row.name}")
        if own.strand != "+":
            n_other_strand += 1
            continue
        rows = [Row(_species(each.row.name), each.row.text) for each in others]
        for name in {own.row.name, own.row.name.partition(".")[2]} - {""}:
            found.setdefault(name, TargetAlignment()).add(own.row, own.start, rows)
    if n_other_strand:
        blocks = counted(n_other_strand, "block")
        warn_input(f"{path}: {blocks} left out: the target's row is on strand -")
    return found


def _maf_blocks(path: Path) -> Iterator[list[_Placed]]:
    block: list[_Placed] = []
    with decoded(open_bytes(str(path)), where=str(path)) as text:
        for number, line in enumerate(text, 1):
            kind = line[:2].strip()
            if kind == "a" and block:
                yield block
                block = []
            if kind == "s":
                block.append(_maf_row(line, f"{path}, line {number}"))
    if block:
        yield block


def _maf_row(line: str, where: str) -> _Placed:
    fields = line.split()
    if len(fields) != 7 or not fields[2].isdecimal() or fields[4] not in ("+", "-"):
        raise BadInput(
            where=where,
            found=repr(line.strip()[:60]),
            expected="s, source, start, size, strand, length, text",
            advice="Give a MAF file.",
        )
    return _Placed(int(fields[2]), fields[4], Row(fields[1], fields[6]))


def _species(source: str) -> str:
    return source.partition(".")[0]


def _letters(text: str) -> NDArray[np.uint8]:
    plain = text.upper().replace("U", "T").replace(".", "-")
    return np.frombuffer(plain.encode("ascii", "replace"), dtype=np.uint8)


def _check_lengths(rows: Sequence[Row], where: str) -> None:
    lengths = {len(row.text) for row in rows}
    if len(lengths) > 1:
        raise BadInput(
            where=where,
            found=f"rows of {min(lengths)} to {max(lengths)} letters",
            expected="rows of one length, with gaps",
            advice="Give an alignment.",
        )
