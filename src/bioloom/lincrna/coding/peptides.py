"""Composition of the peptide of the longest ORF, and its hydrophobic stretches.

A leader (signal) peptide and a segment that crosses a membrane mark many proteins that
are too short to be recognized by the length of their ORF.

References
----------
Kyte J., Doolittle R.F. (1982) J Mol Biol 157:105. doi:10.1016/0022-2836(82)90515-0
Miller G. (1955) in Information Theory in Psychology, 95-100: the bias of entropy.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import (
    Block,
    base_shares,
    of_longest,
)
from bioloom.lincrna.coding.codons import CODON_BASES, LETTERS, CodonTable
from bioloom.seq.alphabet import STOP

LEADER_AA, LEADER_WINDOW, LEADER_MEAN = 30, 10, 20
MEMBRANE_WINDOW = 19
HYDROPHOBIC = "AFILMVW"
# Kyte & Doolittle 1982, table 2, in tenths
HYDROPATHY = dict(
    **{"I": 45, "V": 42, "L": 38, "F": 28, "C": 25, "M": 19, "A": 18, "G": -4},
    **{"T": -7, "S": -8, "W": -9, "Y": -13, "P": -16, "H": -32, "E": -35, "Q": -35},
    **{"D": -35, "N": -35, "K": -39, "R": -45, STOP: 0},
)
_TENTHS = np.array([HYDROPATHY[letter] for letter in LETTERS])
_IS_HYDROPHOBIC = np.array([letter in HYDROPHOBIC for letter in LETTERS])

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


def peptide_features(block: Block) -> dict[str, _Floats]:
    """Composition and hydrophobic stretches; 0 where there is no ORF."""
    return _composition(block) | _stretches(block)


def _composition(block: Block) -> dict[str, _Floats]:
    chance = _codons_by_chance(block)
    n_codons = np.maximum(block.codon_counts.sum(axis=1, keepdims=True), 1)
    excess = block.codon_counts / n_codons - chance
    by_letter, firsts = _sense_codons(block.table)
    counts = np.add.reduceat(block.codon_counts[:, by_letter], firsts, axis=1)
    share = counts / n_codons
    surprise = np.where(counts > 0, -np.log(np.where(counts > 0, share, 1)), 0.0)
    of_letter = np.add.reduceat(excess[:, by_letter], firsts, axis=1)
    bias = (len(firsts) - 1) / 2 / n_codons[:, 0]
    is_hydrophobic = _IS_HYDROPHOBIC[block.table.amino_acid]
    has_orf = block.codon_counts.any(axis=1)
    columns = {
        "hydrophobic": excess[:, is_hydrophobic].sum(axis=1),
        "entropy": (share * surprise).sum(axis=1) + bias,
        "most_excess": of_letter.max(axis=1),
    }
    return {name: np.where(has_orf, column, 0.0) for name, column in columns.items()}


class _SenseCodons(NamedTuple):
    """Sense codons, ordered by amino acid, and the place of the first of each."""

    codons: _Ints
    firsts: _Ints


def _sense_codons(table: CodonTable) -> _SenseCodons:
    order = np.argsort(table.amino_acid, kind="stable")[: table.is_sense.sum()]
    return _SenseCodons(
        order, np.flatnonzero(np.diff(table.amino_acid[order], prepend=-1))
    )


def _codons_by_chance(block: Block) -> _Floats:
    """Share of each codon among sense codons, by base composition, shape (n, 64)."""
    shares = base_shares(block)
    first, second, third = (shares[:, bases] for bases in CODON_BASES.T)
    rates = np.where(block.table.is_sense, first * second * third, 0.0)
    chance: _Floats = rates / rates.sum(axis=1, keepdims=True)
    return chance


def _stretches(block: Block) -> dict[str, _Floats]:
    longest = block.longest
    tenths = np.append(_TENTHS[block.table.amino_acid], 0)  # unknown: 0
    before = np.concatenate(([0], np.cumsum(tenths[block.codons])))
    end = np.cumsum(longest.n_codons)
    start = end - longest.n_codons
    leader = np.minimum(end, start + LEADER_AA)
    head = np.minimum(end, start + LEADER_MEAN)
    mean = (before[head] - before[start]) / (10 * np.maximum(head - start, 1))
    columns = {
        "leader_peak": _peaks(before, start, leader, LEADER_WINDOW) / 10,
        "leader_mean": mean,
        "membrane_peak": _peaks(before, start, end, MEMBRANE_WINDOW) / 10,
    }
    return {name: of_longest(block, column) for name, column in columns.items()}


def _peaks(before: _Ints, start: _Ints, end: _Ints, width: int) -> _Ints:
    """Highest sum of a window of values in each span, shorter before its end."""
    spans = end - start
    owner = np.repeat(np.arange(len(spans)), spans)
    offset = np.cumsum(spans) - spans
    at = np.arange(len(owner)) + (start - offset)[owner]
    sums = before[np.minimum(at + width, end[owner])] - before[at]
    peaks: _Ints = np.maximum.reduceat(sums, offset) if len(offset) else sums
    return peaks
