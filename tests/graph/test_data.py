"""Graphs from tables, other programs' files and Planetoid; bad input by name."""

import gzip
import io
import pickle
import shutil
from urllib.error import URLError

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bioloom.errors import MissingFile, UnknownName
from bioloom.graph.data import download
from bioloom.graph.data.edges import read_tables
from bioloom.graph.data.formats import karate_club, read_network
from bioloom.graph.data.graph import NodeTable, assemble, check_trainable
from bioloom.graph.data.matrices import read_h5ad
from bioloom.graph.data.planetoid import read_planetoid
from bioloom.graph.data.reading import Reading
from bioloom.graph.data.scaling import by_rows
from bioloom.graph.data.sources import Source
from bioloom.graph.data.splits import rare_classes, split_of
from bioloom.graph.errors import BadGraph, NoDownload
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import train_model
from bioloom.run import table_reader
from tests.graph.pyg import NormalizeFeatures, read_planetoid_data

NODES = """id,label,split,weight_kg,age
007,行,train,1,0
7,列,train,2,5
ñandú,行,val,0,1
d,列,test,0,0
"""
EDGES = "source,target\n007,7\nñandú,d\n7,d\n"


def written(folder, edges=EDGES, nodes=NODES):
    (folder / "edges.csv").write_text(edges, encoding="utf-8")
    (folder / "nodes.csv").write_text(nodes, encoding="utf-8")
    return folder / "edges.csv", folder / "nodes.csv"


def test_tables_keep_names_as_they_are(tmp_path):
    graph = read_tables(*written(tmp_path))
    assert graph.node_ids == ("007", "7", "ñandú", "d")
    assert graph.class_names == ("列", "行")
    assert graph.y.tolist() == [1, 0, 1, 0]
    assert graph.split_names() == ["train", "train", "val", "test"]
    expected = [[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 0, 1], [0, 1, 1, 0]]
    assert graph.adjacency.todense().tolist() == expected
    assert graph.x.todense()[1].tolist() == [2, 5]
    assert graph.x.todense()[3].tolist() == [0, 0]


def test_directed_edges_carry_features_from_source_to_target(tmp_path):
    text = "source\ttarget\tweight\n007\t7\t0.5\n7\td\t2\n"
    graph = read_tables(*written(tmp_path, text), Reading(is_directed=True))
    expected = np.zeros((4, 4))
    expected[1, 0], expected[3, 1] = 0.5, 2
    assert graph.adjacency.todense().tolist() == expected.tolist()


def test_tables_may_be_packed_headless_commented_or_in_blocks(tmp_path, monkeypatch):
    expected = read_tables(*written(tmp_path))
    edges, nodes = written(tmp_path, "# a list\n007\t7\nñandú\td\n7\td\n7\t007\n")
    with gzip.open(tmp_path / "nodes.csv.gz", "wt", encoding="utf-8") as packed:
        packed.write("\ufeff" + NODES)
    monkeypatch.setattr(table_reader, "BLOCK_ROWS", 2)
    graph = read_tables(edges, tmp_path / "nodes.csv.gz")
    assert graph.node_ids == expected.node_ids
    assert (graph.adjacency != expected.adjacency).nnz == 0
    assert (graph.x != expected.x).nnz == 0


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        (
            NODES.replace("1,0\n", "1,\n"),
            "row 1 (node '007'), column 'age': found no value",
        ),
        (NODES.replace("2,5", "nan,5"), "row 2 (node '7'), column 'weight_kg': found"),
        (NODES.replace("2,5", "x,5"), "by --skip weight_kg"),
        (NODES.replace("d,列", "7,列"), "row 4: found the id '7' again"),
        (NODES.replace("ñandú,", ","), "row 3: found an empty id"),
        (NODES.replace("val", "dav"), "row 3 (node 'ñandú'): found the split 'dav'"),
        (NODES.replace("id,label", "id,kind"), "found no column 'label'"),
    ],
)
def test_bad_nodes_are_named(tmp_path, nodes, told):
    with pytest.raises(BadGraph) as wrong:
        read_tables(*written(tmp_path, nodes=nodes))
    assert told in str(wrong.value)


def test_nodes_are_found_by_name(tmp_path):
    graph = read_tables(*written(tmp_path))
    assert graph.number_of("ñandú") == 2
    with pytest.raises(UnknownName, match=r"no node '07', .* Did you mean '007'"):
        graph.number_of("07")


def test_one_class_or_none_cannot_be_trained_on(tmp_path):
    edges, nodes = written(tmp_path, nodes=NODES.replace("行", "列"))
    with pytest.raises(BadGraph, match="found only the class '列'"):
        train_model(read_tables(edges, nodes), SETTINGS["gcn"])
    with pytest.raises(BadGraph, match="found no labelled node"):
        train_model(read_tables(edges), SETTINGS["gcn"])


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        (EDGES + "7,e\n", "row 4: found the unknown node 'e'"),
        (EDGES + "07,7\n", "row 4: found the unknown node '07'"),
        (EDGES + "7,\n", "row 4: found the unknown node ''"),
        ("source,target,weight\n7,d,-1\n", "row 1: found the weight '-1'"),
        ("source,target,weight\n7,d,1\nd,7,2\n", "edge 'd' - '7': found the weights"),
        ("one,two,x_,y_\n1,2,1,1\n", "found the columns one, two, x_, y_"),
        ("source,target\n7,d\n7,d,5,5,5\n", "found an unreadable table"),
        ("", "found an unreadable table"),
        ("source,target\n", "found no edge"),
    ],
)
def test_bad_edges_are_named(tmp_path, edges, told):
    with pytest.raises(BadGraph) as wrong:
        read_tables(*written(tmp_path, edges))
    assert told in str(wrong.value)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(MissingFile, match=r"nowhere\.csv"):
        read_tables(tmp_path / "nowhere.csv")
    with pytest.raises(MissingFile, match=r"ind\.cora\.x"):
        read_planetoid("cora", tmp_path)


@given(
    pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_edges_and_their_repetition_change_nothing(
    tmp_path_factory, pairs, order
):
    path = tmp_path_factory.mktemp("e") / "edges.csv"
    found = []
    for _ in range(2):
        lines = "".join(f"{one},{other}\n" for one, other in pairs)
        path.write_text(f"source,target\n{lines}")
        nodes = {"id": [str(number) for number in range(10)]}
        graph = read_tables(path, nodes, Reading(needs_label=False))
        found.append(graph.adjacency.todense())
        pairs = [*pairs, *((b, a) for a, b in pairs)]
        order.shuffle(pairs)
    network = nx.Graph(pairs)
    network.add_nodes_from(range(10))
    expected = nx.to_numpy_array(network, nodelist=range(10))
    assert (found[0] == expected).all()
    assert (found[1] == expected).all()


def test_graphml(tmp_path):
    network = nx.DiGraph()
    network.add_node("01", label="a", split="train", size=2.5, note="text", old=True)
    network.add_node("ß", label="b", size=-1.0, old=False)
    network.add_node("c", label="a", size=0.5, old=False)
    network.add_edge("01", "ß", weight=3.0)
    nx.write_graphml(network, tmp_path / "g.graphml")
    graph = read_network(tmp_path / "g.graphml")
    assert graph.node_ids == ("01", "ß", "c")
    assert graph.adjacency.todense()[1].tolist() == [3, 0, 0]
    assert graph.feature_names == ("size", "old")
    assert graph.x.todense().tolist() == [[2.5, 1], [-1, 0], [0.5, 0]]
    assert graph.split_names() == ["train", "", ""]
    with pytest.raises(BadGraph, match="found no column 'kind'"):
        read_network(tmp_path / "g.graphml", Reading(label="kind"))
    (tmp_path / "g.graphml").write_text("<graphml>")
    with pytest.raises(BadGraph, match="found an unreadable file"):
        read_network(tmp_path / "g.graphml")


def test_graphml_with_a_gap_names_the_node(tmp_path):
    network = nx.path_graph(["a", "b"])
    nx.set_node_attributes(network, {"a": "x", "b": "y"}, "label")
    network.nodes["a"]["size"] = 1.0
    nx.write_graphml(network, tmp_path / "g.graphml")
    with pytest.raises(BadGraph, match="node 'b', column 'size': found no value"):
        read_network(tmp_path / "g.graphml")


def test_h5ad(tmp_path):
    anndata = pytest.importorskip("anndata")
    import pandas as pd

    obs = pd.DataFrame({"kind": ["T", "B", None]}, index=["1", "2", "3"])
    cells = anndata.AnnData(np.eye(3, 4, dtype=np.float32), obs=obs)
    cells.write_h5ad(tmp_path / "c.h5ad")
    with pytest.raises(BadGraph, match="obsp: found nothing"):
        read_h5ad(tmp_path / "c.h5ad", Reading(label="kind"))
    cells.obsp["connectivities"] = csr_array(
        np.array([[0, 0.5, 0], [0, 0, 0]] + [[1, 0, 0]])
    )
    cells.write_h5ad(tmp_path / "c.h5ad")
    graph = read_h5ad(tmp_path / "c.h5ad", Reading(label="kind"))
    assert graph.class_names == ("B", "T")
    assert graph.y.tolist() == [1, 0, -1]
    assert graph.adjacency.todense()[0].tolist() == [0, 0.5, 0]
    with pytest.raises(BadGraph, match="there are: kind"):
        read_h5ad(tmp_path / "c.h5ad")


def test_the_karate_club_is_networkx_own():
    club, graph = nx.karate_club_graph(), karate_club()
    assert (graph.num_nodes, graph.adjacency.nnz) == (34, 2 * 78)
    camps = [graph.class_names[number] for number in graph.y]
    assert camps == [camp for _, camp in club.nodes(data="club")]
    assert (graph.x != csr_array(np.eye(34, dtype=np.float32))).nnz == 0


@pytest.mark.data
@pytest.mark.parametrize("name", ["cora", "citeseer"])
def test_planetoid_equals_pyg(data_dir, name):
    folder = data_dir / "graph" / "planetoid"
    graph = read_planetoid(name, folder)
    expected = NormalizeFeatures()(read_planetoid_data(str(folder), name))
    assert np.abs(by_rows(graph.x).todense() - expected.x.numpy()).max() < 1e-7
    assert graph.scaling().kind == "rows"
    assert (graph.y == expected.y.numpy()).all()
    dense = np.zeros(graph.adjacency.shape)
    dense[tuple(expected.edge_index.flip(0).numpy())] = 1
    assert (graph.adjacency.todense() == dense).all()
    for part in ("train_mask", "val_mask", "test_mask"):
        assert (getattr(graph, part) == getattr(expected, part).numpy()).all()


@pytest.mark.data
def test_class_names_of_cora_have_the_published_counts(data_dir):
    """Counts of the LINQS release, which lists the names."""
    graph = read_planetoid("cora", data_dir / "graph" / "planetoid")
    counts = dict(zip(graph.class_names, np.bincount(graph.y).tolist(), strict=True))
    assert counts == {
        "Case_Based": 298,
        "Genetic_Algorithms": 418,
        "Neural_Networks": 818,
        "Probabilistic_Methods": 426,
        "Reinforcement_Learning": 217,
        "Rule_Learning": 180,
        "Theory": 351,
    }


@pytest.mark.data
def test_a_pickle_that_would_run_something_is_refused(data_dir, tmp_path):
    for path in (data_dir / "graph" / "planetoid").glob("ind.cora.*"):
        shutil.copy(path, tmp_path)

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "owned"), "w"))

    (tmp_path / "ind.cora.y").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(BadGraph, match=r"ind\.cora\.y: found an unreadable pickle"):
        read_planetoid("cora", tmp_path)
    assert not (tmp_path / "owned").exists()
    (tmp_path / "ind.cora.y").write_bytes(b"\x80")
    with pytest.raises(BadGraph, match="unreadable pickle"):
        read_planetoid("cora", tmp_path)


def test_without_a_network_the_command_is_told(tmp_path, monkeypatch):
    def away(*_args, **_options):
        raise URLError("Name or service not known")

    monkeypatch.setattr(download, "urlopen", away)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(NoDownload) as told:
        Source(dataset="cora").read()
    assert "Name or service not known" in str(told.value)
    assert "git clone https://github.com/kimiyoung/planetoid && bioloom" in str(
        told.value
    )
    with pytest.raises(NoDownload, match="no known checksum"):
        Source(dataset="pubmed").read()


@pytest.mark.data
def test_what_is_fetched_is_checked_and_kept(data_dir, tmp_path, monkeypatch):
    asked = []

    def served(url, timeout):
        asked.append(url)
        path = data_dir / "graph" / "planetoid" / url.rpartition("/")[2]
        return io.BytesIO(path.read_bytes())

    monkeypatch.setattr(download, "urlopen", served)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Source(dataset="citeseer").read().num_nodes == 3327
    assert len(asked) == 8
    Source(dataset="citeseer").read()
    assert len(asked) == 8
    monkeypatch.setattr(download, "urlopen", lambda *_, **__: io.BytesIO(b"changed"))
    with pytest.raises(NoDownload, match=r"a changed ind\.cora\.x"):
        Source(dataset="cora").read()


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(BadGraph, match=r"found the ending '\.pajek'"):
        Source(file=tmp_path / "a.pajek").read()


def test_scaling_divides_by_the_absolute_sum():
    x = csr_array(np.array([[1, -3], [0, 0]], dtype=np.float32))
    assert by_rows(x).todense().tolist() == [[0.25, -0.75], [0, 0]]


def labelled(counts, split=None):
    labels = [name for name, n in counts.items() for _ in range(n)]
    ids = [str(number) for number in range(len(labels))]
    ring = np.roll(np.eye(len(ids)), 1, axis=1)
    nodes = NodeTable(ids=ids, labels=labels, splits=split)
    return assemble("ring", nodes, csr_array(ring + ring.T))


def test_random_splits_are_stratified_and_drawn_by_seed():
    graph = labelled({"a": 50, "b": 25, "": 10})
    splits = [split_of(graph, "random", rng_seed=seed) for seed in (1, 1, 2)]
    for one in splits:
        for name, n in (("a", 50), ("b", 25)):
            members = one.y == one.class_names.index(name)
            assert (one.train_mask & members).sum() == 0.6 * n
            assert (one.val_mask & members).sum() == 0.2 * n
            assert (one.test_mask & members).sum() == 0.2 * n
        assert one.split_names()[75:] == [""] * 10
    names = [one.split_names() for one in splits]
    assert names[0] == names[1] != names[2]


def test_folds_test_every_node_once():
    graph = labelled({"a": 11, "b": 9})
    folds = [
        split_of(graph, "kfold", rng_seed=3, fold=fold, n_folds=4) for fold in range(4)
    ]
    assert sum(one.test_mask.astype(int) for one in folds).tolist() == [1] * 20
    assert sum(one.val_mask.astype(int) for one in folds).tolist() == [1] * 20
    for one in folds:
        assert not (one.train_mask & (one.val_mask | one.test_mask)).any()


@pytest.mark.parametrize(
    ("split", "told"),
    [
        (["val", "val", "test"], "found no training node"),
        (["train", "train", "test"], "found no validation node"),
        (["train", "val", ""], "found no training node of class 'b'"),
        (
            ["train", "val", "train", "test"],
            "node '3': found a node in the split without a label",
        ),
    ],
)
def test_splits_that_cannot_train_are_told(split, told):
    graph = labelled({"a": 2, "b": 1, "": 1}, [*split, ""][:4])
    with pytest.raises(BadGraph, match=told):
        check_trainable(graph)


def test_a_split_that_is_not_there_and_classes_that_are_too_small():
    graph = labelled({"a": 5, "b": 2})
    with pytest.raises(BadGraph, match="as --split public requires"):
        split_of(graph, "public", rng_seed=1)
    small = split_of(graph, "random", rng_seed=1)
    assert small.split_names()[5:] == ["train", "train"]
    assert rare_classes(graph).endswith("never tested: 'b' (2)")
