import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.loci.neighbours import Gene, gene_spans, neighbours


def tx(strand, start, end, gene="g", chrom="1", name=""):
    return Transcript(f"t{start}", gene, chrom, strand, ((start, end),), gene_name=name)


def gene(strand, start, end, name="g", chrom="1"):
    return Gene(name, name.upper(), chrom, start, end, strand)


@pytest.mark.parametrize(
    ("strand", "gene_strand", "left", "right"),
    [
        ("+", "+", "same strand upstream", "same strand downstream"),
        ("-", "-", "same strand downstream", "same strand upstream"),
        ("+", "-", "divergent", "convergent"),
        ("-", "+", "convergent", "divergent"),
        (".", "+", "unknown strand", "unknown strand"),
        ("-", ".", "unknown strand", "unknown strand"),
    ],
)
def test_relation_as_seen_from_the_transcript(strand, gene_strand, left, right):
    genes = [gene(gene_strand, 0, 90, "a"), gene(gene_strand, 215, 300, "b")]
    [found] = neighbours([tx(strand, 100, 200)], genes)
    for near, relation, side, distance_nt in (
        (found.left, left, "left", 10),
        (found.right, right, "right", 15),
    ):
        assert (near.relation, near.side, near.distance_nt) == (
            relation,
            side,
            distance_nt,
        )
    assert (found.left.gene_id, found.left.gene_name) == ("a", "A")
    assert found.nearest == found.left


def test_touching_is_beside_and_one_common_base_is_an_overlap():
    touching, sharing = gene("+", 0, 100, "touching"), gene("+", 199, 300, "sharing")
    [found] = neighbours([tx("+", 100, 200)], [touching, sharing])
    assert (found.left.gene_id, found.left.distance_nt) == ("touching", 0)
    assert found.right is None
    assert [near.relation for near in found.overlaps] == ["overlap"]
    assert found.nearest.gene_id == "sharing"


def test_nearest_same_strand_looks_past_genes_of_the_other_strand():
    genes = [
        gene("+", 0, 50, "same"),
        gene("-", 60, 90, "near"),
        gene("-", 150, 160, "over"),
    ]
    [found] = neighbours([tx("+", 100, 200)], genes)
    assert found.nearest.gene_id == "over"
    same = found.nearest_same_strand
    assert (same.gene_id, same.distance_nt) == ("same", 50)
    [unknown] = neighbours([tx(".", 100, 200)], genes)
    assert unknown.nearest_same_strand.gene_id == "over"


def test_ties_go_to_the_left_and_to_the_first():
    genes = [gene("+", 0, 90, "a"), gene("+", 5, 90, "b"), gene("+", 210, 220, "c")]
    [found] = neighbours([tx("+", 100, 200)], genes)
    assert found.nearest.gene_id == "a"
    assert found.nearest_same_strand.gene_id == "a"


def test_nothing_near():
    [found] = neighbours([tx("+", 100, 200)], [gene("+", 0, 90, chrom="2")])
    assert (found.left, found.right, found.overlaps) == (None, None, ())
    assert found.nearest is None
    assert found.nearest_same_strand is None
    assert neighbours([], [gene("+", 0, 90)]) == []
    assert neighbours([tx("+", 1, 2)], [])[0].nearest is None


def test_gene_spans_reach_over_all_transcripts_of_a_gene():
    reference = [
        tx("+", 500, 600, "b", "2"),
        tx("-", 40, 90, "a"),
        tx("-", 10, 50, "a", name="Abc1"),
        tx("-", 10, 50, "a", "X"),
    ]
    assert gene_spans(reference) == [
        Gene("a", "Abc1", "1", 10, 90, "-"),
        Gene("b", "", "2", 500, 600, "+"),
        Gene("a", "", "X", 10, 50, "-"),
    ]


spans = st.tuples(
    st.sampled_from("+-."),
    st.integers(0, 60),
    st.integers(1, 15),
    st.sampled_from("ab"),
)


def naive(transcript, genes):
    """All genes of the chromosome as (distance, order of ties, index), by side."""
    found = {"overlap": [], "left": [], "right": []}
    for i, g in enumerate(genes):
        if g.chrom != transcript.chrom:
            continue
        if g.end <= transcript.start:
            found["left"].append((transcript.start - g.end, 1, i))
        elif g.start >= transcript.end:
            found["right"].append((g.start - transcript.end, 2, i))
        else:
            found["overlap"].append((0, 0, i))
    return found


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=12))
def test_neighbours_are_those_of_all_against_all(asked, given_genes):
    transcripts = [tx(s, at, at + n, chrom=c) for s, at, n, c in asked]
    genes = [
        gene(s, at, at + n, f"g{i}", c) for i, (s, at, n, c) in enumerate(given_genes)
    ]
    for transcript, found in zip(
        transcripts, neighbours(transcripts, genes), strict=True
    ):
        sides = naive(transcript, genes)
        for side, near in (("left", found.left), ("right", found.right)):
            best = min(sides[side], default=None)
            got = near and (near.distance_nt, near.gene_id, near.side)
            assert got == (best and (best[0], f"g{best[2]}", side))
        assert [near.gene_id for near in found.overlaps] == [
            f"g{i}" for _, _, i in sides["overlap"]
        ]
        every = sorted(one for side in sides.values() for one in side)
        same = [
            one
            for one in every
            if genes[one[2]].strand == transcript.strand
            or "." in (genes[one[2]].strand, transcript.strand)
        ]
        for expected, near in (
            (every, found.nearest),
            (same, found.nearest_same_strand),
        ):
            assert (near and near.gene_id) == (
                f"g{expected[0][2]}" if expected else None
            )
