"""Splits and negatives: nothing leaks, whatever the network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import UnknownName
from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.negatives import Sampler
from bioloom.graph.linking.network import TypePair, adjacency_of_links
from bioloom.graph.linking.splits import (
    cold_split,
    ordered_split,
    random_split,
    scored_pairs,
)
from tests.graph.links import configuration_network, network_of, tripartite

KINDS = ("any", "types", "degree", "equal")


def rng_of(seed):
    return np.random.default_rng(seed)


def keys(network, links):
    return set(network.keys(links).tolist())


def parts_of(split):
    training = split.training
    return [training.context, training.train, training.val, split.test]


@st.composite
def networks(draw):
    seed = draw(st.integers(0, 10_000))
    network = tripartite(rng_of(seed), n_links=draw(st.integers(250, 600)))
    words = draw(st.sampled_from([("a b",), ("c b",), ("a c", "a b"), ()]))
    return network, scored_pairs(network, words), seed


@given(networks(), st.sampled_from(["random", "cold", "ordered"]))
def test_every_link_is_in_one_part(drawn, kind):
    network, pairs, seed = drawn
    if kind == "random":
        split = random_split(network, pairs, share=0.1, rng=rng_of(seed))
    elif kind == "cold":
        split = cold_split(network, pairs, share=0.1, rng=rng_of(seed))
    else:
        order = rng_of(seed).integers(0, 40, len(network.links)).astype(float)
        network = network_of(network.links, _types(network), order=order)
        split = ordered_split(network, pairs, share=0.1)
    found = [keys(network, part) for part in parts_of(split)]
    union = set().union(*found)
    assert sum(map(len, found)) == len(union)
    assert union <= keys(network, network.links)
    if kind != "ordered":  # later links of other pairs are not used
        assert union == keys(network, network.links)
    numbers = {network.pairs.index(pair) for pair in pairs}
    for part in parts_of(split)[1:]:
        assert set(network.relations(part).tolist()) <= numbers
        assert len(part)
    assert not numbers & set(network.relations(split.training.context).tolist())
    # a message never runs along a test or validation link, in either direction
    adjacency = adjacency_of_links(network.n_nodes, split.training.messages)
    for part in (split.test, split.training.val):
        assert not adjacency[part[:, 0], part[:, 1]].any()
        assert not adjacency[part[:, 1], part[:, 0]].any()


def _types(network):
    return [network.type_of(node) for node in range(network.n_nodes)]


@given(networks())
def test_cold_nodes_have_no_scored_link_in_training(drawn):
    network, pairs, seed = drawn
    split = cold_split(network, pairs, share=0.2, rng=rng_of(seed))
    assert split.cold[split.test].any(axis=1).all()
    for part in (split.training.train, split.training.val):
        assert not split.cold[part].any()
    assert not split.training.cold_val[split.training.train].any()


def test_the_last_links_test():
    network = tripartite(rng_of(4))
    order = rng_of(5).integers(1990, 2020, len(network.links)).astype(float)
    network = network_of(network.links, _types(network), order=order)
    split = ordered_split(network, scored_pairs(network, ("a b",)), share=0.1)
    by_key = dict(zip(network.keys(network.links).tolist(), order, strict=True))
    years = [[by_key[key] for key in keys(network, part)] for part in parts_of(split)]
    context, train, val, test = years
    assert max(train) < min(val)
    assert max(val) < min(test)
    assert max(context) < min(val)


def test_equal_ranks_cannot_be_split():
    network = tripartite(rng_of(4))
    order = np.ones(len(network.links))
    network = network_of(network.links, _types(network), order=order)
    with pytest.raises(BadGraph, match="too many links of equal rank"):
        ordered_split(network, scored_pairs(network), share=0.1)


@given(networks(), st.sampled_from(KINDS))
def test_negatives_are_no_links_and_differ(drawn, kind):
    network, pairs, seed = drawn
    split = random_split(network, pairs, share=0.1, rng=rng_of(seed))
    adjacency = adjacency_of_links(network.n_nodes, split.training.messages)
    sampler = Sampler(network, network.links, adjacency)
    negatives = sampler.draw(split.test, kind, rng_of(seed))
    found = network.keys(negatives.pairs)
    assert not keys(network, network.links) & set(found.tolist())
    assert len(set(found.tolist())) == len(found)
    assert (negatives.pairs[:, 0] < negatives.pairs[:, 1]).all()
    if kind != "any":
        wanted = network.relations(split.test[negatives.owner])
        assert (network.relations(negatives.pairs) == wanted).all()


def test_degree_matched_ends_occur_as_often_as_in_the_links():
    network = configuration_network(1)
    split = random_split(network, network.pairs[1:2], share=0.1, rng=rng_of(1))
    adjacency = adjacency_of_links(network.n_nodes, split.training.messages)
    sampler = Sampler(network, network.links, adjacency)
    negatives = sampler.draw(split.test, "degree", rng_of(2))
    counts = [
        np.bincount(pairs.ravel(), minlength=network.n_nodes)
        for pairs in (split.test[negatives.owner], negatives.pairs)
    ]
    # all but the few that had to be drawn again
    assert abs(counts[0] - counts[1]).sum() < 0.25 * counts[0].sum()


def test_a_cold_end_is_cold_in_its_negative():
    network = tripartite(rng_of(7))
    pairs = scored_pairs(network, ("a b",))
    split = cold_split(network, pairs, share=0.2, rng=rng_of(8))
    adjacency = adjacency_of_links(network.n_nodes, split.training.messages)
    sampler = Sampler(network, network.links, adjacency, cold=split.cold)
    for kind in ("types", "degree", "equal"):
        negatives = sampler.draw(split.test, kind, rng_of(9))
        links = split.test[negatives.owner]
        expected = split.cold[links].sum()
        assert split.cold[negatives.pairs].sum() == expected, kind


def test_pairs_are_named_in_either_order():
    network = tripartite(rng_of(0))
    assert scored_pairs(network, ("b a",)) == (TypePair("a", "b"),)
    assert len(scored_pairs(network)) == 3
    with pytest.raises(UnknownName, match="no linked pair of types 'a d'"):
        scored_pairs(network, ("a d",))
    few = network_of([(0, 1), (0, 2)], ["a", "b", "b"])
    with pytest.raises(BadGraph, match="2 links, expected at least 20"):
        scored_pairs(few)
    with pytest.raises(BadGraph, match="2 links of a - b"):
        scored_pairs(few, ("a b",))


def test_relations_number_the_pairs_of_types():
    network = tripartite(rng_of(0))
    for link in network.links[:200]:
        names = TypePair(*sorted(network.type_of(int(node)) for node in link))
        number = network.relations(link[None])[0]
        assert network.pairs[number] == names
        assert network.relations(link[None, ::-1])[0] == number
