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

from bioloom.lincrna.coding._frames import laid_out
from bioloom.lincrna.coding.orf import STANDARD_CODE, LongestOrfs, Orf
from bioloom.seq.alphabet import START_CODON, SeqCodes, encode
from bioloom.seq.genetic_code import GeneticCode

Ints = NDArray[np.int64]

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
    codes, codons, is_cut = laid_out(encode("".join(sequences)), lengths, columns)
    is_stop = np.isin(np.arange(256), code.stop_indices)[codons]
    return Frames(codes, codons, is_stop, is_cut, columns, lengths)


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
    complete = _first_orfs(table.rows(table.is_complete), n)
    open_end = _first_orfs(table.rows(~table.is_complete), n)
    return [*map(LongestOrfs, complete, open_end)]


def _first_orfs(table: OrfTable, n: int) -> list[Orf | None]:
    """The first ORF of each transcript of a table."""
    first = table.rows(table.firsts())
    found: list[Orf | None] = [None] * n
    ends = first.start + 3 * first.n_codons
    columns = (first.transcript, first.start, ends, first.is_complete)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for transcript, start, end, is_complete in rows:
        found[transcript] = Orf(start, end, "+", is_complete)
    return found


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
