"""The frame that the pages of all rooms share: one file that needs nothing else.

A room gives a template that extends ``page.html`` and the values it shows. Every value
is escaped unless it is `Markup`, which only figures and workings are: their own makers
escape them. A content security policy forbids the page to load anything from elsewhere.
"""

import base64
import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import bioloom
from bioloom.report.figure_colours import follow_page
from bioloom.report.figure_words import in_language
from bioloom.run import phrases
from bioloom.run.language import (
    HTML_TAGS,
    LANGUAGES,
    Language,
    language_in_force,
    tr,
    use_language,
)
from bioloom.run.output import write_text

_TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent / "assets"
"""Third-party programs in pages, and their licences."""
TABLES = ("tabulator.min.js", "tables.js", "page.js")
"""The scripts that sort, filter and search tables, and open what is folded."""
PLOTS = ("uplot.iife.min.js", "plots.js")
PLOT_STYLES = ("uplot.min.css", "plots.css")
"""Of pages that have interactive figures."""


def page_names(stem: str) -> Mapping[Language, str]:
    """Names of a page in each language."""
    return {"en": f"{stem}.html", "zh": f"{stem}.zh.html"}


def other_names(
    names: Mapping[Language, str], language: Language
) -> Mapping[Language, str]:
    """Names of a page in the languages that are not this one."""
    return {other: name for other, name in names.items() if other != language}


PAGES = page_names("report")
"""Pages of a run folder: the same in each language."""
_OWN_NAMES: Mapping[Language, str] = {"en": "English", "zh": "中文"}
_EXPLAINING = {"backprop": "trace"}  # of rooms whose command has another name
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


def write_page(
    path: Path,
    template: str,
    *,
    scripts: Sequence[str] = TABLES,
    language: Language = "en",
    room: str = "",
    **values: Any,
) -> Path:
    """Fill a template that extends ``page.html`` and write the page.

    Parameters
    ----------
    path
        File to write.
    template
        Name of the room's template.
    scripts
        Files of the page's script, in order; by default those that sort, filter and
        search tables.
    language
        Of its own words; those of the values are their makers'.
    room
        Whose lesson its foot names; empty for none.
    values
        What it shows; the frame itself needs `title` and `lead`.
    """
    text = render(template, scripts=scripts, language=language, room=room, **values)
    write_text(path, text)
    return path


def write_pages(
    out: Path,
    template: str,
    make_values: Callable[[], Mapping[str, Any]],
    *,
    scripts: Sequence[str] = TABLES,
    room: str = "",
    names: Mapping[Language, str] = PAGES,
) -> Path:
    """Write pages, one in each language, that link to each other.

    Parameters
    ----------
    out
        Their folder.
    make_values
        Gives what the page shows, in the language in force. It is asked once for each
        language; what is dear and has no words, it should keep.
    template, scripts, room
        As for `write_page`.
    names
        Of the pages; by default those of a run folder.

    Returns
    -------
    The English page.
    """
    for language in LANGUAGES:
        with use_language(language):
            text = render(
                template,
                scripts=scripts,
                language=language,
                room=room,
                others=other_names(names, language),
                **make_values(),
            )
            write_text(out / names[language], text)
    return out / names["en"]


def render(
    template: str,
    *,
    scripts: Sequence[str] = TABLES,
    language: Language = "en",
    room: str = "",
    others: Mapping[Language, str] = MappingProxyType({}),
    **values: Any,
) -> str:
    """A page as text; `others` are the pages beside it, by their languages."""
    plots = _plot_scripts() if _has_plot(values) else []
    script = "\n".join([*map(_source, scripts), *plots])
    with use_language(language):
        return (
            template_environment()
            .get_template(template)
            .render(
                values,
                **_frame(room),
                others=[
                    {
                        "lang": HTML_TAGS[other],
                        "href": path_link(name),
                        "name": _OWN_NAMES[other],
                    }
                    for other, name in others.items()
                ],
                room=room,
                style=Markup(_styles(PLOT_STYLES if plots else ())),  # noqa: S704 (ours)
                script=Markup(script),  # noqa: S704 (ours)
                script_hash=content_hash(script),
            )
        )


def page_style() -> str:
    """The style sheet of every page."""
    return _source("page.css")


def _styles(more: Sequence[str]) -> str:
    return "\n".join([page_style(), *map(_source, more)])


def _plot_scripts() -> list[str]:
    """UPlot with its licence, and what makes plots with it."""
    licence = asset("LICENSE-uplot.txt")
    return [f"/*\n{licence}\n*/", *map(_source, PLOTS)]


def _has_plot(value: object) -> bool:
    """Whether a figure among what a page shows is interactive."""
    if isinstance(value, Picture):
        return value.plot is not None
    if isinstance(value, Mapping):
        return any(map(_has_plot, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_plot, value))
    return any(map(_has_plot, getattr(value, "pictures", ())))  # a part of a page


def content_hash(text: str) -> str:
    """A script or style as a content security policy names it: SHA-256 in Base64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _frame(room: str) -> dict[str, str]:
    """Words of the frame."""
    return {
        "language": HTML_TAGS[language_in_force()],
        "skip": tr("Skip to the result"),
        "footer": tr(
            "Written by bioloom {version}. This page needs no network; links lead "
            "to files beside it.",
            version=bioloom.__version__,
        ),
        "lesson": tr(
            "What is behind such numbers, step by step on small examples and with "
            "parts to move, is in a lesson of one file:"
        ),
        "player": tr(
            "The working behind one result can be played too. Save it with {command}:",
            command=f"`bioloom {room} {_EXPLAINING.get(room, 'explain')} … --json`",
        ),
    }


def _table_words() -> dict[str, Any]:
    """What the script of tables says, for it to read from the page."""
    return {
        "lang": HTML_TAGS[language_in_force()],
        "words": {
            "filters": tr("Filter columns"),
            "filter": tr("Filter {column}", column="{column}"),
            "contains": tr("contains"),
            "columns": tr("Columns"),
            "copy": tr("Copy"),
            "copied": tr("Copied"),
            "csv": tr("Download CSV"),
            "nothing": tr("No row fits."),
        },
    }


def _part_words() -> dict[str, str]:
    """Words of tables and figures, in the language in force; gaps stay for the page."""
    return {
        "search": tr("Search"),
        "rows": tr("{n} rows", n="{n}"),
        "found": tr("{found} of {n} rows", found="{found}", n="{n}"),
        "files": tr(" Files: "),
        "next_file": tr(", "),
        "end": tr("."),
        "figure": tr("{name} figure", name="{name}"),
        "epochs": tr("Numbers of each epoch"),
    }


@cache
def template_environment(folder: Path = _TEMPLATES) -> Environment:
    """Templates of a folder, by default those of the reports."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marked"] = marked
    environment.filters["stored"] = stored
    environment.globals["part_words"] = _part_words
    environment.globals["table_words"] = _table_words
    return environment


def asset(name: str) -> str:
    """A third-party program, or its licence, as text."""
    return (ASSETS / name).read_text("utf-8").rstrip("\n")


def _source(name: str) -> str:
    path = _TEMPLATES / name
    return path.read_text("utf-8").rstrip("\n") if path.exists() else asset(name)
