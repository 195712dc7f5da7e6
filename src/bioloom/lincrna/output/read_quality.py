"""The figure of FastQC's curves: all samples, before and after trimming."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bioloom.draw import PALETTE, distinct_colours, new_figure, style, wording
from bioloom.lincrna.inputs.fastqc import FastqcReport
from bioloom.run.language import mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STAGES: Mapping[str, str] = {
    "raw": mark("before trimming"),
    "trimmed": mark("after trimming"),
}
MOST_BANDS = 4
MOST_NAMED = 20
"""Samples with a colour of their own; of more, only the worst have one."""
N_WORST = 8
QUIET = "#8A8A8A"


@dataclass(frozen=True, slots=True)
class QualityLine:
    """A file of reads as a line: its sample, part (mate, lane), stage and numbers."""

    sample: str
    part: str
    stage: str
    report: FastqcReport


class _Points(NamedTuple):
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    x_label: str
    points: Callable[[FastqcReport], _Points]
    at_least: float = 0
    """The vertical axis reaches at least as far, so that small numbers look small."""


def _quality(report: FastqcReport) -> _Points:
    return _Points(
        [row.middle for row in report.quality], [row.mean for row in report.quality]
    )


def _gc(report: FastqcReport) -> _Points:
    total = sum(report.gc) or 1
    return _Points(range(len(report.gc)), [100 * n / total for n in report.gc])


def _adapters(report: FastqcReport) -> _Points:
    places, shares = zip(*report.adapters, strict=True) if report.adapters else ((), ())
    return _Points(places, shares)


def _duplication(report: FastqcReport) -> _Points:
    shares = [share for _, share in report.duplication]
    return _Points(range(len(shares)), shares)


_PANELS = (
    _Panel(mark("Mean quality, Phred"), mark("position in the read, nt"), _quality, 40),
    _Panel(mark("Reads, %, by their GC"), mark("GC of the read, %"), _gc),
    _Panel(
        mark("Adapters (share of reads, %)"),
        mark("position in the read, nt"),
        _adapters,
        5,
    ),
    _Panel(
        mark("Reads, %, by copies"), mark("copies of the sequence"), _duplication, 100
    ),
)


def quality_figure(lines: Sequence[QualityLine]) -> "Figure":
    """Quality, GC, adapters and duplication, a column before and one after trimming.

    Parameters
    ----------
    lines
        One or more for each sample and stage.
    """
    stages = [stage for stage in STAGES if any(line.stage == stage for line in lines)]
    colours = sample_colours(lines)
    with style():
        figure = new_figure(7.2, 8.4)
        grid = figure.subplots(
            len(_PANELS), len(stages), sharex="row", sharey="row", squeeze=False
        )
        for panel, row in zip(_PANELS, grid, strict=True):
            for stage, axes in zip(stages, row, strict=True):
                shown = [line for line in lines if line.stage == stage]
                _draw(axes, panel, shown, colours)
                axes.set_xlabel(wording(panel.x_label))
            row[0].set_ylabel(wording(panel.title))
            bottom, top = row[0].get_ylim()
            row[0].set_ylim(0, max(top, panel.at_least))
        for stage, axes in zip(stages, grid[0], strict=True):
            axes.set_title(wording(STAGES[stage]))
        _legend(figure, lines, colours)
    return figure


def sample_colours(lines: Sequence[QualityLine]) -> dict[str, str]:
    """Colour of each sample; of many only the worst by quality have their own."""
    names = [*dict.fromkeys(line.sample for line in lines)]
    if len(names) > MOST_NAMED:
        names.sort(key=lambda name: min(_mean(x) for x in lines if x.sample == name))
        names = names[:N_WORST]
    colours = distinct_colours([*PALETTE.values()][:7], len(names))
    own = dict(zip(names, colours, strict=True))
    return {line.sample: own.get(line.sample, QUIET) for line in lines}


def _mean(line: QualityLine) -> float:
    values = [row.mean for row in line.report.quality]
    return sum(values) / len(values)


def _draw(
    axes: "Axes",
    panel: _Panel,
    lines: Sequence[QualityLine],
    colours: Mapping[str, str],
) -> None:
    for line in lines:
        colour, x_y = colours[line.sample], panel.points(line.report)
        dashes = "--" if line.part.endswith("R2") else "-"
        axes.plot(*x_y, color=colour, linestyle=dashes, linewidth=1.1)
        if panel.points is _quality and len(lines) <= MOST_BANDS:
            rows = line.report.quality
            axes.fill_between(
                x_y.x,
                [row.lower_quartile for row in rows],
                [row.upper_quartile for row in rows],
                color=colour,
                alpha=0.12,
                linewidth=0,
            )
    if panel.points is _duplication and lines:
        levels = [level for level, _ in lines[0].report.duplication]
        axes.set_xticks(range(len(levels)), levels, rotation=90, fontsize=7)


def _legend(
    figure: "Figure", lines: Sequence[QualityLine], colours: Mapping[str, str]
) -> None:
    from matplotlib.lines import Line2D

    named = {name: colour for name, colour in colours.items() if colour != QUIET}
    handles = [
        Line2D([], [], color=colour, label=name) for name, colour in named.items()
    ]
    n_others = len(colours) - len(named)
    if n_others:
        label = wording(f"{n_others} other samples")
        handles.append(Line2D([], [], color=QUIET, label=label))
    if any(line.part.endswith("R2") for line in lines):
        handles.append(
            Line2D(
                [], [], color="#444444", linestyle="--", label=wording("second mate")
            )
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8)
