"""Settings chosen by validation alone; what was tried, and what it cost."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bioloom.errors import BadConfig
from bioloom.graph import train
from bioloom.graph import training_run as room
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import split_of
from bioloom.graph.settings import SETTINGS, settings_for
from bioloom.graph.training.fit import fit
from bioloom.graph.training.search import GRID, SearchPlan, candidates
from bioloom.graph.training_run import Plan, run_training, train_model
from bioloom.processes import Processes
from tests.report.reading import read_page


@pytest.fixture(scope="module")
def graph():
    return split_of(karate_club(), "random", rng_seed=1)


def short(model="gcn"):
    return replace(SETTINGS[model], max_epochs=8)


@pytest.mark.parametrize("model", SETTINGS)
def test_the_grid_has_some_dozen_combinations_and_starts_with_the_papers(model):
    tried = candidates(SETTINGS[model], SearchPlan(), rng_seed=0)
    assert tried[0] == SETTINGS[model]
    assert 12 <= len(tried) <= 25
    assert len(set(tried)) == len(tried)
    names = {name for axis in GRID[model] for part in axis for name in part}
    for settings in tried:
        changes = {name: getattr(settings, name) for name in names}
        assert replace(SETTINGS[model], **changes) == settings


def test_trials_are_drawn_by_the_seed_and_choices_stay():
    base = settings_for("gcn", {"hidden": 5})
    plan = SearchPlan(n_trials=6, fixed=("hidden",))
    tried, again, other = (candidates(base, plan, rng_seed=n) for n in (1, 1, 2))
    assert tried == again != other
    assert len(tried) == 6
    assert tried[0] == base
    every = candidates(base, SearchPlan(fixed=("hidden",)), rng_seed=0)
    assert {settings.hidden for settings in every} == {5}
    assert len(every) == 12


def test_the_best_by_validation_is_trained(graph):
    plan = Plan(n_runs=2, rng_seed=7, search=SearchPlan(n_trials=5))
    result = train_model(graph, short(), plan)
    trials = result.search.trials
    ranks = []
    for trial in trials:
        again = fit(graph, trial.settings, rng_seed=7)
        assert again.scores.tobytes() == trial.fitted.scores.tobytes()
        val = graph.val_mask
        hits = again.scores.argmax(axis=1)[val] == graph.y[val]
        assert trial.fitted.rank.accuracy == pytest.approx(hits.mean())
        ranks.append((hits.mean(), -again.history[:, 1].min()))
    assert result.settings == trials[int(max(range(5), key=ranks.__getitem__))].settings
    assert len(result.runs) == 2
    frame = result.search.to_frame()
    assert frame["is_best"].sum() == 1
    assert frame.loc[frame["is_best"], "val_accuracy"].item() == max(ranks)[0]
    assert (frame["seconds"] > 0).all()
    assert result.search.seconds == pytest.approx(frame["seconds"].sum(), abs=0.1)
    assert "hidden" in frame.columns
    assert "batch_size" not in frame.columns  # the same in all


def test_labels_of_test_nodes_do_not_change_the_choice(graph):
    rng = np.random.default_rng(0)
    y = graph.y.copy()
    y[graph.test_mask] = rng.permutation(1 - y[graph.test_mask])
    assert (y != graph.y).any()
    plan = Plan(search=SearchPlan(n_trials=8))
    one, other = (train_model(g, short(), plan) for g in (graph, replace(graph, y=y)))
    assert one.settings == other.settings
    for mine, yours in zip(one.search.trials, other.search.trials, strict=True):
        assert mine.fitted.rank == yours.fitted.rank
    weights = [result.best.fitted.weights for result in (one, other)]
    for name, value in weights[0].items():
        assert value.tobytes() == weights[1][name].tobytes()


def test_all_runs_have_the_split_that_was_searched():
    """The test nodes of another random split would have been validation nodes."""
    plan = Plan(n_runs=3, split="random", search=SearchPlan(n_trials=2))
    result = train_model(karate_club(), short(), plan)
    first, *others = (run.graph.split_names() for run in result.runs)
    assert all(other == first for other in others)
    assert len({run.rng_seed for run in result.runs}) == 3


def test_folds_and_several_processes_are_refused(graph):
    plan = Plan(split="kfold", search=SearchPlan())
    with pytest.raises(BadConfig, match="search: found a kfold split"):
        train_model(graph, short(), plan)
    with pytest.raises(BadConfig, match="2 processes"):
        train_model(
            graph, short(), Plan(search=SearchPlan()), processes=Processes(0, 2)
        )


def test_a_search_resumes(tmp_path, monkeypatch):
    trained = []

    def noted(graph, settings, *, rng_seed, **how):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append(settings)
        return fit(graph, settings, rng_seed=rng_seed, **how)

    plan = Plan(search=SearchPlan(n_trials=4))
    monkeypatch.setattr(room, "fit", noted)
    with pytest.raises(KeyboardInterrupt):
        run_training(Source(), [short()], plan, out=tmp_path, with_tsne=False)
    monkeypatch.setattr(room, "fit", fit)
    run_training(Source(), [short()], plan, out=tmp_path, with_tsne=False)
    table = pd.read_csv(tmp_path / "tables" / "search.tsv", sep="\t")
    assert len(table) == 4
    assert (table["seconds"] > 0).all()  # those of the first try too
    assert len(list((tmp_path / "runs").glob("search_gcn_*"))) == 4


def test_the_command_writes_table_and_section(bioloom_cli, tmp_path):
    words = ("graph", "train", "--search", "--search-trials", 4, "--hidden", 6)
    words += ("--epochs", 5, "--no-tsne", "--out", tmp_path / "k")
    assert bioloom_cli(*words)[0] == 0
    table = pd.read_csv(tmp_path / "k" / "tables" / "search.tsv", sep="\t")
    assert len(table) == 4
    assert "hidden" not in table.columns  # it was given
    page = read_page((tmp_path / "k" / "report.html").read_text("utf-8"))
    assert len(page.one("table", "gcn-search").rows) == 4
    assert "4 combinations of settings" in page.text
    code, _, err = bioloom_cli(
        "graph", "train", "--search-trials", 3, "--out", tmp_path / "o"
    )
    assert code == 2
    assert "--search-trials needs --search" in err


def test_searching_in_python():
    result = train("karate", settings={"max_epochs": 5}, search=3, split="random")
    (model,) = result.models
    assert len(model.search.trials) == 3
    assert {trial.settings.max_epochs for trial in model.search.trials} == {5}
    assert train("karate", settings={"max_epochs": 5}).models[0].search is None
