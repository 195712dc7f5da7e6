"""Lessons judged by axe-core, in both languages, light and dark, and by their keys."""

import pytest

import bioloom as bl
from bioloom.lesson import page
from tests.report.browsing import evaluated
from tests.report.judging import NEEDS_AXE, faults, judged

pytestmark = NEEDS_AXE


@pytest.fixture(scope="module")
def pages():
    return page.all_pages()


@pytest.mark.parametrize("name", ["index", *bl.ROOMS])
@pytest.mark.parametrize(("language", "is_dark"), [("en", False), ("zh", True)])
def test_axe_finds_nothing(pages, tmp_path, name, language, is_dark):
    text, hash_ = pages[f"{name}.html"], f"#lang={language}&seen1=1"
    assert faults(text, tmp_path, is_dark=is_dark, hash_=hash_) == []


FAULTS = {
    "label": ('<div id="explore">', '<input type="text"><div id="explore">'),
    "color-contrast": ('<p class="kind"', '<p class="kind" id="pale"'),
    "heading-order": ("<h2 id", "<h5>x</h5><h2 id"),
    "aria-required-children": ('<ol class="steps"', '<ol role="menu" class="steps"'),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_axe_finds_what_is_wrong(pages, tmp_path, rule):
    whole, broken = FAULTS[rule]
    text = pages["graph.html"].replace(whole, broken, 1)
    text = text.replace("</style>", "#pale { color: #ccc; }</style>", 1)
    *_, found = judged(text, tmp_path, hash_="#lang=en")
    assert rule in {name for name, *_ in found}


FOCUS = """
const seen = [];
const able = [...document.querySelectorAll(
  "a[href], button, input, select, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility() && !one.disabled);
for (const one of able) {
  one.focus();
  seen.push([document.activeElement === one, one.tabIndex]);
}
const levels = [...document.querySelectorAll("h1, h2, h3, h4")];
return [seen, document.querySelectorAll("header, main, footer").length,
  levels.map((one) => Number(one.tagName[1]))];
"""


@pytest.mark.parametrize("room", bl.ROOMS)
def test_focus_goes_through_a_page_in_its_order(pages, tmp_path, room):
    seen, n_landmarks, levels = evaluated(pages[f"{room}.html"], FOCUS, tmp_path)
    assert len(seen) > 20
    assert all(is_reached and place == 0 for is_reached, place in seen)
    assert n_landmarks == 3
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
