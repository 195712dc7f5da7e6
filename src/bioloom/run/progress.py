"""How long work tells what it has done."""

from collections.abc import Callable

OnStep = Callable[[str, int, int], None]
"""Told the name of the step, what is done and what there is to do."""


def silent(name: str, done: int, total: int) -> None:  # noqa: ARG001
    """Say nothing."""
