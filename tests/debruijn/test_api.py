"""`bl.debruijn`: sequences and graphs from Python."""

import io

import pytest

import bioloom as bl
from bioloom.debruijn.errors import BadKmers, BadWords
from bioloom.seq.alphabet import decode
from bioloom.seq.fasta import Record

READS = ["ACGTTGCATG", "ACGTTGGATC"]


def test_a_sequence_tells_itself():
    short = bl.debruijn.sequence("01", 3)
    assert (str(short), short.linear) == ("00010111", "0001011100")
    assert repr(short) == "<DeBruijnSequence: order 3 over 01, length 8: 00010111>"
    assert short.to_frame()["window"].nunique() == 8
    assert short.explain(compare="00010111").steps[-1].verdict.outcome == "note"
    assert short.plot().axes
    assert short.plot("wheel").axes
    long = bl.debruijn.sequence("ACGT", 6)
    assert len(long) == 4**6
    assert len(repr(long)) < 120
    assert "<table" not in long._repr_html_()
    with pytest.raises(BadWords, match="at most 256"):
        long.explain()


def test_both_strands():
    double = bl.debruijn.sequence("ACGT", 3, both_strands=True)
    assert (len(double.codes), len(double.linear)) == (32, 34)
    assert "least possible 32" in repr(double)
    assert len(double.to_frame()) == 32
    with pytest.raises(BadWords, match="expected the alphabet ACGT"):
        bl.debruijn.sequence("01", 3, both_strands=True)


def test_count_and_locate():
    assert bl.debruijn.count("ACGT", 3).to_frame()["n_digits"].tolist() == [21]
    assert repr(bl.debruijn.count("01", 5)) == "<SequenceCount: 2048 (4 digits)>"
    there = bl.debruijn.locate("T" * 30, alphabet="ACGT")
    assert there.place == 4**30 - 30
    back = bl.debruijn.locate(at=there.place, alphabet="ACGT", order=30)
    assert (back.word, back.to_frame()["place"].tolist()) == ("T" * 30, [there.place])
    for wrong in ({}, {"word": "01", "at": 1}, {"at": 1}, {"at": 4, "order": 2}):
        with pytest.raises(BadWords):
            bl.debruijn.locate(**wrong)


def test_explain_and_draw():
    assert "0011" in bl.debruijn.explain().title
    assert bl.debruijn.draw("01", 3, view="wheel").axes


def test_reads_of_any_source_make_one_graph(tmp_path):
    text = "".join(f">r{i}\n{read}\n" for i, read in enumerate(READS))
    (tmp_path / "r.fa").write_text(text)
    sources = (
        READS,
        text,
        str(tmp_path / "r.fa"),
        [tmp_path / "r.fa"],
        io.StringIO(text),
        dict(enumerate(READS)),
        [Record("r", read) for read in READS],
    )
    frames = [
        bl.debruijn.graph(source, k=5, min_count=1).to_frame() for source in sources
    ]
    assert all(frame.equals(frames[0]) for frame in frames)


def test_a_graph_is_written_and_drawn(tmp_path):
    result = bl.debruijn.graph(READS, k=5, min_count=1)
    result.write_gfa(tmp_path / "g.gfa")
    result.write_fasta(tmp_path / "u.fa")
    assert (tmp_path / "g.gfa").read_text().count("\nS\t") == result.shape.n_unitigs
    assert repr(result).startswith("<ReadGraph: k-mers: ")
    assert result.plot().axes
    assert result.plot_spectrum().axes
    with pytest.raises(BadKmers, match="reads: found 2 reads, none with 31 known"):
        bl.debruijn.graph(READS)


@pytest.mark.parametrize("k", [5, 41, 85])
def test_a_graph_of_which_no_kmer_is_left_is_empty(k):
    reads = ["ACGTTGCATGACGTTACCA" * 10]
    graph = bl.debruijn.graph(reads, k=k, min_count=500)
    assert (graph.shape.n_unitigs, graph.shape.n_nodes, graph.shape.n50) == (0, 0, 0)
    assert graph.plot().axes
    assert bl.debruijn.assemble(reads, k=k, min_count=500).contigs == ()


def test_an_assembly_and_its_reference(tmp_path):
    genome = "ACGTTGCATGGACCATTAGCCTGAAGTCAACGGTATCCAGA"
    reads = [genome[i : i + 30] for i in range(len(genome) - 29)]
    assembly = bl.debruijn.assemble(reads, k=15, min_count=1, reference={"chr": genome})
    (contig,) = assembly.contigs
    assert len(decode(contig.codes)) == len(genome)
    assert assembly.check.recovered == 1
    assert "recovered: 100.0000%" in repr(assembly)
    assert assembly.write(tmp_path / "contigs.fa") == 1
    assert assembly.check.to_frame()["n_errors"].tolist() == [0]
    assert assembly.plot().axes
    assert assembly.plot_spectrum().axes
