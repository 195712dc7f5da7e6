"""Where a graph comes from: a data set, tables, a file, or an object in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.sparse import triu

from bioloom.errors import UnknownName
from bioloom.graph.data.download import fetch_planetoid
from bioloom.graph.data.edges import read_tables
from bioloom.graph.data.formats import (
    NETWORK_ENDINGS,
    ending_of,
    graph_of_network,
    karate_club,
    read_network,
    read_sif,
)
from bioloom.graph.data.graph import Graph
from bioloom.graph.data.label_sets import separator_note, with_label_sets
from bioloom.graph.data.matrices import (
    graph_of_cells,
    graph_of_matrix,
    graph_of_pyg,
    is_matrix,
    read_h5ad,
)
from bioloom.graph.data.planetoid import PARTS, raw_folder, read_planetoid
from bioloom.graph.data.reading import Reading
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import TableSource

Dataset = Literal["karate", "cora", "citeseer", "pubmed"]
GraphSource: TypeAlias = "TableSource | Graph | Any"
"""A data set's name, a path, an edge table, a networkx graph, an adjacency matrix,
`torch_geometric.data.Data`, AnnData, or a `Graph`."""
_CELLS, SIF = ".h5ad", ".sif"
FILE_ENDINGS = (*NETWORK_ENDINGS, SIF, _CELLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Reading):
    """Files or data set that a graph is read from, and how.

    Parameters
    ----------
    dataset
        Name of a data set, read where neither `edges` nor `file` is given.
    data
        Folder with its raw files; None downloads them.
    edges, nodes
        Edge table and node table.
    file
        GraphML, GEXF, GML, SIF or .h5ad.
    """

    dataset: Dataset = "karate"
    data: Path | None = None
    edges: Path | None = None
    nodes: Path | None = None
    file: Path | None = None

    def read_as(self, changes: Mapping[str, Any] | None) -> Source:
        """The same graph, read in another way.

        Parameters
        ----------
        changes
            Fields of `Reading` by name.

        Raises
        ------
        UnknownName
            If there is no such field.
        """
        known = [field.name for field in fields(Reading)]
        for name in changes or {}:
            if name not in known:
                raise UnknownName(name, kind="setting", where="reading", known=known)
        values = dict(changes or {})
        for name in ("features", "skip"):
            if name in values:
                values[name] = tuple(values[name])
        return replace(self, **values)

    def read(self) -> Graph:
        """The graph; what was decided about odd input is said once.

        Raises
        ------
        MissingFile, BadGraph, NoDownload, PackageMissing
            If it cannot be read.
        """
        return self.labelled(self._read()).with_notes_said()

    def labelled(self, graph: Graph) -> Graph:
        """A graph that was just read, with its labels as they are meant."""
        if self.multilabel:
            return graph if graph.is_multilabel else with_label_sets(graph)
        note = separator_note(graph) if self.needs_label else ""
        if not note or note in graph.notes:
            return graph
        return replace(graph, notes=(*graph.notes, note))

    def _read(self) -> Graph:
        path = self.file or self.edges
        if path is not None and ending_of(path) in FILE_ENDINGS:
            return self._read_file(path)
        if self.edges is not None:
            return read_tables(self.edges, self.nodes, self)
        if self.file is not None:
            raise BadGraph(
                where=self.file,
                found=f"the ending {self.file.suffix!r}",
                expected=", ".join(FILE_ENDINGS),
                advice="Give tables with --edges and --nodes.",
            )
        self.check_effect("dataset")
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
        ending = ending_of(path)
        if ending == SIF:
            return read_sif(path, self.nodes, self)
        if self.nodes is not None:
            raise BadGraph(
                where=self.nodes,
                found="a node table",
                expected=f"none beside {ending}, which has its own nodes",
                advice="Leave --nodes out, or give the edges as a table or SIF file.",
            )
        return (read_h5ad if ending == _CELLS else read_network)(path, self)


@dataclass(frozen=True, slots=True)
class GraphInput:
    """A graph in any form in which a user holds it.

    Parameters
    ----------
    graph
        See `GraphSource`.
    nodes
        Node table of an edge table or matrix.
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
        if self.nodes is None:
            if ending_of(path) in FILE_ENDINGS:
                return replace(self.reading, file=path)
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
            return self.reading.labelled(self.graph)
        if source := self.as_source():
            return source.read()
        return self.reading.labelled(self._read_object()).with_notes_said()

    def _read_object(self) -> Graph:
        """The graph of an object in memory."""
        graph: Any = self.graph
        if hasattr(graph, "obsp"):
            return graph_of_cells(graph, self.reading)
        if hasattr(graph, "is_multigraph"):
            return graph_of_network(graph, self.reading)
        if hasattr(graph, "edge_index"):
            return graph_of_pyg(graph, self.reading)
        if is_matrix(graph):
            return graph_of_matrix(graph, self.nodes, self.reading)
        return read_tables(graph, self.nodes, self.reading)

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
        return _written(self.read(), folder, self.reading)


def _written(graph: Graph, folder: Path, reading: Source) -> Source:
    """Edge list and node table of a graph, and the source that reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    edges, nodes = folder / "graph.tsv", folder / "nodes.tsv"
    _edge_frame(graph).to_csv(edges, sep="\t", index=False)
    _node_frame(graph, reading.label).to_csv(nodes, sep="\t", index=False)
    plain = Source(
        label=reading.label,
        multilabel=graph.is_multilabel,
        scale=graph.scale if reading.scale == "auto" else reading.scale,
        needs_label=reading.needs_label,
        is_directed=graph.is_directed,
        features=("*",) if graph.feature_names else (),
    )
    return replace(plain, edges=edges, nodes=nodes)


def _edge_frame(graph: Graph) -> pd.DataFrame:
    ids = np.array(graph.node_ids, dtype=object)
    links = graph.adjacency if graph.is_directed else triu(graph.adjacency)
    links = links.tocoo()
    ends = {"source": ids[links.col], "target": ids[links.row]}
    weights = {"weight": links.data} if (links.data != 1).any() else {}
    return pd.DataFrame(ends | weights)


def _node_frame(graph: Graph, label: str) -> pd.DataFrame:
    labels = np.array([*graph.class_names, ""], dtype=object)[graph.y]
    columns: dict[str, Any] = {"id": graph.node_ids, label: labels}
    if graph.node_names:
        columns["name"] = graph.node_names
    if graph.has_split:
        columns["split"] = graph.split_names()
    for number, split in enumerate(graph.more_splits, 2):
        columns[f"split_{number}"] = split
    frame = pd.DataFrame(columns)
    if not graph.feature_names:
        return frame
    names = list(graph.feature_names)
    return pd.concat([frame, pd.DataFrame(graph.x.toarray(), columns=names)], axis=1)
