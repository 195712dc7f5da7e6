"""Node tables, and tables in general: CSV or TSV, plain or gzip, read in blocks.

Memory is bounded by the graph, not by the file. Names stay text, so ``007`` and ``7``
are two nodes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from bioloom.errors import BadGraph
from bioloom.graph.data.graph import SPLITS, NodeTable
from bioloom.run.table_reader import TableText, table_blocks

NAMED_ENDS = (("source", "target"), ("mirna", "target"))
_RESERVED = ("id", "label", "split")


def read_nodes(
    path: Path, *, label: str, skip: Sequence[str] = (), needs_label: bool = True
) -> NodeTable:
    """Read a node table.

    Parameters
    ----------
    path
        Columns ``id``, the label, perhaps ``split`` (train, val, test or empty); all
        others are features and must be numbers.
    label
        Name of the label's column; an empty label is not known.
    skip
        Columns that are no features.
    needs_label
        Whether the label's column must be there.

    Raises
    ------
    MissingFile, BadGraph
        If the file is not there or cannot be used; the row is named.
    """
    ids: list[str] = []
    labels: list[str] = []
    splits: list[str] = []
    features = []
    columns: list[str] = []
    for block in blocks_of(path):
        _check_columns(path, block, ("id", label) if needs_label else ("id",))
        others = block.columns.difference([*_RESERVED, label, *skip], sort=False)
        columns = [str(name) for name in others]
        features.append(_numbers(path, block, columns))
        ids += block["id"].tolist()
        labels += block[label].tolist() if label in block else [""] * len(block)
        if "split" in block:
            splits += block["split"].tolist()
    _check_ids(path, ids)
    _check_splits(path, ids, splits)
    return NodeTable(
        ids=ids,
        labels=labels,
        splits=splits or None,
        features=csr_array(vstack(features)) if columns else None,
        feature_names=columns,
    )


def blocks_of(path: Path) -> Iterator[pd.DataFrame]:
    """The rows of a table in blocks, all columns as text; "-" is standard input."""
    return table_blocks(
        path,
        error=BadGraph,
        has_header=_has_header,
        names=("source", "target", "weight"),
    )


def _has_header(table: TableText) -> bool:
    fields = table.first_fields
    return len(fields) > 3 or not _is_edge(fields)


def _is_edge(fields: Sequence[str]) -> bool:
    """Whether a first line is an edge already, not a header."""
    words = {field.strip('" ').lower() for field in fields}
    named = any(words >= set(pair) for pair in NAMED_ENDS)
    return len(fields) in (2, 3) and not named and "id" not in words


def _check_columns(path: Path, block: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        if name not in block:
            raise BadGraph(
                where=path,
                found=f"no column {name!r}",
                expected="the columns id and label",
                advice="Name the columns so; another label column goes to --label.",
            )


def _numbers(path: Path, block: pd.DataFrame, columns: Sequence[str]) -> csr_array:
    """Feature columns as a sparse matrix."""
    values = np.empty((len(block), len(columns)), dtype=np.float32)
    for number, name in enumerate(columns):
        values[:, number] = pd.to_numeric(block[name], errors="coerce")
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        row, column = wrong[0]
        name = columns[column]
        raise BadGraph(
            where=f"{path}: row {block.index[row] + 1} "
            f"(node {block['id'].iloc[row]!r}), column {name!r}",
            found=repr(block[name].iloc[row]),
            expected="a finite number",
            advice=f"Fill the gap; a column that is no feature goes to --skip {name}.",
        )
    return csr_array(values)


def _check_ids(path: Path, ids: Sequence[str]) -> None:
    index = pd.Index(ids)
    if index.has_duplicates or "" in index:
        row = int(np.flatnonzero(index.duplicated() | (index == ""))[0])
        found = f"the id {ids[row]!r} again" if ids[row] else "an empty id"
        raise BadGraph(
            where=f"{path}: row {row + 1}",
            found=found,
            expected="one row a node, each with an id",
            advice="Remove the row or name the node otherwise.",
        )


def _check_splits(path: Path, ids: Sequence[str], splits: Sequence[str]) -> None:
    for row, (name, word) in enumerate(zip(ids, splits, strict=False), 1):
        if word not in {*SPLITS, ""}:
            raise BadGraph(
                where=f"{path}: row {row} (node {name!r})",
                found=f"the split {word!r}",
                expected="train, val, test or nothing",
                advice="Mend the split column.",
            )
