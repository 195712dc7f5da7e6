"""Simulated cells of three types; some lincRNAs are planted as markers of one."""

import anndata
import numpy as np
import pandas as pd

TYPES = ("B cell", "T cell", "monocyte")
N_CODING, N_LINCRNA, N_MARKERS = 300, 40, 9


def planted(rng_seed=1, n_cells=180, names="sample_{}"):
    """UMIs with markers among coding genes and lincRNAs, shape (cells, 340).

    lincRNA 0, 3, 6 mark the first type, 1, 4, 7 the second, 2, 5, 8 the third; lincRNAs
    have a fifth of a coding gene's UMIs.
    """
    rng = np.random.default_rng(rng_seed)
    n_genes = N_CODING + N_LINCRNA
    kind = np.arange(n_cells) % 3
    level = rng.gamma(1.0, size=n_genes) + 0.2
    level[N_CODING:] *= 0.2
    fold = np.ones((3, n_genes))
    for gene in range(90):
        fold[gene % 3, gene] = 6
    for gene in range(N_MARKERS):
        fold[gene % 3, N_CODING + gene] = 30
        level[N_CODING + gene] = 0.1
    depth = rng.lognormal(sigma=0.3, size=n_cells)
    umis = rng.poisson(depth[:, None] * level * fold[kind])
    barcodes = ["".join(rng.choice([*"ACGT"], size=16)) for _ in range(n_cells)]
    ids = [f"c{n}" for n in range(N_CODING)] + [f"l{n}" for n in range(N_LINCRNA)]
    is_lincrna = np.arange(n_genes) >= N_CODING
    return anndata.AnnData(
        umis.astype(np.float32),
        obs=pd.DataFrame(
            {"sample": pd.Categorical(["s"] * n_cells), "type": np.array(TYPES)[kind]},
            index=[names.format(barcode) for barcode in barcodes],
        ),
        var=pd.DataFrame(
            {
                "gene_name": [f"N{name}" for name in ids],
                "kind": np.where(is_lincrna, "novel lincRNA candidate", "coding"),
                "is_candidate": is_lincrna,
            },
            index=ids,
        ),
    )
