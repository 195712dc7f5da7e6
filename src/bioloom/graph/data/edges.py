"""Graphs from an edge list and, optionally, a node table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph, NodeTable, Scale, assemble
from bioloom.graph.data.tables import NAMED_ENDS, Ends, blocks_of, read_nodes
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import TableSource, name_of_source


def read_tables(
    edges: TableSource,
    nodes: TableSource | None = None,
    *,
    label: str = "label",
    skip: Sequence[str] = (),
    is_directed: bool = False,
    scale: Scale = "rows",
    needs_label: bool = True,
) -> Graph:
    """Read a graph from an edge list and a node table.

    Parameters
    ----------
    edges
        A file, DataFrame or columns ``source``, ``target`` and optionally ``weight``;
        without a header the first two or three columns. Lines before the header that
        begin with ``#`` are skipped.
    nodes
        Columns ``id``, the label, optionally ``split`` (train, val, test or empty); all
        others are features and must be numbers.
    label
        Name of the label's column.
    skip
        Columns of the node table that are not features.
    is_directed
        Whether features flow from source to target only.
    scale
        As for `assemble`.
    needs_label
        Whether the node table must have the label's column.

    Raises
    ------
    MissingFile, BadGraph
        If a file is missing or cannot be used; the message names the row.
    """
    table = None
    if nodes is not None:
        table = read_nodes(nodes, label=label, skip=skip, needs_label=needs_label)
    links = read_edges(edges, table.ids if table else None, is_directed=is_directed)
    table = table or NodeTable(ids=links.ids, labels=[""] * len(links.ids))
    return assemble(_graph_name(edges), table, links.adjacency, scale=scale)


def _graph_name(edges: TableSource) -> str:
    """Name of the file without its endings; "graph" where there is no file."""
    if isinstance(edges, str | PathLike):
        return Path(edges).name.split(".")[0]
    return "graph"


class Links(NamedTuple):
    """Names of nodes, and their adjacency matrix."""

    ids: list[str]
    adjacency: csr_array


def read_edges(
    edges: TableSource, ids: Sequence[str] | None = None, *, is_directed: bool = False
) -> Links:
    """Read an edge list as node names and an adjacency matrix.

    Parameters
    ----------
    edges
        The table.
    ids
        Names of all nodes; None takes those of the edges, in order of appearance.
    is_directed
        Whether an edge counts in one direction only.

    Raises
    ------
    MissingFile, BadGraph
        If the file is missing, names an unknown node or a weight that is not a positive
        number, or gives an edge two weights.
    """
    where = name_of_source(edges)
    numbers = {name: index for index, name in enumerate(ids or ())}
    sources, targets, weights = [], [], []
    row = 1
    for block in blocks_of(edges):
        ends = [
            _numbered(block[name], numbers, is_open=ids is None)
            for name in _end_columns(where, block)
        ]
        _check_ends(where, block, ends, row)
        sources.append(ends[0])
        targets.append(ends[1])
        weights.append(_weights(where, block, row))
        row += len(block)
    listed = EdgeList(
        np.concatenate(sources), np.concatenate(targets), np.concatenate(weights)
    )
    names = list(numbers)
    listed = listed if is_directed else listed.both_ways()
    return Links(names, adjacency_of(where, listed, names))


@dataclass(frozen=True, slots=True)
class EdgeList:
    """Edges between numbered nodes.

    Parameters
    ----------
    source, target
        Numbers of the ends, int64, shape (num_edges,).
    weight
        Positive, float32, shape (num_edges,).
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float32]

    def both_ways(self) -> EdgeList:
        """The same edges and their reverse; a self-loop stays one."""
        back = self.source != self.target
        return EdgeList(
            np.concatenate([self.source, self.target[back]]),
            np.concatenate([self.target, self.source[back]]),
            np.concatenate([self.weight, self.weight[back]]),
        )


def adjacency_of(where: str, edges: EdgeList, ids: Sequence[str]) -> csr_array:
    """Adjacency matrix, row = target; a repeated edge counts once.

    Raises
    ------
    BadGraph
        If a repeated edge has two weights.
    """
    cell = edges.target * len(ids) + edges.source
    order = np.argsort(cell, kind="stable")
    cell, weight = cell[order], edges.weight[order]
    is_repeated = np.zeros(len(cell), dtype=bool)
    is_repeated[1:] = cell[1:] == cell[:-1]
    conflicts = np.flatnonzero(is_repeated[1:] & (weight[1:] != weight[:-1]))
    if conflicts.size:
        first = conflicts[0]
        target, source = divmod(int(cell[first]), len(ids))
        raise BadGraph(
            where=f"{where}: edge {ids[source]!r} - {ids[target]!r}",
            found=f"the weights {weight[first]:g} and {weight[first + 1]:g}",
            expected="one weight",
            advice="Keep one line of the edge, or give --directed if its directions "
            "differ.",
        )
    rows, columns = np.divmod(cell[~is_repeated], len(ids))
    indptr = np.searchsorted(rows, np.arange(len(ids) + 1))
    shape = (len(ids), len(ids))
    return csr_array((weight[~is_repeated], columns, indptr), shape=shape)


def _end_columns(where: str, block: pd.DataFrame) -> Ends:
    for pair in NAMED_ENDS:
        if set(pair) <= set(block.columns):
            return pair
    raise BadGraph(
        where=where,
        found=f"the columns {', '.join(map(str, block.columns[:5]))}",
        expected="source and target",
        advice="Rename the two columns with the ends of an edge.",
    )


def _numbered(
    column: pd.Series[str], numbers: dict[str, int], *, is_open: bool
) -> NDArray[np.int64]:
    """Numbers of names; -1 for an unknown name unless new names are allowed."""
    codes, names = pd.factorize(column)
    if is_open:
        for name in names[names != ""]:
            numbers.setdefault(str(name), len(numbers))
    known = np.array([numbers.get(str(name), -1) for name in names], dtype=np.int64)
    return known[codes]


def _check_ends(
    where: str, block: pd.DataFrame, ends: Sequence[NDArray[np.int64]], row: int
) -> None:
    for name, end in zip(_end_columns(where, block), ends, strict=True):
        unknown = np.flatnonzero(end < 0)
        if unknown.size:
            raise BadGraph(
                where=f"{where}: row {row + unknown[0]}",
                found=f"the unknown node {block[name].iloc[unknown[0]]!r}",
                expected="an id of the node table",
                advice="Add the node to the node table or remove the edge.",
            )


def _weights(where: str, block: pd.DataFrame, row: int) -> NDArray[np.float32]:
    if "weight" not in block:
        return np.ones(len(block), dtype=np.float32)
    weight = pd.to_numeric(block["weight"], errors="coerce").to_numpy(dtype=np.float32)
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight > 0)))
    if wrong.size:
        raise BadGraph(
            where=f"{where}: row {row + wrong[0]}",
            found=f"the weight {block['weight'].iloc[wrong[0]]!r}",
            expected="a positive number",
            advice="Fix the weight or remove the edge.",
        )
    return weight
