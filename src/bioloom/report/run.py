"""A page of figures, a working and tables, for rooms that need no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from bioloom.explain import Explanation
from bioloom.report.page import Picture, Table, write_page
from bioloom.run.language import language_in_force, tr


@dataclass(frozen=True, slots=True)
class Content:
    """What such a page shows.

    Parameters
    ----------
    kind, title, lead
        What it is, of what, and the result in a sentence.
    room
        Whose result it is.
    pictures, tables
        In order; a table has its caption.
    working
        The working, if the page shows one.
    """

    kind: str
    title: str
    lead: str
    room: str
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    working: Explanation | None = None


def write_run_page(content: Content, path: Path) -> Path:
    """Write the page, its headings in the language in force; the path."""
    explanation = content.working
    return write_page(
        path,
        "run.html",
        language=language_in_force(),
        room=content.room,
        kind=content.kind,
        title=content.title,
        lead=content.lead,
        words={
            "sections": tr("Sections"),
            "figures": tr("Figures"),
            "working": tr("The working"),
            "tables": tr("Tables"),
        },
        pictures=content.pictures,
        tables=content.tables,
        # to_html escapes every string
        working=Markup(explanation.to_html()) if explanation else "",  # noqa: S704
    )
