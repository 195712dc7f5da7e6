"""`bioloom images merge` and `inspect`: folders of pictures, joined and looked over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bioloom.cli.help import Command
from bioloom.cli.options import seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import is_json, json_option, tell
from bioloom.cli.told import told_note

if TYPE_CHECKING:
    from bioloom.images.merging.plan import Check, MergePlan
    from bioloom.images.settings import NearBy

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PATH = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("sources", nargs=-1, required=True, type=FOLDER)
@click.option(
    "--into", type=FOLDER, required=True, help="Target folder; created if missing."
)
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@click.option(
    "--keep-folders", is_flag=True, help="Keep the subfolders of each source."
)
@click.option(
    "--by-class",
    is_flag=True,
    help="Join the class folders of the sources by name.",
)
@click.option(
    "--check",
    type=click.Choice(["none", "header", "full"]),
    default="full",
    show_default=True,
    help="How thoroughly pictures are checked before they are copied.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if a file could not be read.")
@click.option(
    "--plan",
    "plan_path",
    type=FILE,
    help="File for the plan; default for a dry run: -.",
)
@click.option(
    "--near",
    "near_path",
    type=FILE,
    help="File for a list of near-duplicates to review.",
)
@json_option
def merge(
    sources: tuple[Path, ...],
    into: Path,
    dry_run: bool,
    keep_folders: bool,
    by_class: bool,
    check: Check,
    strict: bool,
    plan_path: Path | None,
    near_path: Path | None,
) -> None:
    """Merge SOURCES into one folder: identical files once, nothing lost or overwritten.

    The sources are not changed. A file whose name is taken gets _1, _2, … With
    --by-class, a picture that is in two classes is copied to both, and named.

    \b
    Examples:
      bioloom images merge pokemon digimon --into both --dry-run
      bioloom images merge noto twemoji --into emoji --keep-folders
      bioloom images merge first second --into both --by-class
    """
    from bioloom.images.merging.copying import carry_out
    from bioloom.images.merging.outputs import require_own_files
    from bioloom.images.merging.plan import collector_paused, plan_merge
    from bioloom.run.output import write_text

    require_own_files([path for path in (plan_path, near_path) if path], sources)
    with collector_paused():
        result = plan_merge(
            sources, into, keep_folders=keep_folders, by_class=by_class, check=check
        )
        if plan_path or (dry_run and not is_json()):
            write_text(plan_path or Path("-"), result.to_tsv())
        if not dry_run:
            with progress_bar() as on_step:
                result = carry_out(result, on_step=on_step)
        if near_path:
            _write_near(result, near_path)
        _print_merged(result, dry_run=dry_run)
    if strict:
        result.require_readable()


def _write_near(result: MergePlan, path: Path) -> None:
    from bioloom.images.merging.review import near_duplicates
    from bioloom.run.output import write_text

    with progress_bar() as on_step:
        write_text(path, near_duplicates(result, on_step=on_step).to_tsv())


def _print_merged(result: MergePlan, *, dry_run: bool) -> None:
    for line in result.notes():
        click.echo(line, err=True)
    if is_json():
        tell(
            "",
            into=result.into,
            n_found=len(result.rows),
            n_copied=result.n_of("copy"),
            n_duplicate=result.n_of("duplicate"),
            n_unreadable=result.n_of("unreadable"),
            n_contrary=len(result.contrary),
            n_passed_over=len(result.passed_over),
            dry_run=dry_run,
        )
    else:
        click.echo(f"{'dry run: ' if dry_run else ''}{result.summary()}", err=True)


@click.command(cls=Command)
@click.argument("data", type=PATH)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option(
    "--near",
    type=click.Choice(["features", "hash", "none"]),
    default="hash",
    show_default=True,
    help="How near-duplicates are found: by hash and features, by hash, or not.",
)
@click.option(
    "--features/--no-features",
    default=True,
    show_default=True,
    help="Whether to look for label errors, by the features of a trained network.",
)
@seed_option("the folds in which labels are judged")
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def inspect(
    data: Path,
    out: Path,
    near: NearBy,
    features: bool,
    rng_seed: int,
    threads: int,
    force: bool,
) -> None:
    """Find what is wrong with DATA: label errors, copies, leaks, unreadable files.

    The page shows the pictures of each problem; tables/problems.tsv lists them, with
    what to do. Nothing in DATA is changed.

    \b
    Examples:
      bioloom images inspect pictures --out doctor
      bioloom images inspect labels.csv --out doctor --no-features
    """
    from bioloom.images.inspection.inspecting import Inspect, inspect_data
    from bioloom.report.images_inspection import write_inspection

    with progress_bar() as on_step:
        found = inspect_data(
            data,
            Inspect(near, features, threads, rng_seed),
            out=out,
            force=force,
            report=write_inspection,
            on_step=on_step,
        )
    for text in found.notes:
        note(told_note(text))
    page = out / "report.html"
    tell(
        f"{found.summary()}\nwritten: {out}; report: {page}",
        files=found.files,
        problems=dict(found.counts),
        n_judged=found.n_judged,
        notes=list(found.notes),
        written=out,
        report=page,
    )
