"""UMIs of cells and genes from a file of AnnData, and which genes are lincRNAs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadTable, MissingFile, UnknownName
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd
    from anndata import AnnData
    from scipy.sparse import csr_matrix

Bools = NDArray[np.bool_]

OWN_COLUMN, KIND_COLUMN = "is_candidate", "kind"
_NAME_COLUMNS = ("gene_name", "gene_symbol", "gene_symbols", "feature_name")
_BIOTYPE_COLUMNS = (KIND_COLUMN, "gene_biotype", "gene_type", "biotype")
_LINCRNA_WORDS = ("lincrna", "lncrna", "true", "yes", "1")
_CODING_WORDS = ("coding", "protein_coding", "protein coding", "mrna")


@dataclass(frozen=True, slots=True)
class CellTable:
    """UMIs of cells.

    Parameters
    ----------
    umis
        Shape (cells, genes).
    obs
        One row per cell, by its name.
    gene_ids, gene_names
        Of the columns.
    is_lincrna, is_coding
        By gene.
    notes
        What was decided on reading, in sentences.
    """

    umis: "csr_matrix"
    obs: "pd.DataFrame"
    gene_ids: tuple[str, ...]
    gene_names: tuple[str, ...]
    is_lincrna: Bools
    is_coding: Bools
    notes: tuple[str, ...]

    def kinds(self) -> list[str]:
        """By gene: lincRNA, coding or other."""
        words = np.where(self.is_coding, "coding", "other")
        return [*np.where(self.is_lincrna, "lincRNA", words)]


def read_cells(source: "Path | AnnData", lincrna_column: str = "") -> CellTable:
    """Read UMIs and genes.

    Parameters
    ----------
    source
        ``.h5ad`` or AnnData, with UMIs in ``X``, in the layer ``counts`` or in ``raw``.
    lincrna_column
        Column of ``var`` that says which genes are lincRNAs: true or false, or a
        biotype such as ``lncRNA``; empty for ``is_candidate`` of bioloom's own.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If it cannot be read, holds no counts, or no lincRNA.
    UnknownName
        If `var` has no such column.
    """
    cells = opened(source) if isinstance(source, Path) else source
    where = str(source) if isinstance(source, Path) else "the AnnData"
    umis, var = _counts(cells, where)
    is_lincrna = _lincrnas(var, lincrna_column, where)
    is_coding, notes = _coding(var, is_lincrna)
    return CellTable(
        umis=umis,
        obs=cells.obs.copy(),
        gene_ids=tuple(map(str, var.index)),
        gene_names=_names(var),
        is_lincrna=is_lincrna,
        is_coding=is_coding,
        notes=notes,
    )


def opened(path: Path) -> "AnnData":
    """Read an ``.h5ad`` file.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If it cannot be read.
    """
    import anndata

    if not path.is_file():
        raise MissingFile(path, role="cells (.h5ad)")
    try:
        return anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise BadTable(
            where=path,
            found=f"an unreadable file ({problem})",
            expected=".h5ad",
            advice="Write the file again.",
        ) from None


def _counts(cells: "AnnData", where: str) -> tuple["csr_matrix", "pd.DataFrame"]:
    """The first of X, layer counts and raw that holds whole numbers."""
    from scipy.sparse import csr_matrix

    places: list[tuple[Any, Any]] = [(cells.X, cells.var)]
    if "counts" in cells.layers:
        places.append((cells.layers["counts"], cells.var))
    if cells.raw is not None:
        places.append((cells.raw.X, cells.raw.var))
    for values, var in places:
        umis = csr_matrix(values) if values is not None else None
        if umis is not None and _is_counts(umis):
            return umis.sorted_indices(), var
    raise BadTable(
        where=f"{where}: X",
        found="numbers that are negative or no whole numbers",
        expected="UMIs of each cell and gene",
        advice="Give counts in X, in layers['counts'] or in raw: logarithms and "
        "scaled values cannot be tested as counts.",
    )


def _is_counts(umis: "csr_matrix") -> bool:
    return bool(np.all(umis.data >= 0) and np.all(umis.data == np.round(umis.data)))


def _lincrnas(var: "pd.DataFrame", column: str, where: str) -> Bools:
    name = column or OWN_COLUMN
    if name not in var.columns:
        known = [str(each) for each in var.columns]
        if column:
            raise UnknownName(column, kind="column", where=f"{where}: var", known=known)
        raise BadTable(
            where=f"{where}: var",
            found=f"no column {OWN_COLUMN!r}",
            expected="a column that says which genes are lincRNAs",
            advice="Name one by --lincrna-column (lincrna_column in Python).",
        )
    found = _has_word(var[name], _LINCRNA_WORDS)
    if not found.any():
        raise BadTable(
            where=f"{where}: var[{name!r}]",
            found="no lincRNA",
            expected="true, or a biotype such as lincRNA or lncRNA, for some genes",
            advice="Name another column, or write one.",
        )
    return found


def _coding(var: "pd.DataFrame", is_lincrna: Bools) -> tuple[Bools, tuple[str, ...]]:
    for name in _BIOTYPE_COLUMNS:
        if name in var.columns:
            is_coding = _has_word(var[name], _CODING_WORDS) & ~is_lincrna
            if is_coding.any():
                return is_coding, ()
    n_others = counted(int((~is_lincrna).sum()), "other gene")
    note = f"No column says which genes are coding: all {n_others} count as such."
    return ~is_lincrna, (note,)


def _has_word(column: "pd.Series", words: Sequence[str]) -> Bools:
    return np.asarray(column.astype(str).str.lower().isin(words), dtype=bool)


def _names(var: "pd.DataFrame") -> tuple[str, ...]:
    """A gene's name, or its id where it has none or shares it."""
    ids = [*map(str, var.index)]
    column = next((name for name in _NAME_COLUMNS if name in var.columns), None)
    if column is None:
        return tuple(ids)
    names = [*var[column].astype(object).where(var[column].notna(), "").astype(str)]
    n = Counter(names)
    pairs = zip(ids, names, strict=True)
    return tuple(name if name and n[name] == 1 else own for own, name in pairs)
