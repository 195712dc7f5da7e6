"""The main job: train models several times and write a run folder."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numba
import scipy
import torch

from bioloom.graph.data import Graph, check_classes, check_trainable
from bioloom.graph.kept import key_of, load_fitted, save_fitted
from bioloom.graph.outputs import write_outputs
from bioloom.graph.result import Run, TrainResult
from bioloom.graph.settings import Settings
from bioloom.graph.sources import Source
from bioloom.graph.splits import Split, split_of
from bioloom.graph.training import Fitted, fit
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

    Raises
    ------
    BadGraph
        If the graph cannot be split or trained on.
    """
    plan = plan or Plan()
    check_classes(graph)
    runs = []
    for number in range(plan.n_runs):
        on_run(settings.model, number, plan.n_runs)
        split, rng_seed = plan.graph_of(graph, number), plan.rng_seed + number
        check_trainable(split)
        path = kept / f"{settings.model}_{rng_seed}.safetensors" if kept else None
        runs.append(Run(rng_seed, split, _fitted(split, settings, rng_seed, path)))
    on_run(settings.model, plan.n_runs, plan.n_runs)
    return TrainResult(settings, tuple(runs))


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

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the graph cannot be read or trained on.
    """
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
        graph = source.read()
        results = tuple(
            train(graph, settings, plan, kept=out / KEPT, on_run=on_run)
            for settings in models
        )
        write_outputs(results, out, with_tsne=with_tsne)
        if report is not None:
            report(results, out)
        return results


def _fitted(
    graph: Graph, settings: Settings, rng_seed: int, path: Path | None
) -> Fitted:
    if path is None:
        return fit(graph, settings, rng_seed=rng_seed)
    key = key_of(graph, settings, rng_seed)
    found = load_fitted(path, key=key)
    if found is None:
        found = fit(graph, settings, rng_seed=rng_seed)
        save_fitted(path, found, key=key)
    return found
