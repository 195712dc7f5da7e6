"""What is printed on the error stream: progress, and notes beside a result.

`bioloom --quiet` prints neither; `bioloom --verbose` prints each step on its own line,
even where the error stream is not a terminal.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

import click

from bioloom.cli.told import told_note
from bioloom.run.progress import RECORD_VARIABLE, OnStep, recorded
from bioloom.run.progress import progress_bar as shown_bar


class Loudness(Enum):
    """How much is printed besides results and errors."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


def _loudness() -> Loudness:
    context = click.get_current_context(silent=True)
    chosen = context.find_root().obj if context else None
    return chosen if isinstance(chosen, Loudness) else Loudness.NORMAL


def note(text: str) -> None:
    """Print a note beside the result, unless quiet."""
    if _loudness() is not Loudness.QUIET:
        click.echo(text, err=True)


@contextmanager
def progress_bar() -> Iterator[OnStep]:
    """Show progress on the error stream; the value is to be called with each step.

    The callable takes the name of the step, what is done and what there is to do. The
    environment variable BIOLOOM_PROGRESS names a file that gets the steps too.
    """
    watched = os.environ.get(RECORD_VARIABLE)
    with logged_as_notes(), _shown() as show:
        if not watched:
            yield show
            return
        with recorded(show, Path(watched)) as show_and_record:
            yield show_and_record


@contextmanager
def _shown() -> Iterator[OnStep]:
    loudness = _loudness()
    if loudness is Loudness.VERBOSE:
        yield _lines()
        return
    with shown_bar(shown=loudness is not Loudness.QUIET) as show:
        yield show


@contextmanager
def logged_as_notes() -> Iterator[None]:
    """Print what bioloom logs meanwhile as notes."""
    logger, handler = logging.getLogger("bioloom"), _NoteHandler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _NoteHandler(logging.Handler):
    """Prints log records as notes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one."""
        note(told_note(record.getMessage()))


def _lines() -> OnStep:
    """Print each step once, with the seconds since the start."""
    begin = time.monotonic()
    printed: set[str] = set()

    def show(name: str, done: int, total: int) -> None:
        if name not in printed:
            printed.add(name)
            passed = time.monotonic() - begin
            click.echo(f"{passed:8.1f} s  {name} ({done} of {total})", err=True)

    return show
