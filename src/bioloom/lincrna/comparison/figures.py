"""Figures of expression: samples, changed genes, volcano, specificity."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import INK, PALETTE, new_figure, style, wording
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.samples import SampleSpace
from bioloom.lincrna.comparison.specificity import Specificity
from bioloom.lincrna.comparison.testing import Compared
from bioloom.lincrna.settings import Contrast

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CANDIDATE, CODING, OTHER = PALETTE["red"], PALETTE["blue"], PALETTE["grey"]
N_ROWS = 30
N_LABELS = 8
_MARKERS = "osD^vP*X"
_HEAT_MAP_IN = 2.6  # the label of the colours needs it


def pca_figure(space: SampleSpace, groups: Sequence[str]) -> "Figure":
    """Samples in the plane of their first principal components.

    Parameters
    ----------
    space
        The plane.
    groups
        What each sample is coloured by.
    """
    with style():
        figure = new_figure(5.2, 3.6)
        axes = figure.add_subplot()
        colours = [*PALETTE.values()]
        for number, group in enumerate(dict.fromkeys(groups)):
            rows = space.places[[each == group for each in groups]]
            axes.scatter(
                rows["pc1"],
                rows["pc2"],
                color=colours[number % len(colours)],
                marker=_MARKERS[number % len(_MARKERS)],
                label=group or wording("samples"),
            )
        for sample, x, y in space.places.itertuples(index=False, name=None):
            axes.annotate(
                sample,
                (x, y),
                textcoords="offset points",
                xytext=(5, 4),
                fontsize=7,
            )
        axes.margins(0.18)
        first, second = space.explained
        axes.set(
            xlabel=wording(f"PC1, {first:.0%} of the variance"),
            ylabel=f"PC2, {second:.0%}",
        )
        axes.set_title(
            wording(f"Samples, by their {space.n_genes:,} most variable genes")
        )
        axes.legend()
    return figure


def heat_map_figure(
    normalised: "pd.DataFrame", genes: Sequence[str], labels: Sequence[str]
) -> "Figure":
    """Expression of genes in each sample, as deviation from the gene's own mean.

    Parameters
    ----------
    normalised
        Normalised counts, rows by gene_id, one column per sample.
    genes, labels
        Rows to draw, and how they are called.
    """
    logged = np.log2(normalised.loc[[*genes]].to_numpy(dtype=float) + 1)
    deviation = logged - logged.mean(axis=1, keepdims=True)
    spread = deviation.std(axis=1, ddof=1, keepdims=True)
    z = np.divide(deviation, spread, out=np.zeros_like(deviation), where=spread > 0)
    order = _similar_beside(z)
    n_genes, n_samples = z.shape
    with style():
        height_in = max(_HEAT_MAP_IN, 1.5 + 0.19 * n_genes)
        figure = new_figure(3.6 + 0.35 * n_samples, height_in)
        axes = figure.add_subplot()
        mesh = axes.pcolormesh(z[order], cmap="PuOr_r", vmin=-2, vmax=2, linewidth=0)
        mesh.set_rasterized(False)
        axes.invert_yaxis()
        axes.set_xticks(
            np.arange(n_samples) + 0.5, [*normalised.columns], rotation=45, ha="right"
        )
        axes.set_yticks(np.arange(n_genes) + 0.5, [labels[row] for row in order])
        axes.tick_params(labelsize=7, length=0)
        bar = figure.colorbar(mesh, ax=axes, shrink=0.6)
        bar.set_label(wording("standard deviations\nfrom the mean"))
        if bar.solids is not None:  # the page allows no image in an SVG
            bar.solids.set_rasterized(False)
    return figure


def _similar_beside(z: np.ndarray) -> list[int]:
    """Rows in the order of an average-linkage tree of their correlations."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if len(z) < 3:
        return [*range(len(z))]
    return [int(row) for row in leaves_list(linkage(z, "average"))]


def volcano_figure(
    compared: Compared,
    contrast: Contrast,
    *,
    candidates: Collection[str],
    names: Mapping[str, str],
) -> "Figure":
    """Fold change of each gene against its p-value; candidates stand out.

    Parameters
    ----------
    compared, contrast
        What is drawn.
    candidates
        gene_ids of lincRNA candidates.
    names
        How genes are called, by gene_id.
    """
    points = _points(compared.of(contrast), candidates)
    with style():
        figure = new_figure(6.4, 4.2)
        axes = figure.add_subplot()
        for is_candidate, is_changed in product((False, True), repeat=2):
            chosen = points[
                (points["is_candidate"] == is_candidate)
                & (points["is_changed"] == is_changed)
            ]
            if len(chosen):
                _draw(axes, chosen, is_candidate=is_candidate, is_changed=is_changed)
        named = points[points["is_candidate"] & points["is_changed"]]
        for point in named.nlargest(N_LABELS, "y").itertuples(index=False):
            axes.annotate(
                str(names[str(point.gene_id)]),
                (point.x, point.y),
                textcoords="offset points",
                xytext=(4, 3),
                fontsize=7,
            )
        axes.axvline(0, color=INK, linewidth=0.6)
        axes.set(xlabel=wording("log2 fold change"), ylabel=wording("−log10 p-value"))
        axes.set_title(contrast_name(contrast))
        axes.legend(fontsize=7)
    return figure


def _points(frame: "pd.DataFrame", candidates: Collection[str]) -> "pd.DataFrame":
    """Where each tested gene lies, and which of the four groups it is of."""
    import pandas as pd

    frame = frame.dropna(subset=["p_value"])
    return pd.DataFrame(
        {
            "gene_id": frame["gene_id"],
            "x": frame["log2_fold_change"].astype(float),
            "y": -np.log10(frame["p_value"].astype(float).clip(lower=1e-300)),
            "is_candidate": frame["gene_id"].isin([*candidates]),
            "is_changed": frame["change"] != "",
        }
    )


def _draw(
    axes: "Axes", points: "pd.DataFrame", *, is_candidate: bool, is_changed: bool
) -> None:
    """One of the four groups; of small dots that lie on one another, one is drawn."""
    n = len(points)
    if is_candidate:
        axes.scatter(
            points["x"],
            points["y"],
            s=22,
            facecolor=CANDIDATE if is_changed else "none",
            edgecolor=CANDIDATE,
            linewidth=0.8,
            label=wording(
                f"{n:,} candidates, changed"
                if is_changed
                else f"{n:,} candidates, not changed"
            ),
        )
        return
    apart = points[["x", "y"]].round(1).drop_duplicates()
    axes.scatter(
        apart["x"],
        apart["y"],
        s=5,
        color=CODING if is_changed else OTHER,
        linewidth=0,
        label=wording(
            f"{n:,} other genes, changed"
            if is_changed
            else f"{n:,} other genes, not changed"
        ),
    )


def specificity_figure(
    specificity: Specificity, candidates: Collection[str], coding: Collection[str]
) -> "Figure":
    """Distribution of tau, candidates against coding genes."""
    genes = specificity.genes.dropna(subset=["tau"])
    with style():
        figure = new_figure(6.0, 3.0)
        axes = figure.add_subplot()
        for ids, colour, label in (
            (coding, CODING, wording("{n} coding genes")),
            (candidates, CANDIDATE, wording("{n} lincRNA candidates")),
        ):
            values = np.sort(genes.loc[genes["gene_id"].isin([*ids]), "tau"].to_numpy())
            if len(values):
                axes.step(
                    values,
                    np.arange(1, len(values) + 1) / len(values),
                    where="post",
                    color=colour,
                    label=wording(label.format(n=f"{len(values):,}")),
                )
        axes.set(
            xlim=(0, 1),
            ylim=(0, 1.02),
            xlabel="tau",
            ylabel=wording("share of the genes up to"),
        )
        axes.set_title(wording(f"Specificity over {specificity.column}"))
        axes.legend()
    return figure
