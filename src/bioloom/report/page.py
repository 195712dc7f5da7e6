"""The frame that the pages of all rooms share: one file that needs nothing else.

A room gives a template that extends ``page.html`` and the values it shows. Every value
is escaped unless it is `Markup`, which only figures and workings are: their own makers
escape them. A content security policy forbids the page to load anything from elsewhere.
"""

import base64
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import bioloom
from bioloom.run.language import HTML_TAGS, Language, tr, use_language
from bioloom.run.output import write_text

_TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent / "assets"
"""Third-party programs in pages, and their licences."""
TABLES = ("page.js",)
"""The script that sorts and searches tables."""
_EXPLAINING = {"backprop": "trace"}  # of rooms whose command has another name
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_SIZE = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"')
_ID = re.compile(r'(\bid="|href="#|url\(#)')


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
    """

    text: str
    key: float | str | None = None
    href: str = ""
    kind: str = ""


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
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    is_sortable: bool = False
    is_searchable: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: its SVG, what it says in words, its caption and its files."""

    name: str
    svg: Markup
    caption: str
    files: Sequence[str] = ()


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


def inline_svg(svg: str, *, name: str, title: str, description: str) -> Markup:
    """A figure's SVG for use inside a page.

    Parameters
    ----------
    svg
        As `bioloom.draw.to_svg` makes it.
    name
        Prefix of its ids, so that figures of one page do not clash.
    title, description
        Read out by screen readers in its place.
    """
    body = _ID.sub(rf"\g<1>{name}-", _METADATA.sub("", svg))
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
    """A width in pixels between what can still be read and half as much more."""
    points = float(match[2])
    style = f"width: {1.5 * points:.0f}px; min-width: {points:.0f}px"
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
        Files of the page's script, in order; by default the one that sorts and searches
        tables.
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


def render(
    template: str,
    *,
    scripts: Sequence[str] = TABLES,
    language: Language = "en",
    room: str = "",
    **values: Any,
) -> str:
    """A page as text."""
    script = "\n".join(map(_source, scripts))
    return (
        template_environment()
        .get_template(template)
        .render(
            values,
            **_frame(language, room),
            room=room,
            style=Markup(page_style()),  # noqa: S704 (ours)
            script=Markup(script),  # noqa: S704 (ours)
            script_hash=content_hash(script),
        )
    )


def page_style() -> str:
    """The style sheet of every page."""
    return _source("page.css")


def content_hash(text: str) -> str:
    """A script or style as a content security policy names it: SHA-256 in Base64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _frame(language: Language, room: str) -> dict[str, str]:
    """Words of the frame."""
    with use_language(language):
        return {
            "language": HTML_TAGS[language],
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
                "The working behind one result can be played too. Save it with "
                "{command}:",
                command=f"bioloom {room} {_EXPLAINING.get(room, 'explain')} … --json",
            ),
        }


@cache
def template_environment(folder: Path = _TEMPLATES) -> Environment:
    """Templates of a folder, by default those of the reports."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def asset(name: str) -> str:
    """A third-party program, or its licence, as text."""
    return (ASSETS / name).read_text("utf-8").rstrip("\n")


def _source(name: str) -> str:
    path = _TEMPLATES / name
    return path.read_text("utf-8").rstrip("\n") if path.exists() else asset(name)
