"""Options of many commands: their name, help and checks."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import cast

import click
from click.decorators import FC

from bioloom.run.settings import RNG_SEED

COUNT = click.IntRange(min=1)
Values = dict[str, object]
"""What was typed for some options, by name."""


def gathered(
    names: Iterable[str], *, into: str, build: Callable[[Values], object]
) -> Callable[[FC], FC]:
    """Pass several options on to a command as one object.

    Parameters
    ----------
    names
        Parameters of the options.
    into
        Parameter of the command that takes the object.
    build
        Makes it of the values.
    """
    wanted = tuple(names)

    def decorate(command: FC) -> FC:
        @wraps(command)
        def run(*args: object, **options: object) -> object:
            values = {name: options.pop(name) for name in wanted}
            return command(*args, **{into: build(values)}, **options)

        return cast(FC, run)

    return decorate


def seed_option(use: str) -> Callable[[FC], FC]:
    """Option ``--rng-seed``; `use` names what it draws, as a noun phrase."""
    return click.option(
        "--rng-seed",
        type=click.IntRange(0, 2**32 - 1),
        default=RNG_SEED,
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


def workflow_options(command: FC) -> FC:
    """Options of a command that runs a workflow.

    It takes `config`, `launch` and `dry_run`.
    """
    command = gathered(("cores", "profile", "force"), into="launch", build=_launch)(
        command
    )
    for option in (
        click.option(
            "--profile",
            default="",
            help="slurm, kubernetes (not tried), or the folder of a Snakemake profile.",
        ),
        click.option(
            "--dry-run", is_flag=True, help="Only list the jobs, write nothing."
        ),
        click.option("--force", is_flag=True, help="Rerun a finished run folder."),
        cores_option,
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            required=True,
            help="config.yaml of the run.",
        ),
    ):
        command = option(command)
    return command


def _launch(values: Values) -> object:
    from bioloom.run.workflow import Launch

    return Launch(**values)  # type: ignore[arg-type]


def check_no_pipe(what: str, *paths: Path | None) -> None:
    """Refuse standard input, which can be read once; a run reads `what` again."""
    if Path("-") in paths:
        raise click.UsageError(
            f"A run reads its {what} again: give files, not standard input."
        )
