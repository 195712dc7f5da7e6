"""Graphs from an edge table or SIF file and, optionally, a node table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.edge_columns import (
    HEADERLESS,
    EdgeColumns,
    edge_columns,
    has_header,
)
from bioloom.graph.data.graph import Graph, Links, NodeTable, assemble
from bioloom.graph.data.numbers import numbers_of
from bioloom.graph.data.reading import Reading, Repeats
from bioloom.graph.data.tables import read_nodes
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import TableSource, name_of_source, table_blocks

Place = Callable[[int], str]
"""Words for the place of an edge, by its number."""


def read_tables(
    edges: TableSource,
    nodes: TableSource | None = None,
    reading: Reading | None = None,
) -> Graph:
    """Read a graph from an edge table and a node table.

    Parameters
    ----------
    edges
        A file, DataFrame or columns: the two ends and optionally a weight; without a
        header the first two or three columns. Lines before the header that begin with
        ``#`` are skipped.
    nodes
        As for `bioloom.graph.data.tables.read_nodes`.
    reading
        Which columns mean what.

    Raises
    ------
    MissingFile, BadGraph
        If a file is missing or cannot be used; the message names the row.
    """
    reading = reading or Reading()
    reading.check_effect("tables", has_nodes=nodes is not None)
    return graph_of_edges(
        graph_name(edges),
        lambda known: edge_blocks(edges, known, reading),
        nodes,
        reading,
    )


def graph_of_edges(
    name: str,
    edges: Callable[[dict[str, int] | None], EdgeBlocks],
    nodes: TableSource | None,
    reading: Reading,
) -> Graph:
    """A graph from blocks of edges and a node table.

    Parameters
    ----------
    name
        Of the graph.
    edges
        The edges, given the number of each node if the nodes are known.
    nodes, reading
        As for `read_tables`.

    Raises
    ------
    MissingFile, BadGraph
        As `read_tables` does.
    """
    checked = None if nodes is None else read_nodes(nodes, reading)
    table = checked.table if checked else None
    known = {name: number for number, name in enumerate(table.ids)} if table else None
    found = links_of(edges(known))
    return assemble(
        name,
        table or NodeTable(ids=found.ids, labels=[""] * len(found.ids)),
        found.links,
        scale=reading.scale,
        notes=(*(checked.notes if checked else ()), *found.notes),
    )


def graph_name(source: object) -> str:
    """Name of the file without its endings; "graph" where there is no file."""
    if isinstance(source, str | PathLike) and str(source) != "-":
        return Path(source).name.split(".")[0]
    return "graph"


def edge_blocks(
    edges: TableSource, known: dict[str, int] | None, reading: Reading
) -> EdgeBlocks:
    """The rows of an edge table in blocks, all columns as text.

    Parameters
    ----------
    edges
        The table.
    known, reading
        As for `EdgeBlocks`.
    """
    blocks = table_blocks(
        edges,
        role="an edge table",
        error=BadGraph,
        has_header=lambda table: has_header(table, known),
        names=HEADERLESS,
        blanks=True,
    )
    return EdgeBlocks(blocks, name_of_source(edges), known, reading)


@dataclass(frozen=True, slots=True)
class EdgeBlocks:
    """Edges as a reader found them: a table of text in blocks.

    Parameters
    ----------
    blocks
        Rows, all columns as text.
    where
        Name of the table in messages.
    known
        Numbers of all nodes by name; None takes those of the edges.
    reading
        Which columns mean what.
    has_rows
        Whether messages count rows: in tables, not in network files.
    """

    blocks: Iterable[pd.DataFrame]
    where: str
    known: dict[str, int] | None
    reading: Reading
    has_rows: bool = True

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Blocks, their columns without blanks around the names."""
        for block in self.blocks:
            yield block.rename(columns=lambda name: str(name).strip())

    def columns(self, block: pd.DataFrame) -> EdgeColumns:
        """Names of its columns, from the first block."""
        return edge_columns(self.where, block, self.reading, self.known)

    def place(self, block: pd.DataFrame, columns: EdgeColumns, before: int) -> Place:
        """Words for the place of each row of a block."""
        ends = block[columns.source], block[columns.target]
        if self.has_rows:
            return lambda row: f"{self.where}: row {before + row + 1}"
        return lambda row: (
            f"{self.where}: edge {ends[0].iloc[row]!r} - {ends[1].iloc[row]!r}"
        )


class NamedLinks(NamedTuple):
    """Edges, the names of their nodes, and what was decided while reading."""

    ids: list[str]
    links: Links
    notes: tuple[str, ...]


def links_of(edges: EdgeBlocks) -> NamedLinks:
    """Edges as an adjacency matrix, checked.

    Raises
    ------
    BadGraph
        If an edge names an unknown node, has a weight that is negative or not a finite
        number, or several weights.
    """
    where, numbers = edges.where, {} if edges.known is None else edges.known
    parts: list[EdgeList] = []
    columns: EdgeColumns | None = None
    before = n_zero = 0
    for named in edges:
        columns = columns or edges.columns(named)
        place = edges.place(named, columns, before)
        is_open = edges.known is None
        ends = [
            _numbered(named[name].str.strip(), numbers, is_open=is_open)
            for name in (columns.source, columns.target)
        ]
        _check_ends(named, columns, ends, place)
        weight = _weights(named, columns.weight, place)
        n_zero += int((weight == 0).sum())
        parts.append(EdgeList(ends[0], ends[1], weight).without_zeros())
        before += len(named)
    if columns is None:
        raise BadGraph(
            where=where,
            found="no edge",
            expected="at least one",
            advice="Fill in the edge table.",
        )
    notes = [*columns.notes]
    if n_zero:
        notes.append(f"{where}: {n_zero:,} edges of weight 0 are no edges")
    listed = EdgeList.joined(parts)
    is_directed = bool(edges.reading.is_directed)
    names = list(numbers)
    listed = listed if is_directed else listed.both_ways()
    adjacency = adjacency_of(where, listed, names, repeats=edges.reading.repeats)
    return NamedLinks(
        names,
        Links(adjacency=adjacency, is_directed=is_directed, weight=columns.weight),
        tuple(notes),
    )


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

    @classmethod
    def joined(cls, parts: Sequence[EdgeList]) -> EdgeList:
        """Several lists as one."""
        return cls(
            np.concatenate([part.source for part in parts]),
            np.concatenate([part.target for part in parts]),
            np.concatenate([part.weight for part in parts]),
        )

    def without_zeros(self) -> EdgeList:
        """The edges whose weight is not 0."""
        is_edge = self.weight != 0
        if is_edge.all():
            return self
        return EdgeList(
            self.source[is_edge], self.target[is_edge], self.weight[is_edge]
        )

    def both_ways(self) -> EdgeList:
        """The same edges and their reverse; a self-loop stays one."""
        back = self.source != self.target
        return EdgeList(
            np.concatenate([self.source, self.target[back]]),
            np.concatenate([self.target, self.source[back]]),
            np.concatenate([self.weight, self.weight[back]]),
        )


def adjacency_of(
    where: str, edges: EdgeList, ids: Sequence[str], *, repeats: Repeats = "refuse"
) -> csr_array:
    """Adjacency matrix, row = target; an edge listed again with its weight counts once.

    Parameters
    ----------
    where
        Name of the table in messages.
    edges
        All edges.
    ids
        Names of all nodes.
    repeats
        What an edge weighs that is listed several times: "max", "sum" or "mean";
        "refuse" counts equal weights once.

    Raises
    ------
    BadGraph
        If an edge has several weights, and `repeats` is "refuse".
    """
    cell = edges.target * len(ids) + edges.source
    order = np.argsort(cell, kind="stable")
    cell, weight = cell[order], edges.weight[order]
    is_new = np.ones(len(cell), dtype=bool)
    is_new[1:] = cell[1:] != cell[:-1]
    if repeats == "refuse":
        _check_one_weight(where, ids, cell, weight)
        weight = weight[is_new]
    else:
        weight = _joined_weights(weight, np.flatnonzero(is_new), repeats)
    rows, columns = np.divmod(cell[is_new], max(len(ids), 1))
    indptr = np.searchsorted(rows, np.arange(len(ids) + 1))
    return csr_array((weight, columns, indptr), shape=(len(ids), len(ids)))


def _joined_weights(
    weight: NDArray[np.float32], begins: NDArray[np.int64], repeats: Repeats
) -> NDArray[np.float32]:
    """One weight of the weights from each begin on."""
    if repeats == "max":
        return np.maximum.reduceat(weight, begins)
    sums = np.add.reduceat(weight, begins)
    if repeats == "mean":
        sums /= np.diff(np.append(begins, len(weight)))
    return sums.astype(np.float32)


def _check_one_weight(
    where: str,
    ids: Sequence[str],
    cell: NDArray[np.int64],
    weight: NDArray[np.float32],
) -> None:
    conflicts = np.flatnonzero((cell[1:] == cell[:-1]) & (weight[1:] != weight[:-1]))
    if not conflicts.size:
        return
    first = int(conflicts[0])
    target, source = divmod(int(cell[first]), len(ids))
    raise BadGraph(
        where=f"{where}: edge {ids[source]!r} - {ids[target]!r}",
        found=f"the weights {weight[first]:g} and {weight[first + 1]:g}",
        expected="one weight",
        advice="Keep one line of the edge, give --repeats max, sum or mean, or "
        "--directed if its directions differ.",
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
    block: pd.DataFrame,
    columns: EdgeColumns,
    ends: Sequence[NDArray[np.int64]],
    place: Place,
) -> None:
    for name, end in zip((columns.source, columns.target), ends, strict=True):
        unknown = np.flatnonzero(end < 0)
        if unknown.size:
            raise BadGraph(
                where=place(int(unknown[0])),
                found=f"the unknown node {block[name].iloc[unknown[0]]!r}",
                expected="an id of the node table",
                advice="Add the node to the node table or remove the edge; --id takes "
                "another column of the node table.",
            )


def _weights(block: pd.DataFrame, column: str, place: Place) -> NDArray[np.float32]:
    if not column:
        return np.ones(len(block), dtype=np.float32)
    return checked_weights(
        numbers_of(block[column].str.strip()),
        place,
        lambda row: repr(block[column].iloc[row]),
    )


def checked_weights(
    weight: NDArray[np.float32], place: Place, shown: Callable[[int], str]
) -> NDArray[np.float32]:
    """Weights that are finite and not negative.

    Parameters
    ----------
    weight
        Of each edge; NaN where it is not a number.
    place, shown
        Words for the place and the weight of an edge, by its number.

    Raises
    ------
    BadGraph
        If one is not.
    """
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if wrong.size:
        raise BadGraph(
            where=place(int(wrong[0])),
            found=f"the weight {shown(int(wrong[0]))}",
            expected="a number of 0 or more",
            advice="Fix the weight, remove the edge, or name another column of "
            "weights by --weight.",
        )
    return weight
