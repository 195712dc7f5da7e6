"""A manual page for each command."""

import re
import subprocess
import sys
from pathlib import Path

import click

from bioloom.cli import cli

SCRIPT = Path(__file__).parents[2] / "scripts" / "man_pages.py"


def commands(command, name):
    yield name
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            if not below.hidden:
                yield from commands(below, f"{name}-{each}")


def test_each_command_has_a_page_with_its_options(tmp_path):
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, capture_output=True)
    expected = set(commands(cli, "bioloom"))
    assert {path.stem for path in tmp_path.iterdir()} == expected
    page = (tmp_path / "bioloom-lincrna-score.1").read_text("utf-8")
    assert "micropeptide" in page
    assert ".SH OPTIONS" in page
    page = (tmp_path / "bioloom-lincrna-filter.1").read_text("utf-8")
    name = page.partition(".SH NAME\n")[2].partition("\n")[0]
    assert name.endswith("judge it transcript by transcript and locus by locus.")
    [example] = re.findall(r"\.nf\n(.*?)\n\.fi", page, re.DOTALL)
    typed = example.replace(r"\e", "\\").splitlines()
    assert typed[0] == "Example:"
    assert typed[1].endswith(" \\")
    assert typed[2].strip().startswith("--annotation")
