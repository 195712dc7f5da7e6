"""Contigs: the phage from reads, walks through repeats, and the reference check."""

import numpy as np
import pytest

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs.assembly import Contig, assemble
from bioloom.debruijn.graphs.reference import check_contigs
from bioloom.debruijn.graphs.spectrum import valley
from bioloom.seq.alphabet import decode, encode, reverse_complement
from bioloom.seq.fasta import Record, write_fasta
from tests.debruijn.conftest import LAMBDA, simulated
from tests.debruijn.test_graph import as_file


def made_of(rng, n):
    return "".join(rng.choice(list("ACGT"), n))


def text(contig):
    return decode(contig.codes)


def tiled(genome, length=60):
    """Error-free reads, one at each base."""
    return [genome[i : i + length] for i in range(len(genome) - length + 1)]


@pytest.mark.tools
@pytest.mark.parametrize("k", [21, 31])
def test_the_phage_is_one_contig_from_error_free_reads(phage, tmp_path, k):
    found = assemble([as_file(tmp_path, tiled(phage))], k)
    assert len(found.contigs) == 1
    assert text(found.contigs[0]) in (phage, reverse_complement(phage))


@pytest.mark.tools
@pytest.mark.parametrize("k", [21, 31])
@pytest.mark.parametrize("min_count", [None, 1])
def test_the_phage_from_reads_with_errors(phage, tmp_path, k, min_count):
    path = tmp_path / "reads.fa"
    write_fasta(path, simulated(phage, error=0.005, rng_seed=k))
    found = assemble([path], k, min_count=min_count)
    check = check_contigs(found.contigs, LAMBDA)
    assert check.recovered >= 0.999
    assert (check.n_errors, check.n_breaks) == (0, 0)
    if min_count == 1:
        assert found.removals[0].kind == "tip"


def test_the_side_of_a_bubble_and_the_tip_that_fewer_reads_show_go(tmp_path):
    rng = np.random.default_rng(7)
    genome = made_of(rng, 600)
    other = "ACGT"["ACGT".index(genome[300]) - 1]
    variant = genome[:300] + other + genome[301:]
    tip = genome[100:160] + made_of(rng, 15)
    reads = 3 * tiled(genome) + 2 * tiled(variant[250:350]) + 9 * [tip]
    found = assemble([as_file(tmp_path, reads)], 21, min_count=1)
    assert [(one.kind, one.n_unitigs) for one in found.removals] == [
        ("tip", 1),
        ("bubble", 1),
    ]
    assert found.removals[1].n_kmers == 21
    (contig,) = found.contigs
    assert text(contig) in (genome, reverse_complement(genome))


def test_a_repeat_that_only_one_walk_passes_is_passed(tmp_path):
    rng = np.random.default_rng(1)
    repeat, *parts = made_of(rng, 50), *(made_of(rng, 300) for _ in range(3))
    genome = repeat.join(parts)
    found = assemble([as_file(tmp_path, tiled(genome))], 21)
    assert (found.n_walks, found.n_ambiguous) == (1, 0)
    (contig,) = found.contigs
    assert contig.kind == "walk"
    assert contig.path.count(",") == 4
    assert text(contig) in (genome, reverse_complement(genome))


def test_a_repeat_that_several_walks_pass_is_not(tmp_path):
    rng = np.random.default_rng(2)
    repeat, *parts = made_of(rng, 50), *(made_of(rng, 300) for _ in range(4))
    genome = repeat.join(parts)
    found = assemble([as_file(tmp_path, tiled(genome))], 21)
    assert (found.n_walks, found.n_ambiguous) == (0, 1)
    assert len(found.contigs) == 5
    for contig in found.contigs:
        assert text(contig) in genome or reverse_complement(text(contig)) in genome


def test_an_inverted_repeat_is_ambiguous(tmp_path):
    rng = np.random.default_rng(3)
    repeat, one, two, three = made_of(rng, 50), *(made_of(rng, 300) for _ in range(3))
    genome = one + repeat + two + reverse_complement(repeat) + three
    found = assemble([as_file(tmp_path, tiled(genome))], 21)
    assert (found.n_walks, found.n_ambiguous) == (0, 1)


def test_a_plasmid_is_a_circle(tmp_path):
    ring = made_of(np.random.default_rng(4), 500)
    found = assemble([as_file(tmp_path, tiled(ring + ring[:59]))], 21)
    (contig,) = found.contigs
    assert contig.is_circle
    assert len(contig.codes) == 500 + 20
    turned = text(contig)[:500]
    assert turned in ring + ring or reverse_complement(turned) in ring + ring


def judged(tmp_path, genome, *contigs):
    path = tmp_path / "reference.fa"
    write_fasta(path, [Record("chr", genome)])
    listed = [
        Contig(f"c{i}", encode(one), 1.0, "unitig", False, "")
        for i, one in enumerate(contigs)
    ]
    return check_contigs(listed, path)


def test_each_kind_of_error_is_counted(tmp_path):
    rng = np.random.default_rng(5)
    genome, foreign = made_of(rng, 1000), made_of(rng, 70)
    other = {"A": "C", "C": "G", "G": "T", "T": "A"}
    wrong = genome[:300] + other[genome[300]] + genome[301:]
    for contig, errors in (
        (genome, 0),
        (reverse_complement(genome), 0),
        (wrong, 1),
        (reverse_complement(wrong), 1),
        (genome[:500] + "ACGTA" + genome[500:], 5),
        (wrong[:2] + other[wrong[2]] + wrong[3:], 2),
    ):
        check = judged(tmp_path, genome, contig)
        assert (check.n_errors, check.n_breaks) == (errors, 0)
        assert check.recovered == 1
    lacking = judged(tmp_path, genome, genome[:400] + genome[403:])
    assert (lacking.n_errors, lacking.n_breaks, lacking.recovered) == (3, 0, 0.997)
    half = judged(tmp_path, genome, genome[100:600])
    assert (half.recovered, half.n_errors) == (0.5, 0)
    joined = judged(
        tmp_path, genome, genome[:300] + reverse_complement(genome[600:900])
    )
    assert (joined.n_breaks, joined.recovered) == (1, 0.6)
    strange = judged(tmp_path, genome, foreign)
    assert (strange.contigs[0].n_unplaced, strange.recovered) == (70, 0)
    over = judged(tmp_path, genome, genome[900:] + foreign)
    assert (over.contigs[0].n_unplaced, over.n_errors) == (70, 0)


def test_a_reference_without_bases(tmp_path):
    with pytest.raises(BadKmers, match="found no base"):
        judged(tmp_path, "", "ACGT")


def test_valley():
    assert valley(np.array([0, 100, 0, 0])) == 1
    assert valley(np.array([0, 5, 3, 10, 300, 800, 300, 5, 0])) == 1
    assert valley(np.array([0, 900, 200, 50, 100, 400, 100, 5, 0])) == 3


def test_a_command_writes_a_run_folder_and_repeats_byte_for_byte(bioloom_cli, tmp_path):
    genome = made_of(np.random.default_rng(6), 800)
    reads, reference = as_file(tmp_path, tiled(genome)), tmp_path / "genome.fa"
    write_fasta(reference, [Record("chr", genome)])
    for out in ("one", "two"):
        words = ("--k", 21, "--reference", reference, "--out", tmp_path / out)
        code, told, err = bioloom_cli("debruijn", "assemble", reads, *words)
        assert (code, err) == (0, "")
        assert told.startswith("1 contig, 800 bases, N50 800, of k-mers seen 1 time")
        assert "100.0000% of the reference recovered, 0 errors, 0 breaks" in told
    files = {
        path.relative_to(tmp_path / "one")
        for path in (tmp_path / "one").rglob("*")
        if path.is_file()
    }
    assert {str(path.parent) for path in files} == {".", "figures", "tables"}
    for path in files - {path for path in files if path.name == "run.json"}:
        assert (tmp_path / "one" / path).read_bytes() == (
            tmp_path / "two" / path
        ).read_bytes()
    code, _, err = bioloom_cli("debruijn", "assemble", reads, *words)
    assert code == 1
    assert "add --force" in err


def test_graph_command(bioloom_cli, tmp_path):
    reads = as_file(tmp_path, ["ACGTTGCATGACGT"] * 2)
    words = ("--k", 5, "--out", tmp_path / "g")
    code, told, _ = bioloom_cli("debruijn", "graph", reads, *words)
    assert code == 0
    assert "k-mers, " in told
    readme = (tmp_path / "g" / "tables" / "README.md").read_text()
    assert "## spectrum.tsv" in readme
    code, _, err = bioloom_cli(
        "debruijn", "graph", reads, "--k", 4, "--out", tmp_path / "h"
    )
    assert code == 1
    assert "found 4, which is even" in err
