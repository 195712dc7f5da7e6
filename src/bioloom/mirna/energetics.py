"""Energies that a whole set of miRNAs is measured by."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.duplex import perfect_target
from bioloom.mirna.energies import turner1999
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search import Searcher, search
from bioloom.seq.alphabet import SeqCodes

Units = NDArray[np.int64]


def perfect_energies(mirnas: Sequence[SeqCodes]) -> Units:
    """Energy of each miRNA with its perfect complement, 0.01 kcal/mol."""
    found = [search([one], perfect_target(one)).units for one in mirnas]
    return np.array([units[0] if len(units) else -1 for units in found], dtype=np.int64)


def stacked_energies(mirnas: Sequence[SeqCodes]) -> NDArray[np.float32]:
    """The energy by which RNAhybrid's presets measure each miRNA, kcal/mol.

    The sum of the stacks with the perfect complement, but with both strands read the
    wrong way round, and in single precision: so RNAhybrid 2.1.2 computes it, and its
    p-values rest on it.
    """
    stack = turner1999().stack
    sums = []
    for one in mirnas:
        q, t = one, perfect_target(one)[::-1]
        terms = (stack[t[:-1], q[:-1], t[1:], q[1:]] / 100).astype(np.float32)
        sums.append(np.cumsum(terms)[-1])  # one by one: np.sum adds in another order
    return np.array(sums, dtype=np.float32)


def best_energies(
    mirnas: Sequence[SeqCodes],
    targets: Sequence[SeqCodes],
    options: SearchOptions,
    *,
    threads: int = 1,
) -> Units:
    """Best energy of every miRNA on every target, 0.01 kcal/mol; 0 where none pairs.

    Shape (n_targets, n_mirnas).
    """
    rules = SearchOptions(
        helix=options.helix,
        allow_gu=options.allow_gu,
        max_loop=options.max_loop,
        max_bulge=options.max_bulge,
    )
    best = np.zeros((len(targets), len(mirnas)), dtype=np.int64)
    found = Searcher(mirnas, rules).search_all(targets, threads=threads)
    for row, hits in zip(best, found, strict=True):
        row[hits.mirna] = hits.units
    return best
