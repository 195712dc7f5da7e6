"""Configuration files, checked and frozen.

A room describes its settings as frozen dataclasses; here a YAML or JSON file becomes
one of them, or one clear error that names the entry.
"""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import yaml

from bioloom.errors import BadConfig, MissingFile
from bioloom.run.output import UNREADABLE, open_text
from bioloom.run.settings import FORBID_UNKNOWN as FORBID_UNKNOWN

if TYPE_CHECKING:
    from pydantic import ValidationError

Settings = TypeVar("Settings")


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
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        settings = TypeAdapter(kind).validate_python(entries)
    except ValidationError as problem:
        raise _as_bad_config(problem, kind, source) from None
    return _with_absolute_paths(settings, source.parent.resolve())


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


def _as_bad_config(problem: "ValidationError", kind: type, source: Path) -> BadConfig:
    first = problem.errors()[0]
    entry = ".".join(map(str, _place_in_file(first["loc"])))
    if first["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        known = _names(_kind_at(kind, first["loc"][:-1]))
        found, expected = "an unknown entry", f"one of {', '.join(known)}"
    elif first["type"] in {"missing", "missing_argument"}:
        found, expected = "nothing", "a value"
    else:
        found, expected = repr(first["input"]), _lowered(first["msg"])
    return BadConfig(
        where=f"{source}: {entry}",
        found=found,
        expected=expected,
        advice="Correct this entry and run again.",
    )


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
