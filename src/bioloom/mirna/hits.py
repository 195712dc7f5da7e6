"""Sites that were found, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hits:
    """Sites on one target: by miRNA, in the order given, then best first.

    Parameters
    ----------
    mirna
        Index of the miRNA, shape (n,), as all.
    start, end
        First and one past the last paired base of the target, 0-based.
    mfe
        kcal/mol, exact.
    summed
        The same as RNAhybrid's doubles add up: see `Duplex`.
    """

    mirna: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    mfe: NDArray[np.float64]
    summed: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.mirna)

    @property
    def position(self) -> NDArray[np.int64]:
        """RNAhybrid's: 1-based, of the dangling 5' base if there is one."""
        return np.maximum(self.start, 1)

    def of(self, mirna: int) -> "Hits":
        """Those of one miRNA."""
        rows = self.mirna == mirna
        return Hits(*(getattr(self, column.name)[rows] for column in fields(self)))


def joined(parts: Sequence[Hits]) -> Hits:
    """Hits of several groups of miRNAs, by miRNA."""
    if not parts:
        none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Hits(none, none, none, zero, zero)
    order = np.argsort(np.concatenate([p.mirna for p in parts]), kind="stable")
    columns = (
        np.concatenate([getattr(part, column.name) for part in parts])[order]
        for column in fields(Hits)
    )
    return Hits(*columns)
