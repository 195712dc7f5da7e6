"""Where a graph comes from: a data set, tables, a file, or an object in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from bioloom.graph.data.download import fetch_planetoid
from bioloom.graph.data.edges import read_tables
from bioloom.graph.data.formats import (
    graph_of_cells,
    graph_of_network,
    karate_club,
    read_graphml,
    read_h5ad,
)
from bioloom.graph.data.graph import Graph, Scale
from bioloom.graph.data.planetoid import PARTS, raw_folder, read_planetoid
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import TableSource

Dataset = Literal["karate", "cora", "citeseer", "pubmed"]
GraphSource: TypeAlias = "TableSource | Graph | Any"
"""A data set's name, a path, an edge table, a networkx graph, AnnData, or a `Graph`."""
_READERS = {".graphml": read_graphml, ".h5ad": read_h5ad}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Files or data set that a graph is read from.

    Parameters
    ----------
    dataset
        Name of a data set, read where neither `edges` nor `file` is given.
    data
        Folder with its raw files; None downloads them.
    edges, nodes
        Edge list and node table.
    file
        GraphML or .h5ad.
    label, skip, is_directed, scale, needs_label
        As for `bioloom.graph.data.edges.read_tables`.
    """

    dataset: Dataset = "karate"
    data: Path | None = None
    edges: Path | None = None
    nodes: Path | None = None
    file: Path | None = None
    label: str = "label"
    skip: tuple[str, ...] = ()
    is_directed: bool = False
    scale: Scale = "rows"
    needs_label: bool = True

    def read(self) -> Graph:
        """The graph.

        Raises
        ------
        MissingFile, BadGraph, NoDownload, PackageMissing
            If it cannot be read.
        """
        if self.edges is not None:
            return read_tables(
                self.edges,
                self.nodes,
                label=self.label,
                skip=self.skip,
                is_directed=self.is_directed,
                scale=self.scale,
                needs_label=self.needs_label,
            )
        if self.file is not None:
            return self._read_file(self.file)
        if self.dataset == "karate":
            return karate_club()
        return read_planetoid(self.dataset, self._folder(), scale=self.scale)

    def files(self) -> list[Path]:
        """All files that are read."""
        paths = [path for path in (self.edges, self.nodes, self.file) if path]
        if paths or self.dataset == "karate":
            return paths
        folder = raw_folder(self.dataset, self._folder())
        return [folder / f"ind.{self.dataset}.{part}" for part in PARTS]

    def _folder(self) -> Path:
        return self.data or fetch_planetoid(self.dataset)

    def _read_file(self, path: Path) -> Graph:
        if path.suffix not in _READERS:
            raise BadGraph(
                where=path,
                found=f"the ending {path.suffix!r}",
                expected=".graphml or .h5ad",
                advice="Give tables with --edges and --nodes.",
            )
        return _READERS[path.suffix](
            path, label=self.label, scale=self.scale, needs_label=self.needs_label
        )


@dataclass(frozen=True, slots=True)
class GraphInput:
    """A graph in any form in which a user holds it.

    Parameters
    ----------
    graph
        See `GraphSource`.
    nodes
        Node table of an edge table.
    reading
        How to read it: label column, features, direction, scale.
    """

    graph: GraphSource
    nodes: TableSource | None
    reading: Source

    def as_source(self) -> Source | None:
        """Source of a data set or of files; None for what is only in memory."""
        if not isinstance(self.graph, str | PathLike):
            return None
        name, path = str(self.graph), Path(self.graph)
        if self.nodes is None and name in get_args(Dataset):
            return replace(self.reading, dataset=name)  # type: ignore[arg-type]
        if path.suffix in _READERS:
            return replace(self.reading, file=path)
        if self.nodes is None:
            return replace(self.reading, edges=path)
        if isinstance(self.nodes, str | PathLike):
            return replace(self.reading, edges=path, nodes=Path(self.nodes))
        return None

    def read(self) -> Graph:
        """The graph.

        Raises
        ------
        MissingFile, BadGraph, NoDownload, PackageMissing
            If it cannot be read.
        """
        if isinstance(self.graph, Graph):
            return self.graph
        if source := self.as_source():
            return source.read()
        reading = self.reading
        if hasattr(self.graph, "obsp"):
            return graph_of_cells(
                self.graph,
                label=reading.label,
                scale=reading.scale,
                needs_label=reading.needs_label,
            )
        if hasattr(self.graph, "is_multigraph"):
            return graph_of_network(
                self.graph,
                label=reading.label,
                scale=reading.scale,
                needs_label=reading.needs_label,
            )
        return read_tables(
            self.graph,
            self.nodes,
            label=reading.label,
            skip=reading.skip,
            is_directed=reading.is_directed,
            scale=reading.scale,
            needs_label=reading.needs_label,
        )

    def saved_in(self, folder: Path) -> Source:
        """Source of the graph; one that is only in memory is first written as files.

        Parameters
        ----------
        folder
            Where to write ``graph.h5ad``, or ``graph.tsv`` and ``nodes.tsv``.
        """
        if source := self.as_source():
            return source
        graph: Any = self.graph
        if hasattr(graph, "write_h5ad"):
            folder.mkdir(parents=True, exist_ok=True)
            graph.write_h5ad(folder / "graph.h5ad")
            return replace(self.reading, file=folder / "graph.h5ad")
        if isinstance(self.graph, Graph):
            reading = replace(self.reading, scale="none")
            return _written(self.graph, folder, reading)
        unscaled = replace(self, reading=replace(self.reading, scale="none"))
        return _written(unscaled.read(), folder, self.reading)


def _written(graph: Graph, folder: Path, reading: Source) -> Source:
    """Edge list and node table of a graph, and the source that reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    edges, nodes = folder / "graph.tsv", folder / "nodes.tsv"
    _edge_frame(graph).to_csv(edges, sep="\t", index=False)
    _node_frame(graph, reading.label).to_csv(nodes, sep="\t", index=False)
    return replace(reading, edges=edges, nodes=nodes, is_directed=True, skip=())


def _edge_frame(graph: Graph) -> pd.DataFrame:
    ids = np.array(graph.node_ids, dtype=object)
    links = graph.adjacency.tocoo()
    ends = {"source": ids[links.col], "target": ids[links.row]}
    return pd.DataFrame(ends | {"weight": links.data})


def _node_frame(graph: Graph, label: str) -> pd.DataFrame:
    labels = np.array([*graph.class_names, ""], dtype=object)[graph.y]
    columns: dict[str, Any] = {"id": graph.node_ids, label: labels}
    if graph.has_split:
        columns["split"] = graph.split_names()
    frame = pd.DataFrame(columns)
    if not graph.feature_names:
        return frame
    names = list(graph.feature_names)
    return pd.concat([frame, pd.DataFrame(graph.x.toarray(), columns=names)], axis=1)
