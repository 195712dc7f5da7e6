"""One door: the same network in every format, and the same checks behind each."""

import gzip
import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

import bioloom as bl
from bioloom.errors import InputWarning
from bioloom.graph.data.reading import Reading
from bioloom.graph.data.sources import GraphInput, Source
from bioloom.graph.errors import BadGraph

NAMES = ["n1", "n2", "ñ3", "n4"]
LABELS = ["a", "b", "NA", "b"]
SIZES = [1.5, -2.0, 0.25, 4.0]
SPLITS = ["training", "Validation", "", "testing"]
EDGES = [("n1", "n2", 2.0), ("n2", "ñ3", 0.5), ("ñ3", "n4", 1.0), ("n4", "n1", 0.0)]
EXPECTED = [[0, 2, 0, 0], [2, 0, 0.5, 0], [0, 0.5, 0, 1], [0, 0, 1, 0]]
CASES = Path(__file__).parents[3] / "shared" / "cases" / "graph"


def node_frame(**more):
    columns = {"id": NAMES, "label": LABELS, "split": SPLITS, "size": SIZES}
    return pd.DataFrame(columns | more)


def edge_frame(edges=EDGES):
    return pd.DataFrame(edges, columns=["source", "target", "weight"])


def network(edges=EDGES, **more):
    graph = nx.MultiGraph()
    for row in node_frame(**more).to_dict("records"):
        graph.add_node(row.pop("id"), **row)
    for source, target, weight in edges:
        graph.add_edge(source, target, weight=weight)
    return graph


def tables(folder, edges, more, *, separator=",", encoding="utf-8", **options):
    frames = (edge_frame(edges), node_frame(**more))
    paths = folder / "e.csv", folder / "n.csv"
    for path, frame in zip(paths, frames, strict=True):
        frame.to_csv(path, sep=separator, index=False, encoding=encoding, **options)
    return Source(edges=paths[0], nodes=paths[1])


def of_csv(folder, edges, more):
    return tables(folder, edges, more)


def of_semicolons_in_utf16(folder, edges, more):
    return tables(folder, edges, more, separator=";", encoding="utf-16", decimal=",")


def of_quoted_tsv_with_bom(folder, edges, more):
    options = {"separator": "\t", "encoding": "utf-8-sig", "quoting": 1}
    return tables(folder, edges, more, **options)


def of_blanks_without_header(folder, edges, more):
    node_frame(**more).to_csv(folder / "n.csv", index=False)
    lines = "".join(f"{a}   {b} {weight}\n" for a, b, weight in edges)
    (folder / "e.txt").write_text(lines, encoding="utf-8")
    return Source(edges=folder / "e.txt", nodes=folder / "n.csv")


def of_graphml(folder, edges, more):
    nx.write_graphml(network(edges, **more), folder / "g.graphml.gz")
    return Source(file=folder / "g.graphml.gz")


def of_gexf(folder, edges, more):
    graph = network(edges, **more)
    for _, data in graph.nodes(data=True):  # GEXF's own label is the name
        data["class"] = data.pop("label")
    nx.write_gexf(graph, folder / "g.gexf")
    return Source(file=folder / "g.gexf", label="class")


def of_gml(folder, edges, more):
    graph = network(edges, **more)
    for _, data in graph.nodes(data=True):
        data["class"] = data.pop("label")
    nx.write_gml(graph, folder / "g.gml")
    return Source(file=folder / "g.gml", label="class")


def of_networkx(folder, edges, more):
    return GraphInput(network(edges, **more), None, Source())


def of_pandas(folder, edges, more):
    return GraphInput(edge_frame(edges), node_frame(**more), Source())


def of_matrix(folder, edges, more):
    places = {name: number for number, name in enumerate(NAMES)}
    matrix = np.zeros((4, 4))
    for source, target, weight in edges:
        matrix[places[source], places[target]] = weight
        matrix[places[target], places[source]] = weight
    return GraphInput(csr_array(matrix), node_frame(**more), Source())


FORMATS = {
    reader.__name__: reader
    for reader in (
        *(of_csv, of_semicolons_in_utf16, of_quoted_tsv_with_bom),
        *(of_blanks_without_header, of_graphml, of_gexf, of_gml, of_networkx),
        *(of_pandas, of_matrix),
    )
}
IN_ALL = pytest.mark.parametrize("reader", FORMATS.values(), ids=FORMATS)


def quietly(source):
    """The graph, and what was said about it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", InputWarning)
        graph = source.read()
    return graph, [str(warning.message) for warning in said]


@IN_ALL
def test_the_same_graph_in_every_format(reader, tmp_path):
    graph, said = quietly(reader(tmp_path, EDGES, {}))
    assert graph.node_ids == tuple(NAMES)
    assert graph.adjacency.todense().tolist() == EXPECTED
    assert graph.feature_names == ("size",)
    assert graph.x.todense().ravel().tolist() == SIZES
    assert [*graph.class_names] == ["a", "b"]
    assert graph.y.tolist() == [0, 1, -1, 1]
    assert graph.split_names() == ["train", "val", "", "test"]
    assert not graph.is_directed
    assert graph.weight == "weight"
    assert any("the label 'NA' is taken as unknown (1 of 4" in text for text in said)
    if reader is not of_matrix:  # zeros of a matrix are no entries
        assert any("1 edges of weight 0 are no edges" in text for text in said)
    assert graph.notes
    assert set(graph.notes) <= set(said)


@IN_ALL
@pytest.mark.parametrize("weight", [-1.5, float("nan"), float("inf")])
def test_a_weight_is_finite_and_not_negative(reader, weight, tmp_path):
    edges = [*EDGES[:3], ("n4", "n1", weight)]
    if np.isnan(weight) and reader is of_gml:
        pytest.skip("networkx writes no NaN into GML")
    with pytest.raises(BadGraph, match="found the weight") as wrong:
        quietly(reader(tmp_path, edges, {}))
    place = str(wrong.value)
    assert "row 4" in place or ("'n1'" in place and "'n4'" in place)


@IN_ALL
def test_an_edge_listed_twice(reader, tmp_path):
    graph, _ = quietly(reader(tmp_path, [*EDGES, EDGES[0]], {}))
    assert graph.adjacency.todense().tolist() == EXPECTED
    if reader is of_matrix:  # each pair has one entry
        return
    source = reader(tmp_path, [*EDGES, ("n2", "n1", 5.0)], {})
    with pytest.raises(BadGraph, match=r"found the weights .* --repeats max, sum"):
        quietly(source)
    for rule, expected in (("max", 5), ("sum", 7), ("mean", 3.5)):
        graph, _ = quietly(with_reading(source, repeats=rule))
        assert graph.adjacency[0, 1] == graph.adjacency[1, 0] == expected


def with_reading(source, **changes):
    if isinstance(source, Source):
        return source.read_as(changes)
    return GraphInput(source.graph, source.nodes, source.reading.read_as(changes))


@IN_ALL
@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ({"r": [1, 2, 3, 4], "g": [1] * 4, "b": [2] * 4, "x": [0.5] * 4}, "drawing"),
        ({"SUID": [62, 70, 81, 90], "selected": [True, False] * 2}, "drawing"),
        ({"note": ["one", "two", "three", "four"]}, "text"),
        ({"gene_id": [672, 7157, 4609, 5290]}, "identifiers"),
        ({"index": [0, 1, 2, 3]}, "the numbers of the rows"),
        ({"order": [1, 2, 3, 4]}, "the numbers of the rows"),
    ],
)
def test_what_is_no_feature_is_left_out_and_said(reader, more, left_out, tmp_path):
    graph, said = quietly(reader(tmp_path, EDGES, more))
    size_is_drawn = "r" in more  # Gephi's size
    assert graph.feature_names == (() if size_is_drawn else ("size",))
    assert any(
        f"{left_out}" in text and "not used as features" in text for text in said
    )


@IN_ALL
def test_columns_are_named_in_every_format(reader, tmp_path):
    more = {
        "symbol": ["A", "B", "C", "D"],
        "PC1": [1.0, 2.0, 4.0, 3.0],
        "PC2": [0.5, 1.5, 0.5, 1.0],
    }
    source = reader(tmp_path, EDGES, more)
    graph, _ = quietly(with_reading(source, features=("PC*",), name="symbol"))
    assert graph.feature_names == ("PC1", "PC2")
    assert graph.node_names == ("A", "B", "C", "D")
    graph, _ = quietly(with_reading(source, skip=("PC1",)))
    assert graph.feature_names == ("size", "PC2")
    with pytest.raises(BadGraph, match="no column 'PC3'"):
        quietly(with_reading(source, skip=("PC3",)))


@IN_ALL
def test_bad_values_are_refused_with_their_node(reader, tmp_path):
    with pytest.raises(BadGraph, match=r"node 'n2'.* found 'wide'"):
        quietly(reader(tmp_path, EDGES, {"width": ["1.5", "wide", "2", "3"]}))
    with pytest.raises(BadGraph, match=r"node 'n1'.* found the split 'later'"):
        quietly(reader(tmp_path, EDGES, {"split": ["later", "", "", ""]}))


def test_pytorch_geometric(tmp_path):
    torch = pytest.importorskip("torch")
    data = pytest.importorskip("torch_geometric.data").Data(
        x=torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        edge_index=torch.tensor([[0, 1, 1, 1], [1, 0, 2, 2]]),
        y=torch.tensor([1, 0, -1]),
        train_mask=torch.tensor([True, False, False]),
        val_mask=torch.tensor([False, True, False]),
        test_mask=torch.tensor([False, False, True]),
    )
    graph = GraphInput(data, None, Source()).read()
    assert graph.is_directed
    assert graph.adjacency.todense().tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert graph.y.tolist() == [1, 0, -1]
    assert graph.split_names() == ["train", "val", "test"]
    both = GraphInput(data, None, Source(is_directed=False)).read()
    assert both.adjacency.todense().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_repeated_edges_of_pytorch_geometric_have_the_rule_of_tables():
    torch = pytest.importorskip("torch")
    data = pytest.importorskip("torch_geometric.data").Data(
        edge_index=torch.tensor([[0, 0, 1], [1, 1, 0]]),
        edge_weight=torch.tensor([2.0, 3.0, 1.0]),
        num_nodes=2,
    )
    with pytest.raises(BadGraph, match="edge '0' - '1': found the weights 2 and 3"):
        GraphInput(data, None, Source()).read()
    summed = GraphInput(data, None, Source(repeats="sum")).read()
    assert summed.adjacency.toarray().tolist() == [[0, 1], [5, 0]]


def test_a_matrix_of_edges_and_one_of_features():
    matrix = np.array([[0, 1, 0], [0, 0, 2], [0, 0, 0]])
    graph = GraphInput(matrix, np.eye(3, 2), Source()).read()
    assert graph.adjacency.todense().tolist() == [[0, 0, 0], [1, 0, 0], [0, 2, 0]]
    assert graph.x.todense().tolist() == [[1, 0], [0, 1], [0, 0]]
    with pytest.raises(BadGraph, match="a matrix of 3 × 2, expected 2 × 2|nodes"):
        GraphInput(np.ones((3, 2)), None, Source()).read()


def test_sif_with_and_without_a_node_table(tmp_path):
    (tmp_path / "g.sif").write_text("n1\tpp\tn2\tñ3\nn4\nñ3 pd n4\n", encoding="utf-8")
    graph = Source(edges=tmp_path / "g.sif", needs_label=False).read()
    assert graph.node_ids == ("n1", "n2", "ñ3", "n4")
    assert graph.adjacency.sum() == 6
    node_frame().to_csv(tmp_path / "n.csv", index=False)
    same, _ = quietly(Source(file=tmp_path / "g.sif", nodes=tmp_path / "n.csv"))
    assert (same.adjacency != graph.adjacency).nnz == 0
    assert same.class_names == ("a", "b")
    (tmp_path / "g.sif").write_text("n1 n2\n")
    with pytest.raises(BadGraph, match="line 1: found two fields"):
        Source(file=tmp_path / "g.sif").read()


def cells(**more):
    anndata = pytest.importorskip("anndata")
    obs = pd.DataFrame({"kind": ["T", None, "B"], "n_counts": [5, 6, 7]})
    obs.index = ["c1", "c2", "c3"]
    data = anndata.AnnData(np.eye(3, 4, dtype=np.float32), obs=obs)
    data.obsp["connectivities"] = csr_array(
        np.array([[0, 0.5, 0], [0.5, 0, 1], [0, 1, 0]])
    )
    data.obsp["distances"] = csr_array(np.array([[0, 2, 0], [2, 0, 4], [0, 4, 0]]))
    data.obsm["X_pca"] = np.arange(6.0).reshape(3, 2)
    data.layers["counts"] = 3 * np.eye(3, 4)
    return data


@pytest.mark.parametrize(
    ("changes", "names", "first"),
    [
        ({}, ["0", "1", "2", "3"], [1, 0, 0, 0]),
        ({"obsm": "X_pca"}, ["X_pca_1", "X_pca_2"], [0, 1]),
        ({"layer": "counts"}, ["0", "1", "2", "3"], [3, 0, 0, 0]),
        ({"layer": "counts", "skip": ("0",)}, ["1", "2", "3"], [0, 0, 0]),
        ({"features": ("1", "3")}, ["1", "3"], [0, 0]),
    ],
)
def test_features_of_cells(changes, names, first):
    how = Source(label="kind").read_as(changes)
    graph = GraphInput(cells(), None, how).read()
    assert [*graph.feature_names] == names
    assert graph.x[[0]].toarray().ravel().tolist() == first
    assert graph.class_names == ("B", "T")


def test_edges_of_cells():
    graph = GraphInput(cells(), None, Source(label="kind", obsp="distances")).read()
    assert graph.adjacency[1].toarray().ravel().tolist() == [2, 0, 4]
    graph = GraphInput(cells(), None, Source(label="kind", weight="distances")).read()
    assert graph.adjacency[1].toarray().ravel().tolist() == [2, 0, 4]
    with pytest.raises(BadGraph, match="obsp: found connectivities, distances"):
        GraphInput(cells(), None, Source(label="kind", obsp="other")).read()
    negative = cells()
    negative.obsp["connectivities"] *= -1
    with pytest.raises(BadGraph, match="edge 'c2' - 'c1': found the weight -0.5"):
        GraphInput(negative, None, Source(label="kind")).read()


@pytest.mark.parametrize(
    ("first", "known", "is_header"),
    [
        ("one,two", True, True),
        ("n1,n2", True, False),
        ("one,two", False, True),
        ("from,to", False, True),
        ("n1,n2,strength", False, True),
        ("n1,n3", False, False),
    ],
)
def test_a_header_of_unknown_words_names_no_nodes(tmp_path, first, known, is_header):
    numbers = "\n".join(f"n{a},n{a + 1},0.5" for a in range(1, 9))
    lines = numbers if first.count(",") == 2 else numbers.replace(",0.5", "")
    (tmp_path / "e.csv").write_text(f"{first}\n{lines}\n")
    nodes = {"id": [f"n{a}" for a in range(1, 10)]} if known else None
    graph, _ = quietly(GraphInput(tmp_path / "e.csv", nodes, Source(needs_label=False)))
    names = {f"n{a}" for a in range(1, 10)}
    assert set(graph.node_ids) == names
    assert graph.adjacency.nnz == 2 * (8 if is_header or first == "n1,n2" else 9)


def test_ends_are_found_by_the_nodes_they_name(tmp_path):
    edges = pd.DataFrame(
        {
            "record": ["r1", "r2"],
            "partner one": ["n1", "n2"],
            "partner two": ["n2", "ñ3"],
            "combined_score": [900, 800],
        }
    )
    graph, said = quietly(GraphInput(edges, node_frame(), Source()))
    assert graph.adjacency.sum() == 4
    assert any("--weight combined_score uses the column" in text for text in said)
    how = Source(weight="combined_score")
    graph, _ = quietly(GraphInput(edges, node_frame(), how))
    assert graph.adjacency[0, 1] == 900
    with pytest.raises(BadGraph, match="Give --weight one of: record, partner one"):
        quietly(GraphInput(edges, node_frame(), Source(weight="score")))
    how = Source(source="partner two", target="partner one", is_directed=True)
    graph, _ = quietly(GraphInput(edges, node_frame(), how))
    assert graph.adjacency[0, 1] == 1
    assert graph.is_directed


@pytest.mark.parametrize(
    ("source", "option"),
    [
        (Source(label="club"), "--label"),
        (Source(edges=Path("e"), obsp="distances"), "--obsp"),
        (Source(edges=Path("e"), name="symbol"), "--name"),
        (Source(file=Path("g.graphml"), layer="counts"), "--layer"),
    ],
)
def test_an_option_without_effect_is_an_error(source, option, tmp_path):
    folder = tmp_path
    (folder / "e").write_text("source,target\na,b\n")
    nx.write_graphml(network(), folder / "g.graphml")
    moved = {
        name: folder / getattr(source, name)
        for name in ("edges", "file")
        if getattr(source, name)
    }
    with pytest.raises(BadGraph, match=f"{option}: found an option without effect"):
        quietly(bl_replace(source, **moved))


def bl_replace(source, **changes):
    from dataclasses import replace

    return replace(source, **changes)


@settings(max_examples=25, deadline=None)
@given(
    entries=st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, 5), st.floats(0.015625, 9, width=32)
        ),
        min_size=1,
        unique_by=lambda entry: frozenset(entry[:2]),
    ),
    is_directed=st.booleans(),
)
def test_a_drawn_network_is_read_alike(tmp_path_factory, entries, is_directed):
    """Tables and GraphML against networkx's own matrix."""
    folder = tmp_path_factory.mktemp("drawn")
    graph = nx.DiGraph() if is_directed else nx.Graph()
    graph.add_nodes_from(f"n{k}" for k in range(6))
    graph.add_weighted_edges_from((f"n{a}", f"n{b}", w) for a, b, w in entries)
    expected = nx.to_numpy_array(graph).T
    frame = pd.DataFrame(
        [(f"n{a}", f"n{b}", w) for a, b, w in entries],
        columns=["source", "target", "weight"],
    )
    nodes = {"id": [f"n{k}" for k in range(6)]}
    how = Source(is_directed=is_directed, needs_label=False)
    table, _ = quietly(GraphInput(frame, nodes, how))
    nx.write_graphml(graph, folder / "g.graphml")
    file, _ = quietly(Source(file=folder / "g.graphml", needs_label=False))
    for found in (table, file):
        assert found.adjacency.toarray() == pytest.approx(expected, rel=1e-6)
        assert found.is_directed == (is_directed and found is file) or is_directed


def unpacked(name, folder):
    text = gzip.decompress((CASES / f"{name}.graphml.gz").read_bytes())
    (folder / f"{name}.graphml").write_bytes(text)
    return folder / f"{name}.graphml"


@pytest.mark.data
def test_drawing_programs_on_the_cases(tmp_path):
    gephi, said = quietly(Source(file=unpacked("gephi", tmp_path)))
    clean, _ = quietly(Source(file=unpacked("gephi_clean", tmp_path)))
    assert gephi.feature_names == clean.feature_names == ("f1",)
    assert (gephi.x != clean.x).nnz == 0
    assert any("'r', 'g', 'b', 'x', 'y', 'size': drawing" in text for text in said)
    how = Reading(label="cell_class")
    for name in ("cyto", "cyto_nosuid"):
        file = Source(file=unpacked(name, tmp_path), label=how.label)
        graph, _ = quietly(file)
        assert graph.feature_names == ("expr",)
        assert graph.node_ids[:2] == ("GENE0", "GENE1")


@pytest.mark.data
@pytest.mark.parametrize(
    ("edges", "nodes"), [("one", "one"), ("base", "scale"), ("base", "scale_std")]
)
@pytest.mark.parametrize("model", ["gcn", "sage"])
def test_features_of_any_size_are_learnt_from(edges, nodes, model):
    files = CASES / f"{edges}_edges.csv", CASES / f"{nodes}_nodes.csv"
    result = bl.graph.train(*files, models=model, settings={"max_epochs": 100})
    assert result.to_frame()["test_accuracy"].mean() > 0.95


@pytest.mark.data
def test_a_class_that_the_test_set_lacks_is_not_averaged():
    files = CASES / "absent_edges.csv", CASES / "absent_nodes.csv"
    frame = bl.graph.train(*files, models="gcn").to_frame()
    if frame["test_accuracy"][0] == 1:
        assert frame["test_macro_f1"][0] == 1
    assert frame["test_macro_f1"][0] > 0.9


@pytest.mark.data
def test_a_class_of_two_is_trained_on_and_said():
    files = CASES / "base_edges.csv", CASES / "rare_nodes.csv"
    with pytest.warns(InputWarning, match="only train, and are never tested"):
        result = bl.graph.train(*files, settings={"max_epochs": 5})
    graph = result.models[0].best.graph
    rare = graph.y == graph.class_names.index("C")
    assert 0 < rare.sum() < 3
    assert graph.train_mask[rare].all()
