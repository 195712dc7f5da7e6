"""Clusters of cells and their map, by scanpy.

References
----------
Wolf F. A. et al. (2018) Genome Biology 19:15. doi:10.1186/s13059-017-1382-0 (scanpy)
Traag V. A. et al. (2019) Sci. Rep. 9:5233. doi:10.1038/s41598-019-41695-z (Leiden)
McInnes L. et al. (2018) arXiv:1802.03426 (UMAP)
"""

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadTable
from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.run.external import require_packages

if TYPE_CHECKING:
    from anndata import AnnData
    from scipy.sparse import csr_matrix

MIN_CELLS, MIN_GENES = 20, 20
N_VARIABLE_GENES, N_COMPONENTS, N_NEIGHBOURS = 2000, 50, 15
_TARGET = 10_000.0


class Clustered(NamedTuple):
    """Cluster of each cell, its place on the map, and the number of genes used."""

    clusters: tuple[str, ...]
    umap: NDArray[np.float64]
    n_genes: int


def cluster_cells(
    umis: "csr_matrix", settings: MarkingSettings, *, rng_seed: int
) -> Clustered:
    """Cluster cells by their most variable genes, and lay them out in a plane.

    Parameters
    ----------
    umis
        Of the genes to cluster by, shape (cells, genes).
    settings
        `resolution` counts here.
    rng_seed
        Random seed of the principal components, clusters and map.

    Returns
    -------
    Clusters are named 1, 2, 3 …, the largest first.

    Raises
    ------
    PackageMissing
        If scanpy or igraph is not installed.
    BadTable
        With fewer than 20 cells, or genes that 3 cells have.

    Notes
    -----
    UMIs per 10,000, log(1 + x), the 2,000 most variable genes, 50 principal components,
    15 neighbours, two iterations of Leiden.
    """
    require_packages("scanpy", "igraph", extra="cells")
    import anndata

    used = umis[:, umis.tocsc().getnnz(axis=0) >= 3]
    if used.shape[0] < MIN_CELLS or used.shape[1] < MIN_GENES:
        raise BadTable(
            where="cells",
            found=f"{used.shape[0]} cells, {used.shape[1]} genes in three or more",
            expected=f"at least {MIN_CELLS} and {MIN_GENES} to make clusters",
            advice="Give labels of your own (--labels), more cells, or "
            "--cluster-genes all.",
        )
    cells = anndata.AnnData(used.astype(np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on defaults of later versions
        n_genes = _scanpy(cells, settings.resolution, rng_seed)
    return Clustered(
        clusters=_by_size(cells.obs["leiden"].to_numpy(dtype=str)),
        umap=np.asarray(cells.obsm["X_umap"], dtype=float),
        n_genes=n_genes,
    )


def _scanpy(cells: "AnnData", resolution: float, rng_seed: int) -> int:
    """Fill ``obs["leiden"]`` and ``obsm["X_umap"]``; the number of genes used."""
    import scanpy

    scanpy.pp.normalize_total(cells, target_sum=_TARGET)
    scanpy.pp.log1p(cells)
    n_genes = int(cells.n_vars)
    if n_genes > N_VARIABLE_GENES:
        n_genes = N_VARIABLE_GENES
        scanpy.pp.highly_variable_genes(cells, n_top_genes=n_genes)
        cells._inplace_subset_var(cells.var["highly_variable"].to_numpy())
    n_components = min(N_COMPONENTS, *(length - 1 for length in cells.shape))
    scanpy.pp.pca(cells, n_comps=n_components, random_state=rng_seed)
    n_neighbours = min(N_NEIGHBOURS, cells.n_obs - 1)
    scanpy.pp.neighbors(
        cells,
        n_neighbors=n_neighbours,
        # exact, at any number of cells; scanpy 1.11's approximate search fails with
        # pynndescent 0.7
        transformer="sklearn",
        random_state=rng_seed,
    )
    scanpy.tl.leiden(
        cells,
        resolution=resolution,
        flavor="igraph",
        n_iterations=2,
        directed=False,
        random_state=rng_seed,
    )
    scanpy.tl.umap(cells, random_state=rng_seed)
    return n_genes


def _by_size(found: NDArray[np.str_]) -> tuple[str, ...]:
    names, codes, sizes = np.unique(found, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), dtype=int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(1, len(names) + 1)
    return tuple(map(str, rank[codes]))
