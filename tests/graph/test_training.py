"""Training: what it learns, what it must not see, what repeats; the run folder."""

import json
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from scipy.sparse import csr_array

from bioloom.errors import OutputExists
from bioloom.graph import training_run as room
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import split_of
from bioloom.graph.models.models import consistency, propagated
from bioloom.graph.models.sparse import Sparse
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training.fit import fit
from bioloom.graph.training_run import Plan, run_training, train_model
from bioloom.statistics.calibration import probabilities

MODELS = tuple(SETTINGS)


@pytest.fixture(scope="module")
def camps():
    """The karate club, split."""
    return split_of(karate_club(), "random", rng_seed=5)


@pytest.fixture(scope="module")
def cora(data_dir):
    graph = read_planetoid("cora", data_dir / "graph" / "planetoid")
    return graph.scaled_by(graph.scaling())


def short(model, **changes):
    """Few epochs; in GCNII few layers as well."""
    base = SETTINGS[model]
    few = {"max_epochs": 30, "n_layers": min(base.n_layers, 6)}
    return replace(base, **(few | changes))


@pytest.mark.parametrize("model", MODELS)
def test_a_small_graph_is_fitted_completely(model):
    """20 nodes in two cliques: everything can be learnt."""
    network = nx.connected_caveman_graph(2, 10)
    labels = ["a"] * 10 + ["b"] * 10
    splits = (["train"] * 7 + ["val"] * 3) * 2
    nodes = NodeTable(ids=[str(n) for n in network], labels=labels, splits=splits)
    graph = assemble("cliques", nodes, csr_array(nx.to_scipy_sparse_array(network)))
    fitted = fit(graph, short(model, max_epochs=300), rng_seed=1)
    assert (fitted.scores.argmax(axis=1) == graph.y).all()
    losses = fitted.history[:, 0]
    assert losses[-20:].mean() < 0.7 * losses[:20].mean()


@pytest.mark.parametrize("model", MODELS)
def test_equal_seeds_give_equal_weights(camps, model):
    one, same, other = (fit(camps, short(model), rng_seed=s) for s in (3, 3, 4))
    for name, value in one.weights.items():
        assert value.tobytes() == same.weights[name].tobytes()
        assert value.tobytes() != other.weights[name].tobytes() or not value.any()
    assert one.scores.tobytes() == same.scores.tobytes()


@pytest.mark.parametrize("model", MODELS)
def test_labels_of_test_nodes_are_not_looked_at(camps, model):
    y = camps.y.copy()
    y[camps.test_mask] = 1 - y[camps.test_mask]
    found = fit(replace(camps, y=y), short(model), rng_seed=3)
    assert (
        found.scores.tobytes() == fit(camps, short(model), rng_seed=3).scores.tobytes()
    )


@pytest.mark.parametrize("model", MODELS)
def test_validation_labels_choose_only_the_epoch(camps, model):
    """Training losses repeat; they come before each epoch's validation."""
    y = camps.y.copy()
    y[camps.val_mask] = 1 - y[camps.val_mask]
    settings = short(model, patience=1000)
    other = fit(replace(camps, y=y), settings, rng_seed=3).history
    here = fit(camps, settings, rng_seed=3).history
    assert (other[:, 0] == here[:, 0]).all()
    assert (other[:, 1] != here[:, 1]).any()


@pytest.mark.data
def test_no_leak_on_cora(cora):
    rng = np.random.default_rng(0)
    y = cora.y.copy()
    y[cora.test_mask] = rng.permutation(y[cora.test_mask])
    pair = (fit(one, short("gcn"), rng_seed=0) for one in (cora, replace(cora, y=y)))
    one, other = pair
    assert one.scores.tobytes() == other.scores.tobytes()


@pytest.mark.data
@pytest.mark.parametrize(("model", "least"), [("gcn", 0.80), ("sage", 0.79)])
def test_accuracy_on_cora(cora, model, least):
    """Far below the benchmark's means, far above what a fault would leave."""
    fitted = fit(cora, SETTINGS[model], rng_seed=0)
    is_right = fitted.scores.argmax(axis=1) == cora.y
    assert is_right[cora.test_mask].mean() > least


def test_training_stops_when_validation_no_longer_gains(camps):
    """Labels by chance: there is nothing to gain."""
    y = np.random.default_rng(1).permutation(camps.y)
    settings = replace(SETTINGS["gcn"], max_epochs=3000, patience=20)
    history = fit(replace(camps, y=y), settings, rng_seed=0).history
    assert 20 < len(history) < 3000
    lowest, highest = history[:-20, 1].min(), history[:-20, 2].max()
    assert (history[-20:, 1] > lowest).all()
    assert (history[-20:, 2] < highest).all()


def test_kept_weights_are_those_of_the_lowest_validation_loss(camps):
    fitted = fit(camps, short("gcn"), rng_seed=0)
    assert fitted.best_epoch == fitted.history[:, 1].argmin()
    until = replace(short("gcn"), max_epochs=fitted.best_epoch + 1)
    again = fit(camps, until, rng_seed=0)
    assert (
        again.weights["layers.0.W"].tobytes() == fitted.weights["layers.0.W"].tobytes()
    )


def test_propagation_and_consistency_are_the_equations():
    rng = np.random.default_rng(0)
    dense = rng.random((6, 6)).astype(np.float32)
    values = torch.from_numpy(rng.random((6, 3)).astype(np.float32))
    matrix = torch.from_numpy(dense)
    expected = sum(torch.linalg.matrix_power(matrix, k) @ values for k in range(4)) / 4
    found = propagated(Sparse.of(csr_array(dense)), values, order=3)
    torch.testing.assert_close(found, expected)
    scores = [
        torch.log(torch.tensor([[0.8, 0.2]])),
        torch.log(torch.tensor([[0.4, 0.6]])),
    ]
    sharp = np.array([0.36, 0.16]) / 0.52  # the mean (0.6, 0.4), squared
    mean = np.mean(
        [((np.array(p) - sharp) ** 2).sum() for p in ([0.8, 0.2], [0.4, 0.6])]
    )
    assert consistency(scores, sharpening=0.5).item() == pytest.approx(mean, abs=1e-6)


def plan(**changes):
    return Plan(n_runs=2, rng_seed=7, **changes)


def test_the_run_folder(tmp_path):
    out = tmp_path / "run"
    models = [short(name) for name in ("gcn", "sage")]
    results = run_training(Source(), models, plan(), out=out)
    record = json.loads((out / "run.json").read_text())
    assert (record["state"], record["command"]) == ("finished", "graph train")
    assert record["tools"]["torch"] == torch.__version__
    for result in results:
        model, best = result.settings.model, result.best
        predicted = np.load(out / f"pred_{model}.npy")
        assert predicted.tolist() == best.predicted.tolist()
        chances = np.load(out / f"prob_{model}.npy")
        assert chances.shape == (34, 2)
        assert (chances.argmax(axis=1) == predicted).all()
        weights = load_file(out / f"best_{model}.safetensors")
        assert weights["layers.0.W"].shape == (
            34,
            16,
        )
        for figure in ("curves", "confusion", "calibration", "tsne"):
            for kind in ("png", "svg"):
                assert (out / "figures" / f"{model}_{figure}.{kind}").stat().st_size
    nodes = (out / "tables" / "predictions.tsv").read_text().splitlines()
    assert nodes[0] == (
        "model\tnode\tlabel\tsplit\tprediction\tconfidence\tset_90\tp_Mr. Hi\tp_Officer"
    )
    assert len(nodes) == 1 + 2 * 34
    readme = (out / "tables" / "README.md").read_text()
    for table in (out / "tables").glob("*.tsv"):
        assert f"## {table.name}" in readme
    with pytest.raises(OutputExists):
        run_training(Source(), models, plan(), out=out)


def test_tables_repeat_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        run_training(Source(), [short("gat")], plan(), out=tmp_path / name)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        if path.name != "run.json":
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes(), path.name


def test_a_killed_training_goes_on_where_it_stopped(tmp_path, monkeypatch):
    trained = []

    def killed_at(number):
        def maybe_fit(graph, settings, *, rng_seed, **how):
            if len(trained) == number:
                raise KeyboardInterrupt
            trained.append(rng_seed)
            return fit(graph, settings, rng_seed=rng_seed, **how)

        return maybe_fit

    def go(**changes):
        settings = [short("gcn", **changes)]
        return run_training(Source(), settings, Plan(n_runs=3), out=tmp_path / "run")

    monkeypatch.setattr(room, "fit", killed_at(2))
    with pytest.raises(KeyboardInterrupt):
        go()
    assert json.loads((tmp_path / "run" / "run.json").read_text())["state"] == "failed"
    monkeypatch.setattr(room, "fit", killed_at(3))
    (result,) = go()
    assert trained == [42, 43, 44]
    monkeypatch.setattr(room, "fit", fit)
    whole = train_model(karate_club(), short("gcn"), Plan(n_runs=3))
    for one, other in zip(result.runs, whole.runs, strict=True):
        assert one.fitted.scores.tobytes() == other.fitted.scores.tobytes()


def test_kept_runs_of_another_training_or_a_cut_file_are_not_taken(tmp_path):
    (one,) = train_model(karate_club(), short("gcn"), checkpoints=tmp_path).runs
    (path,) = tmp_path.iterdir()
    (other,) = train_model(
        karate_club(), short("gcn", hidden=8), checkpoints=tmp_path
    ).runs
    assert other.fitted.weights["layers.0.W"].shape == (34, 8)
    path.write_bytes(path.read_bytes()[:200])
    (again,) = train_model(karate_club(), short("gcn"), checkpoints=tmp_path).runs
    assert again.fitted.scores.tobytes() == one.fitted.scores.tobytes()


def test_force_trains_anew(tmp_path, monkeypatch):
    run_training(Source(), [short("gcn")], plan(), out=tmp_path, with_tsne=False)
    assert not (tmp_path / "tables" / "tsne.tsv").exists()
    trained = []

    def noted(graph, settings, *, rng_seed, **how):
        trained.append(rng_seed)
        return fit(graph, settings, rng_seed=rng_seed, **how)

    monkeypatch.setattr(room, "fit", noted)
    run_training(
        Source(), [short("gcn")], plan(), out=tmp_path, force=True, with_tsne=False
    )
    assert trained == [7, 8]


def test_plans_split_as_they_say():
    graph = karate_club()
    tested = [
        Plan(split="kfold", n_folds=4).graph_of(graph, run).test_mask
        for run in range(8)
    ]
    assert sum(mask.astype(int) for mask in tested[:4]).tolist() == [1] * 34
    assert sum(mask.astype(int) for mask in tested[4:]).tolist() == [1] * 34
    assert (tested[0] != tested[4]).any()
    drawn = [Plan().graph_of(graph, run).test_mask for run in range(2)]
    assert (drawn[0] != drawn[1]).any()
    given = split_of(graph, "random", rng_seed=9)
    assert Plan().graph_of(given, 1) is given


def test_an_ensemble_is_the_mean_of_its_runs(camps):
    result = train_model(camps, short("gcn"), Plan(n_runs=3))
    scores = torch.tensor(np.array([run.fitted.scores for run in result.runs]))
    mean = scores.double().softmax(dim=2).mean(dim=0)
    together = result.ensemble
    found = probabilities(together.fitted.scores)
    assert found == pytest.approx(mean.numpy(), abs=1e-6)
    assert together.predicted.tolist() == mean.argmax(dim=1).tolist()
    assert train_model(camps, short("gcn")).ensemble is None
    assert train_model(karate_club(), short("gcn"), Plan(n_runs=2)).ensemble is None


def test_the_best_run_is_chosen_by_validation(camps):
    result = train_model(camps, short("gcn"), Plan(n_runs=5))
    ranks = [run.fitted.rank for run in result.runs]
    assert result.best.fitted.rank == max(ranks)
