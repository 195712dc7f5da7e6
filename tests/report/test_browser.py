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
var NAME = "candidates-table";
function column(label) {
  var place = headings(NAME).indexOf(heading(NAME, label));
  return cellsOf(NAME).map(function (cells) { return cells[place]; });
}
function press(label) { heading(NAME, label).querySelector("button").click(); }
function pressTool(label) {
  Array.from(document.querySelectorAll(".search[data-for=" + NAME + "] button"))
    .find(function (one) { return one.textContent === label; }).click();
}
function state(label) { return heading(NAME, label).ariaSort; }
function filter(label, words) {
  type(heading(NAME, label).querySelector("input"), words);
}
function shown(many) {
  return Array.from(many).filter(function (one) { return !one.hidden; });
}
"""


def test_headings_sort_numbers_both_ways(in_page, sampled):
    found = in_page("""
        press("Length, nt");
        var up = column("Length, nt"), was = state("Length, nt");
        press("Length, nt");
        return [up, was, column("Length, nt"), state("Length, nt"),
                state("Place")];
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
        var before = column("Transcript");
        var button = heading(NAME, "Origin").querySelector("button");
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
        search(NAME, "  KNOWN lincrna");
        var box = document.querySelector(".search");
        return [
          box.hidden, column("Transcript"),
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
    assert "Filter columns</button>" not in sampled.page
    found = dump(sampled.out / "report.html", tmp_path / "p")
    assert found.count('<button type="button"') > 10
    assert '<div class="search" data-for="candidates-table">' in found
    assert "Filter columns</button>" in found


def lengths_of(sampled):
    return [row.collected.transcript.length_nt for row in sampled.result.candidates]


@pytest.mark.parametrize(
    ("typed", "test"),
    [
        (">=600", lambda n: n >= 600),
        (">=1,000", lambda n: n >= 1000),
        ("> 600 <1200", lambda n: 600 < n < 1200),
        ("600..1200", lambda n: 600 <= n <= 1200),
        ("=LENGTH", None),
        ("≤LENGTH", None),
        (">=", lambda n: True),
        ("1,", lambda n: "1," in f"{n:,}"),
    ],
)
def test_a_column_of_numbers_is_filtered_by_range_or_text(
    in_page, sampled, typed, test
):
    lengths = lengths_of(sampled)
    middle = sorted(lengths)[len(lengths) // 2]
    tests = {"=LENGTH": lambda n: n == middle, "≤LENGTH": lambda n: n <= middle}
    wanted = [f"{n:,}" for n in lengths if (test or tests[typed])(n)]
    typed = typed.replace("LENGTH", str(middle))
    found = in_page(f"""
        pressTool("Filter columns"); filter("Length, nt", "{typed}");
        return [column("Length, nt"),
                shown(document.querySelectorAll("details[data-row]")).length];
    """)
    assert found == [wanted, len(wanted)]


def test_filters_of_columns_and_the_search_hold_together(in_page, sampled):
    found = in_page("""
        pressTool("Filter columns");
        filter("Origin", "NOVEL"); filter("Length, nt", ">500");
        search(NAME, "lincrna");
        var both = column("Transcript"), focused = document.activeElement.type;
        pressTool("Filter columns"); search(NAME, "");
        return [both, focused, column("Transcript").length];
    """)
    wanted = [
        row.transcript_id
        for row in sampled.result.candidates
        if row.collected.origin == "novel"
        and row.collected.transcript.length_nt > 500
        and "lincrna" in row.transcript_id
    ]
    assert wanted
    assert found == [wanted, "search", len(sampled.result.candidates)]


def test_what_is_shown_is_downloaded_and_copied(in_page, sampled):
    told = in_page("""
        var saved = [], copied = [], hide = document.querySelector(".columns input");
        URL.createObjectURL = function (blob) { saved.push(blob); return "#"; };
        press("Length, nt"); search(NAME, "novel"); hide.click();
        document.addEventListener("copy", function (event) {
          copied.push(event.clipboardData.getData("text/plain"));
        });
        document.execCommand = function () {
          live(NAME).dispatchEvent(new ClipboardEvent(
            "copy", { bubbles: true, clipboardData: new DataTransfer() }));
        };
        pressTool("Download CSV"); pressTool("Copy");
        var left = headings(NAME).filter(function (one) {
          return one.checkVisibility();
        }).map(function (one) { return one.querySelector("button").textContent; });
        return [saved.length, saved[0].size, saved[0].type, copied, left];
    """)
    n_saved, size, kind, copied, labels = told
    rows = [line.split("\t") for line in copied[0].splitlines()]
    lengths = sorted(
        row.collected.transcript.length_nt
        for row in sampled.result.candidates
        if row.collected.origin == "novel"
    )
    assert (n_saved, kind) == (1, "text/csv")
    assert size > 100
    assert "Transcript" not in labels
    assert rows[0] == labels
    place = labels.index("Length, nt")
    assert [int(row[place]) for row in rows[1:]] == lengths


def test_the_menu_of_columns_is_a_list_of_small_boxes(in_page):
    boxes, lines = in_page("""
        var menu = document.querySelector(".columns"), sizes = [];
        menu.open = true;
        function size(one) { return one.getBoundingClientRect(); }
        return [
          Array.from(menu.querySelectorAll("input"), (one) => size(one).width),
          Array.from(menu.querySelectorAll("label"), (one) => size(one).height),
        ];
    """)
    assert len(boxes) > 5
    assert max(boxes) < 25
    assert max(lines) < 40  # one line of text


def test_a_link_to_a_row_shows_it(in_page, sampled):
    focused, n_marked = in_page(
        """
        return [document.activeElement.textContent, live(NAME).querySelectorAll(
            ".target").length];
        """,
        hash_="#c2",
    )
    assert n_marked == 1
    assert focused.startswith(sampled.result.candidates[1].transcript_id)


def test_paper_gets_the_plain_table_as_it_is_shown_and_open_folds(in_page, sampled):
    found = in_page("""
        press("Length, nt"); press("Length, nt"); search(NAME, "novel");
        document.querySelectorAll(".columns input")[1].click();
        window.dispatchEvent(new Event("beforeprint"));
        var rows = shown(document.getElementById(NAME).tBodies[0].rows);
        var folded = document.querySelectorAll("main details:not([open])").length;
        window.dispatchEvent(new Event("afterprint"));
        return [
          rows.map(function (row) { return row.cells[0].textContent; }),
          rows[0].cells[1].hidden, column("Transcript"), folded,
          document.querySelectorAll("main details[open]").length,
        ];
    """)
    printed, is_hidden, seen, n_folded, n_open = found
    assert printed == seen
    assert len(printed) < len(sampled.result.candidates)
    assert is_hidden
    assert (n_folded, n_open) == (0, 0)
