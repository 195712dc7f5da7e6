"""The command line: one group a room, one file a group.

Commands import their room inside the body, so that ``--help`` answers at once.
"""

import sys

import click

import bioloom
from bioloom.cli.backprop import backprop
from bioloom.cli.bounds import bounds
from bioloom.cli.completion import completion
from bioloom.cli.debruijn import debruijn
from bioloom.cli.doctor import doctor
from bioloom.cli.graph import graph
from bioloom.cli.lincrna import lincrna
from bioloom.cli.mirna import mirna
from bioloom.cli.progress import Loudness
from bioloom.errors import BioloomError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bioloom.__version__, prog_name="bioloom")
@click.option(
    "-q",
    "--quiet",
    "loudness",
    flag_value=Loudness.QUIET.value,
    help="Tell results, warnings and errors alone.",
)
@click.option(
    "-v",
    "--verbose",
    "loudness",
    flag_value=Loudness.VERBOSE.value,
    help="Tell each step on a line of its own.",
)
@click.pass_context
def cli(context: click.Context, loudness: str | None) -> None:
    """From sequencing reads to lincRNAs and their miRNAs, with the working shown.

    \b
    Start with:
      bioloom doctor               what is installed, what is missing
      bioloom lincrna demo         the main job on an embedded example
      bioloom lincrna init         files to fill in for your own data
      bioloom mirna predict        where microRNAs bind targets
      bioloom bounds report        what a table of predictions lets one claim
      bioloom backprop trace       the chain rule, number by number

    Exit codes: 0 done, 1 bad data or a failed tool, 2 bad usage, 130 interrupted.
    """
    context.obj = Loudness(loudness) if loudness else Loudness.NORMAL


cli.add_command(backprop)
cli.add_command(bounds)
cli.add_command(completion)
cli.add_command(debruijn)
cli.add_command(doctor)
cli.add_command(graph)
cli.add_command(lincrna)
cli.add_command(mirna)


def main() -> None:
    """Run a command; an error of bioloom's is one message and exit code 1."""
    try:
        cli.main(standalone_mode=False)
    except BioloomError as problem:
        click.echo(f"bioloom: error: {problem}", err=True)
        sys.exit(1)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("bioloom: stopped; run the same command again to go on", err=True)
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
