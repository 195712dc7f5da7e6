"""How a candidate's coding probability comes about, as a waterfall in SVG."""

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from bioloom.lincrna.page.model import LogOdds
from bioloom.run.language import tr
from bioloom.run.words import together

_WIDTH, _LABELS, _VALUES = 760, 250, 64  # of the picture, and of the words beside
_ROW, _BAR, _TOP = 22, 13, 22


def odds_picture(odds: LogOdds, name: str) -> Markup:
    """The waterfall of a transcript, and how to read it.

    Parameters
    ----------
    odds
        What adds up to its log-odds.
    name
        Of the transcript.
    """
    label = tr("Log-odds of {name} being coding", name=name)
    words = tr(
        "Log-odds of being coding, from the model's start to the sum: red parts make "
        "the transcript look more coding, green ones less. 0 is a probability of one "
        "half."
    )
    if odds.threshold is not None:
        limit = tr("Dashed: the threshold, {limit:+.2f}.", limit=odds.threshold)
        words = together([words, limit])
    return (
        Markup(
            '<div class="scroll surroundings" role="region" aria-label="{}" '
            'tabindex="0">'
        ).format(label)
        + odds_svg(odds, label)
        + Markup('</div><p class="quiet">{}</p>').format(words)
    )


def odds_svg(odds: LogOdds, label: str) -> Markup:
    """Draw one bar below the other, each from where the last one ended.

    Parameters
    ----------
    odds
        What to draw.
    label
        For those who cannot see it.
    """
    rows = [*_rows(odds)]
    scale = _Scale(odds)
    height = _TOP + _ROW * len(rows) + 4
    parts = [
        f'<svg class="locus odds" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(label)}">'
    ]
    if odds.threshold is not None:
        x = scale(odds.threshold)
        parts.append(f'<path class="edge" d="M{x:.1f} {_TOP - 4}V{height}"/>')
    for place, bar in enumerate(rows):
        parts += _bar_svg(scale, bar, _TOP + _ROW * place)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 (every text is escaped)


class _Bar(NamedTuple):
    """What it is of, from where to where it goes, and its class for its colour."""

    words: str
    begin: float
    end: float
    kind: str


def _rows(odds: LogOdds) -> Iterator[_Bar]:
    yield _Bar(tr("start of the model"), 0.0, odds.start, "other")
    at = odds.start
    for group, part in odds.parts.items():
        yield _Bar(group, at, at + part, "rejected" if part > 0 else "candidate")
        at += part
    yield _Bar(tr("sum"), 0.0, odds.end, "shown")


class _Scale:
    """Places of log-odds in the picture."""

    def __init__(self, odds: LogOdds) -> None:
        ends = [end for bar in _rows(odds) for end in (bar.begin, bar.end)]
        ends += [0.0] if odds.threshold is None else [0.0, odds.threshold]
        self.low, self.high = min(ends), max(ends)

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1)
        return _LABELS + share * (_WIDTH - _LABELS - _VALUES)


def _bar_svg(scale: _Scale, bar: _Bar, top: int) -> Iterator[str]:
    left, right = sorted((scale(bar.begin), scale(bar.end)))
    middle = top + _ROW / 2
    words = f'<text x="0" y="{middle + 4:.1f}">{escape(bar.words)}</text>'
    yield f'<g class="{bar.kind}">{words}'
    yield (
        f'<rect x="{left:.1f}" y="{middle - _BAR / 2:.1f}" '
        f'width="{max(right - left, 1):.1f}" height="{_BAR}"/>'
    )
    value = f"{bar.end - bar.begin:+.2f}"
    yield f'<text x="{right + 6:.1f}" y="{middle + 4:.1f}">{value}</text></g>'
