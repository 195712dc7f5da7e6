"""`bioloom graph draw`: figures and pages of a graph or a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bioloom.cli.graph_options import FOLDER, NamedGraph, source_options
from bioloom.cli.options import COUNT, seed_option
from bioloom.cli.result import json_option, picture_files, tell_written

if TYPE_CHECKING:
    from bioloom.graph.drawing.drawing import Colouring, PaletteName
    from bioloom.graph.drawing.view import Mode


@click.command()
@click.argument("run_folder", metavar="[RUN]", type=FOLDER, required=False)
@source_options
@click.option(
    "--model", "models", multiple=True, help="Model of the run; default: all."
)
@click.option("--sample", "size", type=COUNT, help="Draw only this many nodes.")
@click.option(
    "--by",
    type=click.Choice(["uniform", "walk"]),
    default="uniform",
    show_default=True,
    help="How to sample them; a random walk preserves the graph's shape better.",
)
@click.option(
    "--ego",
    is_flag=False,
    flag_value="",
    help="Draw the neighbourhood of a node; without an id, of the test node with "
    "the most neighbours.",
)
@click.option(
    "--hops",
    type=COUNT,
    default=2,
    show_default=True,
    help="Size of the neighbourhood in steps, with --ego.",
)
@click.option(
    "--colour",
    "colouring",
    type=click.Choice(["correct", "class", "prediction", "confidence"]),
    help="What to colour by; default: correct, or class for a graph.",
)
@click.option(
    "--palette",
    type=click.Choice(["standard", "safe"]),
    default="standard",
    show_default=True,
    help="safe can be distinguished by colour-blind readers too.",
)
@click.option("--together", is_flag=True, help="Draw all models in one figure.")
@click.option("--page", is_flag=True, help="Write an interactive page as well.")
@seed_option("the layout and the sample")
@click.option(
    "--out",
    type=FOLDER,
    help="Folder to write; default: the run's figures, or the current folder.",
)
@json_option
def draw(
    run_folder: Path | None,
    graph: NamedGraph,
    models: tuple[str, ...],
    size: int | None,
    by: Literal["uniform", "walk"],
    ego: str | None,
    hops: int,
    colouring: Colouring | None,
    palette: PaletteName,
    together: bool,
    page: bool,
    rng_seed: int,
    out: Path | None,
) -> None:
    """Draw a graph, or the predictions of the models of a RUN.

    \b
    Examples:
      bioloom graph draw cora --model gcn --ego
      bioloom graph draw cora --sample 600 --by walk --together
      bioloom graph draw cora --page
      bioloom graph draw --edges edges.csv --nodes nodes.csv --palette safe
    """
    from bioloom.graph.drawing.view import View, draw_graph, draw_run
    from bioloom.graph.output.run_folder import open_run
    from bioloom.report.network import graph_page, run_page

    if (run_folder is None) != graph.is_given:
        raise click.UsageError("Give either a run folder or a graph.")
    if size and ego is not None:
        raise click.UsageError("Give --sample or --ego, not both.")
    view = View(
        mode=_mode(size, by, ego),
        size=size or 1,
        centre=ego or None,
        hops=hops,
        colouring=colouring or "correct",
        palette=palette,
        rng_seed=rng_seed,
    )
    pages: list[Path] = []
    if run_folder is None:
        if models or colouring not in (None, "class"):
            raise click.UsageError(
                "--model and --colour need a run: a graph has only classes."
            )
        whole = graph.as_source(needs_label=False).read()
        folder = out or Path()
        figures = [draw_graph(whole, view, out=folder)]
        if page:
            pages.append(graph_page(whole, view, out=folder))
    else:
        run, folder = open_run(run_folder), out or run_folder / "figures"
        names = models or run.models
        figures = draw_run(run, names, view, out=folder, together=together)
        if page:
            pages.append(run_page(run, names, view, out=folder))
    tell_written(*picture_files(*figures), *pages)


def _mode(size: int | None, by: str, ego: str | None) -> Mode:
    if ego is not None:
        return "ego"
    if not size:
        return "full"
    return "walk" if by == "walk" else "sample"
