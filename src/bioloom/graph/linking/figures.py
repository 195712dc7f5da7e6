"""Figure of the ladder: AUC of each method, rung by rung."""

from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import INK, PALETTE, new_figure, style, wording
from bioloom.graph.linking.heuristics import heuristics_of
from bioloom.graph.linking.summary import ALL_PAIRS, LadderSummary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEURISTIC_COLOURS = (
    *(INK, PALETTE["grey"], PALETTE["yellow"]),
    *(PALETTE["orange"], PALETTE["sky"], PALETTE["purple"]),
)
_MODEL_COLOURS = (PALETTE["blue"], PALETTE["red"], PALETTE["green"], "#6B4C9A")
_MARKS = "osD^vP*Xp<>h"


def ladder_figure(summary: LadderSummary) -> "Figure":
    """AUC with its interval; the dotted line is guessing.

    Parameters
    ----------
    summary
        Measures of all rungs; one panel per scored pair of types.
    """
    pairs = [name for name in summary.pair_names if name != ALL_PAIRS]
    with style():
        height = 1.2 + len(pairs) * (
            0.5 + 0.075 * len(summary.plan.rungs) * len(summary.plan.methods)
        )
        figure = new_figure(7.2, height)
        panels = figure.subplots(len(pairs), 1, squeeze=False, sharex=True)[:, 0]
        for axes, pair in zip(panels, pairs, strict=True):
            _panel(axes, summary, pair)
        panels[-1].set_xlabel(wording("AUC of the held-out links"))
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper")
    return figure


def _panel(axes: "Axes", summary: LadderSummary, pair: str) -> None:
    methods, rungs = summary.plan.methods, summary.plan.rungs
    step = 0.8 / len(methods)
    colours = _colours(summary)
    for number, method in enumerate(methods):
        cells = [summary.cell(rung.name, pair, method) for rung in rungs]
        places = np.arange(len(rungs)) + step * (number - (len(methods) - 1) / 2)
        values = np.array([cell.over_seeds.mean for cell in cells])
        ends = np.array(
            [
                (cell.over_seeds.low, cell.over_seeds.high)
                if cell.over_seeds.n > 1
                else (cell.over_links.low, cell.over_links.high)
                for cell in cells
            ]
        )
        reach = np.abs(ends - values[:, None]).T
        axes.errorbar(
            values,
            places,
            xerr=np.nan_to_num(reach),
            fmt=_MARKS[number % len(_MARKS)],
            ms=4,
            lw=0.9,
            color=colours[method],
            label=method,
        )
    axes.axvline(0.5, color=INK, lw=0.8, ls=":")
    axes.set_yticks(np.arange(len(rungs)), [wording(rung.name) for rung in rungs])
    for line in np.arange(len(rungs) - 1) + 0.5:
        axes.axhline(line, color="#DDDDDD", lw=0.6)
    axes.invert_yaxis()
    axes.set_title(pair)


def _colours(summary: LadderSummary) -> dict[str, str]:
    """Colour of each method: models stand out from heuristics."""
    names = heuristics_of(summary.plan.network)
    colours = dict(zip(names, _HEURISTIC_COLOURS, strict=False))
    models = [name for name in summary.plan.methods if name not in colours]
    return colours | dict(zip(models, cycle(_MODEL_COLOURS), strict=False))
