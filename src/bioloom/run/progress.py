"""How long-running work reports what it has done, and the bar that shows it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

RECORD_VARIABLE = "BIOLOOM_PROGRESS"
"""Environment variable with a file that a command's steps are added to."""
_PAUSE_S = 0.25
_MOST_LINES = 1000  # after this many times the pause, there are pauses in proportion

OnStep = Callable[[str, int, int], None]
"""Called with the name of the step, what is done, and what there is to do."""


def silent(name: str, done: int, total: int) -> None:  # noqa: ARG001
    """Show nothing."""


@contextmanager
def progress_bar(*, shown: bool = True) -> Iterator[OnStep]:
    """Show a bar on the error stream of a terminal, or in a notebook.

    Parameters
    ----------
    shown
        Whether to show anything at all.

    Yields
    ------
    What is to be called with each step.
    """
    if not shown:
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:3], TimeElapsedColumn())
    is_hidden = not (console.is_terminal or console.is_jupyter)
    with Progress(*columns, console=console, disable=is_hidden) as bar:
        task = bar.add_task("starting", total=None)

        def show(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        yield show


@contextmanager
def recorded(on_step: OnStep, path: Path) -> Iterator[OnStep]:
    """Add each step to a file as well, for a program that watches.

    Parameters
    ----------
    on_step
        Called all the same.
    path
        Gets a line of JSON for each: name, what is done, what there is to do, and the
        time in seconds. Of steps that hurry, four a second are written, and fewer and
        fewer of one that takes hours.

    Yields
    ------
    What is to be called with each step.
    """
    last: tuple[str, int, int] | None = None
    begin = written = time.time()
    with path.open("a", encoding="utf-8") as stream:

        def show(name: str, done: int, total: int) -> None:
            nonlocal last, written
            on_step(name, done, total)
            step, moment = (name, done, total), time.time()
            is_new = last is None or name != last[0] or done == total
            pause = max(_PAUSE_S, (moment - begin) / _MOST_LINES)
            if step != last and (is_new or moment - written > pause):
                stream.write(json.dumps([*step, round(moment, 1)]) + "\n")
                stream.flush()
                last, written = step, moment

        yield show
