"""Figure of the ladder: AUC of each method, rung by rung."""

from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import INK, PALETTE, new_figure, style
from bioloom.graph.linking.summary import ALL_PAIRS, LadderSummary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = tuple(PALETTE.values())
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
        panels[-1].set_xlabel("AUC of the held-out links")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper")
    return figure


def _panel(axes: "Axes", summary: LadderSummary, pair: str) -> None:
    methods, rungs = summary.plan.methods, summary.plan.rungs
    step = 0.8 / len(methods)
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
            color=_COLOURS[number % len(_COLOURS)],
            label=method,
        )
    axes.axvline(0.5, color=INK, lw=0.8, ls=":")
    axes.set_yticks(np.arange(len(rungs)), [rung.name for rung in rungs])
    for line in np.arange(len(rungs) - 1) + 0.5:
        axes.axhline(line, color="#DDDDDD", lw=0.6)
    axes.invert_yaxis()
    axes.set_title(pair)
