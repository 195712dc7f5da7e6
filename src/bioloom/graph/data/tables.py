"""Node tables and edge tables: CSV or TSV, plain or gzip, read in blocks.

Memory is bounded by the graph, not by the file. Names remain text, so ``007`` and ``7``
are two nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from bioloom.graph.data.graph import SPLITS, NodeTable
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import (
    TableSource,
    TableText,
    name_of_source,
    table_blocks,
)


class Ends(NamedTuple):
    """Columns with the two ends of each edge."""

    source: str
    target: str


NAMED_ENDS = (Ends("source", "target"), Ends("mirna", "target"))
_RESERVED = ("id", "label", "split")


def read_nodes(
    nodes: TableSource,
    *,
    label: str,
    skip: Sequence[str] = (),
    needs_label: bool = True,
) -> NodeTable:
    """Read a node table.

    Parameters
    ----------
    nodes
        Columns ``id``, the label, optionally ``split`` (train, val, test or empty); all
        others are features and must be numbers.
    label
        Name of the label's column; an empty label means not known.
    skip
        Columns that are not features.
    needs_label
        Whether the label's column must exist.

    Raises
    ------
    MissingFile, BadGraph
        If the file is missing or cannot be used; the message names the row.
    """
    where = name_of_source(nodes)
    ids: list[str] = []
    labels: list[str] = []
    splits: list[str] = []
    features = []
    columns: list[str] = []
    for block in blocks_of(nodes):
        _check_columns(where, block, ("id", label) if needs_label else ("id",))
        others = block.columns.difference([*_RESERVED, label, *skip], sort=False)
        columns = [str(name) for name in others]
        features.append(_numbers(where, block, columns))
        ids += block["id"].tolist()
        labels += block[label].tolist() if label in block else [""] * len(block)
        if "split" in block:
            splits += block["split"].tolist()
    _check_ids(where, ids)
    _check_splits(where, ids, splits)
    return NodeTable(
        ids=ids,
        labels=labels,
        splits=splits or None,
        features=csr_array(vstack(features)) if columns else None,
        feature_names=columns,
    )


def blocks_of(table: TableSource) -> Iterator[pd.DataFrame]:
    """The rows of a table in blocks, all columns as text; "-" is standard input."""
    return table_blocks(
        table,
        error=BadGraph,
        has_header=_has_header,
        names=("source", "target", "weight"),
    )


def _has_header(table: TableText) -> bool:
    fields = table.first_fields
    return len(fields) > 3 or not _is_edge(fields)


def _is_edge(fields: Sequence[str]) -> bool:
    """Whether a first line is an edge, not a header."""
    words = {field.strip('" ').lower() for field in fields}
    is_named = any(words >= set(pair) for pair in NAMED_ENDS)
    return len(fields) in (2, 3) and not is_named and "id" not in words


def _check_columns(where: str, block: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        if name not in block:
            raise BadGraph(
                where=where,
                found=f"no column {name!r}",
                expected="the columns id and label",
                advice="Rename the columns; give another label column with --label.",
            )


def _numbers(where: str, block: pd.DataFrame, columns: Sequence[str]) -> csr_array:
    """Feature columns as a sparse matrix."""
    values = np.empty((len(block), len(columns)), dtype=np.float32)
    for number, name in enumerate(columns):
        values[:, number] = pd.to_numeric(block[name], errors="coerce")
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        row, column = wrong[0]
        name = columns[column]
        raise BadGraph(
            where=f"{where}: row {block.index[row] + 1} "
            f"(node {block['id'].iloc[row]!r}), column {name!r}",
            found=repr(block[name].iloc[row]),
            expected="a finite number",
            advice="Fill in a number; leave out a column that is not a feature by "
            f"--skip {name}.",
        )
    return csr_array(values)


def _check_ids(where: str, ids: Sequence[str]) -> None:
    index = pd.Index(ids)
    if index.has_duplicates or "" in index:
        row = int(np.flatnonzero(index.duplicated() | (index == ""))[0])
        problem = f"the id {ids[row]!r} again" if ids[row] else "an empty id"
        raise BadGraph(
            where=f"{where}: row {row + 1}",
            found=problem,
            expected="one row per node, each with an id",
            advice="Remove the row or rename the node.",
        )


def _check_splits(where: str, ids: Sequence[str], splits: Sequence[str]) -> None:
    for row, (name, word) in enumerate(zip(ids, splits, strict=False), 1):
        if word not in {*SPLITS, ""}:
            raise BadGraph(
                where=f"{where}: row {row} (node {name!r})",
                found=f"the split {word!r}",
                expected="train, val, test or nothing",
                advice="Fix the split column.",
            )
