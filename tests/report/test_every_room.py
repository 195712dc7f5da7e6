"""The page of each room in a real browser: it opens, sorts, searches, and is narrow."""

import re

import pytest

from tests.report.browsing import NEEDS_CHROMIUM, dump, evaluated
from tests.shell import bioloom

pytestmark = NEEDS_CHROMIUM

# what a page's first table that can be searched does when words are typed, and its
# first heading is pressed
SCRIPT = """
var name = document.querySelector(".search").dataset.for;
function shown() { return cellsOf(name).map(function (cells) { return cells[0]; }); }
var all = shown(), first = headings(name)[0];
first.querySelector("button").click();
var sorted = shown(), state = first.ariaSort;
search(name, WORD);
return [all, sorted, state, shown()];
"""
NARROW = """
document.body.style.width = "360px";
return Array.from(document.querySelectorAll("main *")).filter(function (one) {
  var parent = one.parentElement.closest(".scroll, .live, .card, .formula, pre");
  return !parent && one.checkVisibility() && one.getBoundingClientRect().right > 361;
}).map(function (one) { return one.outerHTML.slice(0, 200); });
"""


def reads(path):
    text = "ACGTTGCATCGGATTACAGGCATTCGAACCTGTTAGCATCGTAGGCTA" * 2
    rows = [f">{n}\n{text[n % 40 : n % 40 + 50]}" for n in range(80)]
    path.write_text("\n".join(rows) + "\n")
    return path


def examples(path):
    rows = [f"p{n},{(n * 37) % 101},{'ab'[n % 2]}" for n in range(60)]
    path.write_text("\n".join(["example,edges,label", *rows]) + "\n")
    return path


def predictions(path):
    rows = [f"p{n},{'ab'[n % 2]},{'ab'[n % 2 if n % 5 else 0]}" for n in range(40)]
    path.write_text("\n".join(["example,label,prediction", *rows]) + "\n")
    return path


def mirna(folder):
    site = "GGCUGAUUUCAAAAUGAUCUCAAC"
    (folder / "m.fa").write_text(">bantam\nUGAGAUCAUUUUGAAAGCUGAUU\n")
    (folder / "t.fa").write_text(f">one\n{site}AUAUAU\n>two\nAU{site}CC\n")
    words = ("mirna", "predict", folder / "m.fa", folder / "t.fa")
    return (*words, "--report", folder / "page.html", "--out", folder / "sites.tsv")


PAGES = {
    "mirna": (mirna, "page.html", "two"),
    "debruijn graph": (
        lambda folder: (
            *("debruijn", "graph", reads(folder / "r.fa"), "--k", "15"),
            *("--out", folder / "run"),
        ),
        "run/report.html",
        "n_edges",
    ),
    "debruijn assemble": (
        lambda folder: (
            *("debruijn", "assemble", reads(folder / "r.fa"), "--k", "15"),
            *("--min-count", "1", "--min-length", "20", "--out", folder / "run"),
        ),
        "run/report.html",
        "n_tips",
    ),
    "bounds report": (
        lambda folder: (
            *("bounds", "report", predictions(folder / "p.csv")),
            *("--page", folder / "page.html"),
        ),
        "page.html",
        "test",
    ),
    "bounds simulate": (
        lambda folder: (
            *("bounds", "simulate", examples(folder / "t.csv"), "--feature", "edges"),
            *("--sample", "20", "--draws", "50", "--out", folder / "run"),
        ),
        "run/report.html",
        "0",
    ),
}


def lessons_of(text):
    """Commands that the foot of a page names."""
    foot = re.search(r"<footer>.*</footer>", text, re.DOTALL)[0]
    return re.findall(r"<code>(bioloom lesson [^<]*)</code>", foot)


@pytest.fixture(scope="module", params=list(PAGES))
def made(request, tmp_path_factory):
    """A page that a command has written, and words to search in it."""
    words, name, word = PAGES[request.param]
    folder = tmp_path_factory.mktemp("page")
    done = bioloom(*words(folder))
    assert done.returncode == 0, done.stderr
    return folder / name, word


def test_tables_sort_and_search(made, tmp_path):
    page, word = made
    script = SCRIPT.replace("WORD", repr(word))
    everything, ordered, state, found = evaluated(
        page.read_text("utf-8"), script, tmp_path
    )
    assert sorted(ordered) == sorted(everything)
    assert state == "ascending"
    assert 0 < len(found) <= len(everything)


def test_nothing_is_wider_than_a_narrow_screen(made, tmp_path):
    assert evaluated(made[0].read_text("utf-8"), NARROW, tmp_path) == []


def test_it_runs_under_its_own_policy_and_needs_nothing_else(made, tmp_path):
    page, _ = made
    text = page.read_text("utf-8")
    assert "Filter columns</button>" not in text
    assert "Filter columns</button>" in dump(page, tmp_path / "p")
    for found in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert found.startswith(("#", "./", "data:image/")), found
        if found.startswith("./"):
            assert (page.parent / found).is_file()


def test_it_names_its_lesson(made, request):
    room = request.node.callspec.params["made"].split()[0]
    assert lessons_of(made[0].read_text("utf-8")) == [
        f"bioloom lesson {room} --out lesson.html",
        "bioloom lesson --explanation working.json --out working.html",
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_traced_network_has_formulas_and_no_script(tmp_path, language):
    page = tmp_path / "page.html"
    words = ("backprop", "trace", "--report", page, "--lang", language)
    assert bioloom(*words).returncode == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert [one.split()[2] for one in lessons_of(text)] == ["backprop", "--explanation"]
    count = 'return [document.querySelectorAll("math").length, document.links.length];'
    formulas, n_links = evaluated(text, count, tmp_path)
    assert formulas > 5
    assert n_links > 3
    assert evaluated(text, NARROW, tmp_path) == []
