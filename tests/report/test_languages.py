"""Pages of a run folder in both languages: the same numbers, a switch, no English."""

import re
from html import unescape

import pytest

from bioloom.report.page import PAGES
from bioloom.run.language import use_language
from tests.chinese import english_words
from tests.report.browsing import NEEDS_CHROMIUM, evaluated
from tests.report.reading import read_page
from tests.report.test_every_room import NARROW, examples, reads
from tests.report.test_figure_words import WORDS_THAT_FIT
from tests.shell import bioloom
from tests.test_catalogue import KEYS

_UNTOLD = ("style", "script", "svg", "code", "pre", "math")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
NO_SENTENCE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){3,}")


def mirna_demo(folder):
    return ("mirna", "demo", "--out", folder / "run")


def debruijn_graph(folder):
    words = ("debruijn", "graph", reads(folder / "r.fa"), "--k", "15")
    return (*words, "--out", folder / "run")


def debruijn_assembly(folder):
    words = ("debruijn", "assemble", reads(folder / "r.fa"), "--k", "15")
    limits = ("--min-count", "1", "--min-length", "20")
    return (*words, *limits, "--out", folder / "run")


def simulation(folder):
    words = ("bounds", "simulate", examples(folder / "t.csv"), "--feature", "edges")
    return (*words, "--sample", "20", "--draws", "50", "--out", folder / "run")


def training(folder):
    words = ("graph", "train", "--model", "gcn", "--model", "sage", "--epochs", "5")
    return (*words, "--threads", "1", "--out", folder / "run")


ROOMS = {
    "graph train": training,
    "mirna demo": mirna_demo,
    "debruijn graph": debruijn_graph,
    "debruijn assemble": debruijn_assembly,
    "bounds simulate": simulation,
}


@pytest.fixture(scope="module", params=["lincrna", "lincrna samples", *ROOMS])
def folder(request, tmp_path_factory):
    """A run folder of each kind."""
    if request.param.startswith("lincrna"):
        name = "sampled" if request.param.endswith("samples") else "plain"
        return request.getfixturevalue(name).out
    parent = tmp_path_factory.mktemp("run")
    done = bioloom(*ROOMS[request.param](parent))
    assert done.returncode == 0, done.stderr
    return parent / "run"


@pytest.fixture(scope="module")
def pages(folder):
    return {
        language: read_page((folder / name).read_text("utf-8"))
        for language, name in PAGES.items()
    }


def cells(page):
    """Numbers in the tables' cells, but for those that hold sentences."""
    rows = [row for table in page.all("table") for row in _rows(table)]
    return [sorted(_NUMBER.findall(cell)) for row in rows for cell in row]


def _rows(table):
    return [
        [one.text for one in row.all("td", "th") if "wide" not in _classes(one)]
        for row in table.one("tbody").all("tr")
    ]


def _is_glyph(element):
    """Whether it is a letter of a figure: Chinese words have none."""
    return re.search(r"-\w+-[0-9a-f]+$", element.attributes.get("id", "")) and (
        element.attributes.get("transform") == "scale(0.015625)"
    )


def _classes(element):
    return element.attributes.get("class", "").split()


def own_words(element, kept=()):
    """The text of a page but for data, figures, code and what is told to be English."""
    parts = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag not in (*_UNTOLD, *kept) and not _is_apart(child):
            parts += own_words(child, kept)
    return parts


def _is_apart(element):
    """Whether it is told to be English, or names authors."""
    told = element.attributes
    return told.get("lang") == "en" or told.get("class") == "source"


def test_each_page_is_in_its_language_and_leads_to_the_other(pages):
    for own, other in (("en", "zh"), ("zh", "en")):
        tags = {"en": "en", "zh": "zh-Hans"}
        assert pages[own].one("html").attributes["lang"] == tags[own]
        (link,) = pages[own].one("header").all("a")
        found = link.attributes
        assert found["href"] == f"./{PAGES[other]}"
        assert found["lang"] == found["hreflang"] == tags[other]
        assert link.text == {"en": "English", "zh": "中文"}[other]
        assert "tabindex" not in found


def test_both_hold_the_same_tables_numbers_and_figures(pages):
    english, chinese = pages["en"], pages["zh"]
    assert cells(english) == cells(chinese)
    for tag in ("table", "tr", "svg", "details", "img"):
        assert len([*english.all(tag)]) == len([*chinese.all(tag)])
    for name, tags in (("id", ()), ("d", ("path",)), ("href", ("a",))):
        found = [
            [
                one.attributes.get(name)
                for one in page.one("main").all(*tags)
                if not _is_glyph(one)
            ]
            for page in (english, chinese)
        ]
        # spans that tell English text to be such have no id
        assert [*filter(None, found[0])] == [*filter(None, found[1])]


def test_no_english_sentence_is_left_in_chinese(pages):
    # tables hold data and the names of columns
    told = own_words(pages["zh"].one("body"), kept=("tbody", "thead", "dd", "summary"))
    left = english_words(" ".join(told), {*KEYS, "run", *NAMES})
    assert {word for word in left if not re.search(r"[_\d]", word)} == set()
    # in cells a name may stand, no sentence
    whole = " ".join(own_words(pages["zh"].one("body"), kept=("thead",)))
    assert NO_SENTENCE.findall(whole) == []


# data, tables' files
NAMES = {
    *("karate", "gcn", "sage", "snRNA", "liver", "brain"),
    *("tables", "tsv", "draws", "thresholds", "summary", "spectrum", "contigs"),
    *("cleaning", "confusion", "smoothing"),
    *("methods", "txt", "html", "references", "bib", "ris", "Zenodo"),
}


def test_chinese_says_what_english_says_of_each_figure(pages):
    told = [
        [one.text for one in page.all("figcaption")]
        for page in (pages["en"], pages["zh"])
    ]
    assert len(told[0]) == len(told[1]) > 0
    assert not [*filter(NO_SENTENCE.search, told[1])]


def words_of_figures(page):
    """English words that are drawn in a page's figures, as bioloom's own or not."""
    told = re.findall(r'id="[\w-]+-(own|text)[-_][^"]*">(.*?)</g>', page, re.DOTALL)
    return {
        kind: {
            unescape(words)
            for which, text in told
            if which == kind
            for words in re.findall(r"<!-- (.*?) -->", text, re.DOTALL)
            if "mathdefault" not in words and english_words(words)
        }
        for kind in ("own", "text")
    }


def test_figures_have_no_english_word_but_names(folder):
    english, chinese = (
        words_of_figures((folder / PAGES[language]).read_text("utf-8"))
        for language in ("en", "zh")
    )
    assert english["own"], "no figure has words of its own"
    assert chinese["own"] == set()
    assert english["text"] == chinese["text"]
    assert chinese["text"] - NAMES - DRAWN == set()


# names from data, that figures show
DRAWN = {
    *("Mr. Hi", "Officer"),
    *("treated", "control", "liver", "brain <2>"),
    *(">10", ">50", ">100", ">500", ">1k", ">5k", ">10k+"),  # as FastQC writes them
}


def test_headings_say_their_meaning_in_chinese(pages):
    for page_of in ("th", "div"):
        for one in pages["zh"].all(page_of):
            title = one.attributes.get("title", "")
            assert not NO_SENTENCE.search(title), title


def test_the_language_of_the_caller_changes_nothing(plain, make_run, tmp_path):
    with use_language("zh"):
        again = make_run(tmp_path / "run")
    for name in PAGES.values():
        assert (again.out / name).is_file()
    table = "tables/transcripts.tsv"
    assert (again.out / table).read_bytes() == (plain.out / table).read_bytes()


@pytest.mark.tools
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="needs Chromium")
def test_chinese_pages_are_no_wider_than_a_narrow_screen(folder, tmp_path):
    text = (folder / PAGES["zh"]).read_text("utf-8")
    assert evaluated(text, NARROW, tmp_path) == []


@pytest.mark.tools
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="needs Chromium")
def test_chinese_words_stay_within_their_figures(folder, tmp_path):
    text = (folder / PAGES["zh"]).read_text("utf-8")
    opened = "document.querySelectorAll('details').forEach((one) => one.open = true);"
    found = evaluated(text, opened + WORDS_THAT_FIT, tmp_path)
    assert found, "no figure has Chinese words"
    assert [words for words, fits in found if not fits] == []
