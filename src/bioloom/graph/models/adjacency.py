"""Normalised adjacency of each model, and the part that some nodes depend on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from torch import Tensor

from bioloom.graph.models.device import DeviceSparse
from bioloom.graph.models.sparse import Sparse, features_of

Normalise = Callable[[csr_array], csr_array]


def symmetric(A: csr_array) -> csr_array:
    r"""Adjacency of GCN: with self-loops, divided by the square roots of both degrees.

    .. math:: \hat{A} = \tilde{D}^{-1/2} (A + I) \tilde{D}^{-1/2}

    A self-loop that is there already keeps its weight.

    References
    ----------
    Kipf T.N., Welling M. (2017) ICLR. arXiv:1609.02907
    """
    looped = with_self_loops(A)
    degree = np.asarray(looped.sum(axis=1)).ravel()
    root = diags_array(1 / np.sqrt(degree))
    return csr_array(root @ looped @ root, dtype=np.float32)


def mean(A: csr_array) -> csr_array:
    """Adjacency of GraphSAGE: each row averages its entries, whatever their weight.

    A node without neighbours has an empty row: its mean is 0.

    References
    ----------
    Hamilton W.L. et al. (2017) NeurIPS. arXiv:1706.02216
    """
    counts = np.diff(A.indptr)
    values = np.repeat(1 / np.maximum(counts, 1), counts).astype(np.float32)
    return csr_array((values, A.indices, A.indptr), shape=A.shape)


def with_self_loops(A: csr_array) -> csr_array:
    """Adjacency in which each node has one self-loop, of weight 1 if it had none."""
    nodes = np.arange(A.shape[0], dtype=A.indices.dtype)
    rows = np.repeat(nodes, np.diff(A.indptr))
    is_loop = rows == A.indices
    weight = np.ones(A.shape[0], dtype=np.float32)
    weight[rows[is_loop]] = A.data[is_loop]
    ends = np.cumsum(np.bincount(rows[~is_loop], minlength=A.shape[0]))
    data = np.insert(A.data[~is_loop], ends, weight)
    columns = np.insert(A.indices[~is_loop], ends, nodes)
    indptr = np.concatenate([[0], ends + np.arange(1, A.shape[0] + 1)])
    return csr_array((data, columns, indptr), shape=A.shape)


def as_is(A: csr_array) -> csr_array:
    """The adjacency itself."""
    return A


@dataclass(frozen=True, slots=True)
class Closure:
    """Exactly what some nodes' outputs depend on.

    Parameters
    ----------
    nodes
        Numbers of all nodes in it; the wanted ones come first.
    x
        Their features, dense where most are stored (`features_of`).
    blocks
        Adjacency of each layer, the first layer first. A block's rows are the nodes
        that the layer computes, its columns those it reads; the rows' own nodes are the
        first columns.
    """

    nodes: NDArray[np.int64]
    x: Sparse | Tensor
    blocks: tuple[Sparse, ...]

    def on(self, device: torch.device) -> "DevicePart":
        """The same on a device; a matrix that is there twice is moved once."""
        moved = {id(block): block.on(device) for block in self.blocks}
        x = self.x
        return DevicePart(
            nodes=torch.from_numpy(self.nodes).to(device),
            x=x.to(device) if isinstance(x, Tensor) else x.on(device),
            blocks=tuple(moved[id(block)] for block in self.blocks),
        )


@dataclass(frozen=True, slots=True)
class DevicePart:
    """A closure on a device; see `Closure`."""

    nodes: Tensor
    x: DeviceSparse | Tensor
    blocks: tuple[DeviceSparse, ...]


Part = Closure | DevicePart


def closure(
    A: csr_array, x: csr_array, *, wanted: NDArray[np.int64], n_layers: int
) -> Closure:
    """Exact closure of the wanted nodes under `n_layers` layers.

    Parameters
    ----------
    A
        Adjacency, normalised on the whole graph.
    x
        Features of all nodes.
    wanted
        Numbers of the nodes whose output is needed.
    n_layers
        How many times neighbours are looked at.
    """
    blocks: list[Sparse] = []
    nodes = wanted
    for left in range(n_layers, 0, -1):
        rows = A[nodes]
        is_reached = np.zeros(A.shape[1], dtype=bool)
        is_reached[rows.indices] = True
        is_reached[nodes] = False
        reached = np.flatnonzero(is_reached)
        columns = np.concatenate([nodes, reached])
        place = np.empty(A.shape[1], dtype=np.int32)
        place[columns] = np.arange(len(columns))
        shape = (len(nodes), len(columns))
        block = csr_array((rows.data, place[rows.indices], rows.indptr), shape=shape)
        is_whole = len(reached) == 0  # the layers below need the same
        blocks[:0] = [Sparse.of(block)] * (left if is_whole else 1)
        if is_whole:
            break
        nodes = columns
    return Closure(nodes, features_of(x, nodes), tuple(blocks))


def whole(A: csr_array, x: csr_array, *, n_layers: int) -> Closure:
    """The whole graph as a closure."""
    block = Sparse.of(A)
    return Closure(np.arange(A.shape[0]), features_of(x), (block,) * n_layers)
