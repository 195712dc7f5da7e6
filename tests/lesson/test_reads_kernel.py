"""Reads to contigs in the page, against the graphs of the room."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

import bioloom as bl
from tests.lesson.computing import N_CASES, computed
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM
TURN = str.maketrans("ACGT", "TGCA")


def misread(rng, text, rate, letters):
    return "".join(
        str(rng.choice(list(letters))) if rng.random() < rate else x for x in text
    )


def random_reads(rng, letters="ACGT"):
    """Reads with errors of a text with repeats, and k."""
    k = int(rng.choice([3, 5, 7, 9]))
    parts = ["".join(rng.choice(list(letters), rng.integers(3, 14))) for _ in range(3)]
    text = "".join(parts[i] for i in rng.integers(3, size=rng.integers(2, 6)))
    text += "".join(rng.choice(list(letters), k))
    length = int(rng.integers(k, len(text) + 1))
    starts = rng.integers(0, len(text) - length + 1, rng.integers(1, 25))
    rate = rng.choice([0, 0.02, 0.1])
    return {
        "k": k,
        "reads": [misread(rng, text[x : x + length], rate, letters) for x in starts],
        "min": int(rng.choice([1, 1, 2])),
    }


def turned(read):
    return read.translate(TURN)[::-1]


def with_some_turned(rng):
    case = random_reads(rng)
    case["reads"] = [turned(x) if rng.random() < 0.5 else x for x in case["reads"]]
    return case


KERNEL = """((both) => {
  const all = K.kmerCounts(c.reads, c.k, both);
  const counts = new Map([...all].filter(([, n]) => n >= c.min));
  const graph = K.unitigs(counts, c.k, both);
  const after = K.cleaned(counts, c.k, both);
  const { bubbles } = K.shape(graph, c.k, both);
  const rows = (all) => all.map((one) => [one.sequence, one.coverage]);
  return {
    counts: [...all], graph: rows(graph), after: rows(after.graph),
    tips: K.tipsOf(graph, c.k, both).length, bubbles: bubbles.length,
    removed: after.removed.map((one) => [one.kind, one.nUnitigs, one.nKmers]),
  };
})(BOTH)"""


def rows(graph):
    return [
        [graph.sequence(number), float(graph.coverage[number])]
        for number in range(graph.n_unitigs)
    ]


def test_unitigs_and_their_cleaning_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(11)
    cases = [with_some_turned(rng) for _ in range(N_CASES)]
    found = computed("debruijn", cases, KERNEL.replace("BOTH", "true"), tmp_path)
    kinds = set()
    for case, result in zip(cases, found, strict=True):
        settings = {"k": case["k"], "min_count": case["min"]}
        shape = bl.debruijn.graph(case["reads"], **settings).shape
        room = bl.debruijn.assemble(case["reads"], **settings)
        assert [name for name, _ in result["graph"]] == [x for x, _ in rows(room.raw)]
        assert result["graph"] == rows(room.raw)
        assert result["after"] == rows(room.graph)
        assert (result["tips"], result["bubbles"]) == (shape.n_tips, shape.n_bubbles)
        expected = [[x.kind, x.n_unitigs, x.n_kmers] for x in room.removals]
        assert result["removed"] == expected
        kinds |= {kind for kind, *_ in expected}
    assert kinds == {"tip", "weak", "bubble"}


def contracted(case):
    """Maximal paths without a branch of a graph of k-mers read one way."""
    k = case["k"]
    kmers = {x[i : i + k] for x in case["reads"] for i in range(len(x) - k + 1)}
    graph = nx.MultiDiGraph((x[:-1], x[1:], x) for x in kmers)
    joins = nx.DiGraph()
    joins.add_nodes_from(kmers)
    for node in graph:
        into = [key for *_, key in graph.in_edges(node, keys=True)]
        out = [key for *_, key in graph.out_edges(node, keys=True)]
        if len(into) == len(out) == 1 and into != out:
            joins.add_edge(into[0], out[0])
    return joins, kmers


def test_a_text_read_one_way_is_contracted_as_networkx_does(tmp_path):
    rng = np.random.default_rng(12)
    cases = [random_reads(rng, "abcd") | {"min": 1} for _ in range(N_CASES)]
    found = computed("debruijn", cases, KERNEL.replace("BOTH", "false"), tmp_path)
    for case, result in zip(cases, found, strict=True):
        joins, kmers = contracted(case)
        counted = [x for read in case["reads"] for x in words(read, case["k"])]
        assert result["counts"] == [[x, counted.count(x)] for x in sorted(kmers)]
        paths = list(nx.weakly_connected_components(joins))
        for name, coverage in result["graph"]:
            path = words(name, case["k"])
            assert set(path) in paths
            assert all(joins.has_edge(*pair) for pair in pairwise(path))
            mean = sum(map(counted.count, path)) / len(path)
            assert coverage == pytest.approx(mean, rel=1e-12)
        assert len(result["graph"]) == len(paths)


def words(text, k):
    return [text[i : i + k] for i in range(len(text) - k + 1)]


def test_reads_have_the_errors_and_strands_that_are_asked_for(tmp_path):
    case = {"text": "ACGTTGCATGGACCATTAGC", "n": 4000}
    expression = (
        "((seed) => { const random = () =>"
        " (seed = (seed * 48271) % 2147483647) / 2147483647;"
        " return K.drawReads(random, c.text, { length: 10, nReads: c.n,"
        " errorRate: 0.05, both: true }); })(7)"
    )
    (found,) = computed("debruijn", [case], expression, tmp_path)
    n_wrong = sum(len(read["wrong"]) for read in found)
    assert abs(n_wrong - 2000) < 5 * (2000 * 0.95) ** 0.5
    assert abs(sum(read["isTurned"] for read in found) - 2000) < 5 * 1000**0.5
    assert {read["at"] for read in found} == set(range(11))
    for read in found:
        forward = read["forward"]
        assert read["sequence"] == (turned(forward) if read["isTurned"] else forward)
        truth = case["text"][read["at"] : read["at"] + 10]
        wrong = [i for i, x in enumerate(truth) if forward[i] != x]
        assert wrong == read["wrong"]
