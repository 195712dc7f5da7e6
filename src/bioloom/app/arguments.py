"""Command lines made of forms: each value checked, and none able to be an option."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

import click

from bioloom.app.commands import Offer
from bioloom.app.errors import BadValue, OutsideRoots
from bioloom.app.forms import HIDDEN, field_name, flag, is_path, is_written, kind_of
from bioloom.app.roots import Roots
from bioloom.run.language import tr

Values = Mapping[str, str]
"""What a form holds, by field."""

MOST_CHARACTERS = 20_000
PICTURES = (".svg", ".png")
"""Endings that a command adds to the stem of a picture."""
REPLACE = "replace"
"""Field that allows to replace files."""
_PIECES = re.compile(r"[,;=\s]|:(?!//)")
_NO_PATHS = ("", "-", "~", "/")


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
        yield param.secondary_opts[0] if parts[0] == "no" else flag(param)
        return
    yield f"{flag(param)}={parts[0]}"
    yield from parts[1:]


def _given(param: click.Parameter, values: Values) -> list[list[str]]:
    """Values of a parameter, each with its parts; none if it was left alone."""
    text = values.get(field_name(param), "").strip()
    if not text or param.name in HIDDEN:
        return []
    kind = kind_of(param)
    if kind == "flag" and text not in ("yes", "on"):
        return []
    if kind == "lines":
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if param.nargs > 1:
            return [line.split(None, param.nargs - 1) for line in lines]
        return [[line] for line in lines]
    return [[text]]


def _check_values(offer: Offer, values: Values, roots: Roots) -> None:
    """Refuse what would do harm.

    Raises
    ------
    BadValue
        If a value is odd, leads out of the roots, or names a file that would be
        replaced.
    """
    for param in offer.command.params:
        for parts in _given(param, values):
            for part in parts:
                _check_text(part, field_name(param))
            if param.nargs > 1 and len(parts) != param.nargs:
                message = tr(
                    "Each line of {option} has {n} values, with blanks between them.",
                    option=flag(param),
                    n=param.nargs,
                )
                raise BadValue(message, field=field_name(param))
            _check_first(param, parts[0])
            for path in _paths(param, parts):
                _check_path(path, param, roots)
                if values.get(REPLACE) != "yes":
                    _check_new(path, param, roots)


def _check_new(path: str, param: click.Parameter, roots: Roots) -> None:
    if is_written(param) and _is_file(roots, path):
        message = tr(
            "{path} exists. Choose another name, or allow to replace it.", path=path
        )
        raise BadValue(message, field=field_name(param))


def _is_file(roots: Roots, path: str) -> bool:
    """Whether a file would be replaced: of that name, or a picture of that stem."""
    names = (path, *(f"{path}{ending}" for ending in PICTURES))
    try:
        return path != "-" and any(roots.inside(name).is_file() for name in names)
    except OutsideRoots as problem:  # a name too long, or a link that leads out
        raise BadValue(str(problem)) from None


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
            tr("A value of {option} cannot begin with -.", option=flag(param)),
            field=field_name(param),
        )


def _paths(param: click.Parameter, parts: Sequence[str]) -> list[str]:
    """Those of the parts that name files, or that a command might take for names."""
    if isinstance(param.type, click.Tuple):
        kinds: Sequence[object] = param.type.types
    else:
        kinds = [param.type] * len(parts)
    pairs = list(zip(parts, kinds, strict=False))
    named = [part for part, kind in pairs if is_path(kind)]
    words = [part for part, kind in pairs if not is_path(kind)]
    pieces = [piece for word in words for piece in (word, *_PIECES.split(word))]
    return [*named, *(piece for piece in pieces if piece not in _NO_PATHS)]


def _check_path(path: str, param: click.Parameter, roots: Roots) -> None:
    name, is_output = field_name(param), is_written(param)
    if path == "-" and is_output:
        return
    if path == "-":
        message = tr("There is no standard input here: choose a file.")
        raise BadValue(message, field=name)
    try:
        place = roots.inside(path)
    except OutsideRoots as problem:
        raise BadValue(str(problem), field=name) from None
    if is_output and place.is_relative_to(roots.jobs):
        message = tr("{path} is where the application keeps its jobs.", path=path)
        raise BadValue(message, field=name)
