"""Several samples in one graph: counts by sample as by plain dictionaries."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BioloomError
from tests.debruijn import naive

READS = st.lists(st.text("ACGTN", min_size=12, max_size=40), min_size=1, max_size=4)


def words(text, k):
    return [text[i : i + k] for i in range(len(text) - k + 1)]


@given(st.lists(READS, min_size=1, max_size=3), st.sampled_from([3, 5, 33]))
def test_counts_of_each_sample_are_those_of_its_own_reads(drawn, k):
    drawn = [[f"{'ACGTTGCA' * 5}", *reads] for reads in drawn]
    samples = {f"s{number}": reads for number, reads in enumerate(drawn)}
    result = bl.debruijn.graph(samples=samples, k=k, min_count=1)
    plain = bl.debruijn.graph(
        [read for reads in drawn for read in reads], k=k, min_count=1
    )
    assert result.to_frame()["sequence"].equals(plain.to_frame()["sequence"])
    counted = [naive.counted(reads, k) for reads in drawn]
    graph, colours = result.graph, result.colours
    for unitig in range(graph.n_unitigs):
        kmers = [naive.canonical(word) for word in words(graph.sequence(unitig), k)]
        for number, counts in enumerate(counted):
            found = [counts[kmer] for kmer in kmers if kmer in counts]
            assert colours.n_kmers[number, unitig] == len(found)
            assert colours.sums[number, unitig] == sum(found)
    assert (colours.sums.sum(axis=0) == graph.sums).all()


@pytest.fixture
def run(tmp_path, bioloom_cli):
    """A child has the mother's sequence at one place, and its own at another."""
    left, right = "ACGTTGCATGGCTAAC" * 1 + "GGATCCATTACG", "TTTCAGGACCAATGCGATAGC"
    for name, text in (
        ("mother", left + "A" + right),
        ("child_1", left + "C" + right),
        ("child_2", left + "C" + right),
    ):
        (tmp_path / f"{name}.fa").write_text(f">x\n{text}\n")
    code, out, err = bioloom_cli(
        *(
            "debruijn",
            "graph",
            "--k",
            "11",
            "--min-count",
            "1",
            "--out",
            tmp_path / "o",
        ),
        *("--sample", "mother", tmp_path / "mother.fa"),
        *("--sample", "child", tmp_path / "child_1.fa"),
        *("--sample", "child", tmp_path / "child_2.fa"),
    )
    assert code == 0, err
    return tmp_path / "o"


def test_a_bubble_has_a_side_of_each_sample(run):
    with (run / "tables/colours.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert sorted(row["samples"] for row in rows) == [
        *("child", "mother", "mother,child", "mother,child"),
    ]
    child = next(row for row in rows if row["samples"] == "child")
    assert (child["child_kmers"], float(child["child_coverage"])) == ("11", 2.0)
    assert (child["mother_kmers"], float(child["mother_coverage"])) == ("0", 0.0)
    with (run / "tables/samples.tsv").open() as stream:
        shared = list(csv.DictReader(stream, delimiter="\t"))
    assert shared[0]["samples"] == "mother,child"
    assert "colours.tsv has one row per unitig" in (run / "report.html").read_text()


def test_gfa_names_the_samples_and_counts_by_sample(run):
    lines = (run / "graph.gfa").read_text().splitlines()
    assert lines[0] == "H\tVN:Z:1.0\tsn:Z:mother,child"
    tags = [line.split("\t")[-2:] for line in lines if line.startswith("S")]
    assert sorted(tags)[:2] == [
        ["kn:B:I,0,11", "ks:B:I,0,22"],
        ["kn:B:I,11,0", "ks:B:I,11,0"],
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--sample", "a b", "r.fa"), "the name 'a b'"),
        (("--sample", "a,b", "r.fa"), "the name 'a,b'"),
        (("--sample", "a", "-"), "standard input"),
        (("--sample", "a", "none.fa"), "none.fa"),
    ],
)
def test_what_is_no_sample_is_told(bioloom_cli, tmp_path, monkeypatch, words, found):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.fa").write_text(">x\n" + "ACGTTGCATGGCTAAC" * 4 + "\n")
    code, _, err = bioloom_cli("debruijn", "graph", *words, "--out", "o")
    assert code == 1
    assert found in err


def test_reads_or_samples(bioloom_cli, tmp_path):
    (tmp_path / "r.fa").write_text(">x\n" + "ACGTTGCATGGCTAAC" * 4 + "\n")
    for words in ((), (tmp_path / "r.fa", "--sample", "a", tmp_path / "r.fa")):
        code, _, err = bioloom_cli("debruijn", "graph", *words, "--out", tmp_path / "o")
        assert code == 2
        assert "--sample NAME FILE" in err
    with pytest.raises(TypeError, match="Give reads, or samples"):
        bl.debruijn.graph()
    with pytest.raises(BioloomError):
        bl.debruijn.graph(samples={"a": ["AC"]})
