"""Expression of all genes of a run as AnnData: samples by genes."""

from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.lincrna.output.gene_tables import GeneTables
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData

MATRIX = "expression.h5ad"


def is_anndata_installed() -> bool:
    """Whether the package is there; looked for without importing it."""
    from importlib.util import find_spec

    return find_spec("anndata") is not None


def expression_matrix(tables: GeneTables, samples: "pd.DataFrame") -> "AnnData":
    """Put counts and TPM together.

    Returns
    -------
    AnnData of shape (samples, genes): `X` is the gene counts, int64, layer ``tpm``
    float64; `obs` has the columns of samples.tsv, `var` those of genes.tsv.
    """
    import anndata

    var = tables.genes.set_index("gene_id")
    obs = samples.set_index("sample")
    for name in obs.columns:  # None where a sample has no value, as n_cells of bulk
        if obs[name].isna().any():
            obs[name] = obs[name].astype(float)
    names = list(obs.index)
    return anndata.AnnData(
        X=tables.gene_counts[names].to_numpy().T.copy(),
        obs=obs,
        var=var,
        layers={"tpm": tables.gene_tpm[names].to_numpy().T.copy()},
    )


def write_expression_matrix(
    tables: GeneTables, samples: "pd.DataFrame", path: Path
) -> None:
    """Write ``.h5ad`` under a temporary name and rename it."""
    with written_aside(path) as aside:
        expression_matrix(tables, samples).write_h5ad(aside, compression="gzip")
