"""Products of a sparse matrix's rows with dense rows, pair by pair."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@kernel
def row_products(
    dense: Floats,
    places: Numbers,
    indptr: NDArray[np.integer],
    indices: NDArray[np.integer],
    values: Floats,
    rows: Numbers,
    out: Floats,
) -> None:
    """``out[p] = dense[places[p]] · S[rows[p]]``, S a sparse matrix by rows (CSR)."""
    for p in range(len(places)):
        row, total = rows[p], 0.0
        for k in range(indptr[row], indptr[row + 1]):
            total += dense[places[p], indices[k]] * values[k]
        out[p] = total
