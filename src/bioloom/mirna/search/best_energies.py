"""Energies of a set of miRNAs: with perfect complements, and best on targets."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.options import MAX_LOOP, SearchOptions
from bioloom.mirna.search.searcher import Searcher, search
from bioloom.mirna.sites.duplex import perfect_target
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

Units = NDArray[np.int64]
TOGETHER = 32
GAP_NT = MAX_LOOP + 1  # no loop spans it


def perfect_energies(mirnas: Sequence[SeqCodes]) -> Units:
    """Energy of each miRNA with its perfect complement, 0.01 kcal/mol.

    Many at once are searched on all their complements in a row. Where the best site is
    on another one's complement, as in families, a miRNA is searched on its own alone.
    """
    best = np.full(len(mirnas), -1, dtype=np.int64)
    for first in range(0, len(mirnas), TOGETHER):
        numbers = range(first, min(first + TOGETHER, len(mirnas)))
        row = _Complements([mirnas[number] for number in numbers])
        hits = Searcher(row.mirnas).search(row.target)
        is_own = row.owner[hits.start] == hits.mirna
        best[first + hits.mirna[is_own]] = hits.units[is_own]
        for number in set(numbers) - set((first + hits.mirna[is_own]).tolist()):
            alone = search([mirnas[number]], perfect_target(mirnas[number])).units
            best[number] = alone[0] if len(alone) else -1
    return best


class _Complements:
    """Perfect complements in a row, too far apart for a duplex with two of them.

    `owner` is the number of the miRNA whose complement each base belongs to, -1 for the
    unknown bases in between.
    """

    def __init__(self, mirnas: Sequence[SeqCodes]) -> None:
        self.mirnas = mirnas
        gap = np.full(GAP_NT, UNKNOWN, dtype=np.uint8)
        parts = [(perfect_target(mirna), gap) for mirna in mirnas]
        self.target = np.concatenate([codes for pair in parts for codes in pair])
        owners = [
            (np.full(len(codes), number), np.full(GAP_NT, -1))
            for number, (codes, _) in enumerate(parts)
        ]
        self.owner = np.concatenate([each for pair in owners for each in pair])


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
