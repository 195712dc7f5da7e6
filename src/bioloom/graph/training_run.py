"""Train models several times, and write a run folder."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numba
import scipy
import torch

from bioloom.errors import BadConfig
from bioloom.graph.data.graph import Graph, check_classes, check_trainable
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import Split, rare_classes, split_of
from bioloom.graph.models.hardware import ONE_THREAD, Hardware
from bioloom.graph.output.outputs import write_outputs
from bioloom.graph.output.page import TrainingPage, page_of
from bioloom.graph.settings import Settings
from bioloom.graph.training.baselines import compared
from bioloom.graph.training.checkpoint import key_of, load_fitted, save_fitted
from bioloom.graph.training.fit import Fitted, fit
from bioloom.graph.training.multilabel import run_of
from bioloom.graph.training.result import ModelResult
from bioloom.graph.training.search import Search, SearchPlan, candidates, search
from bioloom.processes import ALONE, Processes, joined
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import RunRecord, paths_from, recorded_run
from bioloom.run.settings import RNG_SEED
from bioloom.run.text import warn_input

CHECKPOINTS = "runs"
Report = Callable[[TrainingPage, Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often to train, and on which split.

    Parameters
    ----------
    n_runs
        Trainings of each model.
    rng_seed
        Of the first run; each further run takes the next number.
    split
        None takes the split of the data, or draws one if there is none; of several
        splits of the data each run takes the next.
    n_folds
        Parts of a "kfold" split.
    hardware
        What trains.
    search
        Settings to try first, by validation; then all runs have one split, the first.
    """

    n_runs: int = 1
    rng_seed: int = RNG_SEED
    split: Split | None = None
    n_folds: int = 5
    hardware: Hardware = ONE_THREAD
    search: SearchPlan | None = None

    def how(self, graph: Graph) -> Split:
        """How the nodes of a graph are split."""
        return self.split or ("given" if graph.has_split else "random")

    def graph_of(self, graph: Graph, run: int) -> Graph:
        """The graph with the split of a run, counted from 0."""
        how = self.how(graph)
        step, fold = divmod(run, self.n_folds) if how == "kfold" else (run, run)
        return split_of(
            graph,
            how,
            rng_seed=self.rng_seed + step,
            fold=fold,
            n_folds=self.n_folds,
        )


def train_model(
    graph: Graph,
    settings: Settings,
    plan: Plan | None = None,
    *,
    checkpoints: Path | None = None,
    on_step: OnStep = silent,
    processes: Processes = ALONE,
) -> ModelResult:
    """Train a model on a graph several times.

    Parameters
    ----------
    graph
        With a split, or with enough labels to draw one.
    settings
        Model and training; see `bioloom.graph.settings.SETTINGS`.
    plan
        How often, and on which split.
    checkpoints
        Folder for each run's result; runs that are already there are not repeated.
    on_step
        Called before each run and at the end.
    processes
        Those that train together; all but the first call `help_training`.

    Raises
    ------
    BadGraph
        If the graph cannot be split or trained on.
    BadConfig
        If settings cannot be searched for on such a split, or by several processes.
    """
    plan = plan or Plan()
    check_classes(graph)
    if plan.how(graph) in ("random", "kfold") and rare_classes(graph):
        warn_input(rare_classes(graph))
    found = None
    if plan.search is not None:
        _check_search(plan, processes)
        graph = _first_split(graph, plan)
        plan = replace(plan, split="given")
        found = _searched(
            graph.scaled_by(graph.scaling()),
            settings,
            plan,
            checkpoints=checkpoints,
            on_step=on_step,
        )
        settings = found.best.settings
    runs = []
    for number, split in enumerate(_splits(graph, plan)):
        on_step(settings.model, number, plan.n_runs)
        rng_seed = plan.rng_seed + number
        name = f"{settings.model}_{rng_seed}.safetensors"
        path = checkpoints / name if checkpoints else None
        scaling = split.scaling()
        fitted = _fitted(
            split.scaled_by(scaling),
            settings,
            rng_seed,
            path=path,
            processes=processes,
            hardware=plan.hardware,
        )
        run = run_of(
            split, fitted, settings=settings, rng_seed=rng_seed, scaling=scaling
        )
        runs.append(run)
    on_step(settings.model, plan.n_runs, plan.n_runs)
    return ModelResult(settings, tuple(runs), found)


def _check_search(plan: Plan, processes: Processes) -> None:
    if plan.split == "kfold":
        raise BadConfig(
            where="search",
            found="a kfold split",
            expected="a single split",
            advice="Settings chosen on one fold would have seen the test nodes of "
            "others: leave out --search or --split kfold.",
        )
    if processes.size > 1:
        raise BadConfig(
            where="search",
            found=f"{processes.size} processes",
            expected="one",
            advice="Search with one process, then train with the settings it finds.",
        )


def _first_split(graph: Graph, plan: Plan) -> Graph:
    check_classes(graph)
    split = plan.graph_of(graph, 0)
    check_trainable(split)
    return replace(split, more_splits=())


def _searched(
    graph: Graph,
    base: Settings,
    plan: Plan,
    *,
    checkpoints: Path | None,
    on_step: OnStep,
) -> Search:
    """Train each combination once with the first seed."""
    trials = candidates(base, plan.search or SearchPlan(), rng_seed=plan.rng_seed)

    def train(number: int, settings: Settings) -> Fitted:
        on_step(f"{base.model} search", number, len(trials))
        name = f"search_{base.model}_{number}.safetensors"
        return _fitted(
            graph,
            settings,
            plan.rng_seed,
            path=checkpoints / name if checkpoints else None,
            processes=ALONE,
            hardware=plan.hardware,
            with_seconds=True,
        )

    found = search(trials, train)
    on_step(f"{base.model} search", len(trials), len(trials))
    return found


def help_training(
    graph: Graph, settings: Settings, plan: Plan, *, processes: Processes
) -> None:
    """Take part in the `train_model` of the first process."""
    check_classes(graph)
    for number, split in enumerate(_splits(graph, plan)):
        (is_done,) = processes.from_first([False])
        if not is_done:
            rng_seed = plan.rng_seed + number
            fit(
                split.scaled_by(split.scaling()),
                settings,
                rng_seed=rng_seed,
                processes=processes,
                hardware=plan.hardware,
            )


def _splits(graph: Graph, plan: Plan) -> Iterator[Graph]:
    """The graph with the split of each run."""
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
    on_step: OnStep = silent,
) -> tuple[ModelResult, ...]:
    """Train models on one graph and write a run folder.

    Under ``torchrun`` all processes train, and the first one writes.

    Parameters
    ----------
    source
        The graph.
    models
        One or several.
    plan, on_step
        As for `train_model`.
    out
        Run folder; an interrupted training in it resumes.
    force
        Whether to replace a finished run.
    with_tsne
        Whether to lay out the last layer by t-SNE.
    report
        Lays out the page of the run: called with its contents and the folder.

    Returns
    -------
    One result per model; nothing in all processes but the first.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the graph cannot be read or trained on.
    """
    with joined() as processes:
        if plan.search is not None:
            _check_search(plan, processes)
        if not processes.is_first:
            graph = source.read()
            for settings in models:
                help_training(graph, settings, plan, processes=processes)
            return ()
        with _recorded(source, models, plan, out=out, force=force):
            graph = source.read()
            results = tuple(
                train_model(
                    graph,
                    settings,
                    plan,
                    checkpoints=out / CHECKPOINTS,
                    on_step=on_step,
                    processes=processes,
                )
                for settings in models
            )
            results = compared(results)
            figures = write_outputs(results, out, with_tsne=with_tsne)
            if report is not None:
                report(page_of(results, figures), out)
        return results


def _recorded(
    source: Source, models: Sequence[Settings], plan: Plan, *, out: Path, force: bool
) -> AbstractContextManager[RunRecord]:
    """The record of the run."""
    inputs = source.files()
    arguments = asdict(source) | asdict(plan)
    arguments["paths_from_folder"] = paths_from(out, inputs)
    return recorded_run(
        out,
        command="graph train",
        arguments=arguments | {"models": [asdict(model) for model in models]},
        inputs=inputs,
        tools={
            package.__name__: package.__version__ for package in (torch, numba, scipy)
        },
        force=force,
        rng_seed=plan.rng_seed,
        checkpoints=out / CHECKPOINTS,
    )


def _fitted(
    graph: Graph,
    settings: Settings,
    rng_seed: int,
    *,
    path: Path | None,
    processes: Processes,
    hardware: Hardware,
    with_seconds: bool = False,
) -> Fitted:
    key = key_of(graph, settings, rng_seed, device=hardware.device)
    fitted = load_fitted(path, key=key) if path else None
    processes.from_first([fitted is not None])
    if fitted is None:
        fitted = fit(
            graph,
            settings,
            rng_seed=rng_seed,
            processes=processes,
            hardware=hardware,
        )
        if path:
            save_fitted(path, fitted, key=key, with_seconds=with_seconds)
    return fitted
