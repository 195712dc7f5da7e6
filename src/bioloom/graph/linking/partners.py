"""How high a node's held-out partners stand in its complete list of candidates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.linking.heuristics import Scores
from bioloom.graph.linking.network import Links, TypedNetwork, TypePair
from bioloom.graph.linking.splits import LinkSplit

ScoreAll = Callable[[Links], Mapping[str, Scores]]
"""Scores of pairs by every method."""
_MOST_NODES = 500  # of a type, drawn at random where there are more
_BLOCK = 200_000  # pairs scored at a time


class PartnerHits(NamedTuple):
    """Held-out partners among the best candidates of their node.

    Parameters
    ----------
    pair
        Of types.
    node_type
        Type of the nodes whose lists these are.
    method
        What ranks them.
    n_links, n_hits
        Held-out links, and those within the first `top`.
    n_nodes
        Nodes that they belong to.
    n_partners
        Nodes of the other type: the length of a list, at most.
    """

    pair: str
    node_type: str
    method: str
    n_links: int
    n_hits: int
    n_nodes: int
    n_partners: int


def partner_hits(
    network: TypedNetwork,
    pairs: Sequence[TypePair],
    split: LinkSplit,
    score_all: ScoreAll,
    *,
    top: int,
    rng: np.random.Generator,
) -> tuple[PartnerHits, ...]:
    """Hits of every pair of types, from both ends.

    Parameters
    ----------
    network, pairs
        The network, and the scored pairs.
    split
        Its test links are looked for; in a cold start in the lists of cold nodes only.
    score_all
        Scores pairs of nodes.
    top
        Length of the list in which a partner counts as found.
    rng
        Draws 500 nodes where a type has more.

    Notes
    -----
    Known partners of training and validation, and other held-out ones, are not in the
    list. Ties count half.
    """
    hits: list[PartnerHits] = []
    relations = network.relations(split.test)
    for pair in pairs:
        test = split.test[relations == network.pairs.index(pair)]
        for name in dict.fromkeys(pair):
            ends = _ends(network, test, name, split.cold)
            nodes = np.unique(ends[:, 0])
            if len(nodes) > _MOST_NODES:
                nodes = np.sort(rng.choice(nodes, _MOST_NODES, replace=False))
                ends = ends[np.isin(ends[:, 0], nodes)]
            other = pair.second if name == pair.first else pair.first
            lists = _Lists(network, split, network.nodes_of(other))
            ranks = _ranks(lists, ends, score_all)
            hits += [
                PartnerHits(
                    str(pair),
                    name,
                    method,
                    n_links=len(ends),
                    n_hits=int((values <= top).sum()),
                    n_nodes=len(nodes),
                    n_partners=len(lists.partners),
                )
                for method, values in ranks.items()
            ]
    return tuple(hits)


class _Lists(NamedTuple):
    network: TypedNetwork
    split: LinkSplit
    partners: NDArray[np.int64]


def _ends(
    network: TypedNetwork,
    test: Links,
    type_name: str,
    cold: NDArray[np.bool_] | None,
) -> Links:
    """Test links as (node, partner), the node of this type and, if any are, cold."""
    both = np.concatenate([test, test[:, ::-1]])
    wanted = network.types[both[:, 0]] == network.type_names.index(type_name)
    if cold is not None:
        wanted &= cold[both[:, 0]]
    ends: Links = both[wanted]
    return ends


def _ranks(
    lists: _Lists, ends: Links, score_all: ScoreAll
) -> dict[str, NDArray[np.float64]]:
    """Rank of each held-out partner by every method."""
    parts = [
        _block_ranks(lists, ends[members], score_all)
        for members in _blocks(ends, len(lists.partners))
    ]
    names = parts[0] if parts else {}
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def _blocks(ends: Links, n_partners: int) -> Iterator[NDArray[np.int64]]:
    """Numbers of the links of some nodes at a time."""
    nodes = np.unique(ends[:, 0])
    size = max(1, _BLOCK // max(n_partners, 1))
    for begin in range(0, len(nodes), size):
        yield np.flatnonzero(np.isin(ends[:, 0], nodes[begin : begin + size]))


def _block_ranks(
    lists: _Lists, ends: Links, score_all: ScoreAll
) -> dict[str, NDArray[np.float64]]:
    network, partners = lists.network, lists.partners
    nodes, places = np.unique(ends[:, 0], return_inverse=True)
    grid = np.stack(
        [np.repeat(nodes, len(partners)), np.tile(partners, len(nodes))], axis=1
    )
    is_out = np.isin(network.keys(grid), network.keys(network.links))
    is_out |= grid[:, 0] == grid[:, 1]
    is_open = ~is_out.reshape(len(nodes), -1)
    columns = np.searchsorted(partners, ends[:, 1])
    ranks = {}
    for name, flat in score_all(grid).items():
        table = flat.reshape(len(nodes), -1)
        mine = table[places, columns][:, None]
        others = table[places]
        above = ((others > mine) & is_open[places]).sum(axis=1)
        equal = ((others == mine) & is_open[places]).sum(axis=1)
        ranks[name] = 1 + above + equal / 2
    return ranks
