"""Forms made of a command's own parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import click

from bioloom.app.commands import Offer

Kind = Literal["text", "number", "choice", "flag", "switch", "path", "lines"]
Pick = Literal["", "file", "folder", "any"]

HIDDEN = frozenset({"json", "help"})
"""Parameters that no form has."""
_MOST_OPEN = 8  # fields of a form that need not be folded
_WRITES = re.compile(
    r"^(Stem|Folder) of|^Folder for|\bto write\b|\bwrite a figure\b|"
    r"\b[Ff]ile for (the|one|a)\b|^File; - is|^Also write|"
    r"^(TSV|PNG|HTML|Text|BibTeX|RIS)\b"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a command, as a form shows it.

    Parameters
    ----------
    param
        The parameter.
    kind
        How it is entered: "switch" is yes, no or neither; "lines" has a value a line.
    help
        What it means, in the language in force.
    default
        In words; empty if there is none.
    choices
        The allowed words.
    pick
        What the file browser chooses for it; empty for none.
    is_output
        Whether the command writes it.
    is_main
        Whether it is always in sight.
    example
        A value from the command's help.
    """

    param: click.Parameter
    kind: Kind
    help: str
    default: str
    choices: tuple[str, ...] = ()
    pick: Pick = ""
    is_output: bool = False
    is_main: bool = False
    example: str = ""

    @property
    def name(self) -> str:
        """Of the form's field."""
        return field_name(self.param)

    @property
    def label(self) -> str:
        """As the command line names it."""
        if isinstance(self.param, click.Argument):
            return self.param.human_readable_name
        return flag(self.param)

    @property
    def is_required(self) -> bool:
        """Whether the command cannot do without."""
        return self.param.required


def fields_of(offer: Offer) -> list[Field]:
    """The fields of a command: what it needs first, then what its examples name."""
    examples = offer.examples()
    fields = [
        _field(param, offer, examples)
        for param in offer.command.params
        if param.name not in HIDDEN and not getattr(param, "hidden", False)
    ]
    if len(fields) <= _MOST_OPEN:
        fields = [_shown(field) for field in fields]
    return sorted(fields, key=_place)


def _place(field: Field) -> tuple[bool, bool, bool]:
    is_argument = isinstance(field.param, click.Argument)
    return (not field.is_required, not field.is_main, not is_argument)


def _shown(field: Field) -> Field:
    return replace(field, is_main=True)


def _field(
    param: click.Parameter, offer: Offer, examples: Sequence[Sequence[str]]
) -> Field:
    is_argument = isinstance(param, click.Argument)
    is_output = is_written(param)
    named = {word.partition("=")[0] for words in examples for word in words}
    is_main = (
        param.required or is_argument or is_output and param.name in ("out", "into")
    )
    return Field(
        param,
        kind=kind_of(param),
        help=offer.line.words(getattr(param, "help", None) or ""),
        default=_default(param),
        choices=tuple(map(str, getattr(param.type, "choices", ()))),
        pick=_pick(param),
        is_output=is_output,
        is_main=is_main or bool(named & {*param.opts}),
        example=_example(param, examples),
    )


def kind_of(param: click.Parameter) -> Kind:
    """How a parameter is entered."""
    if isinstance(param, click.Option) and param.is_flag:
        return "switch" if param.secondary_opts else "flag"
    if param.nargs != 1 or getattr(param, "multiple", False):
        return "lines"
    if isinstance(param.type, click.Choice):
        return "choice"
    if is_path(param.type):
        return "path"
    number = (click.types.IntParamType, click.types.FloatParamType)
    return "number" if isinstance(param.type, number) else "text"


def is_path(kind: object) -> bool:
    """Whether values of a type name files."""
    return isinstance(kind, click.Path | click.File)


def _pick(param: click.Parameter) -> Pick:
    kinds = param.type.types if isinstance(param.type, click.Tuple) else [param.type]
    for kind in kinds:
        if isinstance(kind, click.Path):
            if kind.file_okay and kind.dir_okay:
                return "any"
            return "file" if kind.file_okay else "folder"
    return ""


def is_written(param: click.Parameter) -> bool:
    """Whether a parameter names what the command writes, by its name or its help."""
    if not isinstance(param, click.Option) or not is_path(param.type):
        return False
    return param.name in ("out", "into") or bool(_WRITES.search(param.help or ""))


def _default(param: click.Parameter) -> str:
    default = param.default
    is_plain = isinstance(default, str | int | float | Path)
    if not is_plain or isinstance(default, bool):
        return ""
    return str(default)


def _example(param: click.Parameter, examples: Sequence[Sequence[str]]) -> str:
    """A value that an example of the help gives to an option."""
    for words in examples:
        for word, value in pairwise([*words, ""]):
            if word in param.opts and value and not value.startswith("--"):
                return value
    return ""


def field_name(param: click.Parameter) -> str:
    """What a form calls a parameter: an option's long name, an argument's own.

    Two options may write one parameter of the command's function.
    """
    if isinstance(param, click.Argument):
        return param.name or ""
    return flag(param).lstrip("-")


def flag(param: click.Parameter) -> str:
    """The long name of an option."""
    return next((one for one in param.opts if one.startswith("--")), param.opts[0])
