"""A trained model on graphs that it was not trained on."""

import io
import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioloom.errors import BadRunFolder, MissingFile
from bioloom.graph.data.sources import Source
from bioloom.graph.errors import BadGraph
from bioloom.graph.models.weights import load_model, weights_of
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.predictions import as_trained, predict_nodes
from bioloom.graph.training_run import Plan, run_training, train_model
from bioloom.run.arrays import load_arrays, save_arrays

N = 60


def network(rng, folder, *, with_labels=True):
    """Two camps that differ in two features; columns in an order of their own."""
    folder.mkdir(exist_ok=True)
    camp = rng.integers(0, 2, N)
    columns = {
        "size": camp + rng.normal(0, 0.2, N),
        "Größe": 2 - camp + rng.random(N) / 2,
    }
    names = list(columns) if with_labels else list(columns)[::-1]
    frame = pd.DataFrame({"id": [f"{n:03d}" for n in range(N)]})
    if with_labels:
        frame["label"] = np.array(["left", "right"])[camp]
    for name in names:
        frame[name] = columns[name]
    frame.to_csv(folder / "nodes.csv", index=False)
    near = [
        (a, b)
        for a in range(N)
        for b in range(a)
        if rng.random() < (0.15 if camp[a] == camp[b] else 0.01)
    ]
    lines = [f"{a:03d},{b:03d}\n" for a, b in near]
    (folder / "edges.csv").write_text("source,target\n" + "".join(lines))
    return camp


def source(folder, **more):
    return Source(edges=folder / "edges.csv", nodes=folder / "nodes.csv", **more)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    network(np.random.default_rng(1), folder)
    models = [
        replace(one, max_epochs=60, n_layers=min(one.n_layers, 6))
        for one in SETTINGS.values()
    ]
    given = source(folder, scale="none")
    run_training(given, models, Plan(n_runs=2), out=folder / "run", with_tsne=False)
    return folder


@pytest.mark.parametrize("model", SETTINGS)
def test_the_own_graph_gives_the_runs_predictions(trained, model):
    run = trained / "run"
    saved = load_model(weights_of(run, model))
    found = predict_nodes(saved, as_trained(source(trained), saved).read())
    assert found.predicted.tolist() == np.load(run / f"pred_{model}.npy").tolist()
    chances = np.load(run / f"prob_{model}.npy")
    assert found.probabilities == pytest.approx(chances, abs=1e-6)
    table = pd.read_csv(run / "tables" / "predictions.tsv", sep="\t", dtype=str)
    own = table[table["model"] == model].drop(columns="model").reset_index(drop=True)
    stream = io.StringIO(found.to_frame().to_csv(sep="\t", index=False))
    again = pd.read_csv(stream, sep="\t", dtype=str)
    same = ["node", "label", "prediction"]
    pd.testing.assert_frame_equal(own[same], again[same])
    assert list(own) == list(again)


def test_a_new_graph_with_its_columns_in_another_order(trained, tmp_path, bioloom_cli):
    command = partial(bioloom_cli, "graph", "predict")
    camp = network(np.random.default_rng(2), tmp_path / "new", with_labels=False)
    words = ("--edges", tmp_path / "new" / "edges.csv", "--nodes")
    words = (*words, tmp_path / "new" / "nodes.csv")
    code, told, err = command(trained / "run", *words)
    assert (code, err) == (0, "")
    frame = pd.read_csv(io.StringIO(told), sep="\t", dtype={"node": str})
    assert frame["node"].tolist() == [f"{n:03d}" for n in range(N)]
    called = (frame["prediction"] == "right").to_numpy()
    assert (called == camp).mean() > 0.9
    shares = frame[["p_left", "p_right"]].to_numpy()
    assert shares.sum(axis=1) == pytest.approx(np.ones(N), abs=1e-5)
    assert frame["confidence"].to_numpy() == pytest.approx(shares.max(axis=1))
    # one file of the run, as table
    best = trained / "run" / "best.safetensors"
    assert command(best, *words, "--out", tmp_path / "p.tsv") == (0, "", "")
    assert (tmp_path / "p.tsv").read_text("utf-8") == told


def test_labels_are_counted_where_there_are_some(trained, bioloom_cli):
    words = ("--edges", trained / "edges.csv", "--nodes", trained / "nodes.csv")
    code, _, err = bioloom_cli("graph", "predict", trained / "run", *words)
    assert code == 0
    assert err.endswith(" per cent of 60 labelled nodes are predicted correctly\n")


def test_edges_come_from_standard_input(trained, bioloom_cli, monkeypatch):
    words = ("graph", "predict", trained / "run", "--nodes", trained / "nodes.csv")
    expected = bioloom_cli(*words, "--edges", trained / "edges.csv")[1]
    text = b"# drawn by hand\n" + (trained / "edges.csv").read_bytes()
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(text)))
    monkeypatch.setattr("sys.stdin", stream)
    assert bioloom_cli(*words, "--edges", "-")[1] == expected


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["size"], "no feature 'Größe'"),
        (["size", "Größe", "more"], "the feature 'more'"),
        ([], "no feature 'size'"),
    ],
)
def test_other_features_are_refused(trained, tmp_path, columns, found):
    header = ",".join(["id", *columns])
    row = ",1" * len(columns)
    (tmp_path / "nodes.csv").write_text(f"{header}\na{row}\nb{row}\n", "utf-8")
    (tmp_path / "edges.csv").write_text("source,target\na,b\n")
    graph = source(tmp_path, needs_label=False).read()
    saved = load_model(weights_of(trained / "run"))
    with pytest.raises(BadGraph, match=f"found {found}, expected the 2 features"):
        predict_nodes(saved, graph)


def test_a_model_of_bare_nodes_knows_no_others(tmp_path):
    models = [replace(SETTINGS["gcn"], max_epochs=2)]
    run_training(Source(), models, Plan(), out=tmp_path, with_tsne=False)
    with pytest.raises(BadGraph, match="knows the nodes of karate only"):
        predict_nodes(load_model(weights_of(tmp_path)), Source().read())


def test_usage_of_the_command(trained, bioloom_cli, tmp_path):
    assert bioloom_cli("graph", "predict", trained / "run")[0] == 2
    assert (
        bioloom_cli("graph", "predict", tmp_path / "none", "--dataset", "karate")[0]
        == 2
    )
    code, _, err = bioloom_cli("graph", "predict", tmp_path, "--dataset", "karate")
    assert code == 1
    assert "found no readable weights" in err
    words = ("train", "--edges", "-", "--out", tmp_path / "o")
    assert bioloom_cli("graph", *words)[0] == 2


def test_damaged_weights_are_told(trained, tmp_path):
    arrays, about = load_arrays(weights_of(trained / "run"), command="")
    path = tmp_path / "best.safetensors"
    save_arrays(path, arrays, about)
    assert load_model(path).class_names == ("left", "right")
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(BadRunFolder, match="no readable weights"):
        load_model(path)


def test_a_run_and_its_input_can_be_moved(trained, tmp_path, monkeypatch):
    """Found again beside each other, by checksum, from any folder."""
    before = open_run(trained / "run")
    moved = tmp_path / "elsewhere"
    shutil.copytree(trained, moved)
    (moved / "edges.csv").rename(tmp_path / "other.csv")
    monkeypatch.chdir(tmp_path)
    # the typed path is still there, with the recorded content
    assert open_run(moved / "run").source.edges == before.source.edges
    (tmp_path / "other.csv").rename(moved / "edges.csv")
    run = open_run(moved / "run")
    assert run.source.edges.resolve() == (moved / "edges.csv").resolve()
    assert run.graph.node_ids == before.graph.node_ids
    record = json.loads((moved / "run" / "run.json").read_text())
    for entry in record["inputs"]:
        entry["path"] = str(tmp_path / "gone" / Path(entry["path"]).name)
        record["arguments"]["edges" if "edges" in entry["path"] else "nodes"] = entry[
            "path"
        ]
    record["arguments"]["paths_from_folder"] = {}
    (moved / "run" / "run.json").write_text(json.dumps(record))
    with pytest.raises(MissingFile, match="an input of the run in"):
        open_run(moved / "run")
    monkeypatch.chdir(moved)
    assert open_run(moved / "run").source.edges == Path("edges.csv")
    (moved / "edges.csv").write_text("source,target\n000,001\n")
    with pytest.raises(
        BadRunFolder, match=r"another edges\.csv than it was trained on"
    ):
        open_run(moved / "run")


def test_a_run_of_an_earlier_version_opens(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "old")
    path = tmp_path / "old" / "run" / "run.json"
    record = json.loads(path.read_text())
    newer = ("id", "name", "weight", "features", "repeats", "obsp", "label_option")
    for name in (*newer, "paths_from_folder"):
        record["arguments"].pop(name)
    path.write_text(json.dumps(record))
    assert open_run(tmp_path / "old" / "run").graph.num_nodes == N


def test_scaling_and_direction_belong_to_the_model(tmp_path):
    network(np.random.default_rng(3), tmp_path)
    out = tmp_path / "run"
    models = [replace(SETTINGS["gcn"], max_epochs=30)]
    run_training(
        source(tmp_path, is_directed=True), models, Plan(), out=out, with_tsne=False
    )
    saved = load_model(weights_of(out, "gcn"))
    assert (saved.scaling.kind, saved.is_directed) == ("standard", True)
    graph = open_run(out).graph_of("gcn")
    train = graph.x[graph.train_mask].toarray()
    assert saved.scaling.centre == pytest.approx(train.mean(axis=0), rel=1e-5)
    assert saved.scaling.spread == pytest.approx(train.std(axis=0), rel=1e-4)
    found = predict_nodes(saved, as_trained(source(tmp_path), saved).read())
    assert found.predicted.tolist() == np.load(out / "pred_gcn.npy").tolist()
    with pytest.raises(BadGraph, match="direction is part of the model"):
        as_trained(source(tmp_path, is_directed=False), saved)
    # weights that the training did not have are not used
    edges = pd.read_csv(tmp_path / "edges.csv", dtype=str)
    edges["weight"] = np.arange(1, len(edges) + 1)
    edges.to_csv(tmp_path / "edges.csv", index=False)
    again = predict_nodes(saved, as_trained(source(tmp_path), saved).read())
    assert again.predicted.tolist() == found.predicted.tolist()


def test_given_splits_are_used_in_turn(tmp_path):
    network(np.random.default_rng(5), tmp_path)
    nodes = pd.read_csv(tmp_path / "nodes.csv", dtype=str)
    words = np.array(["train", "val", "test"])
    nodes["split"], nodes["split_2"] = (
        words[np.arange(N) % 3],
        words[(np.arange(N) + 1) % 3],
    )
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    result = train_model(
        source(tmp_path).read(), replace(SETTINGS["gcn"], max_epochs=2), Plan(n_runs=3)
    )
    used = [run.graph.split_names() for run in result.runs]
    assert used[0] == nodes["split"].tolist() == used[2]
    assert used[1] == nodes["split_2"].tolist()
