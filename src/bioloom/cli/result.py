"""What a command prints as its result: lines to read, or JSON with ``--json``.

With ``--json`` one object goes to standard output; of a table, one object per row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.decorators import FC

from bioloom.cli.progress import note

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.run.planning import PlannedJob

_ASKED = "bioloom.cli.result.json"


def json_option(command: FC) -> FC:
    """Option ``--json`` of a command that prints its result by `tell`."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_keep,
        help="Print the result as JSON.",
    )(command)


def _keep(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    context.meta[_ASKED] = asked


def is_json() -> bool:
    """Whether the running command was asked for JSON."""
    return bool(click.get_current_context().meta.get(_ASKED))


def table_text(frame: pd.DataFrame) -> str:
    """A table as TSV, or as JSON Lines if JSON was asked for."""
    from bioloom.run.tables import to_jsonl, to_tsv

    return (to_jsonl if is_json() else to_tsv)(frame)


def tell(text: str, **facts: object) -> None:
    """Print a result: its lines, or the facts in them.

    Parameters
    ----------
    text
        For people.
    facts
        The same for programs, by name. Paths become text; NaN and infinity become
        null.
    """
    if is_json():
        click.echo(json.dumps(_plain(facts), ensure_ascii=False, allow_nan=False))
    elif text:
        click.echo(text)


def tell_plan(jobs: Sequence[PlannedJob]) -> None:
    """Print the jobs of a workflow: rule, sample or part, and files, or all as JSON."""
    rows = [
        (job.rule, " ".join(job.wildcards.values()), ", ".join(map(str, job.outputs)))
        for job in jobs
    ]
    tell("\n".join(map("\t".join, rows)), n_jobs=len(jobs), jobs=list(jobs))
    note(f"dry run: {len(jobs)} jobs, nothing was done")


def tell_written(*paths: Path) -> None:
    """Print which files were written."""
    names = [str(path) for path in paths]
    tell("\n".join(f"written: {name}" for name in names), written=names)


def note_pictures(stem: Path) -> None:
    """Note beside a result that `bioloom.draw.save` has written pictures."""
    note(f"written: {', '.join(map(str, picture_files(stem)))}")


def picture_files(*stems: Path) -> list[Path]:
    """PNG and SVG of pictures that `bioloom.draw.save` has written."""
    return [stem.with_suffix(form) for stem in stems for form in (".png", ".svg")]


def _plain(value: object) -> object:
    """A value as JSON has it: no paths, dataclasses or NumPy types."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
