"""Figures of a graph of reads: its k-mer spectrum, and its unitigs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs.cleaning import usual_coverage
from bioloom.debruijn.graphs.shape import n_dead_ends
from bioloom.debruijn.graphs.unitigs import UnitigGraph
from bioloom.draw import INK, PALETTE, new_figure, style, wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 0.999  # share of the k-mers seen more than once that is in the plot


def spectrum_figure(spectrum: NDArray[np.int64], min_count: int) -> Figure:
    """Number of k-mers by count; those below `min_count` are grey.

    Parameters
    ----------
    spectrum
        Number of k-mers by count, from 0.
    min_count
        Lowest count that is trusted.
    """
    often = np.cumsum(spectrum[2:])
    last = int(np.searchsorted(often, SHOWN * often[-1])) + 3
    last = min(len(spectrum) - 1, max(last, min_count + 5, 10))
    counts = np.arange(1, last + 1)
    colours = [PALETTE["grey"] if c < min_count else PALETTE["blue"] for c in counts]
    with style():
        figure = new_figure(7.2, 3.4)
        axes = figure.add_subplot()
        axes.bar(counts, spectrum[1 : last + 1], width=0.9, color=colours)
        axes.set_yscale("log")
        axes.set_ylim(0.7, 2 * max(1, int(spectrum[1 : last + 1].max())))
        axes.set_xlabel(wording("count of a k-mer"))
        axes.set_ylabel(wording("k-mers"))
        if min_count > 1:
            axes.axvline(min_count - 0.5, color=PALETTE["red"], lw=1.2)
            axes.annotate(
                wording(f"trusted from {min_count}"),
                (min_count - 0.5, 1),
                xytext=(4, -10),
                textcoords="offset points",
                xycoords=("data", "axes fraction"),
                color=PALETTE["red"],
            )
        axes.set_title(wording("k-mer spectrum"))
    return figure


def coverage_figure(graph: UnitigGraph) -> Figure:
    """Length and coverage of the unitigs; those with a dead end in orange."""
    dead = n_dead_ends(graph) > 0
    with style():
        figure = new_figure(7.2, 3.6)
        axes = figure.add_subplot()
        kinds = (
            (~dead, PALETTE["blue"], wording("joined at both ends ({n})")),
            (dead, PALETTE["orange"], wording("with a dead end ({n})")),
        )
        for which, colour, label in kinds:
            if which.any():
                axes.scatter(
                    graph.lengths[which],
                    graph.coverage[which],
                    s=14,
                    color=colour,
                    alpha=0.6,
                    lw=0,
                    rasterized=True,
                    label=wording(label.format(n=f"{which.sum():,}")),
                )
        axes.set_xscale("log")
        axes.set_xlabel(wording("length of unitig, bases"))
        axes.set_ylabel(wording("mean count of its k-mers"))
        axes.set_ylim(bottom=0)
        axes.axhline(usual_coverage(graph), color=INK, lw=0.8, ls=":")
        axes.set_title(wording("unitigs (dotted line: median coverage)"))
        if graph.n_unitigs:
            axes.legend(loc="upper right")
    return figure
