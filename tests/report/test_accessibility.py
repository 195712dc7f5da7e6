"""Reports of every room judged by axe-core, light and dark, in both languages."""

import pytest

from bioloom.report.page import PAGES
from tests.images.test_inspection import sick
from tests.report.judging import NEEDS_AXE, faults, judged
from tests.report.test_languages import folder  # noqa: F401 (a fixture)
from tests.shell import bioloom

pytestmark = NEEDS_AXE


# each language is judged once, one of them dark, the other light
@pytest.mark.parametrize(("language", "is_dark"), [("en", True), ("zh", False)])
def test_axe_finds_nothing(folder, tmp_path, language, is_dark):  # noqa: F811
    text = (folder / PAGES[language]).read_text("utf-8")
    assert faults(text, tmp_path, is_dark=is_dark) == []


@pytest.mark.parametrize("is_dark", [False, True])
def test_axe_finds_nothing_with_filters_and_the_menu_open(sampled, tmp_path, is_dark):
    press = (
        "document.querySelectorAll('.search [aria-pressed]')"
        ".forEach((one) => one.click())"
    )
    opened = "</body>", f"<script>setTimeout(() => {press}, 300)</script></body>"
    assert faults(sampled.page.replace(*opened), tmp_path, is_dark=is_dark) == []


@pytest.mark.parametrize("is_dark", [False, True])
def test_axe_finds_nothing_in_a_traced_network(tmp_path, is_dark):
    page = tmp_path / "trace.html"
    assert bioloom("backprop", "trace", "--report", page).returncode == 0
    assert faults(page.read_text("utf-8"), tmp_path, is_dark=is_dark) == []


def lincrna_inspect(out, simulation):
    given = ("--annotation", simulation.annotation_path)
    words = ("lincrna", "inspect", *given, "--genome", simulation.genome_path)
    return (*words, "--out", out / "page.html"), out / "page.html"


def images_inspect(out, _):
    sick(out / "in")
    words = ("images", "inspect", out / "in", "--no-features")
    return (*words, "--out", out / "run"), out / "run" / "report.html"


def network(out, _):
    page = out / "karate_net_full.html"
    return (*("graph", "draw", "--dataset", "karate"), "--page", "--out", out), page


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("make", [lincrna_inspect, images_inspect, network])
def test_axe_finds_nothing_in_other_pages(tmp_path, simulation, make, is_dark):
    words, page = make(tmp_path, simulation)
    done = bioloom(*words)
    assert done.returncode == 0, done.stderr
    assert faults(page.read_text("utf-8"), tmp_path, is_dark=is_dark) == []


def test_axe_finds_what_is_wrong_with_a_table(sampled, tmp_path):
    broken = sampled.page.replace('set(".tabulator-tableholder", "rowgroup");', "")
    assert broken != sampled.page
    *_, found = judged(broken, tmp_path)
    assert "aria-required-children" in {name for name, *_ in found}
