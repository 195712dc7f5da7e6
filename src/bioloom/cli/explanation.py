"""Options of every `explain` command: format and language of its output."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.decorators import FC

from bioloom.cli.result import is_json, json_option
from bioloom.run.language import LANGUAGES, Language, language_of, use_language

if TYPE_CHECKING:
    from bioloom.explain import Explanation


def output_options(command: FC) -> FC:
    """Options ``--format`` and ``--out``, handed over as `form` and `out`; ``--lang``.

    ``--json`` is short for ``--format json``.

    The language is in force while the command runs.
    """
    command = json_option(command)
    command = language_option(command)
    command = click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        default="-",
        help="File; - is standard output.",
    )(command)
    return form_option(command)


def form_option(command: FC) -> FC:
    """Option ``--format``, handed over as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "markdown", "html", "json"]),
        default="text",
        show_default=True,
        help="Format of the explanation.",
    )(command)


def language_option(command: FC) -> FC:
    """Option ``--lang``: the language in force while the command runs."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        callback=_set_language,
        is_eager=True,
        expose_value=False,
        help="Language of the explanation or page; default: the locale's, or English.",
    )(command)


def _set_language(
    context: click.Context, _option: click.Parameter, chosen: Language | None
) -> None:
    context.with_resource(use_language(chosen or language_of(os.environ)))


def write_explanation(explanation: "Explanation", form: str, out: Path) -> None:
    """Write an explanation in one of its forms."""
    from bioloom.run.output import write_text

    write_text(out, getattr(explanation, f"to_{'json' if is_json() else form}")())
