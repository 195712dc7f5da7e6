"""Errors of reads taken out of a graph: tips clipped, bubbles popped, by coverage.

An error in the middle of a read makes a bubble of k k-mers, one near its end a tip;
both are seen far less often than the truth beside them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.shape import bubbles, is_short, n_dead_ends
from bioloom.debruijn.unitigs import UnitigGraph
from bioloom.run.progress import OnStep, silent

MOST_ROUNDS = 30
WEAK = 0.1  # of the median coverage: what no true unitig falls below
ISLAND = 0.5  # the same for a short unitig that hangs on nothing
LONGEST = 4  # times k: k-mers of a weak unitig, or of a side of a bubble

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Removal:
    """Unitigs taken out at once.

    Parameters
    ----------
    kind
        "tip", "weak" or "bubble".
    n_unitigs, n_kmers
        How many.
    """

    kind: str
    n_unitigs: int
    n_kmers: int


def clean(
    graph: UnitigGraph, *, on_step: OnStep = silent
) -> tuple[UnitigGraph, tuple[Removal, ...]]:
    """Clip tips and pop bubbles until there are none that coverage speaks against.

    Parameters
    ----------
    graph
        Of the k-mers that were seen often enough.
    on_step
        Told the rounds.

    Returns
    -------
    The cleaned graph, and what was taken out in which order.

    Notes
    -----
    - A tip is shorter than 2 k bases, ends where nothing follows, and is clipped where
      another unitig of higher coverage leads to the same node.
    - Weak is a unitig of at most 4 k k-mers with less than a tenth of the usual
      coverage (that of the k-mer in the middle of all that were read), or one shorter
      than 2 k bases with less than half of it that hangs on nothing.
    - Of the sides of a bubble, none longer than 4 k k-mers, the one of the highest
      coverage stays.

    After each removal the graph is compacted anew.

    References
    ----------
    Zerbino D.R., Birney E. (2008) Velvet. Genome Res. 18:821. doi:10.1101/gr.074492.107
    """
    removals: list[Removal] = []
    for number in range(MOST_ROUNDS):
        on_step("cleaning", number, MOST_ROUNDS)
        n_before = len(removals)
        for kind, choose in (("tip", tips), ("weak", weak), ("bubble", worse_sides)):
            chosen = choose(graph)
            if chosen.any():
                n_kmers = int(graph.n_kmers[chosen].sum())
                removals.append(Removal(kind, int(chosen.sum()), n_kmers))
                graph = graph.without(chosen)
        if len(removals) == n_before:
            break
    return graph, tuple(removals)


def tips(graph: UnitigGraph) -> Chosen:
    """Tips with a rival of higher coverage."""
    is_dead = (graph.n_leaving[graph.targets] == 0).reshape(-1, 2)
    candidates = np.flatnonzero(is_short(graph) & (is_dead.sum(axis=1) == 1))
    coverage = graph.coverage
    best = np.zeros(2 * len(graph.is_own))
    np.maximum.at(best, graph.targets, np.repeat(coverage, 2))
    oriented = 2 * candidates + is_dead[candidates, 0]  # the way that leads to a node
    rivals = best[graph.targets[oriented]]
    chosen = np.zeros(graph.n_unitigs, dtype=np.bool_)
    chosen[candidates] = coverage[candidates] < rivals
    return chosen


def weak(graph: UnitigGraph) -> Chosen:
    """Unitigs of hardly any coverage, unless they are long."""
    usual, coverage = usual_coverage(graph), graph.coverage
    is_weak = (graph.n_kmers <= LONGEST * graph.k) & (coverage < WEAK * usual)
    is_island = is_short(graph) & (n_dead_ends(graph) == 2)
    chosen: Chosen = is_weak | (is_island & (coverage < ISLAND * usual))
    return chosen


def usual_coverage(graph: UnitigGraph) -> float:
    """Median coverage of the unitigs, weighted by the counts of their k-mers."""
    if not graph.n_unitigs:
        return 0.0
    coverage = graph.coverage
    order = np.argsort(coverage, kind="stable")
    sums = np.cumsum(graph.sums[order])
    return float(coverage[order][np.searchsorted(sums, sums[-1] / 2)])


def worse_sides(graph: UnitigGraph) -> Chosen:
    """All sides of bubbles but the one of the highest coverage, the first of equals."""
    chosen = np.zeros(graph.n_unitigs, dtype=np.bool_)
    for sides in _short_bubbles(graph):
        chosen[sides] = True
        chosen[sides[np.argmax(graph.coverage[sides])]] = False
    return chosen


def _short_bubbles(graph: UnitigGraph) -> Iterator[NDArray[np.int64]]:
    most = LONGEST * graph.k
    for group in bubbles(graph):
        sides = group[graph.n_kmers[group] <= most]
        if len(sides) > 1:
            yield sides
