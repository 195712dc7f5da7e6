"""Shape of a graph of unitigs: links, tips, bubbles, components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bioloom.debruijn.graphs.unitigs import Ints, UnitigGraph

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class GraphShape:
    """Counts of a graph's parts.

    Parameters
    ----------
    k
        Length of a k-mer.
    n_sequences, n_letters
        Sequences and letters read.
    min_count
        k-mers with a lower count are left out.
    n_nodes, n_edges
        (k-1)-mers and k-mers, each with its reverse complement.
    n_unitigs, n_links
        Of the compacted graph; a link joins the ends of two unitigs.
    n_tips
        Unitigs shorter than 2 k bases with one dead end.
    n_bubbles
        Places where several unitigs lead from one node to the same other node.
    n_components
        Parts of the graph that nothing joins.
    n_bases, longest, n50
        Of the unitigs: total length, length of the longest, and the length such that
        half of all bases are in unitigs at least as long.
    """

    k: int
    n_sequences: int
    n_letters: int
    min_count: int
    n_nodes: int
    n_edges: int
    n_unitigs: int
    n_links: int
    n_tips: int
    n_bubbles: int
    n_components: int
    n_bases: int
    longest: int
    n50: int

    def to_frame(self) -> pd.DataFrame:
        """One row per measure."""
        import pandas as pd

        return pd.DataFrame(asdict(self).items(), columns=["measure", "value"])


def shape_of(graph: UnitigGraph, *, min_count: int = 1) -> GraphShape:
    """Count the parts of a graph.

    Parameters
    ----------
    graph
        The graph.
    min_count
        Lowest count of its k-mers.
    """
    table, lengths = graph.table, graph.lengths
    inner = int((graph.n_kmers - 1).sum())
    return GraphShape(
        k=graph.k,
        n_sequences=table.n_sequences,
        n_letters=table.n_letters,
        min_count=min_count,
        n_nodes=inner + len(graph.is_own),
        n_edges=len(table.kmers),
        n_unitigs=graph.n_unitigs,
        n_links=len(links(graph)),
        n_tips=int((is_short(graph) & (n_dead_ends(graph) == 1)).sum()),
        n_bubbles=len(bubbles(graph)),
        n_components=len(np.unique(components(graph))),
        n_bases=int(lengths.sum()),
        longest=int(lengths.max(initial=0)),
        n50=n50(lengths.tolist()),
    )


def n50(lengths: Sequence[int]) -> int:
    """Length such that at least half of all bases are in pieces at least as long.

    Examples
    --------
    >>> n50([2, 2, 3, 3, 10])
    10
    """
    total, covered = sum(lengths), 0
    for length in sorted(lengths, reverse=True):
        covered += length
        if 2 * covered >= total:
            return int(length)
    return 0


def links(graph: UnitigGraph) -> Ints:
    """Pairs of oriented unitigs where the second follows the first, each link once.

    Shape (n, 2); 2 u is unitig u, 2 u + 1 its reverse complement.
    """
    order = np.argsort(graph.sources, kind="stable")
    begins = np.searchsorted(graph.sources[order], graph.targets, "left")
    n_after = graph.n_leaving[graph.targets]
    before = np.repeat(np.arange(len(graph.targets)), n_after)
    firsts = np.repeat(np.cumsum(n_after) - n_after, n_after)
    places = np.arange(len(before)) - firsts + begins[before]
    after = order[places]
    is_first = (before < (after ^ 1)) | (
        (before == (after ^ 1)) & (after <= before ^ 1)
    )
    return np.stack([before[is_first], after[is_first]], axis=1)


def is_short(graph: UnitigGraph) -> NDArray[np.bool_]:
    """Which unitigs have fewer than 2 k bases."""
    return graph.lengths < 2 * graph.k


def n_dead_ends(graph: UnitigGraph) -> Ints:
    """Number of dead ends of each unitig, 0 to 2."""
    is_dead = graph.n_leaving[graph.targets] == 0
    n_dead: Ints = is_dead.reshape(-1, 2).sum(axis=1)
    return n_dead


def bubbles(graph: UnitigGraph) -> list[Ints]:
    """Unitigs that lead from one node to the same other node: a group per bubble."""
    n_nodes = 2 * len(graph.is_own)
    forward = graph.sources * n_nodes + graph.targets
    keys = np.minimum(forward[0::2], forward[1::2])
    order = np.argsort(keys, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)
    loops = graph.ends[:, 0] == graph.ends[:, 1]
    return [group for group in groups if len(group) > 1 and not loops[group[0]]]


def components(graph: UnitigGraph) -> Ints:
    """Number of the component of each unitig."""
    begin, end = graph.ends[:, 0] >> 1, graph.ends[:, 1] >> 1
    n = len(graph.is_own)
    joined = coo_array((np.ones(len(begin)), (begin, end)), shape=(n, n))
    _, labels = connected_components(joined, directed=False)
    numbers: Ints = np.asarray(labels, dtype=np.int64)[begin]
    return numbers
