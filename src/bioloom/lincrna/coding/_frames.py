"""Kernels that go once through the bases of a block of transcripts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

UNKNOWN_CODON = 64
HEXAMER_STRIDE = UNKNOWN_CODON + 1
"""A row and a column more than codons, for unknown ones."""
PAD = 5
"""Code between transcripts."""
_N_BASES = 4

Codes = NDArray[np.uint8]
Ints = NDArray[np.int64]


class Columns(NamedTuple):
    """Bases with gaps between transcripts, and the codon that begins at each.

    `codes` has shape (3 · n_columns,). `codons` and `is_cut` have shape (3, n_columns):
    row f and column c is the codon that begins at base 3c + f.
    """

    codes: Codes
    codons: Codes
    is_cut: NDArray[np.bool_]


@kernel
def laid_out(letters: Codes, lengths: Ints, columns: Ints) -> Columns:
    """Lay transcripts out, each from its first column on.

    `letters` are the base codes of all of them, one after the other.
    """
    n_columns = columns[-1]
    codes = np.full(3 * n_columns + 2, PAD, dtype=np.uint8)
    first = 0
    for number in range(len(lengths)):
        size, begin = lengths[number], 3 * columns[number]
        codes[begin : begin + size] = letters[first : first + size]
        first += size
    codons = np.empty((3, n_columns), dtype=np.uint8)
    is_cut = np.empty((3, n_columns), dtype=np.bool_)
    for column in range(n_columns):
        for frame in range(3):
            place = 3 * column + frame
            a, b, c = codes[place], codes[place + 1], codes[place + 2]
            is_known = a < _N_BASES and b < _N_BASES and c < _N_BASES
            codons[frame, column] = a << 4 | b << 2 | c if is_known else UNKNOWN_CODON
            is_cut[frame, column] = PAD in (a, b, c)
    return Columns(codes[: 3 * n_columns], codons, is_cut)


@kernel
def base_counts(codes: Codes, columns: Ints) -> Ints:
    """Counts of A, C, G, T by place modulo three, shape (n, 3, 4)."""
    counts = np.zeros((len(columns) - 1, 3, _N_BASES), dtype=np.int64)
    for number in range(len(columns) - 1):
        for column in range(columns[number], columns[number + 1]):
            for frame in range(3):
                code = codes[3 * column + frame]
                if code < _N_BASES:
                    counts[number, frame, code] += 1
    return counts


@kernel
def running_scores(codons: Codes, scores: Ints) -> Ints:
    """Sum of the scores of the hexamers before each column, and of all, by frame.

    `scores` is a table at `HEXAMER_STRIDE` · codon + next codon.
    """
    n_columns = codons.shape[1]
    sums = np.zeros((3, n_columns + 1), dtype=np.int64)
    for frame in range(3):
        total = 0
        for column in range(n_columns):
            following = UNKNOWN_CODON
            if column + 1 < n_columns:
                following = codons[frame, column + 1]
            total += scores[codons[frame, column] * HEXAMER_STRIDE + following]
            sums[frame, column + 1] = total
    return sums
