"""Blocks of transcripts: codons in three frames, and their ORFs.

The sequences of a block are laid end to end, each from a multiple of three on, so that
one table of codons with three rows holds the frames of all of them. Nothing that is
read from it crosses from one transcript into the next, and no number depends on which
transcripts share a block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.orf import STANDARD_CODE, LongestOrfs, Orf
from bioloom.seq.alphabet import START_CODON, SeqCodes, encode
from bioloom.seq.genetic_code import GeneticCode

Ints = NDArray[np.int64]

UNKNOWN_CODON = 64
_PAD = 5  # code between transcripts
_PAD_COLUMNS = 2  # a hexamer that begins in a transcript ends before the next


@dataclass(frozen=True, slots=True)
class Frames:
    """Codons of a block of transcripts.

    Parameters
    ----------
    codes
        Base codes, 5 between transcripts, shape (3·n_columns,).
    codons
        Index 0-63 of each codon, 64 if unknown or cut off, shape (3, n_columns); the
        codon of row f and column c begins at base 3c + f.
    is_stop
        Where a codon is a stop codon, shape (3, n_columns).
    is_cut
        Where a codon reaches over its transcript's 3' end, shape (3, n_columns).
    columns
        First column of each transcript, then the end of the last, shape (n + 1,).
    lengths
        Of the transcripts, nt, shape (n,).
    """

    codes: SeqCodes
    codons: NDArray[np.uint8]
    is_stop: NDArray[np.bool_]
    is_cut: NDArray[np.bool_]
    columns: Ints
    lengths: Ints

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def n_columns(self) -> int:
        """Codons in a row."""
        return int(self.codons.shape[1])


@dataclass(frozen=True, slots=True)
class OrfTable:
    """ORFs of a block, by transcript, the longest first.

    Of equal ones the complete is first, then the upstream one: the first of each
    transcript is that of `orf.longest_orfs`.

    Parameters
    ----------
    transcript
        Number of the transcript in the block.
    frame, column
        Row and column of the first codon in `Frames.codons`.
    n_codons
        Without the stop.
    start
        First base, counted from the transcript's 5' end.
    is_complete
        Whether a stop codon follows.
    """

    transcript: Ints
    frame: Ints
    column: Ints
    n_codons: Ints
    start: Ints
    is_complete: NDArray[np.bool_]

    def rows(self, which: Ints | NDArray[np.bool_]) -> "OrfTable":
        """A part of the table."""
        return OrfTable(
            self.transcript[which],
            self.frame[which],
            self.column[which],
            self.n_codons[which],
            self.start[which],
            self.is_complete[which],
        )

    def firsts(self) -> Ints:
        """Row of the first ORF of each transcript that has one."""
        return np.flatnonzero(np.diff(self.transcript, prepend=-1))

    def seconds(self) -> Ints:
        """Row of the second ORF of each transcript that has two."""
        after = self.firsts() + 1
        after = after[after < len(self.transcript)]
        is_second = self.transcript[after] == self.transcript[after - 1]
        return np.asarray(after[is_second], np.int64)

    def orf(self, row: int) -> Orf:
        """One ORF, on the strand as given."""
        start = int(self.start[row])
        end = start + 3 * int(self.n_codons[row])
        return Orf(start, end, "+", is_complete=bool(self.is_complete[row]))


def frames_of(sequences: Sequence[str], code: GeneticCode = STANDARD_CODE) -> Frames:
    """Put transcripts into one block.

    Parameters
    ----------
    sequences
        5'→3' on the strand to be read.
    code
        Says which codons stop.
    """
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    widths = -(-lengths // 3) + _PAD_COLUMNS
    columns = np.concatenate(([0], np.cumsum(widths)))
    codes = np.full(3 * int(columns[-1]) + 2, _PAD, dtype=np.uint8)
    for sequence, column in zip(sequences, columns[:-1].tolist(), strict=True):
        codes[3 * column : 3 * column + len(sequence)] = encode(sequence)
    codons, is_cut = _codons(codes)
    is_stop = np.isin(np.arange(256), code.stop_indices)[codons]
    return Frames(codes[:-2], codons, is_stop, is_cut, columns, lengths)


class _Codons(NamedTuple):
    """Codons by frame, and whether each is cut by the end of a sequence."""

    codons: NDArray[np.uint8]
    is_cut: NDArray[np.bool_]


def _codons(codes: SeqCodes) -> _Codons:
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    largest = np.maximum(np.maximum(first, second), third)
    codons = (first & 3) << 4 | (second & 3) << 2 | (third & 3)
    codons[largest > 3] = UNKNOWN_CODON
    by_frame = np.ascontiguousarray(codons.reshape(-1, 3).T)
    is_cut = np.ascontiguousarray((largest == _PAD).reshape(-1, 3).T)
    return _Codons(by_frame, is_cut)


def orf_table(frames: Frames) -> OrfTable:
    """Every ORF of every transcript: the first ATG after a stop, to the next stop.

    Parameters
    ----------
    frames
        The transcripts.
    """
    codons = frames.codons.ravel()
    is_stop = frames.is_stop.ravel()
    ends = np.flatnonzero(is_stop | frames.is_cut.ravel())
    starts = np.flatnonzero(codons == START_CODON)
    ending = np.searchsorted(ends, starts)
    is_first = np.diff(ending, prepend=-1) != 0
    starts, ends = starts[is_first], ends[ending[is_first]]
    frame, column = np.divmod(starts, max(frames.n_columns, 1))
    transcript = _place(frames.columns, column)
    begin = 3 * (column - frames.columns[transcript]) + frame
    n_codons, is_complete = ends - starts, is_stop[ends]
    order = np.lexsort((begin, ~is_complete, -n_codons, transcript))
    table = OrfTable(transcript, frame, column, n_codons, begin, is_complete)
    return table.rows(order)


def _place(columns: Ints, column: Ints) -> Ints:
    """Transcript in which each column lies."""
    return np.asarray(np.searchsorted(columns, column, side="right") - 1, np.int64)


def longest_orfs_of_many(table: OrfTable, n: int) -> list[LongestOrfs]:
    """Longest complete and 3'-open ORF of each transcript of a block.

    Parameters
    ----------
    table
        ORFs of the block.
    n
        Transcripts in it.
    """
    longest: list[list[Orf | None]] = [[None, None] for _ in range(n)]
    for kind in (0, 1):
        rows = np.flatnonzero(table.is_complete == (kind == 0))
        rows = rows[np.flatnonzero(np.diff(table.transcript[rows], prepend=-1))]
        for row in rows.tolist():
            longest[int(table.transcript[row])][kind] = table.orf(row)
    return [LongestOrfs(complete, open_end) for complete, open_end in longest]


class OrfCodons(NamedTuple):
    """Codons of ORFs, and the row of the ORF that each belongs to."""

    owner: Ints
    codons: NDArray[np.uint8]


def codons_in(frames: Frames, orfs: OrfTable) -> OrfCodons:
    """Codons of ORFs, one after the other.

    Returns
    -------
    Row of the ORF in the table, and the codon, shape (sum of n_codons,) each.
    """
    owner = np.repeat(np.arange(len(orfs.transcript)), orfs.n_codons)
    before = np.cumsum(orfs.n_codons) - orfs.n_codons
    within = np.arange(len(owner)) - before[owner]
    flat = orfs.frame * frames.n_columns + orfs.column
    return OrfCodons(owner, frames.codons.ravel()[flat[owner] + within])
