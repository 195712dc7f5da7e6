"""Words of figures in Chinese pages: what becomes text, where it stands, what stays."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import bioloom
from bioloom.draw import INK, PALETTE, new_figure, style, to_svg, wording
from bioloom.report.figure_words import in_language, words_of
from bioloom.report.parts import inline_svg
from bioloom.run.language import use_language
from tests.chinese import english_words
from tests.report.browsing import NEEDS_CHROMIUM, evaluated

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"


def drawn(word=wording):
    """A figure with words of every kind; ticks are called as its axes are."""
    with style():
        figure = new_figure(5, 4)
        axes = figure.subplots()
        axes.scatter([0], [0], label=word("accuracy"))
        axes.set(xlabel=word("confidence"), ylabel=word("accuracy"))
        axes.set_yticks([0, 1], ["accuracy", "confidence"])
        axes.set_xticks([0, 1], [word("confidence"), "b"], rotation=45, ha="right")
        axes.set_title(word("k-mer spectrum"), fontweight="bold")
        axes.text(1, 1, word("confidence"), ha="right", color=PALETTE["red"])
        axes.text(0, 1, word("rank < 3 & more"), bbox={"fc": "white"})
        axes.text(0.5, 0.5, word("confidence"), bbox={"fc": "white", "pad": 2})
        axes.legend()
    return to_svg(figure)


def chinese(svg):
    with use_language("zh"):
        return in_language(svg)


def texts(svg):
    return [one.text for one in ET.fromstring(svg).iter(f"{SVG}text")]


def test_own_words_become_text_and_those_of_data_stay_paths():
    svg = drawn()
    found = chinese(svg)
    assert sorted(texts(found)) == sorted(
        [*["置信度"] * 4, *["准确率"] * 2, "k-mer频谱"]
    )
    left = re.findall(r"<!-- (.*?) -->", found)
    assert [left.count(name) for name in ("accuracy", "confidence", "b")] == [1, 1, 1]
    assert "rank &lt; 3 &amp; more" in found  # no catalogue has it: it is not lost
    assert texts(svg) == []


def test_english_is_left_alone():
    svg = drawn()
    assert in_language(svg) is svg


def test_a_figure_differs_from_one_without_own_words_by_ids_alone():
    with_ids, without = drawn(), drawn(str)
    assert "own-" not in without
    ids = re.compile(r'id="(own-\w+-\d+|text_\d+)"')
    assert ids.sub("", with_ids) == ids.sub("", without)


def test_every_glyph_that_is_used_is_there_once():
    tree = ET.fromstring(chinese(drawn()))
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len({*ids})
    used = {one.get(LINK).removeprefix("#") for one in tree.iter(f"{SVG}use")}
    assert used <= {*ids}


def test_text_has_the_looks_of_the_paths():
    tree = ET.fromstring(chinese(drawn()))
    title, red = (
        next(one for one in tree.iter(f"{SVG}text") if is_it(one))
        for is_it in (
            lambda one: one.get("font-weight") == "bold",
            lambda one: PALETTE["red"].lower() in one.get("style"),
        )
    )
    assert (title.text, title.get("font-size")) == ("k-mer频谱", "10")
    assert f"fill: {INK}" in title.get("style")
    assert (red.get("text-anchor"), red.get("font-size")) == ("end", "9")
    turned = [
        one for one in tree.iter(f"{SVG}text") if "rotate" in one.get("transform")
    ]
    assert sorted(one.get("text-anchor") for one in turned) == ["end", "middle"]


def test_its_colours_follow_the_page():
    with use_language("zh"):
        page = inline_svg(drawn(), name="x", title="t", description="d")
    shown = re.findall(r'<text style="([^"]*)"', page)
    assert len(shown) == 7
    assert all(re.fullmatch(r"fill: var\(--d\w{6},#\w{6}\)", one) for one in shown)


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("expression below 0.5 TPM (one exon: 1)", "表达量低于0.5 TPM（单外显子：1）"),
        ("0 known protein domain", "0 已知的蛋白质结构域"),
        ("chr2L", "chr2L"),
        ("0.40", "0.40"),
        ("", ""),
    ],
)
def test_words_may_have_numbers(english, words):
    with use_language("zh"):
        assert words_of(english) == words


BOXES = """
return Array.from(document.querySelectorAll("svg g"), function (one) {
  var box = one.getBoundingClientRect();
  return [one.id, box.left, box.right, box.top, box.bottom];
}).filter(function (one) { return /own-/.test(one[0]); });
"""
WORDS_THAT_FIT = """
return Array.from(document.querySelectorAll("svg[font-family] text"), function (one) {
  var box = one.getBoundingClientRect();
  var all = one.ownerSVGElement.getBoundingClientRect();
  var fits = box.left >= all.left - 1 && box.right <= all.right + 1
    && box.top >= all.top - 1 && box.bottom <= all.bottom + 1;
  return [one.textContent, fits];
});
"""
PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="">'
    "<body>{svg}</body></html>"
)


def shown(svg, script, folder, lang="zh-Hans"):
    return evaluated(PAGE.format(svg=svg, lang=lang), script, folder)


class TestInABrowser:
    """Which fonts it has is its own affair: boxes are there without glyphs too."""

    pytestmark = NEEDS_CHROMIUM

    def test_words_stand_where_the_paths_stood(self, tmp_path):
        svg = drawn()
        before, after = (
            {name: box for name, *box in shown(each, BOXES, tmp_path)}
            for each in (svg, chinese(svg))
        )
        assert before.keys() == after.keys()
        told = {
            one.get("id")
            for one in ET.fromstring(chinese(svg)).iter(f"{SVG}g")
            if one.find(f"{SVG}text") is not None and one.find(f"{SVG}g") is None
        }
        for name in told:
            one, other = before[name], after[name]
            middle = [(box[0] + box[1]) / 2 for box in (one, other)]
            upright = [(box[2] + box[3]) / 2 for box in (one, other)]
            if "-left-" in name:
                assert other[0] == pytest.approx(one[0], abs=2)
            elif "-center-" in name:
                assert middle[1] == pytest.approx(middle[0], abs=6)
            else:
                assert other[1] == pytest.approx(one[1], abs=8)
            assert upright[1] == pytest.approx(upright[0], abs=12)

    def test_words_stay_within_the_figure(self, tmp_path):
        found = shown(chinese(drawn()), WORDS_THAT_FIT, tmp_path)
        assert len(found) == 7
        assert [words for words, fits in found if not fits] == []


NOT_IN_PAGES = ("drawing/drawing.py", "explanation_figure.py", "sequences/figures.py")
DRAWS = {"set_xlabel", "set_ylabel", "set_title", "set_label", "suptitle", "supylabel"}
PLACES = {"text": 2, "annotate": 0}  # which argument the words are
KEYWORDS = {"label", "xlabel", "ylabel", "title"}
NAMES = {"tau", "UMAP 1", "UMAP 2"}


def literal(node):
    """The words of a string or f-string, its values left out."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(literal, node.values))
    return node.value if isinstance(node, ast.Constant) else ""


def drawn_plainly(module):
    """Words that a module gives to matplotlib without saying that they are its own."""
    for call in ast.walk(module):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        name = call.func.attr
        place = PLACES.get(name, 0 if name in DRAWS else len(call.args))
        given = [*call.args[place : place + 1]]
        given += [word.value for word in call.keywords if word.arg in KEYWORDS]
        yield from (words for words in map(literal, given) if isinstance(words, str))


def test_figures_in_pages_mark_all_their_words():
    left = {
        (path.name, words)
        for path in Path(bioloom.__file__).parent.rglob("*.py")
        if "new_figure" in (text := path.read_text("utf-8"))
        and not path.as_posix().endswith(NOT_IN_PAGES)
        for words in drawn_plainly(ast.parse(text))
        if english_words(words, NAMES) and words not in NAMES
    }
    assert left == set()


def test_a_plain_word_would_be_found():
    module = ast.parse('axes.set(xlabel="rank")\naxes.text(0, 1, f"all {n}")')
    assert [*drawn_plainly(module)] == ["rank", "all "]
