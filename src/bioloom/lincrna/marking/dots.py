"""Genes by groups of cells, as dots: how many cells have them, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import new_figure, style, wording
from bioloom.lincrna.marking.markers import PER

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Dots:
    """What `dots_figure` draws.

    Parameters
    ----------
    genes, groups
        Names of rows and columns.
    fraction
        Of the group's cells that hold a UMI of the gene, shape (genes, groups).
    mean
        UMIs per 10,000 of a cell, over the cells that hold one, same shape.
    """

    genes: Sequence[str]
    groups: Sequence[str]
    fraction: np.ndarray
    mean: np.ndarray


def dots_of(
    values: np.ndarray,
    genes: Sequence[str],
    names: Sequence[str],
    *,
    groups: Sequence[str],
) -> Dots:
    """Fractions and means of groups of cells.

    Parameters
    ----------
    values
        UMIs per 10,000, shape (cells, genes).
    genes
        Names of the columns.
    names
        Group of each cell.
    groups
        In the order of drawing.
    """
    fraction, mean = np.zeros((2, len(genes), len(groups)))
    for column, group in enumerate(groups):
        of_group = values[[name == group for name in names]]
        has = of_group > 0
        fraction[:, column] = has.sum(axis=0) / max(1, len(has))
        mean[:, column] = of_group.sum(axis=0) / np.maximum(has.sum(axis=0), 1)
    return Dots([*genes], [*groups], fraction, mean)


def dots_figure(dots: Dots, *, title: str, width_in: float = 0.9) -> "Figure":
    """Size: fraction of the cells that express it; colour: how much these express.

    Parameters
    ----------
    dots
        The numbers.
    title
        Of the figure.
    width_in
        Of a column, inches.
    """
    n_genes, n_groups = len(dots.genes), len(dots.groups)
    with style():
        figure = new_figure(3.2 + width_in * n_groups, 1.4 + 0.3 * max(1, n_genes))
        axes = figure.add_subplot()
        columns, rows = np.meshgrid(np.arange(n_groups), np.arange(n_genes))
        drawn = axes.scatter(
            columns.ravel(),
            rows.ravel(),
            s=200 * dots.fraction.ravel() + 1,
            c=dots.mean.ravel(),
            cmap="viridis_r",  # as the maps: pale is little
        )
        axes.set_xticks(range(n_groups), dots.groups)
        axes.set_yticks(range(n_genes), dots.genes)
        axes.set(xlim=(-0.6, n_groups - 0.4), ylim=(n_genes - 0.4, -0.6))
        axes.set_title(wording(title))
        bar = figure.colorbar(drawn, ax=axes)
        bar.set_label(wording(f"UMIs per {PER:,}, expressing cells"))
        if bar.solids is not None:  # the page allows no image in an SVG
            bar.solids.set_rasterized(False)
    return figure
