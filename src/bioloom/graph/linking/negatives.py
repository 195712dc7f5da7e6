"""Pairs of nodes without a link, drawn in ways that are more and more demanding.

Each is drawn for one link, its positive. How they are drawn decides what a high AUC
means: see `bioloom.graph.linking.ladder`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.linking.network import Links, TypedNetwork

NegativeKind = Literal["any", "types", "degree", "equal"]
_ROUNDS, _FEW_ROUNDS = 200, 20
_FIRST_WINDOW = 2  # ranks up and down, at least


class Negatives(NamedTuple):
    """Pairs without a link, and the number of the positive that each belongs to."""

    pairs: Links
    owner: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sampler:
    """Draws negatives of a network of which some links are known.

    Parameters
    ----------
    network
        Its nodes and their types; its links are not used.
    known
        Links that are no negatives. In training these are the training links alone: a
        test link may be drawn like any other pair.
    adjacency
        Training messages: their degrees are matched by "equal".
    cold
        Nodes of a cold start, bool, shape (n_nodes,): a cold end of a positive is a
        cold node in its negative too, or being cold would give it away.
    barred
        Nodes that are in no negative: in training, those kept for a cold start.
    """

    network: TypedNetwork
    known: Links
    adjacency: csr_array
    cold: NDArray[np.bool_] | None = None
    barred: NDArray[np.bool_] | None = None

    @cached_property
    def known_keys(self) -> NDArray[np.int64]:
        """Keys of the known links, ascending."""
        return np.sort(self.network.keys(self.known))

    @cached_property
    def degrees(self) -> NDArray[np.float64]:
        """Links of each node to each type, shape (n_nodes, n_types)."""
        return degrees_by_type(self.network, self.adjacency)

    def draw(
        self,
        positives: Links,
        kind: NegativeKind,
        rng: np.random.Generator,
        *,
        are_distinct: bool = True,
    ) -> Negatives:
        """One negative for each positive.

        Parameters
        ----------
        positives
            Links.
        kind
            "any": two random nodes; "types": random nodes of the positive's types;
            "degree": ends of two random positives of the same types, so that a node
            is drawn as often as it has links there; "equal": one end of the positive,
            and a node of the other's type and nearly its degree.
        rng
            Draws them.
        are_distinct
            Whether no pair may be drawn twice.

        Returns
        -------
        Positives for which none was found in 200 attempts (20 if pairs may repeat)
        have none.
        """
        propose = _PROPOSALS[kind]
        taken = self.known_keys
        oriented = _oriented(self.network, positives, rng)
        pairs = np.zeros_like(positives)
        left = np.arange(len(positives))
        for attempt in range(_ROUNDS if are_distinct else _FEW_ROUNDS):
            if not len(left):
                break
            drawn = propose(self, oriented, left, _Draw(rng, attempt))
            is_new = _is_new(self.network.keys(drawn), taken)
            is_new &= drawn[:, 0] != drawn[:, 1]
            if self.barred is not None:
                is_new &= ~self.barred[drawn].any(axis=1)
            if are_distinct:
                is_new &= _is_first(self.network.keys(drawn))
                taken = np.sort(
                    np.concatenate([taken, self.network.keys(drawn[is_new])])
                )
            pairs[left[is_new]] = drawn[is_new]
            left = left[~is_new]
        owner = np.setdiff1d(np.arange(len(positives)), left)
        return Negatives(np.sort(pairs[owner], axis=1), owner)


class _Draw(NamedTuple):
    rng: np.random.Generator
    attempt: int


def _oriented(network: TypedNetwork, links: Links, rng: np.random.Generator) -> Links:
    """Links with the end of the smaller type number first; at random if equal."""
    first, second = network.types[links].T
    is_turned = (first > second) | ((first == second) & (rng.random(len(links)) < 0.5))
    return np.where(is_turned[:, None], links[:, ::-1], links)


def _is_new(keys: NDArray[np.int64], taken: NDArray[np.int64]) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(taken, keys), max(len(taken) - 1, 0))
    return taken[place] != keys if len(taken) else np.ones(len(keys), dtype=bool)


def _is_first(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    is_first = np.zeros(len(keys), dtype=bool)
    is_first[np.unique(keys, return_index=True)[1]] = True
    return is_first


def _any(sampler: Sampler, _: Links, left: NDArray[np.int64], draw: _Draw) -> Links:
    pairs = draw.rng.integers(sampler.network.n_nodes, size=(len(left), 2))
    if sampler.cold is not None:
        pairs[:, 0] = draw.rng.choice(np.flatnonzero(sampler.cold), len(left))
    return pairs


def _types(
    sampler: Sampler, positives: Links, left: NDArray[np.int64], draw: _Draw
) -> Links:
    network, wanted = sampler.network, positives[left]
    pairs = np.empty_like(wanted)
    for end in (0, 1):
        for number in np.unique(network.types[wanted[:, end]]):
            rows = np.flatnonzero(network.types[wanted[:, end]] == number)
            nodes = np.flatnonzero(network.types == number)
            pairs[rows, end] = draw.rng.choice(nodes, len(rows))
            if sampler.cold is not None:  # a cold end is replaced by a cold node
                cold = rows[sampler.cold[wanted[rows, end]]]
                pairs[cold, end] = draw.rng.choice(
                    nodes[sampler.cold[nodes]], len(cold)
                )
    return pairs


def _by_degree(
    sampler: Sampler, positives: Links, left: NDArray[np.int64], draw: _Draw
) -> Links:
    """Ends of random positives of the same types: each end keeps its frequency."""
    relations = sampler.network.relations(positives)
    pairs = np.empty((len(left), 2), dtype=np.int64)
    for number in np.unique(relations[left]):
        rows = np.flatnonzero(relations[left] == number)
        same = positives[relations == number]
        if draw.attempt == 0 and len(rows) == len(same):  # exactly as often
            firsts, seconds = rows, draw.rng.permutation(len(same))
            pairs[rows] = np.stack([positives[left[firsts], 0], same[seconds, 1]], 1)
        else:
            for end in (0, 1):
                pairs[rows, end] = draw.rng.choice(same[:, end], len(rows))
    return pairs


def _equal(
    sampler: Sampler, positives: Links, left: NDArray[np.int64], draw: _Draw
) -> Links:
    """One end is replaced by a node of its type with nearly the same degree."""
    pairs = positives[left].copy()
    if sampler.cold is None:
        end = draw.rng.integers(2, size=len(left))
    else:  # the warm end: nothing is known of the cold one
        end = sampler.cold[pairs[:, 0]].astype(np.int64)
    replaced = pairs[np.arange(len(left)), end]
    partner = pairs[np.arange(len(left)), 1 - end]
    types = sampler.network.types
    degrees = sampler.degrees
    kinds = np.stack([types[replaced], types[partner]], axis=1)
    for kind, other in np.unique(kinds, axis=0).tolist():
        rows = np.flatnonzero((kinds == (kind, other)).all(axis=1))
        nodes = np.flatnonzero(types == kind)
        keys = draw.rng.random(len(nodes)), degrees.sum(axis=1), degrees[:, other]
        nodes = nodes[np.lexsort((keys[0], *(key[nodes] for key in keys[1:])))]
        rank = np.empty(sampler.network.n_nodes, dtype=np.int64)
        rank[nodes] = np.arange(len(nodes))
        window = _FIRST_WINDOW + draw.attempt // 4
        steps = draw.rng.integers(1, window + 1, len(rows))
        steps *= draw.rng.choice([-1, 1], len(rows))
        places = np.clip(rank[replaced[rows]] + steps, 0, len(nodes) - 1)
        pairs[rows, end[rows]] = nodes[places]
    return pairs


def degrees_by_type(network: TypedNetwork, adjacency: csr_array) -> NDArray[np.float64]:
    """Links of each node to each type, shape (n_nodes, n_types)."""
    is_type = np.eye(len(network.type_names))[network.types]
    counts: NDArray[np.float64] = adjacency.astype(np.float64) @ is_type
    return counts


_Proposal = Callable[[Sampler, Links, NDArray[np.int64], _Draw], Links]
_PROPOSALS: dict[NegativeKind, _Proposal] = {
    "any": _any,
    "types": _types,
    "degree": _by_degree,
    "equal": _equal,
}
