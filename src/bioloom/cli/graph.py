"""`bioloom graph`: parse, one call, write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.progress import progress_bar

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
COUNT = click.IntRange(min=1)
SEED = click.IntRange(0, 2**32 - 1)
SHARE = click.FloatRange(0, 1, max_open=True)
MODELS = ["gcn", "gat", "sage", "grand"]


@click.group()
def graph() -> None:
    """Classify the nodes of a network by their features and neighbours."""


def _source_options(function: Any) -> Any:
    """The options that say where a graph is."""
    options = (
        click.option(
            "--dataset",
            type=click.Choice(["karate", "cora", "citeseer", "pubmed"]),
            help="Default: an embedded example.",
        ),
        click.option("--data", type=FOLDER, help="Raw files of it; else fetched."),
        click.option("--edges", type=PATH, help="Edge list, CSV or TSV."),
        click.option("--nodes", type=PATH, help="Node table: id, label, split, …"),
        click.option("--file", type=PATH, help="GraphML or .h5ad."),
        click.option("--label", default="label", show_default=True, help="Column."),
        click.option("--skip", multiple=True, help="Column that is no feature."),
        click.option("--directed", "is_directed", is_flag=True, help="Edges are."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _scale_option(default: str) -> Callable[[Any], Any]:
    return click.option(
        "--scale",
        type=click.Choice(["rows", "none"]),
        default=default,
        show_default=True,
        help="Divide each node's features by their sum.",
    )


@graph.command()
@_source_options
@_scale_option("rows")
@click.option(
    "--model",
    "models",
    type=click.Choice(MODELS),
    multiple=True,
    default=["gcn"],
    show_default=True,
    help="May be given several times.",
)
@click.option("--runs", "n_runs", type=COUNT, default=1, show_default=True)
@click.option("--rng-seed", type=SEED, default=42, show_default=True)
@click.option(
    "--split",
    type=click.Choice(["public", "given", "random", "kfold"]),
    help="Default: the data's own, else random.",
)
@click.option("--folds", "n_folds", type=click.IntRange(min=3), default=5)
@click.option("--hidden", type=COUNT, help="Width of the hidden layer.")
@click.option("--dropout", "p_dropout", type=SHARE)
@click.option("--lr", "learning_rate", type=click.FloatRange(0, min_open=True))
@click.option("--weight-decay", type=click.FloatRange(min=0))
@click.option("--epochs", "max_epochs", type=COUNT, help="Most epochs.")
@click.option("--patience", type=COUNT, help="Epochs without a better validation.")
@click.option(
    "--batch-size", type=COUNT, help="Nodes a step, neighbours drawn; default: all."
)
@click.option("--fanout", type=COUNT, help="Neighbours drawn of each node.")
@click.option("--no-tsne", is_flag=True, help="Leave out the slowest figure.")
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
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
    from bioloom.graph.train import Plan, run_training
    from bioloom.report.graph import write_report

    if given["batch_size"] and "grand" in models:
        whole = "grand looks at all nodes in each step: it has no --batch-size."
        raise click.UsageError(whole)
    source = _source(given)
    if Path("-") in (given["edges"], given["nodes"]):
        again = "A run reads its graph again: give files, not standard input."
        raise click.UsageError(again)
    plan = Plan(
        n_runs=given["n_runs"],
        rng_seed=given["rng_seed"],
        split=given["split"],
        n_folds=given["n_folds"],
    )
    settings = [_settings(name, given) for name in dict.fromkeys(models)]
    with progress_bar() as show:
        results = run_training(
            source,
            settings,
            plan,
            out=out,
            force=force,
            with_tsne=not given["no_tsne"],
            report=write_report,
            on_run=show,
        )
    for result in results:
        summary = result.summary()
        click.echo(
            f"{result.settings.model}: test accuracy {summary['test_accuracy']}, "
            f"validation {summary['val_accuracy']}"
        )
        if result.ensemble:
            together = 100 * result.ensemble.measures()["test_accuracy"]
            click.echo(f"{result.settings.model}: all runs together {together:.2f}")
    if results:  # processes that only help have none
        click.echo(f"written: {out}; report: {out / 'report.html'}")


def _settings(model: str, given: dict[str, Any]) -> Any:
    """The paper's settings of a model with those that were typed."""
    from dataclasses import replace

    from bioloom.graph.settings import SETTINGS

    names = (
        *("hidden", "p_dropout", "learning_rate", "weight_decay"),
        *("max_epochs", "patience", "batch_size", "fanout"),
    )
    typed = {name: given[name] for name in names if given[name] is not None}
    return replace(dict(SETTINGS)[model], **typed)  # type: ignore[index]


def _source(given: dict[str, Any]) -> Any:
    """The graph that was named; the karate club without a name."""
    from bioloom.graph.sources import Source

    if given["edges"] and given["file"]:
        both = "Give --edges or --file, not both."
        raise click.UsageError(both)
    if given["nodes"] and not given["edges"]:
        alone = "--nodes needs --edges."
        raise click.UsageError(alone)
    named = {name: given[name] for name in Source.__dataclass_fields__ if name in given}
    return Source(**named | {"dataset": given["dataset"] or "karate"})


def _is_named(given: dict[str, Any]) -> bool:
    """Whether a graph was named at all."""
    return any(given[name] for name in ("dataset", "edges", "file"))


@graph.command()
@_source_options
@_scale_option("none")
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
    if given["run_folder"] and _is_named(given):
        both = "Give --run or a graph, not both: a run knows its graph."
        raise click.UsageError(both)
    told = _prediction(given) if given["run_folder"] else _aggregation(given)
    write_explanation(told, form, out)


def _prediction(given: dict[str, Any]) -> Any:
    from bioloom.graph.explain_prediction import explain_reasons
    from bioloom.graph.finished import open_run
    from bioloom.graph.reasons import reasons_of

    run = open_run(given["run_folder"])
    found = reasons_of(run, given["model"] or run.models[0], given["node"])
    if given["draw"]:
        from bioloom.draw import save
        from bioloom.graph.moved import draw_reasons

        save(draw_reasons(found), given["draw"])
    return explain_reasons(found, where=str(run.folder))


def _aggregation(given: dict[str, Any]) -> Any:
    from dataclasses import replace

    from bioloom.graph.aggregation import six_nodes
    from bioloom.graph.explain import drawing_differs
    from bioloom.graph.explain import explain as explained

    if _is_named(given):
        graph = _source(given).read()
        return explained(graph, given["node"] or graph.node_ids[0])
    told = explained(six_nodes(), given["node"] or "1")
    return replace(told, steps=(*told.steps, drawing_differs()))


@graph.command()
@click.argument("run_folder", metavar="[RUN]", type=FOLDER, required=False)
@_source_options
@click.option("--model", "models", multiple=True, help="Of the run; default: all.")
@click.option("--sample", "size", type=COUNT, help="Draw so many nodes only.")
@click.option(
    "--by",
    type=click.Choice(["uniform", "walk"]),
    default="uniform",
    show_default=True,
    help="How they are drawn; a walk keeps the shape.",
)
@click.option(
    "--ego",
    is_flag=False,
    flag_value="",
    help="Draw a node's surroundings; without an id the busiest test node's.",
)
@click.option("--hops", type=COUNT, default=2, show_default=True)
@click.option(
    "--colour",
    "colouring",
    type=click.Choice(["correct", "class", "prediction", "confidence"]),
    help="Default: correct; of a graph: class.",
)
@click.option(
    "--palette",
    type=click.Choice(["standard", "safe"]),
    default="standard",
    show_default=True,
    help="safe is for colour-blind readers as well.",
)
@click.option("--together", is_flag=True, help="All models in one picture.")
@click.option("--page", is_flag=True, help="Write a page to search and point at, too.")
@click.option("--rng-seed", type=SEED, default=42, show_default=True)
@click.option("--out", type=FOLDER, help="Default: the run's figures, else here.")
def draw(run_folder: Path | None, out: Path | None, **given: Any) -> None:
    """Draw a graph, or what the models of a RUN say of its nodes.

    \b
    Examples:
      bioloom graph draw cora --model gcn --ego
      bioloom graph draw cora --sample 600 --by walk --together
      bioloom graph draw cora --page
      bioloom graph draw --edges edges.csv --nodes nodes.csv --palette safe
    """
    if (run_folder is None) != _is_named(given):
        one = "Give a run folder or a graph, one of them."
        raise click.UsageError(one)
    if given["size"] and given["ego"] is not None:
        both = "Give --sample or --ego, not both."
        raise click.UsageError(both)
    if run_folder is None:
        _draw_graph(given, out or Path())
    else:
        _draw_run(run_folder, given, out or run_folder / "figures")


def _draw_graph(given: dict[str, Any], out: Path) -> None:
    from bioloom.graph.view import draw_graph
    from bioloom.report.network import graph_page

    if given["models"] or given["colouring"] not in (None, "class"):
        alone = "--model and --colour need a run: a graph alone has classes only."
        raise click.UsageError(alone)
    graph, view = _source(given).read(), _view(given)
    _tell_pictures([draw_graph(graph, view, out=out)])
    if given["page"]:
        click.echo(f"written: {graph_page(graph, view, out=out)}")


def _draw_run(run_folder: Path, given: dict[str, Any], out: Path) -> None:
    from bioloom.graph.finished import open_run
    from bioloom.graph.view import draw_run
    from bioloom.report.network import run_page

    run = open_run(run_folder)
    view, models = _view(given), given["models"] or run.models
    _tell_pictures(draw_run(run, models, view, out=out, together=given["together"]))
    if given["page"]:
        click.echo(f"written: {run_page(run, models, view, out=out)}")


def _tell_pictures(written: Sequence[Path]) -> None:
    for path in written:
        click.echo(f"written: {path}, {path.with_suffix('.svg').name}")


def _view(given: dict[str, Any]) -> Any:
    from bioloom.graph.view import View

    mode: Any = "ego" if given["ego"] is not None else "full"
    if given["size"]:
        mode = {"uniform": "sample", "walk": "walk"}[given["by"]]
    return View(
        mode=mode,
        size=given["size"] or 1,
        centre=given["ego"] or None,
        hops=given["hops"],
        colouring=given["colouring"] or "correct",
        palette=given["palette"],
        rng_seed=given["rng_seed"],
    )


@graph.command()
@click.argument("trained", metavar="RUN", type=click.Path(path_type=Path, exists=True))
@_source_options
@click.option("--model", type=click.Choice(MODELS), help="Default: the best one's.")
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
def predict(trained: Path, model: str | None, out: Path, **given: Any) -> None:
    """Classify the nodes of another graph by the weights of a RUN, or of a file of it.

    The graph needs the features that the model was trained on; labels it may have.

    \b
    Examples:
      bioloom graph predict mine --edges edges.csv --nodes nodes.csv --out new.tsv
      bioloom graph predict mine/best.safetensors --file other.graphml
    """
    from bioloom.cli.progress import note
    from bioloom.graph.predictions import predict as predicted
    from bioloom.graph.saved import load_model, weights_of

    if not _is_named(given):
        none = "Give the graph to classify: --edges, --file or --dataset."
        raise click.UsageError(none)
    saved = load_model(weights_of(trained, model))
    source = _source(given | {"scale": saved.scale, "needs_label": False})
    found = predicted(saved, source.read())
    found.write(out)
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
    from bioloom.graph.nodes import node_rows, write_nodes

    write_nodes(node_rows(files, max_k=max_k), out)
