"""Figures of a classifier's test: confusion, and confidence beside accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.draw import (
    INK,
    ON_DARK,
    ON_LIGHT,
    PALETTE,
    Wording,
    new_figure,
    style,
    wording,
)
from bioloom.statistics.calibration import (
    Bin,
    calibration_error,
    probabilities,
    reliability_of,
)
from bioloom.statistics.classification import confusion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONFIDENCE, ACCURACY = wording("confidence"), wording("accuracy")
_FEW = 14  # more classes than this get no numbers in cells


def confusion_figure(
    predicted: NDArray[np.int64], y: NDArray[np.int64], names: Sequence[str], *, of: str
) -> Figure:
    """True class by predicted class, shaded by the row's share.

    Parameters
    ----------
    predicted, y
        Numbers of classes, shape (n,).
    names
        Of the classes.
    of
        What was tested, for the title: ``{n}`` is their number.
    """
    n = len(names)
    table = confusion(predicted, y, n)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    with style():
        figure = new_figure(2.6 + 0.42 * n, 2.2 + 0.36 * n)
        axes = figure.subplots()
        axes.pcolormesh(share, cmap="Blues", vmin=0, vmax=1, ec="white", lw=1)
        axes.invert_yaxis()
        middles = np.arange(n) + 0.5
        axes.set_xticks(middles, names, rotation=45, ha="right")
        axes.set_yticks(middles, names)
        if n <= _FEW:
            for (i, j), count in np.ndenumerate(table):
                colour = ON_DARK if share[i, j] > 0.5 else ON_LIGHT
                place = (j + 0.5, i + 0.5)
                axes.text(*place, str(count), ha="center", va="center", color=colour)
        axes.set(
            xlabel=wording("predicted"),
            ylabel=Wording("true"),
            title=wording(of.format(n=f"{len(y):,}")),
        )
    return figure


def calibration_figure(
    scores: NDArray[np.floating], y: NDArray[np.int64], temperature: float
) -> Figure:
    """Accuracy against confidence, raw and after the temperature.

    Parameters
    ----------
    scores
        Before the softmax, shape (n, classes).
    y
        True classes, shape (n,).
    temperature
        What scores are divided by.
    """
    stages = (
        (wording("raw: ECE {n}"), probabilities(scores), PALETTE["grey"]),
        (
            f"T = {temperature:.2f}: ECE {{n}}",
            probabilities(scores, temperature),
            PALETTE["blue"],
        ),
    )
    return reliability_figure(
        [(name, reliability_of(chances, y), colour) for name, chances, colour in stages]
    )


def reliability_figure(
    stages: Sequence[tuple[str, Sequence[Bin], str]],
    *,
    xlabel: str = CONFIDENCE,
    ylabel: str = ACCURACY,
) -> Figure:
    """Shares against the probabilities that promise them.

    Parameters
    ----------
    stages
        Name, bins and colour of each line; ``{n}`` in a name is its calibration error.
    xlabel, ylabel
        Of the axes.
    """
    with style():
        figure = new_figure(3.8, 3.6)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=":")
        for name, bins, colour in stages:
            axes.plot(
                [each.confidence for each in bins],
                [each.accuracy.value for each in bins],
                marker="o",
                ms=4,
                color=colour,
                label=wording(name.format(n=f"{calibration_error(bins):.3f}")),
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=xlabel, ylabel=ylabel)
        axes.legend(loc="upper left")
    return figure
