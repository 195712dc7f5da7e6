"""Options of many commands: their name, help and checks."""

from collections.abc import Callable
from pathlib import Path

import click
from click.decorators import FC

COUNT = click.IntRange(min=1)


def seed_option(use: str) -> Callable[[FC], FC]:
    """Option ``--rng-seed``; `use` names what it draws, as a noun phrase."""
    return click.option(
        "--rng-seed",
        type=click.IntRange(0, 2**32 - 1),
        default=42,
        show_default=True,
        help=f"Random seed of {use}; the same seed gives the same result.",
    )


def threads_option(command: FC) -> FC:
    """Option ``--threads``."""
    return click.option(
        "--threads",
        type=COUNT,
        default=1,
        show_default=True,
        help="Processors to use.",
    )(command)


def cores_option(command: FC) -> FC:
    """Option ``--cores`` of commands that run other programs."""
    return click.option(
        "--cores",
        type=COUNT,
        default=2,
        show_default=True,
        help="Processors to use, shared by all programs.",
    )(command)


def check_no_pipe(what: str, *paths: Path | None) -> None:
    """Refuse standard input, which can be read once; a run reads `what` again."""
    if Path("-") in paths:
        raise click.UsageError(
            f"A run reads its {what} again: give files, not standard input."
        )
