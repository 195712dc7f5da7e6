"""Number of De Bruijn sequences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from bioloom.debruijn.sequences.words import Words
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd

MOST_DIGITS = 4000  # printed in full
_PRECISION = 60


@dataclass(frozen=True, slots=True, repr=False)
class SequenceCount(Result):
    """Number of cyclic De Bruijn sequences.

    Parameters
    ----------
    n_digits
        Decimal digits of the number.
    exact
        The number, None if it has more than 4,000 digits.
    leading
        Its first digits, as in 1.2345.
    """

    n_digits: int
    exact: int | None
    leading: float

    def __str__(self) -> str:
        """The number, or its magnitude where it is too long."""
        if self.exact is not None:
            return str(self.exact)
        return f"{self.leading:.6f}e{self.n_digits - 1}"

    def summary(self) -> str:
        """The number and its digits."""
        return f"{self} ({self.n_digits:,} digits)" if self.n_digits > 1 else str(self)

    def to_frame(self) -> pd.DataFrame:
        """One row: n_sequences (None if it is too long), n_digits, leading."""
        import pandas as pd

        row = {
            "n_sequences": [self.exact],
            "n_digits": [self.n_digits],
            "leading": [self.leading],
        }
        return pd.DataFrame(row, dtype=object)


def count_sequences(words: Words) -> SequenceCount:
    r"""Number of cyclic sequences B(k, n): ``(k!)^(k^(n-1)) / k^n``.

    Notes
    -----
    By the BEST theorem, the number of Eulerian circuits of a De Bruijn graph is the
    number of its spanning trees towards a node, :math:`k^{k^{n-1}-n}`, times
    :math:`((k-1)!)^{k^{n-1}}`. Rotations of a cyclic sequence count once.

    References
    ----------
    van Aardenne-Ehrenfest T., de Bruijn N.G. (1951) Simon Stevin 28:203-217.

    Examples
    --------
    >>> [str(count_sequences(Words("01", order))) for order in (1, 2, 3, 4, 5)]
    ['1', '1', '2', '16', '2048']
    """
    size, order = words.alphabet_size, words.order
    with localcontext() as context:
        context.prec = _PRECISION + len(str(order)) * len(str(size)) + order
        n_nodes = Decimal(size) ** (order - 1)
        log = (
            n_nodes * Decimal(math.factorial(size)).log10()
            - order * Decimal(size).log10()
        )
        whole = int(log)
        leading = float(10 ** (log - whole))
    if whole > MOST_DIGITS:
        return SequenceCount(whole + 1, None, leading)
    exact = math.factorial(size) ** (size ** (order - 1)) // size**order
    return SequenceCount(len(str(exact)), exact, leading)
