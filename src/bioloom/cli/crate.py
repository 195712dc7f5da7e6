"""`bioloom crate`: a run folder described for archives and repositories."""

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.result import json_option, tell


@click.command(cls=Command)
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="Name of the data; by default that of RUN.")
@click.option("--description", default="", help="What they are, in a sentence.")
@click.option(
    "--license",
    "licence",
    default="",
    metavar="URL",
    help="Licence of the results, e.g. https://spdx.org/licenses/CC-BY-4.0.",
)
@click.option("--author", default="", help="Who ran it.")
@json_option
def crate(run: Path, name: str, description: str, licence: str, author: str) -> None:
    """Describe a run folder as an RO-Crate, for archives and repositories.

    Writes ro-crate-metadata.json into RUN, the folder of a finished run of any room:
    command, arguments, versions, inputs by their SHA-256, and every result. Nothing
    else is changed. RUN can then be uploaded as it is (Zenodo, WorkflowHub).

    \b
    Example:
      bioloom crate lincrna_run --license https://spdx.org/licenses/CC-BY-4.0
    """
    from bioloom.run.crate import CrateSettings, write_crate

    written = write_crate(run, CrateSettings(name, description, licence, author))
    tell(f"written: {written}", written=written)
