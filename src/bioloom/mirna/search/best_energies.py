"""Energies that a whole set of miRNAs is measured by."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.searcher import Searcher, search
from bioloom.mirna.sites.duplex import perfect_target
from bioloom.seq.alphabet import SeqCodes

Units = NDArray[np.int64]


def perfect_energies(mirnas: Sequence[SeqCodes]) -> Units:
    """Energy of each miRNA with its perfect complement, 0.01 kcal/mol."""
    found = [search([one], perfect_target(one)).units for one in mirnas]
    return np.array([units[0] if len(units) else -1 for units in found], dtype=np.int64)


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
    rules = replace(options, max_hits=1, max_mfe=0.0)
    best = np.zeros((len(targets), len(mirnas)), dtype=np.int64)
    found = Searcher(mirnas, rules).search_all(targets, threads=threads)
    for row, hits in zip(best, found, strict=True):
        row[hits.mirna] = hits.units
    return best
