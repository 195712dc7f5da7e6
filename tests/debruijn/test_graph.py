"""Unitigs: against a slow twin on random reads, against bcalm on real ones."""

import subprocess

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom import debruijn
from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs import _reads, reads
from bioloom.debruijn.graphs.gfa import write_gfa, write_unitigs
from bioloom.debruijn.graphs.kmers import CHUNK, count_kmers
from bioloom.debruijn.graphs.shape import links, n50, shape_of
from bioloom.debruijn.graphs.unitigs import build
from bioloom.errors import BadFasta, BadFastq, MissingFile
from bioloom.seq.alphabet import decode, encode, reverse_complement
from bioloom.seq.fasta import Record, read_fasta, read_sequences, write_fasta
from tests.debruijn import naive

READS = st.lists(st.text("ACGTN", min_size=1, max_size=40), min_size=1, max_size=6)


def as_file(folder, sequences):
    path = folder / "reads.fa"
    write_fasta(path, (Record(f"r{i}", s) for i, s in enumerate(sequences)))
    return path


def word_of(kmer, k):
    number = int(kmer) if np.ndim(kmer) == 0 else wide_number(kmer, k)
    return decode(np.array([(number >> 2 * i) & 3 for i in range(k)][::-1], np.uint8))


def wide_number(words, k):
    whole = sum(int(word) << 64 * i for i, word in enumerate(words[::-1]))
    return whole >> (64 * len(words) - 2 * k)


def texts(graph):
    return [graph.sequence(unitig) for unitig in range(graph.n_unitigs)]


def oriented(text, side):
    return reverse_complement(text) if side else text


LONG_READS = st.lists(
    st.builds(
        lambda seed, begin, n: made(seed)[begin : begin + n],
        st.integers(0, 2),
        st.integers(0, 200),
        st.integers(30, 200),
    ),
    min_size=1,
    max_size=6,
)


def made(seed):
    return "".join(np.random.default_rng(seed).choice(list("ACGT"), 300))


@given(LONG_READS, st.sampled_from([29, 31, 33, 47, 63, 65, 95, 97, 101, 127]))
def test_long_k_mers_are_the_slow_twin_s(tmp_path_factory, sequences, k):
    judge_reads(tmp_path_factory, [*sequences, made(3)[:130]], k)


@given(READS, st.sampled_from([3, 5, 7, 9]))
def test_counts_and_unitigs_are_the_slow_twin_s(tmp_path_factory, sequences, k):
    judge_reads(tmp_path_factory, sequences, k)


def judge_reads(tmp_path_factory, sequences, k):
    known = naive.counted(sequences, k)
    path = as_file(tmp_path_factory.mktemp("reads"), sequences)
    if not known:
        with pytest.raises(BadKmers, match="known bases in a row"):
            count_kmers([path], k)
        return
    table = count_kmers([path], k)
    words = [word_of(kmer, k) for kmer in table.kmers]
    assert dict(zip(words, table.counts.tolist(), strict=True)) == known
    graph = build(table)
    assert sorted(naive.same(one, k) for one in texts(graph)) == naive.unitigs(known)
    judge_links(graph, k)
    judge_shape(graph, known, k)


def judge_links(graph, k):
    """Every overlap of two unitig ends is one link, and nothing else is."""
    found = texts(graph)
    expected = {
        min((2 * a + s, 2 * b + t), (2 * b + (1 - t), 2 * a + (1 - s)))
        for a, one in enumerate(found)
        for b, two in enumerate(found)
        for s in (0, 1)
        for t in (0, 1)
        if oriented(one, s)[1 - k :] == oriented(two, t)[: k - 1]
    }
    told = [min((a, b), (b ^ 1, a ^ 1)) for a, b in links(graph).tolist()]
    assert sorted(told) == sorted(expected)


def judge_shape(graph, known, k):
    whole = nx.Graph()
    for word in known:
        whole.add_edge(naive.canonical(word[:-1]), naive.canonical(word[1:]))
    shape = shape_of(graph)
    assert shape.n_nodes == whole.number_of_nodes()
    assert shape.n_edges == len(known)
    assert shape.n_components == nx.number_connected_components(whole)
    assert int(graph.sums.sum()) == sum(known.values())


@pytest.mark.parametrize("k", [21, 33, 97])
def test_blocks_on_disk_give_the_same_as_memory(tmp_path, k):
    rng = np.random.default_rng(3)
    bases = "".join(rng.choice(list("ACGT"), 60_000))
    path = as_file(tmp_path, [bases] * 60)
    whole = count_kmers([path], k)
    parts = count_kmers([path], k, memory_mb=1)  # a block of CHUNK k-mers: 4 runs
    assert whole.n_letters > 3 * CHUNK
    np.testing.assert_array_equal(whole.kmers, parts.kmers)
    np.testing.assert_array_equal(whole.counts, parts.counts)
    np.testing.assert_array_equal(whole.spectrum, parts.spectrum)
    assert whole.spectrum[60] == len(whole.kmers)


FASTA_LINES = st.lists(
    st.text("ACGTN-* \t>", max_size=12) | st.sampled_from(["", ">r", "> r 1 é"]),
    max_size=12,
)


@given(FASTA_LINES, st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
def test_fasta_in_blocks_is_what_its_records_are(tmp_path_factory, lines, end, n):
    path = tmp_path_factory.mktemp("fasta") / "reads.fa"
    path.write_bytes(end.join([">first", *lines]).encode())
    content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    state, found, n_records = reads.START, [], 0
    for begin in range(0, len(content), n):
        block = content[begin : begin + n]
        room = np.empty(len(block) + state.blanks, dtype=np.uint8)
        told = _reads.read_block(block, reads.LETTERS, state, room)
        state, n_records = told.state, n_records + told.n_records
        found.append(room[: told.n_codes])
    expected = list(read_sequences(path))
    assert n_records == len(expected)
    assert decode(np.concatenate(found)) == decode(
        encode("".join("N" + sequence for sequence in expected))
    )


def test_a_letter_that_is_not_ascii_is_named_with_its_line(tmp_path):
    path = tmp_path / "reads.fa"
    path.write_text(">a\nACGTACGT\n>é\nACGÉT\n", encoding="utf-8")
    with pytest.raises(BadFasta, match="line 4"):
        count_kmers([path], 5)


def by_bcalm(program, sources, k, min_count, folder):
    names = folder / "sources.txt"
    names.write_text("".join(f"{path}\n" for path in sources))
    words = ["-in", names, "-kmer-size", k, "-abundance-min", min_count]
    words += ["-out", folder / "theirs", "-nb-cores", "1", "-verbose", "0"]
    subprocess.run(
        [program, *map(str, words)], cwd=folder, check=True, capture_output=True
    )
    found = read_fasta(folder / "theirs.unitigs.fa")
    return sorted(naive.same(one.sequence, k) for one in found)


@pytest.mark.tools
@pytest.mark.parametrize(
    ("name", "min_count", "k"),
    [
        *(("lambda_reads", 1, k) for k in (17, 21, 31, 63, 127)),
        *(("lambda_reads", 2, k) for k in (17, 21, 31, 63, 127)),
        *(("ecoli", 1, k) for k in (17, 21, 31, 63)),  # bcalm needs long for 127
    ],
)
def test_unitigs_are_those_of_bcalm(bcalm, genomes, tmp_path, name, min_count, k):
    graph = build(count_kmers(genomes[name], k, min_count=min_count))
    ours = sorted(naive.same(one, k) for one in texts(graph))
    assert len(ours) > 20
    assert ours == by_bcalm(bcalm, genomes[name], k, min_count, tmp_path)


@pytest.mark.tools
@pytest.mark.parametrize(("k", "min_count"), [(13, 1), (31, 2), (63, 1), (127, 1)])
def test_counts_are_those_of_kmc(kmc, genomes, tmp_path, k, min_count):
    (tmp_path / "reads.lst").write_text(
        "".join(f"{path}\n" for path in genomes["lambda_reads"])
    )
    words = (f"-k{k}", f"-ci{min_count}", "-cs1000000", "-t1", "-m2", "-fq")
    reads, found = f"@{tmp_path / 'reads.lst'}", tmp_path / "found"
    subprocess.run([kmc, *words, reads, found, tmp_path], check=True)
    subprocess.run(["kmc_dump", found, tmp_path / "dump"], check=True)
    lines = [line.split() for line in (tmp_path / "dump").read_text().splitlines()]
    theirs = {naive.canonical(word): int(count) for word, count in lines}
    table = count_kmers(genomes["lambda_reads"], k, min_count=min_count)
    words = (word_of(kmer, k) for kmer in table.kmers)
    ours = dict(zip(words, table.counts.tolist(), strict=True))
    assert len(ours) > 1000
    assert ours == theirs


def test_gfa_and_fasta_hold_the_graph(tmp_path):
    path = as_file(tmp_path, ["ACGTTGCATG", "ACGTTGGATC"])
    graph = build(count_kmers([path], 5))
    write_gfa(tmp_path / "g.gfa", graph)
    write_unitigs(tmp_path / "u.fa", graph)
    rows = [line.split("\t") for line in (tmp_path / "g.gfa").read_text().splitlines()]
    assert rows[0] == ["H", "VN:Z:1.0"]
    segments = {row[1]: row[2] for row in rows if row[0] == "S"}
    assert list(segments.values()) == [
        one.sequence for one in read_fasta(tmp_path / "u.fa")
    ]
    joints = [row for row in rows if row[0] == "L"]
    assert len(joints) == len(links(graph)) > 0
    for _, one, s, two, t, overlap in joints:
        assert overlap == "4M"
        before = oriented(segments[one], s == "-")
        assert before[-4:] == oriented(segments[two], t == "-")[:4]


@pytest.mark.parametrize("k", [2, 30, 1, 64, 129, 0, -5])
def test_k_that_cannot_be(tmp_path, k):
    with pytest.raises(BadKmers, match="expected an odd number from 3 to 127"):
        count_kmers([as_file(tmp_path, ["ACGT"])], k)


def test_reads_that_cannot_be(tmp_path):
    empty = tmp_path / "empty.fa"
    empty.write_text("")
    with pytest.raises(BadKmers, match="found no reads"):
        count_kmers([empty], 5)
    with pytest.raises(MissingFile):
        count_kmers([tmp_path / "nowhere.fa"], 5)
    broken = tmp_path / "broken.fq"
    broken.write_text("@r1\nACGTACGT\n+\nIIIIIIII\n@r2\nACG\n")
    with pytest.raises(BadFastq, match="after 1 good records"):
        count_kmers([broken], 5)


def test_k_mers_of_a_high_count_are_left_out():
    rng = np.random.default_rng(4)
    often, once = ("".join(rng.choice(list("ACGT"), 80)) for _ in range(2))
    given = [*[often] * 9, once]
    whole = debruijn.graph(given, k=21, min_count=1)
    part = debruijn.graph(given, k=21, min_count=1, max_count=8)
    assert whole.to_frame()["length"].tolist() == [80, 80]
    (left,) = part.to_frame()["sequence"]
    assert naive.same(left, 21) == naive.same(once, 21)
    np.testing.assert_array_equal(whole.graph.table.spectrum, part.graph.table.spectrum)
    with pytest.raises(BadKmers, match="8, below min_count 9"):
        debruijn.graph(given, k=21, min_count=9, max_count=8)


def test_n50():
    assert (n50([]), n50([5]), n50([1, 1, 1, 1])) == (0, 5, 1)
