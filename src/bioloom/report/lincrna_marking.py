"""The page of the lincRNAs that mark clusters of cells."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import save, wording
from bioloom.lincrna.marking.dots import dots_figure, dots_of
from bioloom.lincrna.marking.figures import gene_figure
from bioloom.lincrna.marking.result import MarkingResult
from bioloom.lincrna.output.marking import shown_markers
from bioloom.report.frames import file_table
from bioloom.report.page import kind_of_run
from bioloom.report.parts import Picture, inline_svg, path_link
from bioloom.report.run import Content, write_run_pages
from bioloom.run.language import mark, tr

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

N_MAPS, N_DOTS = 6, 15
_TITLES = {
    "map": mark("Cells by cluster."),
    "lincrnas": mark("Cells by their marker lincRNAs."),
    "dots": mark("Marker lincRNAs by cluster."),
}


def write_marking_page(result: MarkingResult, out: Path) -> Path:
    """Write ``report.html``, the same in Chinese, and the figures of a run folder."""
    drawn = {
        name: save(figure, out / "figures" / name) for name, figure in _figures(result)
    }
    return write_run_pages(lambda: _content(result, drawn, out), out, room="lincrna")


def _content(result: MarkingResult, drawn: Mapping[str, str], out: Path) -> Content:
    return Content(
        room="lincrna",
        kind=kind_of_run(tr("Marker lincRNAs"), out.resolve().name),
        title=result.summary(),
        lead=result.specificity_words(),
        notes=result.notes,
        pictures=[_picture(name, svg) for name, svg in drawn.items()],
        tables=[
            file_table("clusters", mark("Every cluster."), result.cluster_rows),
            file_table(
                "markers",
                mark("lincRNAs that mark a cluster; the file holds coding genes too."),
                _lincrna_rows(result),
            ),
        ],
    )


def _lincrna_rows(result: MarkingResult) -> "pd.DataFrame":
    rows = shown_markers(result)
    chosen = rows[rows["is_marker"] & (rows["kind"] == "lincRNA")]
    return chosen.drop(columns=["kind", "is_marker"])


def _figures(result: MarkingResult) -> "Iterator[tuple[str, Figure]]":
    if result.umap is not None:
        yield "map", result.plot()
    top = result.top_lincrnas(N_DOTS)
    if not top:
        return
    names = dict(zip(result.table.gene_ids, result.table.gene_names, strict=True))
    levels = {names[gene]: result.levels(gene) for gene in top}
    if result.umap is not None:
        first = {name: levels[name] for name in [*levels][:N_MAPS]}
        figure = gene_figure(result.umap, first)
        yield "lincrnas", figure
    clusters = [*result.cluster_rows["cluster"]]
    order = sorted(levels, key=lambda name: _first_cluster(result, name, clusters))
    dots = dots_of(
        np.column_stack([levels[name] for name in order]),
        order,
        result.clusters,
        groups=clusters,
    )
    title = wording("Marker lincRNAs by cluster; size: fraction of the cells")
    width_in = 0.9 if len(clusters) < 8 else 0.45
    figure = dots_figure(dots, title=title, width_in=width_in)
    yield "dots", figure


def _first_cluster(result: MarkingResult, gene: str, clusters: list[str]) -> int:
    """Place of the cluster that a lincRNA marks best, for rows in that order."""
    rows = result.lincrnas
    return clusters.index(rows.loc[rows["gene_name"] == gene, "cluster"].iloc[0])


def _picture(name: str, svg: str) -> Picture:
    title = tr(_TITLES[name])
    files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
    shown = inline_svg(
        svg,
        name=name,
        title=title,
        description=tr(
            "The numbers are in {table} and {cells}.",
            table="tables/markers.tsv",
            cells="cells.h5ad",
        ),
    )
    return Picture(name, shown, title, files)
