"""The figure of what transcripts fail together: an UpSet plot."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bioloom.draw import INK, PALETTE, new_figure, style, wording
from bioloom.lincrna.output.figures import drop_reasons
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.verdict.judged import LOCUS, Judged
from bioloom.run.language import use_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHOWN = 16
"""Combinations that the figure has room for, the largest first."""
_COLUMN, _ROW, _WORDS, _BARS, _MARGIN = 0.36, 0.26, 3.1, 1.7, 0.35  # inches
_EMPTY = "#DDDDDD"


class Combination(NamedTuple):
    """Criteria that transcripts fail, all of these and no other."""

    criteria: tuple[str, ...]
    n: int


def combinations(rows: Sequence[Judged]) -> tuple[Combination, ...]:
    """How many transcripts fail each combination of criteria, the most first.

    Parameters
    ----------
    rows
        Judged transcripts; those that fail nothing are left out. One that is dropped
        only for its locus's sake fails that.
    """
    counts = Counter(
        row.failed or (LOCUS,) for row in rows if row.verdict != "candidate"
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Combination(criteria, n) for criteria, n in ordered)


def combinations_figure(result: FilterResult) -> "Figure":
    """Draw the largest combinations: how many above, which criteria below.

    References
    ----------
    Lex A. et al. (2014) IEEE Trans Vis Comput Graph 20:1983.
    doi:10.1109/TVCG.2014.2346248
    """
    shown = combinations(result.rows)[:MOST_SHOWN]
    with use_language("en"):  # the fonts of a figure may have no Chinese
        reasons = drop_reasons(result.settings)
    in_use = {name for each in shown for name in each.criteria}
    names = [name for name in reasons if name in in_use]
    width = _WORDS + _COLUMN * max(len(shown), 4) + _MARGIN
    height = _BARS + _ROW * len(names) + _MARGIN
    with style():
        figure = new_figure(width, height)
        bars, dots = figure.subplots(
            2, 1, sharex=True, height_ratios=[_BARS, _ROW * max(len(names), 1)]
        )
        _bars(bars, shown)
        _dots(dots, shown, names)
        dots.set_yticks(
            range(len(names)), [wording(reasons[name]) for name in names], size=8.5
        )
    return figure


def _bars(axes: "Axes", shown: Sequence[Combination]) -> None:
    counts = [each.n for each in shown]
    axes.bar(range(len(shown)), counts, width=0.62, color=PALETTE["blue"])
    for place, n in enumerate(counts):
        axes.text(place, n, f"{n:,}", ha="center", va="bottom", size=8)
    axes.set_ylabel(wording("transcripts"))
    axes.locator_params(axis="y", integer=True)
    axes.tick_params(bottom=False)
    axes.spines["bottom"].set_visible(False)


def _dots(axes: "Axes", shown: Sequence[Combination], names: Sequence[str]) -> None:
    axes.set(xlim=(-0.5, len(shown) - 0.5), ylim=(len(names) - 0.5, -0.5), xticks=[])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    for column, each in enumerate(shown):
        rows = [names.index(name) for name in each.criteria]
        axes.scatter([column] * len(names), range(len(names)), s=26, color=_EMPTY)
        axes.scatter([column] * len(rows), rows, s=26, color=INK, zorder=3)
        axes.plot([column] * 2, [min(rows), max(rows)], color=INK, lw=1.6, zorder=2)
