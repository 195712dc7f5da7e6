"""Sorting, searching and opening in a real browser, driven from inside the page."""

import pytest

from tests.report.browsing import NEEDS_CHROMIUM, dump, evaluated

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def in_page(sampled, tmp_path):
    """Run a script in a copy of the page; what it returns comes back as data."""

    def run(script, hash_=""):
        return evaluated(sampled.page, HELPERS + script, tmp_path, hash_)

    return run


HELPERS = """
var table = document.getElementById("candidates-table");
function heading(label) {
  return Array.from(table.tHead.rows[0].cells).find(function (cell) {
    return cell.textContent.trim() === label;
  });
}
function column(label) {
  var place = heading(label).cellIndex;
  return Array.from(table.tBodies[0].rows, function (row) {
    return row.cells[place].textContent.trim();
  });
}
function press(label) { heading(label).querySelector("button").click(); }
"""


def test_headings_sort_numbers_both_ways(in_page, sampled):
    found = in_page("""
        press("Length, nt");
        var up = column("Length, nt"), state = heading("Length, nt").ariaSort;
        press("Length, nt");
        return [up, state, column("Length, nt"), heading("Length, nt").ariaSort,
                heading("Place").ariaSort];
    """)
    lengths = [row.collected.transcript.length_nt for row in sampled.result.candidates]
    assert found[0] == [f"{n:,}" for n in sorted(lengths)]
    assert found[2] == [f"{n:,}" for n in sorted(lengths, reverse=True)]
    assert (found[1], found[3], found[4]) == ("ascending", "descending", "none")


def test_places_sort_by_chromosome_and_position(in_page, sampled):
    found = in_page('press("Place"); return column("Place");')
    rows = [row.collected.transcript for row in sampled.result.candidates]
    wanted = sorted((tx.chrom, tx.start, tx.region) for tx in rows)
    assert found == [region for *_, region in wanted]


def test_sorting_is_stable_and_reached_by_keyboard(in_page):
    before, after, focused, tag = in_page("""
        var before = column("Transcript"), button = heading("Origin").firstElementChild;
        button.focus();
        var focused = document.activeElement === button;
        press("Strand"); press("Strand"); press("Origin");
        press("Transcript");
        return [before, column("Transcript"), focused, button.tagName];
    """)
    assert sorted(before) == sorted(after)
    assert focused
    assert tag == "BUTTON"


def test_search_hides_rows_and_their_workings(in_page, sampled):
    wanted = [
        row.transcript_id
        for row in sampled.result.candidates
        if row.collected.origin == "known"
    ]
    found = in_page("""
        var box = document.querySelector(".search"), input = box.querySelector("input");
        input.value = "  KNOWN lincrna";
        input.dispatchEvent(new Event("input"));
        function shown(many) {
          return Array.from(many).filter(function (one) { return !one.hidden; });
        }
        return [
          box.hidden,
          shown(table.tBodies[0].rows).map(function (row) {
            return row.cells[0].textContent;
          }),
          shown(document.querySelectorAll("details[data-row]")).length,
          box.querySelector("output").textContent,
        ];
    """)
    wanted = [name for name in wanted if "lincrna" in name]
    assert wanted
    assert found[0] is False
    assert found[1] == wanted
    assert found[2] == len(wanted)
    assert found[3] == f"{len(wanted)} of {len(sampled.result.candidates)} rows"


def test_a_link_opens_its_working(in_page):
    assert in_page(
        'return ["wc2", "wc1"].map(function (name) {'
        " return document.getElementById(name).open; });",
        hash_="#wc2",
    ) == [True, False]


def test_the_page_runs_under_its_own_policy(sampled, tmp_path):
    # untouched, policy and all: only the page's own script makes the buttons
    assert '<button type="button">' not in sampled.page
    found = dump(sampled.out / "report.html", tmp_path / "p")
    assert found.count('<button type="button">') > 10
    assert '<div class="search" data-for="candidates-table">' in found
