"""Removal of read errors from a graph: clip tips, pop bubbles, by coverage.

An error in the middle of a read makes a bubble of k k-mers, one near its end a tip;
both have a far lower coverage than the correct path next to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs.shape import bubbles, is_short, n_dead_ends
from bioloom.debruijn.graphs.unitigs import UnitigGraph
from bioloom.run.progress import OnStep, silent

MOST_ROUNDS = 30
WEAK = 0.1  # of the median coverage: no correct unitig is below
ISLAND = 0.5  # the same for a short unitig that nothing joins
LONGEST = 4  # times k: k-mers of a weak unitig, or of a branch of a bubble

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Removal:
    """Unitigs removed in one step.

    Parameters
    ----------
    kind
        "tip", "weak" or "bubble".
    n_unitigs, n_kmers
        Their number.
    """

    kind: str
    n_unitigs: int
    n_kmers: int


class Cleaned(NamedTuple):
    """A cleaned graph, and what was removed, in order."""

    graph: UnitigGraph
    removals: tuple[Removal, ...]


def clean(graph: UnitigGraph, *, on_step: OnStep = silent) -> Cleaned:
    """Clip tips and pop bubbles of low coverage until there are none.

    Parameters
    ----------
    graph
        Of the k-mers with a high enough count.
    on_step
        Called with the rounds.

    Notes
    -----
    - A tip is shorter than 2 k bases, has a dead end, and is clipped where another
      unitig of higher coverage leads to the same node.
    - A unitig is weak if it has at most 4 k k-mers and less than a tenth of the usual
      coverage (the median over all k-mers read), or is shorter than 2 k bases, joined
      to nothing, and has less than half of the usual coverage.
    - Of the branches of a bubble with at most 4 k k-mers each, the one of the highest
      coverage stays.

    After each removal the graph is compacted again.

    References
    ----------
    Zerbino D.R., Birney E. (2008) Velvet. Genome Res. 18:821. doi:10.1101/gr.074492.107
    """
    removals: list[Removal] = []
    for number in range(MOST_ROUNDS):
        on_step("cleaning", number, MOST_ROUNDS)
        n_before = len(removals)
        for kind, choose in (
            ("tip", tips),
            ("weak", weak),
            ("bubble", weaker_branches),
        ):
            chosen = choose(graph)
            if chosen.any():
                n_kmers = int(graph.n_kmers[chosen].sum())
                removals.append(Removal(kind, int(chosen.sum()), n_kmers))
                graph = graph.without(chosen)
        if len(removals) == n_before:
            break
    return Cleaned(graph, tuple(removals))


def tips(graph: UnitigGraph) -> Chosen:
    """Tips next to a unitig of higher coverage."""
    is_dead = (graph.n_leaving[graph.targets] == 0).reshape(-1, 2)
    candidates = np.flatnonzero(is_short(graph) & (is_dead.sum(axis=1) == 1))
    coverage = graph.coverage
    best = np.zeros(2 * len(graph.is_own))
    np.maximum.at(best, graph.targets, np.repeat(coverage, 2))
    oriented = 2 * candidates + is_dead[candidates, 0]  # towards a node
    rivals = best[graph.targets[oriented]]
    chosen = np.zeros(graph.n_unitigs, dtype=np.bool_)
    chosen[candidates] = coverage[candidates] < rivals
    return chosen


def weak(graph: UnitigGraph) -> Chosen:
    """Unitigs of very low coverage, unless they are long."""
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


def weaker_branches(graph: UnitigGraph) -> Chosen:
    """All branches of bubbles but the first of the highest coverage."""
    chosen = np.zeros(graph.n_unitigs, dtype=np.bool_)
    for branches in _short_bubbles(graph):
        chosen[branches] = True
        chosen[branches[np.argmax(graph.coverage[branches])]] = False
    return chosen


def _short_bubbles(graph: UnitigGraph) -> Iterator[NDArray[np.int64]]:
    most = LONGEST * graph.k
    for group in bubbles(graph):
        branches = group[graph.n_kmers[group] <= most]
        if len(branches) > 1:
            yield branches
