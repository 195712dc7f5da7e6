"""Genes that cells of one cluster have more of than the others: Wilcoxon's test.

References
----------
Wilcoxon F. (1945) Biometrics Bulletin 1:80. doi:10.2307/3001968
Mann H. B., Whitney D. R. (1947) Ann. Math. Stat. 18:50. doi:10.1214/aoms/1177730491
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.statistics.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csc_matrix, csr_matrix

Floats = NDArray[np.float64]

PER = 10_000
PSEUDOCOUNT = 0.1
"""UMIs per 10,000 added to both means, so that none is zero."""

MARKER_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "gene_id": "as in the cells",
        "gene_name": "its name, or its id",
        "kind": "lincRNA, coding or other",
        "cluster": "cells that are compared with all others that have a cluster",
        "auc": "chance that a cell of the cluster has more than one of the others, "
        "ties counted half: U / (cells inside × cells outside); 0.5 without difference",
        "fraction_in": "of the cluster's cells that have a UMI of the gene",
        "fraction_out": "of the others",
        "mean_in": "UMIs per 10,000 of a cell, mean over the cluster",
        "mean_out": "over the others",
        "log2_fold_change": "log2((mean_in + 0.1) / (mean_out + 0.1))",
        "u": "Mann-Whitney's U of the cluster",
        "p_value": "two-sided, normal approximation with corrections for ties and "
        "continuity",
        "q_value": "Benjamini-Hochberg over all genes and clusters tested",
        "is_marker": "whether the q_value is at most max_q, the AUC at least min_auc",
    }
)


class GeneCells(NamedTuple):
    """Cells that have a gene, and what they have of it; all others have 0."""

    cells: NDArray[np.integer]
    values: Floats


class RankTest(NamedTuple):
    """Mann-Whitney's U of each cluster and its p-value, shape (clusters,)."""

    u: Floats
    p: Floats


def normalised(umis: "csr_matrix") -> "csr_matrix":
    """UMIs per 10,000 of each cell."""
    from scipy.sparse import diags

    totals = np.asarray(umis.sum(axis=1)).ravel().astype(float)
    return (diags(PER / np.maximum(totals, 1)) @ umis).tocsr()


def rank_test(gene: GeneCells, codes: NDArray[np.integer], sizes: Floats) -> RankTest:
    """Compare what each cluster's cells have of a gene with what all others have.

    Parameters
    ----------
    gene
        Its cells and values above 0.
    codes
        Cluster of each cell, 0 to the number of clusters.
    sizes
        Cells of each cluster.

    Notes
    -----
    Cells that have none of the gene are one large tie; only the others are ranked.
    """
    from scipy.special import ndtr
    from scipy.stats import rankdata

    n = len(codes)
    n_zero = n - len(gene.values)
    ranks = n_zero + rankdata(gene.values)
    has = np.bincount(codes[gene.cells], minlength=len(sizes))
    of_zeros = (sizes - has) * (n_zero + 1) / 2
    sums = np.bincount(codes[gene.cells], weights=ranks, minlength=len(sizes))
    u = sums + of_zeros - sizes * (sizes + 1) / 2
    _, n_tied = np.unique(gene.values, return_counts=True)
    ties = (n_tied.astype(float) ** 3 - n_tied).sum() + float(n_zero) ** 3 - n_zero
    pairs = sizes * (n - sizes)
    variance = pairs / 12 * (n + 1 - ties / (n * (n - 1.0)))
    away = np.maximum(np.abs(u - pairs / 2) - 0.5, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(variance > 0, away / np.sqrt(variance), 0.0)
    return RankTest(u, np.minimum(1.0, 2 * ndtr(-z)))


def marker_frame(
    values: "csc_matrix",
    clusters: Sequence[str],
    genes: "pd.DataFrame",
    settings: MarkingSettings,
) -> "pd.DataFrame":
    """Test each gene in each cluster against all other cells.

    Parameters
    ----------
    values
        UMIs per 10,000, shape (cells, genes).
    clusters
        Cluster of each cell.
    genes
        ``gene_id``, ``gene_name`` and ``kind``, one row per column of `values`.
    settings
        What a marker is.

    Returns
    -------
    One row per gene and cluster; columns as in `MARKER_COLUMNS`.
    """
    import pandas as pd

    names, codes = np.unique(np.asarray(clusters, dtype=object), return_inverse=True)
    sizes = np.bincount(codes).astype(float)
    tests = [
        rank_test(GeneCells(*_column(values, gene)), codes, sizes)
        for gene in range(values.shape[1])
    ]
    u, p = (np.array(each).reshape(-1) for each in zip(*tests, strict=True))
    means, fractions = _sums(values, codes, sizes), _sums(values > 0, codes, sizes)
    frame = genes.loc[genes.index.repeat(len(names))].reset_index(drop=True)
    frame["cluster"] = np.tile(names, len(genes))
    frame["auc"] = u / np.tile(sizes * (sizes.sum() - sizes), len(genes))
    frame["fraction_in"], frame["fraction_out"] = fractions
    frame["mean_in"], frame["mean_out"] = means
    high, low = means[0] + PSEUDOCOUNT, means[1] + PSEUDOCOUNT
    frame["log2_fold_change"] = np.log2(high / low)
    frame["u"], frame["p_value"] = u, p
    frame["q_value"] = benjamini_hochberg(p)
    is_marker = (frame["q_value"] <= settings.max_q) & (
        frame["auc"] >= settings.min_auc
    )
    return pd.DataFrame(frame.assign(is_marker=is_marker)[[*MARKER_COLUMNS]])


def _column(values: "csc_matrix", gene: int) -> GeneCells:
    entries = slice(values.indptr[gene], values.indptr[gene + 1])
    return GeneCells(values.indices[entries], values.data[entries])


def _sums(values: "csc_matrix", codes: NDArray[np.integer], sizes: Floats) -> Floats:
    """Means inside and outside of each cluster, shape (2, genes × clusters)."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(codes))
    member = csr_matrix((ones, (codes, np.arange(len(codes)))))
    inside = (member @ values.astype(float)).toarray()
    outside = inside.sum(axis=0) - inside
    n_out = np.maximum(sizes.sum() - sizes, 1)
    parts = [inside / sizes[:, None], outside / n_out[:, None]]
    return np.array([part.T.ravel() for part in parts])
