"""Blocks of transcripts, with all counts that need no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._frames import UNKNOWN_CODON, base_counts
from bioloom.lincrna.coding.codons import CODON_BASES, CodonTable, codon_table
from bioloom.lincrna.coding.frames import (
    Frames,
    OrfTable,
    codons_in,
    frames_of,
    orf_table,
)
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.lincrna.coding.usage import CONTEXT
from bioloom.seq.genetic_code import GeneticCode

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Transcripts, with all measurements that need no usage table.

    Parameters
    ----------
    table
        What the codons mean.
    frames
        Their codons.
    orfs
        All ORFs.
    longest
        The longest of each transcript that has one.
    codons
        Of the longest ORFs, one ORF after the other.
    codon_counts
        Of the longest ORF, shape (n, 64).
    context
        Bases around the start codon, 4 where there is none, shape (n, 9).
    bases
        Counts of A, C, G, T by place modulo three, shape (n, 3, 4).
    """

    table: CodonTable
    frames: Frames
    orfs: OrfTable
    longest: OrfTable
    codons: NDArray[np.uint8]
    codon_counts: _Ints
    context: NDArray[np.uint8]
    bases: _Ints

    def __len__(self) -> int:
        return len(self.frames)


def block_of(sequences: Sequence[str], code: GeneticCode = STANDARD_CODE) -> Block:
    """Find the ORFs of transcripts and count their codons.

    Parameters
    ----------
    sequences
        5'→3' on the strand to be read.
    code
        The genetic code.
    """
    frames = frames_of(sequences, code)
    orfs = orf_table(frames)
    longest = orfs.rows(orfs.firsts())
    owner, codons = codons_in(frames, longest)
    width = UNKNOWN_CODON + 1
    counts = np.bincount(
        longest.transcript[owner] * width + codons, minlength=width * len(frames)
    )
    return Block(
        codon_table(code),
        frames,
        orfs,
        longest,
        codons,
        counts.reshape(-1, width)[:, :64],
        _context(frames, longest),
        base_counts(frames.codes, frames.columns),
    )


def _context(frames: Frames, longest: OrfTable) -> NDArray[np.uint8]:
    places = np.array(CONTEXT)
    first = 3 * longest.column + longest.frame
    at = np.clip(first[:, None] + places, 0, max(len(frames.codes) - 1, 0))
    is_inside = longest.start[:, None] + places >= 0
    context = np.full((len(frames), len(places)), 4, dtype=np.uint8)
    bases = np.minimum(frames.codes[at], 4)
    context[longest.transcript] = np.where(is_inside, bases, 4)
    return context


def of_longest(block: Block, values: NDArray) -> _Floats:
    """A value of each longest ORF at its transcript; 0 where there is none."""
    placed = np.zeros(len(block))
    placed[block.longest.transcript] = values
    return placed


def base_shares(block: Block) -> _Floats:
    """Share of A, C, G, T in each transcript, with pseudo-counts, shape (n, 4)."""
    counts = block.bases.sum(axis=1) + 1.0
    shares: _Floats = counts / counts.sum(axis=1, keepdims=True)
    return shares


class ChanceRates(NamedTuple):
    """Probability of ATG, and of a stop codon, at any place."""

    start: _Floats
    stop: _Floats


def chance_rates(block: Block) -> ChanceRates:
    """Rates of ATG and of stop codons that the base composition leads to expect."""
    shares = base_shares(block)
    a, _, g, t = shares.T
    stops = CODON_BASES[~block.table.is_sense]
    return ChanceRates(a * t * g, shares[:, stops].prod(axis=2).sum(axis=1))


def running(values: NDArray) -> _Ints:
    """Sum of the values before each place, and of all, along the last axis."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1), dtype=np.int64)
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def sums_in_frame(orfs: OrfTable, before: _Ints, *, shift: int = 0) -> _Ints:
    """Sum over the hexamers of each ORF, read in its frame or `shift` bases later.

    Parameters
    ----------
    orfs
        The ORFs.
    before
        `running` sums of a score of each hexamer of their block, shape (3, n + 1).
    shift
        0, 1 or 2.
    """
    carry, frame = np.divmod(orfs.frame + shift, 3)
    first = orfs.column + carry
    sums: _Ints = before[frame, first + n_hexamers(orfs)] - before[frame, first]
    return sums


def n_hexamers(orfs: OrfTable) -> _Ints:
    """In-frame hexamers of each ORF."""
    return np.maximum(orfs.n_codons - 1, 0)
