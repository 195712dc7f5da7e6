"""Forms made of a command's own parameters, and command lines made of forms."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import click

from bioloom.app.commands import Offer
from bioloom.app.errors import BadValue, OutsideRoots
from bioloom.app.roots import Roots
from bioloom.run.language import tr

Kind = Literal["text", "number", "choice", "flag", "switch", "path", "lines"]
Values = Mapping[str, str]
"""What a form holds, by parameter."""
Pick = Literal["", "file", "folder", "any"]

MOST_CHARACTERS = 20_000
PICTURES = (".svg", ".png")
"""Endings that a command adds to the stem of a picture."""
REPLACE = "replace"
"""Field that allows to replace files."""
_HIDDEN = frozenset({"json", "help"})
_MOST_OPEN = 8  # fields of a form that need not be folded
_WRITES = re.compile(
    r"^(Stem|Folder) of|\bto write\b|\b[Ff]ile for (the|one|a)\b|^File; - is|"
    r"^Also write|^(TSV|PNG|HTML|Text|BibTeX|RIS)\b"
)
_PIECES = re.compile(r"[,;=\s]|:(?!//)")
_NO_PATHS = ("", "-", "~", "/")


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
        return _flag(self.param)

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
        if param.name not in _HIDDEN and not getattr(param, "hidden", False)
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
    text = "" if is_argument else getattr(param, "help", None) or ""
    is_output = _is_output(param, text)
    named = {word.partition("=")[0] for words in examples for word in words}
    is_main = (
        param.required or is_argument or is_output and param.name in ("out", "into")
    )
    return Field(
        param,
        kind=_kind(param),
        help=offer.line.words(text),
        default=_default(param),
        choices=tuple(map(str, getattr(param.type, "choices", ()))),
        pick=_pick(param),
        is_output=is_output,
        is_main=is_main or bool(named & {*param.opts}),
        example=_example(param, examples),
    )


def _kind(param: click.Parameter) -> Kind:
    if isinstance(param, click.Option) and param.is_flag:
        return "switch" if param.secondary_opts else "flag"
    if param.nargs != 1 or getattr(param, "multiple", False):
        return "lines"
    if isinstance(param.type, click.Choice):
        return "choice"
    if _is_path(param.type):
        return "path"
    number = (click.types.IntParamType, click.types.FloatParamType)
    return "number" if isinstance(param.type, number) else "text"


def _is_path(kind: object) -> bool:
    return isinstance(kind, click.Path | click.File)


def _pick(param: click.Parameter) -> Pick:
    kinds = param.type.types if isinstance(param.type, click.Tuple) else [param.type]
    for kind in kinds:
        if isinstance(kind, click.Path):
            if kind.file_okay and kind.dir_okay:
                return "any"
            return "file" if kind.file_okay else "folder"
    return ""


def _is_output(param: click.Parameter, text: str) -> bool:
    if isinstance(param, click.Argument) or not _is_path(param.type):
        return False
    return param.name in ("out", "into") or bool(_WRITES.search(text))


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
    return _flag(param).lstrip("-")


def _flag(param: click.Parameter) -> str:
    """The long name of an option."""
    return next((one for one in param.opts if one.startswith("--")), param.opts[0])


def checked_arguments(offer: Offer, values: Values, roots: Roots) -> list[str]:
    """Arguments of a command for what a form holds, checked as the command would.

    Parameters
    ----------
    offer
        The command.
    values
        What the form holds.
    roots
        Where files may be.

    Returns
    -------
    Arguments; no value can be taken for an option: each is behind ``=`` or ``--``.

    Raises
    ------
    BadValue
        If the command would refuse them, or a file is outside the roots.
    """
    _check_values(offer, values, roots)
    arguments = list(_arguments(offer, values))
    try:
        with offer.context() as above:
            offer.command.make_context(
                offer.words[-1], list(arguments), parent=above
            ).close()
    except click.UsageError as problem:
        param = getattr(problem, "param", None)
        raise BadValue(problem.format_message(), field=_name(param)) from None
    except click.exceptions.Exit:
        raise BadValue(tr("This form cannot be run.")) from None
    return arguments


def _name(param: click.Parameter | None) -> str:
    return field_name(param) if param else ""


def command_text(words: Sequence[str], arguments: Sequence[str]) -> str:
    """The command line as it would be typed."""
    return shlex.join(["bioloom", *words, *arguments])


def _arguments(offer: Offer, values: Values) -> Iterator[str]:
    positional: list[str] = []
    for param in offer.command.params:
        given = _given(param, values)
        if isinstance(param, click.Argument):
            positional += [part for parts in given for part in parts]
        else:
            for parts in given:
                yield from _option(param, parts)
    if positional:
        yield "--"
        yield from positional


def _option(param: click.Parameter, parts: Sequence[str]) -> Iterator[str]:
    """An option with its values; Click takes the parts after the first as they are."""
    if isinstance(param, click.Option) and param.is_flag:
        yield param.secondary_opts[0] if parts[0] == "no" else _flag(param)
        return
    yield f"{_flag(param)}={parts[0]}"
    yield from parts[1:]


def _given(param: click.Parameter, values: Values) -> list[list[str]]:
    """Values of a parameter, each with its parts; none if it was left alone."""
    text = values.get(field_name(param), "").strip()
    if not text or param.name in _HIDDEN:
        return []
    kind = _kind(param)
    if kind == "flag" and text not in ("yes", "on"):
        return []
    if kind == "lines":
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if param.nargs > 1:
            return [line.split(None, param.nargs - 1) for line in lines]
        return [[line] for line in lines]
    return [[text]]


def _check_values(offer: Offer, values: Values, roots: Roots) -> None:
    replaced = []
    for param in offer.command.params:
        name = field_name(param)
        help_text = getattr(param, "help", None) or ""
        for parts in _given(param, values):
            for part in parts:
                _check_text(part, name)
            _check_first(param, parts[0])
            for path in _paths(param, parts):
                _check_path(path, name, roots, is_output=_is_output(param, help_text))
                if _is_output(param, help_text) and _is_file(roots, path):
                    replaced.append((path, name))
    if replaced and values.get(REPLACE) != "yes":
        path, name = replaced[0]
        raise BadValue(
            tr(
                "{path} exists. Choose another name, or allow to replace it.", path=path
            ),
            field=name,
        )


def _is_file(roots: Roots, path: str) -> bool:
    """Whether a file would be replaced: of that name, or a picture of that stem."""
    names = (path, *(f"{path}{ending}" for ending in PICTURES))
    return path != "-" and any(roots.inside(name).is_file() for name in names)


def _check_text(text: str, name: str) -> None:
    if len(text) > MOST_CHARACTERS or any(ord(one) < 32 for one in text):
        raise BadValue(
            tr("A value is too long, or holds a control character."), field=name
        )


def _check_first(param: click.Parameter, text: str) -> None:
    """Refuse what Click would take for an option even behind ``=``.

    It does where an option's value may be left out, as that of ``--ego``.
    """
    if getattr(param, "_flag_needs_value", False) and text.startswith("-"):
        raise BadValue(
            tr("A value of {option} cannot begin with -.", option=_flag(param)),
            field=field_name(param),
        )


def _paths(param: click.Parameter, parts: Sequence[str]) -> list[str]:
    """Those of the parts that name files, or that a command might take for names."""
    if isinstance(param.type, click.Tuple):
        kinds: Sequence[object] = param.type.types
    else:
        kinds = [param.type] * len(parts)
    pairs = list(zip(parts, kinds, strict=False))
    named = [part for part, kind in pairs if _is_path(kind)]
    words = [part for part, kind in pairs if not _is_path(kind)]
    pieces = [piece for word in words for piece in (word, *_PIECES.split(word))]
    return [*named, *(piece for piece in pieces if piece not in _NO_PATHS)]


def _check_path(path: str, name: str, roots: Roots, *, is_output: bool) -> None:
    if path == "-" and is_output:
        return
    if path == "-":
        raise BadValue(
            tr("There is no standard input here: choose a file."), field=name
        )
    try:
        place = roots.inside(path)
    except OutsideRoots as problem:
        raise BadValue(str(problem), field=name) from None
    if is_output and place.is_relative_to(roots.jobs):
        raise BadValue(
            tr("{path} is where the application keeps its jobs.", path=path), field=name
        )
