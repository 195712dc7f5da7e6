"""The figure of the measured values: candidates against the rest, with thresholds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.draw import INK, PALETTE, new_figure, style, wording
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import Judged

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

CANDIDATE, REJECTED = PALETTE["green"], "#8A8A8A"
QUIET = "#666666"
N_BINS = 22


class Mark(NamedTuple):
    """A threshold and its label."""

    value: float
    label: str


class Limits(NamedTuple):
    """Ends of an axis."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One distribution: how a value is taken, spread over the axis and marked.

    Parameters
    ----------
    title
        What is measured, with its unit.
    value
        Of a transcript; NaN or infinite where it has none.
    marks
        Thresholds and their labels.
    is_log
        Whether the axis is log10(value + 1).
    without
        Note on the ``{n}`` transcripts that have no value.
    limits
        Ends of the axis; None takes those of the values.
    """

    title: str
    value: Callable[[Judged], float]
    marks: tuple[Mark, ...]
    is_log: bool = False
    without: str = ""
    limits: Limits | None = None


def distribution_panels(settings: FilterSettings) -> tuple[Panel, ...]:
    """The panels of `distributions_figure`, with the thresholds in force."""
    limit = settings.coding_threshold
    shared = settings.housekeeping_fraction
    return (
        Panel(
            title=wording("Spliced length, nt"),
            value=lambda row: row.collected.transcript.length_nt,
            # the threshold itself fails: the line stands between it and the next
            marks=(Mark(settings.min_length_nt + 0.5, f"{settings.min_length_nt:,}"),),
            is_log=True,
        ),
        Panel(
            title=wording("Longest ORF, aa"),
            value=lambda row: row.evidence.longest_orf_aa,
            marks=_orf_marks(settings),
            is_log=True,
        ),
        Panel(
            title=wording("Coding probability"),
            value=lambda row: row.evidence.coding.probability,
            marks=() if limit is None else (Mark(limit, f"{limit:.3g}"),),
            limits=Limits(0, 1),
        ),
        Panel(
            title=wording("Distance to coding gene, nt"),
            value=lambda row: row.evidence.gap_nt,
            marks=_gap_marks(settings),
            is_log=True,
            without=wording("{n} have none on their chromosome"),
        ),
        Panel(
            title=wording("Housekeeping overlap"),
            value=_housekeeping,
            marks=(Mark(shared, f"{shared:.3g}"),),
            limits=Limits(0, 1),
            without=wording("{n} share nothing"),
        ),
        Panel(
            title=wording("Domain, bits over threshold"),
            value=_domain,
            marks=(Mark(0, wording("threshold")),),
            without=wording("{n} have no domain near it"),
        ),
    )


def _orf_marks(settings: FilterSettings) -> tuple[Mark, ...]:
    if settings.orf_mode == "calibrated":
        return ()
    return (Mark(settings.orf_limit_aa, f"{settings.orf_limit_aa:,}"),)


def _gap_marks(settings: FilterSettings) -> tuple[Mark, ...]:
    mono, multi = settings.mono_gap_nt, settings.gap_multi_nt
    if mono == multi:
        return (Mark(mono, f"{mono:,}"),)
    marks = (
        Mark(mono, wording(f"{mono:,}, one exon")),
        Mark(multi, wording(f"{multi:,}, several exons")),
    )
    return tuple(mark for mark in marks if mark.value > 0)


def _housekeeping(row: Judged) -> float:
    return row.judgements["housekeeping"].value or math.nan


def _domain(row: Judged) -> float:
    return row.evidence.domain.margin_bits if row.evidence.domain else math.nan


def distributions_figure(result: FilterResult) -> "Figure":
    """Candidates and rejected transcripts by each measured value.

    Heights are fractions of each group, so that a few candidates remain visible beside
    many rejected transcripts; a dashed line is a threshold.
    """
    n_candidates = len(result.candidates)
    n_rejected = len(result.rows) - n_candidates
    with style():
        figure = new_figure(7.2, 4.6)
        axes = figure.subplots(2, 3).flat
        panels = distribution_panels(result.settings)
        for axis, panel in zip(axes, panels, strict=True):
            _draw(axis, panel, result.rows)
        handles = [
            _patch(CANDIDATE, wording(f"{n_candidates:,} candidates")),
            _patch(REJECTED, wording(f"{n_rejected:,} rejected")),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, fontsize=10)
        figure.supylabel(wording("fraction of each group"), size=9)
    return figure


def _patch(colour: str, label: str) -> "Patch":
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, alpha=0.6, edgecolor=colour, label=label)


def _draw(axes: "Axes", panel: Panel, rows: Sequence[Judged]) -> None:
    axes.set_title(panel.title, size=9)
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False, labelsize=8)
    _percent_axis(axes)
    groups = {
        colour: np.array([panel.value(row) for row in rows if row.verdict == verdict])
        for verdict, colour in (("rejected", REJECTED), ("candidate", CANDIDATE))
    }
    groups = {colour: _on_axis(panel, values) for colour, values in groups.items()}
    shown = np.concatenate([values[np.isfinite(values)] for values in groups.values()])
    if not shown.size:
        _say_nothing(axes)
        return
    marks = [(float(_on_axis(panel, np.array(x))), label) for x, label in panel.marks]
    places = [x for x, _ in marks]
    edges = _edges(panel, [*shown, *places], places)
    for colour, values in groups.items():
        _histogram(axes, values, edges, colour)
    for x, label in marks:
        _mark(axes, x, label, edges)
    _label_axis(axes, panel, edges)
    n_without = len(rows) - shown.size
    if n_without and panel.without:
        axes.set_xlabel(
            wording(panel.without.format(n=f"{n_without:,}")), size=8, color=QUIET
        )


def _percent_axis(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda part, _: f"{100 * part:.3g} %")


def _say_nothing(axes: "Axes") -> None:
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    axes.text(0, 0.5, wording("nothing measured"), color=QUIET, va="center")
    axes.spines["bottom"].set_visible(False)


def _on_axis(panel: Panel, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values as placed on the axis."""
    values = np.asarray(values, dtype=float)
    return np.log10(values + 1) if panel.is_log else values


def _edges(
    panel: Panel, shown: Sequence[float], marks: Sequence[float]
) -> NDArray[np.float64]:
    """Bins of one width, an edge at the first threshold: no bin holds both sides."""
    low, high = panel.limits or (min(shown), max(shown))
    width = (high - low) / N_BINS or 1.0
    origin = marks[0] if marks else low
    first = math.floor((low - origin) / width + 1e-9)
    last = math.ceil((high - origin) / width - 1e-9)
    if panel.limits is None:
        first, last = first - 1, last + 1
    edges: NDArray[np.float64] = origin + width * np.arange(first, last + 1.0)
    return edges


def _histogram(
    axes: "Axes", values: NDArray[np.float64], edges: NDArray[np.float64], colour: str
) -> None:
    if not values.size:
        return
    counts, _ = np.histogram(values[np.isfinite(values)], edges)
    heights = counts / values.size
    axes.stairs(heights, edges, fill=True, color=colour, alpha=0.45, lw=0)
    axes.stairs(heights, edges, color=colour, lw=1.1)


def _mark(axes: "Axes", x: float, label: str, edges: NDArray[np.float64]) -> None:
    is_right = x > (edges[0] + edges[-1]) / 2
    axes.axvline(x, color=INK, lw=1, ls=(0, (4, 3)))
    axes.annotate(
        label,
        (x, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if is_right else 4, -2),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="top",
        size=8,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1},
    )


def _label_axis(axes: "Axes", panel: Panel, edges: NDArray[np.float64]) -> None:
    low, high = edges[0], edges[-1]
    axes.set_xlim(max(low, 0) if panel.is_log else low, high)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.1)  # room for the threshold's label
    if not panel.is_log:
        return
    steps = (1,) if high - low > 2 else (1, 2, 5)
    values = [0, *(step * 10**power for power in range(1, 9) for step in steps)]
    places = [(math.log10(value + 1), value) for value in values]
    ticks = [(x, value) for x, value in places if low - 1e-9 <= x <= high]
    axes.set_xticks([x for x, _ in ticks], [_short(value) for _, value in ticks])


def _short(value: int) -> str:
    """A round number as a tick label."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value // size}{letter}"
    return str(value)
