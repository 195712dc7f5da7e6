"""What every `explain` command has in common: the form of its output, and where to."""

from pathlib import Path
from typing import Any

import click


def output_options(command: Any) -> Any:
    """Options ``--format`` and ``--out``, handed over as `form` and `out`."""
    command = click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        default="-",
        help="File; - is standard output.",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "markdown", "html", "json"]),
        default="text",
        show_default=True,
    )(command)


def write_explanation(explanation: Any, form: str, out: Path) -> None:
    """Write an `bioloom.explain.Explanation` in one of its forms."""
    from bioloom.run.output import write_text

    write_text(out, getattr(explanation, f"to_{form}")())
