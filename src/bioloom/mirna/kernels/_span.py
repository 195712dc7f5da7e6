"""A lower bound for the energy of a long site.

A site that spans X target bases has at least energy P + λ X for every λ, where P is the
lowest (energy - λ · span) over all targets, found by a recursion over only the miRNA:
of each loop the target's bases are those that make it lowest.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy._kernel_tables import (
    END,
    INSIDE,
    INT11,
    INT12,
    INT21,
    INT22,
    OUTSIDE,
    STACK,
    START,
    kernel_tables,
    row_length,
)
from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import MAX_LOOP
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

# prices per target base, 0.01 kcal/mol
PRICES = np.array([20, 30, 40, 45, 50, 55, 60])

Ints = NDArray[np.int64]


class LoopsBySize(NamedTuple):
    """Lowest energies less price times target bases, 0.01 kcal/mol.

    Parameters
    ----------
    bulges
        Of a bulge of two target bases or more; by price.
    large
        Of a large interior loop without its mismatches; shape (miRNA bases, price).
    """

    bulges: Ints
    large: Ints


def floors(mirna: SeqCodes) -> Ints:
    """Lowest energy less price times span of any site of a miRNA.

    Returns
    -------
    0.01 kcal/mol, one for each of `PRICES`.
    """
    n = len(mirna)
    # miRNA bases 3'→5', one before and enough behind
    q = np.full(n + MAX_LOOP + 3, UNKNOWN, dtype=np.int64)
    q[1 : n + 1] = mirna[::-1]
    loops, ends = _loops(q, n), _lowest(END, q[1:], (0, 1), n)
    # behind the last base nothing pairs
    lowest = np.full((n + MAX_LOOP + 1, len(PRICES)), INF, dtype=np.int64)
    for j in range(n - 1, -1, -1):
        inner = (lowest[j + 1 : j + 2 + MAX_LOOP] + loops[j]).min(axis=0)
        lowest[j] = np.minimum(inner, ends[j]) - PRICES
    # the base before the first pair is the context's second
    starts = _lowest(START, q, (1, 0), n)
    floor: Ints = (lowest[:n] + starts[:, None]).min(axis=0)
    return floor


def _loops(q: Ints, n: int) -> Ints:
    """Lowest loop that a pair opens, less price times its target bases.

    Shape (miRNA base of the pair, miRNA bases in the loop, price).
    """
    here = q[1:]
    inside = _lowest(INSIDE, q, (1, 0), len(q) - 1)
    inner = np.arange(n)[:, None] + 1 + np.arange(MAX_LOOP + 1)
    mismatches = _lowest(OUTSIDE, here, (0, 1), n)[:, None] + inside[inner]
    bulges, large = _by_size()
    loops: Ints = large + mismatches[:, :, None]
    loops[:, 2:] = np.minimum(loops[:, 2:], turner1999().bulge[2 : MAX_LOOP + 1, None])
    stack, skip = (_lowest(STACK, here, (0, k), n)[:, None] for k in (1, 2))
    bulge = int(turner1999().bulge[1])
    loops[:, 0] = np.minimum(bulges, stack + np.minimum(0, bulge - PRICES))
    loops[:, 1] = np.minimum(loops[:, 1], skip + bulge)
    for table, a, b in ((INT11, 1, 1), (INT21, 2, 1), (INT12, 1, 2), (INT22, 2, 2)):
        small = _lowest(table, here, range(b + 2), n)[:, None] - a * PRICES
        loops[:, b] = np.minimum(loops[:, b], small)
    return loops


def _lowest(table: int, q: Ints, context: Sequence[int], n: int) -> Ints:
    """Of a kernel's table, the lowest energy at each of n bases.

    `context` is the position of the bases that determine its row.
    """
    row = np.zeros(n, dtype=np.int64)
    for k in context:
        row = 5 * row + q[k : k + n]
    lowest: Ints = _lowest_by_row(table, 5 ** len(context))[row]
    return lowest


@cache
def _lowest_by_row(table: int, n_rows: int) -> Ints:
    length = row_length(table)
    rows = kernel_tables()[table : table + n_rows * length].reshape(n_rows, length)
    lowest: Ints = rows.min(axis=1).astype(np.int64)
    return lowest


@cache
def _by_size() -> LoopsBySize:
    e, sizes = turner1999(), np.arange(MAX_LOOP + 1)
    bulges = e.bulge[sizes, None] - sizes[:, None] * PRICES
    a, b = np.meshgrid(sizes, sizes, indexing="ij")
    is_large = (np.minimum(a, b) > 0) & (np.maximum(a, b) > 2)
    loops = np.where(is_large, e.interior[a + b] + e.asymmetry[abs(a - b)], INF)
    loops = loops[:, :, None] - a[:, :, None] * PRICES
    return LoopsBySize(bulges[2:].min(axis=0), loops.min(axis=0))
