"""Scores of node pairs that need no training: what a model has to beat.

References
----------
Newman M.E.J. (2001) Phys Rev E 64:025102. doi:10.1103/PhysRevE.64.025102 (common
neighbours, degree product)
Adamic L.A., Adar E. (2003) Soc Networks 25:211. doi:10.1016/S0378-8733(03)00009-1
Kovács I.A. et al. (2019) Nat Commun 10:1240. doi:10.1038/s41467-019-09177-y (paths of
length three)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import ArpackError, eigsh
from threadpoolctl import threadpool_limits

from bioloom.graph.linking._kernels import row_products
from bioloom.graph.linking.negatives import degrees_by_type
from bioloom.graph.linking.network import Links, TypedNetwork
from bioloom.run.language import mark

Scores = NDArray[np.float64]
SVD_RANKS = (8, 16, 32, 64, 128)
_ROWS = 64  # first ends whose rows are in memory at a time


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """The links that heuristics may see.

    Parameters
    ----------
    network
        Types of the nodes.
    adjacency
        Of the known links, symmetric, ones.
    """

    network: TypedNetwork
    adjacency: csr_array

    @cached_property
    def degree(self) -> Scores:
        """Known links of each node."""
        counts: Scores = np.diff(self.adjacency.indptr).astype(np.float64)
        return counts

    @cached_property
    def by_type(self) -> Scores:
        """Known links of each node to each type."""
        return degrees_by_type(self.network, self.adjacency)

    @cached_property
    def damped(self) -> csr_array:
        """Adjacency with its columns divided by the root of their degree."""
        root = diags_array(1 / np.sqrt(np.maximum(self.degree, 1)))
        return csr_array(self.adjacency.astype(np.float64) @ root)

    @cached_property
    def adamic_adar(self) -> csr_array:
        """Adjacency with its columns divided by the logarithm of their degree."""
        logs = np.log(np.maximum(self.degree, 2))
        return csr_array(self.adjacency.astype(np.float64) @ diags_array(1 / logs))

    @cached_property
    def factors(self) -> "Factors":
        """The largest eigenvalues of the adjacency, and their vectors."""
        return factors_of(self.adjacency, max(SVD_RANKS))


@dataclass(frozen=True, slots=True)
class Factors:
    """Eigenvalues by falling magnitude, and their vectors as columns."""

    values: Scores
    vectors: Scores

    def scores(self, pairs: Links, rank: int) -> Scores:
        """Entries of the best approximation of this rank."""
        left, right = (self.vectors[pairs[:, end], :rank] for end in (0, 1))
        total: Scores = (left * self.values[:rank] * right).sum(axis=1)
        return total


def factors_of(adjacency: csr_array, rank: int) -> Factors:
    """Leading eigenpairs of a symmetric matrix: its SVD, up to signs.

    Parameters
    ----------
    adjacency
        The matrix.
    rank
        How many; fewer where the matrix is smaller.
    """
    with threadpool_limits(1):  # several threads mostly wait for each other
        values, vectors = _eigenpairs(adjacency.astype(np.float64), rank)
    order = np.argsort(-abs(values), kind="stable")[:rank]
    return Factors(values[order], vectors[:, order])


class _Eigenpairs(NamedTuple):
    values: Scores
    vectors: Scores


def _eigenpairs(matrix: csr_array, rank: int) -> _Eigenpairs:
    n = matrix.shape[0]
    if n > 4 * rank:
        start = np.random.default_rng(0).standard_normal(n)
        try:
            return _Eigenpairs(*eigsh(matrix, k=rank, v0=start))
        except ArpackError:  # did not converge
            pass
    return _Eigenpairs(*np.linalg.eigh(matrix.toarray()))


def degree_product(near: Neighbourhoods, pairs: Links) -> Scores:
    """Product of both degrees (preferential attachment)."""
    product: Scores = near.degree[pairs].prod(axis=1)
    return product


def typed_degree_product(near: Neighbourhoods, pairs: Links) -> Scores:
    """Product of the ends' links to the other's type, each plus 1.

    The 1 lets a node without such links be ranked by its partner.
    """
    types = near.network.types
    left = near.by_type[pairs[:, 0], types[pairs[:, 1]]]
    right = near.by_type[pairs[:, 1], types[pairs[:, 0]]]
    product: Scores = (left + 1) * (right + 1)
    return product


def common_neighbours(near: Neighbourhoods, pairs: Links) -> Scores:
    """Number of nodes that are linked to both."""
    adjacency = near.adjacency.astype(np.float64)
    return _products(lambda starts: adjacency[starts], adjacency, pairs)


def adamic_adar(near: Neighbourhoods, pairs: Links) -> Scores:
    """Sum over common neighbours of 1 / log(degree)."""
    adjacency = near.adjacency.astype(np.float64)
    return _products(lambda starts: near.adamic_adar[starts], adjacency, pairs)


def three_step_paths(near: Neighbourhoods, pairs: Links) -> Scores:
    """Sum over paths u - x - y - v of 1 / √(degree of x · degree of y)."""
    return _products(
        lambda starts: near.damped[starts] @ near.adjacency, near.damped, pairs
    )


def _products(
    rows_of: Callable[[NDArray[np.int64]], csr_array], matrix: csr_array, pairs: Links
) -> Scores:
    """Products of the first ends' rows with the second ends' rows of a matrix.

    The first ends are taken a few at a time, so that memory is bounded by their rows.
    """
    scores = np.empty(len(pairs))
    starts, places = np.unique(pairs[:, 0], return_inverse=True)
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(0, len(starts) + _ROWS, _ROWS))
    for number, (begin, end) in enumerate(pairwise(bounds.tolist())):
        first = number * _ROWS
        dense = rows_of(starts[first : first + _ROWS]).toarray()
        members = order[begin:end]
        out = np.empty(len(members))
        row_products(
            dense.astype(np.float64),
            places[members] - first,
            matrix.indptr,
            matrix.indices,
            matrix.data.astype(np.float64),
            pairs[members, 1],
            out,
        )
        scores[members] = out
    return scores


Heuristic = Callable[[Neighbourhoods, Links], Scores]
HEURISTICS: Mapping[str, Heuristic] = MappingProxyType(
    {
        "degree": degree_product,
        "typed degree": typed_degree_product,
        "common neighbours": common_neighbours,
        "Adamic-Adar": adamic_adar,
        "three-step paths": three_step_paths,
    }
)
SVD = "SVD"
BASELINES = ("degree", "typed degree", SVD)
"""What a model has to beat: degrees alone, and a factorisation of the links."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "degree": mark("product of the two nodes' numbers of links"),
        "typed degree": mark(
            "product of their numbers of links of the scored kind, each plus 1"
        ),
        "common neighbours": mark("number of nodes that are linked to both"),
        "Adamic-Adar": mark("common neighbours, each divided by the log of its degree"),
        "three-step paths": mark(
            "paths of three links, each divided by the root of the degrees inside"
        ),
        SVD: mark("low-rank approximation of the links, rank by validation"),
    }
)


def heuristics_of(network: TypedNetwork) -> tuple[str, ...]:
    """Names of the heuristics that differ on a network."""
    is_typed = len(network.type_names) > 1
    names = [name for name in HEURISTICS if is_typed or name != "typed degree"]
    return (*names, SVD)
