"""The page of a training: the same numbers as its tables, and nothing outside."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from bioloom.graph.data.formats import karate_club
from bioloom.graph.output.outputs import write_outputs
from bioloom.graph.output.page import page_of
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, train_model
from bioloom.report.graph import write_report
from tests.report.reading import read_page


@pytest.fixture(scope="module")
def results():
    # one club member is named like an element, one class like another
    club = karate_club()
    ids = ("<b>1</b>", *club.node_ids[1:])
    club = replace(club, node_ids=ids, class_names=("Mr. <Hi>", "Officer"))
    models = [replace(SETTINGS[name], max_epochs=3) for name in ("gcn", "sage")]
    return [train_model(club, one, Plan(n_runs=3, split="random")) for one in models]


@pytest.fixture(scope="module")
def run(results, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    write_report(page_of(results, write_outputs(results, out)), out)
    return out


@pytest.fixture(scope="module")
def page(run):
    return read_page((run / "report.html").read_text("utf-8"))


def test_measures_are_those_of_the_table(page, run):
    rows = page.one("table", "measures").rows
    table = pd.read_csv(run / "tables" / "summary.tsv", sep="\t")
    for model, n_runs, *shown in rows:
        expected = table[table["model"] == model]
        assert n_runs == "3"
        for words, (mean, low, high) in zip(
            shown, expected[["mean", "low", "high"]].to_numpy() * 100, strict=True
        ):
            numbers = [float(word) for word in re.findall(r"[\d.]+", words)]
            assert numbers == pytest.approx([mean, low, high], abs=0.006)


def test_classes_with_their_intervals(page, results):
    best = results[0].best
    graph, test = best.graph, best.graph.test_mask
    rows = page.one("table", "gcn-classes").rows
    assert [row[0] for row in rows] == list(graph.class_names)
    for number, (_, n, _, recall, bounds, _) in enumerate(rows):
        own = test & (graph.y == number)
        hits = int((best.predicted[own] == number).sum())
        assert (int(n), float(recall)) == (own.sum(), round(100 * hits / own.sum(), 2))
        low, high = map(float, bounds.split(" to "))
        n_own = int(own.sum())
        assert low == pytest.approx(
            100 * np.nan_to_num(beta.ppf(0.025, hits, n_own - hits + 1)), abs=0.06
        )
        assert high == pytest.approx(
            100 * np.nan_to_num(beta.ppf(0.975, hits + 1, n_own - hits), nan=1),
            abs=0.06,
        )


def test_worst_errors_are_sure_and_wrong(page, results):
    n_shown = 0
    for result in results:
        best = result.best
        graph = best.graph
        wrong = np.flatnonzero(graph.test_mask & (best.predicted != graph.y))
        tables = {one.attributes.get("id"): one for one in page.all("table")}
        rows = tables[f"{result.settings.model}-errors"].rows if wrong.size else []
        assert {row[0] for row in rows} == {graph.node_ids[node] for node in wrong}
        confidences = [float(row[3]) for row in rows]
        assert confidences == sorted(confidences, reverse=True)
        for name, label, said, _, _, n_near, n_own, n_said in rows:
            node = graph.number_of(name)
            near = graph.y[graph.adjacency[[node]].indices]
            assert label == graph.class_names[graph.y[node]]
            assert said == graph.class_names[best.predicted[node]]
            counts = len(near), *((near == k).sum() for k in (graph.y[node],))
            assert (int(n_near), int(n_own)) == counts
            assert int(n_said) == (near == best.predicted[node]).sum()
        n_shown += len(rows)
    assert n_shown


def test_every_figure_is_in_it_and_drawn_in_lines(page, run):
    named = {figure.attributes["id"] for figure in page.all("figure")}
    kinds = ("curves", "confusion", "calibration", "smoothing", "tsne")
    assert named == {f"{model}-{kind}" for model in ("gcn", "sage") for kind in kinds}
    # pictures in pixels would need an address, which the policy forbids
    assert not [*page.all("image", "img")]
    for link in page.all("a"):
        href = link.attributes["href"]
        assert href.startswith(("#", "./figures/", "./report.zh.html"))
        assert href.startswith("#") or (run / href).is_file()


def test_names_are_escaped(run):
    text = (run / "report.html").read_text("utf-8")
    assert "<Hi>" not in text
    assert "<b>" not in text
    assert "Mr. &lt;Hi&gt;" in text


def test_without_test_nodes_it_says_so(tmp_path):
    club = karate_club()
    split = np.array(["train", "val"] * 17)
    graph = club.with_split(split)
    result = train_model(graph, replace(SETTINGS["gcn"], max_epochs=3), Plan())
    figures = write_outputs([result], tmp_path, with_tsne=False)
    path = write_report(page_of([result], figures), tmp_path)
    page = read_page(path.read_text("utf-8"))
    assert "There are no test nodes" in page.text
    figures = [figure.attributes["id"] for figure in page.all("figure")]
    assert figures == ["gcn-curves", "gcn-smoothing"]


def test_curves_can_be_pointed_at_and_are_those_of_the_table(page, run, results):
    table = pd.read_csv(run / "tables" / "curves.tsv", sep="\t")
    for result in results:
        model, seed = result.settings.model, result.best.rng_seed
        best = table[(table["model"] == model) & (table["rng_seed"] == seed)]
        best = best.drop(columns=["model", "rng_seed"])
        shown = np.array(page.one("table", f"{model}-epochs").rows, dtype=float)
        assert shown == pytest.approx(best.to_numpy(), abs=6e-5)
        assert (
            f"{model}-epochs"
            in page.one("figure", f"{model}-curves").attributes["data-plot"]
        )
