"""Edge lists, and one's own graph from an edge list and a node table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.errors import BadGraph
from bioloom.graph.data.graph import Graph, NodeTable, Scale, assemble
from bioloom.graph.data.tables import NAMED_ENDS, blocks_of, read_nodes


def read_tables(
    edges: Path,
    nodes: Path | None = None,
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
        Columns ``source``, ``target`` and perhaps ``weight``; without a header the
        first two or three columns are meant. Lines before the header that begin with
        ``#`` are left out.
    nodes
        Columns ``id``, the label, perhaps ``split`` (train, val, test or empty); all
        others are features and must be numbers.
    label
        Name of the label's column.
    skip
        Columns of the node table that are no features.
    is_directed
        Whether features flow from source to target only.
    scale
        As for `assemble`.
    needs_label
        Whether the node table must have the label's column.

    Raises
    ------
    MissingFile, BadGraph
        If a file is not there or cannot be used; the row is named.
    """
    table = None
    if nodes:
        table = read_nodes(nodes, label=label, skip=skip, needs_label=needs_label)
    ids, adjacency = read_edges(
        edges, table.ids if table else None, is_directed=is_directed
    )
    table = table or NodeTable(ids=ids, labels=[""] * len(ids))
    return assemble(edges.name.split(".")[0], table, adjacency, scale=scale)


def read_edges(
    path: Path, ids: Sequence[str] | None = None, *, is_directed: bool = False
) -> tuple[list[str], csr_array]:
    """Read an edge list as node names and an adjacency matrix.

    Parameters
    ----------
    path
        The file.
    ids
        Names of all nodes; None takes those of the edges, in order of appearance.
    is_directed
        Whether an edge counts in one direction only.

    Raises
    ------
    MissingFile, BadGraph
        If the file is not there, names an unknown node or a weight that is no positive
        number, or gives an edge two weights.
    """
    numbers = {name: index for index, name in enumerate(ids or ())}
    sources, targets, weights = [], [], []
    row = 1
    for block in blocks_of(path):
        ends = [
            _numbered(block[name], numbers, is_open=ids is None)
            for name in _end_columns(path, block)
        ]
        _check_ends(path, block, ends, row)
        sources.append(ends[0])
        targets.append(ends[1])
        weights.append(_weights(path, block, row))
        row += len(block)
    edges = EdgeList(
        np.concatenate(sources), np.concatenate(targets), np.concatenate(weights)
    )
    names = list(numbers)
    edges = edges if is_directed else edges.both_ways()
    return names, adjacency_of(path, edges, names)


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

    def both_ways(self) -> "EdgeList":
        """The same edges and their reverse; a self-loop stays one."""
        back = self.source != self.target
        return EdgeList(
            np.concatenate([self.source, self.target[back]]),
            np.concatenate([self.target, self.source[back]]),
            np.concatenate([self.weight, self.weight[back]]),
        )


def adjacency_of(path: Path, edges: EdgeList, ids: Sequence[str]) -> csr_array:
    """Adjacency matrix, row = target; an edge that is repeated counts once.

    Raises
    ------
    BadGraph
        If a repeated edge has two weights.
    """
    cell = edges.target * len(ids) + edges.source
    order = np.argsort(cell, kind="stable")
    cell, weight = cell[order], edges.weight[order]
    is_again = np.zeros(len(cell), dtype=bool)
    is_again[1:] = cell[1:] == cell[:-1]
    unlike = np.flatnonzero(is_again[1:] & (weight[1:] != weight[:-1]))
    if unlike.size:
        target, source = divmod(int(cell[unlike[0]]), len(ids))
        raise BadGraph(
            where=f"{path}: edge {ids[source]!r} - {ids[target]!r}",
            found=f"the weights {weight[unlike[0]]:g} and {weight[unlike[0] + 1]:g}",
            expected="one weight",
            advice="Keep one line of the edge, or give --directed if its directions "
            "differ.",
        )
    rows, columns = np.divmod(cell[~is_again], len(ids))
    indptr = np.searchsorted(rows, np.arange(len(ids) + 1))
    shape = (len(ids), len(ids))
    return csr_array((weight[~is_again], columns, indptr), shape=shape)


def _end_columns(path: Path, block: pd.DataFrame) -> tuple[str, str]:
    for pair in NAMED_ENDS:
        if set(pair) <= set(block.columns):
            return pair
    raise BadGraph(
        where=path,
        found=f"the columns {', '.join(map(str, block.columns[:5]))}",
        expected="source and target",
        advice="Name the two columns with the ends of an edge so.",
    )


def _numbered(
    column: "pd.Series[str]", numbers: dict[str, int], *, is_open: bool
) -> NDArray[np.int64]:
    """Numbers of names; -1 for an unknown one unless new names may come."""
    codes, names = pd.factorize(column)
    if is_open:
        for name in names[names != ""]:
            numbers.setdefault(str(name), len(numbers))
    known = np.array([numbers.get(str(name), -1) for name in names], dtype=np.int64)
    return known[codes]


def _check_ends(
    path: Path, block: pd.DataFrame, ends: Sequence[NDArray[np.int64]], row: int
) -> None:
    for name, end in zip(_end_columns(path, block), ends, strict=True):
        unknown = np.flatnonzero(end < 0)
        if unknown.size:
            raise BadGraph(
                where=f"{path}: row {row + unknown[0]}",
                found=f"the unknown node {block[name].iloc[unknown[0]]!r}",
                expected="an id of the node table",
                advice="Add the node to the node table or remove the edge.",
            )


def _weights(path: Path, block: pd.DataFrame, row: int) -> NDArray[np.float32]:
    if "weight" not in block:
        return np.ones(len(block), dtype=np.float32)
    weight = pd.to_numeric(block["weight"], errors="coerce").to_numpy(dtype=np.float32)
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight > 0)))
    if wrong.size:
        raise BadGraph(
            where=f"{path}: row {row + wrong[0]}",
            found=f"the weight {block['weight'].iloc[wrong[0]]!r}",
            expected="a positive number",
            advice="Mend the weight or remove the edge.",
        )
    return weight
