"""Words of figures in the language of a page: a figure's file is English.

In files words are paths, which look alike wherever they are shown. Chinese glyphs would
need a font where the figure is drawn, and most servers have none; whoever reads the
page has one. So what is bioloom's own in a figure (`bioloom.draw.wording`) becomes text
in the page, in its place; numbers and names from data stay paths.
"""

import re
from html import unescape

from markupsafe import escape

from bioloom.run.language import language_in_force, mark, tr
from bioloom.run.phrases import told

FONTS = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
"""Fonts of Chinese words, the last being the reader's own choice."""
_SENSES = {  # words that mean something else in a table or an error
    "true": mark("true class"),
    "training": mark("training pictures"),
    "validation": mark("validation pictures"),
    "loss": mark("loss, in a figure"),
    "sites": mark("sites, in a figure"),
    "seed": mark("seed of a site"),
    " guessing": mark("guessing, in a figure"),
    "features": mark("features, in a figure"),
    "scores": mark("scores, in a figure"),
    "model ": mark("model, in a figure"),
}
_UNITS = 100  # of a text's glyphs, to the size of its font
_PER_UNIT = 64  # of a glyph's path
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_INSIDE = r"(?:(?!</g>).)*"
_LINE = rf"<!-- (?:(?!-->).)* -->\s*<g [^>]*>{_INSIDE}</g>\s*"
_GROUND = rf'(?:<g id="patch_{_INSIDE}</g>\s*)?'  # behind a label
_WORDING = re.compile(
    rf'(?P<start><g id="own-(?P<aligned>\w+)-\d+">\s*{_GROUND})'
    rf"(?P<lines>(?:{_LINE})+)</g>",
    re.DOTALL,
)
_PARTS = re.compile(
    r'<!-- (.*?) -->\s*<g (?:style="([^"]*)" )?transform="([^"]*) scale\(([\d.]+) .*?">'
    rf"({_INSIDE})</g>",
    re.DOTALL,
)
_GLYPH = re.compile(
    r'<path id="([^"]*)" d="([^"]*)" transform="scale\(0\.015625\)"/>', re.DOTALL
)
_USED = re.compile(r'<use xlink:href="#([^"]*)"(?: transform="translate\(([\d.-]+))?')
_NUMBER_FIRST = re.compile(r"([\d,.]+) (.+)", re.DOTALL)
_X = re.compile(r"(-?[\d.]+) -?[\d.]+\s")


def in_language(svg: str) -> str:
    """An SVG with bioloom's own words in the language in force.

    Parameters
    ----------
    svg
        As `bioloom.draw.to_svg` makes it, its ids unchanged.

    Returns
    -------
    The same text in English. Else words that the catalogues have are text elements of
    the same place, size, colour and direction, aligned as the paths were.
    """
    if language_in_force() == "en":
        return svg
    glyphs = dict(_GLYPH.findall(svg))
    shown, n_told = _WORDING.subn(lambda found: _told(found, glyphs), svg)
    if not n_told:
        return svg
    shown = _with_glyphs(shown, glyphs)
    return shown.replace("<svg ", f'<svg font-family="{FONTS}" ', 1)


def words_of(text: str) -> str:
    """A figure's words in the language in force; a number before them stays."""
    if text in _SENSES:
        return tr(_SENSES[text])
    words, number = told(text), _NUMBER_FIRST.fullmatch(text)
    if words == text and number:
        return f"{number[1]} {told(number[2])}"
    return words


def _told(found: re.Match[str], glyphs: dict[str, str]) -> str:
    parts = _PARTS.findall(found["lines"])
    text = "\n".join(unescape(part[0]) for part in parts)
    words = words_of(text)
    lines = words.split("\n")
    if words == text or len(lines) != len(parts):
        return found[0]
    anchor = _ANCHORS[found["aligned"]]
    shown = (
        _line(line, part, anchor, glyphs)
        for line, part in zip(lines, parts, strict=True)
    )
    return f"{found['start']}{''.join(shown)}</g>"


def _line(
    words: str, part: tuple[str, ...], anchor: str, glyphs: dict[str, str]
) -> str:
    """One line as text; a blank at an end keeps its width."""
    _, style, place, scale, drawn = part
    size = _UNITS * float(scale)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    x = share * float(scale) * _width(drawn, glyphs)
    weight = ' font-weight="bold"' if "-Bold-" in drawn else ""
    shown = escape(words.replace(" ", "\xa0") if words != words.strip() else words)
    return (
        f'<text style="{style}" transform="{place}" x="{x:.2f}" font-size="{size:g}" '
        f'text-anchor="{anchor}"{weight}>{shown}</text>'
    )


def _width(drawn: str, glyphs: dict[str, str]) -> float:
    """How far a line of glyphs reaches, in the units of its text."""
    last, before = _USED.findall(drawn)[-1]
    edges = [float(x) for x in _X.findall(glyphs.get(last, ""))]
    return float(before or 0) + max(edges, default=0.0) / _PER_UNIT


def _with_glyphs(svg: str, glyphs: dict[str, str]) -> str:
    """An SVG with the glyphs that it uses and that went with words replaced."""
    kept = dict(_GLYPH.findall(svg))
    used = dict.fromkeys(name for name, _ in _USED.findall(svg))
    lost = [name for name in used if name in glyphs and name not in kept]
    paths = "".join(
        f'<path id="{name}" d="{glyphs[name]}" transform="scale(0.015625)"/>'
        for name in lost
    )
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + (f"<defs>{paths}</defs>" if paths else "") + svg[end:]
