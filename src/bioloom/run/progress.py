"""How long-running work reports what it has done, and the bar that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
