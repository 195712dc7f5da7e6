"""Drawn neighbours: complete where all are drawn, right on average, uniform."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from bioloom.errors import BadConfig
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.data.splits import split_of
from bioloom.graph.models.adjacency import closure, mean, symmetric
from bioloom.graph.models.models import build
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.graph.training.sampler import NeighbourSampler, batches


def drawn(seed, n):
    rng = np.random.default_rng(seed)
    links = csr_array(random_array((n, n), density=0.3, rng=rng), dtype=np.float32)
    x = csr_array(random_array((n, 5), density=0.5, rng=rng), dtype=np.float32)
    return links, x, rng


def dense(block):
    matrix = (block.values, block.indices, block.indptr)
    return csr_array(matrix, shape=(block.num_rows, block.num_columns)).toarray()


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 30), size=st.integers(1, 9))
def test_with_a_fanout_that_takes_all_it_is_the_exact_closure(seed, n, size):
    links, x, rng = drawn(seed, n)
    wanted = rng.choice(n, min(n, size), replace=False)
    for model, normalise in (("gcn", symmetric), ("sage", mean)):
        links_of = normalise(links)
        exact = closure(links_of, x, wanted=wanted, n_layers=2)
        part = NeighbourSampler(links_of, x, fanouts=[n, n]).draw(wanted, rng=rng)
        assert set(part.nodes.tolist()) == set(exact.nodes.tolist())
        built = build(SETTINGS[model], 5, 3, rng=np.random.default_rng(0))
        with torch.no_grad():
            assert built(part).numpy() == pytest.approx(
                built(exact).numpy(), rel=1e-4, abs=1e-5
            )


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 40), fanout=st.integers(1, 5))
def test_what_is_drawn_are_entries_none_twice_and_no_more_than_asked(seed, n, fanout):
    links, x, rng = drawn(seed, n)
    wanted = rng.choice(n, n // 2, replace=False)
    sampler = NeighbourSampler(links, x, fanouts=[fanout, fanout])
    part = sampler.draw(wanted, rng=rng)
    degree = np.diff(links.indptr)
    first, last = part.blocks
    assert part.nodes[: len(wanted)].tolist() == wanted.tolist()
    assert len(set(part.nodes.tolist())) == len(part.nodes) == first.num_columns
    assert first.num_rows == last.num_columns
    for block in part.blocks:
        rows = part.nodes[: block.num_rows]
        taken = np.diff(block.indptr)
        assert taken.tolist() == np.minimum(degree[rows], fanout).tolist()
        own = links[rows][:, part.nodes[: block.num_columns]].toarray()
        scale = (degree[rows] / np.maximum(taken, 1))[:, None]
        shown = dense(block)
        assert (np.count_nonzero(shown, axis=1) == taken).all()  # none twice
        assert shown[shown != 0] == pytest.approx((own * scale)[shown != 0], rel=1e-5)


def test_all_neighbours_are_as_likely_and_sums_right_on_average():
    links = csr_array(np.ones((1, 12), dtype=np.float32) * np.arange(1, 13))
    rng = np.random.default_rng(3)
    sampler = NeighbourSampler(
        csr_array((links.data, links.indices, [0, 12] + [12] * 11), shape=(12, 12)),
        csr_array(np.eye(12, dtype=np.float32)),
        fanouts=[5],
    )
    counts, total = np.zeros(12), 0.0
    for _ in range(4_000):
        part = sampler.draw(np.array([0]), rng=rng)
        (block,) = part.blocks
        counts[part.nodes[block.indices]] += 1
        total += block.values.sum() / 4_000
    # each is drawn 5 times of 12: standard deviation √(4000 · 5/12 · 7/12) = 31
    assert counts == pytest.approx(np.full(12, 4_000 * 5 / 12), abs=155)
    assert total == pytest.approx(78, rel=0.01)


def test_an_epoch_has_every_node_once():
    nodes = np.arange(3, 40)
    found = [*batches(nodes, size=8, rng=np.random.default_rng(1))]
    assert [len(batch) for batch in found] == [8, 8, 8, 8, 5]
    assert sorted(np.concatenate(found).tolist()) == nodes.tolist()


@pytest.mark.parametrize("model", ["gcn", "sage", "gat"])
def test_batches_repeat_and_do_not_see_test_labels(model):
    camps = split_of(karate_club(), "random", rng_seed=5)
    settings = replace(SETTINGS[model], max_epochs=15, batch_size=6, fanout=3)
    y = np.where(camps.test_mask, 1 - camps.y, camps.y)
    runs = [fit(graph, settings, rng_seed=3) for graph in (camps, replace(camps, y=y))]
    assert runs[0].scores.tobytes() == runs[1].scores.tobytes()
    other = fit(camps, replace(settings, fanout=2), rng_seed=3)
    assert runs[0].scores.tobytes() != other.scores.tobytes()


@pytest.mark.parametrize("model", ["grand", "gcnii"])
def test_models_that_look_at_all_nodes_have_no_batches(model):
    camps = split_of(karate_club(), "random", rng_seed=5)
    with pytest.raises(BadConfig, match=f"found batches for {model}"):
        fit(camps, replace(SETTINGS[model], batch_size=8), rng_seed=0)


@pytest.mark.data
@pytest.mark.parametrize("model", ["gcn", "sage"])
def test_batches_learn_cora_as_well(data_dir, model):
    graph = read_planetoid("cora", data_dir / "graph" / "planetoid")
    settings = replace(SETTINGS[model], max_epochs=60, batch_size=35)
    predicted = fit(graph, settings, rng_seed=1).scores.argmax(axis=1)
    assert (predicted == graph.y)[graph.test_mask].mean() > 0.78
