"""The frame that the pages of all rooms share: one file that needs nothing else.

A room gives a template that extends ``page.html`` and the values it shows. Every value
is escaped unless it is `Markup`, which only figures and workings are: their own makers
escape them. A content security policy forbids the page to load anything from elsewhere.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import bioloom
from bioloom.report.parts import Picture, marked, path_link, stored
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
_PLAIN_NAMES = frozenset(("run", "out", "output", "outputs", "result", "results"))
_EXPLAINING = {"backprop": "trace"}  # of rooms whose command has another name


def kind_of_run(kind: str, name: str) -> str:
    """What a page shows, and the name of its run's folder, if that says anything."""
    if name.lower() in _PLAIN_NAMES:
        return kind
    return tr("{kind}, run {name}", kind=kind, name=name)


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
