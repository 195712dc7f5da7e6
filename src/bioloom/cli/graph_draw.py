"""`bioloom graph draw`: figures and pages of a graph or a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from bioloom.cli.graph_options import FOLDER, PATH, NamedGraph, source_options
from bioloom.cli.help import Command
from bioloom.cli.options import COUNT, seed_option
from bioloom.cli.result import json_option, picture_files, tell_written

if TYPE_CHECKING:
    from bioloom.graph.drawing.drawing import Colouring, PaletteName, PanelSize
    from bioloom.graph.drawing.view import Mode, View


class _Inches(click.ParamType["PanelSize"]):
    """``WIDTHxHEIGHT`` in inches."""

    name = "WIDTHxHEIGHT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> PanelSize:
        """Width and height, each between 1 and 60."""
        from bioloom.graph.drawing.drawing import PanelSize

        sides = str(value).lower().split("x")
        try:
            width, height = map(float, sides)
        except ValueError:
            self.fail(f"{value!r} is not like 6.4x6.8", param, ctx)
        if not (1 <= width <= 60 and 1 <= height <= 60):
            self.fail(f"{value!r} is not between 1x1 and 60x60 inches", param, ctx)
        return PanelSize(width, height)


@click.command(cls=Command)
@click.argument("run_folder", metavar="[RUN]", type=FOLDER, required=False)
@source_options
@click.option(
    "--model", "models", multiple=True, help="Model of the run; default: all."
)
@click.option(
    "--predictions",
    "predicted",
    type=PATH,
    multiple=True,
    help="Predictions made elsewhere for the graph: pred_NAME.npy, or a table of node "
    "and prediction; repeatable.",
)
@click.option("--sample", "n_sampled", type=COUNT, help="Draw only this many nodes.")
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
@click.option(
    "--size",
    "panel",
    type=_Inches(),
    help="Width and height of a panel in inches, such as 6.4x6.8 (the default).",
)
@click.option(
    "--dpi",
    type=click.IntRange(20, 1200),
    default=300,
    show_default=True,
    help="Dots per inch of the PNG.",
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
    predicted: tuple[Path, ...],
    n_sampled: int | None,
    by: Literal["uniform", "walk"],
    ego: str | None,
    hops: int,
    colouring: Colouring | None,
    palette: PaletteName,
    panel: PanelSize | None,
    dpi: int,
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
      bioloom graph draw --dataset cora --data planetoid --predictions pred_gcn.npy
    """
    from bioloom.graph.drawing.drawing import PANEL
    from bioloom.graph.drawing.view import View

    _check_draw(run_folder, graph, models, predicted, colouring)
    if n_sampled and ego is not None:
        raise click.UsageError("Give --sample or --ego, not both.")
    view = View(
        mode=_mode(n_sampled, by, ego),
        size=n_sampled or 1,
        centre=ego or None,
        hops=hops,
        colouring=colouring or "correct",
        palette=palette,
        rng_seed=rng_seed,
        panel=panel or PANEL,
        dpi=dpi,
    )
    folder = out or (run_folder / "figures" if run_folder else Path())
    if run_folder is not None:
        written = _of_run(run_folder, models, view, folder, together, page)
    elif predicted:
        written = _of_predictions(graph, predicted, view, folder, together, page)
    else:
        written = _of_graph(graph, view, folder, page)
    tell_written(*picture_files(*written.figures), *written.pages)


class _Written(NamedTuple):
    figures: list[Path]
    pages: list[Path]


def _check_draw(
    run_folder: Path | None,
    graph: NamedGraph,
    models: tuple[str, ...],
    predicted: tuple[Path, ...],
    colouring: str | None,
) -> None:
    if (run_folder is None) != graph.is_given:
        raise click.UsageError("Give either a run folder or a graph.")
    if run_folder is not None and predicted:
        raise click.UsageError("--predictions needs a graph, not a run folder.")
    if run_folder is None and models:
        raise click.UsageError("--model needs a run folder.")
    if run_folder is None and not predicted and colouring not in (None, "class"):
        raise click.UsageError(
            "--colour needs a run folder or --predictions: a graph has only classes."
        )


def _of_run(
    run_folder: Path,
    models: tuple[str, ...],
    view: View,
    folder: Path,
    together: bool,
    page: bool,
) -> _Written:
    from bioloom.graph.drawing.view import draw_predictions, predictions_of
    from bioloom.graph.output.run_folder import open_run
    from bioloom.report.network import predictions_page

    run = open_run(run_folder)
    found = predictions_of(run, models or run.models)
    figures = draw_predictions(found, view, out=folder, together=together)
    pages = (
        [predictions_page(found, view, out=folder, run=str(run_folder))] if page else []
    )
    return _Written(figures, pages)


def _of_predictions(
    graph: NamedGraph,
    predicted: tuple[Path, ...],
    view: View,
    folder: Path,
    together: bool,
    page: bool,
) -> _Written:
    from bioloom.graph.drawing.elsewhere import read_predictions
    from bioloom.graph.drawing.view import draw_predictions
    from bioloom.report.network import predictions_page

    whole = graph.as_source(needs_label=True).read()
    found = [read_predictions(path, whole) for path in predicted]
    figures = draw_predictions(found, view, out=folder, together=together)
    pages = [predictions_page(found, view, out=folder)] if page else []
    return _Written(figures, pages)


def _of_graph(graph: NamedGraph, view: View, folder: Path, page: bool) -> _Written:
    from bioloom.graph.drawing.view import draw_graph
    from bioloom.report.network import graph_page

    whole = graph.as_source(needs_label=False).read()
    figures = [draw_graph(whole, view, out=folder)]
    return _Written(figures, [graph_page(whole, view, out=folder)] if page else [])


def _mode(size: int | None, by: str, ego: str | None) -> Mode:
    if ego is not None:
        return "ego"
    if not size:
        return "full"
    return "walk" if by == "walk" else "sample"
