"""Counts in the folder layout of CellRanger, which most programs for cells read."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioloom.errors import BadInput
from bioloom.run.output import open_aside, written_aside

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FEATURE_TYPE = "Gene Expression"
_SUFFIX = "-1"
_LEVEL = 4
"""Of gzip: 9 takes several times as long for a twentieth of the bytes."""


def write_mtx(
    umis: "csr_matrix",
    folder: Path,
    *,
    barcodes: Sequence[str],
    gene_ids: Sequence[str],
    gene_names: Sequence[str],
) -> None:
    """Write ``matrix.mtx.gz``, ``barcodes.tsv.gz`` and ``features.tsv.gz``.

    Parameters
    ----------
    umis
        Whole numbers, shape (barcodes, genes).
    folder
        Such as ``raw_feature_bc_matrix``; it is made.
    barcodes
        Of the rows; they are written with ``-1`` at their end, as by CellRanger.
    gene_ids, gene_names
        Of the columns.

    Raises
    ------
    BadInput
        If a count is negative or no whole number.

    Notes
    -----
    Each file is whole or absent, and equal counts give equal bytes.
    """
    from scipy.io import mmwrite
    from scipy.sparse import csc_matrix

    folder.mkdir(parents=True, exist_ok=True)
    matrix = umis.tocsr().sorted_indices()
    counts = matrix.data.astype(np.int64)
    if (counts != matrix.data).any() or (counts < 0).any():
        raise BadInput(
            where=folder / "matrix.mtx.gz",
            found="counts that are negative or no whole numbers",
            expected="UMIs: whole numbers of 0 or more",
            advice="Give counts as they are, not normalised or logarithms.",
        )
    turned = csc_matrix((counts, matrix.indices, matrix.indptr), matrix.shape[::-1])
    with _packed_aside(folder / "matrix.mtx.gz") as stream:
        mmwrite(stream, turned, field="integer", symmetry="general")
    _write_lines(folder / "barcodes.tsv.gz", map(_with_suffix, barcodes))
    rows = zip(gene_ids, gene_names, strict=True)
    lines = (f"{gene_id}\t{name}\t{FEATURE_TYPE}" for gene_id, name in rows)
    _write_lines(folder / "features.tsv.gz", lines)


def _with_suffix(barcode: str) -> str:
    return barcode.removesuffix(_SUFFIX) + _SUFFIX


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with open_aside(path) as stream:
        stream.writelines(f"{line}\n" for line in lines)


@contextmanager
def _packed_aside(path: Path) -> Iterator[gzip.GzipFile]:
    """A gzip file without name and time, renamed when it is whole."""
    with (
        written_aside(path) as aside,
        aside.open("wb") as raw,
        gzip.GzipFile(
            filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw, mtime=0
        ) as stream,
    ):
        yield stream
