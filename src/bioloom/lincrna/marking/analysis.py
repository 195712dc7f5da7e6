"""Clusters, marker genes and specificity of the cells of a run or of any file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bioloom.errors import BadTable, PackageMissing
from bioloom.lincrna.comparison.specificity import (
    Specificity,
    matched_tau,
    specificity_of,
)
from bioloom.lincrna.marking.clusters import Clustered, cluster_cells
from bioloom.lincrna.marking.counts import CellTable
from bioloom.lincrna.marking.labels import Labels
from bioloom.lincrna.marking.markers import PER, marker_frame, normalised
from bioloom.lincrna.marking.result import MarkingResult
from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.run.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

MIN_CLUSTER_CELLS = 3
_PER_MILLION = 1_000_000 / PER
_ONE_SAMPLE = 0.9
_UNLIKE_DEPTH = 2.0

GENE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "gene_id": "as in the cells",
        "gene_name": "its name, or its id",
        "kind": "lincRNA, coding or other",
        "n_cells": "that have a UMI of it",
        "n_umis": "of all cells",
        "top_cluster": "cluster with the highest mean",
        "tau": "0: equal in all clusters, 1: in one only; of log2(mean UMIs per "
        "million + 1)",
        "entropy_bits": "Shannon's, of the mean by cluster: 0 in one only",
        "marks": "clusters that it marks, the highest AUC first",
    }
)
CLUSTER_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "cluster": "name",
        "n_cells": "of the cluster",
        "median_umis": "of a cell",
        "n_markers": "genes that mark it",
        "n_lincrna_markers": "lincRNAs that mark it",
        "top_lincrnas": "up to five of them, the highest AUC first",
        "main_sample": "sample that most of its cells are of; empty without samples",
        "main_sample_share": "of its cells",
    }
)


def mark_cells(
    table: CellTable,
    labels: Labels | None,
    settings: MarkingSettings,
    *,
    rng_seed: int,
    with_map: bool = True,
) -> MarkingResult:
    """Find the genes that mark clusters of cells.

    Parameters
    ----------
    table
        The cells.
    labels
        Clusters that are given; None makes them.
    settings
        Clusters, what is tested, and the false discovery rate.
    rng_seed
        Random seed of clusters and map.
    with_map
        Whether to lay cells out in a plane where labels are given.

    Raises
    ------
    PackageMissing
        If clusters have to be made, and scanpy is not installed.
    BadTable
        If there are too few cells, or fewer than two clusters.
    """
    notes = [*table.notes]
    if labels is None:
        made = _clustered(table, settings, rng_seed)
        clusters, umap = made.clusters, made.umap
        notes.append(_how_clustered(made, settings))
    else:
        clusters, umap = labels.labels, None
        notes += labels.notes
        if with_map:
            umap, problem = _map_of(table, settings, rng_seed)
            notes += problem
    clusters, small = _large_enough(clusters)
    notes += small
    genes, markers = _tested(table, clusters, settings)
    specificity = _specificity(table, clusters)
    genes = _with_specificity(genes, specificity, markers)
    rows = _cluster_rows(table, clusters, markers)
    return MarkingResult(
        table=table,
        clusters=clusters,
        umap=umap,
        markers=markers,
        genes=genes,
        cluster_rows=rows,
        matched=matched_tau(
            specificity,
            [*genes.loc[genes["kind"] == "lincRNA", "gene_id"]],
            [*genes.loc[genes["kind"] == "coding", "gene_id"]],
        ),
        settings=settings,
        notes=(
            *notes,
            *_sample_notes(table, clusters),
            *_depth_notes(rows),
            _twice_used(labels, settings),
        ),
    )


def _clustered(table: CellTable, settings: MarkingSettings, rng_seed: int) -> Clustered:
    is_used = np.ones(len(table.gene_ids), dtype=bool)
    if settings.cluster_genes == "coding":
        is_used = table.is_coding
    return cluster_cells(table.umis[:, is_used], settings, rng_seed=rng_seed)


def _map_of(
    table: CellTable, settings: MarkingSettings, rng_seed: int
) -> tuple[np.ndarray | None, list[str]]:
    """Places of the cells; without them, why."""
    try:
        return _clustered(table, settings, rng_seed).umap, []
    except (BadTable, PackageMissing) as problem:
        return None, [f"There is no map of the cells: {problem}"]


def _how_clustered(made: Clustered, settings: MarkingSettings) -> str:
    kind = "coding " if settings.cluster_genes == "coding" else ""
    n = len(set(made.clusters))
    return (
        f"{counted(n, 'cluster')} of {counted(len(made.clusters), 'cell')} by "
        f"{counted(made.n_genes, f'{kind}gene')} (Leiden, resolution "
        f"{settings.resolution:g})."
    )


def _large_enough(clusters: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Clusters without those of fewer than three cells, and which these are."""
    sizes = Counter(name for name in clusters if name)
    small = sorted(name for name, n in sizes.items() if n < MIN_CLUSTER_CELLS)
    if len(sizes) - len(small) < 2:
        raise BadTable(
            where="clusters",
            found=f"{counted(len(sizes) - len(small), 'cluster')} of "
            f"{MIN_CLUSTER_CELLS} cells or more",
            expected="two or more to compare",
            advice="Give a higher --resolution, or other --labels.",
        )
    if not small:
        return tuple(clusters), []
    note = f"Left out, with fewer than {MIN_CLUSTER_CELLS} cells: {joined(small)}."
    return tuple("" if name in small else name for name in clusters), [note]


def _labelled(
    table: CellTable, clusters: Sequence[str]
) -> tuple["csr_matrix", list[str]]:
    """UMIs per 10,000 and clusters, of the cells that have one."""
    has_cluster = np.array([bool(name) for name in clusters])
    return normalised(table.umis[has_cluster]), [name for name in clusters if name]


def _tested(
    table: CellTable, clusters: Sequence[str], settings: MarkingSettings
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Every gene, and the tests of those that enough cells have."""
    import pandas as pd

    values, names = _labelled(table, clusters)
    has_cluster = [bool(name) for name in clusters]
    counts = table.umis[has_cluster].tocsc()
    genes = pd.DataFrame(
        {
            "gene_id": table.gene_ids,
            "gene_name": table.gene_names,
            "kind": table.kinds(),
            "n_cells": counts.getnnz(axis=0),
            "n_umis": np.asarray(counts.sum(axis=0)).ravel().astype(int),
        }
    )
    is_tested = (genes["n_cells"] >= settings.min_cells).to_numpy()
    if not is_tested.any():
        raise BadTable(
            where="genes",
            found=f"none that {settings.min_cells} cells have",
            expected="some to test",
            advice="Give more cells, or a lower --min-cells.",
        )
    tested = genes.loc[is_tested, ["gene_id", "gene_name", "kind"]]
    columns = values.tocsc()[:, is_tested]
    return genes, marker_frame(columns, names, tested, settings)


def _specificity(table: CellTable, clusters: Sequence[str]) -> Specificity:
    import pandas as pd

    values, names = _labelled(table, clusters)
    means = {
        name: _PER_MILLION
        * np.asarray(values[[each == name for each in names]].mean(axis=0)).ravel()
        for name in dict.fromkeys(names)
    }
    frame = pd.DataFrame(means, index=[*table.gene_ids])
    return specificity_of(frame, {name: name for name in means}, "cluster")


def _with_specificity(
    genes: "pd.DataFrame", specificity: Specificity, markers: "pd.DataFrame"
) -> "pd.DataFrame":
    found = specificity.genes
    genes["top_cluster"] = found["top_level"].to_numpy()
    genes["tau"] = found["tau"].to_numpy()
    genes["entropy_bits"] = found["entropy_bits"].to_numpy()
    marks = markers[markers["is_marker"]].sort_values("auc", ascending=False)
    words = marks.groupby("gene_id")["cluster"].agg(",".join)
    genes["marks"] = genes["gene_id"].map(words).fillna("")
    return genes


def _cluster_rows(
    table: CellTable, clusters: Sequence[str], markers: "pd.DataFrame"
) -> "pd.DataFrame":
    import pandas as pd

    totals = np.asarray(table.umis.sum(axis=1)).ravel()
    names = np.array(clusters, dtype=object)
    found = markers[markers["is_marker"]].sort_values("auc", ascending=False)
    rows = []
    for name in sorted({*clusters} - {""}, key=_number_or_word):
        mine = found[found["cluster"] == name]
        lincrnas = mine[mine["kind"] == "lincRNA"]
        main, share = _main_sample(table, names == name)
        rows.append(
            (
                *(name, int((names == name).sum()), np.median(totals[names == name])),
                *(len(mine), len(lincrnas), ",".join(lincrnas["gene_name"][:5])),
                *(main, share),
            )
        )
    return pd.DataFrame(rows, columns=[*CLUSTER_COLUMNS])


def _number_or_word(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (1 << 62, name)


def _main_sample(table: CellTable, is_mine: np.ndarray) -> tuple[str, float]:
    if "sample" not in table.obs.columns:
        return "", float("nan")
    counts = table.obs.loc[is_mine, "sample"].astype(str).value_counts()
    return str(counts.index[0]), float(counts.iloc[0] / counts.sum())


def _sample_notes(table: CellTable, clusters: Sequence[str]) -> list[str]:
    """Clusters that are samples rather than kinds of cells."""
    if "sample" not in table.obs.columns or table.obs["sample"].nunique() < 2:
        return []
    names = np.array(clusters, dtype=object)
    shares = [_main_sample(table, names == name)[1] for name in {*clusters} - {""}]
    n = sum(share >= _ONE_SAMPLE for share in shares)
    if not n:
        return []
    return [
        f"{counted(n, 'cluster')} of {len(shares)} have {_ONE_SAMPLE:.0%} or more of "
        "their cells from one sample: samples are not integrated, so clusters may be "
        "samples rather than kinds of cells."
    ]


def _depth_notes(rows: "pd.DataFrame") -> list[str]:
    """Clusters of unlike depth."""
    low, high = rows["median_umis"].min(), rows["median_umis"].max()
    if high < _UNLIKE_DEPTH * low:
        return []
    return [
        f"Clusters differ in depth: their cells have {low:,.0f} to {high:,.0f} UMIs "
        "(medians). Few UMIs show fewer genes, so p- and q-values may be too small "
        "where the cluster is deeper or shallower than the others."
    ]


def _twice_used(labels: Labels | None, settings: MarkingSettings) -> str:
    """What comes of clusters and tests that share cells."""
    if labels is not None:
        return (
            "If the labels were made of these cells' own counts, the genes that made "
            "them differ by how they were made: their p- and q-values are too small."
        )
    if settings.cluster_genes == "coding":
        return (
            "Coding genes made the clusters that they are tested in, so their p- and "
            "q-values are too small; lincRNAs made none."
        )
    return (
        "All genes made the clusters that they are tested in, so p- and q-values are "
        "too small; the AUC and the fractions say how strong a marker is."
    )
