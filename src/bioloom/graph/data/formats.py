"""Graphs of other programs: GraphML, AnnData's neighbours, the karate club."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_array

from bioloom.errors import BadGraph, MissingFile, PackageMissing
from bioloom.graph.data.graph import Graph, NodeTable, Scale, assemble

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
        Whether there must be a label.

    Raises
    ------
    MissingFile, BadGraph
        If the file is not there or cannot be used.
    """
    network = _graphml(path)
    attributes = [data for _, data in network.nodes(data=True)]
    if needs_label:
        _check_label(path, label, attributes)
    names = _numeric_names(attributes, {label, "split"})
    features = [[data.get(name, np.nan) for name in names] for data in attributes]
    splits = [str(data.get("split", "")) for data in attributes]
    nodes = NodeTable(
        ids=[str(name) for name in network],
        labels=[_word(data.get(label)) for data in attributes],
        splits=splits if any(splits) else None,
        features=csr_array(np.array(features, dtype=np.float32)) if names else None,
        feature_names=names,
    )
    adjacency = csr_array(nx.to_scipy_sparse_array(network).T)
    return assemble(path.stem, nodes, adjacency, scale=scale)


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
        Whether there must be a label.

    Raises
    ------
    MissingFile, PackageMissing, BadGraph
        If the file is not there, anndata is not, or the file cannot be used.
    """
    try:
        import anndata
    except ImportError:
        missing = "anndata"
        raise PackageMissing(missing, extra="cells") from None
    if not path.is_file():
        raise MissingFile(path, role="an .h5ad file")
    try:
        data = anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError) as problem:
        raise _unreadable(path, problem, ".h5ad") from None
    if _CONNECTIVITIES not in data.obsp:
        raise BadGraph(
            where=f"{path}: obsp",
            found=", ".join(data.obsp) or "nothing",
            expected=_CONNECTIVITIES,
            advice="Compute neighbours first (scanpy.pp.neighbors).",
        )
    if needs_label:
        _check_label(path, label, [dict.fromkeys(data.obs, "")])
    nodes = NodeTable(
        ids=[str(name) for name in data.obs_names],
        labels=[_word(v) for v in data.obs.get(label, [""] * len(data.obs))],
        splits=[_word(v) for v in data.obs["split"]] if "split" in data.obs else None,
        features=csr_array(data.X, dtype=np.float32),
        feature_names=[str(name) for name in data.var_names],
    )
    # row i of AnnData holds the neighbours of cell i, whose features i receives
    return assemble(
        path.stem, nodes, csr_array(data.obsp[_CONNECTIVITIES]), scale=scale
    )


def _graphml(path: Path) -> Any:
    if not path.is_file():
        raise MissingFile(path, role="a GraphML file")
    try:
        network = nx.read_graphml(path, node_type=str)
    except (nx.NetworkXError, SyntaxError, ValueError, KeyError) as problem:
        raise _unreadable(path, problem, "GraphML") from None
    if network.is_multigraph():
        kind = nx.DiGraph if network.is_directed() else nx.Graph
        return kind(network)
    return network


def _unreadable(path: Path, problem: Exception, kind: str) -> BadGraph:
    return BadGraph(
        where=path,
        found=f"an unreadable file ({problem})",
        expected=kind,
        advice="Write the file again.",
    )


def _check_label(path: Path, label: str, rows: Sequence[dict[str, Any]]) -> None:
    if not any(label in row for row in rows):
        known = sorted({name for row in rows for name in row})
        raise BadGraph(
            where=path,
            found=f"no node attribute {label!r}",
            expected="one with the class of each node",
            advice=f"Give its name to --label; there are: {', '.join(known[:8])}.",
        )


def _numeric_names(rows: Sequence[dict[str, Any]], reserved: set[str]) -> list[str]:
    """Attributes that are numbers wherever they are; text is no feature."""
    names = sorted({name for row in rows for name in row} - reserved)
    return [
        name
        for name in names
        if all(isinstance(row.get(name, 0), (bool, int, float)) for row in rows)
    ]


def _word(value: Any) -> str:
    """A class as text; a missing one is empty."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124
