"""`bioloom graph`: parse, one call, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.graph_draw import draw
from bioloom.cli.graph_links import explain_run_link, links
from bioloom.cli.graph_options import (
    FOLDER,
    PATH,
    NamedGraph,
    device_option,
    flag_of,
    model_options,
    scale_option,
    search_options,
    source_options,
)
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, check_no_pipe, seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import is_json, json_option, tell
from bioloom.devices import DeviceName
from bioloom.graph.settings import (
    MODELS,
    NEEDS_ALL_NODES,
    ModelName,
    idle_change,
    settings_for,
)
from bioloom.run.words import counted

if TYPE_CHECKING:
    from bioloom.explain import Explanation
    from bioloom.graph.data.nodes import LabelledSequences
    from bioloom.graph.data.scaling import Scale
    from bioloom.graph.data.splits import Split
    from bioloom.graph.training.result import ModelResult
    from bioloom.graph.training.search import SearchPlan
    from bioloom.run.settings import Changes


@click.group(cls=Room)
def graph() -> None:
    """Classify the nodes of a network by their features and neighbours.

    \b
    Start with:
      bioloom graph train --out karate
      bioloom graph explain
    """


graph.add_command(draw)
graph.add_command(links)


@graph.command()
@source_options
@click.option(
    "--multilabel",
    is_flag=True,
    help="A node can have several labels: a cell a|b of the label column is both, | "
    "alone is none of them.",
)
@scale_option("auto")
@click.option(
    "--model",
    "models",
    type=click.Choice(MODELS),
    multiple=True,
    default=["gcn"],
    show_default=True,
    help="Model to train; repeatable.",
)
@click.option(
    "--runs",
    "n_runs",
    type=COUNT,
    default=1,
    show_default=True,
    help="Number of trainings, each with its own seed; several give an interval.",
)
@seed_option("the first run")
@click.option(
    "--split",
    type=click.Choice(["public", "given", "random", "kfold"]),
    help="How to split the nodes; default: the data's own split, or random.",
)
@click.option(
    "--folds",
    "n_folds",
    type=click.IntRange(min=3),
    default=5,
    show_default=True,
    help="Number of parts, with --split kfold.",
)
@model_options
@search_options
@device_option
@threads_option
@click.option("--no-tsne", is_flag=True, help="Skip the t-SNE figure, the slowest one.")
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def train(
    graph: NamedGraph,
    multilabel: bool,
    scale: Scale,
    models: tuple[ModelName, ...],
    n_runs: int,
    rng_seed: int,
    split: Split | None,
    n_folds: int,
    changes: Changes,
    searched: SearchPlan | None,
    device: DeviceName,
    threads: int,
    no_tsne: bool,
    out: Path,
    force: bool,
) -> None:
    """Train models on a graph; an interrupted training resumes.

    Without --dataset, --edges or --file, the embedded example is used: Zachary's karate
    club. Settings that are not given are those of the model's paper. With --batch-size
    several processes can train together, started by torchrun.

    \b
    Examples:
      bioloom graph train --out karate
      bioloom graph train --dataset cora --data planetoid --model gat --runs 10 \\
          --out cora
      bioloom graph train --search --search-trials 8 --runs 5 --out karate-tuned
      bioloom graph train --edges edges.csv --nodes nodes.csv --out mine
      torchrun --standalone --nproc-per-node 2 --no-python \\
          bioloom graph train --model sage --batch-size 1000 --out large
    """
    from bioloom.graph.models.hardware import hardware_of
    from bioloom.graph.training_run import Plan, run_training
    from bioloom.report.graph import write_report

    _check_models(models, changes, multilabel=multilabel)
    check_no_pipe("graph", graph.edges, graph.nodes)
    source = replace(graph.as_source(scale=scale), multilabel=multilabel)
    plan = Plan(
        n_runs=n_runs,
        rng_seed=rng_seed,
        split=split,
        n_folds=n_folds,
        hardware=hardware_of(device, threads=threads),
        search=searched and replace(searched, fixed=tuple(changes)),
    )
    with progress_bar() as on_step:
        results = run_training(
            source,
            [settings_for(name, changes) for name in dict.fromkeys(models)],
            plan,
            out=out,
            force=force,
            with_tsne=not no_tsne,
            report=write_report,
            on_step=on_step,
        )
    if results:  # only the first process has results
        _print_results(results, out)


def _check_models(
    models: Sequence[ModelName], changes: Changes, *, multilabel: bool
) -> None:
    for model, reason in NEEDS_ALL_NODES.items():
        if "batch_size" in changes and model in models:
            raise click.UsageError(f"There is no --batch-size for {model}: {reason}")
    idle = idle_change(models, changes, multilabel=multilabel)
    if idle:
        flag = flag_of(idle.name)
        raise click.UsageError(f"{flag} can't have an effect: {idle.reason}.")


def _print_results(results: Sequence[ModelResult], out: Path) -> None:
    from bioloom.graph.training.baselines import unbeaten
    from bioloom.graph.training.multilabel import never_called

    lines: list[str] = []
    facts: dict[str, dict[str, object]] = {}
    for result in results:
        model, means = result.settings.model, result.means()
        headline = result.headline
        lines.append(
            f"{model}: test {headline.words} {means[headline.test]}, "
            f"validation {means[headline.val]}"
        )
        facts[model] = dict(means)
        if result.ensemble:
            share = result.ensemble.measures()[headline.test]
            lines.append(f"{model}: all runs together {100 * share:.2f}")
            facts[model][f"{headline.test}_together"] = share
        facts[model]["baselines"] = {
            each.baseline: each.headline.mean for each in result.comparisons
        }
        if warning := unbeaten(model, result.comparisons):
            note(warning)
        if missed := never_called(result.best):
            note(f"{model}: {missed}")
    lines.append(f"written: {out}; report: {out / 'report.html'}")
    tell("\n".join(lines), models=facts, written=out)


@graph.command()
@source_options
@scale_option("none")
@click.option("--run", "run_folder", type=FOLDER, help="Explain a run's prediction.")
@click.option(
    "--model", type=click.Choice(MODELS), help="Model of the run; default: the first."
)
@click.option(
    "--node",
    help="Id of the node; default: 1, or the run's test node with the most neighbours.",
)
@click.option(
    "--of-label",
    metavar="LABEL",
    help="With --run of several labels a node, the one to explain; default: the "
    "likeliest.",
)
@click.option(
    "--link",
    type=(str, str),
    help="Two nodes whose score is explained; --run is that of graph links.",
)
@click.option(
    "--draw", "stem", type=PATH, help="With --run, write a figure: DRAW.svg, DRAW.png."
)
@output_options
def explain(
    graph: NamedGraph,
    scale: Scale,
    run_folder: Path | None,
    model: str | None,
    node: str | None,
    of_label: str | None,
    link: tuple[str, str] | None,
    stem: Path | None,
    form: str,
    out: Path,
) -> None:
    """Show the aggregation A·H at one node, or what led to its predicted class.

    Without a graph, the example of six nodes is explained.

    \b
    Examples:
      bioloom graph explain
      bioloom graph explain --edges edges.csv --nodes nodes.csv --node TP53
      bioloom graph explain --run cora --model gat --node 1986 --draw reasons
      bioloom graph explain --run links --link hsa-mir-21 H19
    """
    if stem and not run_folder:
        raise click.UsageError("--draw needs --run: it shows a prediction's parts.")
    if of_label and not run_folder:
        raise click.UsageError("--of-label needs --run.")
    if run_folder and graph.is_given:
        raise click.UsageError(
            "Give --run or a graph, not both: a run includes its graph."
        )
    if link:
        if not run_folder or model or node or of_label or stem:
            raise click.UsageError(
                "--link needs --run, and no --model, --node, --of-label, --draw."
            )
        explanation = explain_run_link(run_folder, link)
    elif run_folder:
        chosen = _Chosen(model, node, of_label)
        explanation = _prediction(run_folder, chosen, stem)
    else:
        explanation = _aggregation(graph, scale, node)
    write_explanation(explanation, form, out)


class _Chosen(NamedTuple):
    """What of a run is explained."""

    model: str | None
    node: str | None
    label: str | None


def _prediction(run_folder: Path, chosen: _Chosen, stem: Path | None) -> Explanation:
    from bioloom.draw import save
    from bioloom.graph.drawing.explanation_figure import draw_reasons
    from bioloom.graph.explaining.evidence import reasons_of
    from bioloom.graph.explaining.explain_prediction import explain_prediction
    from bioloom.graph.output.run_folder import open_run

    run = open_run(run_folder)
    trained = run.trained(chosen.model or run.models[0])
    reasons = reasons_of(trained, chosen.node, label=chosen.label)
    if stem:
        save(draw_reasons(reasons), stem)
    return explain_prediction(reasons, where=str(run.folder))


def _aggregation(graph: NamedGraph, scale: Scale, node: str | None) -> Explanation:
    from bioloom.graph.api import explain as explain_graph

    if not graph.is_given:
        return explain_graph(node=node)
    from bioloom.graph.explaining.explain_aggregation import explain_aggregation

    whole = graph.as_source(scale=scale, needs_label=False).read()
    whole = whole.scaled_by(whole.scaling())
    return explain_aggregation(whole, node or whole.node_ids[0])


@graph.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path, exists=True))
@source_options
@click.option(
    "--model",
    type=click.Choice(MODELS),
    help="Model of the run; default: the best by validation.",
)
@device_option
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@json_option
def predict(
    run: Path, graph: NamedGraph, model: str | None, device: DeviceName, out: Path
) -> None:
    """Classify the nodes of another graph with the model of a RUN or of a weights file.

    The graph needs the features that the model was trained on; labels are optional.

    \b
    Examples:
      bioloom graph predict mine --edges edges.csv --nodes nodes.csv --out new.tsv
      bioloom graph predict mine/best.safetensors --file other.graphml
    """
    from bioloom.graph.models.hardware import hardware_of
    from bioloom.graph.models.weights import load_model, weights_of
    from bioloom.graph.training.predictions import as_trained, predict_nodes

    if not graph.is_given:
        raise click.UsageError(
            "Give the graph to classify: --edges, --file or --dataset."
        )
    saved = load_model(weights_of(run, model))
    source = as_trained(graph.as_source(needs_label=False), saved)
    predictions = predict_nodes(saved, source.read(), hardware=hardware_of(device))
    predictions.write(out, form="jsonl" if is_json() else "tsv")
    if verdict := predictions.verdict():
        note(verdict)


class _Sequences(click.ParamType["LabelledSequences"]):
    """``CLASS=FILE``; the class may be empty."""

    name = "class=file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> LabelledSequences:
        """Class and file."""
        from bioloom.graph.data.nodes import LabelledSequences

        label, sign, path = str(value).partition("=")
        if not (sign and path):
            self.fail(f"{value!r} is not like lincRNA=candidates.fa", param, ctx)
        return LabelledSequences(label, Path(path))


@graph.command()
@click.option(
    "--fasta",
    "classes",
    type=_Sequences(),
    multiple=True,
    required=True,
    help="Sequences of one class; repeatable. =FILE if the class is unknown.",
)
@click.option(
    "--max-k",
    type=click.IntRange(1, 6),
    default=2,
    show_default=True,
    help="Use shares of k-mers up to this length as features.",
)
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
def nodes(classes: tuple[LabelledSequences, ...], max_k: int, out: Path) -> None:
    """Write a node table: one row per sequence, its class, length and composition.

    With the table of `bioloom mirna predict` as edges, this makes a graph.

    \b
    Example:
      bioloom graph nodes --fasta =mirnas.fa --fasta gene=utrs.fa --out nodes.tsv
      bioloom graph train --edges sites.tsv --nodes nodes.tsv --out network
    """
    from bioloom.graph.data.nodes import sequence_nodes

    table = sequence_nodes(classes, max_k=max_k)
    table.write(out)
    note(counted(len(table.rows), "node"))
