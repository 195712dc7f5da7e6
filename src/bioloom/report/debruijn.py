"""The page of a graph of reads, or of an assembly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.report.frames import file_table
from bioloom.report.parts import Picture, inline_svg
from bioloom.report.run import Content, write_run_pages
from bioloom.run.language import tr

if TYPE_CHECKING:
    from bioloom.debruijn.output.page import PageFigure, ReadsPage


def write_report(make: Callable[[], ReadsPage], out: Path) -> Path:
    """Write the pages: figures and the tables of the run folder.

    Parameters
    ----------
    make
        Gives what they show, in the language in force.
    out
        Run folder.

    Returns
    -------
    The English page.
    """
    return write_run_pages(lambda: _content(make()), out, room="debruijn")


def _content(page: ReadsPage) -> Content:
    return Content(
        room="debruijn",
        kind=page.kind,
        title=page.title,
        lead=page.lead,
        pictures=list(map(_picture, page.figures)),
        tables=[
            file_table(table.name, table.meaning, table.frame) for table in page.tables
        ],
    )


def _picture(figure: PageFigure) -> Picture:
    name = f"{figure.name}-figure"
    svg = inline_svg(
        figure.svg,
        name=f"{name}-svg",
        title=figure.title,
        description=figure.caption,
    )
    files = [f"./figures/{figure.name}{ending}" for ending in (".svg", ".png")]
    caption = tr("{title}. {meaning}", title=figure.title, meaning=figure.caption)
    return Picture(name, svg, caption, files)
