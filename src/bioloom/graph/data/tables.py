"""Node tables: the same checks for files, data frames and attributes of networks.

Tables are read in blocks; memory is bounded by the graph, not by the file. Names remain
text, so ``007`` and ``7`` are two nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from bioloom.graph.data.graph import SPLITS, NodeTable
from bioloom.graph.data.node_columns import NumberColumns
from bioloom.graph.data.reading import Reading, first_names
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import (
    MISSING,
    TableSource,
    name_of_source,
    table_blocks,
)

_ID_COLUMNS = ("id", "node", "node_id", "nodeid")
_NAME_COLUMNS = ("shared name", "name")
_SPLIT = re.compile(r"split(?:[_ .-]?\d+)?", re.IGNORECASE)
_SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "development"), "val"),
    **dict.fromkeys(("test", "testing", "te"), "test"),
    **dict.fromkeys(("none", "unused", "na", "nan", "n/a", "<na>", ""), ""),
}


def is_split(column: str) -> bool:
    """Whether a column holds the use of each node, by its name."""
    return _SPLIT.fullmatch(column) is not None


class NodeRows(NamedTuple):
    """Nodes as a reader found them: a table of text in blocks.

    Parameters
    ----------
    blocks
        Rows, all columns as text.
    where
        Name of the table in messages.
    has_rows
        Whether messages count rows: in tables, not in network files.
    """

    blocks: Iterable[pd.DataFrame]
    where: str
    has_rows: bool = True


class CheckedNodes(NamedTuple):
    """Nodes, and what was decided while reading them."""

    table: NodeTable
    notes: tuple[str, ...]


def read_nodes(nodes: TableSource, reading: Reading) -> CheckedNodes:
    """Read a node table.

    Parameters
    ----------
    nodes
        Columns ``id``, the label, optionally ``split`` (train, val, test or empty; any
        number of such columns); columns of numbers are features.
    reading
        Which columns mean what.

    Raises
    ------
    MissingFile, BadGraph
        If the file is missing or cannot be used; the message names the row.
    """
    blocks = table_blocks(nodes, role="a node table", error=BadGraph, blanks=True)
    return checked_nodes(NodeRows(blocks, name_of_source(nodes)), reading)


def checked_nodes(rows: NodeRows, reading: Reading) -> CheckedNodes:
    """Nodes of a table or of a network file's attributes, checked.

    Raises
    ------
    BadGraph
        If names repeat, a column is missing, or a feature is not a number.
    """
    columns: _Columns | None = None
    texts: dict[str, list[str]] = {}
    numbers: NumberColumns | None = None
    for block in rows.blocks:
        named = block.rename(columns=lambda name: str(name).strip())
        if columns is None or numbers is None:
            columns = _columns_of(rows.where, list(named.columns), reading)
            numbers = NumberColumns(rows.where, reading, columns.reserved())
            texts = {name: [] for name in columns.reserved() if name in named}
        for name, values in texts.items():
            values += named[name].str.strip().tolist()
        numbers.add(named)
    if columns is None or numbers is None:
        raise BadGraph(
            where=rows.where,
            found="no row",
            expected="one row per node",
            advice="Fill in the node table.",
        )
    ids = texts[columns.id]
    _check_ids(rows, ids)
    features = numbers.features(ids, has_rows=rows.has_rows)
    labels, notes = _labels(rows.where, texts.get(columns.label, [""] * len(ids)))
    splits = [_splits(rows, ids, texts[name]) for name in columns.splits]
    table = NodeTable(
        ids=ids,
        labels=labels,
        splits=splits[0] if splits else None,
        more_splits=splits[1:],
        features=features.values,
        feature_names=features.names,
        names=texts.get(columns.name, []) if columns.name != columns.id else [],
    )
    return CheckedNodes(table, (*features.notes, *notes))


class _Columns(NamedTuple):
    """Columns with a meaning of their own; empty where there is none."""

    id: str
    name: str
    label: str
    splits: tuple[str, ...]

    def reserved(self) -> list[str]:
        """All of them."""
        found = (self.id, self.name, self.label, *self.splits)
        return list(dict.fromkeys(name for name in found if name))


def _columns_of(where: str, columns: list[str], reading: Reading) -> _Columns:
    for option in ("id", "name"):
        wanted = getattr(reading, option)
        if wanted and wanted not in columns:
            raise _no_column(where, f"--{option}", wanted, columns)
    lower = {name.lower(): name for name in reversed(columns)}
    known = [lower[name] for name in (*_ID_COLUMNS, *_NAME_COLUMNS) if name in lower]
    if not (reading.id or known):
        raise _no_column(where, "--id", "id", columns)
    if reading.needs_label and reading.label not in columns:
        raise _no_column(where, reading.label_option, reading.label, columns)
    identifier = reading.id or known[0]
    names = [lower[name] for name in _NAME_COLUMNS if name in lower]
    name = reading.name or next((n for n in names if n != identifier), "")
    label = reading.label if reading.label in columns else ""
    splits = [name for name in columns if is_split(name) and name != label]
    return _Columns(identifier, name if name != label else "", label, tuple(splits))


def _no_column(where: str, option: str, name: str, columns: list[str]) -> BadGraph:
    meant = {"--id": "the nodes' ids", "--name": "their names"}
    return BadGraph(
        where=where,
        found=f"no column {name!r}",
        expected=f"one with {meant.get(option, 'the class of each node')}",
        advice=f"Give its name to {option}; there are: {first_names(columns)}.",
    )


class _Labels(NamedTuple):
    labels: list[str]
    notes: tuple[str, ...]


def _labels(where: str, labels: list[str]) -> _Labels:
    """Labels with what means "missing" as empty."""
    missing = [label for label in labels if label and label in MISSING]
    if not missing:
        return _Labels(labels, ())
    words = ", ".join(repr(word) for word in sorted(set(missing)))
    note = (
        f"{where}: the label {words} is taken as unknown "
        f"({len(missing):,} of {len(labels):,} nodes)"
    )
    return _Labels(["" if label in MISSING else label for label in labels], (note,))


def _place(rows: NodeRows, row: int, name: str) -> str:
    if not rows.has_rows:
        return f"{rows.where}: node {name!r}"
    return f"{rows.where}: row {row + 1} (node {name!r})"


def _check_ids(rows: NodeRows, ids: Sequence[str]) -> None:
    index = pd.Index(ids)
    if index.has_duplicates or "" in index:
        row = int(np.flatnonzero(index.duplicated() | (index == ""))[0])
        problem = f"the id {ids[row]!r} again" if ids[row] else "an empty id"
        where = f"row {row + 1}" if rows.has_rows else f"node {row + 1}"
        raise BadGraph(
            where=f"{rows.where}: {where}",
            found=problem,
            expected="one row per node, each with an id",
            advice="Remove the row or rename the node; --id takes another column.",
        )


def _splits(rows: NodeRows, ids: Sequence[str], words: Sequence[str]) -> list[str]:
    """Use of each node: "train", "val", "test" or empty."""
    splits = []
    for row, (name, word) in enumerate(zip(ids, words, strict=True)):
        split = _SPLIT_WORDS.get(word.lower())
        if split is None:
            raise BadGraph(
                where=_place(rows, row, name),
                found=f"the split {word!r}",
                expected=f"{', '.join(SPLITS)} or nothing",
                advice="Fix the split column.",
            )
        splits.append(split)
    return splits
