"""`bioloom app`: parse, one call."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bioloom.cli.help import Command, speaking, translated
from bioloom.run.language import language_of

FIRST = "work"
"""Name of the folder that is served without --root."""


@click.command(cls=Command)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="NAME=DIR",
    help="Folder that the application may read and write, and its name; repeatable. "
    "Jobs run in the first one. Default: the current folder.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8642,
    show_default=True,
    help="Port; 0 takes a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address of this machine to listen at; one that others can reach needs "
    "--open-to-network.",
)
@click.option(
    "--open-to-network",
    is_flag=True,
    help="Let other machines reach --host, without encryption: whoever reads along "
    "can do what you can.",
)
@click.option(
    "--example",
    is_flag=True,
    help="First write small example data.",
)
@click.option("--browser/--no-browser", help="Also open the web browser.")
def app(
    roots: tuple[str, ...],
    port: int,
    host: str,
    open_to_network: bool,
    example: bool,
    browser: bool,
) -> None:
    """Open the same commands as forms in a web browser, on this computer.

    Prints an address that lets one browser in. Jobs run one after another, are commands
    that are shown, and go on when the application or the browser is closed; started
    again, it finds them. It cannot leave its folders and sends nothing anywhere.

    \b
    Examples:
      bioloom app
      bioloom app --root data=/data/rnaseq --root genomes=/data/genomes
    """
    from bioloom.run.external import require_packages

    require_packages("starlette", extra="app")
    require_packages("uvicorn", extra="app")
    from bioloom.app.commands import CommandLine
    from bioloom.app.server import Place, read_roots, serve
    from bioloom.cli import cli

    place = Place(host, port)
    _check_reach(place.is_local, host, is_open=open_to_network)
    folders = read_roots([_named(text) for text in roots] or [(FIRST, Path())])
    if example:
        from bioloom.app.example import write_example

        write_example(folders.first)
    serve(
        folders,
        CommandLine(cli, translated, speaking),
        place,
        language=language_of(os.environ),
        on_address=_Announcer(browser=browser),
    )


class _Announcer:
    """Prints the address that lets a browser in, and each next one."""

    def __init__(self, *, browser: bool) -> None:
        self._opens = browser
        self._is_first = True

    def __call__(self, address: str) -> None:
        if self._is_first:
            click.echo(f"open: {address}")
            click.echo(
                "It lets one browser in. Ctrl-C ends the application; a job that runs "
                "goes on.",
                err=True,
            )
        else:
            click.echo(f"for another browser: {address}")
        if self._opens and self._is_first:
            click.launch(address)
        self._is_first = False


def _named(text: str) -> tuple[str, Path]:
    name, sign, folder = text.partition("=")
    if not sign:
        return Path(text).resolve().name, Path(text)
    return name, Path(folder).expanduser()


def _check_reach(is_local: bool, host: str, *, is_open: bool) -> None:
    """Let no other machine in by accident."""
    if is_local:
        return
    if not is_open:
        raise click.UsageError(
            f"Others can reach {host}. Give --open-to-network if that is meant."
        )
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (refused here)
        raise click.UsageError("Give --host as one address of this machine.")
    click.echo(
        f"bioloom: warning: other machines can reach {host}, and nothing is encrypted: "
        "who reads along can run commands as you.",
        err=True,
    )
