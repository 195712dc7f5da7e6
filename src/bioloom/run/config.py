"""Configuration files, checked and frozen.

A room describes its settings as frozen dataclasses; here a YAML or JSON file becomes
one of them, or one clear error that names the entry.
"""

import json
import re
import textwrap
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_type_hints

import yaml

from bioloom.errors import BadConfig, MissingFile
from bioloom.run.mistakes import Mistakes, meant
from bioloom.run.output import UNREADABLE, open_text
from bioloom.run.settings import FORBID_UNKNOWN as FORBID_UNKNOWN

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Settings = TypeVar("Settings")
_UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
_MISSING = ("missing", "missing_argument")


def load_config(
    path: Path, kind: type[Settings], *, example: str = "`bioloom lincrna init` writes"
) -> Settings:
    """Read a YAML or JSON file into a frozen dataclass.

    Parameters
    ----------
    path
        The file, or "-"; relative paths inside it start at its folder.
    kind
        Dataclass to fill; `pathlib.Path` fields are made absolute.
    example
        What writes a right file, for messages.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadConfig
        If it is not YAML, or an entry is unknown, missing or of the wrong kind.
    """
    return check_config(read_entries(path, example=example), kind, source=path)


def check_config(
    entries: dict[str, Any], kind: type[Settings], *, source: Path
) -> Settings:
    """Check entries that stand in a file (or came from one) and freeze them.

    Raises
    ------
    BadConfig
        If an entry is unknown, missing or of the wrong kind.
    SeveralMistakes
        If several are.
    """
    mistakes = Mistakes()
    settings = right_part(entries, kind, source=source, mistakes=mistakes)
    mistakes.check()
    assert settings is not None  # noqa: S101 (it is where there is no mistake)
    return settings


def right_part(
    entries: dict[str, Any], kind: type[Settings], *, source: Path, mistakes: Mistakes
) -> Settings | None:
    """Settings as far as their entries are right, so that more can be checked.

    Parameters
    ----------
    entries, kind, source
        As `check_config` has them.
    mistakes
        Takes what is wrong. Such entries have their default; what has none and is a
        path is `source` itself, a file that exists.

    Returns
    -------
    The settings, or None if they cannot be made.
    """
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(kind)
    try:
        settings = adapter.validate_python(entries)
    except ValidationError as problem:
        for mistake in _as_bad_configs(problem, kind, source):
            mistakes.add(mistake)
        places = [_place_in_file(error["loc"]) for error in problem.errors()]
        stand_ins = {name: str(source.resolve()) for name in _needed(kind)}
        try:
            settings = adapter.validate_python(stand_ins | _without(entries, places))
        except ValidationError:
            return None
    return _with_absolute_paths(settings, source.parent.resolve())


def _needed(kind: type) -> list[str]:
    return [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]


def _without(
    entries: dict[str, Any], places: Sequence[Sequence[object]]
) -> dict[str, Any]:
    """Entries without those at some places; a list goes as a whole."""
    left = deepcopy(entries)
    for place in places:
        names = [*takewhile(lambda part: not isinstance(part, int), place)]
        section: Any = left
        for name in names[:-1]:
            section = section.get(name) if isinstance(section, dict) else None
        if names and isinstance(section, dict):
            section.pop(names[-1], None)
    return left


def read_entries(
    path: Path, *, example: str = "`bioloom lincrna init` writes"
) -> dict[str, Any]:
    """Entries of a YAML or JSON file, not checked yet; parameters as `load_config`.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadConfig
        If it is not YAML, or holds no entries.
    """
    if str(path) != "-" and not path.is_file():
        raise MissingFile(path, role="a configuration file")
    try:
        with open_text(path) as stream:
            text = stream.read()
        entries = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (*UNREADABLE, yaml.YAMLError, json.JSONDecodeError) as problem:
        raise BadConfig(
            where=path,
            found=" ".join(str(problem).split()),
            expected="YAML",
            advice=f"Compare with the file that {example}.",
        ) from None
    if not isinstance(entries, dict):
        raise BadConfig(
            where=path,
            found=_kind_in_words(entries),
            expected="entries of the form 'name: value'",
            advice=f"Compare with the file that {example}.",
        )
    return entries


def _kind_in_words(entries: object) -> str:
    """What a file holds instead of entries, as a noun phrase."""
    if entries is None:
        return "nothing"
    if isinstance(entries, list):
        return f"a list of {len(entries)}"
    return f"the bare value {textwrap.shorten(str(entries), 40, placeholder='…')!r}"


def _as_bad_configs(
    problem: "ValidationError", kind: type, source: Path
) -> list[BadConfig]:
    """One error for each wrong entry.

    An entry that is missing goes with the unknown one that was meant to be it.
    """
    errors: dict[tuple[str, ...], ErrorDetails] = {}
    for error in problem.errors():
        errors.setdefault(tuple(map(str, _place_in_file(error["loc"]))), error)
    unknown = {place for place, error in errors.items() if error["type"] in _UNKNOWN}
    slips = {
        (
            *place[:-1],
            meant(place[-1], _names(_kind_at(kind, errors[place]["loc"][:-1]))),
        )
        for place in unknown
    }
    return [
        _as_bad_config(error, ".".join(place), kind, source)
        for place, error in errors.items()
        if error["type"] not in _MISSING or place not in slips
    ]


def _as_bad_config(
    error: "ErrorDetails", entry: str, kind: type, source: Path
) -> BadConfig:
    advice = "Correct this entry and run again."
    if error["type"] in _UNKNOWN:
        known = _names(_kind_at(kind, error["loc"][:-1]))
        found, expected = "an unknown entry", f"one of {', '.join(known)}"
        near = _entry_meant(str(error["loc"][-1]), known, kind)
    elif error["type"] in _MISSING:
        found, expected, near = "nothing", "a value", ""
    else:
        found, expected = repr(error["input"]), _lowered(error["msg"])
        near = meant(str(error["input"]), re.findall(r"'([^']+)'", error["msg"]))
    if near:
        advice = f"Did you mean {near!r}?"
    return BadConfig(
        where=f"{source}: {entry}", found=found, expected=expected, advice=advice
    )


def _entry_meant(name: str, known: Sequence[str], kind: type) -> str:
    """The entry that another may be meant to be: near to it, or in another section."""
    elsewhere = [place for place in _places(kind) if place.endswith(f".{name}")]
    return meant(name, known) or (elsewhere[0] if elsewhere else "")


def _places(kind: type) -> list[str]:
    """Entries of the sections of settings, as ``section.name``."""
    hints = get_type_hints(kind)
    sections = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    return [
        f"{section}.{name}"
        for section, inner in sections.items()
        for name in _names(cast(type, inner))
    ]


def _place_in_file(place: Sequence[object]) -> list[object]:
    """Where an entry stands, without the names of the kinds that it may be.

    Pydantic adds one, such as ``constrained-int``, where an entry may be of several.
    """
    return [
        part
        for part in place
        if isinstance(part, int) or str(part).replace("_", "").isalnum()
    ]


def _kind_at(kind: type, place: Sequence[object]) -> type:
    """Dataclass that describes the entries at a place of nested settings."""
    for name in place:
        if not isinstance(name, int):  # a number is a place in a list
            kind = _element(get_type_hints(kind).get(str(name), kind))
    return kind


def _element(kind: type) -> type:
    """Dataclass that a list is of, or the kind itself."""
    kinds = (get_arg for get_arg in get_args(kind) if isinstance(get_arg, type))
    return next((inner for inner in kinds if is_dataclass(inner)), kind)


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _lowered(message: str) -> str:
    return message[0].lower() + message[1:]


def _with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    """Resolve relative paths against the folder of the file that named them."""
    for field in fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, field.name)
        if isinstance(value, Path):
            object.__setattr__(settings, field.name, folder / value.expanduser())
        elif isinstance(value, tuple) and any(isinstance(part, Path) for part in value):
            paths = tuple(folder / path.expanduser() for path in value)
            object.__setattr__(settings, field.name, paths)
        elif hasattr(value, "__dataclass_fields__"):
            _with_absolute_paths(value, folder)
    return settings
