"""Sites of many miRNAs on one target, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.duplex import Duplex
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hits:
    """Sites on one target, by miRNA, the best of each first.

    Parameters
    ----------
    mirna
        Number of the miRNA, shape (n,).
    start, end
        Half-open span of the paired bases on the target, shape (n,).
    units
        Energy, 0.01 kcal/mol, shape (n,).
    summed
        Energy in kcal/mol as RNAhybrid's doubles add up, shape (n,).
    partners
        Target base that each miRNA base pairs with, counted from the miRNA's 5' end;
        -1 for none; shape (n, width), width at least 8.
    """

    mirna: Ints
    start: Ints
    end: Ints
    units: Ints
    summed: NDArray[np.float64]
    partners: Ints

    def __len__(self) -> int:
        return len(self.mirna)

    @property
    def mfe(self) -> NDArray[np.float64]:
        """Energy, kcal/mol."""
        return self.units / 100

    @property
    def position(self) -> Ints:
        """RNAhybrid's: 1-based, of the dangling 5' base if there is one."""
        return np.maximum(self.start, 1)

    @property
    def rank(self) -> Ints:
        """Number of each hit among those of its miRNA, 0 for the best."""
        return np.arange(len(self)) - np.searchsorted(self.mirna, self.mirna)

    def rows(self, rows: NDArray[Any]) -> Self:
        """Some of the hits, by number or by mask."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))

    def of(self, mirna: int) -> Self:
        """The hits of one miRNA."""
        return self.rows(self.mirna == mirna)

    def first(self, n: int) -> Self:
        """The first hits of each miRNA."""
        return self.rows(self.rank < n)


class NumberedDuplex(NamedTuple):
    """A duplex, and the number of its miRNA."""

    mirna: int
    duplex: Duplex


@dataclass(frozen=True, slots=True)
class MirnaTable:
    """All miRNAs of a search, by number.

    Parameters
    ----------
    names
        Shape (n,).
    codes
        Base codes, one miRNA a row, padded with unknown bases; at least 8 columns.
    lengths
        nt.
    perfect
        Energy with the perfect complement, 0.01 kcal/mol.
    """

    names: NDArray[np.str_]
    codes: SeqCodes
    lengths: Ints
    perfect: Ints


def joined(parts: Sequence[Hits]) -> Hits:
    """All hits of several searches on one target, by miRNA."""
    if not parts:
        return hits_of([], 8)
    order = np.argsort(np.concatenate([p.mirna for p in parts]), kind="stable")
    names = ("mirna", "start", "end", "units", "summed")
    columns = [np.concatenate([getattr(p, name) for p in parts]) for name in names]
    partners = _one_width([part.partners for part in parts])
    return Hits(*(column[order] for column in (*columns, partners)))


def _one_width(partners: Sequence[NDArray[np.integer]]) -> NDArray[np.integer]:
    """Rows of several tables below each other, the narrow ones filled up with -1."""
    width = max(table.shape[1] for table in partners)
    rows = np.full((sum(map(len, partners)), width), -1, dtype=partners[0].dtype)
    begin = 0
    for table in partners:
        rows[begin : begin + len(table), : table.shape[1]] = table
        begin += len(table)
    return rows


def hits_of(numbered: Sequence[NumberedDuplex], width: int) -> Hits:
    """Columns of duplexes.

    Parameters
    ----------
    numbered
        Duplexes with the numbers of their miRNAs, in order.
    width
        Length of the longest miRNA, nt.
    """
    duplexes = [duplex for _, duplex in numbered]
    partners = np.full((len(duplexes), max(width, 8)), -1, dtype=np.int64)
    for row, duplex in enumerate(duplexes):
        for on_target, on_mirna in duplex.pairs:
            partners[row, on_mirna] = on_target
    return Hits(
        mirna=np.array([number for number, _ in numbered], dtype=np.int64),
        start=np.array([duplex.start for duplex in duplexes], dtype=np.int64),
        end=np.array([duplex.end for duplex in duplexes], dtype=np.int64),
        units=np.array([round(100 * each.mfe) for each in duplexes], dtype=np.int64),
        summed=np.array([duplex.summed for duplex in duplexes], dtype=np.float64),
        partners=partners,
    )


def padded(mirnas: Sequence[SeqCodes]) -> SeqCodes:
    """Codes as rows of one table, padded with unknown bases to at least 8 columns."""
    table = np.full((len(mirnas), max([8, *map(len, mirnas)])), UNKNOWN, dtype=np.uint8)
    for row, codes in zip(table, mirnas, strict=True):
        row[: len(codes)] = codes
    return table
