"""Write a manual page for each command.

    python scripts/man_pages.py build/man

Show one with `man -l build/man/bioloom-lincrna-score.1`.
"""

import re
import sys
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path

import click
from click_man.core import write_man_pages

import bioloom
from bioloom.cli import cli

AS_TYPED = "\b\n"  # how click marks a paragraph whose lines stay


def prepare(command: click.Command) -> None:
    """Give a command, and those below it, texts that roff shows as they are."""
    text = cleandoc(command.help or "")
    first, *others = re.split(r"\n\n+", text)
    command.short_help = escaped(" ".join(first.split()))
    command.help = "\n\n".join(map(paragraph, [first, *others]))
    below: Mapping[str, click.Command] = getattr(command, "commands", {})
    for each in below.values():
        prepare(each)


def paragraph(text: str) -> str:
    """A paragraph in roff: an example keeps its lines."""
    if text.startswith(AS_TYPED):
        return f".nf\n{escaped(text.removeprefix(AS_TYPED))}\n.fi"
    return escaped(text)


def escaped(text: str) -> str:
    """Text in which roff finds no command of its own."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", r"\e"), flags=re.MULTILINE)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    context = click.Context(cli)
    # click-man asks for commands that are loaded already
    cli.commands = {
        name: command
        for name in cli.list_commands(context)
        if (command := cli.get_command(context, name))
    }
    prepare(cli)
    write_man_pages("bioloom", cli, version=bioloom.__version__, target_dir=str(folder))
