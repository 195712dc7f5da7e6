"""Interactive plots in a real browser: what is pointed at, and the figure beside it."""

import json
import re

import numpy as np
import pytest
from markupsafe import Markup

import bioloom as bl
from bioloom.report.lincrna_comparison import write_comparison_page
from bioloom.report.page import render
from bioloom.report.parts import Cell, Column, Picture, Row, Table, number
from bioloom.report.plots import Axis, plot_of
from tests.lincrna.comparison.counts import simulated
from tests.report.browsing import NEEDS_CHROMIUM, evaluated, promised
from tests.report.judging import NEEDS_AXE, faults
from tests.report.reading import read_page

SVG = Markup('<svg role="img" viewBox="0 0 9 9"><title>x</title></svg>')
GENES = [
    ("Xist <1>", 12000, 0.01, "novel"),
    ("Malat1", 8700, 0.2, "known"),
    ("SEPT2", 300, 1e-12, "novel"),
    ("zero", 900, 0.0, "known"),
    ("none", 400, float("nan"), "known"),
]
TABLE = Table(
    "genes",
    "Genes",
    [Column("Gene"), Column("Length", is_number=True), Column("p", is_number=True)]
    + [Column("Kind")],
    [
        Row([Cell(name), number(length), number(p, decimals=4), Cell(kind)])
        for name, length, p, kind in GENES
    ],
    is_sortable=True,
)


def page_of(*plots, table=TABLE):
    pictures = [Picture(f"f{n}", SVG, "caption", plot=p) for n, p in enumerate(plots)]
    return render(
        "run.html",
        kind="kind",
        title="title",
        lead="lead",
        notes=[],
        words={word: word for word in ("sections", "figures", "working", "tables")},
        pictures=pictures,
        tables=[table],
        working="",
    )


@pytest.fixture(scope="module")
def page():
    length = Axis("Length", "log")
    return page_of(
        plot_of(TABLE, length, Axis("p", "-log10"), title="t", group="Kind"),
        plot_of(TABLE, length, Axis("p"), title="u", only=("Kind", "novel")),
        plot_of(TABLE, length, [Axis("p"), Axis("Length", "log")], title="v"),
    )


OPEN = """
function opened(name) {
  var figure = document.getElementById(name);
  figure.querySelector(".plot-switch button").click();
  return figure;
}
function later(act) {
  return new Promise(function (done) {
    setTimeout(function () { done(act()); }, 200); });
}
function pointed(figure, x, y) {
  var over = figure.querySelector(".u-over"), box = over.getBoundingClientRect();
  ["mouseenter", "mousemove"].forEach(function (kind) {
    over.dispatchEvent(new MouseEvent(kind, {
      clientX: box.left + x, clientY: box.top + y, bubbles: true }));
  });
}
function press(figure, key) {
  var event = new KeyboardEvent("keydown", { key: key });
  figure.querySelector(".place").dispatchEvent(event);
  return figure.querySelector(".said").textContent;
}
"""


def shown(page, script, folder):
    return promised(page, "", OPEN + script, folder)


def test_a_plot_names_columns_and_holds_no_numbers(page):
    spec = json.loads(read_page(page).one("figure", "f0").attributes["data-plot"])
    assert spec["table"] == "genes"
    assert (spec["x"]["place"], spec["y"][0]["place"], spec["group"]) == (1, 2, 3)
    assert spec["y"][0]["label"] == "−log10 p"
    assert "8700" not in json.dumps(spec)


def test_a_table_without_the_column_has_no_plot():
    assert plot_of(TABLE, Axis("Length"), Axis("q"), title="t") is None
    only = ("Contrast", "x")
    assert plot_of(TABLE, Axis("Length"), Axis("p"), title="t", only=only) is None


def test_a_page_without_a_plot_has_no_library(page):
    without = page_of(None)
    assert "uPlot" in page
    assert "uPlot" not in without
    assert len(page) - len(without) < 75_000


@pytest.mark.parametrize(
    ("name", "value"), [("SEPT2", 12.0), ("Malat1", 0.69897), ("zero", 300.0)]
)
class TestPointing:
    pytestmark = NEEDS_CHROMIUM

    def test_pointing_gives_name_and_value(self, page, tmp_path, name, value):
        # the place of the point is worked out here from the axes' ends
        script = """
        var figure = opened("f0");
        return later(function () {
          var over = figure.querySelector(".u-over");
          var low = Math.log(300 / 1.15), high = Math.log(12000 * 1.15);
          var x = (Math.log(LENGTH) - low) / (high - low) * over.clientWidth;
          var bottom = 0.69897, top = 300, margin = (top - bottom) * 0.04;
          var span = top - bottom + 2 * margin;
          var y = (top + margin - VALUE) / span * over.clientHeight;
          pointed(figure, x, y);
        }).then(function () { return later(function () {
          return figure.querySelector(".said").textContent;
        }); });
        """
        (row,) = [gene for gene in GENES if gene[0] == name]
        script = script.replace("LENGTH", str(row[1])).replace("VALUE", str(value))
        (cell,) = [row.cells[2].text for row in TABLE.rows if row.cells[0].text == name]
        expected = (
            f"{name} ({row[3]}): Length {row[1]:,}; −log10 p {value:.2f} ({cell})"
        )
        assert shown(page, script, tmp_path) == expected


class TestPlots:
    pytestmark = NEEDS_CHROMIUM

    def test_the_figure_is_there_until_asked(self, page, tmp_path):
        found = evaluated(
            page,
            """
            var figure = document.getElementById("f0");
            var button = figure.querySelector("button");
            var before = [figure.querySelector(".card").hidden, button.ariaPressed];
            button.click();
            var during = [figure.querySelector(".card").hidden, button.ariaPressed];
            button.click();
            var after = [figure.querySelector(".card").hidden, button.ariaPressed,
              figure.querySelector(".plot").hidden];
            return [before, during, after];
            """,
            tmp_path,
        )
        assert found == [[False, "false"], [True, "true"], [False, "false", True]]

    def test_keys_walk_over_the_points_and_lead_to_the_row(self, page, tmp_path):
        script = """
        var figure = opened("f0");
        return later(function () {
          var told = ["ArrowRight", "ArrowRight", "End", "ArrowRight", "Home"].map(
            function (key) { return press(figure, key).split(" (")[0]; });
          press(figure, "Enter");
          return later(function () {
            var line = document.querySelector(".live .target");
            return [told, location.hash, line.textContent.trim().slice(0, 5)];
          });
        });
        """
        told, target, line = shown(page, script, tmp_path)
        assert told == ["SEPT2", "zero", "Xist <1>", "Xist <1>", "SEPT2"]
        assert (target, line) == ("#genes-row-3", "SEPT2")

    def test_zoom_leaves_out_points_and_comes_back(self, page, tmp_path):
        script = """
        var figure = opened("f0");
        return later(function () {
          press(figure, "Home");
          for (var n = 0; n < 12; n += 1) { press(figure, "+"); }
          return later(function () {
            var near = press(figure, "End");
            press(figure, "Escape");
            return later(function () { return [near, press(figure, "End")]; });
          });
        });
        """
        near, whole = shown(page, script, tmp_path)
        assert near.startswith("SEPT2")
        assert whole.startswith("Xist <1>")

    def test_only_rows_that_are_meant(self, page, tmp_path):
        script = """
        var figure = opened("f1");
        return later(function () {
          return ["Home", "ArrowRight", "ArrowRight"].map(
            function (key) { return press(figure, key).split(":")[0]; });
        });
        """
        assert shown(page, script, tmp_path) == ["SEPT2", "Xist <1>", "Xist <1>"]

    def test_lines_have_a_series_for_each_column(self, page, tmp_path):
        script = """
        var figure = opened("f2");
        return later(function () {
          var key = Array.from(figure.querySelectorAll(".key li"), function (one) {
            return one.textContent; });
          return [key, press(figure, "Home"), press(figure, "ArrowRight")];
        });
        """
        key, first, second = shown(page, script, tmp_path)
        assert key == ["p", "Length"]
        assert {first, second} == {
            "Length 300; p 0.0000",
            "Length 300; Length 300",
        }


@pytest.mark.parametrize("is_dark", [False, True])
class TestAccessible:
    pytestmark = NEEDS_AXE

    def test_nothing_is_found_in_an_open_plot(self, page, tmp_path, is_dark):
        click = (
            "<script>document.querySelectorAll('.plot-switch button')"
            ".forEach((one) => one.click());</script></body>"
        )
        text = page.replace("</body>", click)
        assert faults(text, tmp_path, is_dark=is_dark) == []


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    data = simulated(80)
    samples = {
        "sample": [item.name for item in data.samples],
        "condition": [item.factors["condition"] for item in data.samples],
    }
    result = bl.lincrna.compare(
        data.counts.reset_index(),
        samples,
        design="~ condition",
        contrasts=[("condition", "t", "c")],
    )
    out = tmp_path_factory.mktemp("compared")
    return result, write_comparison_page(result, out).read_text("utf-8")


NARROW = """
document.body.style.width = "360px";
var figure = opened("f0");
return later(function () {
  window.dispatchEvent(new Event("resize"));
  return later(function () {
    return Array.from(figure.querySelectorAll(".plot, .plot *")).filter(function (one) {
      return one.checkVisibility() && one.getBoundingClientRect().right > 361;
    }).map(function (one) { return one.outerHTML.slice(0, 200); });
  });
});
"""


class TestNarrow:
    pytestmark = NEEDS_CHROMIUM

    def test_an_open_plot_is_no_wider_than_a_phone(self, page, tmp_path):
        assert shown(page, NARROW, tmp_path) == []


class TestVolcano:
    pytestmark = NEEDS_CHROMIUM

    def test_every_gene_has_its_fold_change_and_p_value(self, compared, tmp_path):
        result, page = compared
        frame = result.to_frame().dropna(subset=["p_value"])
        frame = frame.sort_values("log2_fold_change", kind="stable")
        script = """
        var figure = opened("volcano_1");
        return later(function () {
          var told = [press(figure, "Home")];
          for (var n = 1; n < N; n += 1) { told.push(press(figure, "ArrowRight")); }
          return told;
        });
        """.replace("N;", f"{len(frame)};")
        told = shown(page, script, tmp_path)
        genes = [re.match(r"[^ :]+", words)[0] for words in told]
        assert genes == frame["gene_id"].to_list()
        changes = [float(re.search(r"change (\S+);", words)[1]) for words in told]
        assert changes == pytest.approx(frame["log2_fold_change"].to_list(), rel=1e-5)
        heights = [float(re.search(r"p_value (\S+) \(", words)[1]) for words in told]
        expected = -np.log10(frame["p_value"].to_numpy())
        assert heights == pytest.approx([*expected], abs=0.0051)

    def test_changed_genes_stand_out_from_the_others(self, compared, tmp_path):
        script = """
        var figure = opened("volcano_1");
        return later(function () {
          return Array.from(figure.querySelectorAll(".key li"), function (one) {
            return [one.textContent, one.querySelector(".sign").style.background]; });
        });
        """
        assert shown(compared[1], script, tmp_path) == [
            ["down", "var(--known)"],
            ["up", "var(--novel)"],
            ["others", "var(--quiet)"],
        ]
