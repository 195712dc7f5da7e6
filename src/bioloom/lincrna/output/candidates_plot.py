"""The figure of the candidates by length and coding probability."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bioloom.draw import INK, PALETTE, new_figure, style, wording
from bioloom.run.language import mark

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ORIGINS: Mapping[str, tuple[str, str, str]] = {
    "known": (mark("known"), PALETTE["blue"], "o"),
    "novel": (mark("novel"), PALETTE["orange"], "^"),
}


class PlottedCandidate(NamedTuple):
    """Where a candidate lies: spliced length, coding probability, known or novel."""

    length_nt: int
    coding_probability: float
    origin: str


def candidates_figure(
    candidates: Sequence[PlottedCandidate], threshold: float | None
) -> "Figure":
    """Coding probability of each candidate against its length.

    Parameters
    ----------
    candidates
        What is drawn.
    threshold
        Probability from which a transcript is coding; None without one.
    """
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    with style():
        figure = new_figure(6.4, 3.6)
        axes = figure.add_subplot()
        for origin, (word, colour, marker) in _ORIGINS.items():
            shown = [row for row in candidates if row.origin == origin]
            if shown:
                axes.scatter(
                    [row.length_nt for row in shown],
                    [row.coding_probability for row in shown],
                    s=14,
                    color=colour,
                    marker=marker,
                    alpha=0.8,
                    linewidth=0,
                    label=wording(word),
                )
        if threshold is not None:
            axes.axhline(
                threshold, color=INK, lw=0.9, ls="--", label=wording("coding from here")
            )
        axes.set(
            xscale="log",
            xlabel=wording("Length, nt"),
            ylabel=wording("Coding probability"),
        )
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.legend(fontsize=8)
    return figure
