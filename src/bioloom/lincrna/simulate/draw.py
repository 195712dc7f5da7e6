"""Shared by the builders of blocks: randomness, families, running numbers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from bioloom.lincrna.errors import NoSuchSequence
from bioloom.lincrna.simulate.domains import Family
from bioloom.lincrna.simulate.kinds import KINDS
from bioloom.lincrna.simulate.locus import Block, make_locus
from bioloom.lincrna.simulate.sequence import longest_orf
from bioloom.lincrna.simulate.splicing import Layout, cut_exons, lay_out, short_introns
from bioloom.seq.alphabet import SeqCodes

_ATTEMPTS = 200
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Draw:
    """State of one simulation while its loci are drawn.

    Parameters
    ----------
    rng
        The only source of randomness.
    families
        Protein families whose domains coding loci hold.
    """

    rng: np.random.Generator
    families: Sequence[Family]
    _numbers: Counter[str] = field(default_factory=Counter)

    def number(self, kind: str) -> int:
        """Next number of a kind, from 1."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def is_next_first(self, kind: str) -> bool:
        """Whether none of a kind has been numbered yet."""
        return self._numbers[kind] == 0

    def cycled(self, kind: str, values: Sequence[_Value]) -> _Value:
        """The value to use for the next locus of a kind."""
        return values[self._numbers[kind] % len(values)]

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def fold(self, kind: str) -> float:
        """Coverage wanted in each stranded sample."""
        return float(self.rng.uniform(*KINDS[kind].fold))

    def family(self) -> Family:
        """Any of the families."""
        return self.families[self.between(0, len(self.families) - 1)]

    def checked(self, make: Callable[[], SeqCodes], *, n_aa: int) -> SeqCodes:
        """RNA drawn again until its longest ORF has just n_aa amino acids."""
        for _ in range(_ATTEMPTS):
            rna = make()
            orf = longest_orf(rna)
            if orf is not None and orf.n_aa == n_aa:
                return rna
        raise NoSuchSequence(longest_orf_aa=n_aa, tries=_ATTEMPTS)

    def spliced(self, rna: SeqCodes, n_exons: int) -> Layout:
        """Genomic sequence and exons of an RNA cut at random."""
        pieces = cut_exons(self.rng, len(rna), n_exons)
        return lay_out(rna, pieces, short_introns(self.rng, n_exons - 1))

    def single(
        self, kind: str, rna: SeqCodes, n_exons: int, *, note: str = ""
    ) -> Block:
        """A block with one locus of one isoform."""
        codes, exons = self.spliced(rna, n_exons)
        number, fold = self.number(kind), self.fold(kind)
        locus = make_locus(kind, number, exons, rna, fold=fold, note=note)
        return Block(codes, (locus,))
