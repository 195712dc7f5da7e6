"""The audit: one link predictor after another, on negatives more and more demanding.

Each rung draws the pairs without a link in its own way, in training, validation and
test alike. What a method loses from one rung to the next, it owed to what the next
rung takes away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.linking.fit import (
    FittedLinks,
    fit_links,
    link_scores,
    validation_pairs,
)
from bioloom.graph.linking.heuristics import (
    HEURISTICS,
    SVD,
    SVD_RANKS,
    Neighbourhoods,
    Scores,
    heuristics_of,
)
from bioloom.graph.linking.negatives import NegativeKind, Sampler
from bioloom.graph.linking.network import (
    Links,
    TypedNetwork,
    TypePair,
    adjacency_of_links,
)
from bioloom.graph.linking.settings import LinkModelName, LinkSettings
from bioloom.graph.linking.splits import (
    LinkSplit,
    cold_split,
    ordered_split,
    random_split,
)
from bioloom.run.progress import OnStep, silent
from bioloom.statistics.ranking import roc_auc


class Rung(NamedTuple):
    """One kind of test.

    Parameters
    ----------
    name
        Short, for tables.
    negatives
        How pairs without a link are drawn.
    is_cold
        Whether some nodes lose all their scored links.
    meaning
        What the negatives are.
    removes
        What can no longer help.
    """

    name: str
    negatives: NegativeKind
    is_cold: bool
    meaning: str
    removes: str


RUNGS: tuple[Rung, ...] = (
    Rung(
        "any pair",
        "any",
        is_cold=False,
        meaning="two random nodes without a link, of whatever types, as in many papers",
        removes="nothing",
    ),
    Rung(
        "right types",
        "types",
        is_cold=False,
        meaning="two random nodes of the link's own types",
        removes="recognising pairs of types that are never linked",
    ),
    Rung(
        "degree-matched",
        "degree",
        is_cold=False,
        meaning="ends drawn in proportion to their links, so that a node is as often "
        "in a negative as in a link",
        removes="knowing which nodes have many links",
    ),
    Rung(
        "equal degrees",
        "equal",
        is_cold=False,
        meaning="one end of the link, and a node with nearly the degree of the other",
        removes="knowing that two nodes with many links are mostly linked",
    ),
    Rung(
        "cold start",
        "types",
        is_cold=True,
        meaning="links of nodes that have none of this kind in training, against "
        "random pairs of such nodes",
        removes="known links of the node itself",
    ),
    Rung(
        "cold, degree-matched",
        "degree",
        is_cold=True,
        meaning="the same with both ends drawn in proportion to their links",
        removes="both",
    ),
)
HONEST = ("degree-matched", "equal degrees", "cold, degree-matched")
"""Rungs on which degrees alone should not help."""


class RungScores(NamedTuple):
    """What all methods say of a rung's test pairs.

    Parameters
    ----------
    pairs
        Links first, then their negatives.
    is_link
        Whether a pair is linked.
    owner
        Of each pair, the number of the link that it is or was drawn for.
    scores
        By method.
    val_auc
        By method: AUC of the validation links.
    thresholds
        By method: the score with the best balanced accuracy on the validation pairs.
    """

    pairs: Links
    is_link: NDArray[np.bool_]
    owner: NDArray[np.int64]
    scores: Mapping[str, Scores]
    val_auc: Mapping[str, float]
    thresholds: Mapping[str, float]

    def auc(self, method: str) -> float:
        """AUC of a method."""
        return roc_auc(self.scores[method], self.is_link)


@dataclass(frozen=True, eq=False)
class SeedAudit:
    """One seed's climb of the ladder.

    Parameters
    ----------
    rng_seed
        Of the splits, the negatives and the training.
    rungs
        Scores by rung.
    """

    rng_seed: int
    rungs: Mapping[str, RungScores]


@dataclass(frozen=True)
class AuditPlan:
    """What is audited.

    Parameters
    ----------
    network
        The network.
    pairs
        Pairs of types whose links are predicted.
    models
        To train.
    settings
        Of the models and the splits.
    """

    network: TypedNetwork
    pairs: tuple[TypePair, ...]
    models: tuple[LinkModelName, ...]
    settings: LinkSettings

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """Heuristics and models, in the order of tables."""
        return (*heuristics_of(self.network), *map(str, self.models))

    def split(self, rng_seed: int, *, is_cold: bool) -> LinkSplit:
        """The split of a seed."""
        rng = np.random.default_rng([rng_seed, int(is_cold)])
        settings = self.settings
        if is_cold:
            share = settings.cold_share
            return cold_split(self.network, self.pairs, share=share, rng=rng)
        share = settings.test_share
        if self.network.order is not None:
            return ordered_split(self.network, self.pairs, share=share)
        return random_split(self.network, self.pairs, share=share, rng=rng)


def audit_seed(
    plan: AuditPlan, rng_seed: int, *, on_step: OnStep = silent
) -> SeedAudit:
    """Climb the ladder once.

    Parameters
    ----------
    plan
        Network, models and settings.
    rng_seed
        Of everything that is drawn.
    on_step
        Called with each rung.
    """
    splits = {
        is_cold: plan.split(rng_seed, is_cold=is_cold) for is_cold in (False, True)
    }
    rungs = {}
    for number, rung in enumerate(RUNGS):
        on_step(f"seed {rng_seed}: {rung.name}", number, len(RUNGS))
        rungs[rung.name] = _climb(plan, rung, splits[rung.is_cold], rng_seed)
    return SeedAudit(rng_seed, MappingProxyType(rungs))


def _climb(plan: AuditPlan, rung: Rung, split: LinkSplit, rng_seed: int) -> RungScores:
    network, links = plan.network, split.training
    adjacency = adjacency_of_links(network.n_nodes, links.messages)
    rng = np.random.default_rng([rng_seed, RUNGS.index(rung), 2])
    sampler = Sampler(network, network.links, adjacency, cold=split.cold)
    negatives = sampler.draw(split.test, rung.negatives, rng)
    pairs = np.concatenate([split.test[negatives.owner], negatives.pairs])
    is_link = np.arange(len(pairs)) < len(negatives.owner)
    near = Neighbourhoods(network, adjacency)
    validation = validation_pairs(network, links, rung.negatives, rng)
    both = np.concatenate([validation.pairs, pairs])
    scores = heuristic_scores(near, both, validation.is_link)
    for name in plan.models:
        fitted = fit_links(
            network,
            links,
            name,
            plan.settings,
            kind=rung.negatives,
            rng_seed=rng_seed,
        )
        scores[str(name)] = link_scores(fitted, network, links.messages, both)
    n = len(validation.pairs)
    return RungScores(
        pairs,
        is_link,
        np.tile(negatives.owner, 2),
        {name: values[n:] for name, values in scores.items()},
        {
            name: roc_auc(values[:n], validation.is_link)
            for name, values in scores.items()
        },
        {
            name: threshold(values[:n], validation.is_link)
            for name, values in scores.items()
        },
    )


def heuristic_scores(
    near: Neighbourhoods, pairs: Links, is_link: NDArray[np.bool_]
) -> dict[str, Scores]:
    """Scores of all heuristics that differ on a network.

    Parameters
    ----------
    near
        Links that may be seen.
    pairs
        Pairs of nodes.
    is_link
        Of the first of them, the validation pairs, by which the rank of the SVD is
        chosen.
    """
    scores = {
        name: HEURISTICS[name](near, pairs)
        for name in heuristics_of(near.network)
        if name != SVD
    }
    scores[SVD] = near.factors.scores(
        pairs, svd_rank(near, pairs[: len(is_link)], is_link)
    )
    return scores


def svd_rank(near: Neighbourhoods, pairs: Links, is_link: NDArray[np.bool_]) -> int:
    """Rank with the highest AUC on validation pairs."""
    aucs = [roc_auc(near.factors.scores(pairs, rank), is_link) for rank in SVD_RANKS]
    return SVD_RANKS[int(np.argmax(aucs))]


def threshold(scores: Scores, is_link: NDArray[np.bool_]) -> float:
    """The score from which a pair is called a link: best by balanced accuracy."""
    values = np.unique(scores)
    links, others = np.sort(scores[is_link]), np.sort(scores[~is_link])
    missed = np.searchsorted(links, values) / max(len(links), 1)
    rejected = np.searchsorted(others, values) / max(len(others), 1)
    return float(values[np.argmax(rejected - missed)]) if len(values) else 0.0


def best_model(
    plan: AuditPlan, audits: Sequence[SeedAudit], rung: str = "right types"
) -> LinkModelName:
    """The model with the highest mean validation AUC."""
    means = [
        np.mean([audit.rungs[rung].val_auc[str(name)] for audit in audits])
        for name in plan.models
    ]
    return plan.models[int(np.argmax(means))]


class FinalModel(NamedTuple):
    """The model that ranks candidates, and the links that it may use.

    Parameters
    ----------
    fitted
        Trained on all links but the validation ones.
    messages
        All links of the network.
    svd_rank
        Of the heuristic, by the same validation links.
    """

    fitted: FittedLinks
    messages: Links
    svd_rank: int


def final_model(plan: AuditPlan, name: LinkModelName, *, rng_seed: int) -> FinalModel:
    """Train the model that ranks candidates: no link is held out for a test.

    Parameters
    ----------
    plan
        Network and settings.
    name
        Of the model.
    rng_seed
        Of the training.

    Notes
    -----
    A share of the links decides when to stop; afterwards messages run along all.
    """
    network = plan.network
    rng = np.random.default_rng([rng_seed, 3])
    share = plan.settings.test_share
    split = random_split(network, plan.pairs, share=share, rng=rng)
    links = split.training
    train = np.concatenate([links.train, split.test])
    whole = type(links)(links.context, train, links.val)
    fitted = fit_links(
        network, whole, name, plan.settings, kind="types", rng_seed=rng_seed
    )
    near = Neighbourhoods(network, adjacency_of_links(network.n_nodes, whole.messages))
    validation = validation_pairs(network, whole, "types", rng)
    rank = svd_rank(near, validation.pairs, validation.is_link)
    return FinalModel(fitted, network.links, rank)
