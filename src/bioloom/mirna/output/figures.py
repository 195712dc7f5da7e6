"""Pictures of sites: one duplex, all sites along a target, energies of a run."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import INK, PALETTE, new_figure, style
from bioloom.mirna.output.explain import drawn
from bioloom.mirna.output.result import Sites
from bioloom.mirna.sites.seeds import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTER_IN = 0.105
MOST_NAMED = 12
NAME_WIDTH, NAME_HEIGHT = 0.18, 0.05  # of the axes
_COLOURS: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            KINDS,
            (
                *(PALETTE["red"], PALETTE["orange"], PALETTE["purple"]),
                *(PALETTE["blue"], PALETTE["sky"], PALETTE["green"]),
                *(PALETTE["yellow"], PALETTE["grey"]),
            ),
            strict=True,
        )
    )
)


def duplex_figure(
    title: str, lines: Sequence[str], *, seed: tuple[int, int] = (2, 8)
) -> "Figure":
    """A duplex base by base: the target above, the miRNA below, bonds between.

    Parameters
    ----------
    title
        What it is, e.g. names and energy.
    lines
        The four lines of its drawing.
    seed
        miRNA bases that are set off, counted from 1 at the 5' end.
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
        numbered = _mirna_positions(rows, n_mirna)
        for depth, row in enumerate(rows):
            for place, letter in enumerate(row):
                if letter != " ":
                    is_seed = seed[0] <= numbered.get((depth, place), 0) <= seed[1]
                    axes.text(
                        *(place + 0.5, len(rows) - 1 - depth, letter),
                        ha="center",
                        va="center",
                        family="monospace",
                        fontsize=9,
                        color=PALETTE["red"] if is_seed else INK,
                        fontweight="bold" if is_seed else "normal",
                    )
    return figure


def site_figure(sites: Sites, row: int) -> "Figure":
    """One of the sites as `duplex_figure` draws it, with names and energy."""
    name = sites.mirna_names[sites.hits.mirna[row]]
    title = f"{name} on {sites.target}, {sites.hits.mfe[row]:.2f} kcal/mol"
    return duplex_figure(title, [str(line) for line in sites.lines[row]])


def _mirna_positions(rows: Sequence[str], n_mirna: int) -> dict[tuple[int, int], int]:
    """Position of each miRNA base, from its 5' end, by row and column of a drawing."""
    first = len("miRNA  3' ")
    found, left = {}, n_mirna
    for place in range(first, len(rows[3])):
        for depth in (3, 4):
            letter = rows[depth][place : place + 1]
            if left and letter.isalpha():
                found[depth, place] = left
                left -= 1
    return found


def map_figure(sites: Sites) -> "Figure":
    """Every site along one target: where it lies and how firmly, by seed class."""
    with style():
        figure = new_figure(7.2, 3.4)
        axes = figure.add_subplot()
        axes.set_xlim(0, sites.target_nt)
        middles = (sites.hits.start + sites.hits.end) / 2
        for number, kind in enumerate(KINDS):
            own = sites.seeds.kind == number
            if own.any():
                axes.scatter(
                    *(middles[own], sites.hits.mfe[own]),
                    s=18 if kind == "none" else 34,
                    color=_COLOURS[kind],
                    edgecolor=INK,
                    linewidth=0.4,
                    label=kind,
                    zorder=2 + (kind != "none"),
                )
        _name_strongest(axes, sites, middles)
        axes.invert_yaxis()
        axes.set_xlabel(f"{sites.target}, nt from its 5' end")
        axes.set_ylabel("energy, kcal/mol (firm above)")
        if len(sites):
            figure.legend(loc="outside right upper", title="seed", fontsize=8)
    return figure


def _name_strongest(axes: "Axes", sites: Sites, middles: np.ndarray) -> None:
    """Name the firmest sites, as far as one name does not cover another."""
    span = max(float(np.ptp(sites.hits.mfe)), 1.0) if len(sites) else 1.0
    named: list[tuple[float, float]] = []
    for row in np.argsort(sites.hits.units, kind="stable").tolist():
        place = (middles[row] / sites.target_nt, sites.hits.mfe[row] / span)
        if len(named) == MOST_NAMED:
            return
        if any(
            abs(place[0] - x) < NAME_WIDTH and abs(place[1] - y) < NAME_HEIGHT
            for x, y in named
        ):
            continue
        named.append(place)
        axes.annotate(
            sites.mirna_names[sites.hits.mirna[row]],
            (middles[row], sites.hits.mfe[row]),
            xytext=(3, 4),
            textcoords="offset points",
            fontsize=7,
        )


def energies_figure(mfe: np.ndarray, p: np.ndarray) -> "Figure":
    """Energies of all sites of a run and, where known, their p-values."""
    with style():
        has_p = bool(np.isfinite(p).any())
        figure = new_figure(7.2, 2.8)
        panels = figure.subplots(1, 1 + has_p, squeeze=False)[0]
        panels[0].hist(mfe, bins=50, color=PALETTE["blue"])
        panels[0].set_xlabel("energy, kcal/mol")
        panels[0].set_ylabel("sites")
        if has_p:
            panels[1].hist(p, bins=np.linspace(0, 1, 41), color=PALETTE["orange"])
            panels[1].set_xlabel("p; even if all were chance")
    return figure
