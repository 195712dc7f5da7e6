"""Explanations in their four forms."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.run.language import use_language

GOLDEN = Path(__file__).parent / "data"
EXAMPLE = Explanation(
    title="T1: rejected <b>",
    inputs={"place": "chr1:1-9 (+)", "note": "a & b"},
    steps=(
        Step(
            claim="The longest ORF is shorter than 100 aa.",
            formula=r"p = \frac{1}{1 + e^{-z}}",
            substitution=r"p = \frac{1}{1 + e^{-0.5}} = 0.622",
            value=Quantity(0.6224593, "", 3),
            verdict=Verdict("fail", Quantity(0.24, "", 2)),
            source="doi:10.1093/nar/gkt006",
            detail=("MK<L", "", "acgATG"),
        ),
        Step(claim="Nothing is decided.", verdict=Verdict("note", text="not judged")),
        Step(
            claim="Far away.",
            value=Quantity(37, "nt"),
            verdict=Verdict("pass", Quantity(1, "nt")),
        ),
        Step(claim="A bare claim."),
    ),
)
FORMS = {"text": "txt", "markdown": "md", "html": "html", "json": "json"}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_the_golden_one(form):
    found = getattr(EXAMPLE, f"to_{form}")()
    assert found == (GOLDEN / f"explanation.{FORMS[form]}").read_text("utf-8")


def test_json_holds_every_field_unrounded_and_is_strict():
    def refuse(word):
        raise AssertionError(word)

    found = json.loads(EXAMPLE.to_json(), parse_constant=refuse)
    assert found["steps"][0]["value"]["number"] == 0.6224593
    assert found["steps"][1]["verdict"]["text"] == "not judged"
    assert found["inputs"] == dict(EXAMPLE.inputs)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], set(), []

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 (HTMLParser's)
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_html_escapes_what_came_from_data_and_closes_its_tags():
    hostile = "<script>alert('x')</script>&\""
    made = Explanation(
        title=hostile,
        inputs={hostile: hostile},
        steps=(
            Step(
                claim=hostile,
                source=hostile,
                detail=(hostile,),
                value=Quantity(1, hostile),
                verdict=Verdict("note", text=hostile),
            ),
        ),
    )
    reader = Tags()
    reader.feed(made.to_html())
    assert reader.open == []
    assert "script" not in reader.seen
    assert "".join(reader.words).count(hostile) == 8


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{a}{b + c}", "a/(b + c)"),
        (r"\frac{a-1}{b}", "(a-1)/b"),
        (r"\frac{1}{1+x}", "1/(1+x)"),
        (r"\frac{a}{-b}", "a/(-b)"),
        (r"\frac{1}{\frac{a}{b}}", "1/(a/b)"),
        (r"w_i \frac{x_i - \mu_i}{\sigma_i}", "w_i (x_i - μ_i)/σ_i"),
        (r"\frac{0.5}{12}", "0.5/12"),
        (r"a \leq b", "a ≤ b"),
        (r"\frac{\partial J}{\partial w_{11}}", "∂J/∂w_11"),
        (r"e^{- z_{21}}", "e^(- z_21)"),
        (r"e^{-x^{2 a}}", "e^(-x^(2 a))"),
    ],
)
def test_formulas_read_well_on_one_line(latex, plain):
    text = Explanation("t", (Step("c", formula=latex),)).to_text()
    assert f"     {plain}\n" in text


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (Quantity(63, "aa"), "63 aa"),
        (Quantity(2.5), "2"),
        (Quantity(0.0375, "", 3), "0.037"),
        (Quantity(-1, "bits", 1), "-1.0 bits"),
    ],
)
def test_quantities_are_rounded_only_when_shown(quantity, shown):
    assert str(quantity) == shown


def test_verdicts_tell_the_margin():
    assert str(Verdict("pass", Quantity(37, "aa"))) == "✓ pass, 37 aa to spare"
    assert str(Verdict("fail", Quantity(3, "nt"))) == "✗ fail, 3 nt from the threshold"
    assert str(Verdict("note", text="not judged")) == "· note, not judged"
    assert str(Verdict("pass")) == "✓ pass"


def test_the_number_of_steps_is_the_same_in_every_form():
    n_steps = len(EXAMPLE.steps)
    assert len(re.findall(r"^\d\. ", EXAMPLE.to_text(), re.M)) == n_steps
    assert len(re.findall(r"^\d\. ", EXAMPLE.to_markdown(), re.M)) == n_steps
    assert EXAMPLE.to_html().count("<li ") == n_steps


@pytest.fixture
def chinese():
    with use_language("zh"):
        return Explanation(
            title="T1：被排除",
            inputs={"位置": "chr1:1-9"},
            steps=(
                Step(
                    claim="甲 < 乙。",
                    value=Quantity(63, "aa"),
                    verdict=Verdict("fail", Quantity(3, "nt")),
                    source="doi:10.1093/nar/gkt006",
                ),
                Step(claim="丙。", verdict=Verdict("note", text="未判定")),
                Step(claim="丁。", verdict=Verdict("pass", Quantity(1, "nt"))),
            ),
        )


def test_an_explanation_keeps_the_language_that_it_was_made_in(chinese):
    """Printed when English is in force again, its frame is Chinese as its words."""
    assert chinese.to_text() == (
        "T1：被排除\n==========\n位置：chr1:1-9\n"
        "\n1. 甲 < 乙。\n     → 63 aa   ✗ 未通过，距阈值3 nt\n"
        "     出处：doi:10.1093/nar/gkt006\n"
        "\n2. 丙。\n     → · 说明，未判定\n"
        "\n3. 丁。\n     → ✓ 通过，余量1 nt\n"
    )
    assert "- 位置：chr1:1-9\n" in chinese.to_markdown()
    assert "   → 63 aa   ✗ 未通过，距阈值3 nt\n" in chinese.to_markdown()
    with use_language("zh"):
        assert "pass, 1 nt to spare" in replace(EXAMPLE, steps=EXAMPLE.steps).to_text()


def test_html_tells_a_language_that_is_not_the_page_s(chinese):
    told = chinese.to_html()
    assert told.startswith('<section class="explanation" lang="zh-Hans"><h3>T1：')
    assert '<li class="fail"><p>甲 &lt; 乙。</p>' in told
    assert "lang=" not in EXAMPLE.to_html()


def test_json_has_the_same_keys_and_codes_in_every_language(chinese):
    found, english = json.loads(chinese.to_json()), json.loads(EXAMPLE.to_json())
    assert found.pop("language") == "zh"
    assert found.keys() == english.keys()
    assert found["steps"][0].keys() == english["steps"][0].keys()
    assert [one["verdict"]["outcome"] for one in found["steps"]] == [
        *("fail", "note", "pass")
    ]


@pytest.mark.parametrize("text", ["", "aa", "种子区", "内环1x1", "ＡＢ", "γ_0%"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_cells_take_the_same_columns_whatever_they_hold(text, side):
    made = cell(text, 12, to=side)
    assert width_of(made) == 12
    assert made.strip() == text
    assert (made.startswith(text), made.endswith(text))[side == "right"]


def test_a_cell_is_padded_as_python_pads_where_characters_are_narrow():
    assert cell("adds", 8, to="right") == f"{'adds':>8}"
    assert cell("evidence", 22) == f"{'evidence':22}"
    assert cell("too long", 3) == "too long"
