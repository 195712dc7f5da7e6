"""The page of the lincRNAs that mark clusters of cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import save
from bioloom.lincrna.marking.dots import dots_figure, dots_of
from bioloom.lincrna.marking.figures import gene_figure
from bioloom.lincrna.marking.result import MarkingResult
from bioloom.lincrna.output.marking import shown_markers
from bioloom.report.frames import file_table
from bioloom.report.page import Picture, inline_svg, path_link
from bioloom.report.run import Content, write_run_page

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

N_MAPS, N_DOTS = 6, 15


def write_marking_page(result: MarkingResult, out: Path) -> Path:
    """Write ``report.html`` and its figures into a run folder."""
    words = [f"{result.summary()}.", result.specificity_words(), *result.notes]
    content = Content(
        room="lincrna",
        kind="Marker lincRNAs",
        title=out.resolve().name,
        lead=" ".join(filter(None, words)),
        pictures=[*_pictures(result, out)],
        tables=[
            file_table("clusters", "Every cluster.", result.cluster_rows),
            file_table(
                "markers",
                "lincRNAs that mark a cluster; the file holds coding genes too.",
                _lincrna_rows(result),
            ),
        ],
    )
    return write_run_page(content, out / "report.html")


def _lincrna_rows(result: MarkingResult) -> "pd.DataFrame":
    rows = shown_markers(result)
    chosen = rows[rows["is_marker"] & (rows["kind"] == "lincRNA")]
    return chosen.drop(columns=["kind", "is_marker"])


def _pictures(result: MarkingResult, out: Path) -> Iterator[Picture]:
    if result.umap is not None:
        yield _picture(out, "map", result.plot(), "Cells by cluster.")
    top = result.top_lincrnas(N_DOTS)
    if not top:
        return
    names = dict(zip(result.table.gene_ids, result.table.gene_names, strict=True))
    levels = {names[gene]: result.levels(gene) for gene in top}
    if result.umap is not None:
        first = {name: levels[name] for name in [*levels][:N_MAPS]}
        figure = gene_figure(result.umap, first)
        yield _picture(out, "lincrnas", figure, "Cells by their marker lincRNAs.")
    clusters = [*result.cluster_rows["cluster"]]
    order = sorted(levels, key=lambda name: _first_cluster(result, name, clusters))
    dots = dots_of(
        np.column_stack([levels[name] for name in order]),
        order,
        result.clusters,
        groups=clusters,
    )
    title = "Marker lincRNAs by cluster; size: fraction of the cells"
    width_in = 0.9 if len(clusters) < 8 else 0.45
    figure = dots_figure(dots, title=title, width_in=width_in)
    yield _picture(out, "dots", figure, "Marker lincRNAs by cluster.")


def _first_cluster(result: MarkingResult, gene: str, clusters: list[str]) -> int:
    """Place of the cluster that a lincRNA marks best, for rows in that order."""
    rows = result.lincrnas
    return clusters.index(rows.loc[rows["gene_name"] == gene, "cluster"].iloc[0])


def _picture(out: Path, name: str, figure: "Figure", title: str) -> Picture:
    svg = inline_svg(
        save(figure, out / "figures" / name),
        name=name,
        title=title,
        description="The numbers are in tables/markers.tsv and cells.h5ad.",
    )
    files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
    return Picture(name, svg, title, files)
