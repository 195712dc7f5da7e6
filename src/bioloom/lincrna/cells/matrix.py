"""The cell × gene matrix, as AnnData."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.cells.counting import (
    CellReads,
    MultiGene,
    ReadRows,
    count_molecules,
)
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from scipy.sparse import csr_matrix

GeneKind = Literal[
    "coding", "known lncRNA", "novel lincRNA candidate", "novel rejected", "other"
]
Layer = Literal["exonic", "full"]


@dataclass(frozen=True, slots=True)
class GeneFacts:
    """`var` of a gene: its kind, its name and whether it is a candidate."""

    gene_id: str
    gene_name: str
    kind: GeneKind
    is_candidate: bool


@dataclass(frozen=True, slots=True)
class SampleMatrix:
    """Molecules of one sample by barcode and gene.

    Parameters
    ----------
    sample
        Name.
    is_nucleus
        Whether its reads come from nuclei: then introns count.
    barcodes
        Of the rows, ascending.
    n_reads
        Uniquely aligned reads of each barcode.
    layers
        Counts by layer, barcodes × genes.
    columns
        Further columns of `obs`, by name, one value a barcode.
    """

    sample: str
    is_nucleus: bool
    barcodes: tuple[str, ...]
    n_reads: NDArray[np.int64]
    layers: Mapping[Layer, "csr_matrix"]
    columns: Mapping[str, Sequence[object]]

    @property
    def umis(self) -> "csr_matrix":
        """Counts that are the result: exons of cells, whole genes of nuclei."""
        return self.layers["full" if self.is_nucleus else "exonic"]

    def only(self, is_in: NDArray[np.bool_]) -> "SampleMatrix":
        """The same of some barcodes."""
        rows: list[int] = np.flatnonzero(is_in).tolist()
        return SampleMatrix(
            self.sample,
            self.is_nucleus,
            tuple(self.barcodes[row] for row in rows),
            self.n_reads[rows],
            {name: counts[rows] for name, counts in self.layers.items()},
            {
                name: [values[row] for row in rows]
                for name, values in self.columns.items()
            },
        )


def sample_matrix(
    sample: str,
    reads: CellReads,
    n_genes: int,
    *,
    is_nucleus: bool,
    multi_gene: MultiGene = "all",
    barcodes: Sequence[str] | None = None,
) -> SampleMatrix:
    """Molecules of a sample's barcodes that have any.

    Parameters
    ----------
    sample
        Name.
    reads
        As counted.
    n_genes
        Number of genes that the finder of `reads` knows.
    is_nucleus, multi_gene
        See `SampleMatrix` and `count_molecules`.
    barcodes
        Rows of the matrix; by default all barcodes with a counted read.
    """
    names = tuple(sorted(reads.barcodes)) if barcodes is None else tuple(barcodes)
    row_of_name = {name: row for row, name in enumerate(names)}
    row_of = np.array([row_of_name.get(name, -1) for name in reads.barcodes], np.int64)
    return SampleMatrix(
        sample,
        is_nucleus,
        names,
        np.array([reads.n_reads[name] for name in names], np.int64),
        {
            layer: _sparse(reads.rows(layer), row_of, (len(names), n_genes), multi_gene)
            for layer in ("exonic", "full")
        },
        {},
    )


def _sparse(
    reads: ReadRows,
    row_of: NDArray[np.int64],
    shape: tuple[int, int],
    multi_gene: MultiGene,
) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    cells, genes, n = count_molecules(reads, multi_gene)
    rows = row_of[cells]
    is_in = rows >= 0
    values = n[is_in].astype(np.float32)
    return csr_matrix((values, (rows[is_in], genes[is_in])), shape=shape)


def build_matrix(
    samples: Sequence[SampleMatrix], genes: Sequence[GeneFacts]
) -> "AnnData":
    """Put the samples together.

    Returns
    -------
    AnnData with one row ``sample_barcode`` per cell and one column per gene; UMI counts
    (fragments, on a plate without UMIs) in layers ``exonic`` and ``full`` (introns
    included). ``X`` is ``exonic`` for cells and ``full`` for nuclei. ``obs``: sample,
    kind, barcode, n_reads, n_umis, n_genes, fraction_lincrna (part of the UMIs in X
    that candidates have), and the samples' own columns. ``var``: gene_name, kind,
    is_candidate.
    """
    import anndata
    from scipy.sparse import vstack

    umis = vstack([sample.umis for sample in samples], format="csr")
    layers: tuple[Layer, ...] = ("exonic", "full")
    return anndata.AnnData(
        X=umis,
        obs=_obs(samples, genes, umis),
        var=_var(genes),
        layers={
            name: vstack([sample.layers[name] for sample in samples], format="csr")
            for name in layers
        },
    )


def _var(genes: Sequence[GeneFacts]) -> "pd.DataFrame":
    import pandas as pd

    columns = {
        "gene_name": [gene.gene_name for gene in genes],
        "kind": pd.Categorical([gene.kind for gene in genes]),
        "is_candidate": [gene.is_candidate for gene in genes],
    }
    return pd.DataFrame(columns, index=[gene.gene_id for gene in genes])


def _obs(
    samples: Sequence[SampleMatrix], genes: Sequence[GeneFacts], umis: "csr_matrix"
) -> "pd.DataFrame":
    import pandas as pd

    rows = [(sample, barcode) for sample in samples for barcode in sample.barcodes]
    n_umis = np.asarray(umis.sum(axis=1)).ravel()
    is_candidate = np.array([gene.is_candidate for gene in genes], dtype=bool)
    in_lincrna = np.asarray(umis[:, is_candidate].sum(axis=1)).ravel()
    columns = {
        "sample": pd.Categorical([sample.sample for sample, _ in rows]),
        "kind": pd.Categorical(
            ["nucleus" if sample.is_nucleus else "cell" for sample, _ in rows]
        ),
        "barcode": [barcode for _, barcode in rows],
        "n_reads": np.concatenate([sample.n_reads for sample in samples]),
        "n_umis": n_umis.astype(np.int64),
        "n_genes": np.diff(umis.indptr),
        "fraction_lincrna": in_lincrna / np.maximum(n_umis, 1),
    }
    names = dict.fromkeys(name for sample in samples for name in sample.columns)
    own = {
        name: [
            value
            for sample in samples
            for value in sample.columns.get(name, [None] * len(sample.barcodes))
        ]
        for name in names
    }
    return pd.DataFrame(
        columns | own, index=[f"{sample.sample}_{barcode}" for sample, barcode in rows]
    )


def write_matrix(matrix: "AnnData", path: Path) -> None:
    """Write ``.h5ad`` under a temporary name and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        matrix.write_h5ad(aside, compression="gzip")
