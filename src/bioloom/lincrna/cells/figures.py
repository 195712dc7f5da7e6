"""Figures of droplet samples: the knee, and where the candidates are expressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import PALETTE, new_figure, style
from bioloom.lincrna.cells.facts import BarcodeFacts, CellFacts

if TYPE_CHECKING:
    from anndata import AnnData
    from matplotlib.figure import Figure

N_TOP = 15
PER = 10_000


def knee_figure(
    samples: Mapping[str, BarcodeFacts], cells: Mapping[str, CellFacts]
) -> "Figure":
    """Reads of each barcode by rank, and how many of them stand above the knee."""
    with style():
        figure = new_figure(7.2, 3.2)
        axes = figure.add_subplot()
        for (name, facts), colour in zip(
            samples.items(), _colours(len(samples)), strict=True
        ):
            ranks = np.arange(1, len(facts.ranked) + 1)
            label = f"{name}: {cells[name].n_cells:,} cells"
            if cells[name].n_rescued:
                label += f", {cells[name].n_rescued:,} of them by their profile"
            axes.plot(ranks, facts.ranked, color=colour, label=label)
            axes.axvline(len(facts.above), color=colour, linestyle="--", linewidth=1)
        axes.set(xscale="log", yscale="log", xlabel="rank", ylabel="reads")
        axes.set_title("Reads of each barcode; dashed: barcodes above the knee")
        axes.legend()
    return figure


def _colours(n: int) -> list[str]:
    palette = [*PALETTE.values()]
    return [palette[number % len(palette)] for number in range(n)]


@dataclass(frozen=True, slots=True)
class Dots:
    """What `dot_figure` draws: top candidates by sample.

    Parameters
    ----------
    genes, samples
        Names of rows and columns.
    fraction
        Of the sample's cells that hold a UMI of the gene, shape (genes, samples).
    mean
        UMIs per 10,000 of a cell, over the cells that hold one, same shape.
    """

    genes: Sequence[str]
    samples: Sequence[str]
    fraction: np.ndarray
    mean: np.ndarray


def top_candidates(matrix: "AnnData", n_top: int = N_TOP) -> Dots:
    """The candidates with most UMIs, and how each sample's cells express them."""
    candidates = matrix[:, matrix.var["is_candidate"].to_numpy()]
    totals = np.asarray(candidates.X.sum(axis=0)).ravel()
    order = np.argsort(-totals, kind="stable")[:n_top]
    order = order[totals[order] > 0]
    umis = candidates.X[:, order].toarray()
    scaled = PER * umis / np.maximum(matrix.obs["n_umis"].to_numpy()[:, None], 1)
    samples = list(matrix.obs["sample"].cat.categories)
    fraction, mean = np.zeros((2, len(order), len(samples)))
    for column, sample in enumerate(samples):
        of_sample = (matrix.obs["sample"] == sample).to_numpy()
        has = umis[of_sample] > 0
        fraction[:, column] = has.mean(axis=0)
        mean[:, column] = scaled[of_sample].sum(axis=0) / np.maximum(has.sum(axis=0), 1)
    names = candidates.var["gene_name"].to_numpy()[order]
    return Dots([*map(str, names)], [*map(str, samples)], fraction, mean)


def dot_figure(dots: Dots) -> "Figure":
    """Size: fraction of the cells that express it; colour: how much these express."""
    n_genes, n_samples = len(dots.genes), len(dots.samples)
    with style():
        figure = new_figure(3.2 + 0.9 * n_samples, 1.4 + 0.3 * max(1, n_genes))
        axes = figure.add_subplot()
        columns, rows = np.meshgrid(np.arange(n_samples), np.arange(n_genes))
        drawn = axes.scatter(
            columns.ravel(),
            rows.ravel(),
            s=200 * dots.fraction.ravel() + 1,
            c=dots.mean.ravel(),
            cmap="viridis",
        )
        axes.set_xticks(range(n_samples), dots.samples)
        axes.set_yticks(range(n_genes), dots.genes)
        axes.set(xlim=(-0.6, n_samples - 0.4), ylim=(n_genes - 0.4, -0.6))
        axes.set_title("Top candidates; size: fraction of the cells")
        bar = figure.colorbar(drawn, ax=axes)
        bar.set_label(f"UMIs per {PER:,}, expressing cells")
        if bar.solids is not None:  # the page allows no image in an SVG
            bar.solids.set_rasterized(False)
    return figure
