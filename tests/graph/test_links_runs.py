"""`bioloom graph links` as typed, and its run folder."""

import json
import shutil
from functools import partial

import numpy as np
import pandas as pd
import pytest

import bioloom as bl
from bioloom.errors import UnknownName
from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.files import open_links_run
from bioloom.graph.linking.fit import link_scores
from tests.graph.links import network_of, tripartite, write_tables

QUICK = ("--epochs", 5, "--hidden", 8, "--model", "gcn-dot", "--candidates", 3)


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "graph")


@pytest.fixture(scope="module")
def network():
    return tripartite(np.random.default_rng(2))


@pytest.fixture
def tables(network, tmp_path):
    edges, nodes = write_tables(tmp_path, network)
    return "--edges", edges, "--nodes", nodes


def test_a_run_resumes_and_is_not_overwritten(bioloom_cli, tables, tmp_path):
    out = tmp_path / "run"
    words = ("links", *tables, "--score-for", "b a", "--runs", 2, *QUICK, "--out", out)
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert told.startswith("a - b, degree: AUC any pair 0.")
    assert "With equal degrees the best is " in told
    assert told.endswith(f"written: {out}; report: {out / 'report.html'}\n")
    code, told, err = bioloom_cli(*words)
    assert (code, told) == (1, "")
    assert "add --force" in err

    before = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    record = json.loads((out / "run.json").read_text())
    assert record["command"] == "graph links"
    assert len(record["inputs"]) == 2
    record["state"] = "failed"
    (out / "run.json").write_text(json.dumps(record))
    (out / "runs" / "links_43.safetensors").unlink()
    times = (out / "runs" / "links_42.safetensors").stat().st_mtime_ns
    assert bioloom_cli(*words)[0] == 0  # an interrupted run resumes
    assert (out / "runs" / "links_42.safetensors").stat().st_mtime_ns == times
    after = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    assert after == before
    assert bioloom_cli(*words, "--force")[0] == 0
    assert {p.name: p.read_bytes() for p in (out / "tables").iterdir()} == before


def test_json_tells_the_same(bioloom_cli, tables, tmp_path):
    words = ("links", *tables, "--score-for", "a b", "--runs", 1, *QUICK)
    code, told, _ = bioloom_cli(*words, "--out", tmp_path / "run", "--json")
    assert code == 0
    facts = json.loads(told)
    auc = facts["auc"]["a - b, gcn-dot"]["degree-matched"]
    frame = pd.read_csv(tmp_path / "run" / "tables" / "ladder.tsv", sep="\t")
    row = frame[
        (frame["rung"] == "degree-matched")
        & (frame["method"] == "gcn-dot")
        & (frame["measure"] == "auc")
    ]
    assert auc["mean"] == pytest.approx(row["mean"].item(), rel=1e-5)
    assert auc["low"] is None  # one seed
    assert facts["remains"].startswith("Once degrees are matched")


def test_candidates_are_missing_links_of_the_scored_types(
    bioloom_cli, tables, tmp_path, network
):
    out = tmp_path / "run"
    words = ("links", *tables, "--score-for", "a b", "--runs", 1, *QUICK)
    assert bioloom_cli(*words, "--out", out)[0] == 0
    frame = pd.read_csv(out / "tables" / "candidates.tsv", sep="\t")
    ids = {name: number for number, name in enumerate(network.node_ids)}
    pairs = np.stack([frame[name].map(ids) for name in ("node", "partner")], axis=1)
    known = set(network.keys(network.links).tolist())
    assert not known & set(network.keys(pairs).tolist())
    assert set(frame["type"] + frame["partner_type"]) == {"ab", "ba"}
    assert frame.groupby("node").size().max() == 3
    assert set(frame["node"]) == {
        name for name, n in ids.items() if network.type_of(n) in "ab"
    }
    # against every pair of a node, scored by the saved model
    run = open_links_run(out)
    for node in ("n0", "n50"):
        rows = frame[frame["node"] == node]
        other = "b" if network.type_of(ids[node]) == "a" else "a"
        every = [
            (ids[node], v)
            for v in network.nodes_of(other).tolist()
            if tuple(sorted((ids[node], v)))
            not in {tuple(link) for link in network.links.tolist()}
        ]
        scores = link_scores(
            run.final.fitted, run.plan.network, run.final.messages, np.array(every)
        )
        best = np.sort(scores)[::-1][:3]
        assert rows["score"].to_numpy() == pytest.approx(best, rel=1e-4)
        assert rows["rank"].tolist() == [1, 2, 3]
    degree = np.bincount(network.links.ravel(), minlength=network.n_nodes)
    assert (frame["links"] == degree[pairs[:, 0]]).all()
    assert (frame["degree"] == degree[pairs].prod(axis=1)).all()
    assert frame["above"].between(0, 1).all()


def test_a_moved_folder_explains_a_link(bioloom_cli, tables, tmp_path):
    words = ("links", *tables, "--score-for", "a b", "--runs", 1, *QUICK)
    assert bioloom_cli(*words, "--out", tmp_path / "run")[0] == 0
    shutil.move(tmp_path / "run", tmp_path / "elsewhere")
    for path in (tables[1], tables[3]):
        path.unlink()
    explain = ("explain", "--run", tmp_path / "elsewhere", "--link", "n0", "n50")
    code, told, _ = bioloom_cli(*explain)
    assert code == 0
    assert told.startswith("edges, n0 - n50: gcn-dot scores ")
    steps = json.loads(bioloom_cli(*explain, "--json")[1])["steps"]
    score = steps[0]["value"]["number"]
    assert steps[1]["detail"][-1] == f"sum: {score:+.4f}"
    shown = bl.graph.explain(tmp_path / "elsewhere", link=("n0", "n50"))
    assert shown.to_text() == told
    code, _, err = bioloom_cli(*explain[:-1], "n999")
    assert code == 1
    assert "no node 'n999'" in err


def test_bounds_reads_the_predictions(bioloom_cli, tables, tmp_path):
    out = tmp_path / "run"
    words = ("links", *tables, "--score-for", "a b", "--runs", 1, *QUICK)
    assert bioloom_cli(*words, "--out", out)[0] == 0
    report = bl.bounds.report(out)
    frame = pd.read_csv(out / "tables" / "predictions.tsv", sep="\t")
    for model in report.models:
        rows = frame[frame["model"] == model.name]
        n_wrong = int((rows["label"] != rows["prediction"]).sum())
        assert (model.test.n_mistakes, model.test.n) == (n_wrong, len(rows))
        assert model.test.interval.method == "bootstrap over groups"
    assert {model.name for model in report.models} >= {"degree", "SVD", "gcn-dot"}


def test_links_split_by_a_column(bioloom_cli, tmp_path, network):
    years = np.random.default_rng(0).integers(1990, 2020, len(network.links))
    kinds = [network.type_of(node) for node in range(network.n_nodes)]
    dated = network_of(network.links, kinds, order=years.astype(float))
    edges, nodes = write_tables(tmp_path, dated)
    words = ("links", "--edges", edges, "--nodes", nodes, "--runs", 1, *QUICK)
    out = tmp_path / "run"
    assert bioloom_cli(*words, "--split-by", "year", "--out", out)[0] == 0
    frame = pd.read_csv(out / "tables" / "splits.tsv", sep="\t")
    assert frame["split"].tolist() == ["ordered"] * 4 + ["cold"] * 2
    code, _, err = bioloom_cli(*words, "--split-by", "month", "--out", tmp_path / "x")
    assert code == 1
    assert "expected source, target and month" in err
    # other words for the ends, and blanks around the names
    table = pd.read_csv(edges, sep="\t").rename(
        columns={"source": "from", "target": "to"}
    )
    table["from"] = " " + table["from"]
    table.to_csv(edges, sep="\t", index=False)
    same = tmp_path / "same"
    assert bioloom_cli(*words, "--split-by", "year", "--out", same)[0] == 0
    again = pd.read_csv(same / "tables" / "splits.tsv", sep="\t")
    pd.testing.assert_frame_equal(again, frame)


def test_types_of_a_table_of_their_own(network, tmp_path):
    edges, nodes = write_tables(tmp_path, network)
    quick = {"max_epochs": 2, "hidden": 4}
    of_nodes, of_types, of_column = (
        bl.graph.links(
            edges,
            score_for="a b",
            models="gcn-dot",
            runs=1,
            settings=quick,
            **given,
        )
        for given in (
            {"nodes": nodes},
            {"types": nodes},
            {
                "types": pd.read_csv(nodes, sep="\t").rename(columns={"type": "kind"}),
                "type_column": "kind",
            },
        )
    )
    frame = of_types.to_frame()
    pd.testing.assert_frame_equal(frame, of_column.to_frame())
    assert len(of_nodes.to_frame()) == len(frame)
    assert repr(of_types).startswith("<LinkPrediction: edges, ")
    assert len(of_types.candidates("n0")) == 10
    with pytest.raises(BadGraph, match=r"no column 'sort'.* Give its name to --type"):
        bl.graph.links(edges, types=nodes, type_column="sort")
    with pytest.raises(UnknownName, match="no node 'n999'"):
        of_types.candidates("n999")
    pd.read_csv(nodes, sep="\t").iloc[1:].to_csv(nodes, sep="\t", index=False)
    with pytest.raises(BadGraph, match="found no type"):
        bl.graph.links(edges, types=nodes, runs=1)


def test_a_table_of_mirna_sites_has_types():
    rng = np.random.default_rng(0)
    drawn = {(int(a), int(b)) for a, b in rng.integers(15, size=(120, 2))}
    sites = pd.DataFrame(
        [{"mirna": f"miR-{a}", "target": f"T{b}", "mfe": -20.0} for a, b in drawn]
    )
    result = bl.graph.links(
        sites, models="sage-dot", runs=1, settings={"max_epochs": 2, "hidden": 4}
    )
    assert result.audit.plan.pairs == (("miRNA", "target"),)


def test_a_pair_in_both_directions_and_twice_is_one_link():
    edges = {"source": [], "target": []}
    rng = np.random.default_rng(3)
    for a, b in rng.integers(20, size=(60, 2)).tolist():
        edges["source"] += [f"x{a}", f"x{b}", f"x{a}"]
        edges["target"] += [f"x{b}", f"x{a}", f"x{b}"]
    result = bl.graph.links(
        edges, models="gcn-dot", runs=1, settings={"max_epochs": 1, "hidden": 4}
    )
    network = result.audit.plan.network
    kept = {tuple(sorted(pair)) for pair in zip(*edges.values(), strict=True)}
    assert len(network.links) == sum(len(set(pair)) == 2 for pair in kept)
    assert network.n_self_loops == sum(len(set(pair)) == 1 for pair in kept)


@pytest.mark.parametrize(
    "words",
    [
        ("links",),
        ("links", "--out", "o", "--model", "gcn"),
        ("links", "--out", "o", "--nodes", "n.tsv"),
        ("links", "--out", "o", "--runs", "0"),
        ("links", "--out", "o", "--test-share", "0.6"),
        ("explain", "--link", "a", "b"),
        ("explain", "--run", "r", "--link", "a"),
        ("explain", "--run", "r", "--link", "a", "b", "--node", "c"),
    ],
)
def test_wrong_usage_exits_with_two(bioloom_cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = bioloom_cli(*words)
    assert code == 2
    assert "Error: " in err


def test_a_folder_of_something_else_is_refused(bioloom_cli, tmp_path):
    assert bioloom_cli("train", "--out", tmp_path / "k", "--no-tsne")[0] == 0
    code, _, err = bioloom_cli("explain", "--run", tmp_path / "k", "--link", "1", "2")
    assert code == 1
    assert "expected a finished run of `bioloom graph links`" in err
