"""Nodes with several labels: reading, splits, training, tables, commands."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.multioutput import MultiOutputClassifier

import bioloom as bl
from bioloom.errors import BadConfig, InputWarning, UnknownName
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.label_sets import with_label_sets
from bioloom.graph.data.splits import split_of
from bioloom.graph.errors import BadGraph
from bioloom.graph.models.losses import node_loss, quality
from bioloom.graph.settings import MODELS, SETTINGS
from bioloom.graph.training.fit import class_weights
from bioloom.graph.training.label_baselines import (
    label_chances_of,
    label_predictions_of,
)
from bioloom.graph.training.multilabel import never_called
from bioloom.label_sets import cells_of, iterative_parts

QUICK = {"max_epochs": 30}


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "graph")


def graph_of(cells, **more):
    """A ring with such labels."""
    n = len(cells)
    ring = csr_array((np.ones(n), (range(n), np.roll(range(n), 1))), shape=(n, n))
    nodes = NodeTable(ids=[f"n{k}" for k in range(n)], labels=cells, **more)
    return assemble("ring", nodes, csr_array(ring + ring.T))


@pytest.fixture(scope="module")
def tables():
    """Four communities with some of five labels each; features tell a little."""
    rng = np.random.default_rng(3)
    n = 240
    kind = rng.integers(0, 4, n)
    likely = np.array(
        [
            [0.9, 0.1, 0.5, 0.02, 0.3],
            [0.1, 0.8, 0.5, 0.02, 0.3],
            [0.05, 0.6, 0.1, 0.1, 0.3],
            [0.3, 0.05, 0.9, 0.3, 0.3],
        ]
    )
    has = rng.random((n, 5)) < likely[kind]
    cells = cells_of(has, "abcde").tolist()
    for node in range(20):
        cells[node] = ""
    near = np.triu(rng.random((n, n)) < np.where(kind[:, None] == kind, 0.08, 0.005), 1)
    source, target = np.nonzero(near)
    edges = pd.DataFrame({"source": source, "target": target}).astype(str)
    x = rng.normal(0, 1, (n, 4)) + 0.7 * np.eye(4)[kind]
    nodes = pd.DataFrame({"id": [str(k) for k in range(n)], "label": cells})
    return edges, nodes.join(pd.DataFrame(x, columns=[f"f{k}" for k in range(4)]))


@pytest.fixture(scope="module")
def result(tables):
    return bl.graph.train(*tables, multilabel=True, runs=2, settings=QUICK)


def test_cells_are_sets_of_labels():
    cells = ["a|b", "b| a|b", "a", "", "|", "c|NA", "b|a"]
    graph = with_label_sets(graph_of(cells))
    assert graph.label_names == ("a", "b", "c")
    assert graph.class_names == ("a", "a|b", "c", "|")
    assert graph.y.tolist() == [1, 1, 0, -1, 3, 2, 1]
    assert graph.has_label.astype(int).tolist() == [
        *([1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1], [1, 1, 0])
    ]
    assert graph.targets.dtype == np.float32


def test_a_separator_in_classes_is_said_once():
    edges = {"source": [*"abcdefgh"], "target": [*"bcdefgha"]}
    nodes = {"id": [*"abcdefgh"], "label": ["x|y", "x"] * 4}
    with pytest.warns(InputWarning) as said:
        bl.graph.train(edges, nodes, models=["gcn", "sage"], settings=QUICK)
    assert len(said) == 1
    assert "1 of 2 classes have a | in their name, such as 'x|y'" in str(said[0])
    assert "--multilabel" in str(said[0])


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["", "", "", ""], "no labelled node"),
        (["|", "|", "|", "|"], "only the class '|'"),
        (["a|b", "b|a", "a|b", "a|b"], "only the class 'a|b'"),
    ],
)
def test_labels_that_do_not_differ_are_refused(cells, found):
    edges = {"source": [*"abc"], "target": [*"bcd"]}
    nodes = {"id": [*"abcd"], "label": cells, "f": [2, 1, 4, 3]}
    with pytest.raises(BadGraph) as caught:
        bl.graph.train(edges, nodes, multilabel=True)
    assert caught.value.found == found


def test_a_label_that_never_trains_is_refused():
    nodes = {
        "id": [*"abcdef"],
        "label": ["x", "x|y", "y", "x", "x|z", "y"],
        "split": ["train", "train", "val", "val", "test", "test"],
    }
    edges = {"source": [*"abcde"], "target": [*"bcdef"]}
    with pytest.raises(BadGraph, match="no training node of label 'z'"):
        bl.graph.train(edges, nodes, multilabel=True)


@pytest.mark.parametrize("seed", range(5))
def test_parts_share_every_label_evenly(seed):
    """Within one node of an equal share, as nothing but a single label could do."""
    rng = np.random.default_rng(seed)
    shares = [0.5, 0.3, 0.1, 0.02, 0.015]
    members = rng.random((1000, 5)) < shares
    part = iterative_parts(members, [0.2] * 5, rng=rng)
    assert np.bincount(part, minlength=5).tolist() == pytest.approx([200] * 5, abs=2)
    for label in range(5):
        n = members[:, label].sum()
        counts = np.bincount(part[members[:, label]], minlength=5)
        assert counts.tolist() == pytest.approx([n / 5] * 5, abs=max(1.0, 0.02 * n))


def test_a_random_split_tests_rare_labels_and_trains_the_rarest():
    rng = np.random.default_rng(0)
    has = rng.random((200, 3)) < [0.5, 0.3, 0]
    has[:5, 2] = True
    cells = cells_of(np.column_stack([has, np.arange(200) < 2]), "abcd")
    graph = with_label_sets(graph_of(cells.tolist()))
    for seed in range(5):
        split = split_of(graph, "random", rng_seed=seed)
        parts = split.train_mask, split.val_mask, split.test_mask
        assert all(split.has_label[mask, 2].any() for mask in parts)
        assert split.train_mask[:2].all()  # two nodes of d: only train
        assert [mask.mean() for mask in parts] == pytest.approx(
            [0.6, 0.2, 0.2], abs=0.02
        )
    tested = [
        split_of(graph, "kfold", rng_seed=1, fold=fold, n_folds=3).test_mask
        for fold in range(3)
    ]
    assert (np.sum(tested, axis=0) == [0] * 2 + [1] * 198).all()


def test_the_loss_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    scores, y = rng.normal(size=(30, 3)), rng.random((30, 3)) < 0.4
    found = node_loss(torch.tensor(scores), torch.tensor(y, dtype=torch.float64))
    chances = 1 / (1 + np.exp(-scores))
    theirs = sum(log_loss(y[:, k], chances[:, k]) for k in range(3))
    assert found.item() == pytest.approx(theirs)
    f1 = quality(torch.tensor(scores), torch.tensor(y, dtype=torch.float64))
    assert f1 == pytest.approx(f1_score(y, chances > 0.5, average="micro"))


def test_balanced_weights_give_members_and_others_the_same_weight(tables):
    graph = bl.graph.train(*tables, multilabel=True, settings=QUICK).best.best.graph
    weights = class_weights(graph, "balanced")
    has = graph.has_label[graph.train_mask]
    assert (has * weights.numpy()).sum(axis=0) == pytest.approx((~has).sum(axis=0))


def test_each_model_learns_something(tables):
    result = bl.graph.train(
        *tables, models=MODELS, multilabel=True, settings={"max_epochs": 60}
    )
    for model in MODELS:
        measures = result[model].best.measures()
        assert measures["test_mean_auc"] > 0.6, model
        if model != "grand":  # whose hidden units are mostly off at first
            assert measures["test_micro_f1"] > 0.3, model


def test_measures_are_those_of_the_predictions(result):
    run = result.best.best
    frame = result.predictions().to_frame()
    test = frame[frame["split"] == "test"]
    chances = test[[f"p_{label}" for label in "abcde"]].to_numpy()
    has = np.array([[x in cell.split("|") for x in "abcde"] for cell in test["label"]])
    called = np.array(
        [[x in cell.split("|") for x in "abcde"] for cell in test["prediction"]]
    )
    assert (called == (chances > 0.5)).all()
    measures = run.measures()
    for average in ("micro", "macro"):
        theirs = f1_score(has, called, average=average, zero_division=0)
        assert measures[f"test_{average}_f1"] == pytest.approx(theirs)
    right = (test["label"] == test["prediction"]).mean()
    assert measures["test_subset_accuracy"] == pytest.approx(right)
    both = np.where(called, chances, 1 - chances).prod(axis=1)
    assert test["confidence"].to_numpy() == pytest.approx(both)
    assert "set_90" not in frame
    assert "temperature" not in result.to_frame()
    mean = 100 * np.mean(
        [each.measures()["test_micro_f1"] for each in result.best.runs]
    )
    assert f"test micro F1 {mean:.2f} ±" in result.summary()


def test_test_labels_change_nothing_but_the_measures(tables):
    edges, nodes = tables
    first = bl.graph.train(edges, nodes, multilabel=True, settings=QUICK).best.best
    split = first.graph.split_names()
    given = nodes.assign(split=split)
    is_test = np.array(split) == "test"
    permuted = given.copy()
    rng = np.random.default_rng(0)
    permuted.loc[is_test, "label"] = rng.permutation(given.loc[is_test, "label"])
    for changes in (QUICK, QUICK | {"thresholds": "validation"}):
        runs = [
            bl.graph.train(edges, each, multilabel=True, settings=changes).best.best
            for each in (given, permuted)
        ]
        assert (runs[0].fitted.scores == runs[1].fitted.scores).all()
        assert (runs[0].thresholds == runs[1].thresholds).all()
        assert (runs[0].predicted == runs[1].predicted).all()


def test_thresholds_are_chosen_on_validation_nodes(tables):
    changes = QUICK | {"thresholds": "validation"}
    result = bl.graph.train(*tables, multilabel=True, settings=changes)
    run, half = (
        result.best.best,
        bl.graph.train(*tables, multilabel=True, settings=QUICK),
    )
    val = run.graph.val_mask
    has, before = run.graph.has_label[val], half.best.best.predicted[val]
    ours = f1_score(has, run.predicted[val], average=None, zero_division=0)
    assert (ours >= f1_score(has, before, average=None, zero_division=0)).all()
    assert (run.thresholds != 0.5).any()


def test_labels_that_are_never_called_are_said(tables):
    changes = {"max_epochs": 2}
    run = bl.graph.train(*tables, multilabel=True, settings=changes).best.best
    test = run.graph.test_mask
    missed = run.graph.has_label[test].any(axis=0) & ~run.predicted[test].any(axis=0)
    assert missed.any()
    said = never_called(run)
    assert said.startswith(f"{missed.sum()} of 5 labels, such as ")
    assert "--thresholds validation" in said
    assert never_called(bl.graph.train(settings=changes).best.best) == ""


def test_simple_methods_are_those_counted_by_hand(result):
    graph = result.best.best.graph
    found = label_chances_of(graph)
    train, has = graph.train_mask, graph.has_label
    prevalence = has[train].mean(axis=0)
    assert found["prevalence"] == pytest.approx(np.tile(prevalence, (240, 1)))
    for node in range(0, 240, 17):
        near = [k for k in graph.neighbours(node) if train[k]]
        expected = has[near].mean(axis=0) if near else prevalence
        assert found["neighbour vote"][node] == pytest.approx(expected)
    x, val = graph.x.toarray(), graph.val_mask
    models = [
        MultiOutputClassifier(LogisticRegression(C=C)).fit(x[train], has[train])
        for C in (0.1, 1, 10, 100)
    ]
    best = max(
        models, key=lambda m: f1_score(has[val], m.predict(x[val]), average="micro")
    )
    called = label_predictions_of(graph, "half")["logistic regression"]
    assert (called == best.predict(x)).all()


def test_baselines_stand_beside_the_model(result):
    frame = result.baselines()
    assert list(frame.columns[:4]) == [
        *("model", "baseline", "test_micro_f1", "test_macro_f1")
    ]
    run = result.best.best
    test, has = run.graph.test_mask, run.graph.has_label
    called = label_predictions_of(run.graph, "half")["neighbour vote"]
    theirs = f1_score(has[test], called[test], average="micro")
    row = frame.set_index("baseline").loc["neighbour vote"]
    mean = np.mean([each.measures()["test_micro_f1"] for each in result.best.runs])
    if len({tuple(each.graph.split_names()) for each in result.best.runs}) == 1:
        assert row["test_micro_f1"] == pytest.approx(theirs)
        assert row["difference"] == pytest.approx(mean - theirs)
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]


def test_new_nodes_are_predicted_as_the_old_ones(result, tables):
    edges, nodes = tables
    again = bl.graph.predict(result, edges, nodes)
    ours, theirs = again.to_frame(), result.predictions().to_frame()
    assert (ours["prediction"] == theirs["prediction"]).all()
    assert (ours["label"] == theirs["label"]).all()
    unlabelled = bl.graph.predict(result, edges, nodes.drop(columns="label"))
    assert (unlabelled.predicted == again.predicted).all()
    assert unlabelled.verdict() == ""
    assert again.verdict().startswith("all labels of ")


@pytest.mark.parametrize("model", MODELS)
def test_parts_of_a_label_sum_to_its_score(tables, model):
    result = bl.graph.train(*tables, models=model, multilabel=True, settings=QUICK)
    run = result.best.best
    node = int(np.flatnonzero(run.graph.test_mask)[0])
    for label, name in enumerate("abcde"):
        explained = result.explain(node, of_label=name)
        called = run.predicted[node, label]
        name = name if called else f"not {name}"
        assert explained.title == f"graph, node {node}: {model} predicts {name}"
        _, chance, by_neighbour, _, by_feature, _ = explained.steps
        p, z = run.probabilities[node, label], run.fitted.scores[node, label]
        assert chance.value.number == pytest.approx(p, abs=1e-5)
        for step in (by_neighbour, by_feature):
            sign = 1 if called else -1
            assert step.value.number == pytest.approx(sign * z, abs=2e-4)


def test_labels_that_cannot_be_explained_are_refused(result):
    with pytest.raises(UnknownName):
        result.explain(30, of_label="z")
    with pytest.raises(BadConfig):
        result.plot("curves", of_label="a")
    with pytest.raises(BadConfig):
        bl.graph.explain(of_label="a")
    karate = bl.graph.train(settings=QUICK)
    with pytest.raises(BadConfig):
        karate.explain(34, of_label="Officer")


def test_options_without_effect_are_refused(bioloom_cli, tmp_path):
    with pytest.raises(BadGraph, match="--multilabel"):
        bl.graph.train("karate", multilabel=True)
    with pytest.raises(BadConfig, match="thresholds"):
        bl.graph.train("karate", settings={"thresholds": "validation"})
    for words, said in (
        (("train", "--multilabel", "--out", tmp_path / "k"), "--multilabel"),
        (("train", "--thresholds", "half", "--out", tmp_path / "k"), "--thresholds"),
        (("explain", "--of-label", "a"), "--of-label needs --run"),
    ):
        code, _, err = bioloom_cli(*words)
        assert code != 0
        assert said in err


def test_pyg_data_with_several_labels():
    data = pytest.importorskip("torch_geometric.data").Data(
        edge_index=torch.tensor([[*range(9)], [*range(1, 10)]]),
        x=torch.rand(10, 3),
        y=torch.tensor([[1.0, 0], [1, 1], [0, 1], [0, 0], [1, 0]] * 2),
    )
    with pytest.raises(BadGraph, match="multilabel"):
        bl.graph.train(data)
    graph = bl.graph.train(data, multilabel=True, settings=QUICK).best.best.graph
    assert graph.label_names == ("0", "1")
    assert graph.has_label.tolist() == data.y.bool().tolist()


def test_the_commands_from_training_to_pictures(bioloom_cli, tables, tmp_path):
    for name, frame in zip(("e.tsv", "n.tsv"), tables, strict=True):
        frame.to_csv(tmp_path / name, sep="\t", index=False)
    given = ("--edges", tmp_path / "e.tsv", "--nodes", tmp_path / "n.tsv")
    run = tmp_path / "run"
    code, told, _ = bioloom_cli(
        *("train", *given, "--multilabel", "--model", "sage", "--epochs", 40),
        *("--class-weights", "balanced", "--thresholds", "validation", "--runs", 2),
        *("--out", run, "--json"),
    )
    assert code == 0
    facts = json.loads(told)["models"]["sage"]
    assert 0.4 < facts["test_micro_f1"]["mean"] < 1
    assert set(facts["baselines"]) == {
        *("prevalence", "neighbour vote", "label propagation", "logistic regression")
    }
    page = (run / "report.html").read_text()
    for words in ("Test micro F1, %", "all labels of", "<h3>Labels</h3>", "highest F1"):
        assert words in page
    labels = pd.read_csv(run / "tables" / "labels.tsv", sep="\t")
    assert labels["label"].tolist() == [*"abcde"]
    assert not (run / "tables" / "confusion.tsv").exists()
    readme = (run / "tables" / "README.md").read_text()
    assert "temperature (fitted" not in readme
    code, told, said = bioloom_cli("predict", run, *given)
    assert code == 0
    assert told.splitlines()[0].split("\t")[-5:] == [f"p_{name}" for name in "abcde"]
    assert "all labels of" in said
    found = pd.read_csv(run / "tables" / "predictions.tsv", sep="\t")
    ours = [line.split("\t")[3] for line in told.splitlines()[1:]]
    assert ours == found["prediction"].tolist()
    code, told, _ = bioloom_cli("explain", "--run", run, "--of-label", "a")
    assert code == 0
    assert "Of the label a, the prediction is" in told
    code, _, _ = bioloom_cli("draw", run, "--ego", "--out", tmp_path / "drawn")
    assert code == 0
    assert SETTINGS["sage"].thresholds == "half"
