"""Energies of a set of miRNAs: with perfect complements, and best on targets."""

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
    energies = [search([each], perfect_target(each)).units for each in mirnas]
    best = [units[0] if len(units) else -1 for units in energies]
    return np.array(best, dtype=np.int64)


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
    rules = replace(options, top=1, max_mfe=0.0)
    best = np.zeros((len(targets), len(mirnas)), dtype=np.int64)
    hits_by_target = Searcher(mirnas, rules).search_all(targets, threads=threads)
    for row, hits in zip(best, hits_by_target, strict=True):
        row[hits.mirna] = hits.units
    return best
