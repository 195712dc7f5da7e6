"""What options of many commands share: their name, their help, their checks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

COUNT = click.IntRange(min=1)


def seed_option(use: str) -> Callable[[Any], Any]:
    """Option ``--rng-seed``; `use` says what is drawn by it, as a noun phrase."""
    return click.option(
        "--rng-seed",
        type=click.IntRange(0, 2**32 - 1),
        default=42,
        show_default=True,
        help=f"Random seed of {use}; the same gives the same.",
    )


def threads_option(command: Any) -> Any:
    """Option ``--threads``."""
    return click.option(
        "--threads",
        type=COUNT,
        default=1,
        show_default=True,
        help="Processors to use.",
    )(command)


def cores_option(command: Any) -> Any:
    """Option ``--cores`` of what runs other programs."""
    return click.option(
        "--cores",
        type=COUNT,
        default=2,
        show_default=True,
        help="Processors to use, the programs' together.",
    )(command)


def check_no_pipe(what: str, *paths: Path | None) -> None:
    """Standard input can be read once; a run reads `what` again to resume."""
    if Path("-") in paths:
        again = f"A run reads its {what} again: give files, not standard input."
        raise click.UsageError(again)
