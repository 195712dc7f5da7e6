"""The frame: self-contained, sound for screen readers, safe with any name."""

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from markupsafe import Markup

from bioloom.draw import new_figure, to_svg
from bioloom.report.parts import (
    Cell,
    Column,
    Row,
    Table,
    inline_svg,
    number,
    path_link,
    without_empty_columns,
)
from tests.report.reading import read_page

OUTSIDE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


@pytest.fixture(params=["plain", "sampled"])
def page(request):
    return read_page(request.getfixturevalue(request.param).page)


def test_no_element_leads_outside_but_links_to_papers(page):
    links = [each for each in page.all("a") if each.attributes.get("rel")]
    for link in links:
        assert link.attributes["href"].startswith(("https://doi.org/", "./report."))
        link.attributes.pop("href")
    for element in page.all():
        for name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
            value = element.attributes.get(name, "")
            assert not OUTSIDE.match(value), (element.tag, value)
    assert not [*page.all("link", "base", "iframe", "object", "embed", "img")]


def test_no_style_leads_outside(page):
    styles = [element.text for element in page.all("style")]
    styles += [element.attributes.get("style", "") for element in page.all()]
    for style in styles:
        assert "@import" not in style
        assert not re.search(r"url\((?!#)", style)


def test_policy_allows_its_script_and_nothing_else(plain):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', plain.page)[1]
    scripts = re.findall(r"<script>(.*?)</script>", plain.page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_ids_are_unique_and_references_are_met(page):
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.all():
        wanted = []
        for name in ("href", "xlink:href"):
            value = element.attributes.get(name, "")
            wanted += [value[1:]] if value.startswith("#") else []
        for name in ("aria-labelledby", "for", "data-for", "data-row"):
            wanted += element.attributes.get(name, "").split()
        assert set(wanted) <= set(ids), (element.tag, wanted)


def test_headings_start_at_one_and_skip_no_level(page):
    levels = [int(h.tag[1]) for h in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_landmarks_and_language(page):
    assert page.one("html").attributes["lang"] == "en"
    for tag in ("header", "nav", "main", "footer"):
        assert len([*page.all(tag)]) == 1
    skip = next(page.one("body").all())
    assert skip.attributes["href"] == "#main"


def test_tables_have_captions_and_scopes(page):
    tables = [*page.all("table")]
    assert len(tables) >= 6
    for table in tables:
        assert table.one("caption").text
        assert all(cell.attributes.get("scope") for cell in table.all("th"))
        widths = {len(row) for row in table.rows}
        assert len(widths) <= 1


def test_scroll_boxes_can_be_reached_by_keyboard(page):
    boxes = [e for e in page.all("div") if e.attributes.get("class") == "scroll"]
    assert boxes
    for box in boxes:
        assert box.attributes["tabindex"] == "0"
        assert box.attributes["aria-labelledby"]


def test_figures_are_told_in_words(page):
    figures = [*page.all("figure")]
    names = [figure.attributes["id"] for figure in figures]
    assert names[:3] == ["attrition", "combinations", "distributions"]
    assert names[-1] == "candidates_plot"
    for figure in figures:
        svg = figure.one("svg")
        assert svg.attributes["role"] == "img"
        assert len(svg.one("desc").text) > 80
        assert figure.one("figcaption").text


def test_style_knows_dark_print_and_narrow(plain):
    for query in ("prefers-color-scheme: dark", "@media print", "max-width: 30rem"):
        assert query in plain.page


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_meets_wcag_aa_in_light_and_dark(plain):
    # WCAG 2.2, success criterion 1.4.3: 4.5 to 1
    light, dark = re.findall(r":root \{(.*?)\}", plain.page, re.DOTALL)[:2]
    for block in (light, dark):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for ink in ("ink", "quiet", "link", "good", "bad", "known", "novel"):
            for ground in ("page", "card", "stripe"):
                pair = sorted(_luminance(colours[x]) + 0.05 for x in (ink, ground))
                assert pair[1] / pair[0] >= 4.5, (ink, ground)


def _figure():
    figure = new_figure(2, 1)
    figure.subplots().plot([0, 1], [0, 1])
    return to_svg(figure)


def test_inline_svg_keeps_figures_of_a_page_apart():
    one, two = (
        inline_svg(_figure(), name=name, title="<t>", description="a & b")
        for name in ("one", "two")
    )
    assert isinstance(one, Markup)
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0] and not ids[0] & ids[1]
    for found, svg in zip(ids, (one, two), strict=True):
        assert set(re.findall(r'href="#([^"]+)"', svg)) <= found
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= found
        assert "<metadata" not in svg
    assert "&lt;t&gt;</title>" in one
    assert "a &amp; b</desc>" in one


@pytest.mark.parametrize(
    ("parts", "link"),
    [
        (("qc", "A", "x.html"), "./qc/A/x.html"),
        (("javascript:alert(1)",), "./javascript%3Aalert%281%29"),
        (("a/../b", 'c"d'), "./a%2F..%2Fb/c%22d"),
        (("//evil.example",), "./%2F%2Fevil.example"),
    ],
)
def test_path_links_stay_beside_the_page(parts, link):
    assert path_link(*parts) == link


def test_numbers_are_shown_short_and_sorted_whole():
    assert number(1234567.891, decimals=1, unit="nt") == Cell(
        "1,234,567.9 nt", 1234567.891
    )
    assert number(float("nan")) == Cell("")


def test_empty_columns_are_left_out():
    table = Table(
        "t",
        "caption",
        [Column("a"), Column("b"), Column("c")],
        [Row([Cell("1"), Cell(""), Cell("")]), Row([Cell("2"), Cell(""), Cell("x")])],
    )
    kept = without_empty_columns(table)
    assert [column.label for column in kept.columns] == ["a", "c"]
    assert [[cell.text for cell in row.cells] for row in kept.rows] == [
        ["1", ""],
        ["2", "x"],
    ]
