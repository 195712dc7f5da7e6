"""How much a cell looks like two cells in one droplet: scrublet's score, by scanpy.

References
----------
Wolock S. L. et al. (2019) Cell Systems 8:281. doi:10.1016/j.cels.2018.11.005
Wolf F. A. et al. (2018) Genome Biology 19:15. doi:10.1186/s13059-017-1382-0 (scanpy)
"""

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.settings import RNG_SEED
from bioloom.run.words import counted

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MIN_CELLS, MIN_GENES = 50, 50
MIN_CELLS_OF_GENE, N_COMPONENTS = 3, 30


class DoubletScores(NamedTuple):
    """Score of each cell, NaN where there is none, and why."""

    scores: NDArray[np.float64]
    note: str


def doublet_scores(
    umis: "csr_matrix", *, name: str = "", rng_seed: int = RNG_SEED
) -> DoubletScores:
    """Score the cells of one sample for being two cells.

    Doublets are made by adding up random pairs of cells; the score of a cell is the
    share of made ones among its neighbours, as a Bayesian estimate. Doublets of two
    cells of one kind cannot be told.

    Parameters
    ----------
    umis
        Of cells alone, shape (cells, genes), whole numbers.
    name
        Of the sample, for the note.
    rng_seed
        Random seed of the pairs.

    Returns
    -------
    Scores between 0 and 1. All are NaN with fewer than 50 cells, or genes that 3 cells
    have, or without scanpy; the note says so.
    """
    n_cells = umis.shape[0]
    is_shared = umis.tocsc().getnnz(axis=0) >= MIN_CELLS_OF_GENE
    has_any = np.asarray(umis[:, is_shared].sum(axis=1)).ravel() > 0
    n_usable, n_genes = int(has_any.sum()), int(is_shared.sum())
    reason = _unscorable(n_usable, n_genes)
    scores = np.full(n_cells, np.nan)
    if reason:
        where = f"Sample {name}: " if name else ""
        return DoubletScores(scores, f"{where}no doublet scores: {reason}.")
    scores[has_any] = _scrublet(umis[has_any][:, is_shared], rng_seed)
    return DoubletScores(scores, "")


def _unscorable(n_cells: int, n_genes: int) -> str:
    if find_spec("scanpy") is None:
        return "scanpy is not installed (`bioloom doctor cells` says how to install it)"
    if n_cells < MIN_CELLS:
        return f"{counted(n_cells, 'cell')}, of {MIN_CELLS} that are needed"
    if n_genes < MIN_GENES:
        return (
            f"{counted(n_genes, 'gene')} in {MIN_CELLS_OF_GENE} cells or more, of "
            f"{MIN_GENES} that are needed"
        )
    return ""


def _scrublet(umis: Any, rng_seed: int) -> NDArray[np.float64]:
    import anndata
    import scanpy

    cells = anndata.AnnData(umis.astype(np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on names and defaults, not on the data
        scanpy.pp.scrublet(
            cells,
            n_prin_comps=min(N_COMPONENTS, umis.shape[0] - 1, umis.shape[1] - 1),
            threshold=1.0,  # scores alone: where to cut is for the reader to see
            use_approx_neighbors=False,
            random_state=rng_seed,
            verbose=False,
        )
    return np.asarray(cells.obs["doublet_score"], dtype=float)
