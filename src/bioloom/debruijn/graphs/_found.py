"""Kernel that looks the k-mers of a sample up in a graph."""

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs._kmers import Counts, Index, Kmers, find
from bioloom.debruijn.graphs._packed import at
from bioloom.run.jit import kernel

Ints = NDArray[np.int64]


@kernel
def add_found(
    index: Index, unitig_of: NDArray[np.int32], kmers: Kmers, counts: Counts, out: Ints
) -> None:
    """Add the k-mers that are found, and their counts, to those of their unitigs.

    `out` has shape (2, n_unitigs).
    """
    for i in range(kmers.shape[0]):
        place = find(index, at(kmers, i))
        if place >= 0:
            unitig = unitig_of[place]
            out[0, unitig] += 1
            out[1, unitig] += counts[i]
