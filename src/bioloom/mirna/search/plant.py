"""Search for near-perfect sites as plants have them, by penalties of mismatches.

A site is a duplex over the whole miRNA with at most one base without a partner on
either strand. Its expectation is the sum of penalties: 1 for a mismatch, a bulge or a
gap, 0.5 for a G:U pair, doubled at positions 2 to 13 of the miRNA. Sites with more than
four mismatches, four G:U pairs, or seven faults of any kind are no targets. psRNATarget
calls the sum the expectation, TAPIR the score.

The target is cut between the bases opposite positions 10 and 11 of the miRNA; a fault
at 9 to 11 hinders that, and such a site is taken to inhibit translation.

References
----------
Allen E. et al. (2005) Cell 121:207. doi:10.1016/j.cell.2005.04.004
Fahlgren N., Carrington J.C. (2010) Methods Mol Biol 592:51.
doi:10.1007/978-1-60327-005-2_4
Dai X., Zhao P.X. (2011) Nucleic Acids Res 39:W155. doi:10.1093/nar/gkr319
Bonnet E. et al. (2010) Bioinformatics 26:1566. doi:10.1093/bioinformatics/btq233
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.recursion import END, MARGIN, Cell, Move, Path, Strands
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.plain import PythonSearcher
from bioloom.mirna.sites.duplex import Duplex, duplex_of, shifted
from bioloom.mirna.sites.hits import Hits, NumberedDuplex, hits_of
from bioloom.seq.alphabet import SeqCodes

FIRST_CORE, LAST_CORE = 2, 13  # positions whose penalties are doubled
CENTRE = (9, 10, 11)
CUT_AFTER = 10
MOST_MISMATCHES, MOST_WOBBLES, MOST_FAULTS = 4, 4, 7
BLOCK_NT = 1 << 16
# penalties in halves, by the sum of the codes of a pair: A:U and C:G, G:U, others
_FREE, _WOBBLE, _FAULT = 0, 1, 2
# between alignments of the same bases a gap is opened only where it spares more than
# one further mismatch; this chooses the alignment and is no part of its penalty
_OPENING = 2

Kind = Literal["G:U", "mismatch", "bulge", "gap"]


class Shape(NamedTuple):
    """Where an alignment has its one base without a partner.

    Parameters
    ----------
    shift
        Target bases more (1) or less (-1) than miRNA bases; 0 without such a base.
    after
        Last miRNA position before it; 0 without.
    """

    shift: int
    after: int


class Fault(NamedTuple):
    """A penalty: its kind, the miRNA position, and how much it adds.

    A bulge is a target base without a partner, a gap a miRNA base.
    """

    kind: Kind
    position: int
    penalty: float


@dataclass(frozen=True, slots=True)
class PlantSite:
    """One alignment of a miRNA with its site.

    Parameters
    ----------
    opposite
        Target base opposite each miRNA base, -1 for a base in a gap.
    faults
        Its penalties.
    """

    opposite: tuple[int, ...]
    faults: tuple[Fault, ...]

    @property
    def expectation(self) -> float:
        """Sum of its penalties."""
        return sum(fault.penalty for fault in self.faults)

    @property
    def is_allowed(self) -> bool:
        """Whether it has no more faults of a kind than targets have."""
        wobbles = sum(fault.kind == "G:U" for fault in self.faults)
        mismatches = sum(fault.kind == "mismatch" for fault in self.faults)
        return (
            mismatches <= MOST_MISMATCHES
            and wobbles <= MOST_WOBBLES
            and len(self.faults) <= MOST_FAULTS
        )

    @property
    def is_cut(self) -> bool:
        """Whether the centre is free of mismatches and gaps, so that it is cut."""
        return not any(
            fault.position in CENTRE and fault.kind != "G:U" for fault in self.faults
        )

    @property
    def cut(self) -> int:
        """First target base of the 3' fragment, 0-based: that opposite position 10."""
        at_cut = self.opposite[CUT_AFTER - 1]
        return at_cut if at_cut >= 0 else self.opposite[CUT_AFTER] + 1


@dataclass(frozen=True, slots=True)
class PlantHits(Hits):
    """Sites of plants, as columns, the lowest expectation first.

    Parameters
    ----------
    expectation
        Sum of penalties, shape (n,).
    cut
        First target base of the 3' fragment, 0-based, shape (n,).
    is_cut
        Whether the site is cut; else it is taken to inhibit translation.
    """

    expectation: NDArray[np.float64]
    cut: NDArray[np.int64]
    is_cut: NDArray[np.bool_]


def weight(position: int) -> float:
    """Factor of a penalty at a position of the miRNA."""
    return 2.0 if FIRST_CORE <= position <= LAST_CORE else 1.0


def plant_sites(
    mirna: SeqCodes, target: SeqCodes, max_expectation: float
) -> list[PlantSite]:
    """Sites of one miRNA on one target that do not overlap, the best first.

    Parameters
    ----------
    mirna, target
        Base codes, 5'→3'.
    max_expectation
        Highest sum of penalties.
    """
    sites = sorted(
        _candidates(mirna, target, max_expectation),
        key=lambda site: (site.expectation, site.opposite[0]),
    )
    taken = np.zeros(len(target), dtype=np.bool_)
    chosen = []
    for site in sites:
        bases = [base for base in site.opposite if base >= 0]
        if not taken[bases].any():
            taken[min(bases) : max(bases) + 1] = True
            chosen.append(site)
    return chosen


def _candidates(
    mirna: SeqCodes, target: SeqCodes, max_expectation: float
) -> Iterator[PlantSite]:
    """The best allowed alignment at each target base opposite the miRNA's first."""
    m, most = len(mirna), round(2 * max_expectation)
    for begin in range(0, max(len(target) - m + 1, 0), BLOCK_NT):
        part = target[begin : begin + BLOCK_NT + m]
        sums = _sums(mirna, part)
        columns = np.flatnonzero(np.min(list(sums.values()), axis=0) <= most)
        for column in columns[columns - m + 1 < BLOCK_NT].tolist():
            shapes = sorted(
                (shape for shape in sums if sums[shape][column] <= most),
                key=lambda shape: (
                    int(sums[shape][column]) + _OPENING * abs(shape.shift)
                ),
            )
            sites = (_aligned(mirna, target, begin + column, each) for each in shapes)
            if site := next((each for each in sites if each.is_allowed), None):
                yield site


def _sums(mirna: SeqCodes, target: SeqCodes) -> dict[Shape, NDArray[np.int16]]:
    """Penalties in halves of every alignment, by target base opposite base 1."""
    m = len(mirna)
    straight, longer, shorter = (
        np.stack([_penalties(mirna, target, k, shift) for k in range(1, m + 1)])
        for shift in (0, 1, -1)
    )
    before = np.cumsum(straight, axis=0, dtype=np.int16)
    sums = {Shape(0, 0): before[-1]}
    rest_longer, rest_shorter = (
        np.cumsum(each[::-1], axis=0, dtype=np.int16)[::-1]
        for each in (longer, shorter)
    )
    for k in range(2, m - 1):
        bulge, gap = _gap_penalties(k)
        sums[Shape(1, k)] = before[k - 1] + rest_longer[k] + bulge
        sums[Shape(-1, k)] = before[k - 1] + rest_shorter[k + 1] + gap
    return sums


class _GapPenalties(NamedTuple):
    """In halves: of a target base bulged out, and of the next miRNA base left out."""

    bulge: int
    gap: int


def _gap_penalties(after: int) -> _GapPenalties:
    # a bulge lies between two positions, both of which must be in the core
    bulge = min(weight(after), weight(after + 1))
    return _GapPenalties(round(_FAULT * bulge), round(_FAULT * weight(after + 1)))


def _penalties(
    mirna: SeqCodes, target: SeqCodes, position: int, shift: int
) -> NDArray[np.int16]:
    """Penalty of a miRNA base, in halves, by target base opposite base 1.

    Where the alignment would reach beyond the target it is too high for any site.
    """
    n, behind = len(target), position - 1 + shift
    pair = np.full(n, _FAULT, dtype=np.int16)
    base = int(mirna[position - 1])
    pair[target == 3 - base] = _FREE
    if base in (2, 3):  # G with U, U with G
        pair[target == 5 - base] = _WOBBLE
    pair *= round(weight(position))
    moved = np.full(n, 1000, dtype=np.int16)
    if behind >= 0:
        moved[behind:] = pair[: n - behind]
    else:
        moved[:behind] = pair[-behind:]
    return moved


def _aligned(mirna: SeqCodes, target: SeqCodes, column: int, shape: Shape) -> PlantSite:
    """An alignment base by base."""
    opposite, faults = [], []
    for position, base in enumerate(mirna.tolist(), 1):
        if shape.shift == -1 and position == shape.after + 1:
            opposite.append(-1)
            faults.append(Fault("gap", position, weight(position)))
            continue
        is_behind = shape.shift and position > shape.after
        place = column - position + 1 - (shape.shift if is_behind else 0)
        opposite.append(place)
        other = int(target[place])
        if base + other != 3:
            is_wobble = {base, other} == {2, 3}
            kind: Kind = "G:U" if is_wobble else "mismatch"
            penalty = (0.5 if is_wobble else 1.0) * weight(position)
            faults.append(Fault(kind, position, penalty))
    if shape.shift == 1:
        penalty = _gap_penalties(shape.after).bulge / 2
        faults.append(Fault("bulge", shape.after, penalty))
    return PlantSite(tuple(opposite), tuple(sorted(faults, key=lambda f: f.position)))


def site_of_hit(
    mirna: SeqCodes, target: SeqCodes, start: int, max_expectation: float
) -> PlantSite:
    """The alignment of a site that begins at a base of the target."""
    low, high = max(0, start - 2), start + len(mirna) + 4
    near = plant_sites(mirna, target[low:high], max_expectation)
    places = (tuple(x + low if x >= 0 else -1 for x in each.opposite) for each in near)
    moved = [
        PlantSite(place, each.faults) for place, each in zip(places, near, strict=True)
    ]
    return next(each for each in moved if start - 2 <= min(each.opposite) <= start + 2)


def duplex_with_energy(
    mirna: SeqCodes, target: SeqCodes, site: PlantSite, options: SearchOptions
) -> Duplex:
    """The duplex of an alignment, with the energy of just these pairs."""
    m = len(mirna)
    bases = [base for base in site.opposite if base >= 0]
    low = max(0, min(bases) - 1)
    strands = Strands(mirna, target[low : max(bases) + MARGIN], options)
    cells = tuple(
        Cell(base - low, m - position)
        for position, base in reversed(list(enumerate(site.opposite, 1)))
        if base >= 0 and strands.can_pair(base - low, m - position)
    )
    moves = [
        *(
            Move(right.i - left.i - 1, right.j - left.j - 1)
            for left, right in zip(cells, cells[1:], strict=False)
        ),
        END,
    ]
    units = sum(map(int, strands.start_parts(*cells[0])))
    for cell, move in zip(cells, moves, strict=True):
        units += sum(map(int, strands.parts(*cell, move)))
    return shifted(duplex_of(strands, Path(cells, units, units / 100)), low)


def plant_columns(hits: Hits) -> dict[str, NDArray[Any]]:
    """Columns that only sites of plants have, by name; empty for other sites."""
    if not isinstance(hits, PlantHits):
        return {}
    return {
        "expectation": hits.expectation,
        "cut": hits.cut,
        "effect": np.where(hits.is_cut, "cleavage", "translation"),
    }


class PlantSearcher(PythonSearcher):
    """Search for sites of plants; finds them as `Searcher` gives sites."""

    def search(self, target: SeqCodes, *, threads: int = 1) -> PlantHits:
        """Sites on one target."""
        del threads
        numbered, sites = [], []
        for number, mirna in enumerate(self.mirnas):
            for site in plant_sites(mirna, target, self.options.max_expectation):
                duplex = duplex_with_energy(mirna, target, site, self.options)
                if duplex.mfe <= self.options.max_mfe:
                    numbered.append(NumberedDuplex(number, duplex))
                    sites.append(site)
        hits = hits_of(numbered, self.longest)
        whole = PlantHits(
            hits.mirna,
            hits.start,
            hits.end,
            hits.units,
            hits.summed,
            hits.partners,
            expectation=np.array([site.expectation for site in sites], np.float64),
            cut=np.array([site.cut for site in sites], np.int64),
            is_cut=np.array([site.is_cut for site in sites], np.bool_),
        )
        return whole if self.options.top is None else whole.first(self.options.top)

    def duplexes(self, target: SeqCodes, hits: Hits) -> Iterator[Duplex]:
        """Structure of every site."""
        for k, number in enumerate(hits.mirna.tolist()):
            mirna = self.mirnas[number]
            opposite = tuple(hits.partners[k, : len(mirna)].tolist())
            site = PlantSite(opposite, ())
            yield duplex_with_energy(mirna, target, site, self.options)
