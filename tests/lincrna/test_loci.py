"""Loci."""

from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.lincrna.loci.loci import locus_ids
from tests.lincrna.builders import collected, tx


def loci(*transcripts, known=()):
    return locus_ids(
        [
            collected(one, origin="known" if one.transcript_id in known else "novel")
            for one in transcripts
        ]
    )


def test_exons_that_overlap_join_directly_and_through_others():
    found = loci(
        tx("a", (0, 100)), tx("b", (99, 200)), tx("c", (150, 300)), tx("d", (300, 400))
    )
    assert found == ["a", "a", "a", "d"]


def test_introns_other_strands_and_other_chromosomes_do_not_join():
    host = tx("host", (0, 100), (900, 1000))
    assert loci(host, tx("inside", (200, 300))) == ["host", "inside"]
    assert loci(host, tx("anti", (0, 100), strand="-")) == ["host", "anti"]
    assert loci(host, tx("far", (0, 100), chrom="2")) == ["host", "far"]


def test_one_gene_id_does_not_make_one_locus():
    found = loci(tx("a", (0, 100), gene="G"), tx("b", (500, 600), gene="G"))
    assert found == ["G", "G.2"]
    apart = loci(tx("a", (0, 9), gene="G"), tx("b", (0, 9), gene="G", chrom="2"))
    assert apart == ["G", "G.2"]


def test_a_placeholder_is_no_name_of_a_locus():
    found = loci(tx("a", (0, 100), gene="NA"), tx("b", (500, 600), gene="."))
    assert found == ["a", "b"]


def test_a_second_locus_of_a_name_never_takes_the_name_of_another_gene():
    found = loci(
        tx("a", (0, 9), gene="G"),
        tx("b", (0, 9), gene="G", chrom="2"),
        tx("c", (50, 60), gene="G.2"),
    )
    assert found == ["G", "G.3", "G.2"]


def test_a_locus_bears_the_name_of_its_known_transcript():
    novel, known = tx("n", (0, 100), gene="MSTRG.1"), tx("k", (50, 150), gene="ENSG1")
    assert loci(novel, known, known={"k"}) == ["ENSG1", "ENSG1"]


def test_without_strand_it_joins_one_strand_but_not_two():
    plus, minus = tx("p", (0, 100)), tx("m", (150, 250), strand="-")
    assert loci(plus, tx("u", (90, 120), strand=".")) == ["p", "p"]
    assert loci(plus, minus, tx("u", (90, 160), strand=".")) == ["p", "m", "u"]


def test_two_without_strand_do_not_bridge_the_strands():
    plus, minus = tx("p", (0, 100)), tx("m", (200, 300), strand="-")
    one, two = tx("u", (90, 150), strand="."), tx("v", (140, 210), strand=".")
    assert loci(plus, minus, one, two) == ["p", "m", "u", "u"]


@st.composite
def transcripts(draw):
    borders = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=6)))
    borders = borders[: len(borders) // 2 * 2]
    exons = tuple(zip(borders[::2], borders[1::2], strict=True))
    return exons, draw(st.sampled_from("+-.")), draw(st.sampled_from("GHIJKLMN"))


@given(st.lists(transcripts(), max_size=12), st.randoms(use_true_random=False))
def test_loci_partition_hold_one_strand_and_do_not_depend_on_the_order(drawn, rng):
    made = [
        tx(f"t{number}", *exons, strand=strand, gene=gene)
        for number, (exons, strand, gene) in enumerate(drawn)
    ]
    found = loci(*made)
    assert len(found) == len(made)
    for locus in set(found):
        strands = {
            one.strand for one, its in zip(made, found, strict=True) if its == locus
        }
        assert not {"+", "-"} <= strands
    for one, its in zip(made, found, strict=True):
        for other, others in zip(made, found, strict=True):
            if one.strand == other.strand and exonic_overlap_nt(one.exons, other.exons):
                assert its == others

    def partition(transcripts, names):
        groups = {}
        for one, name in zip(transcripts, names, strict=True):
            groups.setdefault(name, set()).add(one.transcript_id)
        return {frozenset(group) for group in groups.values()}

    shuffled = rng.sample(made, len(made))
    assert partition(shuffled, loci(*shuffled)) == partition(made, found)
