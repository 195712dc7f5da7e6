"""What pages are made of: tables, figures, folds, and messages as HTML."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from bioloom.report.figure_colours import follow_page
from bioloom.report.figure_words import in_language
from bioloom.run import phrases
from bioloom.run.language import HTML_TAGS, language_in_force, tr

_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_SIZE = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"')
_MOST_ENLARGED = 2.3  # px of a point: a figure's usual 7.2 inches fill 1280 px
_ID = re.compile(r'(\bid="|href="#|url\(#)')
# what a message may hold: code, what stands out, a link within the page
_MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\[\[(#[\w-]+)\|([^\[\]|]+)\]\]"), r'<a href="\1">\2</a>'),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    label
        Its heading.
    meaning
        Shown when the pointer rests on the heading.
    is_number
        Whether it is aligned to the right and sorted by size.
    """

    label: str
    meaning: str = ""
    is_number: bool = False


def told(*columns: Column) -> list[Column]:
    """Columns whose words are messages, in the language in force."""
    return [
        replace(column, label=tr(column.label), meaning=tr(column.meaning))
        for column in columns
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table.

    Parameters
    ----------
    text
        As shown; empty where there is none.
    key
        What it is sorted by, where that is not the text.
    href
        Where it leads: ``#id`` or a path beside the page.
    kind
        Class for its looks, e.g. "known", "pass".
    is_english
        Whether it is a sentence that was stored in English.
    """

    text: str
    key: float | str | None = None
    href: str = ""
    kind: str = ""
    is_english: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its id in the page, and its first cell as its heading."""

    cells: Sequence[Cell]
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption.

    Parameters
    ----------
    name
        Its id, unique in the page.
    caption
        What it holds.
    columns, rows
        Headings and values.
    is_sortable, is_searchable
        Whether the page's script sorts its rows, and searches them.
    meaning
        More of the caption, as the README of the tables has it, in English.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    is_sortable: bool = False
    is_searchable: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: its SVG, what it says in words, its caption and its files.

    `plot` is of `bioloom.report.plots.plot_of`; None for a figure that is only drawn.
    """

    name: str
    svg: Markup
    caption: str
    files: Sequence[str] = ()
    plot: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that can be unfolded.

    Parameters
    ----------
    name
        Its id in the page.
    summary
        The line that is always visible.
    body
        HTML that shows when it is open.
    row_id
        Row of a table that it belongs to: hidden by search when the row is.
    """

    name: str
    summary: str
    body: Markup
    row_id: str = ""


def without_empty_columns(table: Table) -> Table:
    """A table without the columns in which no row has a value."""
    filled = [
        place
        for place, _ in enumerate(table.columns)
        if not table.rows or any(row.cells[place].text for row in table.rows)
    ]
    rows = [replace(row, cells=[row.cells[x] for x in filled]) for row in table.rows]
    return replace(table, columns=[table.columns[x] for x in filled], rows=rows)


def number(value: float, *, decimals: int = 0, unit: str = "") -> Cell:
    """A number with its thousands apart, sorted by its full value; "" for NaN."""
    if math.isnan(value):
        return Cell("")
    # 200 and 200.0 are one number, and a page must not tell which it was
    key = int(value) if float(value).is_integer() else float(value)
    return Cell(f"{value:,.{decimals}f} {unit}".strip(), key=key)


def path_link(*parts: str) -> str:
    """A path beside the page as a link: quoted, and never taken for an address."""
    return "./" + "/".join(quote(part, safe="") for part in parts)


def marked(text: str) -> Markup:
    """A message as HTML: `` `code` ``, ``**what stands out**``, ``[[#id|link]]``.

    Examples
    --------
    >>> print(marked("**1 < 2**, see `x.tsv`"))
    <strong>1 &lt; 2</strong>, see <code>x.tsv</code>
    """
    html = str(escape(text))
    for mark, tag in _MARKS:
        html = mark.sub(tag, html)
    return Markup(html)  # noqa: S704 (escaped above)


def stored(text: str) -> Markup:
    """A sentence that a run stored in English.

    It is given in the language in force if a catalogue has it or the phrase that it is
    made from; else it is told to be English, so that it is read out as such.
    """
    words = tr(text)
    if words == text:
        words = phrases.told(text)
    html = marked(words)
    if words != text or language_in_force() == "en" or not text:
        return html
    return Markup('<span lang="{}">{}</span>').format(HTML_TAGS["en"], html)


def inline_svg(svg: str, *, name: str, title: str, description: str) -> Markup:
    """A figure's SVG for use inside a page, light or dark.

    Parameters
    ----------
    svg
        As `bioloom.draw.to_svg` makes it.
    name
        Prefix of its ids, so that figures of one page do not clash.
    title, description
        Read out by screen readers in its place.
    """
    body = _ID.sub(rf"\g<1>{name}-", follow_page(in_language(_METADATA.sub("", svg))))
    body = _SIZE.sub(_bounded, body, count=1)
    names = f"{name}-title {name}-desc"
    body = body.replace("<svg ", f'<svg role="img" aria-labelledby="{names}" ', 1)
    labels = (
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )
    end = body.index(">") + 1
    return Markup(body[:end] + labels + body[end:])  # noqa: S704 (escaped above)


def _bounded(match: re.Match[str]) -> str:
    """A width of what can still be read or more, up to the page's and the screen's."""
    width, height = float(match[2]), float(match[3])
    most = f"min({_MOST_ENLARGED * width:.0f}px, {110 * width / height:.0f}vh)"
    style = f"width: max({1.2 * width:.0f}px, {most}); min-width: {width:.0f}px"
    return f'{match[1]}style="{style}"'
