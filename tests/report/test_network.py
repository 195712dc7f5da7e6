"""The interactive page of a network: nothing outside, the same data, a real browser."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.sources import Source
from bioloom.graph.drawing.drawing import JUDGED_COLOURS
from bioloom.graph.drawing.view import View, piece_of, predictions_of
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training
from bioloom.report.network import graph_page, predictions_page
from tests.chinese import english_words
from tests.report.browsing import (
    NEEDS_CHROMIUM,
    NO_WEBGL,
    SOFTWARE,
    dump,
    evaluated,
    promised,
)
from tests.report.judging import DARK
from tests.report.reading import read_page
from tests.report.test_languages import own_words


def run_page(run, models, view, *, out):
    return predictions_page(predictions_of(run, models), view, out=out, run="a run")


def trained(source, out):
    models = [replace(SETTINGS[name], max_epochs=60) for name in ("gcn", "sage")]
    run_training(source, models, Plan(), out=out, with_tsne=False)
    return open_run(out)


@pytest.fixture(scope="module")
def karate(tmp_path_factory):
    return trained(Source(), tmp_path_factory.mktemp("runs") / "karate")


@pytest.fixture(scope="module")
def cora(tmp_path_factory, data_dir):
    source = Source(dataset="cora", data=data_dir / "graph" / "planetoid")
    return trained(source, tmp_path_factory.mktemp("runs") / "cora")


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_holds_what_the_models_say(karate, tmp_path):
    path = run_page(karate, karate.models, View(palette="safe"), out=tmp_path)
    assert path.name == "karate_net_full.html"
    page = path.read_text("utf-8")
    data = data_of(page)
    graph = karate.graph_of("gcn")
    assert data["ids"] == list(graph.node_ids)
    assert data["label"] == graph.y.tolist()
    upper = np.argwhere(np.triu(graph.adjacency.toarray()))
    assert np.reshape(data["edges"], (-1, 2)).tolist() == upper.tolist()
    for model, told in zip(karate.models, data["models"], strict=True):
        assert told["name"] == model
        assert told["predicted"] == karate.predicted(model).tolist()
        confidence = karate.probabilities(model).max(axis=1)
        assert told["confidence"] == pytest.approx(confidence, abs=1e-3)
        names = karate.graph_of(model).split_names()
        assert [("", "train", "val", "test")[k] for k in told["split"]] == names
    read = read_page(page)
    options = [one.attributes for one in read.all("option")]
    chosen = [one["value"] for one in options if "selected" in one]
    assert chosen == ["correct", "safe"]
    licences = " ".join(one.text for one in read.all("pre"))
    for holder in ("Alexis Jacomy", "Guillaume Plique", "Joyent"):
        assert holder in licences


def test_nothing_in_the_page_leads_outside(karate, tmp_path):
    page = run_page(karate, ["gcn"], View(), out=tmp_path).read_text("utf-8")
    read = read_page(page)
    for one in read.all():
        for name in ("src", "href", "xlink:href", "action"):
            found = one.attributes.get(name, "#")
            assert found.startswith("#") or found == "./karate_net_full.zh.html"
    assert not [*read.all("link", "iframe", "img")]
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    assert "default-src 'none'" in policy
    assert "://" not in policy
    assert "://" not in script


KEPT = {"train", "validation", "test", "Escape"}


def test_the_page_is_in_chinese_too(karate, tmp_path):
    path = run_page(karate, ["gcn"], View(), out=tmp_path)
    other = path.with_name("karate_net_full.zh.html")
    english, chinese = (one.read_text("utf-8") for one in (path, other))
    both = [read_page(text) for text in (english, chinese)]
    links = [page.one("header").one("a").attributes["href"] for page in both]
    assert links == [f"./{other.name}", f"./{path.name}"]
    told = " ".join(own_words(both[1].one("main"), kept=()))
    left = english_words(told, {"WebGL", "MIT", "PNG", "SVG", "Escape", "sigma"})
    names = {"graphology", "events", "gcn", "Mr", "Hi", "Officer", "karate"}
    assert left - names == set()
    drawn = " ".join(one.text for one in both[1].all("text"))
    assert "测试节点，正确" in drawn and "整个图" in drawn
    assert not list(both[0].all("text"))
    data = [data_of(text) for text in (english, chinese)]
    words = [one.pop("words") for one in data]
    assert data[0] == data[1]
    assert words[0].keys() == words[1].keys()
    assert not [one for one in words[1].values() if english_words(one, KEPT)]


def test_names_cannot_end_the_data(tmp_path):
    rude = '</script><script>alert("1")</script>'
    nodes = NodeTable(ids=[rude, "<b>", "&amp;"], labels=["<i>", "ñ", ""])
    links = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=np.float32)
    graph = assemble("<g>", nodes, csr_array(links))
    page = graph_page(graph, View(), out=tmp_path).read_text("utf-8")
    assert "alert" in page
    assert page.count("<script") == 2
    assert "<b>" not in page
    data = data_of(page)
    assert data["ids"] == [rude, "<b>", "&amp;"]
    assert data["classes"] == ["<i>", "ñ"]
    assert (data["label"], data["has_models"]) == ([0, 1, -1], False)


def in_browser(test):
    for mark in NEEDS_CHROMIUM:
        test = mark(test)
    return test


CONTROLS = """
function part(name) { return document.getElementById(name); }
function search(words) {
  part("wanted").value = words;
  part("controls").requestSubmit();
}
function choose(name, value) {
  part(name).value = value;
  part(name).dispatchEvent(new Event("change"));
}
function texts(list) {
  return Array.from(list, function (one) { return one.textContent; });
}
function card() {
  var rows = Array.from(part("node").querySelectorAll("tbody tr"), function (row) {
    return texts(row.cells);
  });
  return { name: part("node").querySelector("h3").textContent,
           facts: texts(part("node").querySelectorAll("dd")), votes: rows };
}
"""


@pytest.fixture(scope="module")
def page(cora, tmp_path_factory):
    return run_page(cora, cora.models, View(), out=tmp_path_factory.mktemp("page"))


@in_browser
@pytest.mark.data
def test_a_node_is_searched_and_its_neighbours_vote(cora, page, tmp_path):
    script = """
        search("198");
        var hits = texts(part("hits").querySelectorAll("button"));
        search("1986");
        var first = card();
        choose("model", "1");
        var second = card();
        search("nowhere");
        return [hits, first, second, part("found").textContent,
                document.querySelectorAll("#stage canvas").length];
    """
    text = page.read_text("utf-8")
    hits, *cards, found, n_layers = evaluated(
        text, CONTROLS + script, tmp_path, options=SOFTWARE
    )
    assert hits[0] == "198"
    assert len(hits) == 12
    assert found == "0 of 2708 nodes"
    assert n_layers > 1
    for model, told in zip(cora.models, cards, strict=True):
        graph, said = cora.graph_of(model), cora.predicted(model)
        near = graph.adjacency[[1986]].indices
        votes = {
            name: [str((graph.y[near] == k).sum()), str((said[near] == k).sum())]
            for k, name in enumerate(graph.class_names)
        }
        assert {name: counts for name, *counts in told["votes"]} == {
            name: counts for name, counts in votes.items() if counts != ["0", "0"]
        }
        label, split, called, *_, drawn = told["facts"]
        assert label == graph.class_names[graph.y[1986]]
        assert called == graph.class_names[said[1986]]
        assert (split, drawn) == ("test", "65 drawn of 65")


@in_browser
@pytest.mark.data
def test_colours_and_their_legend(cora, page, tmp_path):
    script = """
        return ["correct", "class", "confidence"].map(function (colouring) {
          choose("colouring", colouring);
          return texts(part("legend").children);
        });
    """
    text = page.read_text("utf-8")
    judged, classes, shares = evaluated(
        text, CONTROLS + script, tmp_path, options=SOFTWARE
    )
    assert judged == ["not in the test set", "test node, right", "test node, wrong"]
    assert classes == list(cora.graph.class_names)
    assert (shares[0], shares[-1]) == ("14 %", "100 %")


@in_browser
@pytest.mark.data
def test_nodes_are_filtered_and_the_picture_is_saved(cora, page, tmp_path):
    script = """
        var texts_saved = [];
        window.Blob = function (parts) { texts_saved.push(parts.join("")); };
        URL.createObjectURL = function () { return "#"; };
        choose("shown-class", "2");
        choose("shown-judged", "wrong");
        var shown = part("shown").textContent;
        part("save-svg").click();
        search("1986");
        var line = part("node").querySelector("code").textContent;
        return [shown, texts_saved[0], line];
    """
    text = page.read_text("utf-8")
    shown, svg, line = evaluated(text, CONTROLS + script, tmp_path, options=SOFTWARE)
    graph = cora.graph_of("gcn")
    is_wrong = graph.test_mask & (cora.predicted("gcn") != graph.y) & (graph.y == 2)
    assert shown == f"{is_wrong.sum()} of 2708 nodes"
    assert svg.startswith("<svg ")
    assert svg.count("<circle ") == is_wrong.sum()
    assert line == "bioloom graph explain --run 'a run' --model gcn --node 1986"


@in_browser
@pytest.mark.data
def test_it_opens_under_its_own_policy(page, tmp_path):
    viewer = re.search(
        r'<section[^>]*id="viewer"[^>]*>', dump(page, tmp_path / "p", "", SOFTWARE)
    )[0]
    assert "hidden" not in viewer


@in_browser
@pytest.mark.data
def test_without_webgl_the_still_picture_is_left(page, tmp_path):
    found = dump(page, tmp_path / "p", "", NO_WEBGL)
    assert "hidden" in re.search(r'<section[^>]*id="viewer"[^>]*>', found)[0]
    assert "hidden" not in re.search(r'<p[^>]*id="no-viewer"[^>]*>', found)[0]
    assert 'id="still"' in found


def test_a_part_is_drawn_as_in_the_picture(karate, tmp_path):
    view = View(mode="ego", hops=1)
    path = run_page(karate, ["gcn"], view, out=tmp_path)
    assert path.name == "karate_net_ego_1hop.html"
    data, piece = (
        data_of(path.read_text("utf-8")),
        piece_of(karate.graph_of("gcn"), view),
    )
    assert data["centre"] == piece.centre
    places = np.column_stack([data["x"], data["y"]])
    assert np.corrcoef(places[:, 0], piece.places[:, 0])[0, 1] > 0.9999
    assert places.max() == 10_000


@in_browser
@pytest.mark.parametrize("is_dark", [False, True])
def test_its_colours_follow_the_page_and_its_files_stay_white(
    karate, tmp_path, is_dark
):
    page = run_page(karate, ["gcn"], View(), out=tmp_path)
    colours = data_of(page.read_text("utf-8"))["colours"]
    assert colours["light"]["judged"] == {k: list(v) for k, v in JUDGED_COLOURS.items()}
    script = """
        var saved;
        URL.createObjectURL = function (blob) { saved = blob; return "#"; };
        document.getElementById("save-svg").click();
        var swatch = document.querySelectorAll("#legend .swatch")[1];
        return saved.text().then(function (svg) {
          return [getComputedStyle(document.getElementById("stage")).backgroundColor,
                  getComputedStyle(swatch).backgroundColor, svg];
        });
    """
    options = (*SOFTWARE, *((DARK,) if is_dark else ()))
    ground, right, svg = promised(
        page.read_text("utf-8"), "", script, tmp_path, options=options
    )
    shown = colours["dark" if is_dark else "light"]
    assert ground == rgb(shown["ground"])
    assert right == rgb(shown["judged"]["standard"][0])
    assert 'fill="#fff"' in svg
    assert colours["light"]["judged"]["standard"][0] in svg


def rgb(colour):
    return f"rgb({', '.join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))})"
