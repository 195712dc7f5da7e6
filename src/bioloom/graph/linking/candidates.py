"""Missing links ranked for each node: the list that a user came for."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.linking.fit import link_scores
from bioloom.graph.linking.heuristics import Neighbourhoods
from bioloom.graph.linking.ladder import AuditPlan, FinalModel, heuristic_scores
from bioloom.graph.linking.network import (
    Links,
    TypedNetwork,
    TypePair,
    adjacency_of_links,
)

_BLOCK = 200_000  # pairs scored at a time
_SAMPLE = 10_000  # unlinked pairs that a score is compared with


def candidates_frame(
    plan: AuditPlan, final: FinalModel, *, rng_seed: int
) -> pd.DataFrame:
    """The highest-scoring missing partners of every node of a scored type.

    Parameters
    ----------
    plan
        Network and scored pairs of types.
    final
        What ranks them.
    rng_seed
        Of the unlinked pairs that each score is compared with.

    Returns
    -------
    Columns node, type, partner, partner_type, rank, score, above (share of random
    unlinked pairs of these types that score lower), links, partner_links, and the
    score of each heuristic.
    """
    parts = []
    rng = np.random.default_rng([rng_seed, 4])
    for pair in plan.pairs:
        sample = _unlinked(plan.network, pair, rng)
        lower = np.sort(link_scores(final.fitted, plan.network, final.messages, sample))
        for name in dict.fromkeys(pair):
            other = pair.second if name == pair.first else pair.first
            best = _best(plan, final, name, other)
            above = np.searchsorted(lower, best.scores) / max(len(lower), 1)
            parts.append(_frame(plan, final, best, above))
    return pd.concat(parts, ignore_index=True)


class _Best(NamedTuple):
    """Pairs (node, partner), their ranks and scores."""

    pairs: Links
    ranks: NDArray[np.int64]
    scores: NDArray[np.float64]


def _unlinked(network: TypedNetwork, pair: TypePair, rng: np.random.Generator) -> Links:
    """Random pairs of these types without a link."""
    ends = [rng.choice(network.nodes_of(name), _SAMPLE) for name in pair]
    drawn = np.stack(ends, axis=1)
    is_free = ~np.isin(network.keys(drawn), network.keys(network.links))
    unlinked: Links = drawn[is_free & (drawn[:, 0] != drawn[:, 1])]
    return unlinked


def _best(plan: AuditPlan, final: FinalModel, name: str, other: str) -> _Best:
    network, top = plan.network, plan.settings.n_candidates
    parts = []
    for grid in _grids(network.nodes_of(name), network.nodes_of(other)):
        flat = grid.reshape(-1, 2)
        scores = link_scores(final.fitted, network, final.messages, flat)
        is_out = np.isin(network.keys(flat), network.keys(network.links))
        is_out |= flat[:, 0] == flat[:, 1]
        table = np.where(is_out, -np.inf, scores).reshape(grid.shape[:2])
        order = np.argsort(-table, axis=1, kind="stable")[:, :top]
        rows = np.arange(len(table))[:, None]
        is_open = np.isfinite(table[rows, order])
        ranks = np.broadcast_to(np.arange(1, order.shape[1] + 1), order.shape)
        parts.append(
            _Best(
                grid[rows, order][is_open],
                ranks[is_open],
                table[rows, order][is_open],
            )
        )
    return _Best(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _grids(nodes: NDArray[np.int64], partners: NDArray[np.int64]) -> Iterator[Links]:
    """All pairs, some nodes at a time: shape (nodes, partners, 2)."""
    size = max(1, _BLOCK // max(len(partners), 1))
    for begin in range(0, len(nodes), size):
        block = nodes[begin : begin + size]
        shape = (len(block), len(partners))
        yield np.stack(
            [
                np.broadcast_to(block[:, None], shape),
                np.broadcast_to(partners, shape),
            ],
            axis=2,
        )


def _frame(
    plan: AuditPlan, final: FinalModel, best: _Best, above: NDArray[np.float64]
) -> pd.DataFrame:
    network = plan.network
    near = Neighbourhoods(network, adjacency_of_links(network.n_nodes, network.links))
    ids = np.array(network.node_ids, dtype=object)
    types = np.array(network.type_names, dtype=object)[network.types]
    nodes, partners = best.pairs.T
    frame = pd.DataFrame(
        {
            "node": ids[nodes],
            "type": types[nodes],
            "partner": ids[partners],
            "partner_type": types[partners],
            "rank": best.ranks,
            "score": best.scores,
            "above": above,
            "links": near.degree[nodes].astype(np.int64),
            "partner_links": near.degree[partners].astype(np.int64),
        }
    )
    scores = heuristic_scores(near, best.pairs, rank=final.svd_rank)
    return frame.assign(**{column_of(name): values for name, values in scores.items()})


def column_of(method: str) -> str:
    """A method's name as a column of a table.

    Examples
    --------
    >>> column_of("three-step paths")
    'three_step_paths'
    """
    return method.lower().replace(" ", "_").replace("-", "_")
