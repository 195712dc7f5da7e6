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
from bioloom.graph.linking.negatives import Sampler
from bioloom.graph.linking.network import (
    Links,
    TypedNetwork,
    TypePair,
    adjacency_of_links,
)
from bioloom.graph.linking.partners import PartnerHits, partner_hits
from bioloom.graph.linking.rungs import RUNGS, Rung
from bioloom.graph.linking.settings import LinkModelName, LinkSettings
from bioloom.graph.linking.splits import (
    LinkSplit,
    cold_split,
    ordered_split,
    random_split,
)
from bioloom.run.progress import OnStep, silent
from bioloom.statistics.ranking import roc_auc


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
    partners
        Held-out partners in the complete lists of their nodes, by rung.
    """

    rng_seed: int
    rungs: Mapping[str, RungScores]
    partners: Mapping[str, tuple[PartnerHits, ...]]


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

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """Rungs that differ: without types, any pair is of the right types."""
        is_typed = len(self.network.type_names) > 1
        return tuple(rung for rung in RUNGS if is_typed or rung.negatives != "any")

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
    near = {
        is_cold: neighbourhoods_of(plan, split) for is_cold, split in splits.items()
    }
    rungs, partners = {}, {}
    for number, rung in enumerate(plan.rungs):
        on_step(f"seed {rng_seed}: {rung.name}", number, len(plan.rungs))
        start = _Start(splits[rung.is_cold], near[rung.is_cold], rng_seed)
        climb = _Climb(plan, rung, start)
        rungs[rung.name] = climb.scores()
        if rung.negatives == "types":
            partners[rung.name] = climb.partners()
    return SeedAudit(rng_seed, MappingProxyType(rungs), MappingProxyType(partners))


def neighbourhoods_of(plan: AuditPlan, split: LinkSplit) -> Neighbourhoods:
    """What heuristics may see of a split: its messages."""
    messages = split.training.messages
    return Neighbourhoods(
        plan.network, adjacency_of_links(plan.network.n_nodes, messages)
    )


class _Start(NamedTuple):
    """What rungs of one split share."""

    split: LinkSplit
    near: Neighbourhoods
    rng_seed: int


class _Climb:
    """All methods, trained for one rung."""

    def __init__(self, plan: AuditPlan, rung: Rung, start: _Start) -> None:
        split, self.near, rng_seed = start
        self.plan, self.rung, self.split = plan, rung, split
        network, links = plan.network, split.training
        self.rng = np.random.default_rng([rng_seed, RUNGS.index(rung), 2])
        self.validation = validation_pairs(network, links, rung.negatives, self.rng)
        self.rank = svd_rank(self.near, *self.validation)
        self.fitted = [
            fit_links(
                network,
                links,
                name,
                plan.settings,
                kind=rung.negatives,
                rng_seed=rng_seed,
            )
            for name in plan.models
        ]

    def score_all(self, pairs: Links) -> dict[str, Scores]:
        """Scores by every method, from training links alone."""
        scores = heuristic_scores(self.near, pairs, rank=self.rank)
        messages = self.split.training.messages
        for fitted in self.fitted:
            scores[str(fitted.name)] = link_scores(
                fitted, self.plan.network, messages, pairs
            )
        return scores

    def scores(self) -> RungScores:
        """Scores of the test links and their negatives."""
        network, test = self.plan.network, self.split.test
        sampler = Sampler(
            network, network.links, self.near.adjacency, cold=self.split.cold
        )
        negatives = sampler.draw(test, self.rung.negatives, self.rng)
        pairs = np.concatenate([test[negatives.owner], negatives.pairs])
        seen = self.score_all(self.validation.pairs)
        is_link = self.validation.is_link
        return RungScores(
            pairs,
            np.arange(len(pairs)) < len(negatives.owner),
            np.tile(negatives.owner, 2),
            self.score_all(pairs),
            {name: roc_auc(values, is_link) for name, values in seen.items()},
            {name: threshold(values, is_link) for name, values in seen.items()},
        )

    def partners(self) -> tuple[PartnerHits, ...]:
        """Hits in the complete lists of the test links' ends."""
        return partner_hits(
            self.plan.network,
            self.plan.pairs,
            self.split,
            self.score_all,
            top=self.plan.settings.n_candidates,
            rng=self.rng,
        )


def heuristic_scores(
    near: Neighbourhoods, pairs: Links, *, rank: int
) -> dict[str, Scores]:
    """Scores of all heuristics that differ on a network.

    Parameters
    ----------
    near
        Links that may be seen.
    pairs
        Pairs of nodes.
    rank
        Of the SVD.
    """
    scores = {
        name: HEURISTICS[name](near, pairs)
        for name in heuristics_of(near.network)
        if name != SVD
    }
    scores[SVD] = near.factors.scores(pairs, rank)
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
    rank = svd_rank(near, *validation)
    return FinalModel(fitted, network.links, rank)
