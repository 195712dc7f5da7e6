"""How low the energy of a long site can be at all.

A site that spans X target bases has at least energy P + λ X for every λ, where P is the
lowest (energy - λ · span) over all targets, found by a recursion over the miRNA alone.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energies import MAX_LOOP, turner1999
from bioloom.seq.alphabet import SeqCodes

# prices per target base, 0.01 kcal/mol
PRICES = np.array([20, 30, 40, 45, 50, 55, 60])


def floors(mirna: SeqCodes) -> NDArray[np.int64]:
    """Lowest energy less price times span of any site of a miRNA.

    Returns
    -------
    0.01 kcal/mol, one for each of `PRICES`.
    """
    stacks, loops = _cheapest()
    dangles = _dangles()
    q = mirna[::-1]
    # behind the last base nothing pairs: a row there is never worth its price
    lowest = np.zeros((len(q) + MAX_LOOP + 1, len(PRICES)), dtype=np.int64)
    for j in range(len(q) - 1, -1, -1):
        steps = lowest[j + 1 : j + 2 + MAX_LOOP] + loops
        stack = stacks[q[j], q[j + 1]] if j + 1 < len(q) else 0
        bulged = stack + _target_bulge()
        following = lowest[j + 1] + np.minimum(stack, bulged)
        best = np.minimum(np.minimum(steps.min(axis=0), following), dangles)
        lowest[j] = best - PRICES
    found: NDArray[np.int64] = lowest.min(axis=0) + dangles
    return found


def _target_bulge() -> NDArray[np.int64]:
    """Bulge of one target base, its stack left out, by price."""
    return int(turner1999().bulge[1]) - PRICES


def _dangles() -> int:
    e = turner1999()
    return int(e.dangle3.min()) + int(e.dangle5.min())


@cache
def _cheapest() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest stack of two miRNA bases, and loop by its miRNA bases and price."""
    e = turner1999()
    stacks = e.stack.min(axis=(0, 2)).astype(np.int64)
    loops = np.zeros((MAX_LOOP + 1, len(PRICES)), dtype=np.int64)
    for b in range(MAX_LOOP + 1):
        costs = [_lowest_loop(a, b) - PRICES * a for a in range(MAX_LOOP + 1)]
        loops[b] = np.min(costs[2 if b == 0 else 0 :], axis=0)
    return stacks, loops


def _lowest_loop(a: int, b: int) -> int:
    e = turner1999()
    if min(a, b) == 0:
        return int(e.bulge[a + b]) + (int(e.stack.min()) if a + b == 1 else 0)
    if max(a, b) <= 2:
        return int(getattr(e, f"int{a}{b}").min())
    mismatches = 2 * int(e.mismatch.min())
    return int(e.interior[a + b]) + int(e.asymmetry[abs(a - b)]) + mismatches
