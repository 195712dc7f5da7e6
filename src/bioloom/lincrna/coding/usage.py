"""How coding sequence uses hexamers, codons, amino acids and start contexts.

Tables hold log-ratios, coding to non-coding, in thousandths of a nat and as integers:
sums of them are exact, so that no score depends on the order of summation.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._frames import HEXAMER_STRIDE
from bioloom.lincrna.coding.codons import LETTERS, CodonTable, codon_table

PER_NAT = 1000
CONTEXT = (-6, -5, -4, -3, -2, -1, 3, 4, 5)
"""Places around the start codon, counted from its A."""

_Table = NDArray[np.int64]


@dataclass(frozen=True)
class UsageTables:
    """Log-ratios of coding to non-coding use, in thousandths of a nat.

    Parameters
    ----------
    hexamer
        In-frame hexamers of ORFs of mRNAs against all hexamers of non-coding RNAs,
        index 64·codon + next codon, shape (4096,).
    amino_acid
        Of the amino acid of each codon, in ORFs of mRNAs against the longest ORFs of
        non-coding RNAs, shape (64,); 0 for stop codons.
    synonymous
        Of each codon among those of its amino acid, shape (64,).
    context
        Of A, C, G, T at each place of `CONTEXT`, shape (9, 4).
    """

    hexamer: _Table
    amino_acid: _Table
    synonymous: _Table
    context: _Table

    def read_as(self, table: CodonTable) -> "UsageTables":
        """The tables for a genetic code.

        They were learnt from the standard code: a codon with another meaning has the
        score of its new amino acid, and no say in hexamers or among its synonyms.
        """
        changed = table.is_changed
        if not changed.any():
            return self
        hexamer = self.hexamer.reshape(64, 64).copy()
        hexamer[changed] = hexamer[:, changed] = 0
        of_letter = np.zeros(len(LETTERS), dtype=np.int64)
        of_letter[codon_table().amino_acid] = self.amino_acid
        return UsageTables(
            hexamer.ravel(),
            np.where(changed, of_letter[table.amino_acid], self.amino_acid),
            np.where(changed, 0, self.synonymous),
            self.context,
        )

    @cached_property
    def padded_hexamer(self) -> _Table:
        """Scores at 65·codon + next codon; 0 where either is unknown."""
        table = np.zeros((HEXAMER_STRIDE, HEXAMER_STRIDE), dtype=np.int64)
        table[:64, :64] = self.hexamer.reshape(64, 64)
        return table.ravel()
