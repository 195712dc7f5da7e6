"""Find the lincRNAs that mark clusters of cells, and write a run folder."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadRunFolder
from bioloom.explain import Explanation
from bioloom.lincrna.marking.analysis import CLUSTER_COLUMNS, GENE_COLUMNS, mark_cells
from bioloom.lincrna.marking.counts import opened, read_cells
from bioloom.lincrna.marking.labels import Labels, labels_of, matched_labels
from bioloom.lincrna.marking.markers import MARKER_COLUMNS
from bioloom.lincrna.marking.result import CLUSTER_COLUMN, MarkingResult
from bioloom.lincrna.output.tables import described, tsv
from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.run.external import require_packages
from bioloom.run.output import write_text, written_aside
from bioloom.run.record import recorded_run
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData

ReportWriter = Callable[[MarkingResult, Path], object]
CELLS_FILE = "cells.h5ad"


def run_marking(
    cells: "Path | AnnData",
    settings: MarkingSettings,
    *,
    labels: str = "",
    lincrna_column: str = "",
    rng_seed: int = RNG_SEED,
    out: Path | None = None,
    force: bool = False,
    report: ReportWriter | None = None,
) -> MarkingResult:
    """Find marker genes; write tables, cells and a page into `out` unless it is None.

    Parameters
    ----------
    cells, labels, lincrna_column, rng_seed, out, force
        As `bioloom.lincrna.mark`.
    settings
        Clusters and tests.
    report
        Writes the page.

    Raises
    ------
    BioloomError
        As `bioloom.lincrna.mark`.
    """
    require_packages("anndata", extra="cells")
    if not labels:
        require_packages("scanpy", "igraph", extra="cells")
    # errors show before a folder is touched
    table = read_cells(cells, lincrna_column)
    where = str(cells) if isinstance(cells, Path) else "the AnnData"
    given = _labels(labels, table.obs, where=where) if labels else None
    if out is None:
        return mark_cells(table, given, settings, rng_seed=rng_seed)
    typed = {"labels": labels, "lincrna_column": lincrna_column, "rng_seed": rng_seed}
    with recorded_run(
        out,
        command="lincrna mark",
        arguments=asdict(settings) | typed,
        inputs=[cells] if isinstance(cells, Path) else [],
        tools={},
        force=force,
    ):
        result = mark_cells(table, given, settings, rng_seed=rng_seed)
        _write_tables(result, out / "tables")
        with written_aside(out / CELLS_FILE) as aside:
            result.to_anndata().write_h5ad(aside, compression="gzip")
        if report is not None:
            report(result, out)
    return result


def _labels(labels: str, obs: "pd.DataFrame", *, where: str) -> Labels:
    """A column of the cells, or ``OTHER.h5ad:COLUMN``."""
    path, colon, column = labels.rpartition(":")
    if not colon or labels in obs.columns:
        return labels_of(obs, labels, where=where)
    names = [*map(str, obs.index)]
    return matched_labels(names, opened(Path(path)).obs, column, where=path)


def shown_markers(result: MarkingResult) -> "pd.DataFrame":
    """Markers, and every test of a lincRNA; the best of each cluster first."""
    frame = result.markers
    chosen = frame[frame["is_marker"] | (frame["kind"] == "lincRNA")]
    return chosen.sort_values(
        ["cluster", "is_marker", "auc"], ascending=[True, False, False], kind="stable"
    )


def _write_tables(result: MarkingResult, folder: Path) -> None:
    write_text(folder / "markers.tsv", tsv(shown_markers(result)))
    write_text(folder / "clusters.tsv", tsv(result.cluster_rows))
    write_text(folder / "genes.tsv", tsv(result.genes))
    parts = [
        "# Tables",
        "Tab-separated, with a header; an empty field has no value.",
        "## markers.tsv\nGenes that mark a cluster, and every test of a lincRNA.",
        described(MARKER_COLUMNS),
        "## clusters.tsv\nEvery cluster.",
        described(CLUSTER_COLUMNS),
        "## genes.tsv\nEvery gene.",
        described(GENE_COLUMNS),
    ]
    write_text(folder / "README.md", "\n\n".join(parts) + "\n")


def explain_marking(run: Path, name: str, cluster: str = "") -> Explanation:
    """Show how far a gene marks a cluster of a finished run.

    Parameters
    ----------
    run
        Folder that `run_marking` wrote.
    name
        gene_id or name.
    cluster
        Empty for the one of its highest AUC.

    Raises
    ------
    BadRunFolder
        If the folder holds no clusters.
    UnknownName
        If it was not tested, or there is no such cluster.
    """
    path = run / CELLS_FILE
    cells = opened(path) if path.is_file() else None
    if cells is None or "marking" not in cells.uns:
        raise BadRunFolder(
            where=run,
            found="no cells with clusters",
            expected=f"{CELLS_FILE} of `bioloom lincrna mark`",
            advice="Give a folder that it wrote.",
        )
    stored = cells.uns["marking"]
    settings = replace(
        MarkingSettings(),
        max_q=float(stored["max_q"]),
        min_auc=float(stored["min_auc"]),
        min_cells=int(stored["min_cells"]),
    )
    table = read_cells(cells, "is_lincrna")
    labels = labels_of(table.obs, CLUSTER_COLUMN, where=str(path))
    result = mark_cells(table, labels, settings, rng_seed=0, with_map=False)
    return result.explain(name, cluster)
