"""FC options that are made of a settings dataclass (`bioloom.run.settings`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from click.decorators import FC

from bioloom.cli.options import Values, gathered
from bioloom.run.settings import Limits, Setting, setting_named


def settings_options(
    kind: type, *names: str, into: str = "changes", **flags: str
) -> Callable[[FC], FC]:
    """Options of a command for settings of a dataclass.

    Parameters
    ----------
    kind
        The settings dataclass.
    names
        Fields that get an option ``--field-name``.
    into
        Parameter of the command that takes the values that were typed: a dictionary by
        field, for `bioloom.run.settings.changed`.
    flags
        Fields whose option has another name, such as ``learning_rate="--lr"``.
    """
    flag_of = {name: "--" + name.replace("_", "-") for name in names} | flags

    def decorate(command: FC) -> FC:
        decorated = gathered(flag_of, into=into, build=_typed)(command)
        for name, flag in reversed(flag_of.items()):
            decorated = _option(setting_named(kind, name), flag)(decorated)
        return decorated

    return decorate


def _typed(values: Values) -> Values:
    """The values that were typed: an option that was not is None."""
    return {name: value for name, value in values.items() if value is not None}


def _option(setting: Setting, flag: str) -> Callable[[FC], FC]:
    if setting.kind is bool:
        names = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.option(names, setting.name, default=None, help=_help(setting))
    return click.option(
        flag,
        setting.name,
        type=option_type(setting),
        multiple=setting.is_many,
        callback=_list_or_none if setting.is_many else None,
        help=_help(setting),
    )


def _help(setting: Setting) -> str:
    """Meaning and default; an option that is not typed is None, and changes nothing."""
    if setting.default in (None, "") or setting.is_required:
        return setting.help()
    return f"{setting.help()}  [default: {_shown(setting.default)}]"


def _list_or_none(
    _context: click.Context, _option: click.Parameter, values: tuple[object, ...]
) -> tuple[object, ...] | None:
    """None where the option was not typed."""
    return values or None


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(str, default))
    return str(default)


def option_type(setting: Setting) -> click.ParamType[object] | type:
    """What click checks a value with: words, a range, a path."""
    if setting.choices:
        return click.Choice(setting.choices)
    limits = setting.limits
    if setting.kind in (int, float) and limits != Limits():
        kind: type[click.IntRange | click.FloatRange]
        kind = click.IntRange if setting.kind is int else click.FloatRange
        number = kind(
            limits.low,  # type: ignore[arg-type]
            limits.high,  # type: ignore[arg-type]
            min_open=limits.low_open,
            max_open=limits.high_open,
        )
        return NumberOrWord(number, setting.words) if setting.words else number
    return click.Path(path_type=Path) if setting.kind is Path else setting.kind


class NumberOrWord(click.ParamType[object]):
    """A number in its range, or a word such as "auto"."""

    def __init__(
        self, number: click.IntRange | click.FloatRange, words: tuple[str, ...]
    ) -> None:
        self._number, self._words = number, words
        self.name = "|".join((number.name, *words))

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> object:
        """The word, or the number."""
        if value in self._words:
            return value
        return self._number.convert(value, param, ctx)  # type: ignore[arg-type]
