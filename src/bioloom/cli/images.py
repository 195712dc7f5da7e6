"""`bioloom images`: merge folders of pictures, tell their classes apart."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.progress import progress_bar

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def images() -> None:
    """Merge folders of pictures; learn to tell their classes apart, honestly.

    \b
    Start with:
      bioloom images demo --out creatures
      bioloom images merge first second --into all --dry-run
    """


@images.command()
@click.argument("sources", nargs=-1, required=True, type=FOLDER)
@click.option("--into", type=FOLDER, required=True, help="Target; made if missing.")
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@click.option("--keep-folders", is_flag=True, help="Keep folders below each source.")
@click.option(
    "--check",
    type=click.Choice(["none", "header", "full"]),
    default="full",
    show_default=True,
    help="How closely pictures are looked at before they are copied.",
)
@click.option("--plan", type=FILE, help="Write the plan; of a dry run default -.")
@click.option("--near", type=FILE, help="Write near-duplicates for review.")
def merge(
    sources: tuple[Path, ...],
    into: Path,
    dry_run: bool,
    plan: Path | None,
    near: Path | None,
    **given: Any,
) -> None:
    """Merge SOURCES into one folder; equal files once, no file lost or overwritten.

    The sources stay as they are. A taken name gets _1, _2, …

    \b
    Examples:
      bioloom images merge pokemon digimon --into both --dry-run
      bioloom images merge noto twemoji --into emoji --keep-folders
    """
    from bioloom.images.copying import carry_out
    from bioloom.images.merge import plan_merge
    from bioloom.run.output import write_text

    made = plan_merge(sources, into, **given)
    if plan or dry_run:
        write_text(plan or Path("-"), made.to_tsv())
    with progress_bar() as show:
        done = made if dry_run else carry_out(made, on_step=show)
        if near:
            from bioloom.images.review import near_duplicates, near_tsv

            write_text(near, near_tsv(near_duplicates(done, on_step=show)))
    for row in done.rows:
        if row.action == "unreadable":
            click.echo(f"unreadable: {_told(row)}", err=True)
    click.echo(f"{'dry run: ' if dry_run else ''}{done.summary()}", err=True)


def _told(row: Any) -> str:
    from bioloom.images.files import printable

    return f"{printable(row.source)} ({row.reason})"
