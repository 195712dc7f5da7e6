"""The command line: one group per room, one file per group.

A group's file is imported when it is called, and a command imports its room inside the
body, so that ``--help`` is fast.
"""

import os
import sys
import warnings
from importlib import import_module
from typing import TextIO

import click

import bioloom
from bioloom.cli.group import Room
from bioloom.cli.help import speak_the_users_language, translated
from bioloom.cli.progress import Loudness
from bioloom.cli.told import told_error, told_line, told_note
from bioloom.errors import BioloomError, InputWarning

# name: first sentence of its help (a test compares them)
GROUPS = {
    "lincrna": "From RNA-seq reads, or an assembly, to lincRNA candidates.",
    "mirna": "Where microRNAs bind: energy, seed region, p-value, drawing.",
    "graph": "Classify the nodes of a network by their features and neighbours.",
    "images": "Merge image folders; train a classifier and audit it for shortcuts.",
    "debruijn": "De Bruijn sequences, and De Bruijn graphs and contigs of reads.",
    "bounds": "What a sample, a test set or a table of predictions proves.",
    "backprop": "The chain rule through a network, number by number.",
    "app": "Open the same commands as forms in a web browser, on this computer.",
    "lesson": "Write pages that play workings step by step, with parts to try.",
    "crate": "Describe a run folder as an RO-Crate, for archives and repositories.",
    "xlsx": "Write the tables of a run folder as an Excel workbook.",
    "doctor": "Show what is installed, which versions, and how to install the rest.",
    "completion": "Print the completion script for your shell.",
}


_PIPE_CLOSED = 141  # exit code that a shell reports after SIGPIPE


class Rooms(Room):
    """Groups of commands, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of the groups."""
        return list(GROUPS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """A group, from the file of its name."""
        if cmd_name not in GROUPS:
            return None
        command = getattr(import_module(f"bioloom.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; end it quietly when its reader stops reading (`| head`)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # what is still buffered would raise again when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(_PIPE_CLOSED)

    def sentences(self, ctx: click.Context) -> dict[str, str]:  # noqa: ARG002
        """First sentence of each group's help, without importing it."""
        return {name: translated(sentence) for name, sentence in GROUPS.items()}


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bioloom.__version__, prog_name="bioloom")
@click.option(
    "-q",
    "--quiet",
    "loudness",
    flag_value=Loudness.QUIET.value,
    help="Print only results, warnings and errors.",
)
@click.option(
    "-v",
    "--verbose",
    "loudness",
    flag_value=Loudness.VERBOSE.value,
    help="Print each step on its own line.",
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
      bioloom bounds report        what a table of predictions proves
      bioloom backprop trace       the chain rule, number by number

    Exit codes: 0 done, 1 bad data or a failed tool, 2 bad usage, 130 interrupted,
    141 output closed by its reader.
    """
    context.obj = Loudness(loudness) if loudness else Loudness.NORMAL


def main() -> None:
    """Run a command; bioloom's own errors become one message and exit code 1."""
    speak_the_users_language()
    warnings.showwarning = _shown_as_note
    try:
        cli.main(standalone_mode=False)
    except BioloomError as problem:
        frame = told_line("bioloom: error: {problem}")
        click.echo(frame.format(problem=told_error(problem)), err=True)
        sys.exit(1)
    except click.ClickException as misuse:
        misuse = _with_place(misuse)
        vars(misuse)["message"] = told_line(misuse.message)  # click's is final
        misuse.show()
        sys.exit(misuse.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            told_line("bioloom: stopped; run the same command again to resume"),
            err=True,
        )
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)


def _shown_as_note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print input warnings as notes, and other warnings in Python's format."""
    if issubclass(category, InputWarning):
        click.echo(told_note(message), err=True)
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        click.echo(text, err=True, nl=False, file=file)


def _with_place(problem: click.ClickException) -> click.ClickException:
    """Add to the message on a misplaced option where it belongs."""
    if not isinstance(problem, click.NoSuchOption) or problem.ctx is None:
        return problem
    name, context = problem.option_name, problem.ctx
    loud = [option for option in cli.params if option.name == "loudness"]
    if any(name in option.opts for option in loud):
        words = context.command_path.partition(" ")[2]
        place = f"It goes before the room: bioloom {name} {words} …"
    elif isinstance(context.command, click.Group):
        place = "A command's options go after its name."
    else:
        return problem
    return click.UsageError(f"{problem.message} {place}", context)
