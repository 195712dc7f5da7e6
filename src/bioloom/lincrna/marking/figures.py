"""Maps of cells, by cluster and by gene."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.draw import INK, PALETTE, distinct_colours, new_figure, style, wording
from bioloom.lincrna.marking.markers import PER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Places = NDArray[np.float64]

MAX_DRAWN = 3000
"""Cells drawn at most: a page holds each as a shape."""
_NONE = "#d9d9d9"
_IN_ROW = 3


def map_figure(umap: Places, clusters: Sequence[str]) -> "Figure":
    """Cells in a plane, coloured by cluster; those without one are grey.

    Parameters
    ----------
    umap
        Shape (cells, 2).
    clusters
        Of each cell.
    """
    names = sorted({*clusters} - {""}, key=lambda name: (len(name), name))
    start = [colour for name, colour in PALETTE.items() if name != "grey"]
    colours = dict(zip(names, distinct_colours(start, len(names)), strict=True))
    drawn = _drawn(len(umap))
    with style():
        figure = new_figure(5.6, 4.4)
        axes = figure.add_subplot()
        shades = [colours.get(clusters[cell], _NONE) for cell in drawn]
        axes.scatter(
            umap[drawn, 0],
            umap[drawn, 1],
            c=shades,
            s=_size(len(drawn)),
            linewidth=0,
        )
        for name in names:
            x, y = np.median(umap[[each == name for each in clusters]], axis=0)
            axes.text(
                x,
                y,
                name,
                ha="center",
                va="center",
                fontsize=9,
                bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": INK, "lw": 0.5},
            )
        axes.set_title(wording(f"Cells by cluster{_of(drawn, umap)}"))
        _without_ticks(axes)
    return figure


def gene_figure(umap: Places, levels: Mapping[str, NDArray[np.float64]]) -> "Figure":
    """Cells in a plane, a panel for each gene, coloured by how much they have of it.

    Parameters
    ----------
    umap
        Shape (cells, 2).
    levels
        UMIs per 10,000 of each cell, by the gene's name.
    """
    n_rows = -(-len(levels) // _IN_ROW)
    n_columns = min(_IN_ROW, len(levels))
    drawn = _drawn(len(umap))
    with style():
        figure = new_figure(0.4 + 2.9 * n_columns, 2.6 * n_rows)
        for place, (name, values) in enumerate(levels.items(), 1):
            axes = figure.add_subplot(n_rows, n_columns, place)
            has = drawn[values[drawn] > 0]
            has = has[np.argsort(values[has], kind="stable")]
            size = _size(len(drawn))
            axes.scatter(umap[drawn, 0], umap[drawn, 1], c=_NONE, s=size, linewidth=0)
            dots = axes.scatter(
                umap[has, 0],
                umap[has, 1],
                c=values[has],
                s=size,
                cmap="viridis_r",
                linewidth=0,
            )
            axes.set_title(name)
            _without_ticks(axes)
            bar = figure.colorbar(dots, ax=axes)
            if bar.solids is not None:  # the page allows no image in an SVG
                bar.solids.set_rasterized(False)
        figure.suptitle(
            wording(f"UMIs per {PER:,} of a cell; grey: none{_of(drawn, umap)}"),
            fontsize=9,
            x=0.01,
            ha="left",
        )
    return figure


def _drawn(n_cells: int) -> NDArray[np.int64]:
    """Cells to draw, always the same ones, in their order."""
    if n_cells <= MAX_DRAWN:
        return np.arange(n_cells)
    rng = np.random.default_rng(0)
    return np.sort(rng.choice(n_cells, size=MAX_DRAWN, replace=False))


def _of(drawn: NDArray[np.int64], umap: Places) -> str:
    if len(drawn) == len(umap):
        return ""
    return f" ({len(drawn):,} of {len(umap):,} cells)"


def _size(n_cells: int) -> float:
    return float(np.clip(6000 / max(1, n_cells), 3, 20))


def _without_ticks(axes: "Axes") -> None:
    axes.set(xticks=[], yticks=[], xlabel="UMAP 1", ylabel="UMAP 2")
