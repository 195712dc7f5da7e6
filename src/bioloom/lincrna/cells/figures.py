"""Figures of droplet samples: the knee, and where the candidates are expressed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bioloom.draw import PALETTE, new_figure, style, wording
from bioloom.lincrna.inputs.cell_facts import BarcodeFacts, CellFacts
from bioloom.lincrna.marking.dots import Dots, dots_figure, dots_of
from bioloom.lincrna.marking.markers import PER

if TYPE_CHECKING:
    from anndata import AnnData
    from matplotlib.figure import Figure

N_TOP = 15


def knee_figure(
    samples: Mapping[str, BarcodeFacts], cells: Mapping[str, CellFacts]
) -> "Figure":
    """Reads of each barcode by rank, and how many of them stand above the knee."""
    with style():
        figure = new_figure(7.2, 3.2)
        axes = figure.add_subplot()
        for number, (name, facts) in enumerate(samples.items()):
            look = _look(number)
            ranks = np.arange(1, len(facts.ranked) + 1)
            label = wording(f"{name}: {cells[name].n_cells:,} cells")
            if cells[name].n_rescued:
                label = wording(
                    f"{label}, {cells[name].n_rescued:,} of them by their profile"
                )
            axes.plot(ranks, facts.ranked, label=label, **look)
            knee = {"color": look["color"], "linestyle": "--", "linewidth": 1}
            axes.axvline(len(facts.above), **knee)
        axes.set(
            xscale="log", yscale="log", xlabel=wording("rank"), ylabel=wording("reads")
        )
        axes.set_title(
            wording("Reads of each barcode; dashed: barcodes above the knee")
        )
        axes.legend()
    return figure


def _look(number: int) -> dict[str, Any]:
    """Colour and line of a sample: dotted where colours come again."""
    palette = [*PALETTE.values()]
    lines = ("-", ":", "-.")
    turn = number // len(palette)
    return {
        "color": palette[number % len(palette)],
        "linestyle": lines[min(turn, len(lines) - 1)],
    }


def top_candidates(matrix: "AnnData", n_top: int = N_TOP) -> Dots:
    """The candidates with most UMIs, and how each sample's cells express them."""
    candidates = matrix[:, matrix.var["is_candidate"].to_numpy()]
    totals = np.asarray(candidates.X.sum(axis=0)).ravel()
    order = np.argsort(-totals, kind="stable")[:n_top]
    order = order[totals[order] > 0]
    umis = candidates.X[:, order].toarray()
    scaled = PER * umis / np.maximum(matrix.obs["n_umis"].to_numpy()[:, None], 1)
    names = candidates.var["gene_name"].to_numpy()[order]
    samples = [*map(str, matrix.obs["sample"].cat.categories)]
    of_cells = [*matrix.obs["sample"].astype(str)]
    return dots_of(scaled, [*map(str, names)], of_cells, groups=samples)


def dot_figure(dots: Dots) -> "Figure":
    """The top candidates by sample."""
    return dots_figure(
        dots, title=wording("Top candidates; size: fraction of the cells")
    )
