import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.intervals import (
    exon_clusters,
    exonic_overlap_nt,
    nearest_sides,
    overlapping_pairs,
)
from bioloom.genome.transcript import Transcript


@st.composite
def exon_lists(draw, most=4):
    """Ascending disjoint exons on a short chromosome."""
    steps = draw(
        st.lists(
            st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=most
        )
    )
    place, exons = draw(st.integers(0, 40)), []
    for length, gap in steps:
        exons.append((place, place + length))
        place += length + gap
    return tuple(exons)


@st.composite
def transcript_lists(draw):
    drawn = draw(
        st.lists(
            st.tuples(exon_lists(), st.sampled_from("ab"), st.sampled_from("+-.")),
            max_size=8,
        )
    )
    return [
        Transcript(f"t{i}", f"g{i}", chrom, strand, exons)
        for i, (exons, chrom, strand) in enumerate(drawn)
    ]


def bases(exons):
    return {base for start, end in exons for base in range(start, end)}


def span(start, end, chrom="a"):
    return Transcript("t", "g", chrom, "+", ((start, end),))


@given(exon_lists(), exon_lists())
def test_exonic_overlap_is_the_number_of_common_bases(a, b):
    assert exonic_overlap_nt(a, b) == len(bases(a) & bases(b))


@given(transcript_lists(), transcript_lists())
def test_pairs_are_those_of_all_against_all(left, right):
    expected = [
        [i, j]
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if a.chrom == b.chrom and a.start < b.end and b.start < a.end
    ]
    pairs = overlapping_pairs(left, right)
    assert pairs.shape == (len(expected), 2)
    assert pairs.dtype == np.int64
    assert pairs.tolist() == expected


def test_spans_that_touch_do_not_overlap():
    assert overlapping_pairs([span(0, 10)], [span(10, 20)]).shape == (0, 2)
    assert overlapping_pairs([span(0, 11)], [span(10, 20)]).tolist() == [[0, 0]]


@given(transcript_lists(), transcript_lists())
def test_nearest_sides_are_those_of_all_against_all(items, features):
    left, right = nearest_sides(items, features)
    for i, item in enumerate(items):
        there = [(j, f) for j, f in enumerate(features) if f.chrom == item.chrom]
        before = [(item.start - f.end, j) for j, f in there if f.end <= item.start]
        after = [(f.start - item.end, j) for j, f in there if f.start >= item.end]
        assert left[i] == min(before, default=(0, -1))[1]
        assert right[i] == min(after, default=(0, -1))[1]


@given(transcript_lists())
def test_clusters_are_what_common_exonic_bases_connect(transcripts):
    clusters = exon_clusters(transcripts).tolist()
    expected = list(range(len(transcripts)))
    for _ in transcripts:
        for i, a in enumerate(transcripts):
            for j, b in enumerate(transcripts):
                same_place = (a.chrom, a.strand) == (b.chrom, b.strand)
                if same_place and exonic_overlap_nt(a.exons, b.exons):
                    expected[i] = expected[j] = min(expected[i], expected[j])
    assert clusters == expected


def test_clusters_join_through_a_third_transcript_but_not_across_an_intron():
    outer = Transcript("o", "o", "a", "+", ((0, 10), (90, 100)))
    nested = Transcript("n", "n", "a", "+", ((40, 50),))
    left, bridge, right = (
        Transcript(name, name, "b", "-", exons)
        for name, exons in [
            ("l", ((0, 10),)),
            ("b", ((5, 20), (30, 50))),
            ("r", ((45, 60),)),
        ]
    )
    assert exon_clusters([outer, nested, left, right, bridge]).tolist() == [
        0,
        1,
        2,
        2,
        2,
    ]
