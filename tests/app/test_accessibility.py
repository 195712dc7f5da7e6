"""Every screen judged by axe-core, light and dark, in both languages, and its width."""

import os
import shutil
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.app.devtools import chromium
from tests.app.running import running
from tests.app.screens import filled, screens
from tests.report.browsing import NEEDS_CHROMIUM

HAS_AXE = find_spec("axe_playwright_python") or os.environ.get("BIOLOOM_AXE_JS")
pytestmark = [
    *NEEDS_CHROMIUM,
    pytest.mark.skipif(
        not HAS_AXE and not os.environ.get("CI"),
        reason="needs axe-core; `make test` installs it",
    ),
]
JUDGE = """
axe.run(document, { resultTypes: ["violations"] }).then((found) => [
  found.passes.length + found.violations.length,
  found.violations.map((one) => [one.id, one.impact, one.nodes[0].html]),
])
"""
TOO_WIDE = """
[...document.querySelectorAll("body *")].filter((one) =>
  !one.parentElement.closest(".scroll, pre, .skip") && one.checkVisibility()
  && !one.matches(".skip") && one.getBoundingClientRect().right > innerWidth + 1
).map((one) => one.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def axe():
    own = os.environ.get("BIOLOOM_AXE_JS")
    path = Path(own) if own else files("axe_playwright_python") / "axe.min.js"
    return path.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [("C.UTF-8", False, 1280), ("zh_CN.UTF-8", True, 1280), ("C.UTF-8", True, 360)],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    axe, tmp_path, language, dark, width
):
    folder = filled(tmp_path / "data")
    n_screens = 0
    with (
        chromium(tmp_path / "profile") as browser,
        running(folder, language=language) as app,
    ):
        page = browser.page()
        page.size(width, dark=dark)
        for name in screens(page, app):
            n_screens += 1
            picture(page, name, language, width, dark=dark)
            page.evaluate(axe)
            n_rules, found = page.evaluate(JUDGE)
            assert found == [], name
            assert n_rules > 15
            assert page.evaluate(TOO_WIDE) == [], name
            scheme = "matchMedia('(prefers-color-scheme: dark)').matches"
            assert page.evaluate(scheme) == dark
    assert n_screens > 12
    shutil.rmtree(folder)


def picture(page, name, language, width, *, dark):
    """For eyes: pictures of the screens, where a folder for them is named."""
    if folder := os.environ.get("BIOLOOM_APP_PICTURES"):
        shade = "dark" if dark else "light"
        page.picture(Path(folder) / f"{name}.{language[:2]}.{width}.{shade}.png")
