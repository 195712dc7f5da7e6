"""`bioloom graph draw`: pictures and pages of a graph or a run."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.graph_options import FOLDER, is_named, source_of, source_options
from bioloom.cli.options import COUNT, seed_option
from bioloom.cli.result import json_option, picture_files, tell_written


@click.command()
@click.argument("run_folder", metavar="[RUN]", type=FOLDER, required=False)
@source_options
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
@click.option(
    "--hops",
    type=COUNT,
    default=2,
    show_default=True,
    help="Steps that the surroundings reach, with --ego.",
)
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
@seed_option("the layout and the sample")
@click.option("--out", type=FOLDER, help="Default: the run's figures, else here.")
@json_option
def draw(run_folder: Path | None, out: Path | None, **given: Any) -> None:
    """Draw a graph, or what the models of a RUN say of its nodes.

    \b
    Examples:
      bioloom graph draw cora --model gcn --ego
      bioloom graph draw cora --sample 600 --by walk --together
      bioloom graph draw cora --page
      bioloom graph draw --edges edges.csv --nodes nodes.csv --palette safe
    """
    if (run_folder is None) != is_named(given):
        one = "Give a run folder or a graph, one of them."
        raise click.UsageError(one)
    if given["size"] and given["ego"] is not None:
        both = "Give --sample or --ego, not both."
        raise click.UsageError(both)
    if run_folder is None:
        pictures, pages = _draw_graph(given, out or Path())
    else:
        pictures, pages = _draw_run(run_folder, given, out or run_folder / "figures")
    tell_written(*picture_files(*pictures), *pages)


def _draw_graph(given: dict[str, Any], out: Path) -> tuple[list[Path], list[Path]]:
    """Pictures and pages written."""
    from bioloom.graph.drawing.view import draw_graph
    from bioloom.report.network import graph_page

    if given["models"] or given["colouring"] not in (None, "class"):
        alone = "--model and --colour need a run: a graph alone has classes only."
        raise click.UsageError(alone)
    graph, view = source_of(given).read(), _view(given)
    pictures = [draw_graph(graph, view, out=out)]
    return pictures, [graph_page(graph, view, out=out)] if given["page"] else []


def _draw_run(
    run_folder: Path, given: dict[str, Any], out: Path
) -> tuple[list[Path], list[Path]]:
    """Pictures and pages written."""
    from bioloom.graph.drawing.view import draw_run
    from bioloom.graph.output.run_folder import open_run
    from bioloom.report.network import run_page

    run = open_run(run_folder)
    view, models = _view(given), given["models"] or run.models
    pictures = draw_run(run, models, view, out=out, together=given["together"])
    return pictures, [run_page(run, models, view, out=out)] if given["page"] else []


def _view(given: dict[str, Any]) -> Any:
    from bioloom.graph.drawing.view import View

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
