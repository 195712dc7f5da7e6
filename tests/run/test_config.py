"""YAML and JSON files as frozen dataclasses."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from annotated_types import Ge

from bioloom.errors import BadConfig, InputWarning, MissingFile, SeveralMistakes
from bioloom.run.config import (
    FORBID_UNKNOWN,
    check_config,
    load_config,
    right_part,
)
from bioloom.run.mistakes import Mistakes


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A section."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN
    size_nt: Annotated[int, Ge(1)] = 5
    mode: Literal["one", "two"] = "one"
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Outer:
    """A file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN
    genome: Path
    name: str = "x"
    inner: Inner = field(default_factory=Inner)
    many: tuple[Inner, ...] = ()


def load(folder, text, name="c.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_config(path, Outer)


def test_yaml_and_json_give_the_same(tmp_path):
    expected = Outer(genome=tmp_path / "g.fa", inner=Inner(size_nt=7))
    assert load(tmp_path, "genome: g.fa\ninner: {size_nt: 7}\n") == expected
    text = '{"genome": "g.fa", "inner": {"size_nt": 7}}'
    assert load(tmp_path, text, "c.json") == expected


def test_paths_start_at_the_folder_of_the_file_at_any_depth(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    (tmp_path / "sub").mkdir()
    found = load(tmp_path / "sub", "genome: ../g.fa\ninner: {file: ~/f}\n")
    assert found.genome.resolve() == (tmp_path / "g.fa").resolve()
    assert found.genome.is_absolute()
    assert found.inner.file == Path("/home/me/f")
    assert load(tmp_path, "genome: /g.fa\n").genome == Path("/g.fa")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\n", "c.yaml: genome: found nothing, expected a value. Correct"),
        (
            "genom: g\n",
            "c.yaml: genom: found an unknown entry, expected one of genome, name, "
            "inner, many. Did you mean 'genome'?",
        ),
        (
            "genome: g\nsize_nt: 3\n",
            "c.yaml: size_nt: found an unknown entry, expected one of genome, name, "
            "inner, many. Did you mean 'inner.size_nt'?",
        ),
        (
            "genome: g\nnmae: y\n",
            "c.yaml: nmae: found an unknown entry, expected one of genome, name, inner",
        ),
        (
            "genome: g\ninner: {size: 3}\n",
            "c.yaml: inner.size: found an unknown entry, expected one of size_nt, mode",
        ),
        (
            "genome: g\nmany: [{size_nt: 3}, {size: 3}]\n",
            "c.yaml: many.1.size: found an unknown entry, expected one of size_nt, mo",
        ),
        (
            "genome: g\ninner: {size_nt: many}\n",
            "c.yaml: inner.size_nt: found 'many', expected input should be a valid int",
        ),
        (
            "genome: g\ninner: {size_nt: 0}\n",
            "c.yaml: inner.size_nt: found 0, expected input should be greater than or",
        ),
        (
            "genome: g\ninner: {mode: three}\n",
            "c.yaml: inner.mode: found 'three', expected input should be 'one' or",
        ),
        ("genome: [1\n", "c.yaml: found while parsing a flow sequence"),
        (
            "- a\n- b\n",
            "c.yaml: found a list of 2, expected entries of the form 'name: value'",
        ),
        ("", "c.yaml: found nothing, expected entries of the form 'name: value'"),
        ("just words\n", "c.yaml: found the bare value 'just words', expected entries"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, text, message):
    with pytest.raises(BadConfig) as caught:
        load(tmp_path, text)
    assert f"{tmp_path}/{message}" in str(caught.value)


def test_a_file_in_another_encoding_is_read_and_named(tmp_path):
    (tmp_path / "c.yaml").write_bytes("genomes: ä\n".encode("latin-1"))
    with (
        pytest.warns(InputWarning, match=r"c\.yaml: read as Windows-1252 .*line 1"),
        pytest.raises(BadConfig, match="genomes: found an unknown entry"),
    ):
        load_config(tmp_path / "c.yaml", Outer)


def test_all_wrong_entries_are_told_at_once(tmp_path):
    with pytest.raises(SeveralMistakes) as caught:
        load(tmp_path, "nme: y\ninner: {size_nt: 0, mode: tow}\nmany: [{size: 1}, 3]\n")
    told = [str(mistake).partition("c.yaml: ")[2] for mistake in caught.value.mistakes]
    assert sorted(line.split(":")[0] for line in told) == [
        *("genome", "inner.mode", "inner.size_nt", "many.0.size", "many.1", "nme"),
    ]
    assert "Did you mean 'name'?" in str(caught.value)
    assert "Did you mean 'two'?" in str(caught.value)


def test_what_is_right_can_be_checked_further(tmp_path):
    mistakes, source = Mistakes(), tmp_path / "c.yaml"
    entries = {"name": "n", "inner": {"size_nt": 0, "mode": "two"}, "many": [{"x": 1}]}
    found = right_part(entries, Outer, source=source, mistakes=mistakes)
    assert found == Outer(genome=source, name="n", inner=Inner(mode="two"))
    assert len(mistakes.found) == 3
    assert entries["inner"] == {"size_nt": 0, "mode": "two"}


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFile, match="expected a configuration file"):
        load_config(tmp_path / "none.yaml", Outer)


def test_yaml_can_not_run_code(tmp_path):
    with pytest.raises(BadConfig, match="could not determine a constructor"):
        load(tmp_path, "genome: !!python/object/apply:os.getcwd []\n")


def test_entries_from_elsewhere_are_checked_alike():
    with pytest.raises(BadConfig, match=r"run\.json: inner: found 3"):
        check_config({"genome": "g", "inner": 3}, Outer, source=Path("run.json"))
