"""Sites of many miRNAs on one target, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

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

    def of(self, mirna: int) -> "Hits":
        """Those of one miRNA."""
        rows = self.mirna == mirna
        return Hits(*(getattr(self, column.name)[rows] for column in fields(self)))


def joined(parts: Sequence[Hits]) -> Hits:
    """Hits of several searches on one target, by miRNA."""
    if not parts:
        return hits_of([], 8)
    width = max(part.partners.shape[1] for part in parts)
    wide = [
        np.pad(
            part.partners,
            ((0, 0), (0, width - part.partners.shape[1])),
            constant_values=-1,
        )
        for part in parts
    ]
    order = np.argsort(np.concatenate([p.mirna for p in parts]), kind="stable")
    names = ("mirna", "start", "end", "units", "summed")
    columns = [np.concatenate([getattr(p, name) for p in parts]) for name in names]
    return Hits(*(column[order] for column in (*columns, np.concatenate(wide))))


def hits_of(duplexes: Sequence[tuple[int, Duplex]], width: int) -> Hits:
    """Columns of duplexes, each with the number of its miRNA.

    Parameters
    ----------
    duplexes
        In the order wanted.
    width
        Length of the longest miRNA, nt.
    """
    found = [duplex for _, duplex in duplexes]
    partners = np.full((len(found), max(width, 8)), -1, dtype=np.int64)
    for row, duplex in enumerate(found):
        for on_target, on_mirna in duplex.pairs:
            partners[row, on_mirna] = on_target
    return Hits(
        mirna=np.array([number for number, _ in duplexes], dtype=np.int64),
        start=np.array([one.start for one in found], dtype=np.int64),
        end=np.array([one.end for one in found], dtype=np.int64),
        units=np.array([round(100 * one.mfe) for one in found], dtype=np.int64),
        summed=np.array([one.summed for one in found], dtype=np.float64),
        partners=partners,
    )


def padded(mirnas: Sequence[SeqCodes]) -> SeqCodes:
    """Codes as rows of one table, filled up with unknown bases to 8 nt at least."""
    table = np.full((len(mirnas), max([8, *map(len, mirnas)])), UNKNOWN, dtype=np.uint8)
    for row, own in zip(table, mirnas, strict=True):
        row[: len(own)] = own
    return table
