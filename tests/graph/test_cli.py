"""`bioloom graph` as typed."""

import json
from functools import partial

import numpy as np
import pytest

from bioloom.graph.data.planetoid import read_planetoid


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "graph")


def test_the_embedded_example(bioloom_cli, tmp_path):
    words = ("train", "--out", tmp_path / "k", "--runs", 2, "--epochs", 50, "--no-tsne")
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert told.startswith("gcn: test accuracy ")
    page = tmp_path / "k" / "report.html"
    assert told.endswith(f"written: {tmp_path / 'k'}; report: {page}\n")
    assert page.is_file()
    assert len(np.load(tmp_path / "k" / "pred_gcn.npy")) == 34
    code, told, err = bioloom_cli(*words)
    assert (code, told) == (1, "")
    assert "add --force" in err
    assert bioloom_cli(*words, "--force", "--model", "sage")[0] == 0
    assert (tmp_path / "k" / "pred_sage.npy").is_file()


@pytest.mark.data
def test_cora_of_a_folder(bioloom_cli, tmp_path, data_dir):
    folder = data_dir / "graph" / "planetoid"
    code, told, _ = bioloom_cli(
        *("train", "--dataset", "cora", "--data", folder, "--out", tmp_path / "c"),
        *("--model", "gcn", "--model", "sage", "--split", "public", "--no-tsne"),
    )
    assert code == 0
    graph = read_planetoid("cora", folder)
    for line in told.splitlines()[:2]:
        model = line.partition(":")[0]
        predicted = np.load(tmp_path / "c" / f"pred_{model}.npy")
        right = (predicted == graph.y)[graph.test_mask].mean()
        assert line.startswith(f"{model}: test accuracy {100 * right:.2f} (1 run)")
        assert right > 0.78
    record = json.loads((tmp_path / "c" / "run.json").read_text())
    assert len(record["inputs"]) == 8


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_ones_own_tables(bioloom_cli, tmp_path):
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 2, 60)
    names = [f"γ{number:03d}" for number in range(60)]
    near = [
        (a, b)
        for a in range(60)
        for b in range(a)
        if rng.random() < (0.2 if kinds[a] == kinds[b] else 0.01)
    ]
    nodes = [f"{name}\t{kind}\ttext" for name, kind in zip(names, kinds, strict=True)]
    (tmp_path / "n.tsv").write_text("id\ttype\tnote\n" + "\n".join(nodes) + "\n")
    edges = [f"{names[a]}\t{names[b]}" for a, b in near]
    (tmp_path / "e.tsv").write_text("source\ttarget\n" + "\n".join(edges) + "\n")
    words = (
        *("train", "--edges", tmp_path / "e.tsv", "--nodes", tmp_path / "n.tsv"),
        *("--label", "type", "--split", "kfold", "--folds", 3, "--runs", 3),
        *("--out", tmp_path / "out", "--no-tsne"),
    )
    code, told, err = bioloom_cli(*words)
    assert code == 0
    assert "'note': text, not used as features" in err
    code, told, _ = bioloom_cli(*words, "--skip", "note", "--force")
    assert code == 0
    table = (tmp_path / "out" / "tables" / "predictions.tsv").read_text("utf-8")
    assert "\tγ007\t" in table
    summary = (tmp_path / "out" / "tables" / "summary.tsv").read_text().splitlines()
    found = {line.split("\t")[1]: float(line.split("\t")[2]) for line in summary[1:]}
    assert found["test_accuracy"] > 0.85


def test_explaining_aggregation(bioloom_cli, tmp_path):
    code, told, _ = bioloom_cli("explain")
    assert code == 0
    assert told.startswith("Aggregation A·H at node 1 of six nodes")
    assert "= [7, 7, 7]" in told
    assert "the matrix gives it two" in told
    assert "= [14, 14, 14]" in bioloom_cli("explain", "--node", 4)[1]
    (tmp_path / "e.csv").write_text("ñ,b,2\nb,c,1\n", "utf-8")
    words = ("explain", "--edges", tmp_path / "e.csv", "--node", "b")
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert "2 · [1, 0, 0] + 1 · [0, 0, 1] = [2, 0, 1]" in told
    code, _, err = bioloom_cli(*words[:-1], "n")
    assert code == 1
    assert "found no node 'n'" in err


def test_explaining_a_prediction(bioloom_cli, tmp_path):
    bioloom_cli("train", "--out", tmp_path / "k", "--no-tsne")
    out = tmp_path / "told.json"
    words = ("explain", "--run", tmp_path / "k", "--node", 3, "--format", "json")
    assert bioloom_cli(*words, "--out", out)[0] == 0
    assert json.loads(out.read_text())["title"].startswith(
        "karate, node 3: gcn predicts"
    )


def test_drawing(bioloom_cli, tmp_path):
    run = tmp_path / "k"
    bioloom_cli("train", "--out", run, "--no-tsne")
    code, told, _ = bioloom_cli("draw", run, "--ego")
    assert code == 0
    path = run / "figures" / "karate_net_gcn_ego.png"
    assert told == f"written: {path}\nwritten: {path.with_suffix('.svg')}\n"
    assert path.is_file()
    words = ("--sample", 9, "--by", "walk", "--colour", "prediction")
    assert bioloom_cli("draw", run, *words, "--out", tmp_path)[0] == 0
    assert (tmp_path / "karate_net_gcn_walk_prediction.svg").is_file()
    assert bioloom_cli("draw", "--dataset", "karate", "--out", tmp_path)[0] == 0
    assert (tmp_path / "karate_net_full.png").is_file()
    code, _, err = bioloom_cli("draw", tmp_path)
    assert code == 1
    assert "expected a run folder" in err


@pytest.mark.parametrize(
    "words",
    [
        ("train",),
        ("train", "--out", "o", "--model", "mlp"),
        ("train", "--out", "o", "--runs", "0"),
        ("train", "--out", "o", "--dropout", "1"),
        ("train", "--out", "o", "--nodes", "n.csv"),
        ("train", "--out", "o", "--edges", "e.csv", "--file", "g.graphml"),
        ("train", "--out", "o", "--model", "grand", "--batch-size", "9"),
        ("train", "--out", "o", "--model", "gcnii", "--batch-size", "9"),
        ("train", "--out", "o", "--model", "grand", "--layers", "9"),
        ("train", "--out", "o", "--model", "gcn", "--heads", "2"),
        ("train", "--out", "o", "--model", "gcnii", "--norm", "layer"),
        ("train", "--out", "o", "--model", "gcn", "--fanout", "5"),
        ("train", "--out", "o", "--layers", "1", "--residual"),
        ("explain", "--run", "r", "--dataset", "karate"),
        ("explain", "--format", "pdf"),
        ("draw",),
        ("draw", "run", "--dataset", "karate"),
        ("draw", "run", "--sample", "5", "--ego"),
        ("draw", "--dataset", "karate", "--model", "gcn"),
        ("draw", "--dataset", "karate", "--colour", "correct"),
    ],
)
def test_wrong_usage_exits_with_two(bioloom_cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    code, told, err = bioloom_cli(*words)
    assert (code, told) == (2, "")
    assert "Error: " in err
    assert not list(tmp_path.iterdir())
