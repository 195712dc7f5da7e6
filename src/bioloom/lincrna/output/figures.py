"""The attrition figure: from all transcripts down to the candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.draw import PALETTE, new_figure, style, wording
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.attrition import AttritionStep, attrition, criteria_of
from bioloom.lincrna.verdict.criteria import NOT_NEEDED, Judgement
from bioloom.lincrna.verdict.judged import LOCUS, Judged
from bioloom.run.language import tr, use_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KNOWN, NOVEL = PALETTE["blue"], PALETTE["orange"]
QUIET = "#666666"

# Geometry of the flow, in inches: widths are counts, heights are only room for words.
_WIDTH, _HEAD, _ROW, _FOOT = 5.9, 0.78, 0.55, 0.7
_BAND, _BAND_WIDTH, _BRANCH = 0.75, 1.6, 2.7
_BEND, _LEAD = 0.30, 0.18


@dataclass(frozen=True, slots=True)
class Stage:
    """One criterion in the flow of transcripts.

    Parameters
    ----------
    criterion
        Its name; "locus" for transcripts dropped because another isoform fails.
    n_known, n_novel
        Transcripts that reach it.
    dropped_known, dropped_novel
        Of these, dropped here.
    is_judged
        False where no transcript could be judged by it.
    """

    criterion: str
    n_known: int
    n_novel: int
    dropped_known: int
    dropped_novel: int
    is_judged: bool = True

    @property
    def n_dropped(self) -> int:
        """Dropped here, of either origin."""
        return self.dropped_known + self.dropped_novel

    @property
    def n_after(self) -> int:
        """Left, of either origin."""
        return self.n_known + self.n_novel - self.n_dropped


def flow(rows: Sequence[Judged]) -> tuple[Stage, ...]:
    """The attrition of transcripts, known and novel side by side."""
    steps: dict[str, dict[str, AttritionStep]] = {}
    for step in attrition(rows):
        if step.level == "transcript":
            steps.setdefault(step.criterion, {})[step.origin] = step
    unjudged = not_judged(rows)
    return tuple(
        Stage(
            criterion=name,
            n_known=by_origin["known"].n_before,
            n_novel=by_origin["novel"].n_before,
            dropped_known=by_origin["known"].n_dropped,
            dropped_novel=by_origin["novel"].n_dropped,
            is_judged=name not in unjudged,
        )
        for name, by_origin in steps.items()
    )


def not_judged(rows: Sequence[Judged]) -> tuple[str, ...]:
    """Criteria by which no transcript could be judged, in order.

    A transcript that was not searched because it was decided without counts as judged.
    """
    return tuple(
        name
        for name in criteria_of(rows)
        if rows and all(_is_open(row.judgements[name]) for row in rows)
    )


def _is_open(judgement: Judgement) -> bool:
    return judgement.is_passed is None and judgement.note != NOT_NEEDED


def _expression_reason(settings: FilterSettings) -> str:
    reason = tr("expression below {tpm:g} TPM", tpm=settings.min_tpm)
    if settings.min_tpm_mono != settings.min_tpm:
        reason = tr(
            "{reason} (one exon: {tpm:g})", reason=reason, tpm=settings.min_tpm_mono
        )
    if settings.min_samples > 1:
        reason = tr("{reason} in {n} samples", reason=reason, n=settings.min_samples)
    return reason


def _distance_reason(settings: FilterSettings) -> str:
    one, several = settings.mono_gap_nt, settings.gap_multi_nt
    if one == several:
        return tr("coding gene within {gap:,} nt", gap=one)
    if not several:
        return tr("coding gene within {gap:,} nt (one exon)", gap=one)
    return tr(
        "coding gene within {one:,} nt (one exon), {several:,} nt (several)",
        one=one,
        several=several,
    )


def _coding_reason(settings: FilterSettings) -> str:
    threshold = settings.coding_threshold
    if threshold is None:
        return tr("coding probability")
    return tr("coding probability of {least:.3g} or more", least=threshold)


def drop_reasons(settings: FilterSettings) -> Mapping[str, str]:
    """Why each criterion drops a transcript, with the threshold, in a few words.

    In the language in force.
    """
    return {
        "intergenic": tr("overlap with a coding gene"),
        "distance": _distance_reason(settings),
        "length": tr("length of {most:,} nt or less", most=settings.min_length_nt),
        "orf": tr("ORF of {least:,} aa or more", least=settings.orf_limit_aa),
        "coding": _coding_reason(settings),
        "housekeeping": tr("overlap with a housekeeping RNA"),
        "pseudogene": tr("shared exonic bases with a pseudogene"),
        "repeat": tr(
            "{least:.0%} or more of it transposable element",
            least=settings.repeat_fraction,
        ),
        "domain": tr("known protein domain"),
        "homology": tr("likeness to a known protein"),
        "expression": _expression_reason(settings),
        "junctions": tr(
            "a junction under {least:,} reads", least=settings.min_junction_reads
        ),
        LOCUS: tr("failing isoform in the same locus"),
    }


def attrition_figure(result: FilterResult) -> "Figure":
    """Draw the attrition, from all transcripts down to the candidates.

    The band is as wide as what is left; at each criterion a branch as wide as what is
    dropped leaves it to the right. Known transcripts are blue, novel ones orange.
    """
    stages = flow(result.rows)
    height = _HEAD + _ROW * len(stages) + _FOOT
    with use_language("en"):  # the fonts of a figure may have no Chinese
        reasons = drop_reasons(result.settings)
    scale = _BAND_WIDTH / max(len(result.rows), 1)
    with style():
        figure = new_figure(_WIDTH, height)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set(xlim=(0, _WIDTH), ylim=(-height, 0))
        _head(axes, stages[0], scale=scale)
        for number, stage in enumerate(stages):
            top = -_HEAD - number * _ROW
            _stage(axes, stage, top=top, scale=scale)
            _stage_words(axes, stage, top=top, reason=reasons[stage.criterion])
        _foot(axes, stages[-1], top=-_HEAD - len(stages) * _ROW, scale=scale)
    return figure


def _head(axes: "Axes", first: Stage, *, scale: float) -> None:
    """Title, key, and the band as wide as all transcripts."""
    n_all = first.n_known + first.n_novel
    title = wording(f"{n_all:,} transcripts")
    axes.text(0, -0.18, title, va="center", size=12, weight="bold")
    for x, colour, words in (
        (_BRANCH, KNOWN, wording(f"{first.n_known:,} known")),
        (_BRANCH + 1.45, NOVEL, wording(f"{first.n_novel:,} novel")),
    ):
        axes.fill_between([x, x + 0.16], -0.25, -0.09, color=colour, lw=0)
        axes.text(x + 0.24, -0.18, words, va="center", size=10)
    axes.text(_BAND - 0.12, -0.5, wording("left"), ha="right", va="center", color=QUIET)
    axes.text(_BRANCH, -0.5, wording("dropped"), va="center", color=QUIET)
    start = _BAND
    for width, colour in ((first.n_known, KNOWN), (first.n_novel, NOVEL)):
        ends = [start, start + width * scale]
        axes.fill_between(ends, -_HEAD, -_HEAD + _LEAD, color=colour, lw=0.5)
        start = ends[1]


def _stage(axes: "Axes", stage: Stage, *, top: float, scale: float) -> None:
    """Band and branches of one stage; the branches lie under the band."""
    known, novel = stage.n_known * scale, stage.n_novel * scale
    gone_known, gone_novel = stage.dropped_known * scale, stage.dropped_novel * scale
    kept_known, kept_novel = known - gone_known, novel - gone_novel
    ends = (_BRANCH, _BRANCH + gone_known)
    starts = (_BAND + kept_known, _BAND + known + kept_novel)
    for start, end, width, colour in (
        (starts[0], ends[0], gone_known, KNOWN),
        (starts[1], ends[1], gone_novel, NOVEL),
    ):
        _ribbon(axes, start, end, width, top=top, colour=colour, is_dropped=True)
    for start, end, width, colour in (
        (_BAND, _BAND, kept_known, KNOWN),
        (_BAND + known, _BAND + kept_known, kept_novel, NOVEL),
    ):
        _ribbon(axes, start, end, width, top=top, colour=colour, is_dropped=False)


def _ribbon(
    axes: "Axes",
    start: float,
    end: float,
    width: float,
    *,
    top: float,
    colour: str,
    is_dropped: bool,
) -> None:
    """A ribbon of one width from `start` to `end`, left edges, bending as it falls."""
    if width <= 0:
        return
    part = np.linspace(0, 1, 40)
    left = start + (end - start) * part**2 * (3 - 2 * part)
    y = top - _BEND * part
    if not is_dropped:
        left, y = np.append(left, end), np.append(y, top - _ROW)
    axes.fill_betweenx(
        y,
        left,
        left + width,
        facecolor=colour,
        edgecolor=colour,
        alpha=0.42 if is_dropped else 1.0,
        linewidth=0.5,
        zorder=1 if is_dropped else 2,
    )


def _stage_words(axes: "Axes", stage: Stage, *, top: float, reason: str) -> None:
    below = top - _BEND - 0.05
    if stage.n_dropped:
        n_dropped = f"{stage.n_dropped:,}"
        digits = sum(letter.isdigit() for letter in n_dropped)
        wide_pt = 7 + 6.3 * digits + 3.5 * (len(n_dropped) - digits)
        axes.text(_BRANCH, below, n_dropped, va="top", weight="bold")
        axes.annotate(
            wording(reason),
            (_BRANCH, below),
            xytext=(wide_pt, 0),
            textcoords="offset points",
            va="top",
        )
    else:
        words = wording(
            f"0 {reason}" if stage.is_judged else f"not judged: {stage.criterion}"
        )
        axes.text(_BRANCH, below, words, va="top", color=QUIET)
        axes.plot(
            [_BRANCH - 0.35, _BRANCH - 0.08], [below - 0.08] * 2, color="#CCCCCC", lw=1
        )
    axes.text(
        _BAND - 0.12,
        top - _ROW + 0.12,
        f"{stage.n_after:,}",
        ha="right",
        va="center",
        size=10,
    )


def _foot(axes: "Axes", last: Stage, *, top: float, scale: float) -> None:
    known = last.n_known - last.dropped_known
    novel = last.n_novel - last.dropped_novel
    for start, width, colour in (
        (_BAND, known * scale, KNOWN),
        (_BAND + known * scale, novel * scale, NOVEL),
    ):
        if width:
            tip = [start, start + width, start + width / 2]
            axes.fill(tip, [top, top, top - 0.14], color=colour, lw=0.5)
    axes.text(
        _BAND,
        top - 0.22,
        wording(f"{last.n_after:,} lincRNA candidates"),
        va="top",
        size=12,
        weight="bold",
    )
    origins = wording(f"{known:,} known, {novel:,} novel")
    axes.text(_BAND, top - 0.46, origins, va="top", size=10)
