"""`bioloom lesson`: parse, one call, write."""

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.result import json_option, tell_written

_PATH = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("room", required=False)
@click.option("--all", "is_all", is_flag=True, help="All rooms, in a folder.")
@click.option(
    "--explanation",
    type=_PATH,
    help="File of a room's explain --json to play in place of a room's examples.",
)
@click.option(
    "--out",
    type=_PATH,
    required=True,
    help="HTML file to write; with --all, the folder.",
)
@json_option
def lesson(room: str | None, is_all: bool, explanation: Path | None, out: Path) -> None:
    """Write pages that play workings step by step, with parts to try.

    A page is one file in English and Chinese that needs no network.

    \b
    Examples:
      bioloom lesson graph --out page.html
      bioloom lesson --all --out site
      bioloom graph explain --node 4 --json > working.json
      bioloom lesson --explanation working.json --out page.html
    """
    if sum((room is not None, is_all, explanation is not None)) != 1:
        raise click.UsageError("Give one of: a ROOM, --all, --explanation FILE.")
    from bioloom.lesson import api

    if is_all:
        tell_written(*api.write_all(out=out))
    elif explanation is not None:
        tell_written(api.play(explanation, out=out))
    else:
        tell_written(api.write(str(room), out=out))
