"""Settings written once: what is made of a dataclass."""

from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from annotated_types import Ge, Gt, Le, Lt

from bioloom.run.language import use_language
from bioloom.run.settings import (
    LINE_WIDTH,
    Limits,
    changed,
    json_schema,
    scalar_settings,
    setting,
    setting_named,
    settings_of,
    yaml_lines,
    yaml_value,
)


@dataclass(frozen=True, kw_only=True)
class Inner:
    cutoff: Annotated[float, Gt(0), Lt(1)] = setting(1e-5, "Smallest value.")
    words: tuple[Literal["one", "two"], ...] = setting(("one",), "Which words.")


@dataclass(frozen=True, kw_only=True)
class Outer:
    reads: Path = setting(MISSING, "The reads.", example=Path("reads.fq"))
    length: Annotated[int, Ge(1), Le(9)] | None = setting(None, "Length.", unit="nt")
    mode: Literal["fast", "slow"] = setting("fast", "fast: less exact; slow: exact.")
    kind: Literal["a", "b"] = setting("a", "Kind of thing.")
    is_kept: bool = setting(default=True, sentence="Keep it.")
    inner: Inner = setting(Inner, "The inside.")
    names: tuple[str, ...] = setting(("chr1", "chr2"), "Names " + "and more " * 20)


def test_fields_are_read():
    length = setting_named(Outer, "length")
    assert (length.kind, length.is_optional, length.default) == (int, True, None)
    assert length.limits == Limits(1, 9)
    cutoff = setting_named(Inner, "cutoff")
    assert cutoff.limits == Limits(0, 1, low_open=True, high_open=True)
    words = setting_named(Inner, "words")
    assert (words.is_many, words.choices, words.kind) == (True, ("one", "two"), str)
    assert setting_named(Outer, "reads").is_required
    with pytest.raises(KeyError):
        setting_named(Outer, "none")


def test_scalar_settings_are_those_of_one_value():
    assert scalar_settings(Outer) == ("reads", "length", "mode", "kind", "is_kept")


def test_the_unit_stands_behind_the_sentence():
    assert setting_named(Outer, "length").help() == "Length (nt)."
    with use_language("zh"):
        assert setting_named(Outer, "length").help() == "Length（nt）。"


def test_yaml_lines_hold_every_default():
    lines = [*yaml_lines(Outer)]
    assert yaml.safe_load("\n".join(lines)) == {
        "reads": "reads.fq",
        "length": None,
        "mode": "fast",
        "kind": "a",
        "is_kept": True,
        "inner": {"cutoff": 1e-5, "words": ["one"]},
        "names": ["chr1", "chr2"],
    }
    assert all(len(line) <= LINE_WIDTH for line in lines)
    text = "\n".join(lines)
    assert "# fast: less exact" in text  # its words explain themselves
    assert "# a | b: Kind of thing." in text


def test_optional_entries_can_be_off():
    text = "\n".join(yaml_lines(Outer, off="# "))
    assert yaml.safe_load(text) == {"reads": "reads.fq"}
    assert "\n#   cutoff: 1.0e-05" in text


@pytest.mark.parametrize("value", [None, True, 3, 0.5, 1e-5, 2e30, "a", ("a", "b"), ()])
def test_values_are_read_back_as_they_were(value):
    back = yaml.safe_load(yaml_value(value))
    assert (tuple(back) if isinstance(back, list) else back) == value


def test_the_schema_describes_each_setting():
    schema = json_schema(Outer)
    assert schema["required"] == ["reads"]
    assert schema["properties"]["length"]["description"] == "Length (nt)."
    assert schema["$defs"]["Inner"]["properties"]["cutoff"]["default"] == 1e-5


def test_changes_replace_values():
    settings = changed(Inner(), {"cutoff": 0.5})
    assert settings == Inner(cutoff=0.5)
    assert changed(settings, {}) == settings


def test_meanings_are_found_in_the_help_of_every_setting():
    assert all(each.help() for each in settings_of(Outer))
