"""What each codon means in a genetic code, as arrays over the 64 codons."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.seq.genetic_code import GeneticCode

LETTERS = "ACDEFGHIKLMNPQRSTVWY*"
N_AMINO_ACIDS = len(LETTERS) - 1
CODON_BASES = np.array([[c >> 4, c >> 2 & 3, c & 3] for c in range(64)])


@dataclass(frozen=True, slots=True)
class CodonTable:
    """A genetic code.

    Parameters
    ----------
    amino_acid
        Place of each codon's letter in `LETTERS`, shape (64,); 20 is a stop.
    is_changed
        Whether a codon means something else in the standard code, shape (64,).
    """

    amino_acid: NDArray[np.int64]
    is_changed: NDArray[np.bool_]

    @property
    def is_sense(self) -> NDArray[np.bool_]:
        """Whether a codon is no stop."""
        return self.amino_acid < N_AMINO_ACIDS


@cache
def codon_table(code: GeneticCode = STANDARD_CODE) -> CodonTable:
    """The codons of a genetic code."""
    letters = np.array(list(code.amino_acids))
    return CodonTable(
        np.array([LETTERS.index(letter) for letter in code.amino_acids]),
        letters != np.array(list(STANDARD_CODE.amino_acids)),
    )
