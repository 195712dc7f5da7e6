"""Lessons judged by axe-core, in both languages, light and dark, and by their keys."""

import os
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

import bioloom as bl
from bioloom.lesson import page
from tests.report.browsing import NEEDS_CHROMIUM, evaluated, promised

HAS_AXE = find_spec("axe_playwright_python") or os.environ.get("BIOLOOM_AXE_JS")
pytestmark = [
    *NEEDS_CHROMIUM,
    pytest.mark.skipif(
        not HAS_AXE and not os.environ.get("CI"),
        reason="needs axe-core; `make test` installs it",
    ),
]
DARK = "--blink-settings=preferredColorScheme=0"
JUDGE = """
document.querySelectorAll("details").forEach((one) => { one.open = true; });
return axe.run(document, { resultTypes: ["violations"] }).then((found) => [
  matchMedia("(prefers-color-scheme: dark)").matches,
  found.passes.length + found.violations.length,
  found.violations.map((one) => [one.id, one.impact, one.nodes[0].html]),
]);
"""


@pytest.fixture(scope="module")
def axe():
    """The engine's source; another one can be named in BIOLOOM_AXE_JS."""
    own = os.environ.get("BIOLOOM_AXE_JS")
    path = Path(own) if own else files("axe_playwright_python") / "axe.min.js"
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def pages():
    return page.all_pages()


@pytest.mark.parametrize("name", ["index", *bl.ROOMS])
@pytest.mark.parametrize(("language", "options"), [("en", ()), ("zh", (DARK,))])
def test_axe_finds_nothing(axe, pages, tmp_path, name, language, options):
    is_dark, n_rules, found = promised(
        pages[f"{name}.html"],
        *(axe, JUDGE, tmp_path),
        hash_=f"#lang={language}&seen1=1",
        options=("--disable-gpu", *options),
    )
    assert found == []
    assert n_rules > 15
    assert is_dark == (options != ())


FAULTS = {
    "label": ('<div id="explore">', '<input type="text"><div id="explore">'),
    "color-contrast": ('<p class="kind"', '<p class="kind" id="pale"'),
    "heading-order": ("<h2 id", "<h5>x</h5><h2 id"),
    "aria-required-children": ('<ol class="steps"', '<ol role="menu" class="steps"'),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_axe_finds_what_is_wrong(axe, pages, tmp_path, rule):
    whole, broken = FAULTS[rule]
    text = pages["graph.html"].replace(whole, broken, 1)
    text = text.replace("</style>", "#pale { color: #ccc; }</style>", 1)
    *_, found = promised(text, axe, JUDGE, tmp_path, "#lang=en")
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
