"""The ladder: where links mean nothing, no method gets past the degrees."""

from types import MappingProxyType

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bioloom.graph.linking.ladder import (
    AuditPlan,
    RungScores,
    SeedAudit,
    audit_seed,
)
from bioloom.graph.linking.negatives import Sampler
from bioloom.graph.linking.network import adjacency_of_links
from bioloom.graph.linking.partners import partner_hits
from bioloom.graph.linking.rungs import RUNGS
from bioloom.graph.linking.sentences import in_one_sentence
from bioloom.graph.linking.settings import link_settings, model_named
from bioloom.graph.linking.splits import random_split, scored_pairs
from bioloom.graph.linking.summary import LadderSummary
from bioloom.statistics.runs import mean_of_runs
from tests.graph.links import configuration_network, network_of, tripartite

QUICK = link_settings({"hidden": 16, "max_epochs": 8, "n_folds": 2})
MODELS = (model_named("gcn-dot"), model_named("typed-distmult"))


@pytest.fixture(scope="module")
def random_graphs():
    """Audits of configuration-model graphs, one graph and seed each."""
    audits = []
    for seed in range(4):
        network = configuration_network(seed, n_first=1500, n_second=500)
        plan = AuditPlan(network, scored_pairs(network), MODELS, QUICK)
        audits.append(audit_seed(plan, seed))
    return plan, audits


def aucs(random_graphs, rung, method):
    return [audit.rungs[rung].auc(method) for audit in random_graphs[1]]


def test_degrees_explain_unmatched_negatives(random_graphs):
    """The tests below could fail: on the first rungs degrees alone do very well."""
    for rung in ("any pair", "right types"):
        assert np.mean(aucs(random_graphs, rung, "degree")) > 0.75
        assert np.mean(aucs(random_graphs, rung, "gcn-dot")) > 0.7


@pytest.mark.parametrize("rung", ["degree-matched", "equal degrees"])
def test_no_method_is_better_than_chance_where_degrees_are_matched(random_graphs, rung):
    plan, _ = random_graphs
    for method in plan.methods:
        mean = mean_of_runs(aucs(random_graphs, rung, method))
        assert mean.low - 0.02 < 0.5 < mean.high + 0.02, (method, mean)
        assert abs(mean.mean - 0.5) < 0.05, (method, mean)


def test_nothing_is_said_to_remain(random_graphs):
    plan, audits = random_graphs
    summary = LadderSummary(plan, tuple(audits))
    assert not [each for each in summary.remains if each.difference > 0.05]


def test_degree_alone_is_near_chance_against_matched_degrees():
    for seed in range(3):
        network = configuration_network(seed, n_first=1500, n_second=500)
        pairs = scored_pairs(network)
        split = random_split(network, pairs, share=0.2, rng=np.random.default_rng(seed))
        messages = adjacency_of_links(network.n_nodes, split.training.messages)
        degree = np.diff(messages.indptr)
        for kind in ("degree", "equal"):
            sampler = Sampler(network, network.links, messages)
            drawn = sampler.draw(split.test, kind, np.random.default_rng(seed))
            both = np.concatenate([split.test[drawn.owner], drawn.pairs])
            is_link = np.arange(len(both)) < len(drawn.owner)
            auc = roc_auc_score(is_link, degree[both].prod(axis=1))
            assert auc == pytest.approx(0.5, abs=0.035), kind


def test_a_structure_is_said_to_remain():
    """Nodes link within their block only, all with about the same degree."""
    rng = np.random.default_rng(5)
    block = rng.integers(4, size=240)
    drawn = np.stack(
        [rng.integers(160, size=6000), 160 + rng.integers(80, size=6000)], 1
    )
    drawn = drawn[block[drawn[:, 0]] == block[drawn[:, 1]]]
    network = network_of(drawn[:700], ["a"] * 160 + ["b"] * 80)
    plan = AuditPlan(network, scored_pairs(network), (model_named("gcn-dot"),), QUICK)
    summary = LadderSummary(plan, tuple(audit_seed(plan, seed) for seed in (1, 2)))
    for rung in ("degree-matched", "equal degrees"):
        assert summary.cell(rung, "a - b", "three-step paths").over_seeds.mean > 0.8
        assert summary.cell(rung, "a - b", "degree").over_seeds.mean < 0.6


def scores_of(links, negatives, values):
    pairs = np.concatenate([links, negatives])
    n = len(links)
    return RungScores(
        pairs,
        np.arange(2 * n) < n,
        np.tile(np.arange(n), 2),
        values,
        dict.fromkeys(values, 0.5),
        dict.fromkeys(values, 0.0),
    )


def test_what_is_ahead_is_ahead_by_both_intervals():
    """A model that knows, beside baselines that guess: with one seed and with three."""
    network = tripartite(np.random.default_rng(0))
    plan = AuditPlan(network, scored_pairs(network, ("a b",)), MODELS, QUICK)
    relations = network.relations(network.links)
    links = network.links[relations == network.pairs.index(plan.pairs[0])][:60]

    def audit(seed, lead):
        rng = np.random.default_rng(seed)
        values = {name: rng.normal(size=120) for name in plan.methods}
        values["gcn-dot"] = rng.normal(size=120) + lead * (np.arange(120) < 60)
        scores = scores_of(links, links[:, ::-1], values)
        rungs = {rung.name: scores for rung in RUNGS}
        return SeedAudit(seed, MappingProxyType(rungs), MappingProxyType({}))

    for seeds in ((1,), (1, 2, 3)):
        strong = LadderSummary(plan, tuple(audit(seed, 4.0) for seed in seeds))
        assert {each.method for each in strong.remains} == {"gcn-dot"}
        assert "gcn-dot" in in_one_sentence(strong)
        weak = LadderSummary(plan, tuple(audit(seed, 0.0) for seed in seeds))
        assert not weak.remains
        assert in_one_sentence(weak).startswith(
            "Once degrees are matched, nothing beats degrees and SVD"
        )


def test_partners_are_ranked_in_complete_lists():
    """Against a sort of every node's list."""
    network = tripartite(np.random.default_rng(1))
    pairs = scored_pairs(network, ("a b",))
    split = random_split(network, pairs, share=0.2, rng=np.random.default_rng(2))
    table = np.random.default_rng(3).random((network.n_nodes, network.n_nodes))
    table = table + table.T
    hits = partner_hits(
        network,
        pairs,
        split,
        lambda drawn: {"m": table[drawn[:, 0], drawn[:, 1]]},
        top=5,
        rng=np.random.default_rng(4),
    )
    known = {tuple(link) for link in network.links.tolist()}
    for found, node_type, other in zip(hits, "ab", "ba", strict=True):
        n_hits = 0
        for link in split.test.tolist():
            ends = link if network.type_of(link[0]) == node_type else link[::-1]
            rivals = [
                v
                for v in network.nodes_of(other).tolist()
                if tuple(sorted((ends[0], v))) not in known
            ]
            better = sum(table[ends[0], v] > table[ends[0], ends[1]] for v in rivals)
            n_hits += better < 5
        assert (found.node_type, found.n_hits) == (node_type, n_hits)
        assert found.n_links == len(split.test)
