"""Counts and samples from the user's own tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.errors import BadTable
from bioloom.lincrna.comparison.design import Described
from bioloom.run.table_reader import TableSource, read_table
from bioloom.run.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts of genes in samples, and what was decided on reading them.

    Parameters
    ----------
    counts
        Whole numbers, rows by gene_id, one column per sample.
    samples
        In the order of the columns.
    notes
        In sentences.
    """

    counts: "pd.DataFrame"
    samples: tuple[Described, ...]
    notes: tuple[str, ...]


def read_counts(counts: TableSource, samples: TableSource) -> CountTable:
    """Read counts of genes and the description of their samples.

    Parameters
    ----------
    counts
        First column: the gene; one column for each sample. Others, such as Chr and
        Length of featureCounts, are left out.
    samples
        A column ``sample``, or the first one, names the samples; the others are
        factors, except that a column ``kind`` names the kind of each sample.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If a sample has no counts, a gene is there twice, or a count is no number of 0
        or more.
    """
    described = _samples(read_table(samples, role="a table of samples"))
    frame = read_table(counts, role="a table of counts")
    gene = str(frame.columns[0])
    names = [sample.name for sample in described]
    _check_once(names, where=f"samples: column {SAMPLE}", what="sample")
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise BadTable(
            where="counts",
            found=f"no column {missing[0]!r}",
            expected=f"a column for each of {counted(len(names), 'sample')}",
            advice="Name the columns of the counts as the samples are named.",
        )
    table = frame[names].set_axis(frame[gene].astype(str), axis=0)
    table.index.name = "gene_id"
    _check_once([*table.index], where=f"counts: column {gene}", what="gene")
    numbers, notes = _whole(table)
    unused = [str(name) for name in frame.columns[1:] if name not in names]
    if unused:
        notes = (*notes, f"Columns of the counts that are no sample: {joined(unused)}.")
    return CountTable(numbers, tuple(described), notes)


def _check_once(names: Sequence[str], *, where: str, what: str) -> None:
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise BadTable(
            where=where,
            found=f"{twice[0]!r} twice",
            expected=f"each {what} once",
            advice="Join its rows, or name them apart.",
        )


def _samples(frame: "pd.DataFrame") -> list[Described]:
    key = SAMPLE if SAMPLE in frame.columns else str(frame.columns[0])
    rows = [
        {str(name): str(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    return [
        Described(
            row[key],
            {name: value for name, value in row.items() if name not in (key, "kind")},
            row.get("kind", "bulk"),
        )
        for row in rows
    ]


def _whole(table: "pd.DataFrame") -> tuple["pd.DataFrame", tuple[str, ...]]:
    """Counts as whole numbers, and whether they had to be rounded."""
    import pandas as pd

    numbers = table.apply(pd.to_numeric, errors="coerce")
    is_bad = ~np.isfinite(numbers.to_numpy(dtype=float)) | (numbers.to_numpy() < 0)
    if is_bad.any():
        row, column = np.argwhere(is_bad)[0]
        raise BadTable(
            where=f"counts: gene {table.index[row]}, sample {table.columns[column]}",
            found=repr(table.iloc[row, column]),
            expected="a number of reads, 0 or more",
            advice="Give raw counts: not logarithms, TPM or differences.",
        )
    rounded = numbers.round().astype(np.int64)
    n_changed = int((rounded != numbers).any(axis=1).sum())
    if not n_changed:
        return rounded, ()
    note = f"Counts of {counted(n_changed, 'gene')} are no whole numbers: rounded."
    return rounded, (note,)
