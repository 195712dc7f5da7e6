"""Counts of genes with known fold changes."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from bioloom.lincrna.comparison.design import Described

SIZES = (0.6, 1.0, 1.5, 0.8, 1.2, 1.4)


class Simulated(NamedTuple):
    """Counts (genes × samples), the samples, and the truth."""

    counts: pd.DataFrame
    samples: list[Described]
    log2_fold_change: np.ndarray


def simulated(n_genes: int = 400, rng_seed: int = 5) -> Simulated:
    """Negative binomial counts of two conditions; a tenth of the genes changes."""
    rng = np.random.default_rng(rng_seed)
    mean = np.exp(rng.normal(5, 1.2, n_genes))
    dispersion = 0.03 + 1 / mean
    change = np.where(np.arange(n_genes) % 10 == 0, rng.choice([-2.0, 2.0], n_genes), 0)
    treated = np.array([0, 0, 0, 1, 1, 1])
    expected = mean[:, None] * 2.0 ** (change[:, None] * treated) * np.array(SIZES)
    counts = rng.negative_binomial(
        1 / dispersion[:, None], 1 / (1 + dispersion[:, None] * expected)
    )
    names = [f"s{number}" for number in range(6)]
    return Simulated(
        pd.DataFrame(
            counts,
            index=pd.Index([f"g{row}" for row in range(n_genes)], name="gene_id"),
            columns=names,
        ),
        [
            Described(name, {"condition": "tc"[1 - of]})
            for name, of in zip(names, treated, strict=True)
        ],
        change,
    )
