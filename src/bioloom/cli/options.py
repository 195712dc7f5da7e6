"""Options that many commands have, each under one name and one help."""

from collections.abc import Callable
from typing import Any

import click

COUNT = click.IntRange(min=1)
SEED = click.IntRange(0, 2**32 - 1)


def seed_option(use: str) -> Callable[[Any], Any]:
    """Option ``--rng-seed``; `use` says what is drawn by it, as a noun phrase."""
    return click.option(
        "--rng-seed",
        type=SEED,
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
