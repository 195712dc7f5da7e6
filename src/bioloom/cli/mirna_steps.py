"""`bioloom mirna step`: what the rules of the workflow run."""

from pathlib import Path

import click

from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, threads_option

PATH = click.Path(path_type=Path)
CONFIG = click.option(
    "--config", type=PATH, required=True, help="config.yaml of the run."
)
OUT = click.option("--out", type=PATH, required=True, help="File to write.")


@click.group(cls=Room, hidden=True)
def step() -> None:
    """Single steps of the workflow, called by `run`."""


@step.command()
@CONFIG
@OUT
@threads_option
def plan(config: Path, out: Path, threads: int) -> None:
    """Check all records, and divide the targets into blocks."""
    from bioloom.mirna.workflow.config import read_mirna_config
    from bioloom.mirna.workflow.steps import plan_blocks

    plan_blocks(read_mirna_config(config), out, threads=threads)


@step.command()
@CONFIG
@click.option(
    "--plan",
    "plan_file",
    type=PATH,
    required=True,
    help="File of `bioloom mirna step plan`.",
)
@click.option("--block", type=COUNT, required=True, help="Number of the block.")
@OUT
@threads_option
def search(config: Path, plan_file: Path, block: int, out: Path, threads: int) -> None:
    """Search one block of targets."""
    from bioloom.mirna.workflow.config import read_mirna_config
    from bioloom.mirna.workflow.steps import read_block, search_block

    planned = read_block(plan_file, block)
    search_block(read_mirna_config(config), planned, out, threads=threads)


@step.command()
@click.argument("rows", nargs=-1, required=True, type=PATH)
@CONFIG
@OUT
def gather(rows: tuple[Path, ...], config: Path, out: Path) -> None:
    """Join the rows of all blocks."""
    from bioloom.mirna.workflow.config import read_mirna_config
    from bioloom.mirna.workflow.steps import gather as join_blocks

    join_blocks(read_mirna_config(config), rows, out)
