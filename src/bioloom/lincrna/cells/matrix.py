"""The cell × gene matrix, as AnnData."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bioloom.lincrna.cells.counting import CellCounts, ReadKey, collapsed
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from scipy.sparse import csr_matrix

GeneKind = Literal[
    "coding", "known lncRNA", "novel lincRNA candidate", "novel rejected", "other"
]


@dataclass(frozen=True, slots=True)
class GeneFacts:
    """`var` of a gene: its kind, its name and whether it is a candidate."""

    gene_id: str
    gene_name: str
    kind: GeneKind
    is_candidate: bool


@dataclass(frozen=True, slots=True)
class SampleCells:
    """Counts of one sample.

    Parameters
    ----------
    sample
        Name.
    is_nucleus
        Whether its reads come from nuclei: then `X` holds introns too.
    cells
        Barcodes, ascending.
    counts
        Reads by cell, gene and UMI.
    """

    sample: str
    is_nucleus: bool
    cells: Sequence[str]
    counts: CellCounts


def build_matrix(
    samples: Sequence[SampleCells], genes: Sequence[GeneFacts]
) -> "AnnData":
    """Put the samples together.

    Returns
    -------
    AnnData with one row ``sample_barcode`` per cell and one column per gene; UMI counts
    in layers ``exonic`` and ``full`` (introns included). ``X`` is ``exonic`` for cells
    and ``full`` for nuclei. ``obs``: sample, kind, barcode, n_reads, n_umis, n_genes,
    fraction_lincrna (part of the UMIs in X that candidates have). ``var``: gene_name,
    kind, is_candidate.
    """
    import anndata
    from scipy.sparse import vstack

    exonic = [_sparse(sample.counts.exonic, sample.cells, genes) for sample in samples]
    full = [_sparse(sample.counts.full, sample.cells, genes) for sample in samples]
    chosen = [
        parts[sample.is_nucleus]
        for sample, *parts in zip(samples, exonic, full, strict=True)
    ]
    layers = {"exonic": exonic, "full": full}
    umis = vstack(chosen, format="csr")
    return anndata.AnnData(
        X=umis,
        obs=_obs(samples, genes, umis),
        var=_var(genes),
        layers={name: vstack(parts, format="csr") for name, parts in layers.items()},
    )


def _sparse(
    reads: Mapping[ReadKey, int],
    cells: Sequence[str],
    genes: Sequence[GeneFacts],
) -> "csr_matrix":
    """UMIs of the cells, one row per cell, one column per gene."""
    import numpy as np
    from scipy.sparse import csr_matrix

    row_of = {cell: row for row, cell in enumerate(cells)}
    column_of = {gene.gene_id: column for column, gene in enumerate(genes)}
    umis = [
        (row_of[cell], column_of[gene_id], n)
        for (cell, gene_id), n in sorted(collapsed(reads).items())
        if cell in row_of
    ]
    rows, columns, values = np.array(umis, dtype=np.int64).reshape(-1, 3).T
    shape = (len(cells), len(genes))
    return csr_matrix((values.astype(np.float32), (rows, columns)), shape=shape)


def _var(genes: Sequence[GeneFacts]) -> "pd.DataFrame":
    import pandas as pd

    columns = {
        "gene_name": [gene.gene_name for gene in genes],
        "kind": pd.Categorical([gene.kind for gene in genes]),
        "is_candidate": [gene.is_candidate for gene in genes],
    }
    return pd.DataFrame(columns, index=[gene.gene_id for gene in genes])


def _obs(
    samples: Sequence[SampleCells], genes: Sequence[GeneFacts], umis: "csr_matrix"
) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    rows = [(sample, cell) for sample in samples for cell in sample.cells]
    n_umis = np.asarray(umis.sum(axis=1)).ravel()
    is_candidate = np.array([gene.is_candidate for gene in genes], dtype=bool)
    in_lincrna = np.asarray(umis[:, is_candidate].sum(axis=1)).ravel()
    columns = {
        "sample": pd.Categorical([sample.sample for sample, _ in rows]),
        "kind": pd.Categorical(
            ["nucleus" if sample.is_nucleus else "cell" for sample, _ in rows]
        ),
        "barcode": [cell for _, cell in rows],
        "n_reads": [sample.counts.n_reads[cell] for sample, cell in rows],
        "n_umis": n_umis.astype(np.int64),
        "n_genes": np.diff(umis.indptr),
        "fraction_lincrna": in_lincrna / np.maximum(n_umis, 1),
    }
    return pd.DataFrame(
        columns, index=[f"{sample.sample}_{cell}" for sample, cell in rows]
    )


def write_matrix(matrix: "AnnData", path: Path) -> None:
    """Write ``.h5ad`` under a temporary name and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        matrix.write_h5ad(aside, compression="gzip")
