"""Kernels that compare contigs with a reference."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs._kmers import turned
from bioloom.run.jit import kernel

Codes = NDArray[np.uint8]


class PlacedKmers(NamedTuple):
    """Canonical k-mers, their places, and 1 where one is a reverse complement."""

    kmers: NDArray[np.uint64]
    places: NDArray[np.int64]
    sides: Codes


@kernel
def cut_placed(codes: Codes, k: int, out: PlacedKmers) -> int:
    """Write the canonical k-mers with their places; return their number."""
    kmers, places, sides = out
    mask = (np.uint64(1) << np.uint64(2 * k)) - np.uint64(1)
    forward, n_known, n = np.uint64(0), 0, 0
    for i in range(codes.size):
        if codes[i] > 3:
            n_known = 0
            continue
        forward = ((forward << np.uint64(2)) | np.uint64(codes[i])) & mask
        n_known += 1
        if n_known >= k:
            other = turned(forward, k)
            kmers[n] = other if other < forward else forward
            places[n] = i - k + 1
            sides[n] = 1 if other < forward else 0
            n += 1
    return n


@kernel
def edit_distance(first: Codes, second: Codes) -> int:
    """Least number of changed, missing and additional bases (Levenshtein)."""
    row: NDArray[np.int64] = np.arange(second.size + 1)
    for i in range(first.size):
        diagonal = row[0]
        row[0] = i + 1
        for j in range(second.size):
            above = row[j + 1]
            differs = 1 if first[i] != second[j] else 0
            row[j + 1] = min(diagonal + differs, above + 1, row[j] + 1)
            diagonal = above
    return int(row[second.size])
