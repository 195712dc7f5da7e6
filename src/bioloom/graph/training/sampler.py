"""Mini-batches: some nodes, and a sample of their neighbourhood."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.models.adjacency import Closure
from bioloom.graph.models.sparse import Rng, Sparse, features_of
from bioloom.graph.training import _sampling


def batches(
    nodes: NDArray[np.int64], *, size: int, rng: Rng
) -> Iterator[NDArray[np.int64]]:
    """All nodes once, shuffled, in batches of `size`."""
    shuffled = rng.permutation(nodes)
    for begin in range(0, len(nodes), size):
        yield shuffled[begin : begin + size]


class _Block(NamedTuple):
    """Sampled rows, and the nodes that their columns stand for."""

    rows: Sparse
    nodes: NDArray[np.int64]


class NeighbourSampler:
    """Samples the neighbourhood from which a batch of nodes is computed.

    From every node's row of A, at most `fanout` entries are sampled uniformly without
    replacement, and multiplied by degree over number sampled: sums of a layer are
    unbiased.

    Parameters
    ----------
    A
        Adjacency, normalised on the whole graph.
    x
        Features of all nodes.
    fanouts
        Most entries of a row, per layer; the first layer first.

    References
    ----------
    Hamilton W.L. et al. (2017) Inductive representation learning on large graphs.
    NeurIPS. arXiv:1706.02216
    """

    def __init__(self, A: csr_array, x: csr_array, *, fanouts: Sequence[int]) -> None:
        self._A, self._x, self._fanouts = Sparse.of(A), x, tuple(fanouts)
        self._place = np.full(A.shape[1], -1, dtype=np.int32)

    def draw(self, wanted: NDArray[np.int64], *, rng: Rng) -> Closure:
        """A new sample from which the wanted nodes are computed."""
        blocks: list[Sparse] = []
        nodes = wanted
        for fanout in reversed(self._fanouts):
            block, nodes = self._block(nodes, fanout, rng)
            blocks.insert(0, block)
        return Closure(nodes, features_of(self._x, nodes), tuple(blocks))

    def _block(self, nodes: NDArray[np.int64], fanout: int, rng: Rng) -> _Block:
        A = self._A
        begins, entries = _sampling.draw(A.rows, nodes, fanout, rng)
        drawn = np.diff(begins)
        factor = (A.indptr[nodes + 1] - A.indptr[nodes]) / np.maximum(drawn, 1)
        values = A.values[entries] * np.repeat(factor, drawn).astype(np.float32)
        reached, columns = _sampling.number(nodes, A.indices[entries], self._place)
        return _Block(Sparse(begins, columns, values, len(reached)), reached)
