"""A typed network from what a user has: tables of edges, nodes and types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.errors import UnknownName
from bioloom.graph.data.edges import EdgeBlocks, edge_blocks
from bioloom.graph.data.formats import ending_of
from bioloom.graph.data.graph import Graph
from bioloom.graph.data.reading import Reading, first_names
from bioloom.graph.data.sources import (
    FILE_ENDINGS,
    SIF,
    Dataset,
    GraphInput,
    GraphSource,
    Source,
)
from bioloom.graph.data.tables import read_nodes
from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.network import UNTYPED, TypedNetwork, typed_network
from bioloom.run.table_reader import TableSource

_SITES = ("mirna", "target")
READING = (
    *("id", "source", "target", "weight", "repeats", "features", "skip"),
    *("obsp", "obsm", "layer", "scale"),
)
"""Fields of `Reading` that matter for links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInput:
    """Where a typed network comes from.

    Parameters
    ----------
    edges
        Edge table, or any graph as for `bioloom.graph.train`.
    nodes
        Node table with features and, perhaps, the types.
    types
        Table with the columns id and the types.
    type_column
        Its column of the types, or the node table's.
    split_by
        Column of the edge table with a time or rank; empty for none.
    reading
        Which other columns mean what; see `reading_of`.
    """

    edges: GraphSource
    nodes: TableSource | None = None
    types: TableSource | None = None
    type_column: str = "type"
    split_by: str = ""
    reading: Source = field(default_factory=lambda: Source(needs_label=False))

    def files(self) -> list[Path]:
        """Files that are read."""
        source = self._input().as_source()
        files = source.files() if source else []
        if isinstance(self.types, str | PathLike):
            files.append(Path(self.types))
        return files

    def _input(self) -> GraphInput:
        reading = self.reading
        if self._names_types_only():
            reading = replace(reading, id="")
        if self.nodes is not None or self._has_attributes():
            has_own_types = self.types is None and self.nodes is not None
            reading = replace(
                reading,
                label=self.type_column,
                label_option="--type",
                needs_label=has_own_types,
            )
        return GraphInput(self.edges, self.nodes, reading)

    def _names_types_only(self) -> bool:
        """Whether the table of types is the only one of nodes."""
        return self.nodes is None and self.types is not None

    def _has_attributes(self) -> bool:
        """Whether the source of the edges may know more of the nodes than names."""
        is_object = hasattr(self.edges, "is_multigraph") or hasattr(self.edges, "obsp")
        return is_object or (self._is_file_of_graph() and self._ending() != SIF)

    def _is_file_of_graph(self) -> bool:
        """Whether the edges are a file that is no table."""
        return self._ending() in FILE_ENDINGS

    def _ending(self) -> str:
        if isinstance(self.edges, str | PathLike):
            return ending_of(Path(self.edges))
        return ""

    def read(self) -> TypedNetwork:
        """The network.

        Raises
        ------
        MissingFile, BadGraph
            If a table cannot be read, or a node has no type.
        """
        graph = self._input().read()
        # features of all nodes are known, and no link is used
        everyone = np.ones(graph.num_nodes, dtype=bool)
        scaling = graph.with_training(everyone).scaling()
        graph = graph.scaled_by(scaling)
        network = typed_network(graph, self._types(graph))
        if network.has_features:
            network = replace(network, scaled=scaling.sentence("all nodes"))
        if not self.split_by:
            return network
        return replace(network, order=self._order(network))

    def _order(self, network: TypedNetwork) -> NDArray[np.float64]:
        edges: Any = self.edges
        table = edge_blocks(edges, network.numbers, self.reading)
        return _order_of(network, table, self.split_by)

    def _types(self, graph: Graph) -> list[str] | None:
        """Type of each node, where it is not the class that was read."""
        if self.types is not None:
            columns = Reading(
                id=self.reading.id if self._names_types_only() else "",
                label=self.type_column,
                label_option="--type",
                skip=("*",),
            )
            return _types_of(graph.node_ids, self.types, columns)
        if isinstance(self.edges, str) and self.edges in get_args(Dataset):
            return [UNTYPED] * graph.num_nodes  # classes of a data set are no types
        if not graph.class_names and not self._is_file_of_graph():
            return _types_of_sites(graph.node_ids, self.edges)
        return None


def reading_of(changes: Mapping[str, Any] | None) -> Source:
    """How the tables of a network are read.

    Parameters
    ----------
    changes
        Some of `READING`, by name, as for `bioloom.graph.train`; `id` is a column of
        the node table or, without one, of the table of types.

    Raises
    ------
    UnknownName
        If there is another name: links have no direction, and types are not labels.
    """
    for name in changes or {}:
        if name not in READING:
            raise UnknownName(name, kind="setting", where="reading", known=READING)
    return Source(needs_label=False).read_as(changes)


def _types_of(
    node_ids: Sequence[str], types: TableSource, columns: Reading
) -> list[str]:
    """Type of each node; other columns of the table do not matter."""
    table = read_nodes(types, columns).table
    by_id = dict(zip(table.ids, table.labels, strict=True))
    return [by_id.get(node, "") for node in node_ids]


def _types_of_sites(node_ids: Sequence[str], edges: Any) -> list[str] | None:
    """Types in a table of `bioloom mirna predict`: miRNAs and their targets."""
    if not isinstance(edges, str | Path | pd.DataFrame | Mapping):
        return None
    blocks = edge_blocks(edges, dict.fromkeys(node_ids, 0), Reading())
    mirnas: set[str] = set()
    for block in blocks:
        if not set(_SITES) <= set(block.columns):
            return None
        mirnas.update(block["mirna"].str.strip())
    return ["miRNA" if node in mirnas else "target" for node in node_ids]


def _order_of(
    network: TypedNetwork, table: EdgeBlocks, column: str
) -> NDArray[np.float64]:
    """Rank of each link by a column; of a link that is listed twice, the earliest."""
    rows = pd.concat(table, ignore_index=True)
    if column not in rows:
        raise BadGraph(
            where=table.where,
            found=f"the columns {first_names([*rows.columns])}",
            expected=f"source, target and {column}",
            advice="Name a column of the edge table with --split-by.",
        )
    empty = np.flatnonzero(rows[column].str.strip().to_numpy() == "")
    if empty.size:
        raise BadGraph(
            where=f"{table.where}: row {empty[0] + 1}, column {column!r}",
            found=f"nothing ({len(empty):,} such rows)",
            expected="a time or rank of every link",
            advice="Fill it in, or remove the rows.",
        )
    ends = table.columns(rows)
    numbers = [
        rows[end].str.strip().map(network.numbers).to_numpy()
        for end in (ends.source, ends.target)
    ]
    keys = network.keys(np.stack(numbers, axis=1).astype(np.int64))
    earliest = pd.Series(_ranks(rows[column])).groupby(keys).min()
    order: NDArray[np.float64] = (
        earliest.reindex(network.keys(network.links)).to_numpy().astype(np.float64)
    )
    return order


def _ranks(column: pd.Series[str]) -> NDArray[np.float64]:
    """Values of numbers; ranks of other words, such as dates, in alphabetical order."""
    values = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    if np.isfinite(values).all():
        return values
    return np.asarray(column.rank(method="dense"), dtype=np.float64)
