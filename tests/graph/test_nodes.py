"""Node tables out of FASTA files."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.graph.data.edges import read_tables
from bioloom.graph.data.nodes import LabelledSequences, composition, sequence_nodes
from bioloom.graph.errors import BadGraph
from bioloom.seq.alphabet import encode


@given(st.text("ACGTN", max_size=60), st.integers(1, 3))
def test_composition_is_a_count_of_words(sequence, k):
    words = [sequence[i : i + k] for i in range(len(sequence) - k + 1)]
    counts = Counter(word for word in words if "N" not in word)
    names = map("".join, product("ACGT", repeat=k))
    expected = [counts[name] / max(sum(counts.values()), 1) for name in names]
    assert np.allclose(composition(encode(sequence), k), expected)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "m.fa").write_text(">let-7\nUGAGGUAGUAGGUUGUAUAGUU\n")
    first, second = "AACUACAACC\nUACUACCUCA", "TTTTTTTTTT"
    (tmp_path / "t.fa").write_text(f">T1 gene one\n{first}\n>T2\n{second}\n")
    return [
        LabelledSequences("", tmp_path / "m.fa"),
        LabelledSequences("gene", tmp_path / "t.fa"),
    ]


def test_one_row_a_sequence(files):
    table = sequence_nodes(files, max_k=1)
    rows = table.rows
    assert table.columns == ("id", "label", "log10_nt", "A", "C", "G", "T")
    assert [row[:2] for row in rows] == [("let-7", ""), ("T1", "gene"), ("T2", "gene")]
    assert [float(value) for value in rows[2][2:]] == [1.0, 0, 0, 0, 1]


def test_a_name_of_two_sequences_is_refused(files):
    with pytest.raises(BadGraph, match=r"t\.fa: T1: found a name that .*t\.fa also"):
        sequence_nodes([*files, files[1]])


def test_a_class_without_a_file_is_wrong_usage(bioloom_cli):
    code, _, told = bioloom_cli("graph", "nodes", "--fasta", "gene")
    assert code == 2
    assert "'gene' is not like lincRNA=candidates.fa" in told


def test_sites_and_sequences_make_a_graph(files, bioloom_cli, tmp_path):
    sites, nodes = tmp_path / "sites.tsv", tmp_path / "nodes.tsv"
    mirnas, targets = (path for _, path in files)
    words = ("mirna", "predict", mirnas, targets, "--out", sites)
    assert bioloom_cli(*words)[0] == 0
    words = ("--fasta", f"={mirnas}", "--fasta", f"gene={targets}", "--out", nodes)
    assert bioloom_cli("graph", "nodes", *words)[0] == 0
    graph = read_tables(sites, nodes)
    assert graph.node_ids == ("let-7", "T1", "T2")
    assert graph.adjacency.toarray()[0].tolist() == [0, 1, 1]
    assert graph.class_names == ("gene",)
