"""What empty droplets hold: RNA of broken cells, gene by gene.

References
----------
Good I. J. (1953) Biometrika 40:237. doi:10.1093/biomet/40.3-4.237
Lun A. T. L. et al. (2019) Genome Biology 20:63. doi:10.1186/s13059-019-1662-y
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.cells._draws import Floats, Numbers

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_LOG_ALPHA = 6.0


@dataclass(frozen=True, slots=True)
class AmbientHalves:
    """Two profiles of the same ambient RNA, from two halves of its UMIs.

    Parameters
    ----------
    scored, drawn
        Share of each gene: the half by which droplets are scored, and the half that
        droplets are drawn from.
    n_drawn
        UMIs of the second half.
    """

    scored: Floats
    drawn: Floats
    n_drawn: int


def halves(umis: Numbers, cells: Numbers, rng: np.random.Generator) -> AmbientHalves:
    """Part the ambient UMIs at random into two profiles.

    A profile fits the UMIs it was made of better than any others. Were droplets drawn
    and scored by the same one, those drawn would look likelier than true empty ones,
    and these would be taken for cells.

    Parameters
    ----------
    umis
        Ambient UMIs by gene.
    cells
        Those of cells, which tell rare genes from common ones that a half lacks.
    rng
        Source of the parting.
    """
    scored = rng.binomial(umis, 0.5)
    drawn = umis - scored
    return AmbientHalves(
        shares(scored, cells + 1), shares(drawn, cells + scored + 1), int(drawn.sum())
    )


def shares(umis: Numbers, elsewhere: Numbers) -> Floats:
    """Share of each gene in a profile, none of them zero.

    As large a share as single UMIs have of all goes to the genes not seen (Good 1953),
    in the proportions that they have elsewhere; those seen keep their proportions.

    Parameters
    ----------
    umis
        By gene.
    elsewhere
        Positive numbers by gene.

    Examples
    --------
    >>> shares(np.array([6, 3, 1, 0, 0]), np.array([1, 1, 1, 3, 1])).round(3).tolist()
    [0.545, 0.273, 0.091, 0.068, 0.023]
    """
    total, is_new = int(umis.sum()), umis == 0
    if not is_new.any():
        return np.asarray(umis / total)
    unseen = unseen_share(umis)
    seen = (1 - unseen) * umis / max(total, 1)
    new = unseen * elsewhere / elsewhere[is_new].sum()
    return np.asarray(np.where(is_new, new, seen))


def unseen_share(umis: Numbers) -> float:
    """Share of RNA that is of genes not seen: that of single UMIs (Good 1953).

    Examples
    --------
    >>> unseen_share(np.array([6, 3, 1, 0, 0])).__round__(3)
    0.091
    """
    return max(1, int((umis == 1).sum())) / (int(umis.sum()) + 1)


def concentration(umis: "csr_matrix", share: Floats) -> float:
    """How alike empty droplets are: alpha of a Dirichlet-multinomial distribution.

    Parameters
    ----------
    umis
        Of empty droplets, shape (barcodes, genes), whole numbers.
    share
        Of each gene.

    Returns
    -------
    The alpha of greatest likelihood; infinite if they differ no more than by chance.

    Notes
    -----
    Equal counts of a gene are taken together, so that the time of one step does not
    grow with the number of barcodes.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    keys = np.stack([umis.indices, umis.data.astype(np.int64)])
    (genes, counts), n_entries = np.unique(keys, axis=1, return_counts=True)
    totals, n_barcodes = np.unique(np.asarray(umis.sum(axis=1)), return_counts=True)

    def minus_log_likelihood(log_alpha: float) -> float:
        alpha = 10.0**log_alpha
        weight = alpha * share[genes]
        of_genes = n_entries @ (gammaln(weight + counts) - gammaln(weight))
        of_totals = n_barcodes @ (gammaln(alpha) - gammaln(alpha + totals))
        return float(-of_genes - of_totals)

    best = minimize_scalar(
        minus_log_likelihood, bounds=(0.0, MAX_LOG_ALPHA), method="bounded"
    )
    is_open = best.x > MAX_LOG_ALPHA - 0.1
    return float("inf") if is_open else float(10.0**best.x)


def drawn_concentration(alpha: float, n_drawn: int) -> float:
    """Concentration to draw by: droplets differ, and the profile is not known exactly.

    The variances of both add up: a profile of `n_drawn` UMIs is as uncertain as a
    Dirichlet distribution of that concentration.
    """
    return 1.0 / (1.0 / alpha + 1.0 / n_drawn)


def whole(umis: "csr_matrix") -> NDArray[np.int64]:
    """UMIs by gene, over all rows."""
    return np.asarray(umis.sum(axis=0)).ravel().astype(np.int64)
