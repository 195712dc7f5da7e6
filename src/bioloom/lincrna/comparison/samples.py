"""Samples made comparable: size factors, and principal components."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

N_VARIABLE = 500
SIZE_FACTOR_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "sample": "name",
        "size_factor": "its counts are divided by this to be comparable (median of "
        "ratios, as DESeq2)",
    }
)
SPACE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        **SIZE_FACTOR_COLUMNS,
        "pc1": "first principal component of log2(normalised counts + 1)",
        "pc2": "second one",
    }
)


@dataclass(frozen=True, slots=True)
class SampleSpace:
    """Samples in the plane of their first two principal components.

    Parameters
    ----------
    places
        One row per sample: sample, pc1, pc2.
    explained
        Share of the variance on each of the two.
    n_genes
        Most variable genes that were used.
    """

    places: "pd.DataFrame"
    explained: tuple[float, float]
    n_genes: int


def size_factors(counts: "pd.DataFrame") -> dict[str, float]:
    """Size factor of each sample by the median of ratios, as DESeq2 computes it.

    Parameters
    ----------
    counts
        Rows by gene_id, one column per sample.

    Returns
    -------
    By sample; 1 for all where no gene has reads in every sample.
    """
    from pydeseq2.preprocessing import deseq2_norm

    names = [*map(str, counts.columns)]
    common = counts[(counts > 0).all(axis=1)]
    if common.empty:
        return dict.fromkeys(names, 1.0)
    _, factors = deseq2_norm(common.T.to_numpy(dtype=float))
    return dict(zip(names, map(float, factors), strict=True))


def sample_space(normalised: "pd.DataFrame") -> SampleSpace | None:
    """Principal components of the samples on the most variable genes.

    Parameters
    ----------
    normalised
        Normalised counts, rows by gene_id, one column per sample.

    Returns
    -------
    None with fewer than three samples or two genes that vary.
    """
    import pandas as pd

    logged = np.log2(normalised.to_numpy(dtype=float) + 1)
    variance = logged.var(axis=1)
    order = np.argsort(-variance, kind="stable")[:N_VARIABLE]
    order = order[variance[order] > 0]
    if normalised.shape[1] < 3 or len(order) < 2:
        return None
    centred = logged[order] - logged[order].mean(axis=1, keepdims=True)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    explained = singular**2 / (singular**2).sum()
    places = axes[:2] * singular[:2, None]
    # the sign of a component is arbitrary: the largest coordinate is positive
    largest = np.abs(places).argmax(axis=1)
    places *= np.sign(places[[0, 1], largest])[:, None]
    frame = pd.DataFrame(
        {"sample": [*normalised.columns], "pc1": places[0], "pc2": places[1]}
    )
    return SampleSpace(frame, (float(explained[0]), float(explained[1])), len(order))
