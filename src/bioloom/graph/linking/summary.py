"""Measures of the ladder with their intervals, and what remains at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.linking.heuristics import BASELINES
from bioloom.graph.linking.ladder import AuditPlan, RungScores, SeedAudit
from bioloom.graph.linking.rungs import HONEST
from bioloom.statistics.intervals import (
    Estimate,
    clopper_pearson,
    stratified_bootstrap,
)
from bioloom.statistics.ranking import average_precision, roc_auc
from bioloom.statistics.runs import RunsMean, mean_of_runs

Measure = Literal["auc", "average_precision", "hits"]
MEASURES: tuple[Measure, ...] = ("auc", "average_precision", "hits")
ALL_PAIRS = "all"
_DRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderCell:
    """One measure of one method on one rung.

    Parameters
    ----------
    rung, pair, method, measure
        What was measured; pair "all" is all scored pairs of types together.
    n_links
        Test links of the first seed, and as many negatives.
    over_seeds
        Mean, and Student's interval over the seeds.
    over_links
        Of the first seed, with an interval over its test links: bootstrap, for hits
        Clopper-Pearson.
    """

    rung: str
    pair: str
    method: str
    measure: Measure
    n_links: int
    over_seeds: RunsMean
    over_links: Estimate


class Advantage(NamedTuple):
    """How far a method is ahead of the best baseline on a rung, in AUC.

    Parameters
    ----------
    rung, pair, method
        Whose.
    baseline
        The one that it is least ahead of.
    difference, low, high
        Mean over the seeds, paired, with its interval: Student's, or, of a single
        seed, the bootstrap over test links.
    is_beyond
        Whether both intervals, over seeds and over test links, lie above 0.
    """

    rung: str
    pair: str
    method: str
    baseline: str
    difference: float
    low: float
    high: float
    is_beyond: bool


class TypeHits(NamedTuple):
    """Held-out partners in the complete lists of the nodes of a type.

    Parameters
    ----------
    rung, pair, node_type, method
        Whose lists, and what ranks them.
    n_nodes, n_links, n_partners
        Of the first seed: nodes, held-out links, length of a list at most.
    over_seeds
        Share of the links within the first `top`.
    over_links
        Of the first seed, Clopper-Pearson.
    """

    rung: str
    pair: str
    node_type: str
    method: str
    n_nodes: int
    n_links: int
    n_partners: int
    over_seeds: RunsMean
    over_links: Estimate


@dataclass(frozen=True)
class LadderSummary:
    """All measures of an audit.

    Parameters
    ----------
    plan
        What was audited.
    audits
        One per seed.
    """

    plan: AuditPlan
    audits: tuple[SeedAudit, ...]

    @cached_property
    def pair_names(self) -> tuple[str, ...]:
        """Scored pairs, after "all" where there are several."""
        names = tuple(map(str, self.plan.pairs))
        return (ALL_PAIRS, *names) if len(names) > 1 else names

    @cached_property
    def cells(self) -> tuple[LadderCell, ...]:
        """Every measure of every method on every rung."""
        return tuple(
            self.cell(rung.name, pair, method, measure)
            for rung in self.plan.rungs
            for pair in self.pair_names
            for method in self.plan.methods
            for measure in MEASURES
        )

    @cached_property
    def advantages(self) -> tuple[Advantage, ...]:
        """Of every method that is no baseline, on every rung."""
        others = [name for name in self.plan.methods if name not in BASELINES]
        return tuple(
            self._advantage(rung.name, pair, method)
            for rung in self.plan.rungs
            for pair in self.pair_names
            for method in others
        )

    @cached_property
    def remains(self) -> tuple[Advantage, ...]:
        """What beats all baselines by more than the interval, on the honest rungs."""
        return tuple(
            each for each in self.advantages if each.is_beyond and each.rung in HONEST
        )

    @cached_property
    def type_hits(self) -> tuple[TypeHits, ...]:
        """Held-out partners in complete lists."""
        hits = []
        first = self.audits[0].partners
        for rung, parts in first.items():
            for number, part in enumerate(parts):
                shares = [
                    each.partners[rung][number].n_hits
                    / max(each.partners[rung][number].n_links, 1)
                    for each in self.audits
                ]
                hits.append(
                    TypeHits(
                        rung,
                        part.pair,
                        part.node_type,
                        part.method,
                        n_nodes=part.n_nodes,
                        n_links=part.n_links,
                        n_partners=part.n_partners,
                        over_seeds=mean_of_runs(shares),
                        over_links=clopper_pearson(part.n_hits, part.n_links),
                    )
                )
        return tuple(hits)

    def cell(
        self, rung: str, pair: str, method: str, measure: Measure = "auc"
    ) -> LadderCell:
        """One of the cells; computed when it is first asked for."""
        wanted = (rung, pair, method, measure)
        if wanted not in self._known:
            self._known[wanted] = self._cell(*wanted)
        return self._known[wanted]

    @cached_property
    def _known(self) -> dict[tuple[str, ...], LadderCell]:
        return {}

    def to_frame(self) -> pd.DataFrame:
        """One row per rung, pair of types, method and measure."""
        return pd.DataFrame(
            {
                "rung": each.rung,
                "pair": each.pair,
                "method": each.method,
                "measure": each.measure,
                "mean": each.over_seeds.mean,
                "low_seeds": each.over_seeds.low,
                "high_seeds": each.over_seeds.high,
                "n_seeds": each.over_seeds.n,
                "first_seed": each.over_links.value,
                "low_links": each.over_links.low,
                "high_links": each.over_links.high,
                "n_links": each.n_links,
            }
            for each in self.cells
        )

    def _cell(self, rung: str, pair: str, method: str, measure: Measure) -> LadderCell:
        tests = [self._test(audit, rung, pair) for audit in self.audits]
        k = self.plan.settings.top_k
        values = [test.value(method, measure, k) for test in tests]
        return LadderCell(
            rung=rung,
            pair=pair,
            method=method,
            measure=measure,
            n_links=int(tests[0].is_link.sum()),
            over_seeds=mean_of_runs(values),
            over_links=tests[0].interval(method, measure, k),
        )

    def _test(self, audit: SeedAudit, rung: str, pair: str) -> "_Test":
        scores = audit.rungs[rung]
        if pair == ALL_PAIRS:
            chosen = np.ones(len(scores.pairs), dtype=bool)
        else:
            # a negative belongs to its link's pair, whatever its own types
            of_links = self.plan.network.relations(scores.pairs[scores.is_link])
            relations = np.tile(of_links, 2)
            numbers = {str(each): n for n, each in enumerate(self.plan.network.pairs)}
            chosen = relations == numbers[pair]
        return _Test(scores, chosen)

    def _advantage(self, rung: str, pair: str, method: str) -> Advantage:
        tests = [self._test(audit, rung, pair) for audit in self.audits]
        ahead = {
            name: self._difference(tests, method, name)
            for name in BASELINES
            if name in self.plan.methods
        }
        baseline = min(ahead, key=lambda name: ahead[name].low)
        difference = ahead[baseline]
        is_beyond = difference.low > 0
        if is_beyond and len(tests) > 1:
            is_beyond = all(tests[0].lead(method, name).low > 0 for name in ahead)
        return Advantage(rung, pair, method, baseline, *difference, is_beyond)

    def _difference(
        self, tests: Sequence["_Test"], method: str, baseline: str
    ) -> "_Difference":
        if len(tests) == 1:
            lead = tests[0].lead(method, baseline)
            return _Difference(lead.value, lead.low, lead.high)
        values = [
            test.value(method, "auc", 1) - test.value(baseline, "auc", 1)
            for test in tests
        ]
        over_seeds = mean_of_runs(values, are_shares=False)
        low, high = float(over_seeds.low), float(over_seeds.high)
        return _Difference(over_seeds.mean, low, high)


class _Difference(NamedTuple):
    difference: float
    low: float
    high: float


class _Test(NamedTuple):
    """Test pairs of one seed, rung and pair of types."""

    scores: RungScores
    chosen: NDArray[np.bool_]

    @property
    def is_link(self) -> NDArray[np.bool_]:
        return self.scores.is_link[self.chosen]

    def of(self, method: str) -> NDArray[np.float64]:
        return self.scores.scores[method][self.chosen]

    def value(self, method: str, measure: Measure, k: int) -> float:
        values, is_link = self.of(method), self.is_link
        if measure == "hits":
            return hits_at(values, is_link, k)
        return _RANKED[measure](values, is_link)

    def interval(self, method: str, measure: Measure, k: int) -> Estimate:
        values, is_link = self.of(method), self.is_link
        if measure == "hits":
            n = int(is_link.sum())
            share = hits_at(values, is_link, k)
            return clopper_pearson(0 if np.isnan(share) else round(share * n), n)
        ranked = _RANKED[measure]
        return stratified_bootstrap(
            lambda rows: ranked(values[rows], is_link[rows]), is_link, n_draws=_DRAWS
        )

    def lead(self, method: str, baseline: str) -> Estimate:
        mine, theirs, is_link = self.of(method), self.of(baseline), self.is_link
        return stratified_bootstrap(
            lambda rows: (
                roc_auc(mine[rows], is_link[rows])
                - roc_auc(theirs[rows], is_link[rows])
            ),
            is_link,
            n_draws=_DRAWS,
        )


_RANKED = {"auc": roc_auc, "average_precision": average_precision}


def hits_at(values: NDArray[np.float64], is_link: NDArray[np.bool_], k: int) -> float:
    """Share of links that score above the k-th best negative.

    NaN with fewer than k negatives.

    References
    ----------
    Hu W. et al. (2020) Open graph benchmark. NeurIPS. arXiv:2005.00687

    Examples
    --------
    >>> hits_at(np.array([3.0, 1.0, 2.0, 0.0]), np.array([True, True, False, False]), 1)
    0.5
    """
    others = values[~is_link]
    if len(others) < k or not is_link.any():
        return float("nan")
    kth = np.partition(others, -k)[-k]
    return float((values[is_link] > kth).mean())
