"""Command options that are made of a settings dataclass (`bioloom.run.settings`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from bioloom.run.settings import Setting, setting_named

Command = TypeVar("Command", bound=Callable[..., Any])


def settings_options(
    kind: type, *names: str, into: str = "changes", **flags: str
) -> Callable[[Command], Command]:
    """Options of a command for settings of a dataclass.

    Parameters
    ----------
    kind
        The settings dataclass.
    names
        Fields that get an option ``--field-name``.
    into
        Parameter of the command that takes what was typed: a dictionary by field.
    flags
        Fields whose option has another name, such as ``learning_rate="--lr"``.
    """
    wanted = [(name, _flag(name)) for name in names] + list(flags.items())

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(*args: Any, **options: Any) -> Any:
            typed = {name: options.pop(name) for name, _ in wanted}
            given = {name: value for name, value in typed.items() if value is not None}
            return command(*args, **{into: given}, **options)

        decorated: Any = run
        for name, flag in reversed(wanted):
            decorated = _option(setting_named(kind, name), flag)(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _option(setting: Setting, flag: str) -> Callable[[Any], Any]:
    words = setting.help()
    if setting.default is not None and not setting.is_required:
        words = f"{words.rstrip('.')}; default: {_shown(setting.default)}."
    if setting.kind is bool:
        names = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.option(names, setting.name, default=None, help=words)
    return click.option(
        flag,
        setting.name,
        type=option_type(setting),
        multiple=setting.is_many,
        callback=_many if setting.is_many else None,
        help=words,
    )


def _many(
    _context: click.Context, _option: click.Parameter, value: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    """None where the option was not typed at all."""
    return value or None


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(str, default))
    return str(default)


def option_type(setting: Setting) -> click.ParamType[Any] | type:
    """What click checks a value with: words, a range, a path."""
    if setting.choices:
        return click.Choice(setting.choices)
    limits = setting.limits
    if setting.kind in (int, float):
        number: type[click.IntRange | click.FloatRange]
        number = click.IntRange if setting.kind is int else click.FloatRange
        return number(
            limits.low,  # type: ignore[arg-type]
            limits.high,  # type: ignore[arg-type]
            min_open=limits.low_open,
            max_open=limits.high_open,
        )
    return click.Path(path_type=Path) if setting.kind is Path else setting.kind
