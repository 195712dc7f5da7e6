"""The main job: train models several times and write a run folder."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numba
import scipy
import torch

from bioloom.graph.data.graph import Graph, check_classes, check_trainable
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import Split, split_of
from bioloom.graph.output.outputs import write_outputs
from bioloom.graph.settings import Settings
from bioloom.graph.training.checkpoint import key_of, load_fitted, save_fitted
from bioloom.graph.training.fit import Fitted, fit
from bioloom.graph.training.processes import ALONE, Team, assembled
from bioloom.graph.training.result import Run, TrainResult
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import is_finished, recorded_run

KEPT = "runs"
Report = Callable[[Sequence[TrainResult], Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often to train, and on which split.

    Parameters
    ----------
    n_runs
        Trainings of each model.
    rng_seed
        Of the first run; the others count on from it.
    split
        None takes the split of the data, or draws one where there is none.
    n_folds
        Parts of a "kfold" split.
    """

    n_runs: int = 1
    rng_seed: int = 42
    split: Split | None = None
    n_folds: int = 5

    def graph_of(self, graph: Graph, run: int) -> Graph:
        """The graph with the split of a run, counted from 0."""
        how = self.split or ("given" if graph.has_split else "random")
        step, fold = divmod(run, self.n_folds) if how == "kfold" else (run, 0)
        return split_of(
            graph,
            how,
            rng_seed=self.rng_seed + step,
            fold=fold,
            n_folds=self.n_folds,
        )


def train(
    graph: Graph,
    settings: Settings,
    plan: Plan | None = None,
    *,
    kept: Path | None = None,
    on_run: OnStep = silent,
    team: Team = ALONE,
) -> TrainResult:
    """Train a model on a graph several times.

    Parameters
    ----------
    graph
        With a split, or with enough labels to draw one.
    settings
        Model and training; see `bioloom.graph.settings.SETTINGS`.
    plan
        How often, and on which split.
    kept
        Folder for each run's result; one that is there is not trained again.
    on_run
        Called as runs are done.
    team
        The processes that train together; the others call `help_training`.

    Raises
    ------
    BadGraph
        If the graph cannot be split or trained on.
    """
    plan = plan or Plan()
    runs = []
    for number, split in enumerate(_splits(graph, plan)):
        on_run(settings.model, number, plan.n_runs)
        rng_seed = plan.rng_seed + number
        path = kept / f"{settings.model}_{rng_seed}.safetensors" if kept else None
        found = _fitted(split, settings, rng_seed, path=path, team=team)
        runs.append(Run(rng_seed, split, found))
    on_run(settings.model, plan.n_runs, plan.n_runs)
    return TrainResult(settings, tuple(runs))


def help_training(graph: Graph, settings: Settings, plan: Plan, *, team: Team) -> None:
    """Take part in the `train` of the team's first process."""
    for number, split in enumerate(_splits(graph, plan)):
        (is_kept,) = team.firsts([False])
        if not is_kept:
            fit(split, settings, rng_seed=plan.rng_seed + number, team=team)


def _splits(graph: Graph, plan: Plan) -> Iterator[Graph]:
    """The graph as each run splits it."""
    check_classes(graph)
    for number in range(plan.n_runs):
        split = plan.graph_of(graph, number)
        check_trainable(split)
        yield split


def run_training(
    source: Source,
    models: Sequence[Settings],
    plan: Plan,
    *,
    out: Path,
    force: bool = False,
    with_tsne: bool = True,
    report: Report | None = None,
    on_run: OnStep = silent,
) -> tuple[TrainResult, ...]:
    """Train models on one graph and write a run folder.

    Under ``torchrun`` all processes train, and the first one writes.

    Parameters
    ----------
    source
        The graph.
    models
        One or several.
    plan, on_run
        As for `train`.
    out
        Run folder; the runs of an interrupted training in it are taken up.
    force
        Whether to replace a finished one.
    with_tsne
        Whether to lay the last layer out by t-SNE.
    report
        Called with the results and the folder, where a page is wanted.

    Returns
    -------
    One result a model; nothing in processes that only help.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the graph cannot be read or trained on.
    """
    with assembled() as team:
        if team.rank > 0:
            graph = source.read()
            for settings in models:
                help_training(graph, settings, plan, team=team)
            return ()
        with _recorded(source, models, plan, out=out, force=force):
            graph = source.read()
            results = tuple(
                train(graph, settings, plan, kept=out / KEPT, on_run=on_run, team=team)
                for settings in models
            )
            write_outputs(results, out, with_tsne=with_tsne)
            if report is not None:
                report(results, out)
        return results


@contextmanager
def _recorded(
    source: Source, models: Sequence[Settings], plan: Plan, *, out: Path, force: bool
) -> Iterator[None]:
    """The record of the run; kept results of a finished one are removed first."""
    was_finished = is_finished(out)
    arguments = asdict(source) | asdict(plan)
    with recorded_run(
        out,
        command="graph train",
        arguments=arguments | {"models": [asdict(one) for one in models]},
        inputs=source.files(),
        tools={one.__name__: one.__version__ for one in (torch, numba, scipy)},
        force=force,
        rng_seed=plan.rng_seed,
    ):
        if was_finished:
            shutil.rmtree(out / KEPT, ignore_errors=True)
        yield


def _fitted(
    graph: Graph, settings: Settings, rng_seed: int, *, path: Path | None, team: Team
) -> Fitted:
    key = key_of(graph, settings, rng_seed)
    found = load_fitted(path, key=key) if path else None
    team.firsts([found is not None])
    if found is None:
        found = fit(graph, settings, rng_seed=rng_seed, team=team)
        if path:
            save_fitted(path, found, key=key)
    return found
