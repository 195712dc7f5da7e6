"""The lincRNA report on wide and narrow screens."""

import pytest

from tests.app.devtools import chromium
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM
BOX = "document.querySelector('{}').getBoundingClientRect().toJSON()"


@pytest.fixture
def opened(sampled, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(sampled.page, "utf-8")
    with chromium(tmp_path / "profile") as browser:
        page = browser.page()

        def at(width):
            page.size(width)
            page.goto(path.as_uri())
            return page

        yield at


def box(page, selector):
    return page.evaluate(BOX.format(selector))


def test_a_wide_screen_is_used(opened):
    page = opened(1920)
    main = box(page, "main")
    flow, table = (box(page, f".beside > {one}") for one in ("figure", ".scroll"))
    assert table["left"] > flow["right"]
    assert abs(table["top"] - flow["top"]) < 60
    first, second = (
        box(page, f"[aria-labelledby={one}]") for one in ("together", "measured")
    )
    assert first["top"] == second["top"]
    assert second["right"] - first["left"] > 0.95 * main["width"]


def test_a_narrow_screen_is_not_exceeded(opened):
    page = opened(360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cell = ".beside .scroll tbody th"
    before = box(page, cell)
    page.evaluate("document.querySelector('.beside .scroll').scrollLeft = 200")
    after = box(page, cell)
    assert after["left"] == before["left"]  # the name stays beside its numbers
    assert 60 < after["width"] < 160
