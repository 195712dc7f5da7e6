"""Write a manual page for each command.

    python scripts/man_pages.py build/man

Show one with `man -l build/man/bioloom-lincrna-score.1`.
"""

import sys
from pathlib import Path

import click
from click_man.core import write_man_pages

import bioloom
from bioloom.cli import cli

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
context = click.Context(cli)
# click-man asks for commands that are loaded already
cli.commands = {
    name: command
    for name in cli.list_commands(context)
    if (command := cli.get_command(context, name))
}
write_man_pages("bioloom", cli, version=bioloom.__version__, target_dir=str(folder))
