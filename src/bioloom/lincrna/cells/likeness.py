"""What the cells above the knee express, group by group, beside empty droplets."""

import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.cells._draws import Floats
from bioloom.lincrna.cells.ambient import unseen_share, whole

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_GROUPS, MIN_IN_GROUP = 12, 5
N_COMPONENTS = 10


def likeness_weights(
    cells: "csr_matrix", ambient: Floats, rng: np.random.Generator
) -> Floats:
    """What one UMI of a gene says for each group of cells and against empty droplets.

    Parameters
    ----------
    cells
        UMIs of cells, shape (cells, genes).
    ambient
        Share of each gene in empty droplets, none of them zero.
    rng
        Source of the grouping's randomness.

    Returns
    -------
    log(½ + ½ · share in the group / ambient share), shape (genes, groups + 1); the last
    column is of all cells. The halves stand for the ambient RNA that is in cells too,
    and bound what a gene that a group lacks says against it.
    """
    groups = _grouped(cells, rng)
    parts = [cells[groups == group] for group in np.unique(groups)]
    profiles = np.array([_smoothed(part, ambient) for part in (*parts, cells)])
    return np.ascontiguousarray(np.log(0.5 + 0.5 * profiles / ambient).T)


def _smoothed(cells: "csr_matrix", ambient: Floats) -> Floats:
    """Shares of genes; what single UMIs have of all goes by the ambient shares."""
    umis = whole(cells)
    unseen = unseen_share(umis)
    return np.asarray((1 - unseen) * umis / max(1, umis.sum()) + unseen * ambient)


def _grouped(cells: "csr_matrix", rng: np.random.Generator) -> NDArray[np.intp]:
    """Group of each cell, by k-means on the principal axes of root shares."""
    from scipy.cluster.vq import kmeans2
    from scipy.sparse import diags
    from scipy.sparse.linalg import svds

    n_cells = cells.shape[0]
    n_groups = min(MAX_GROUPS, n_cells // MIN_IN_GROUP, int(np.sqrt(n_cells)))
    if n_groups < 2 or min(cells.shape) < 3:
        return np.zeros(n_cells, dtype=np.intp)
    totals = np.maximum(np.asarray(cells.sum(axis=1)).ravel(), 1)
    roots = (diags(1 / totals) @ cells).sqrt()
    n_axes = min(N_COMPONENTS, min(cells.shape) - 1)
    left, lengths, _ = svds(roots, k=n_axes, v0=np.ones(min(cells.shape)))
    places = left * lengths
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a group may end empty
        _, groups = kmeans2(places, _centres(places, n_groups, rng), minit="matrix")
    return np.asarray(groups, dtype=np.intp)


def _centres(places: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Rows to begin with, likelier the farther from those before; `n` at most.

    References
    ----------
    k-means++: Arthur D., Vassilvitskii S. (2007) Proc. SODA, 1027.
    """
    chosen = [int(rng.integers(len(places)))]
    distance = np.full(len(places), np.inf)
    for _ in range(n - 1):
        away = ((places - places[chosen[-1]]) ** 2).sum(axis=1)
        distance = np.minimum(distance, away)
        if distance.sum() == 0:
            break
        chosen.append(int(rng.choice(len(places), p=distance / distance.sum())))
    return places[chosen]
