"""Figures of sites: one duplex, all sites along a target, energies of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bioloom.draw import INK, PALETTE, Wording, new_figure, style, wording
from bioloom.mirna.options import SeedRegion
from bioloom.mirna.output.explain import drawn
from bioloom.mirna.output.result import Sites
from bioloom.mirna.sites.seeds import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTER_IN = 0.105
MOST_NAMED = 12
NAME_WIDTH, NAME_HEIGHT = 0.18, 0.05  # of the axes
SEED = SeedRegion(2, 8)
_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "8mer": PALETTE["red"],
        "7mer-m8": PALETTE["orange"],
        "7mer-A1": PALETTE["purple"],
        "6mer": PALETTE["blue"],
        "offset 6mer": PALETTE["sky"],
        "GU": PALETTE["green"],
        "bulged": PALETTE["yellow"],
        "none": PALETTE["grey"],
    }
)


class _Letter(NamedTuple):
    """Place of a letter in a drawing: its row, and its column."""

    row: int
    column: int


class _Label(NamedTuple):
    """Place of a name in a map, as shares of its width and of its energies."""

    x: float
    y: float

    def covers(self, other: _Label) -> bool:
        """Whether two names would overlap."""
        is_near = abs(self.x - other.x) < NAME_WIDTH
        return is_near and abs(self.y - other.y) < NAME_HEIGHT


def duplex_figure(
    title: str, lines: Sequence[str], *, seed: SeedRegion = SEED
) -> Figure:
    """A duplex base by base: the target above, the miRNA below, bonds between.

    Parameters
    ----------
    title
        Names and energy.
    lines
        The four lines of its drawing.
    seed
        miRNA bases in red, counted from 1 at the 5' end.
    """
    rows = drawn(lines)
    n_mirna = sum(letter.isalpha() for letter in lines[2] + lines[3])
    with style():
        width = (max(map(len, rows)) + 2) * LETTER_IN
        figure = new_figure(width, 1.35)
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_title(title, fontsize=9)
        axes.set_xlim(0, max(map(len, rows)))
        axes.set_ylim(-0.7, len(rows) - 0.3)
        positions = _mirna_positions(rows, n_mirna)
        for depth, row in enumerate(rows):
            for place, letter in enumerate(row):
                if letter != " ":
                    position = positions.get(_Letter(depth, place), 0)
                    is_seed = seed.first <= position <= seed.last
                    axes.text(
                        place + 0.5,
                        len(rows) - 1 - depth,
                        letter,
                        ha="center",
                        va="center",
                        family="monospace",
                        fontsize=9,
                        color=PALETTE["red"] if is_seed else INK,
                        fontweight="bold" if is_seed else "normal",
                    )
    return figure


def site_figure(sites: Sites, row: int) -> Figure:
    """One of the sites as `duplex_figure` draws it, with names and energy."""
    title = wording(
        f"{sites.names[row]} on {sites.target}, {sites.hits.mfe[row]:.2f} kcal/mol"
    )
    return duplex_figure(title, [str(line) for line in sites.lines[row]])


def _mirna_positions(rows: Sequence[str], n_mirna: int) -> dict[_Letter, int]:
    """Position of each miRNA base, from its 5' end, by its place in a drawing."""
    first = len("miRNA  3' ")
    positions: dict[_Letter, int] = {}
    left = n_mirna
    for place in range(first, len(rows[3])):
        for depth in (3, 4):
            letter = rows[depth][place : place + 1]
            if left and letter.isalpha():
                positions[_Letter(depth, place)] = left
                left -= 1
    return positions


def map_figure(sites: Sites) -> Figure:
    """Every site along one target: its place and energy, by seed class."""
    with style():
        figure = new_figure(7.2, 3.4)
        axes = figure.add_subplot()
        axes.set_xlim(0, sites.target_nt)
        middles = (sites.hits.start + sites.hits.end) / 2
        for number, kind in enumerate(KINDS):
            rows = sites.seeds.kind == number
            if rows.any():
                axes.scatter(
                    middles[rows],
                    sites.hits.mfe[rows],
                    s=18 if kind == "none" else 34,
                    color=_COLOURS[kind],
                    edgecolor=INK,
                    linewidth=0.4,
                    label=kind,
                    zorder=2 + (kind != "none"),
                )
        _name_strongest(axes, sites, middles)
        axes.invert_yaxis()
        axes.set_xlabel(wording(f"{sites.target}, nt from its 5' end"))
        axes.set_ylabel(wording("energy, kcal/mol (strong sites on top)"))
        if len(sites):
            figure.legend(loc="outside right upper", title=Wording("seed"), fontsize=8)
    return figure


def _name_strongest(axes: Axes, sites: Sites, middles: np.ndarray) -> None:
    """Name the strongest sites as long as their names do not overlap."""
    span = max(float(np.ptp(sites.hits.mfe)), 1.0) if len(sites) else 1.0
    labels: list[_Label] = []
    for row in np.argsort(sites.hits.units, kind="stable").tolist():
        label = _Label(middles[row] / sites.target_nt, sites.hits.mfe[row] / span)
        if len(labels) == MOST_NAMED:
            return
        if any(map(label.covers, labels)):
            continue
        labels.append(label)
        axes.annotate(
            sites.names[row],
            (middles[row], sites.hits.mfe[row]),
            xytext=(3, 4),
            textcoords="offset points",
            fontsize=7,
        )


def energies_figure(mfe: np.ndarray, p: np.ndarray) -> Figure:
    """Energies of all sites of a run and, where known, their p-values."""
    with style():
        has_p = bool(np.isfinite(p).any())
        figure = new_figure(7.2, 2.8)
        panels = figure.subplots(1, 1 + has_p, squeeze=False)[0]
        panels[0].hist(mfe, bins=50, color=PALETTE["blue"])
        panels[0].set_xlabel(wording("energy, kcal/mol"))
        panels[0].set_ylabel(Wording("sites"))
        if has_p:
            panels[1].hist(p, bins=np.linspace(0, 1, 41), color=PALETTE["orange"])
            panels[1].set_xlabel(wording("p (flat if all sites are chance)"))
    return figure
