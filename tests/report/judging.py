"""Pages judged by axe-core in a real browser."""

import os
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.report.browsing import NEEDS_CHROMIUM, promised

_OWN = os.environ.get("BIOLOOM_AXE_JS")
NEEDS_AXE = [
    *NEEDS_CHROMIUM,
    pytest.mark.skipif(
        not (find_spec("axe_playwright_python") or _OWN) and not os.environ.get("CI"),
        reason="needs axe-core; `make test` installs it",
    ),
]
DARK = "--blink-settings=preferredColorScheme=0"
_JUDGE = """
document.querySelectorAll("details").forEach((one) => { one.open = true; });
const opened = new Promise((done) => { setTimeout(done, 500); });
return opened.then(() => axe.run({ resultTypes: ["violations"] })).then((found) => [
  matchMedia("(prefers-color-scheme: dark)").matches,
  found.passes.length + found.violations.length,
  found.violations.map((one) => [one.id, one.impact, one.nodes[0].html.slice(0, 300)]),
]);
"""
_JUDGE_SHOWN = """
axe.run(document, { resultTypes: ["violations"] }).then((found) => [
  found.passes.length + found.violations.length,
  found.violations.map((one) => [one.id, one.impact, one.nodes[0].html.slice(0, 300)]),
])
"""


def axe_source():
    """axe-core as a script."""
    path = Path(_OWN) if _OWN else files("axe_playwright_python") / "axe.min.js"
    return path.read_text("utf-8")


def faults_shown(page):
    """The faults of a page that a browser shows (`tests.app.devtools.Page`)."""
    page.evaluate(axe_source())
    n_rules, found = page.evaluate(_JUDGE_SHOWN)
    assert n_rules > 15
    return found


def judged(text, folder, *, hash_="", options=()):
    """What axe-core finds: if the page is dark, rules that applied, and faults.

    Another axe-core can be named in BIOLOOM_AXE_JS.
    """
    options = ("--disable-gpu", *options)
    return promised(text, axe_source(), _JUDGE, folder, hash_=hash_, options=options)


def faults(text, folder, *, is_dark=False, **given):
    """The faults of a page that is light or dark, of any weight."""
    options = (DARK,) if is_dark else ()
    found_dark, n_rules, found = judged(text, folder, options=options, **given)
    assert found_dark == is_dark
    assert n_rules > 15
    return found
