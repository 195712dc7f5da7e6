"""`bioloom xlsx`: the tables of a run folder as an Excel workbook."""

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.result import json_option, tell


@click.command(cls=Command)
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The workbook; by default RUN/tables.xlsx.",
)
@json_option
def xlsx(run: Path, out: Path | None) -> None:
    """Write the tables of a run folder as an Excel workbook.

    RUN is the folder of a finished run of any room. Each table is a sheet; the first
    one, README, tells what the columns mean. Numbers are numbers; names stay text, so
    that SEPT2 becomes no date and 1e5 no number.

    \b
    Example:
      bioloom xlsx lincrna_run
    """
    from bioloom.run.spreadsheet import write_workbook

    written, sheets = write_workbook(run, out)
    words = "\n".join(f"{sheet.name}: {sheet.n_rows:,} rows" for sheet in sheets)
    tell(
        f"{words}\nwritten: {written}",
        written=written,
        sheets={sheet.name: sheet.n_rows for sheet in sheets},
    )
