"""Settings that are written once.

A field of a settings dataclass carries its type and limits (`typing.Annotated`), its
default, its unit and one sentence; the command's option, the configuration file with
its comments, the JSON schema, a report's table and the reference page are made of it.
"""

from __future__ import annotations

import dataclasses
import textwrap
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from annotated_types import Ge, Gt, Le, Lt

from bioloom.run.language import tr

Settings = TypeVar("Settings")
Changes = Mapping[str, object]
"""Values to put in place of a settings object's own, by name."""

FORBID_UNKNOWN: dict[str, Any] = {"extra": "forbid"}
"""Value of ``__pydantic_config__`` that makes an unknown entry an error."""

RNG_SEED = 42
"""Random seed of everything that is drawn, unless another is given."""

COMMENT_COLUMN = 31
LINE_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Limits:
    """Ends of the allowed range; None where it is open.

    Parameters
    ----------
    low, high
        The ends.
    low_open, high_open
        Whether an end itself is not allowed.
    """

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a settings dataclass.

    Parameters
    ----------
    name
        Of the field.
    kind
        ``int``, ``float``, ``bool``, ``str`` or ``Path``, or a settings dataclass.
    choices
        The allowed words; empty where any value of the kind will do.
    words
        Words allowed in place of a number.
    limits
        The allowed range of a number.
    is_many
        Whether it is a list.
    is_optional
        Whether it may be None.
    default
        Its value unless it is set; `dataclasses.MISSING` if it must be given.
    unit
        Such as nt; empty if it has none.
    sentence
        What it means, in English; `tr` gives it in the language in force.
    example
        Shown in a configuration file in place of the default; None for none.
    """

    name: str
    kind: type
    choices: tuple[str, ...]
    words: tuple[str, ...]
    limits: Limits
    is_many: bool
    is_optional: bool
    default: Any
    unit: str
    sentence: str
    example: Any = None

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is dataclasses.MISSING

    @property
    def is_scalar(self) -> bool:
        """Whether it is one value: no list, and no settings of its own."""
        return not (self.is_many or is_dataclass(self.kind))

    def help(self) -> str:
        """Sentence and unit, in the language in force."""
        sentence = tr(self.sentence) if self.sentence else ""
        if not self.unit:
            return sentence
        return tr(
            "{sentence} ({unit}).", sentence=sentence.rstrip(".。"), unit=self.unit
        )


def setting(default: Any, sentence: str, *, unit: str = "", example: Any = None) -> Any:
    """Define a field of a settings dataclass.

    Parameters
    ----------
    default
        Its default; `dataclasses.MISSING` if it must be given; a dataclass to be made
        anew for nested settings.
    sentence
        What it means, a sentence marked for translation (`language.mark`).
    unit
        Of its value.
    example
        For a configuration file, where the default says too little, e.g. a path.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Filters:
    ...     min_length_nt: Annotated[int, Ge(0)] = setting(200, "Shortest.", unit="nt")
    >>> [each.help() for each in settings_of(Filters)]
    ['Shortest (nt).']
    """
    metadata = {"sentence": sentence, "unit": unit, "example": example}
    if isinstance(default, type) and is_dataclass(default):
        return field(default_factory=default, metadata=metadata)
    if default is dataclasses.MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@cache
def settings_of(kind: type) -> tuple[Setting, ...]:
    """The settings that a dataclass holds, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_setting_of(each, hints[each.name]) for each in fields(kind))


def scalar_settings(kind: type) -> tuple[str, ...]:
    """Names of the settings that are one value: those that make command options."""
    return tuple(each.name for each in settings_of(kind) if each.is_scalar)


def setting_named(kind: type, name: str) -> Setting:
    """One setting of a dataclass.

    Raises
    ------
    KeyError
        If it has none of that name.
    """
    return {each.name: each for each in settings_of(kind)}[name]


def changed(settings: Settings, changes: Changes) -> Settings:
    """Settings with other values by name."""
    return replace(settings, **changes)  # type: ignore[type-var]


def yaml_lines(kind: type, *, off: str = "", indent: str = "") -> Iterator[str]:
    """Lines of a configuration file with every setting and, behind it, what it means.

    Parameters
    ----------
    kind
        A settings dataclass; nested ones are indented below their name.
    off
        Put before the lines of settings that need not be given, such as ``"# "``.
    indent
        Put before each name.
    """
    for each in settings_of(kind):
        start = indent if each.is_required else f"{off}{indent}"
        if is_dataclass(each.kind):
            yield ""
            yield from _commented(start, f"{each.name}:", each.help())
            yield from yaml_lines(each.kind, off=off, indent=f"{indent}  ")
            yield ""
            continue
        value = each.default if each.example is None else each.example
        yield from _commented(
            start, f"{each.name}: {yaml_value(value)}", _meaning(each)
        )


def yaml_value(value: object) -> str:
    """A default as YAML.

    Examples
    --------
    >>> yaml_value(None), yaml_value(1e-05), yaml_value(("a", "b")), yaml_value(True)
    ('null', '1.0e-05', '[a, b]', 'true')
    """
    if value is None or value is dataclasses.MISSING:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and "e" in repr(value) and "." not in repr(value):
        return repr(value).replace("e", ".0e")  # YAML 1.1 takes 1e-05 for a word
    if isinstance(value, tuple):
        return f"[{', '.join(yaml_value(part) for part in value)}]"
    return str(value)


def json_schema(kind: type[Settings]) -> dict[str, Any]:
    """JSON schema of a settings dataclass, each entry with its sentence."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(kind).json_schema()
    _describe(schema, kind, schema.get("$defs", {}))
    return schema


def _describe(schema: dict[str, Any], kind: type, others: dict[str, Any]) -> None:
    for each in settings_of(kind):
        entry = schema["properties"][each.name]
        if is_dataclass(each.kind):
            _describe(others[each.kind.__name__], each.kind, others)
        if each.sentence:
            entry["description"] = each.help()


def _setting_of(each: dataclasses.Field[Any], hint: Any) -> Setting:
    base, marks, is_optional, words = _unwrapped(hint)
    is_many = get_origin(base) is tuple
    if is_many:
        element = _unwrapped(get_args(base)[0])
        base, marks = element.base, marks + element.marks
    choices = tuple(map(str, get_args(base))) if get_origin(base) is Literal else ()
    default = each.default
    if each.default_factory is not dataclasses.MISSING:
        default = each.default_factory()
    return Setting(
        name=each.name,
        kind=str if choices else base,
        choices=choices,
        words=words,
        limits=_limits(marks),
        is_many=is_many,
        is_optional=is_optional,
        default=default,
        unit=each.metadata.get("unit", ""),
        sentence=each.metadata.get("sentence", ""),
        example=each.metadata.get("example"),
    )


class _Unwrapped(NamedTuple):
    """Type without None, Annotated and words, and what these were."""

    base: Any
    marks: list[object]
    is_optional: bool
    words: tuple[str, ...] = ()


def _unwrapped(hint: Any) -> _Unwrapped:
    marks: list[object] = []
    is_optional = False
    words: tuple[str, ...] = ()
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            marks += more
        elif get_origin(hint) in (Union, types.UnionType):
            parts = [part for part in get_args(hint) if part is not type(None)]
            is_optional = type(None) in get_args(hint)
            hint, *more = parts
            words = tuple(str(word) for part in more for word in get_args(part))
        else:
            return _Unwrapped(hint, marks, is_optional, words)


def _limits(marks: Sequence[object]) -> Limits:
    ends: dict[str, Any] = {}
    for mark in marks:
        match mark:
            case Ge(ge=low):
                ends |= {"low": low}
            case Gt(gt=low):
                ends |= {"low": low, "low_open": True}
            case Le(le=high):
                ends |= {"high": high}
            case Lt(lt=high):
                ends |= {"high": high, "high_open": True}
    return Limits(**ends)


def _meaning(each: Setting) -> str:
    """Its sentence, after the words that it may be unless the sentence has them."""
    is_explained = all(word in each.sentence for word in each.choices)
    return each.help() if is_explained else f"{' | '.join(each.choices)}: {each.help()}"


def _commented(start: str, entry: str, comment: str) -> Iterator[str]:
    """An entry with its comment behind it, or above it if the entry is long."""
    line = f"{start}{entry}"
    if not comment:
        yield line
        return
    column = max(COMMENT_COLUMN, len(line) + 1)
    width = LINE_WIDTH - column - len("# ")
    if width < LINE_WIDTH // 2:
        yield from _wrapped(comment, start=f"{start}# ", next_start=f"{start}# ")
        yield from _wrapped(entry, start=start, next_start=f"{start}    ")
        return
    first, *rest = textwrap.wrap(comment, width)
    yield f"{line:{column}}# {first}"
    for more in rest:
        yield f"{start.rstrip():{column}}# {more}"


def _wrapped(text: str, *, start: str, next_start: str) -> list[str]:
    return textwrap.wrap(
        text,
        LINE_WIDTH,
        initial_indent=start,
        subsequent_indent=next_start,
        break_long_words=False,
        break_on_hyphens=False,
    )
