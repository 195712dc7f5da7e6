"""Figures of a training: curves, and the last layer."""

from typing import TYPE_CHECKING

import pandas as pd

from bioloom.draw import INK, PALETTE, Wording, new_figure, style, wording
from bioloom.graph.training.result import ModelResult, Run
from bioloom.run.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = tuple(PALETTE.values())
_UNKNOWN = "#DDDDDD"
_FEW = 12  # more classes than this get no legend


def learning_curves(result: ModelResult) -> "Figure":
    """Losses and validation measure by epoch; thin lines are individual runs."""
    histories = [run.fitted.history for run in result.runs]
    best, model = result.best.fitted, result.settings.model
    kind = result.headline.words
    names = (
        *(wording("training loss"), wording("validation loss")),
        wording(f"validation {kind}"),
    )
    colours = (PALETTE["grey"], PALETTE["orange"], PALETTE["blue"])
    with style():
        figure = new_figure(7.2, 3.2)
        losses, accuracies = figure.subplots(1, 2)
        for column, (name, colour) in enumerate(zip(names, colours, strict=True)):
            axes = accuracies if column == 2 else losses
            for history in histories:
                axes.plot(history[:, column], color=colour, lw=0.6, alpha=0.35)
            axes.plot(best.history[:, column], color=colour, lw=1.4, label=name)
        for axes in (losses, accuracies):
            axes.axvline(best.best_epoch, color=INK, lw=0.8, ls=":")
            axes.set_xlabel(wording("epoch"))
            axes.legend()
        losses.set_title(Wording(f"{model}: {counted(len(histories), 'run')}"))
        accuracies.set_title(wording(f"best run: seed {result.best.rng_seed}"))
    return figure


def smoothing_figure(rows: pd.DataFrame, model: str) -> "Figure":
    """Dirichlet energy by layer."""
    kinds = {
        "energy": ("I − Â", PALETTE["blue"]),
        "energy_constant": (wording("equal rows"), PALETTE["orange"]),
    }
    places = range(len(rows))
    with style():
        figure = new_figure(5.6, 3.0)
        axes = figure.subplots()
        for name, (label, colour) in kinds.items():
            axes.plot(places, rows[name], marker="o", ms=3, color=colour, label=label)
        step = max(1, len(rows) // _FEW)
        axes.set_xticks(
            places[::step],
            [*map(_layer, rows["layer"][::step])],
            rotation=30,
            ha="right",
        )
        axes.set_ylim(bottom=0)
        axes.set_ylabel(wording("Dirichlet energy"))
        axes.set_title(wording(f"{model}: how much neighbours differ, by layer"))
        axes.legend()
    return figure


def _layer(name: str) -> str:
    """A layer as an axis names it."""
    _, _, n = name.partition(" ")
    return wording(f"hidden {n}") if n else Wording(name)


def layout(run: Run, places: pd.DataFrame) -> "Figure":
    """Places of nodes in the plane, coloured by class; unlabelled ones in grey."""
    with style():
        figure = new_figure(5.6, 4.6)
        axes = figure.subplots()
        _points(axes, places[places["label"] == ""], _UNKNOWN, wording("no label"))
        for number, name in enumerate(run.graph.class_names):
            colour = _COLOURS[number % len(_COLOURS)]
            _points(axes, places[places["label"] == name], colour, name)
        axes.set_axis_off()
        axes.set_title(wording(f"t-SNE of the last layer, {len(places):,} nodes"))
        if run.graph.num_classes <= _FEW:
            axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=2)
    return figure


def _points(axes: "Axes", rows: pd.DataFrame, colour: str, name: str) -> None:
    if len(rows):
        axes.scatter(rows["x"], rows["y"], s=6, lw=0, color=colour, label=name)
