"""Every seed match of a target, each with the best duplex that holds it.

A search by energy masks each site before it looks for the next, so that a match next
to a better one is hidden. Here matches are found by their letters, and the energy of
each is the lowest of all duplexes in which the seed pairs just there: exact, by the
recursion of `energy.recursion` with the seed's pairs fixed. Sites may overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.recursion import (
    MARGIN,
    STACK,
    Cell,
    Move,
    Path,
    Strands,
    energy_matrix,
    replay,
)
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import MAX_LOOP, SeedRegion
from bioloom.mirna.search.plain import PythonSearcher
from bioloom.mirna.sites.duplex import Duplex, duplex_of, shifted
from bioloom.mirna.sites.hits import Hits, NumberedDuplex, hits_of
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

_LONG, _SHORT, _OFFSET = SeedRegion(2, 8), SeedRegion(2, 7), SeedRegion(3, 8)
_BULGE = Move(1, 0)
_WATSON_CRICK = 3  # sum of the codes of a pair without G:U
WINDOWS = 64
"""Matches whose duplexes are computed at once."""


class SeedMatch(NamedTuple):
    """A seed match by its letters.

    Parameters
    ----------
    region
        miRNA bases whose pairs are fixed.
    columns
        Target base of each, from the miRNA's first on, so descending.
    """

    region: SeedRegion
    columns: tuple[int, ...]


def matches_by_letters(mirna: SeqCodes, target: SeqCodes) -> list[SeedMatch]:
    """Every seed match of a miRNA on a target, from the target's 5' end on.

    Parameters
    ----------
    mirna, target
        Base codes, 5'→3'.

    Returns
    -------
    Matches of bases 2-8 or 2-7 (8mer, 7mer-m8, 7mer-A1, 6mer), of 3-8 (offset 6mer), of
    2-8 or 2-7 with one G:U pair, and of 2-7 with one target base bulged out.
    """
    if len(mirna) < _LONG.last or len(target) < len(range(*_SHORT)):
        return []
    pairs = _SeedPairs(mirna, target)
    regions = pairs.contiguous()
    matches = [_contiguous(column, region) for column, region in regions.items()]
    matches += [
        SeedMatch(_SHORT, columns)
        for columns in pairs.bulged()
        if not {columns[0], columns[0] - 1} & regions.keys()
    ]
    return sorted(matches, key=lambda match: match.columns[::-1])


def _contiguous(column: int, region: SeedRegion) -> SeedMatch:
    """A match in one helix; the column is that opposite the miRNA's base 2."""
    places = range(region.first, region.last + 1)
    return SeedMatch(region, tuple(column + 2 - place for place in places))


class _SeedPairs:
    """Which target bases pair with bases 2 to 8 of a miRNA.

    `strict[k]` and `wobble[k]` say of each target base whether it forms a
    Watson-Crick or a G:U pair with the miRNA's base k, counted from 1.
    """

    def __init__(self, mirna: SeqCodes, target: SeqCodes) -> None:
        bases = range(2, 9)
        self.n = len(target)
        self.strict = {k: target + mirna[k - 1] == _WATSON_CRICK for k in bases}
        allowed = turner1999().pairs[target]
        self.wobble = {k: allowed[:, mirna[k - 1]] & ~self.strict[k] for k in bases}

    def contiguous(self) -> dict[int, SeedRegion]:
        """Region of each match in one helix, by the target base opposite base 2."""
        strict = {k: self._aligned(self.strict[k], k - 2) for k in self.strict}
        wobble = {k: self._aligned(self.wobble[k], k - 2) for k in self.wobble}
        n_strict = np.sum([strict[k] for k in range(2, 8)], axis=0)
        n_wobble = np.sum([wobble[k] for k in range(2, 8)], axis=0)
        is_seed = (n_strict + n_wobble == 6) & (n_wobble <= 1)
        is_offset = np.logical_and.reduce([strict[k] for k in range(3, 9)])
        regions: dict[int, SeedRegion] = {}
        for column in np.flatnonzero(is_seed | is_offset).tolist():
            if n_strict[column] < 6 and is_offset[column]:
                regions[column] = _OFFSET
            else:
                regions[column] = _LONG if strict[8][column] else _SHORT
        return regions

    def bulged(self) -> Iterator[tuple[int, ...]]:
        """Columns of matches of bases 2 to 7 with one target base bulged out."""
        for last in range(2, 7):  # the miRNA base before the bulge
            shifts = {k: k - 2 + (k > last) for k in range(2, 8)}
            paired = np.logical_and.reduce(
                [self._aligned(self.strict[k], shift) for k, shift in shifts.items()]
            )
            for column in np.flatnonzero(paired).tolist():
                yield tuple(column - shift for shift in shifts.values())

    def _aligned(self, pairs: NDArray[np.bool_], shift: int) -> NDArray[np.bool_]:
        """Pairs of the target base `shift` before each one."""
        aligned = np.zeros(self.n, dtype=np.bool_)
        aligned[shift:] = pairs[: self.n - shift]
        return aligned


@dataclass(frozen=True)
class _FixedSeed(Strands):
    """Strands whose seed pairs in given places only.

    Parameters
    ----------
    fixed
        Whether a target base may pair with each miRNA base of the seed region, from the
        miRNA's 3' side on, shape (n_bases, n).
    """

    fixed: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), bool))

    def can_pair(self, i: Any, j: int) -> Any:
        """As for any strands; the seed's bases pair where they are fixed."""
        allowed = super().can_pair(i, j)
        if self.rows is not None and self.rows.first <= j <= self.rows.last:
            return allowed & self.fixed[j - self.rows.first][i]
        return allowed

    def allows(self, j: int, move: Move) -> bool:
        """As for any strands; within the seed also a bulge of one target base."""
        if self.rows is not None and self.rows.first <= j < self.rows.last:
            return move in (STACK, _BULGE)
        return super().allows(j, move)


@dataclass(frozen=True, slots=True)
class _Window:
    """Part of the target that any duplex with a seed match lies in."""

    match: SeedMatch
    low: int
    codes: SeqCodes

    def fixed(self) -> NDArray[np.bool_]:
        """Where the seed's bases may pair, by base from the miRNA's 3' side."""
        places = np.zeros((len(self.match.columns), len(self.codes)), dtype=np.bool_)
        columns = np.array(self.match.columns[::-1]) - self.low
        places[np.arange(len(columns)), columns] = True
        return places


class SeedMatchSearcher(PythonSearcher):
    """Search for every seed match; finds sites as `Searcher` gives them."""

    def search(self, target: SeqCodes, *, threads: int = 1) -> Hits:
        """Sites on one target."""
        del threads
        numbered = [
            NumberedDuplex(number, duplex)
            for number, mirna in enumerate(self.mirnas)
            for duplex in self._duplexes_of(mirna, target)
        ]
        return hits_of(numbered, self.longest)

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site; none masks another."""
        for k, number in enumerate(hits.mirna.tolist()):
            mirna = self.mirnas[number]
            low = max(0, int(hits.start[k]) - 1)
            high = min(len(target), int(hits.end[k]) + MARGIN)
            partners = hits.partners[k, : len(mirna)][::-1].tolist()
            cells = tuple(Cell(i - low, j) for j, i in enumerate(partners) if i >= 0)
            path = Path(cells, int(hits.units[k]), float(hits.summed[k]))
            strands = Strands(mirna, target[low:high], self.options)
            yield shifted(duplex_of(strands, path), low)

    def _duplexes_of(self, mirna: SeqCodes, target: SeqCodes) -> list[Duplex]:
        """Duplexes of one miRNA, best first."""
        best: dict[tuple[int, int], Duplex] = {}
        matches = sorted(matches_by_letters(mirna, target))
        for _, same in groupby(matches, key=lambda match: match.region):
            alike = list(same)
            for first in range(0, len(alike), WINDOWS):
                chosen = alike[first : first + WINDOWS]
                for match, duplex in self._folded(mirna, target, chosen):
                    # a bulge next to an equal base may be drawn on either of them
                    ends = (match.columns[0], match.columns[-1])
                    if ends not in best or duplex.mfe < best[ends].mfe:
                        best[ends] = duplex
        strong = [each for each in best.values() if each.mfe <= self.options.max_mfe]
        strong.sort(key=lambda duplex: (duplex.mfe, duplex.start, duplex.end))
        return strong[: self.options.top]

    def _folded(
        self, mirna: SeqCodes, target: SeqCodes, matches: Sequence[SeedMatch]
    ) -> Iterator[tuple[SeedMatch, Duplex]]:
        """Best duplex of each match; all of one region."""
        rules = replace(
            self.options,
            seed_region=matches[0].region,
            allow_gu=True,
            all_seed_matches=False,
        )
        windows = [_window(match, len(mirna), target) for match in matches]
        gap = np.full(MARGIN, UNKNOWN, dtype=np.uint8)
        joined = np.concatenate(
            [part for each in windows for part in (each.codes, gap)]
        )
        fixed = np.concatenate(
            [np.pad(each.fixed(), ((0, 0), (0, MARGIN))) for each in windows], axis=1
        )
        matrix = energy_matrix(_FixedSeed(mirna, joined, rules, fixed=fixed))
        begin = 0
        for match, window in zip(matches, windows, strict=True):
            size = len(window.codes) + MARGIN
            strands = _FixedSeed(mirna, window.codes, rules, fixed=window.fixed())
            path = replay(strands, matrix[:, begin : begin + size])
            begin += size
            if path is not None:
                yield match, shifted(duplex_of(strands, path), window.low)


def _window(match: SeedMatch, length: int, target: SeqCodes) -> _Window:
    """The bases that a duplex can reach from a match with the longest loops."""
    region, step = match.region, MAX_LOOP + 1
    low = max(0, match.columns[-1] - (length - region.last) * step - 1)
    high = match.columns[0] + (region.first - 1) * step + 2
    return _Window(match, low, target[low:high])
