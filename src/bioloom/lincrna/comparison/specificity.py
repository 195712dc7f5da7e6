"""How specific the expression of a gene is to tissues or conditions.

References
----------
Yanai I. et al. (2005) Bioinformatics 21:650. doi:10.1093/bioinformatics/bti042 (tau)
Schug J. et al. (2005) Genome Biology 6:R33. doi:10.1186/gb-2005-6-4-r33 (entropy)
Kryuchkova-Mostacci N., Robinson-Rechavi M. (2017) Briefings in Bioinformatics 18:205.
doi:10.1093/bib/bbw008 (why the logarithm)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Values = NDArray[np.float64]

SPECIFICITY_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "gene_id": "as in genes.tsv",
        "top_level": "level with the highest mean TPM; empty if there is no read",
        "tau": "0: equal in all levels, 1: in one level only; of log2(mean TPM + 1)",
        "entropy_bits": "Shannon's, of the mean TPM by level: 0 in one level only, "
        "log2 of the number of levels if equal in all",
    }
)
LEVEL_COLUMN = "mean_tpm_{level}"
N_MATCHED = 10


def tau(means: Values) -> Values:
    """Tissue specificity of genes.

    Parameters
    ----------
    means
        Mean TPM, shape (genes, levels).

    Returns
    -------
    Between 0 (equal in all levels) and 1 (one level only), shape (genes,); NaN without
    expression.

    Examples
    --------
    >>> tau(np.array([[5.0, 5.0, 5.0], [0.0, 7.0, 0.0], [0.0, 1.0, 3.0]]))
    array([0.  , 1.  , 0.75])
    """
    x = np.log1p(means) / np.log(2)
    top = x.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.asarray((1 - x / top).sum(axis=1) / (x.shape[1] - 1))


def entropy_bits(means: Values) -> Values:
    """Shannon entropy of the distribution of a gene's expression over levels, bits.

    Examples
    --------
    >>> entropy_bits(np.array([[5.0, 5.0, 5.0, 5.0], [0.0, 7.0, 0.0, 0.0]]))
    array([2., 0.])
    """
    with np.errstate(invalid="ignore"):
        share = means / means.sum(axis=1, keepdims=True)
    terms = np.where(share > 0, share * np.log2(np.where(share > 0, share, 1)), 0.0)
    return np.where(np.isnan(share[:, 0]), np.nan, 0.0 - terms.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Specificity:
    """Specificity of all genes over the levels of one column.

    Parameters
    ----------
    column, levels
        Of the sample sheet.
    genes
        One row per gene; columns as in `SPECIFICITY_COLUMNS`, then the mean TPM of each
        level.
    """

    column: str
    levels: tuple[str, ...]
    genes: "pd.DataFrame"


def specificity_of(
    tpm: "pd.DataFrame", levels: Mapping[str, str], column: str
) -> Specificity:
    """Specificity of each gene.

    Parameters
    ----------
    tpm
        Rows by gene_id, one column per sample.
    levels
        Level of each sample to use, at least two different ones.
    column
        Their column in the sample sheet.
    """
    import pandas as pd

    names = tuple(dict.fromkeys(levels.values()))
    means = np.column_stack(
        [
            tpm[[sample for sample in levels if levels[sample] == level]].mean(axis=1)
            for level in names
        ]
    )
    top = np.array(names, dtype=object)[means.argmax(axis=1)]
    genes = pd.DataFrame(
        {
            "gene_id": tpm.index,
            "top_level": np.where(means.max(axis=1) > 0, top, ""),
            "tau": tau(means),
            "entropy_bits": entropy_bits(means),
            **{
                LEVEL_COLUMN.format(level=level): means[:, place]
                for place, level in enumerate(names)
            },
        }
    )
    return Specificity(column, names, genes)


@dataclass(frozen=True, slots=True)
class Matched:
    """Median tau of candidates and of coding genes of like expression.

    Genes of few reads look specific for that alone: beside the plain medians stands
    that of the coding genes whose highest mean TPM is nearest to a candidate's.

    Parameters
    ----------
    n_candidates, n_coding
        Genes with expression.
    candidates, coding
        Median tau.
    coding_matched
        Median over the candidates of the mean tau of their 10 nearest coding genes.
    difference, low, high
        Median of a candidate's tau minus that of its matched genes, with its 95 %
        bootstrap interval.
    """

    n_candidates: int
    n_coding: int
    candidates: float
    coding: float
    coding_matched: float
    difference: float
    low: float
    high: float


def matched_tau(
    specificity: Specificity, candidates: Sequence[str], coding: Sequence[str]
) -> Matched | None:
    """Compare candidates with coding genes of like expression.

    Parameters
    ----------
    specificity
        Of all genes.
    candidates, coding
        gene_ids.

    Returns
    -------
    None with fewer than 10 coding genes or no candidate that is expressed.
    """
    genes = specificity.genes.set_index("gene_id")
    genes = genes[genes["tau"].notna()]
    means = genes.filter(like=LEVEL_COLUMN.format(level=""))
    top = np.log2(means.max(axis=1) + 1)
    mine = genes.index.intersection([*candidates])
    theirs = genes.index.intersection([*coding])
    if not len(mine) or len(theirs) < N_MATCHED:
        return None
    nearest = _nearest(top[theirs].to_numpy(), top[mine].to_numpy(), N_MATCHED)
    of_coding = genes.loc[theirs, "tau"].to_numpy()
    matched = of_coding[nearest].mean(axis=1)
    of_candidates = genes.loc[mine, "tau"].to_numpy()
    interval = _median_interval(of_candidates - matched)
    return Matched(
        n_candidates=len(mine),
        n_coding=len(theirs),
        candidates=float(np.median(of_candidates)),
        coding=float(np.median(of_coding)),
        coding_matched=float(np.median(matched)),
        difference=float(np.median(of_candidates - matched)),
        low=float(interval[0]),
        high=float(interval[1]),
    )


def _nearest(pool: Values, values: Values, n: int) -> NDArray[np.int64]:
    """Indices of the `n` values of the pool that are nearest to each value."""
    order = np.argsort(pool, kind="stable")
    place = np.searchsorted(pool[order], values)
    first = np.clip(place - n, 0, max(0, len(pool) - 2 * n))
    window = order[first[:, None] + np.arange(min(2 * n, len(pool)))]
    away = np.abs(pool[window] - values[:, None])
    best = np.argsort(away, axis=1, kind="stable")[:, :n]
    return np.take_along_axis(window, best, axis=1)


def _median_interval(values: Values) -> Values:
    """95 % interval of a median, percentiles of 1,000 draws, always the same ones."""
    rng = np.random.default_rng(0)
    drawn = rng.choice(values, size=(1000, len(values)))
    return np.asarray(np.percentile(np.median(drawn, axis=1), [2.5, 97.5]))
