"""The Python API; ``bl.lesson.write("graph", out=...)`` is ``bioloom lesson graph``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bioloom.explain import Explanation

__all__ = ["play", "write", "write_all"]


def write(room: str, *, out: str | Path) -> Path:
    """Write the lesson of a room: a page that needs no network and no other file.

    Parameters
    ----------
    room
        Such as "graph" or "backprop"; one of `bioloom.ROOMS`.
    out
        HTML file to write.

    Returns
    -------
    The page. It plays workings that the room computes now, on small examples, in
    English and Chinese.

    Raises
    ------
    UnknownName
        If there is no such room.
    PackageMissing
        If the room needs a package that is not installed.
    CannotWrite
        If the page cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write("backprop", out=f"{folder}/page.html").name
    'page.html'
    """
    from bioloom.lesson.page import lesson_page
    from bioloom.run.output import write_text

    write_text(out, lesson_page(room))
    return Path(out)


def write_all(*, out: str | Path) -> tuple[Path, ...]:
    """Write the lessons of all rooms and a page that leads to them.

    Parameters
    ----------
    out
        Folder to write.

    Returns
    -------
    The pages, ``index.html`` first.

    Raises
    ------
    CannotWrite
        If a page cannot be written.

    Warns
    -----
    InputWarning
        If a room needs a package that is not installed: its lesson is left out, and
        ``index.html`` does not name it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:  # doctest: +SKIP
    ...     write_all(out=folder)[0].name
    'index.html'
    """
    from bioloom.lesson.page import all_pages
    from bioloom.run.output import write_text

    pages = all_pages()
    paths = tuple(Path(out) / name for name in pages)
    for path, text in zip(paths, pages.values(), strict=True):
        write_text(path, text)
    return paths


def play(explanation: Explanation | str | Path, *, out: str | Path) -> Path:
    """Write a page that plays an explanation step by step.

    Parameters
    ----------
    explanation
        As a room's `explain` gives it, or the file that ``explain --json`` wrote.
    out
        HTML file to write.

    Returns
    -------
    The page. Its buttons speak English and Chinese, the working its own language.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadExplanation
        If it does not hold an explanation.
    CannotWrite
        If the page cannot be written.

    Examples
    --------
    >>> import bioloom as bl
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     play(bl.bounds.explain(), out=f"{folder}/page.html").name
    'page.html'
    """
    from bioloom.explain import Explanation
    from bioloom.lesson.page import player_page
    from bioloom.lesson.saved import read_explanation
    from bioloom.run.output import write_text

    if not isinstance(explanation, Explanation):
        explanation = read_explanation(explanation)
    write_text(out, player_page(explanation))
    return Path(out)
