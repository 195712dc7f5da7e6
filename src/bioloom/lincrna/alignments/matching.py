"""Primers at the start of a strand, found with errors."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.alignments._kernels import nearest_match
from bioloom.lincrna.inputs.primers import PrimerPair, n_fixed

WINDOW_NT = 200
"""Bases of a strand in which its primer must end: adapter, barcode and primer."""
MAX_EDITS = 0.2
"""Edits for each base of a primer that is one base and no ambiguity letter."""

_BASES_OF = {
    **{"A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG"},
    **{"W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT"},
    **{"V": "ACG", "N": "ACGT"},
}
_BIT = {"A": 1, "C": 2, "G": 4, "T": 8}
OF_PRIMER, OF_READ = np.zeros((2, 256), np.uint8)
for _letter, _bases in _BASES_OF.items():
    OF_PRIMER[ord(_letter)] = sum(_BIT[base] for base in _bases)
for _letter, _base in zip("ACGTUacgtu", "ACGTT" * 2, strict=True):
    OF_READ[ord(_letter)] = _BIT[_base]


def base_sets(letters: str, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sets of bases, a bit for each, by `OF_PRIMER` or `OF_READ`; shape (n,)."""
    return table[np.frombuffer(letters.encode("latin-1"), np.uint8)]


class Found(NamedTuple):
    """The primer that a strand begins with.

    Parameters
    ----------
    primer
        Which; empty if none is there, or both are as likely.
    n_cut
        Bases up to its end.
    score
        Its bases less twice the edits.
    """

    primer: Literal["front", "back", ""] = ""
    n_cut: int = 0
    score: int = 0


class PrimerMatcher:
    """Finds which of two primers a strand begins with.

    Parameters
    ----------
    pair
        The primers.
    """

    def __init__(self, pair: PrimerPair) -> None:
        self.name = pair.name
        self._front, self._back = _Primer(pair.front), _Primer(pair.back)

    def at_start(self, bases: str) -> Found:
        """The primer near the start of a strand, 5'→3'."""
        text = base_sets(bases[:WINDOW_NT], OF_READ)
        front, back = self._front.match(text), self._back.match(text)
        if front.score == back.score:
            return Found()
        if front.score > back.score:
            return Found("front", front.n_cut, front.score)
        return Found("back", back.n_cut, back.score)


class _Match(NamedTuple):
    n_cut: int
    score: int


class _Primer:
    def __init__(self, bases: str) -> None:
        self._pattern = base_sets(bases, OF_PRIMER)
        self._n_fixed = n_fixed(bases)

    def match(self, text: NDArray[np.uint8]) -> _Match:
        """Its best place, with score 0 if there are too many edits."""
        n_edits, end = nearest_match(self._pattern, text)
        if n_edits > MAX_EDITS * self._n_fixed:
            return _Match(0, 0)
        return _Match(int(end), self._n_fixed - 2 * int(n_edits))
