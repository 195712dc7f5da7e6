"""Every screen judged by axe-core, light and dark, in both languages, and its width."""

import os
import shutil
from pathlib import Path

import pytest

from tests.app.devtools import chromium
from tests.app.running import running
from tests.app.screens import filled, screens
from tests.report.judging import NEEDS_AXE, faults_shown

pytestmark = NEEDS_AXE
TOO_WIDE = """
[...document.querySelectorAll("body *")].filter((one) =>
  !one.parentElement.closest(".scroll, pre, .skip") && one.checkVisibility()
  && !one.matches(".skip") && one.getBoundingClientRect().right > innerWidth + 1
).map((one) => one.outerHTML.slice(0, 200))
"""


@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [("C.UTF-8", False, 1280), ("zh_CN.UTF-8", True, 1280), ("C.UTF-8", True, 360)],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(tmp_path, language, dark, width):
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
            assert faults_shown(page) == [], name
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
