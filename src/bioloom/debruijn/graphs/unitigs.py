"""The De Bruijn graph of k-mers, compacted into unitigs.

Nodes are (k-1)-mers, edges are k-mers; each also represents its reverse complement. A
unitig is a longest path whose inner nodes have one edge in and one out.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs import _kmers
from bioloom.debruijn.graphs._packed import room_for
from bioloom.debruijn.graphs.kmers import KmerTable
from bioloom.seq.alphabet import SeqCodes, decode

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class UnitigGraph:
    """Unitigs, and how their ends are joined.

    Parameters
    ----------
    table
        The k-mers.
    order
        Numbers of the k-mers in the order of the unitigs, which `begins` divides.
    begins
        Where each unitig begins in `order`; one more than there are unitigs.
    is_circle
        Whether a unitig is a circle that nothing else joins.
    codes
        Base codes of all unitigs, concatenated.
    ends
        Node where each unitig begins and where it ends, shape (n, 2). Nodes count in
        twos: 2 i is a (k-1)-mer, 2 i + 1 its reverse complement.
    is_own
        By i: whether a (k-1)-mer is its own reverse complement.
    """

    table: KmerTable
    order: NDArray[np.int32]
    begins: Ints
    is_circle: NDArray[np.bool_]
    codes: SeqCodes
    ends: Ints
    is_own: NDArray[np.bool_]

    @property
    def k(self) -> int:
        """Length of a k-mer."""
        return self.table.k

    @property
    def n_unitigs(self) -> int:
        """Number of unitigs."""
        return len(self.begins) - 1

    @cached_property
    def n_kmers(self) -> Ints:
        """Number of k-mers of each unitig."""
        return np.diff(self.begins)

    @property
    def lengths(self) -> Ints:
        """Bases of each unitig, shape (n,)."""
        return self.n_kmers + (self.k - 1)

    @cached_property
    def sums(self) -> Ints:
        """Sum of the counts of each unitig's k-mers."""
        counts = self.table.counts[self.order].astype(np.int64)
        if not len(counts):
            return np.zeros(0, dtype=np.int64)
        return np.add.reduceat(counts, self.begins[:-1])

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Mean count of each unitig's k-mers."""
        return self.sums / np.maximum(self.n_kmers, 1)

    def sequence(self, unitig: int) -> str:
        """Bases of a unitig."""
        return decode(self.sequence_codes(unitig))

    def sequence_codes(self, unitig: int) -> SeqCodes:
        """Base codes of a unitig."""
        begin = self.begins[unitig] + unitig * (self.k - 1)
        return self.codes[begin : begin + self.lengths[unitig]]

    def turned_node(self, nodes: Ints) -> Ints:
        """The reverse complements of nodes; some are their own."""
        return np.where(self.is_own[nodes >> 1], nodes, nodes ^ 1)

    @cached_property
    def sources(self) -> Ints:
        """Node where each oriented unitig begins; 2 u is unitig u, 2 u + 1 turned."""
        return np.stack([self.ends[:, 0], self.turned_node(self.ends[:, 1])], 1).ravel()

    @cached_property
    def targets(self) -> Ints:
        """Node where each oriented unitig ends."""
        return np.stack([self.ends[:, 1], self.turned_node(self.ends[:, 0])], 1).ravel()

    @cached_property
    def n_leaving(self) -> Ints:
        """Oriented unitigs that begin at each node."""
        return np.bincount(self.sources, minlength=2 * len(self.is_own))

    def without(self, removed: NDArray[np.bool_]) -> "UnitigGraph":
        """The graph without some unitigs, compacted again."""
        gone = np.repeat(removed, self.n_kmers)
        is_left = np.ones(len(self.table.kmers), dtype=np.bool_)
        is_left[self.order[gone]] = False
        return build(self.table.subset(is_left))


def build(table: KmerTable) -> UnitigGraph:
    """Compact the De Bruijn graph of k-mers.

    Notes
    -----
    About 40 bytes per k-mer, time O(n): the eight possible neighbours of each k-mer are
    looked up among the sorted k-mers through an index of their first bits.

    References
    ----------
    Chikhi R., Limasset A., Medvedev P. (2016) Compacting de Bruijn graphs from
    sequencing data quickly and in low memory. Bioinformatics 32:i201.
    doi:10.1093/bioinformatics/btw279
    """
    k, n = table.k, len(table.kmers)
    index = indexed(table.kmers, k)
    masks = np.zeros(n, dtype=np.uint8)
    after = np.zeros((n, 2), dtype=np.uint32)
    _kmers.extensions(index, k, masks, after)
    paths = _kmers.Paths(
        order=np.empty(n, dtype=np.int32),
        sides=np.empty(n, dtype=np.uint8),
        begins=np.zeros(n + 1, dtype=np.int64),
        circles=np.zeros(n, dtype=np.uint8),
    )
    n_unitigs = _kmers.fill_paths(masks, after, paths)
    paths = paths._replace(begins=paths.begins[: n_unitigs + 1].copy())
    codes = np.empty(n + n_unitigs * (k - 1), dtype=np.uint8)
    _kmers.spell(table.kmers, k, paths, codes)
    nodes = _nodes(table, paths)
    return UnitigGraph(
        table=table,
        order=paths.order,
        begins=paths.begins,
        is_circle=paths.circles[:n_unitigs].astype(np.bool_),
        codes=codes,
        ends=nodes.ends,
        is_own=nodes.is_own,
    )


def indexed(kmers: NDArray[np.uint64], k: int) -> _kmers.Index:
    """Ascending k-mers with an index of their first bits."""
    n_bits = 2 * k if kmers.ndim == 1 else 64  # of the first word
    bits = min(n_bits, max(2, len(kmers).bit_length()))
    shift = n_bits - bits
    starts = np.zeros((1 << bits) + 1, dtype=np.int64)
    _kmers.bucket_starts(kmers, shift, starts)
    return _kmers.Index(kmers, starts, shift)


class _Nodes(NamedTuple):
    """Nodes at both ends of each unitig, as in `UnitigGraph`."""

    ends: Ints
    is_own: NDArray[np.bool_]


def _nodes(table: KmerTable, paths: _kmers.Paths) -> _Nodes:
    n, k = len(paths.begins) - 1, table.k
    words = room_for(2 * n, k)
    sides = np.zeros(2 * n, dtype=np.uint8)
    _kmers.write_nodes(table.kmers, k, paths, words, sides)
    names, numbers = np.unique(words, return_inverse=True, axis=0)
    ends = 2 * numbers.astype(np.int64).ravel() + sides
    is_own = names == turned_all(names, k - 1)
    if is_own.ndim > 1:  # several words a node
        is_own = is_own.all(axis=1)
    return _Nodes(ends.reshape(-1, 2), is_own)


def turned_all(kmers: NDArray[np.uint64], k: int) -> NDArray[np.uint64]:
    """Reverse complements of packed k-mers."""
    turned = np.empty_like(kmers)
    _kmers.turn_all(kmers, k, turned)
    return turned
