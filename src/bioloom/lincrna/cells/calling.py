"""Which barcodes are cells: by their number of UMIs, or by a profile of their own.

References
----------
Lun A. T. L. et al. (2019) Genome Biology 20:63. doi:10.1186/s13059-019-1662-y
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.cells._draws import (
    Floats,
    Numbers,
    alias_table,
    likenesses,
    log_likelihoods,
    n_as_extreme,
)
from bioloom.lincrna.cells.ambient import (
    AmbientHalves,
    concentration,
    drawn_concentration,
    halves,
    shares,
    unseen_share,
    whole,
)
from bioloom.lincrna.cells.knee import n_above_gap
from bioloom.lincrna.cells.likeness import likeness_weights
from bioloom.run.settings import RNG_SEED
from bioloom.run.words import counted
from bioloom.statistics.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Why = Literal["knee", "gap", "profile", ""]
Bools = NDArray[np.bool_]

N_DRAWS = 10_000
MAX_Q = 0.01
MIN_AMBIENT_BARCODES, MIN_AMBIENT_UMIS, MAX_UNSEEN = 50, 100, 0.1
_MOST_BY_GAP = 3
"""Times as many as above the knee: empty droplets are more than that."""
_MOST_LOWER, _LEAST_LOWER, _LOWER_SHARE = 100, 2, 0.05


@dataclass(frozen=True, slots=True)
class CalledCells:
    """Which barcodes of a sample are cells, and why.

    Parameters
    ----------
    is_cell
        By barcode.
    why
        By barcode, a `Why`: "knee", more UMIs than the knee; "gap", fewer, but far more
        than any empty droplet; "profile", genes in other proportions than in empty
        droplets; "" for no cell.
    p, q
        Of the test of the profile, and with Benjamini-Hochberg's correction; NaN where
        it was not tested.
    lower
        Barcodes with at most so many UMIs are empty.
    ambient
        Share of each gene in empty droplets; NaN without a test.
    alpha
        How alike empty droplets are: concentration of their Dirichlet-multinomial
        distribution; infinite if they differ by chance alone, NaN without a test.
    n_tested
        Barcodes tested.
    note
        Why nothing was tested; empty if barcodes were, or none had to be.
    """

    is_cell: Bools
    why: NDArray[np.str_]
    p: Floats
    q: Floats
    lower: int
    ambient: Floats
    alpha: float
    n_tested: int
    note: str


class _Barcodes(NamedTuple):
    """Which barcodes are certainly cells, which are empty, which are tested."""

    is_cell: Bools
    is_ambient: Bools
    is_tested: Bools


class _Test(NamedTuple):
    """What the test of profiles found; `p` of the barcodes tested."""

    p: Floats
    ambient: Floats
    alpha: float


def call_cells(
    umis: "csr_matrix",
    above_knee: int | NDArray[np.integer],
    *,
    lower: int | None = None,
    n_draws: int = N_DRAWS,
    max_q: float = MAX_Q,
    rng_seed: int = RNG_SEED,
) -> CalledCells:
    """Tell cells from empty droplets.

    Barcodes above the knee are cells, and those that a gap parts from the empty ones
    (`n_above_gap`). Each other barcode with more than `lower` UMIs is tested twice: how
    often is a droplet of as many UMIs, drawn from the ambient profile, as unlikely by
    that profile or more so, and how often as like a group of the cells or more so?

    Parameters
    ----------
    umis
        Of all barcodes, shape (barcodes, genes), whole numbers of any type.
    above_knee
        How many barcodes with most UMIs stand above the knee, or their rows.
    lower
        Barcodes with at most so many UMIs make the ambient profile; None: a twentieth
        of the median of those above the knee, 2 to 100.
    n_draws
        Droplets drawn; the smallest p-value is 1 / (n_draws + 1).
    max_q
        False discovery rate at which a barcode is a cell.
    rng_seed
        Random seed of the draws.

    Returns
    -------
    All barcodes in their order. Nothing is tested where the ambient RNA is not known:
    fewer than 50 barcodes or 100 UMIs, or a tenth of it in genes not seen; `note` says
    so.

    Notes
    -----
    The first test is that of EmptyDrops (Lun et al. 2019); the second finds cells too
    small for it, if larger ones like them stand above the knee. The p-value is twice
    the smaller of the two. Half of the ambient UMIs, drawn at random, score droplets,
    the other half is drawn from, and the concentration allows for the number of these:
    with one profile for both, empty droplets are called cells where ambient UMIs are
    few. Time O(n_draws × most UMIs tested), whatever the number of barcodes.
    """
    matrix = umis.tocsr()
    totals = np.asarray(matrix.sum(axis=1)).ravel().astype(np.int64)
    why = _by_count(totals, above_knee)
    if lower is None:
        lower = default_lower(totals[why == "knee"])
    groups = _Barcodes(
        is_cell=why != "",
        is_ambient=(totals > 0) & (totals <= lower) & (why == ""),
        is_tested=(totals > lower) & (why == ""),
    )
    p, q = np.full((2, len(totals)), np.nan)
    ambient, alpha = np.full(matrix.shape[1], np.nan), np.nan
    note = _untestable(matrix[groups.is_ambient], lower)
    if not note and groups.is_tested.any():
        rng = np.random.default_rng(rng_seed)
        found = _profile_test(matrix, groups, n_draws, rng)
        ambient, alpha = found.ambient, found.alpha
        p[groups.is_tested] = found.p
        q[groups.is_tested] = benjamini_hochberg(found.p)
        why[q <= max_q] = "profile"
    return CalledCells(
        is_cell=why != "",
        why=why,
        p=p,
        q=q,
        lower=int(lower),
        ambient=ambient,
        alpha=alpha,
        n_tested=int(np.isfinite(p).sum()),
        note=note,
    )


def chosen_cells(is_cell: Bools) -> CalledCells:
    """Cells that were chosen by their number or by the plate; nothing is tested."""
    untested = np.full(len(is_cell), np.nan)
    return CalledCells(
        is_cell=is_cell,
        why=np.where(is_cell, "knee", "").astype("<U7"),
        p=untested,
        q=untested,
        lower=0,
        ambient=np.zeros(0),
        alpha=np.nan,
        n_tested=0,
        note="",
    )


def default_lower(totals_above_knee: Numbers) -> int:
    """UMIs up to which a barcode is empty: a twentieth of a cell's, 2 to 100.

    Examples
    --------
    >>> [default_lower(np.array(totals)) for totals in ([], [230, 250], [9000])]
    [2, 12, 100]
    """
    if not len(totals_above_knee):
        return _LEAST_LOWER
    share = int(_LOWER_SHARE * np.median(totals_above_knee))
    return min(_MOST_LOWER, max(_LEAST_LOWER, share))


def _by_count(
    totals: Numbers, above_knee: int | NDArray[np.integer]
) -> NDArray[np.str_]:
    """Cells by their number of UMIs alone."""
    why = np.full(len(totals), "", dtype="<U7")
    ranked = np.argsort(-totals, kind="stable")
    is_number = np.ndim(above_knee) == 0
    why[ranked[: int(above_knee)] if is_number else above_knee] = "knee"
    rest = ranked[why[ranked] == ""]
    n_most = _MOST_BY_GAP * (len(ranked) - len(rest))
    why[rest[: n_above_gap(totals[rest], n_most=n_most)]] = "gap"
    return why


def _untestable(empty: "csr_matrix", lower: int) -> str:
    """Why the ambient RNA is not known well enough; empty if it is."""
    n_barcodes, umis = empty.shape[0], whole(empty)
    note = "Barcodes below the knee were not tested for being cells: "
    if n_barcodes < MIN_AMBIENT_BARCODES or umis.sum() < MIN_AMBIENT_UMIS:
        return (
            f"{note}{counted(n_barcodes, 'barcode')} with at most "
            f"{counted(lower, 'UMI')}, {counted(int(umis.sum()), 'UMI')} in all, are "
            f"too few to know what empty droplets hold ({MIN_AMBIENT_BARCODES} "
            f"barcodes and {MIN_AMBIENT_UMIS} UMIs are needed)."
        )
    if unseen_share(umis) > MAX_UNSEEN:
        return (
            f"{note}about {unseen_share(umis):.0%} of the RNA in empty droplets is of "
            f"genes of which their {counted(int(umis.sum()), 'UMI')} hold none; more "
            f"than {MAX_UNSEEN:.0%} is too much to know what empty droplets hold."
        )
    return ""


def _profile_test(
    matrix: "csr_matrix", groups: _Barcodes, n_draws: int, rng: np.random.Generator
) -> _Test:
    tested, empty = matrix[groups.is_tested], matrix[groups.is_ambient]
    ambient_umis = whole(empty)
    is_seen = whole(matrix) > 0
    cells = matrix[groups.is_cell][:, is_seen]
    profiles = halves(ambient_umis[is_seen], whole(cells), rng)
    share = np.zeros(len(is_seen))
    share[is_seen] = shares(ambient_umis[is_seen], whole(cells) + 1)
    alpha = concentration(empty, share)
    p = _tail_chances(
        tested[:, is_seen],
        profiles,
        likeness_weights(cells, profiles.scored, rng),
        alpha=drawn_concentration(alpha, profiles.n_drawn),
        n_draws=n_draws,
        rng=rng,
    )
    return _Test(p, share, alpha)


def _tail_chances(
    tested: "csr_matrix",
    profiles: AmbientHalves,
    weights: Floats,
    *,
    alpha: float,
    n_draws: int,
    rng: np.random.Generator,
) -> Floats:
    """P-value of each row, twice the smaller of two.

    In each, one of `n_draws` + 1 droplets is the row itself.
    """
    entries = (
        tested.indptr.astype(np.int64),
        tested.indices.astype(np.int64),
        tested.data.astype(np.int64),
    )
    log_share = np.log(profiles.scored)
    values = np.stack(
        [log_likelihoods(*entries, log_share), -likenesses(*entries, weights)]
    )
    totals = np.asarray(tested.sum(axis=1)).ravel().astype(np.int64)
    orders = np.stack([np.lexsort((each, totals)) for each in values])
    hits = np.empty(values.shape, dtype=np.int64)
    found = n_as_extreme(
        alias_table(profiles.drawn),
        log_share,
        weights,
        alpha,
        np.searchsorted(np.sort(totals), np.arange(totals.max() + 2)),
        np.take_along_axis(values, orders, axis=1),
        n_draws,
        rng,
    )
    np.put_along_axis(hits, orders, found, axis=1)
    return np.asarray(np.minimum(1.0, 2 * (hits.min(axis=0) + 1) / (n_draws + 1)))
