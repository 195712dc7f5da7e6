"""Network files of other programs: GraphML, GEXF, GML, SIF; networkx; the karate club.

Their attributes become tables, which are checked as node and edge tables are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import networkx as nx
import pandas as pd
from scipy.sparse import csr_array

from bioloom.errors import MissingFile
from bioloom.graph.data.edges import EdgeBlocks, graph_name, graph_of_edges, links_of
from bioloom.graph.data.graph import Graph, NodeTable, assemble
from bioloom.graph.data.node_columns import drawing_attributes
from bioloom.graph.data.reading import Reading
from bioloom.graph.data.tables import NodeRows, checked_nodes
from bioloom.graph.errors import BadGraph
from bioloom.run.output import open_text
from bioloom.run.table_reader import TableSource, as_text

_ID = "id"  # column of the nodes' own names, unless an attribute has that name
_ENDS = ("source", "target")


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


def read_network(path: Path, reading: Reading | None = None) -> Graph:
    """Read GraphML, GEXF or GML, directed or not as the file says.

    Parameters
    ----------
    path
        The file, plain or gzip; its ending says the format.
    reading
        Which attributes mean what.

    Raises
    ------
    MissingFile, BadGraph
        If the file is missing or cannot be used.
    """
    if not path.is_file():
        raise MissingFile(path, role="a network file")
    kind = ending_of(path)
    try:
        network = _PARSERS[kind](path)
    except (
        nx.NetworkXException,
        SyntaxError,
        ValueError,
        KeyError,
        OSError,
    ) as problem:
        raise BadGraph(
            where=path,
            found=f"an unreadable file ({problem})",
            expected=_PARSED_AS[kind],
            advice="Write the file again.",
        ) from None
    return graph_of_network(network, reading, where=str(path), name=graph_name(path))


def ending_of(path: Path) -> str:
    """Last ending of a file's name in small letters, without that of a packed file."""
    endings = [ending.lower() for ending in path.suffixes if ending.lower() != ".gz"]
    return endings[-1] if endings else ""


def _gml(path: Path) -> Any:
    try:
        return nx.read_gml(path, label="label")
    except nx.NetworkXError:  # labels that repeat or are missing
        return nx.read_gml(path, label="id")


_PARSERS: Mapping[str, Callable[[Path], Any]] = MappingProxyType(
    {
        ".graphml": lambda path: nx.read_graphml(path, node_type=str),
        ".gexf": lambda path: nx.read_gexf(path, node_type=str),
        ".gml": _gml,
    }
)
_PARSED_AS = MappingProxyType({".graphml": "GraphML", ".gexf": "GEXF", ".gml": "GML"})
NETWORK_ENDINGS = tuple(_PARSERS)


def graph_of_network(
    network: Any,
    reading: Reading | None = None,
    *,
    where: str = "the network",
    name: str = "graph",
) -> Graph:
    """A graph from a networkx graph with node and edge attributes.

    Parameters
    ----------
    network
        Directed or not, with parallel edges or not.
    reading
        Which attributes mean what.
    where, name
        What messages and titles call it.

    Raises
    ------
    BadGraph
        If it has no edge, or nodes lack the label.
    """
    reading = reading or Reading()
    reading.check_effect("network")
    attributes = [str(key) for _, data in network.nodes(data=True) for key in data]
    own = "node" if _ID in attributes else _ID
    column = reading.id or _name_column(network, attributes)
    frame = _node_frame(network) if column else _node_frame(network, own)
    nodes, notes = checked_nodes(
        NodeRows([frame], where, has_rows=False), replace(reading, id=column or own)
    )
    numbers = {str(node): number for number, node in enumerate(network)}
    if reading.is_directed and not network.is_directed():
        raise BadGraph(
            where=where,
            found="edges without direction",
            expected="directed edges, as --directed or the model requires",
            advice="Leave --directed out, or write a file of directed edges.",
        )
    if reading.is_directed is None and network.is_directed():
        notes = (
            *notes,
            f"{where}: features flow only from source to target, as the "
            "file's edges are directed; --undirected uses both ways",
        )
        reading = replace(reading, is_directed=True)
    edges = EdgeBlocks([_edge_frame(network)], where, numbers, reading, has_rows=False)
    found = links_of(edges)
    return assemble(
        name, nodes, found.links, scale=reading.scale, notes=(*notes, *found.notes)
    )


def _name_column(network: Any, attributes: Sequence[str]) -> str:
    """Cytoscape's column of names, where they name each node; its ids are numbers."""
    column = "shared name"
    if column not in drawing_attributes(list(attributes)):
        return ""
    names = [data.get(column) for _, data in network.nodes(data=True)]
    return column if len({*names} - {None, ""}) == len(names) else ""


def _node_frame(network: Any, own: str = "") -> pd.DataFrame:
    """Attributes of the nodes, and their own names in a column if it is named."""
    rows = pd.DataFrame([data for _, data in network.nodes(data=True)])
    if own:
        rows.insert(0, own, [str(node) for node in network])
    return as_text(rows)


def _edge_frame(network: Any) -> pd.DataFrame:
    edges = list(network.edges(data=True))
    rows = pd.DataFrame(
        [{k: v for k, v in data.items() if k not in _ENDS} for _, _, data in edges],
        index=range(len(edges)),
    )
    for place, column in enumerate(_ENDS):
        rows.insert(place, column, [str(edge[place]) for edge in edges])
    return as_text(rows)


def read_sif(
    path: Path, nodes: TableSource | None = None, reading: Reading | None = None
) -> Graph:
    """Read Cytoscape's simple interaction format: ``source type target target …``.

    Parameters
    ----------
    path
        The file, plain or gzip. A line with one name is a node without edges.
    nodes
        Node table; None takes the names of the file.
    reading
        Which columns mean what.

    Raises
    ------
    MissingFile, BadGraph
        If a file is missing or cannot be used.
    """
    if not path.is_file():
        raise MissingFile(path, role="a SIF file")
    reading = reading or Reading()
    reading.check_effect("sif", has_nodes=nodes is not None)
    names, frame = _sif_of(path)
    if nodes is None:
        nodes, reading = {_ID: names}, replace(reading, needs_label=False)
    return graph_of_edges(
        graph_name(path),
        lambda known: EdgeBlocks([frame], str(path), known, reading),
        nodes,
        reading,
    )


class _Sif(NamedTuple):
    """Names of all nodes, and the edges."""

    names: list[str]
    edges: pd.DataFrame


def _sif_of(path: Path) -> _Sif:
    ends: list[list[str]] = []
    names: dict[str, None] = {}
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            fields = line.rstrip("\r\n").split("\t" if "\t" in line else None)
            words = [field.strip() for field in fields if field.strip()]
            if len(words) == 2:
                raise BadGraph(
                    where=f"{path}: line {number}",
                    found="two fields",
                    expected="source, type of the edge, and at least one target",
                    advice="Rename a table of two columns to .tsv.",
                )
            names |= dict.fromkeys(words[:1] + words[2:])
            ends += [[words[0], target] for target in words[2:]]
    return _Sif(list(names), pd.DataFrame(ends, columns=list(_ENDS), dtype=str))
