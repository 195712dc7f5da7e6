"""Designs, checked before a run."""

import re

import pytest

from bioloom.errors import UnknownName
from bioloom.lincrna.comparison.design import (
    Described,
    checked_design,
    contrast_name,
    design_columns,
)
from bioloom.lincrna.errors import BadDesign
from bioloom.lincrna.settings import ComparisonSettings
from bioloom.run.config import load_config


def samples(**columns: str) -> list[Described]:
    """One sample per letter of the columns' words."""
    n = len(next(iter(columns.values())))
    return [
        Described(f"s{row}", {name: word[row] for name, word in columns.items()})
        for row in range(n)
    ]


def settings(design: str, **more) -> ComparisonSettings:
    return ComparisonSettings(design=design, **more)


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("~ condition", ["condition"]),
        ("~batch+condition", ["batch", "condition"]),
        ("batch * condition", ["batch", "condition"]),
        ("~ a + b + a:b", ["a", "b"]),
    ],
)
def test_a_formula_names_columns(formula, columns):
    assert design_columns(formula) == columns


@pytest.mark.parametrize("formula", ["~", "~ 1", "~ 0 + a", "~ a - b", "~ C(a)", "a b"])
def test_anything_else_is_no_formula(formula):
    with pytest.raises(BadDesign, match=re.escape("~ batch + condition")):
        design_columns(formula)


def test_without_contrasts_each_level_is_compared_with_the_first_of_the_sheet():
    design = checked_design(settings("~ b + c"), samples(b="xyxyxy", c="mmaazz"))
    assert design.contrasts == (("c", "a", "m"), ("c", "z", "m"))
    assert [contrast_name(each) for each in design.contrasts] == [
        "c: a vs m",
        "c: z vs m",
    ]


def test_numbers_are_levels():
    frame = checked_design(settings("~ batch"), samples(batch="112233")).frame()
    assert list(frame["batch"].cat.categories) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("columns", "asked", "words"),
    [
        ({"c": "aab"}, settings("~ c"), "found 1 sample of c b, expected 2 replicates"),
        (
            {"c": "aabb"},
            settings("~ c", min_replicates=3),
            "found 2 samples of c b, expected 3 replicates",
        ),
        ({"c": "aaaa"}, settings("~ c"), "found one level of c (a)"),
        (
            {"b": "xxyy", "c": "aabb"},
            settings("~ b + c"),
            "found b and c confounded",
        ),
        (
            {"b": "xxyyzz", "c": "abcabc", "d": "uvvuuv"},
            settings("~ b + c + d"),
            "found 6 coefficients for 6 samples, expected more samples",
        ),
        ({"c": "aab "}, settings("~ c"), "found no c of sample s3"),
        (
            {"c": "aabb"},
            settings("~ c", contrasts=(("c", "a", "a"),)),
            "found 'a' against itself",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_before_the_run(columns, asked, words):
    with pytest.raises(BadDesign, match=re.escape(words)) as problem:
        checked_design(asked, samples(**columns), where="config.yaml")
    assert str(problem.value).startswith("config.yaml: comparison.")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (settings("~ conditon"), "Did you mean 'condition'?"),
        (settings("~ condition", contrasts=(("batch", "x", "y"),)), "batch"),
        (
            settings("~ condition", contrasts=(("condition", "c", "a"),)),
            "no level of condition 'c'",
        ),
    ],
)
def test_unknown_columns_and_levels_are_named(asked, words):
    with pytest.raises(UnknownName, match=re.escape(words)):
        checked_design(asked, samples(condition="aabb", other="xxyy"))


def test_levels_of_a_configuration_may_be_numbers(tmp_path):
    (tmp_path / "c.yaml").write_text("design: ~ day\ncontrasts: [[day, 10, 2]]\n")
    asked = load_config(tmp_path / "c.yaml", ComparisonSettings)
    days = [Described(f"s{n}", {"day": day}) for n, day in enumerate(["2", "10"] * 2)]
    assert checked_design(asked, days).contrasts == (("day", "10", "2"),)
