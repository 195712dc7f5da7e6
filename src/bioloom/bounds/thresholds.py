"""A simple finite class: all thresholds on a numeric column."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bioloom.errors import BadTable

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Examples with one number each, two classes, and all thresholds between them.

    Parameters
    ----------
    cuts
        Distinct values, ascending, shape (n_cuts,). For each there are two hypotheses:
        "positive above it" and "positive up to it", numbered 0 to n_cuts - 1 and n_cuts
        to 2 n_cuts - 1. The last cut's are the two constant ones.
    group
        Number of each example's value among the cuts, shape (n_examples,).
    sign
        1 for a positive example, -1 for another.
    positive, negative
        Names of the classes.
    """

    cuts: NDArray[np.float64]
    group: Rows
    sign: Rows
    positive: str
    negative: str

    def __len__(self) -> int:
        """Number of hypotheses; no two of them agree on all examples."""
        return 2 * len(self.cuts)

    @property
    def n_examples(self) -> int:
        """All data."""
        return len(self.group)

    def mistakes(self, rows: Rows | None = None) -> Rows:
        """Mistakes on some rows, or all, of "positive above each cut", (n_cuts,).

        Those of "positive up to it" are the rest of the rows.
        """
        group = self.group if rows is None else self.group[rows]
        sign = self.sign if rows is None else self.sign[rows]
        changes = np.bincount(group, weights=sign, minlength=len(self.cuts))
        above: Rows = np.cumsum(changes).astype(np.int64) + np.count_nonzero(sign < 0)
        return above

    def words(self, number: int) -> str:
        """A hypothesis in words."""
        side = "up to" if number >= len(self.cuts) else "above"
        return f"{self.positive!r} {side} {self.cuts[number % len(self.cuts)]:g}"


def thresholds_of(
    values: ArrayLike,
    labels: list[str],
    *,
    positive: str | None = None,
    source: str = "table",
) -> Thresholds:
    """All thresholds on some values.

    Parameters
    ----------
    values
        One number per example, finite.
    labels
        Its class.
    positive
        The class that a threshold selects; all others are the rest; None takes the
        second of two in alphabetical order.
    source
        For messages.

    Raises
    ------
    BadTable
        If there are not two classes, or no example of the positive one.

    Examples
    --------
    >>> thresholds = thresholds_of([1, 2, 2, 5], ["a", "a", "b", "b"])
    >>> thresholds.mistakes().tolist()
    [1, 1, 2]
    """
    classes = sorted(set(labels))
    if len(classes) < 2 or (positive is None and len(classes) > 2):
        shown = ", ".join(map(repr, classes[:5]))
        raise BadTable(
            where=source,
            found=f"{len(classes)} classes ({shown})",
            expected="two",
            advice="Name the one to separate from the rest (--positive).",
        )
    if positive is not None and positive not in classes:
        raise BadTable(
            where=source,
            found=f"no example of class {positive!r}",
            expected=f"one of {', '.join(map(repr, classes[:5]))}",
            advice="Correct --positive.",
        )
    chosen = positive or classes[1]
    others = [class_ for class_ in classes if class_ != chosen]
    cuts, group = np.unique(np.asarray(values, dtype=float), return_inverse=True)
    sign = np.where(np.array(labels) == chosen, 1, -1)
    rest = others[0] if len(others) == 1 else "the rest"
    return Thresholds(cuts, group, sign, chosen, rest)
