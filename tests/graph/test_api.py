"""`bl.graph`: everything a user may hold a graph in, and what comes back."""

import subprocess
import sys

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import bioloom as bl
from bioloom.errors import OutputExists, UnknownName
from bioloom.graph.errors import BadGraph

SHORT = {"max_epochs": 25}


@pytest.fixture(scope="module")
def tables():
    """Two camps of 12 with a feature that differs."""
    rng = np.random.default_rng(0)
    camp = np.arange(24) % 2
    pairs = [
        (a, b)
        for a in range(24)
        for b in range(a)
        if rng.random() < (0.5 if camp[a] == camp[b] else 0.02)
    ]
    names = np.array([f"n{number:02d}" for number in range(24)])
    edges = pd.DataFrame(names[np.array(pairs)], columns=["source", "target"])
    nodes = pd.DataFrame({"id": names, "label": np.array(["x", "y"])[camp]})
    nodes["warm"] = camp + rng.random(24)
    nodes["cold"] = 1.0
    return edges, nodes


@pytest.fixture(scope="module")
def result(tables):
    return bl.graph.train(*tables, models=["gcn", "gat"], runs=2, settings=SHORT)


def network_of(edges, nodes):
    network = nx.Graph()
    for name, label, warm, cold in nodes.itertuples(index=False):
        network.add_node(name, label=label, warm=warm, cold=cold)
    network.add_edges_from(edges.itertuples(index=False))
    return network


def test_a_result_is_short_and_tells_its_tables(result):
    assert repr(result).startswith(
        "<GraphTraining: graph, 24 nodes; gcn: test accuracy "
    )
    assert "<table" in result._repr_html_()
    frame = result.to_frame()
    assert frame["model"].tolist() == ["gcn", "gcn", "gat", "gat"]
    assert result["gat"].means()["test_accuracy"].n == 2
    nodes = result.predictions("gat").to_frame()
    assert len(nodes) == 24
    assert repr(result.predictions()).startswith("<NodePredictions: graph, 24 nodes; ")
    with pytest.raises(UnknownName, match="no model 'sage'"):
        result.predictions("sage")


def test_the_working_equals_the_prediction(result):
    best = result["gcn"].best
    node = best.graph.number_of("n03")
    steps = result.explain("n03", model="gcn").steps
    assert steps[1].value.number == pytest.approx(
        best.probabilities[node].max(), abs=1e-5
    )


@pytest.mark.parametrize(
    "kind", ["curves", "confusion", "calibration", "network", "reasons"]
)
def test_figures(result, kind):
    assert isinstance(result.plot(kind), Figure)


def test_an_unknown_figure_or_setting_is_told(result):
    with pytest.raises(UnknownName, match="no figure 'tsne'"):
        result.plot("tsne")
    with pytest.raises(UnknownName, match=r"'hiden'.* Did you mean 'hidden'"):
        bl.graph.train(settings={"hiden": 3})
    with pytest.raises(UnknownName, match="no model 'mlp'"):
        bl.graph.train(models="mlp")


def test_every_form_of_a_graph_gives_the_same_model(tables, result, tmp_path):
    edges, nodes = tables
    edges.to_csv(tmp_path / "graph.csv", index=False)
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    columns = {name: list(column) for name, column in edges.items()}
    same = {"models": "gcn", "settings": SHORT}
    expected = result.predictions("gcn").probabilities
    files = (tmp_path / "graph.csv", tmp_path / "nodes.csv")
    for graph in (files, (columns, nodes), (files[0], nodes)):
        trained = bl.graph.train(*graph, **same, runs=2)
        assert trained.predictions().probabilities == pytest.approx(expected, abs=1e-6)
    shared = bl.graph.train(network_of(*tables), **same).best.best.graph
    own = result["gcn"].best.graph
    assert shared.node_ids == own.node_ids
    order = [shared.feature_names.index(name) for name in own.feature_names]
    assert shared.x.toarray()[:, order] == pytest.approx(own.x.toarray(), abs=1e-6)
    assert (shared.adjacency != own.adjacency).nnz == 0


def test_cells_with_neighbours_are_a_graph(tables):
    anndata = pytest.importorskip("anndata")
    edges, nodes = tables
    network = network_of(*tables)
    cells = anndata.AnnData(nodes[["warm", "cold"]].to_numpy(np.float32))
    cells.obs_names = list(nodes["id"])
    cells.obs["label"] = list(nodes["label"])
    cells.obsp["connectivities"] = nx.to_scipy_sparse_array(
        network, nodelist=list(nodes["id"]), format="csr"
    )
    trained = bl.graph.train(cells, settings=SHORT)
    assert trained.best.best.graph.class_names == ("x", "y")


def test_a_graph_in_memory_is_written_into_its_run(tables, result, tmp_path):
    out = tmp_path / "run"
    trained = bl.graph.train(*tables, runs=2, settings=SHORT, out=out, tsne=False)
    assert (out / "report.html").is_file()
    assert (out / "input" / "graph.tsv").is_file()
    expected = result.predictions("gcn").probabilities
    assert trained.predictions().probabilities == pytest.approx(expected, abs=1e-5)
    again = bl.graph.predict(out, *tables)
    assert again.probabilities == pytest.approx(expected, abs=1e-5)
    assert bl.graph.predict(trained, *tables).hits() == again.hits()
    told = bl.graph.explain(out, "n03")
    assert told.to_text() == trained.explain("n03").to_text()
    assert repr(bl.graph.draw(out, ego="n03")).startswith("<Drawing: graph, within 2")
    before = (out / "input" / "graph.tsv").read_bytes()
    with pytest.raises(OutputExists):
        bl.graph.train("karate", out=out)
    assert (out / "input" / "graph.tsv").read_bytes() == before


def test_a_model_of_bare_nodes_is_refused_elsewhere(tables):
    trained = bl.graph.train(settings={"max_epochs": 2})
    with pytest.raises(BadGraph, match="knows the nodes of karate only"):
        bl.graph.predict(trained, *tables)


def test_drawings_have_their_places(tables, result):
    drawing = bl.graph.draw(result, models=["gat"], sample=9, colour="prediction")
    frame = drawing.to_frame()
    assert list(frame) == ["node", "label", "x", "y", "gat"]
    assert len(frame) == 9
    assert drawing.stem == "graph_net_gat_sample_prediction"
    assert isinstance(drawing.plot(), Figure)
    assert isinstance(bl.graph.draw(*tables).plot(), Figure)


def test_aggregation_of_tables(tables):
    assert bl.graph.explain(tables[0], "n05").title.endswith("at node n05 of graph")


def test_the_room_itself_loads_nothing_heavy():
    code = (
        "import sys, bioloom as bl; bl.graph, bl.images, dir(bl.graph);"
        "print([n for n in ('numpy', 'pandas', 'torch', 'PIL') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
