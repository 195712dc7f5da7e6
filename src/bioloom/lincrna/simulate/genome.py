"""Chromosomes: blocks with random sequence between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.simulate.locus import Block, Locus
from bioloom.lincrna.simulate.sequence import random_bases
from bioloom.seq.alphabet import SeqCodes

CHROMS = ("chrS1", "chrS2")
_SPACER_NT = (9_000, 17_000)


@dataclass(frozen=True, slots=True)
class Genome:
    """Chromosomes and the loci on them.

    Parameters
    ----------
    chroms
        Base codes by name.
    loci
        In order of chromosome and start.
    """

    chroms: dict[str, SeqCodes]
    loci: tuple[Locus, ...]

    def rna(self, transcript: Transcript) -> SeqCodes:
        """Spliced sequence of a transcript, 5'→3'."""
        codes = self.chroms[transcript.chrom]
        sense = np.concatenate([codes[start:end] for start, end in transcript.exons])
        if transcript.strand == "-":
            return (3 - sense[::-1]).astype(np.uint8)
        return sense


def lay_genome(rng: np.random.Generator, blocks: Sequence[Block]) -> Genome:
    """Lay blocks on the chromosomes, 9 to 17 kb apart.

    Parameters
    ----------
    rng
        Source of the sequence between blocks.
    blocks
        In the order wanted; each chromosome takes an equal share.
    """
    chroms: dict[str, SeqCodes] = {}
    loci: list[Locus] = []
    share = -(-len(blocks) // len(CHROMS))
    for number, chrom in enumerate(CHROMS):
        codes, placed = _lay_chrom(
            rng, chrom, blocks[number * share : (number + 1) * share]
        )
        chroms[chrom] = codes
        loci += placed
    return Genome(chroms, tuple(loci))


class _Chrom(NamedTuple):
    """Sequence of a chromosome and its loci, by start."""

    codes: SeqCodes
    loci: list[Locus]


def _lay_chrom(rng: np.random.Generator, chrom: str, blocks: Sequence[Block]) -> _Chrom:
    parts = [_spacer(rng)]
    loci: list[Locus] = []
    offset = len(parts[0])
    for block in blocks:
        loci += block.placed(chrom, offset)
        parts += [block.codes, _spacer(rng)]
        offset += len(parts[-2]) + len(parts[-1])
    by_start = sorted(loci, key=lambda locus: locus.start)
    return _Chrom(np.concatenate(parts), by_start)


def _spacer(rng: np.random.Generator) -> SeqCodes:
    return random_bases(rng, int(rng.integers(*_SPACER_NT)))
