"""Cora, CiteSeer and PubMed in the raw files of Planetoid, with their public split.

References
----------
Yang Z., Cohen W., Salakhutdinov R. (2016) Revisiting semi-supervised learning with
graph embeddings. ICML. arXiv:1603.08861
"""

import pickle
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, csr_matrix, vstack

from bioloom.errors import MissingFile
from bioloom.graph.data.graph import Graph, NodeTable, assemble
from bioloom.graph.data.scaling import Scale
from bioloom.graph.errors import BadGraph

PARTS = ("x", "tx", "allx", "y", "ty", "ally", "graph", "test.index")
N_VAL = 500
# the order in which the raw labels number them
CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cora": (
            "Theory",
            "Reinforcement_Learning",
            "Genetic_Algorithms",
            "Neural_Networks",
            "Probabilistic_Methods",
            "Case_Based",
            "Rule_Learning",
        ),
        "citeseer": ("AI", "ML", "IR", "DB", "Agents", "HCI"),
        "pubmed": ("Diabetes_Experimental", "Diabetes_Type_1", "Diabetes_Type_2"),
    }
)
# all names that the raw files need
_ALLOWED: Mapping[tuple[str, ...], Any] = MappingProxyType(
    {
        ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
        ("numpy", "dtype"): np.dtype,
        ("numpy", "ndarray"): np.ndarray,
        ("scipy.sparse.csr", "csr_matrix"): csr_matrix,
        ("collections", "defaultdict"): defaultdict,
        ("__builtin__", "list"): list,
        ("builtins", "list"): list,
    }
)


def read_planetoid(name: str, folder: Path, *, scale: Scale = "auto") -> Graph:
    """Read a citation network and its public split: 20 nodes a class train.

    Parameters
    ----------
    name
        "cora", "citeseer" or "pubmed".
    folder
        Folder of the raw files ``ind.NAME.x`` and so on, or of ``raw`` or ``Name/raw``
        with them, as PyTorch Geometric stores them.
    scale
        How features are to be scaled before training.

    Raises
    ------
    MissingFile
        If a raw file is missing.
    BadGraph
        If one is damaged or not a Planetoid file.

    Notes
    -----
    The raw files are pickles; the unpickler accepts numpy arrays, scipy matrices and
    lists, and refuses everything else. Nodes of CiteSeer without features and labels
    remain in the graph as isolated nodes of the first class, as in other programs.
    """
    raw = raw_folder(name, folder)
    x, tx, allx, y, ty, ally, links = (
        _unpickled(raw / f"ind.{name}.{part}") for part in PARTS[:-1]
    )
    test = _test_index(raw / f"ind.{name}.test.index")
    first, n_nodes = len(ally), max(len(ally), int(test.max()) + 1)
    features = _spread(csr_array(allx), csr_array(tx), test, n_nodes)
    labels = np.zeros((n_nodes, y.shape[1]))
    labels[:first], labels[test] = ally, ty
    split = np.full(n_nodes, "", dtype="U5")
    split[: x.shape[0]], split[x.shape[0] : x.shape[0] + N_VAL] = "train", "val"
    split[test] = "test"
    nodes = NodeTable(
        ids=[str(number) for number in range(n_nodes)],
        labels=[f"{number:02d}" for number in labels.argmax(axis=1)],
        splits=split.tolist(),
        features=features,
    )
    graph = assemble(name, nodes, _adjacency(links, n_nodes), scale=scale)
    return replace(graph, class_names=CLASSES[name])


def raw_folder(name: str, folder: Path) -> Path:
    """Folder of the raw files, at or below a folder.

    Raises
    ------
    MissingFile
        If there are none.
    """
    proper = {"cora": "Cora", "citeseer": "CiteSeer", "pubmed": "PubMed"}[name]
    for raw in (folder, folder / "raw", folder / proper / "raw"):
        if (raw / f"ind.{name}.x").is_file():
            return raw
    raise MissingFile(folder / f"ind.{name}.x", role=f"a raw file of {name}")


class _Unpickler(pickle.Unpickler):
    """Loads only arrays, matrices and lists."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse every name that the raw files do not need."""
        try:
            return _ALLOWED[module, name]
        except KeyError:
            reason = f"{module}.{name}"
            raise pickle.UnpicklingError(reason) from None


def _unpickled(path: Path) -> Any:
    if not path.is_file():
        raise MissingFile(path, role="a raw file of Planetoid")
    with path.open("rb") as stream:
        return _load(stream, path)


def _load(stream: IO[bytes], path: Path) -> Any:
    try:
        return _Unpickler(stream, encoding="latin1").load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError) as wrong:
        raise BadGraph(
            where=path,
            found=f"an unreadable pickle ({wrong})",
            expected="a raw file of Planetoid",
            advice="Fetch the file again.",
        ) from None


def _test_index(path: Path) -> NDArray[np.int64]:
    if not path.is_file():
        raise MissingFile(path, role="a raw file of Planetoid")
    return np.array(path.read_text("ascii").split(), dtype=np.int64)


def _spread(
    allx: csr_array, tx: csr_array, test: NDArray[np.int64], n_nodes: int
) -> csr_array:
    """All features in node order: row k of `tx` belongs to node ``test[k]``."""
    n_known = allx.shape[0]
    place = csr_array(
        (np.ones(len(test)), (test - n_known, np.arange(len(test)))),
        shape=(n_nodes - n_known, len(test)),
    )
    return csr_array(vstack([allx, place @ tx]))


def _adjacency(links: Mapping[int, list[int]], n_nodes: int) -> csr_array:
    """Undirected, without self-loops, each edge once in each direction."""
    rows = np.repeat(list(links), [len(ends) for ends in links.values()])
    columns = np.concatenate(
        [np.array(ends, dtype=np.int64) for ends in links.values()]
    )
    is_link = rows != columns
    ones = np.ones(int(is_link.sum()), dtype=np.float32)
    ends = (columns[is_link], rows[is_link])
    pairs = coo_array((ones, ends), shape=(n_nodes, n_nodes))
    adjacency = csr_array(pairs)
    adjacency.sum_duplicates()
    adjacency.data[:] = 1
    return adjacency
