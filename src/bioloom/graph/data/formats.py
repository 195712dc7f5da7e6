"""Graphs of other programs: networkx, GraphML, AnnData's neighbours, karate club."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_array

from bioloom.errors import MissingFile, PackageMissing
from bioloom.graph.data.graph import Graph, NodeTable, Scale, assemble
from bioloom.graph.errors import BadGraph

_CONNECTIVITIES = "connectivities"


def karate_club() -> Graph:
    """Zachary's karate club: 34 members, 78 friendships, two camps after the quarrel.

    References
    ----------
    Zachary W.W. (1977) J Anthropol Res 33:452. doi:10.1086/jar.33.4.3629752
    """
    club = nx.karate_club_graph()
    nodes = NodeTable(
        ids=[str(number + 1) for number in club],  # as in the paper
        labels=[camp for _, camp in club.nodes(data="club")],
    )
    adjacency = csr_array(nx.to_scipy_sparse_array(club, weight=None))
    return assemble("karate", nodes, adjacency)


def read_graphml(
    path: Path,
    *,
    label: str = "label",
    scale: Scale = "rows",
    needs_label: bool = True,
) -> Graph:
    """Read GraphML, directed or not as the file says.

    Parameters
    ----------
    path
        The file.
    label
        Name of the node attribute that holds the class. An attribute ``split`` holds
        train, val or test; all others that are numbers are features. An edge attribute
        ``weight`` is the weight.
    scale
        As for `assemble`.
    needs_label
        Whether nodes must have a label.

    Raises
    ------
    MissingFile, BadGraph
        If the file is missing or cannot be used.
    """
    network = _graphml(path)
    return graph_of_network(
        network,
        where=str(path),
        name=path.stem,
        label=label,
        scale=scale,
        needs_label=needs_label,
    )


def graph_of_network(
    network: Any,
    *,
    where: str = "the network",
    name: str = "graph",
    label: str = "label",
    scale: Scale = "rows",
    needs_label: bool = True,
) -> Graph:
    """A graph from a networkx graph with node and edge attributes.

    Parameters
    ----------
    network
        Directed or not; parallel edges count once.
    where, name
        What messages and titles call it.
    label, scale, needs_label
        As for `read_graphml`.

    Raises
    ------
    BadGraph
        If it has no edge, or nodes lack the label.
    """
    if network.is_multigraph():
        network = nx.DiGraph(network) if network.is_directed() else nx.Graph(network)
    attributes = [data for _, data in network.nodes(data=True)]
    if needs_label:
        _check_label(where, label, attributes)
    columns = _numeric_names(attributes, {label, "split"})
    features = [[data.get(key, np.nan) for key in columns] for data in attributes]
    splits = [str(data.get("split", "")) for data in attributes]
    nodes = NodeTable(
        ids=[str(node) for node in network],
        labels=[_word(data.get(label)) for data in attributes],
        splits=splits if any(splits) else None,
        features=csr_array(np.array(features, dtype=np.float32)) if columns else None,
        feature_names=columns,
    )
    adjacency = csr_array(nx.to_scipy_sparse_array(network).T)
    return assemble(name, nodes, adjacency, scale=scale)


def read_h5ad(
    path: Path,
    *,
    label: str = "label",
    scale: Scale = "rows",
    needs_label: bool = True,
) -> Graph:
    """Read the neighbour graph of an AnnData file (``obsp/connectivities``).

    Parameters
    ----------
    path
        The file; `X` holds the features.
    label
        Column of `obs` that holds the class; a column ``split`` holds the split.
    scale
        As for `assemble`.
    needs_label
        Whether nodes must have a label.

    Raises
    ------
    MissingFile, PackageMissing, BadGraph
        If the file or anndata is missing, or the file cannot be used.
    """
    try:
        import anndata
    except ImportError:
        raise PackageMissing("anndata", extra="cells") from None  # noqa: EM101
    if not path.is_file():
        raise MissingFile(path, role="an .h5ad file")
    try:
        data = anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError) as problem:
        raise _unreadable(path, problem, ".h5ad") from None
    return graph_of_cells(
        data,
        where=str(path),
        name=path.stem,
        label=label,
        scale=scale,
        needs_label=needs_label,
    )


def graph_of_cells(
    data: Any,
    *,
    where: str = "the AnnData",
    name: str = "cells",
    label: str = "label",
    scale: Scale = "rows",
    needs_label: bool = True,
) -> Graph:
    """The neighbour graph of an AnnData object.

    Parameters
    ----------
    data
        With `obsp["connectivities"]`; `X` holds the features.
    where, name
        What messages and titles call it.
    label, scale, needs_label
        As for `read_h5ad`.

    Raises
    ------
    BadGraph
        If it has no neighbours or no labels.
    """
    if _CONNECTIVITIES not in data.obsp:
        raise BadGraph(
            where=f"{where}: obsp",
            found=", ".join(data.obsp) or "nothing",
            expected=_CONNECTIVITIES,
            advice="Compute neighbours first (scanpy.pp.neighbors).",
        )
    if needs_label:
        _check_label(where, label, [dict.fromkeys(data.obs, "")])
    nodes = NodeTable(
        ids=[str(cell) for cell in data.obs_names],
        labels=[_word(v) for v in data.obs.get(label, [""] * len(data.obs))],
        splits=[_word(v) for v in data.obs["split"]] if "split" in data.obs else None,
        features=csr_array(data.X, dtype=np.float32),
        feature_names=[str(gene) for gene in data.var_names],
    )
    # row i of AnnData holds the neighbours of cell i, whose features i receives
    links = csr_array(data.obsp[_CONNECTIVITIES])
    return assemble(name, nodes, links, scale=scale)


def _graphml(path: Path) -> Any:
    if not path.is_file():
        raise MissingFile(path, role="a GraphML file")
    try:
        network = nx.read_graphml(path, node_type=str)
    except (nx.NetworkXError, SyntaxError, ValueError, KeyError) as problem:
        raise _unreadable(path, problem, "GraphML") from None
    return network


def _unreadable(path: Path, problem: Exception, kind: str) -> BadGraph:
    return BadGraph(
        where=path,
        found=f"an unreadable file ({problem})",
        expected=kind,
        advice="Write the file again.",
    )


def _check_label(where: str, label: str, rows: Sequence[dict[str, Any]]) -> None:
    if not any(label in row for row in rows):
        known = sorted({name for row in rows for name in row})
        raise BadGraph(
            where=where,
            found=f"no node attribute {label!r}",
            expected="one with the class of each node",
            advice=f"Give its name to --label; there are: {', '.join(known[:8])}.",
        )


def _numeric_names(rows: Sequence[dict[str, Any]], reserved: set[str]) -> list[str]:
    """Attributes that are numbers wherever they occur; text is not a feature."""
    names = sorted({name for row in rows for name in row} - reserved)
    return [
        name
        for name in names
        if all(isinstance(row.get(name, 0), (bool, int, float)) for row in rows)
    ]


def _word(value: Any) -> str:
    """A class as text; a missing one is empty."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124
