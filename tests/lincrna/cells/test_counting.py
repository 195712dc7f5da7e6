"""Reads are given to genes by most of their bases, UMIs are counted once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.cells.counting import (
    GeneFinder,
    aligned_blocks,
    collapsed,
    count_reads,
    genes_of,
)


def gene(name, *exons, strand="+", chrom="1"):
    return name, Transcript(f"{name}.1", name, chrom, strand, exons)


def sam(start, cigar="50M", *, umi="AAAA", cell="C1", flag=0, nh=1, chrom="1"):
    columns = (f"r_{cell}_{umi}", flag, chrom, start + 1, 60, cigar, "*", 0, 0)
    return "\t".join(map(str, (*columns, "A" * 50, "F" * 50, f"NH:i:{nh}"))) + "\n"


FINDER = GeneFinder(
    genes_of(
        [
            gene("G", (1000, 1200), (5000, 5200)),
            gene("ANTI", (1000, 1200), strand="-"),
            gene("IN", (3000, 3100)),
        ]
    )
)


def counted(*lines):
    return count_reads(lines, FINDER)


def test_an_exonic_read_counts_in_both_layers():
    found = counted(sam(1010))
    assert found.exonic == found.full == {("C1", "G", "AAAA"): 1}


def test_a_spliced_read_is_exonic():
    assert counted(sam(1175, "25M3800N25M")).exonic == {("C1", "G", "AAAA"): 1}


def test_an_intronic_read_counts_only_with_introns():
    found = counted(sam(2000))
    assert not found.exonic
    assert found.full == {("C1", "G", "AAAA"): 1}


def test_the_strand_decides():
    assert counted(sam(1010, flag=16)).exonic == {("C1", "ANTI", "AAAA"): 1}


def test_a_gene_in_an_intron_takes_its_own_reads():
    found = counted(sam(3010))
    assert found.exonic == found.full == {("C1", "IN", "AAAA"): 1}


def test_half_of_the_bases_must_lie_in_the_gene():
    assert counted(sam(975)).exonic == {("C1", "G", "AAAA"): 1}
    outside = counted(sam(974))
    assert not outside.exonic
    assert outside.n_outside == 1


def test_ambiguous_and_multiple_alignments_are_left_out():
    both = GeneFinder(genes_of([gene("A", (0, 100)), gene("B", (0, 100))]))
    found = count_reads([sam(10)], both)
    assert not found.exonic
    assert found.n_ambiguous == 1
    assert not counted(sam(1010, nh=2)).n_reads
    assert not counted(sam(1010, flag=256)).n_reads


@given(st.lists(st.tuples(st.sampled_from("MIDNS"), st.integers(1, 30)), max_size=6))
def test_blocks_hold_as_many_bases_as_match(parts):
    blocks = aligned_blocks(100, "".join(f"{n}{letter}" for letter, n in parts))
    assert sum(end - start for start, end in blocks) == sum(
        n for letter, n in parts if letter == "M"
    )
    assert all(left[1] < right[0] for left, right in pairwise(blocks))


def test_a_umi_with_one_error_and_few_reads_is_not_another():
    pytest.importorskip("umi_tools", reason="built by `make test`")
    reads = {("C1", "G", umi): n for umi, n in (("AAAA", 9), ("AAAT", 1), ("GGGG", 1))}
    assert collapsed(reads) == {("C1", "G"): 2}
    alike = {("C1", "G", "AAAA"): 5, ("C1", "G", "AAAT"): 4, ("C2", "G", "AAAA"): 1}
    assert collapsed(alike) == {("C1", "G"): 2, ("C2", "G"): 1}
