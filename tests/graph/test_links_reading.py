"""What `graph links` reads by the options of `graph train`, and weights of links."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_array

import bioloom as bl
from bioloom.errors import UnknownName
from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.files import open_links_run
from bioloom.graph.linking.fit import fit_links
from bioloom.graph.linking.link_parts import link_parts
from bioloom.graph.linking.models import messages_of
from bioloom.graph.linking.reading import NetworkInput, reading_of
from bioloom.graph.linking.settings import link_settings, model_named
from bioloom.graph.linking.splits import TrainingLinks
from bioloom.graph.models.adjacency import symmetric
from tests.graph.links import tripartite

QUICK = {"max_epochs": 5, "hidden": 8, "n_candidates": 3}


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "graph")


@pytest.fixture(scope="module")
def tables():
    """Edges and nodes whose columns all have names of their own."""
    network = tripartite(np.random.default_rng(2))
    rng = np.random.default_rng(4)
    ids = np.array(network.node_ids)
    edges = pd.DataFrame(ids[network.links], columns=["left", "right"])
    edges["year"] = rng.integers(2000, 2020, len(edges))
    edges["together"] = rng.integers(1, 9, len(edges))
    kinds = np.array(network.type_names)[network.types]
    nodes = pd.DataFrame({"accession": ids, "kind": kinds})
    nodes["one"], nodes["two"] = rng.random((2, len(ids)))
    return edges, nodes


COLUMNS = {"id": "accession", "source": "left", "target": "right"}


def dense(matrix):
    """A matrix that messages run along, entry by entry."""
    return (matrix @ torch.eye(matrix.num_columns)).numpy()


def read(tables, types=None, split_by="", **reading):
    edges, nodes = tables
    return NetworkInput(
        edges=edges,
        nodes=nodes,
        types=types,
        type_column="kind",
        split_by=split_by,
        reading=reading_of({**COLUMNS, **reading}),
    ).read()


def test_columns_are_found_by_their_options(tables):
    edges, nodes = tables
    network = read(tables, weight="together", features=["one"], split_by="year")
    assert network.node_ids == tuple(nodes["accession"])
    assert network.x.shape == (len(nodes), 1)
    assert network.weight == "together"
    assert network.scaled
    by_pair = {
        frozenset(pair): (together, year)
        for *pair, year, together in edges.itertuples(index=False)
    }
    for number, (left, right) in enumerate(network.links):
        pair = frozenset((network.node_ids[left], network.node_ids[right]))
        together, year = by_pair[pair]
        assert (network.weights[number], network.order[number]) == (together, year)
    backwards = network.links[::-1, ::-1]
    assert (network.weights_of(backwards) == network.weights[::-1]).all()


def test_the_id_of_a_table_of_types(tables):
    edges, nodes = tables
    network = read((edges, None), types=nodes)
    assert network.type_names == ("a", "b", "c")
    kind = dict(zip(nodes["accession"], nodes["kind"], strict=True))
    types = [network.type_names[number] for number in network.types]
    assert types == [kind[node] for node in network.node_ids]


def test_both_directions_of_a_link_have_one_weight(tables):
    edges, nodes = tables
    again = edges.rename(columns={"left": "right", "right": "left"})
    both = pd.concat([edges, again.assign(together=100)])
    with pytest.raises(BadGraph, match="--repeats"):
        read((both, nodes), weight="together")
    network = read((both, nodes), weight="together", repeats="max")
    assert (network.weights == 100).all()
    assert len(network.links) == len(read(tables).links)


def test_gcn_alone_passes_messages_by_weight(tables):
    network = read(tables, weight="together")
    full = np.zeros((network.n_nodes, network.n_nodes), dtype=np.float32)
    full[tuple(network.links.T)] = network.weights
    full += full.T
    some = network.links[::3]
    keep = np.zeros_like(full)
    keep[tuple(some.T)] = 1
    looped = full * (keep + keep.T) + np.eye(network.n_nodes)
    root = 1 / np.sqrt(looped.sum(axis=1))
    (matrix,) = messages_of(network, model_named("gcn-dot"), some).matrices
    expected = root[:, None] * looped * root
    assert dense(matrix) == pytest.approx(expected, abs=1e-6)
    bare = read(tables)
    for name in ("sage-dot", "gat-dot", "typed-dot"):
        ours, theirs = (
            messages_of(each, model_named(name), network.links)
            for each in (network, bare)
        )
        for left, right in zip(ours.matrices, theirs.matrices, strict=True):
            assert (dense(left) == dense(right)).all()
    (unweighted,) = messages_of(bare, model_named("gcn-dot"), some).matrices
    ones = (full * (keep + keep.T) > 0).astype(np.float32)
    expected = symmetric(csr_array(ones)).toarray()
    assert dense(unweighted) == pytest.approx(expected)


def test_weights_of_held_out_links_play_no_part(tables):
    """Any other weight of the links that are not trained on: the same model."""
    network = read(tables, weight="together")
    n = len(network.links)
    _, val, train = np.split(network.links, [n // 10, n // 5])
    weights = network.weights.copy()
    weights[: n // 10] = 1000
    fitted = [
        fit_links(
            each,
            TrainingLinks(train=train, val=val, context=train[:0]),
            model_named("gcn-dot"),
            link_settings(QUICK),
            kind="types",
            rng_seed=1,
        )
        for each in (network, replace(network, weights=weights))
    ]
    states = [each.model.state_dict() for each in fitted]
    assert all((states[0][name] == states[1][name]).all() for name in states[0])


def test_weights_without_effect_are_refused(bioloom_cli, tables, tmp_path):
    edges, nodes = tables
    reading = COLUMNS | {"weight": "together"}
    with pytest.raises(BadGraph, match="GCN's encoder"):
        bl.graph.links(edges, nodes, type_column="kind", reading=reading)
    for name in ("label", "is_directed", "multilabel", "name"):
        with pytest.raises(UnknownName):
            bl.graph.links(edges, nodes, reading={name: "x"})
    code, _, err = bioloom_cli("links", "--out", tmp_path / "k", "--weight", "x")
    assert code != 0
    assert "--weight" in err
    with pytest.raises(BadGraph, match="--id"):
        bl.graph.links("karate", reading={"id": "x"}, models="gcn-dot")


def test_the_command_and_the_function_read_alike(bioloom_cli, tables, tmp_path):
    edges, nodes = tables
    edges.to_csv(tmp_path / "e.tsv", sep="\t", index=False)
    nodes.to_csv(tmp_path / "n.tsv", sep="\t", index=False)
    code, _, _ = bioloom_cli(
        *("links", "--edges", tmp_path / "e.tsv", "--nodes", tmp_path / "n.tsv"),
        *("--id", "accession", "--source", "left", "--target", "right"),
        *("--weight", "together", "--features", "o*", "--scale", "standard"),
        *("--type", "kind", "--score-for", "a b", "--runs", 1, "--model", "gcn-dot"),
        *("--epochs", 5, "--hidden", 8, "--candidates", 3, "--out", tmp_path / "run"),
    )
    assert code == 0
    log = (tmp_path / "run" / "log.txt").read_text()
    assert "Weights of the links (together) count in GCN's encoder" in log
    assert "Weights of the links" in (tmp_path / "run" / "report.html").read_text()
    result = bl.graph.links(
        edges,
        nodes,
        type_column="kind",
        score_for="a b",
        models="gcn-dot",
        runs=1,
        settings=QUICK,
        scale="standard",
        reading={**COLUMNS, "weight": "together", "features": ["o*"]},
    )
    ours = result.to_frame()
    theirs = pd.read_csv(tmp_path / "run" / "tables" / "ladder.tsv", sep="\t")
    assert ours["mean"].to_numpy() == pytest.approx(
        theirs["mean"].to_numpy(), rel=1e-4, nan_ok=True
    )
    run = open_links_run(tmp_path / "run")
    network = run.plan.network
    assert network.weight == "together"
    pair = network.links[0]
    parts = link_parts(run.final.fitted, network, run.final.messages, pair)
    assert parts.bias + parts.parts.sum() == pytest.approx(parts.score, abs=1e-4)
    code, told, _ = bioloom_cli(
        *("explain", "--run", tmp_path / "run", "--link"),
        *(network.node_ids[pair[0]], network.node_ids[pair[1]]),
    )
    assert code == 0
    assert "score" in told
