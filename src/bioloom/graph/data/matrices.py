"""Graphs that are matrices: AnnData's neighbours, NumPy, SciPy, PyTorch Geometric."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, issparse

from bioloom.errors import MissingFile
from bioloom.graph.data.edges import EdgeList, adjacency_of, checked_weights
from bioloom.graph.data.graph import SPLITS, Graph, Links, NodeTable, assemble
from bioloom.graph.data.node_columns import FeatureColumns
from bioloom.graph.data.reading import (
    Reading,
    check_columns_exist,
    first_names,
    is_named,
)
from bioloom.graph.data.tables import (
    CheckedNodes,
    NodeRows,
    checked_nodes,
    is_split,
)
from bioloom.graph.errors import BadGraph
from bioloom.label_sets import cell_of
from bioloom.run.external import require_packages
from bioloom.run.table_reader import as_text, name_of_source, read_table

_CONNECTIVITIES = "connectivities"
_OWN = "id"


def read_h5ad(path: Path, reading: Reading | None = None) -> Graph:
    """Read the neighbour graph of an AnnData file.

    Parameters
    ----------
    path
        The file.
    reading
        Which columns and matrices mean what.

    Raises
    ------
    MissingFile, PackageMissing, BadGraph
        If the file or anndata is missing, or the file cannot be used.
    """
    require_packages("anndata", extra="cells")
    import anndata

    if not path.is_file():
        raise MissingFile(path, role="an .h5ad file")
    try:
        data = anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise BadGraph(
            where=path,
            found=f"an unreadable file ({problem})",
            expected=".h5ad",
            advice="Write the file again.",
        ) from None
    return graph_of_cells(data, reading, where=str(path), name=path.stem)


def graph_of_cells(
    data: Any,
    reading: Reading | None = None,
    *,
    where: str = "the AnnData",
    name: str = "cells",
) -> Graph:
    """The neighbour graph of an AnnData object.

    Parameters
    ----------
    data
        With ``obsp["connectivities"]`` or the matrix that `reading` names; features in
        ``X``, a layer, or a matrix of ``obsm``; label and split in ``obs``.
    reading
        Which columns and matrices mean what.
    where, name
        What messages and titles call it.

    Raises
    ------
    BadGraph
        If it has no neighbours or no labels, or a weight is negative.
    """
    reading = reading or Reading()
    reading.check_effect("cells")
    nodes, notes = checked_nodes(
        NodeRows([_obs_frame(data, reading, where)], f"{where}: obs", has_rows=False),
        replace(reading, id=_OWN, features=(), skip=()),
    )
    features = _cell_features(data, reading, where)
    found = links_of_matrix(
        _cell_links(data, reading, where), nodes.ids, where=where, reading=reading
    )
    return assemble(
        name,
        replace(nodes, features=features.values, feature_names=features.names),
        found.links,
        scale=reading.scale,
        notes=(*notes, *features.notes, *found.notes),
    )


def _obs_frame(data: Any, reading: Reading, where: str) -> pd.DataFrame:
    """Id, name, label and splits of each cell; nothing else of `obs` is used."""
    columns = [str(name) for name in data.obs.columns]
    label = (reading.label,) if reading.needs_label else ()
    for column in filter(None, (reading.id, reading.name, *label)):
        if column not in columns:
            raise _not_there(where, "obs", column, columns)
    used = [c for c in columns if c in (reading.name, reading.label)]
    used += [c for c in columns if is_split(c) and c not in used]
    ids = data.obs[reading.id] if reading.id else data.obs_names
    frame = data.obs[used].reset_index(drop=True)
    frame.insert(0, _OWN, [str(cell) for cell in ids], allow_duplicates=True)
    return as_text(frame.loc[:, ~frame.columns.duplicated()])


def _cell_links(data: Any, reading: Reading, where: str) -> csr_array:
    """Row i holds the neighbours of cell i, whose features i receives."""
    key = reading.obsp or _CONNECTIVITIES
    for name in filter(None, (key, reading.weight)):
        if name not in data.obsp:
            raise BadGraph(
                where=f"{where}: obsp",
                found=", ".join(data.obsp) or "nothing",
                expected=name,
                advice="Compute neighbours first (scanpy.pp.neighbors), or name the "
                "matrix by --obsp.",
            )
    links = csr_array(data.obsp[key])
    if not reading.weight:
        return links
    is_edge = csr_array(links != 0)
    return csr_array(is_edge.multiply(csr_array(data.obsp[reading.weight])))


def _cell_features(data: Any, reading: Reading, where: str) -> FeatureColumns:
    """Features of the cells: X, a layer, or a matrix of obsm."""
    if reading.obsm and reading.layer:
        raise BadGraph(
            where="--obsm and --layer",
            found="both",
            expected="one matrix of features",
            advice="Leave one out.",
        )
    if reading.obsm:
        values = _matrix_named(data.obsm, reading.obsm, f"{where}: obsm")
        names = [f"{reading.obsm}_{k + 1}" for k in range(values.shape[1])]
    else:
        values = data.X
        if reading.layer:
            values = _matrix_named(data.layers, reading.layer, f"{where}: layers")
        names = [str(gene) for gene in data.var_names]
    if values is None or values.shape[1] == 0:
        offered = f"; --obsm {next(iter(data.obsm))} has some" if len(data.obsm) else ""
        note = f"{where}: X holds no features, so each cell is its own{offered}"
        return FeatureColumns(None, (), (note,))
    chosen = _chosen_columns(where, names, reading)
    matrix = csr_array(values, dtype=np.float32)
    if len(chosen) < len(names):
        matrix = csr_array(matrix[:, chosen])
    return FeatureColumns(matrix, tuple(names[k] for k in chosen), ())


def _matrix_named(matrices: Any, key: str, where: str) -> Any:
    if key not in matrices:
        raise _not_there(where, "", key, list(matrices))
    return matrices[key]


def _chosen_columns(where: str, names: list[str], reading: Reading) -> list[int]:
    check_columns_exist(where, "features", reading.features, names)
    check_columns_exist(where, "skip", reading.skip, names)
    return [
        k
        for k, name in enumerate(names)
        if (not reading.features or is_named(name, reading.features))
        and not is_named(name, reading.skip)
    ]


def _not_there(where: str, part: str, name: str, known: list[str]) -> BadGraph:
    return BadGraph(
        where=f"{where}: {part}" if part else where,
        found=f"no {name!r}",
        expected="a name that is there",
        advice=f"Give another one; there are: {first_names(known)}.",
    )


class MatrixLinks(NamedTuple):
    """Edges of a matrix, and what was decided about them."""

    links: Links
    notes: tuple[str, ...]


def links_of_matrix(
    matrix: csr_array, ids: Sequence[str], *, where: str, reading: Reading
) -> MatrixLinks:
    """Edges of a square matrix whose row i holds the nodes that i receives from.

    Raises
    ------
    BadGraph
        If the matrix is not square, or a weight is negative or not a finite number.
    """
    if matrix.shape != (len(ids), len(ids)):
        raise BadGraph(
            where=where,
            found=f"a matrix of {matrix.shape[0]} × {matrix.shape[1]}",
            expected=f"{len(ids)} × {len(ids)}, as there are {len(ids)} nodes",
            advice="Give one row and one column per node.",
        )
    entries = coo_array(matrix)
    weight = checked_weights(
        entries.data.astype(np.float32),
        lambda k: f"{where}: edge {ids[entries.col[k]]!r} - {ids[entries.row[k]]!r}",
        lambda k: f"{entries.data[k]:g}",
    )
    links = csr_array((weight, (entries.row, entries.col)), shape=matrix.shape)
    n_zero = int((weight == 0).sum())
    links.eliminate_zeros()
    if reading.is_directed is False:
        links = csr_array(links.maximum(links.T))
    is_directed = bool((links != links.T).nnz)
    column = reading.weight or ("weight" if (links.data != 1).any() else "")
    note = f"{where}: {n_zero:,} edges of weight 0 are no edges"
    return MatrixLinks(
        Links(adjacency=links, is_directed=is_directed, weight=column),
        (note,) if n_zero else (),
    )


def is_matrix(graph: object) -> bool:
    """Whether something is an adjacency matrix of NumPy or SciPy."""
    return issparse(graph) or isinstance(graph, np.ndarray)


def graph_of_matrix(
    matrix: Any, nodes: Any = None, reading: Reading | None = None
) -> Graph:
    """A graph from an adjacency matrix.

    Parameters
    ----------
    matrix
        NumPy or SciPy, square; entry (i, j) is the weight of the edge from i to j.
    nodes
        Node table, one row per node in the order of the matrix, with or without ids; or
        a matrix of features; or None.
    reading
        Which columns mean what.

    Raises
    ------
    BadGraph
        If matrix and nodes do not fit, or a weight or feature cannot be used.
    """
    reading = reading or Reading()
    reading.check_effect("matrix", has_nodes=nodes is not None)
    links = csr_array(csr_array(matrix).T)
    if nodes is None or is_matrix(nodes):
        ids = [str(number) for number in range(links.shape[0])]
        features = None if nodes is None else csr_array(nodes, dtype=np.float32)
        bare = NodeTable(ids=ids, labels=[""] * len(ids), features=features)
        table, notes = CheckedNodes(bare, ())
    else:
        frame = read_table(nodes, role="a node table", error=BadGraph)
        if not reading.id and _OWN not in frame:
            frame.insert(0, _OWN, [str(number) for number in range(len(frame))])
        where = name_of_source(nodes)
        table, notes = checked_nodes(NodeRows([frame], where), reading)
    found = links_of_matrix(links, table.ids, where="the matrix", reading=reading)
    return assemble(
        "graph", table, found.links, scale=reading.scale, notes=(*notes, *found.notes)
    )


def graph_of_pyg(data: Any, reading: Reading | None = None) -> Graph:
    """A graph from `torch_geometric.data.Data`.

    Parameters
    ----------
    data
        With ``edge_index``, optionally ``edge_weight`` or one column of ``edge_attr``,
        ``x``, ``y`` (-1 is unknown; 0 or 1 for each label, where nodes have several)
        and the masks of a split; of several splits all.
    reading
        Direction, scaling, and whether nodes have several labels.

    Raises
    ------
    BadGraph
        If a weight, feature or label cannot be used.
    """
    reading = reading or Reading()
    reading.check_effect("pairs", has_nodes=False)
    n_nodes, where = int(data.num_nodes), "the PyG data"
    source, target = data.edge_index.numpy()
    ids = [str(number) for number in range(n_nodes)]
    edges = EdgeList(source, target, _pyg_weights(data, len(source)))
    matrix = adjacency_of(where, edges, ids, repeats=reading.repeats)
    found = links_of_matrix(matrix, ids, where=where, reading=reading)
    splits = _pyg_splits(data)
    table = NodeTable(
        ids=ids,
        labels=_pyg_labels(data, reading),
        splits=splits[0] if splits else None,
        more_splits=splits[1:],
        features=None
        if data.x is None
        else csr_array(data.x.numpy().astype(np.float32)),
    )
    return assemble("graph", table, found.links, scale=reading.scale, notes=found.notes)


def _pyg_labels(data: Any, reading: Reading) -> list[str]:
    """Class of each node, or the cell with its labels."""
    if data.y is None:
        return [""] * int(data.num_nodes)
    y = data.y.numpy()
    if y.ndim == 1 or y.shape[1] == 1:
        return [str(label) if label >= 0 else "" for label in y.ravel()]
    if not reading.multilabel:
        raise BadGraph(
            where="the PyG data: y",
            found=f"{y.shape[1]} labels of each node",
            expected="one class, shape (num_nodes,)",
            advice="Set multilabel to train on several labels of a node.",
        )
    return [cell_of(map(str, np.flatnonzero(row))) for row in y == 1]


def _pyg_weights(data: Any, n_edges: int) -> NDArray[np.float32]:
    weight = getattr(data, "edge_weight", None)
    if weight is None:
        weight = getattr(data, "edge_attr", None)
    if weight is None or weight.numel() != n_edges:
        return np.ones(n_edges, dtype=np.float32)
    values: NDArray[np.float32] = weight.numpy().astype(np.float32).ravel()
    return values


def _pyg_splits(data: Any) -> list[list[str]]:
    """Each split of the masks, shape (nodes,) or (nodes, splits)."""
    masks: list[Any] = [getattr(data, f"{word}_mask", None) for word in SPLITS]
    if any(mask is None for mask in masks):
        return []
    columns = [mask.numpy().reshape(int(data.num_nodes), -1) for mask in masks]
    splits = []
    for k in range(columns[0].shape[1]):
        words = np.full(int(data.num_nodes), "", dtype="U5")
        for word, mask in zip(SPLITS, columns, strict=True):
            words[mask[:, min(k, mask.shape[1] - 1)]] = word
        splits.append(words.tolist())
    return splits
