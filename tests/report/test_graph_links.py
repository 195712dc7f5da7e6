"""The page of a link prediction: the numbers of its tables, and a search by node."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bioloom.graph.linking.outputs import write_outputs
from bioloom.graph.linking.run import LinksPlan, predict_links
from bioloom.graph.linking.settings import link_settings
from bioloom.report.graph_links import write_report
from tests.graph.links import tripartite
from tests.report.browsing import NEEDS_CHROMIUM, evaluated
from tests.report.judging import NEEDS_AXE, faults
from tests.report.reading import read_page
from tests.report.test_every_room import NARROW

ODD = "</script><b>x</b>"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    network = tripartite(np.random.default_rng(2))
    network = replace(network, node_ids=(ODD, *network.node_ids[1:]))
    settings = {"hidden": 4, "max_epochs": 2, "n_candidates": 3}
    plan = LinksPlan(
        score_for=("a b",),
        models=("sage-dot",),
        settings=link_settings(settings),
        n_runs=2,
    )
    found = predict_links(network, plan)
    page = write_outputs(found.summary, found.final, found.candidates, out)
    write_report(page, out)
    return out


@pytest.fixture(scope="module")
def page(run):
    return read_page((run / "report.html").read_text("utf-8"))


def test_the_ladder_is_that_of_the_table(page, run):
    table = pd.read_csv(run / "tables" / "ladder.tsv", sep="\t")
    for measure in ("auc", "average_precision"):
        for method, *shown in page.one("table", f"{measure}-0").rows:
            rows = table[(table["method"] == method) & (table["measure"] == measure)]
            expected = rows[["mean", "low_seeds", "high_seeds"]].to_numpy()
            assert len(shown) == len(expected) == 6
            for words, numbers in zip(shown, expected, strict=True):
                found = [float(word) for word in re.findall(r"\d?\.\d+", words)]
                assert found == pytest.approx(numbers, abs=0.0006)


def test_what_is_ahead_is_that_of_the_table(page, run):
    table = pd.read_csv(run / "tables" / "advantages.tsv", sep="\t")
    rows = page.one("table", "advantages").rows
    assert [row[0] for row in rows] == table["method"].tolist()
    shown = [float(row[4]) for row in rows]
    assert shown == pytest.approx(table["difference"].tolist(), abs=0.0006)
    assert [row[-1] == "yes" for row in rows] == table["is_beyond"].tolist()


def test_names_are_escaped(run):
    text = (run / "report.html").read_text("utf-8")
    assert "<b>x</b>" not in text
    assert "\\u003c/script>" in text
    namespaces = r'xmlns(:\w+)?="[^"]*"|"http://www.w3.org/2000/svg"'
    assert "://" not in re.sub(namespaces, "", text)


FIND = """
var input = document.getElementById("wanted");
input.value = WORD;
input.dispatchEvent(new Event("input"));
var table = document.querySelector("#list table");
return [table.caption.textContent, Array.from(table.tBodies[0].rows, function (row) {
  return Array.from(row.cells, function (cell) { return cell.textContent; });
})];
"""


@pytest.mark.parametrize("node", ["n50", ODD])
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="needs Chromium")
def test_a_node_shows_its_candidates(run, tmp_path, node):
    text = (run / "report.html").read_text("utf-8")
    # in a script, "</" would close the element
    script = FIND.replace("WORD", repr(node).replace("</", "<\\/"))
    caption, rows = evaluated(text, script, tmp_path)
    assert caption.startswith(f"{node} (")
    table = pd.read_csv(run / "tables" / "candidates.tsv", sep="\t")
    table = table[table["node"] == node]
    assert [row[1] for row in rows] == table["partner"].tolist()
    scores = [float(row[3]) for row in rows]
    assert scores == pytest.approx(table["score"].tolist(), abs=0.0006)


@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="needs Chromium")
def test_nothing_is_wider_than_a_phone(run, tmp_path):
    assert evaluated((run / "report.html").read_text("utf-8"), NARROW, tmp_path) == []


@pytest.mark.tools
@NEEDS_AXE[-2]
@NEEDS_AXE[-1]
@pytest.mark.parametrize(
    ("name", "is_dark"), [("report.html", True), ("report.zh.html", False)]
)
def test_axe_finds_nothing(run, tmp_path, name, is_dark):
    text = (run / name).read_text("utf-8")
    assert faults(text, tmp_path, is_dark=is_dark) == []
