"""Figure of an inspection: how many problems of each kind."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bioloom.draw import PALETTE, new_figure, style, wording
from bioloom.images.inspection.problems import KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def problems_figure(counts: Mapping[str, int]) -> "Figure":
    """Bars of the number of problems of each kind, the weightiest kind on top.

    Parameters
    ----------
    counts
        By kind; kinds without a problem may be left out.
    """
    names = [wording(KINDS[kind].title) for kind in counts] or [wording("No problem")]
    values = list(counts.values()) or [0]
    with style():
        figure = new_figure(7.2, 0.8 + 0.3 * len(names))
        axes = figure.subplots()
        bars = axes.barh(range(len(names)), values, color=PALETTE["blue"])
        axes.set_yticks(range(len(names)), names)
        axes.bar_label(bars, [f"{value:,}" for value in values], padding=3)
        axes.invert_yaxis()
        axes.set_xlabel(wording("problems found"))
        axes.margins(x=0.1)
        axes.locator_params(axis="x", integer=True)
    return figure
