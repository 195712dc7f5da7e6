"""A page of figures, a working and tables, for rooms that need no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bioloom.explain import Explanation
from bioloom.report.page import write_page, write_pages
from bioloom.report.parts import Picture, Table
from bioloom.run.language import language_in_force, tr


@dataclass(frozen=True, slots=True)
class Content:
    """What such a page shows.

    Parameters
    ----------
    kind, title
        What it is, and of what, or its result in a few words.
    room
        Whose result it is.
    lead
        The result in a sentence, where the title does not say it.
    pictures, tables
        In order; a table has its caption.
    working
        The working, if the page shows one.
    notes
        What was decided, in sentences stored in English.
    """

    kind: str
    title: str
    room: str
    lead: str = ""
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    working: Explanation | None = None
    notes: Sequence[str] = ()


def write_run_page(content: Content, path: Path) -> Path:
    """Write the page, its headings in the language in force; the path."""
    return write_page(
        path,
        "run.html",
        language=language_in_force(),
        room=content.room,
        **_values(content),
    )


def write_run_pages(make: Callable[[], Content], out: Path, *, room: str) -> Path:
    """Write the pages of a run folder, one in each language; the English one.

    Parameters
    ----------
    make
        Gives the content in the language in force.
    out
        Run folder.
    room
        Whose result it is.
    """
    return write_pages(out, "run.html", lambda: _values(make()), room=room)


def _values(content: Content) -> dict[str, Any]:
    explanation = content.working
    return {
        "kind": content.kind,
        "title": content.title,
        "lead": content.lead,
        "notes": content.notes,
        "words": {
            "sections": tr("Sections"),
            "figures": tr("Figures"),
            "working": tr("The working"),
            "tables": tr("Tables"),
        },
        "pictures": content.pictures,
        "tables": content.tables,
        # to_html escapes every string
        "working": Markup(explanation.to_html()) if explanation else "",  # noqa: S704
    }
