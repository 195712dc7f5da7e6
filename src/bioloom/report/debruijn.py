"""The page of a graph of reads, or of an assembly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.report.frames import file_table
from bioloom.report.page import Picture, inline_svg
from bioloom.report.run import Content, write_run_page

if TYPE_CHECKING:
    from bioloom.debruijn.output.page import PageFigure, ReadsPage


def write_report(page: ReadsPage, path: Path) -> Path:
    """Write the page: figures and the tables of the run folder.

    Parameters
    ----------
    page
        What it shows.
    path
        File to write, in the run folder.

    Returns
    -------
    The path.
    """
    content = Content(
        room="debruijn",
        kind=page.kind,
        title=page.title,
        lead=page.lead,
        pictures=list(map(_picture, page.figures)),
        tables=[
            file_table(table.name, table.meaning, table.frame) for table in page.tables
        ],
    )
    return write_run_page(content, path)


def _picture(figure: PageFigure) -> Picture:
    name = f"{figure.name}-figure"
    svg = inline_svg(
        figure.svg,
        name=f"{name}-svg",
        title=figure.title,
        description=figure.caption,
    )
    files = [f"./figures/{figure.name}{ending}" for ending in (".svg", ".png")]
    return Picture(name, svg, f"{figure.title}. {figure.caption}", files)
