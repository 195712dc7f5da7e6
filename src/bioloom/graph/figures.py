"""Figures of a training: curves, confusion, calibration, and the last layer."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bioloom.draw import INK, PALETTE, new_figure, style
from bioloom.evaluation import (
    confusion,
    expected_calibration_error,
    probabilities,
    reliability,
)
from bioloom.graph.result import Run, TrainResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = tuple(PALETTE.values())
_UNKNOWN = "#DDDDDD"
_FEW = 12  # more classes than this get no legend and no numbers in cells


def learning_curves(result: TrainResult) -> "Figure":
    """Losses and validation accuracy by epoch; thin lines are the single runs."""
    histories = [run.fitted.history for run in result.runs]
    best = result.best.fitted
    names = ("training loss", "validation loss", "validation accuracy")
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
            axes.set_xlabel("epoch")
            axes.legend()
        losses.set_title(f"{result.settings.model}: {len(histories)} runs")
        accuracies.set_title(f"best run: seed {result.best.rng_seed}")
    return figure


def confusion_table(run: Run) -> "Figure":
    """True class by predicted class of the test nodes, shaded by the row's share."""
    graph, test = run.graph, run.graph.test_mask
    table = confusion(run.predicted[test], graph.y[test], graph.num_classes)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    n = graph.num_classes
    with style():
        figure = new_figure(2.6 + 0.42 * n, 2.2 + 0.36 * n)
        axes = figure.subplots()
        axes.pcolormesh(share, cmap="Blues", vmin=0, vmax=1, ec="white", lw=1)
        axes.invert_yaxis()
        middles = np.arange(n) + 0.5
        axes.set_xticks(middles, graph.class_names, rotation=45, ha="right")
        axes.set_yticks(middles, graph.class_names)
        if n <= _FEW:
            for (i, j), count in np.ndenumerate(table):
                colour = "white" if share[i, j] > 0.5 else INK
                x, y = j + 0.5, i + 0.5
                axes.text(x, y, str(count), ha="center", va="center", color=colour)
        axes.set(xlabel="predicted", ylabel="true")
        axes.set_title(f"{int(test.sum()):,} test nodes")
    return figure


def calibration(run: Run) -> "Figure":
    """Accuracy against confidence of the test nodes, raw and after the temperature."""
    test = run.graph.test_mask
    y = run.graph.y[test]
    stages = (
        ("raw", probabilities(run.fitted.scores[test]), PALETTE["grey"]),
        (f"T = {run.temperature:.2f}", run.probabilities[test], PALETTE["blue"]),
    )
    with style():
        figure = new_figure(3.8, 3.6)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=":")
        for name, chances, colour in stages:
            bins = reliability(chances, y)
            error = expected_calibration_error(chances, y)
            axes.plot(
                [one.confidence for one in bins],
                [one.accuracy for one in bins],
                marker="o",
                ms=4,
                color=colour,
                label=f"{name}: ECE {error:.3f}",
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy")
        axes.legend(loc="upper left")
    return figure


def layout(run: Run, places: pd.DataFrame) -> "Figure":
    """Places of nodes in the plane, coloured by class; unlabelled ones are pale."""
    with style():
        figure = new_figure(5.6, 4.6)
        axes = figure.subplots()
        _points(axes, places[places["label"] == ""], _UNKNOWN, "no label")
        for number, name in enumerate(run.graph.class_names):
            colour = _COLOURS[number % len(_COLOURS)]
            _points(axes, places[places["label"] == name], colour, name)
        axes.set_axis_off()
        axes.set_title(f"t-SNE of the last layer, {len(places):,} nodes")
        if run.graph.num_classes <= _FEW:
            axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=2)
    return figure


def _points(axes: "Axes", rows: pd.DataFrame, colour: str, name: str) -> None:
    if len(rows):
        axes.scatter(rows["x"], rows["y"], s=6, lw=0, color=colour, label=name)
