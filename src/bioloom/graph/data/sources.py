"""Where a graph comes from: a named data set, tables, or one file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bioloom.errors import BadGraph
from bioloom.graph.data.download import fetch_planetoid
from bioloom.graph.data.edges import read_tables
from bioloom.graph.data.formats import karate_club, read_graphml, read_h5ad
from bioloom.graph.data.graph import Graph, Scale
from bioloom.graph.data.planetoid import PARTS, raw_folder, read_planetoid

Dataset = Literal["karate", "cora", "citeseer", "pubmed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the user gave.

    Parameters
    ----------
    dataset
        Name of a data set, read where neither `edges` nor `file` is given.
    data
        Folder with its raw files; None fetches them.
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
        given = [path for path in (self.edges, self.nodes, self.file) if path]
        if given or self.dataset == "karate":
            return given
        folder = raw_folder(self.dataset, self._folder())
        return [folder / f"ind.{self.dataset}.{part}" for part in PARTS]

    def _folder(self) -> Path:
        return self.data or fetch_planetoid(self.dataset)

    def _read_file(self, path: Path) -> Graph:
        readers = {".graphml": read_graphml, ".h5ad": read_h5ad}
        if path.suffix not in readers:
            raise BadGraph(
                where=path,
                found=f"the ending {path.suffix!r}",
                expected=".graphml or .h5ad",
                advice="Tables go to --edges and --nodes.",
            )
        return readers[path.suffix](
            path, label=self.label, scale=self.scale, needs_label=self.needs_label
        )
