"""`bioloom graph`: parse, one call, write."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.graph_draw import draw
from bioloom.cli.graph_options import (
    FOLDER,
    PATH,
    is_named,
    scale_option,
    source_of,
    source_options,
)
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, check_no_pipe, seed_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import counted, is_json, json_option, tell

SHARE = click.FloatRange(0, 1, max_open=True)
MODELS = ["gcn", "gat", "sage", "grand", "gcnii"]


@click.group(cls=Room)
def graph() -> None:
    """Classify the nodes of a network by their features and neighbours.

    \b
    Start with:
      bioloom graph train --out karate
      bioloom graph explain
    """


graph.add_command(draw)


@graph.command()
@source_options
@scale_option("rows")
@click.option(
    "--model",
    "models",
    type=click.Choice(MODELS),
    multiple=True,
    default=["gcn"],
    show_default=True,
    help="May be given several times.",
)
@click.option(
    "--runs",
    "n_runs",
    type=COUNT,
    default=1,
    show_default=True,
    help="Trainings, each with a seed of its own; several give an interval.",
)
@seed_option("the first run")
@click.option(
    "--split",
    type=click.Choice(["public", "given", "random", "kfold"]),
    help="Which nodes train, validate and test; default: the data's own, else random.",
)
@click.option(
    "--folds",
    "n_folds",
    type=click.IntRange(min=3),
    default=5,
    show_default=True,
    help="Of --split kfold.",
)
@click.option("--hidden", type=COUNT, help="Width of the hidden layer.")
@click.option("--layers", "n_layers", type=COUNT, help="Convolutions of gcnii.")
@click.option(
    "--dropout", "p_dropout", type=SHARE, help="Chance that a feature is left out."
)
@click.option(
    "--lr",
    "learning_rate",
    type=click.FloatRange(0, min_open=True),
    help="Learning rate of Adam.",
)
@click.option("--weight-decay", type=click.FloatRange(min=0), help="L2 penalty.")
@click.option("--epochs", "max_epochs", type=COUNT, help="Most passes over the data.")
@click.option("--patience", type=COUNT, help="Epochs without a better validation.")
@click.option(
    "--batch-size", type=COUNT, help="Nodes a step, neighbours drawn; default: all."
)
@click.option("--fanout", type=COUNT, help="Neighbours drawn of each node.")
@click.option("--no-tsne", is_flag=True, help="Leave out the slowest figure.")
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def train(out: Path, force: bool, models: tuple[str, ...], **given: Any) -> None:
    """Train models on a graph; an interrupted training goes on where it stopped.

    Without --dataset, --edges or --file the embedded example is used, Zachary's karate
    club. Unset options of a model are its paper's. With --batch-size several processes
    may train together, started by torchrun.

    \b
    Examples:
      bioloom graph train --out karate
      bioloom graph train --dataset cora --data planetoid --model gat --runs 10 \\
          --out cora
      bioloom graph train --edges edges.csv --nodes nodes.csv --out mine
      torchrun --standalone --nproc-per-node 2 --no-python \\
          bioloom graph train --model sage --batch-size 1000 --out large
    """
    from bioloom.graph.training_run import Plan, run_training
    from bioloom.report.graph import write_report

    _check_models(models, given)
    named = source_of(given)
    check_no_pipe("graph", given["edges"], given["nodes"])
    plan = Plan(
        n_runs=given["n_runs"],
        rng_seed=given["rng_seed"],
        split=given["split"],
        n_folds=given["n_folds"],
    )
    settings = [_settings(name, given) for name in dict.fromkeys(models)]
    with progress_bar() as show:
        results = run_training(
            named,
            settings,
            plan,
            out=out,
            force=force,
            with_tsne=not given["no_tsne"],
            report=write_report,
            on_run=show,
        )
    if results:  # processes that only help have none
        _tell_results(results, out)


def _check_models(models: tuple[str, ...], given: dict[str, Any]) -> None:
    from bioloom.graph.settings import NEEDS_ALL_NODES

    for model, reason in NEEDS_ALL_NODES.items():
        if given["batch_size"] and model in models:
            none = f"There is no --batch-size for {model}: {reason}"
            raise click.UsageError(none)
    if given["n_layers"] and "gcnii" not in models:
        two = "--layers is for gcnii: gcn, gat and sage have two, grand none."
        raise click.UsageError(two)


def _tell_results(results: Sequence[Any], out: Path) -> None:
    lines: list[str] = []
    facts: dict[str, dict[str, Any]] = {}
    for result in results:
        model, summary = result.settings.model, result.summary()
        lines.append(
            f"{model}: test accuracy {summary['test_accuracy']}, "
            f"validation {summary['val_accuracy']}"
        )
        facts[model] = dict(summary)
        if result.ensemble:
            share = result.ensemble.measures()["test_accuracy"]
            lines.append(f"{model}: all runs together {100 * share:.2f}")
            facts[model]["test_accuracy_together"] = share
    lines.append(f"written: {out}; report: {out / 'report.html'}")
    tell("\n".join(lines), models=facts, written=out)


def _settings(model: str, given: dict[str, Any]) -> Any:
    """The paper's settings of a model with those that were typed."""
    from dataclasses import replace

    from bioloom.graph.settings import SETTINGS

    names = (
        *("hidden", "n_layers", "p_dropout", "learning_rate", "weight_decay"),
        *("max_epochs", "patience", "batch_size", "fanout"),
    )
    typed = {name: given[name] for name in names if given[name] is not None}
    return replace(dict(SETTINGS)[model], **typed)  # type: ignore[index]


@graph.command()
@source_options
@scale_option("none")
@click.option("--run", "run_folder", type=FOLDER, help="Explain a run's prediction.")
@click.option("--model", type=click.Choice(MODELS), help="Of the run; default: first.")
@click.option("--node", help="Its id; default: 1, or the run's busiest test node.")
@click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png, of a run's.")
@output_options
def explain(form: str, out: Path, **given: Any) -> None:
    """Show the aggregation A·H at one node, or what moved its predicted class.

    Without a graph the example of six nodes is explained.

    \b
    Examples:
      bioloom graph explain
      bioloom graph explain --edges edges.csv --nodes nodes.csv --node TP53
      bioloom graph explain --run cora --model gat --node 1986 --draw moved
    """
    if given["draw"] and not given["run_folder"]:
        alone = "--draw needs --run: it shows what moved a prediction."
        raise click.UsageError(alone)
    if given["run_folder"] and is_named(given):
        both = "Give --run or a graph, not both: a run knows its graph."
        raise click.UsageError(both)
    told = _prediction(given) if given["run_folder"] else _aggregation(given)
    write_explanation(told, form, out)


def _prediction(given: dict[str, Any]) -> Any:
    from bioloom.graph.explaining.evidence import reasons_of
    from bioloom.graph.explaining.explain_prediction import explain_reasons
    from bioloom.graph.output.run_folder import open_run

    run = open_run(given["run_folder"])
    found = reasons_of(run, given["model"] or run.models[0], given["node"])
    if given["draw"]:
        from bioloom.draw import save
        from bioloom.graph.drawing.explanation_figure import draw_reasons

        save(draw_reasons(found), given["draw"])
    return explain_reasons(found, where=str(run.folder))


def _aggregation(given: dict[str, Any]) -> Any:
    from dataclasses import replace

    from bioloom.graph.explaining.aggregation import six_nodes
    from bioloom.graph.explaining.explain_aggregation import drawing_differs
    from bioloom.graph.explaining.explain_aggregation import explain as explained

    if is_named(given):
        graph = source_of(given).read()
        return explained(graph, given["node"] or graph.node_ids[0])
    told = explained(six_nodes(), given["node"] or "1")
    return replace(told, steps=(*told.steps, drawing_differs()))


@graph.command()
@click.argument("trained", metavar="RUN", type=click.Path(path_type=Path, exists=True))
@source_options
@click.option("--model", type=click.Choice(MODELS), help="Default: the best one's.")
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@json_option
def predict(trained: Path, model: str | None, out: Path, **given: Any) -> None:
    """Classify the nodes of another graph by the weights of a RUN, or of a file of it.

    The graph needs the features that the model was trained on; labels it may have.

    \b
    Examples:
      bioloom graph predict mine --edges edges.csv --nodes nodes.csv --out new.tsv
      bioloom graph predict mine/best.safetensors --file other.graphml
    """
    from bioloom.graph.models.weights import load_model, weights_of
    from bioloom.graph.training.predictions import predict as predicted

    if not is_named(given):
        none = "Give the graph to classify: --edges, --file or --dataset."
        raise click.UsageError(none)
    saved = load_model(weights_of(trained, model))
    source = source_of(given | {"scale": saved.scale, "needs_label": False})
    found = predicted(saved, source.read())
    found.write(out, form="jsonl" if is_json() else "tsv")
    share, n_known = found.accuracy()
    if n_known:
        note(f"{100 * share:.2f} % of {n_known:,} labelled nodes are called rightly")


class _Kind(click.ParamType[tuple[str, Path]]):
    """``CLASS=FILE``; the class may be empty."""

    name = "class=file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Class and file."""
        label, sign, path = str(value).partition("=")
        if not (sign and path):
            self.fail(f"{value!r} is not like lincRNA=candidates.fa", param, ctx)
        return label, Path(path)


@graph.command()
@click.option(
    "--fasta",
    "files",
    type=_Kind(),
    multiple=True,
    required=True,
    help="Sequences of one class, again for each; =FILE: not known.",
)
@click.option(
    "--max-k",
    type=click.IntRange(1, 6),
    default=2,
    show_default=True,
    help="Features are the shares of k-mers up to this length.",
)
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
def nodes(files: tuple[tuple[str, Path], ...], max_k: int, out: Path) -> None:
    """Write a node table: a row a sequence, its class, length and composition.

    With the table of `bioloom mirna predict` as edges that makes a graph.

    \b
    Example:
      bioloom graph nodes --fasta =mirnas.fa --fasta gene=utrs.fa --out nodes.tsv
      bioloom graph train --edges sites.tsv --nodes nodes.tsv --out network
    """
    from bioloom.graph.data.nodes import node_rows, write_nodes

    note(counted(write_nodes(node_rows(files, max_k=max_k), out), "node"))
