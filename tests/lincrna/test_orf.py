"""Open reading frames, against a search that reads codon by codon."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.coding.orf import (
    LongestOrfs,
    Orf,
    codons_of,
    longest_orfs,
    open_segments,
    protein_of,
    shown_sequence,
)
from bioloom.seq.alphabet import encode, reverse_complement, translate

STOPS = ("TAA", "TAG", "TGA")
# rich in starts and stops, so that short sequences hold several ORFs
PIECES = st.sampled_from(["ATG", "TAA", "TAG", "TGA", "A", "C", "G", "T", "N", "GC"])
SEQUENCES = st.lists(PIECES, max_size=60).map("".join)


def naive(sequence, strand):
    """Every ORF: each ATG, read on to a stop or to the last whole codon."""
    found = []
    sides = [("+", sequence)]
    if strand == ".":
        sides.append(("-", reverse_complement(sequence)))
    for side, text in sides:
        for start in range(len(text) - 2):
            if text[start : start + 3] != "ATG":
                continue
            end = start
            while end + 3 <= len(text) and text[end : end + 3] not in STOPS:
                end += 3
            found.append(Orf(start, end, side, text[end : end + 3] in STOPS))
    return found


def naive_longest(sequence, strand):
    def first_longest(orfs):
        orfs = sorted(orfs, key=lambda orf: (-orf.length_aa, orf.strand, orf.start))
        return orfs[0] if orfs else None

    found = naive(sequence, strand)
    return LongestOrfs(
        first_longest([orf for orf in found if orf.is_complete]),
        first_longest([orf for orf in found if not orf.is_complete]),
    )


@given(SEQUENCES, st.sampled_from("+-."))
def test_longest_orfs_are_those_of_the_plain_search(sequence, strand):
    assert longest_orfs(sequence, strand) == naive_longest(sequence, strand)


@given(SEQUENCES)
def test_complete_orfs_are_those_that_a_regular_expression_finds(sequence):
    pattern = re.compile(r"(?=(ATG(?:(?!TAA|TAG|TGA)...)*)(?:TAA|TAG|TGA))")
    longest = max((len(m[1]) // 3 for m in pattern.finditer(sequence)), default=0)
    found = longest_orfs(sequence, "+").complete
    assert (found.length_aa if found else 0) == longest


@given(SEQUENCES)
def test_case_and_uracil_change_nothing(sequence):
    rna = sequence.lower().replace("t", "u")
    assert longest_orfs(rna, ".") == longest_orfs(sequence, ".")


@given(SEQUENCES, st.sampled_from("+-."))
def test_the_protein_starts_with_m_and_the_shown_sequence_marks_its_codons(
    sequence, strand
):
    both = longest_orfs(sequence, strand)
    for orf in (both.complete, both.open_end):
        if orf is None:
            continue
        protein = protein_of(orf, sequence)
        assert protein[0] == "M"
        assert "*" not in protein
        assert len(protein) == orf.length_aa
        shown = shown_sequence(orf, sequence)
        capitals = "".join(letter for letter in shown if letter.isupper())
        stop = "*" if orf.is_complete else ""
        assert translate(encode(capitals)) == protein + stop
        assert len(capitals) == orf.length_nt
        on_strand = sequence if orf.strand == "+" else reverse_complement(sequence)
        assert shown.upper() == on_strand
        assert codons_of(orf, sequence) == on_strand[orf.start : orf.end]
        assert orf.frame == orf.start % 3 + 1


@pytest.mark.parametrize("n_codons", [98, 99, 100])
def test_the_stop_is_no_amino_acid(n_codons):
    sequence = "CC" + "ATG" + "GCA" * (n_codons - 1) + "TAG" + "GG"
    found = longest_orfs(sequence, "+")
    assert found.longest == found.complete
    assert found.longest.length_aa == n_codons
    assert found.longest.length_nt == 3 * n_codons + 3
    assert (found.longest.start, found.open_end) == (2, None)


@pytest.mark.parametrize("n_bases", [0, 1, 2])
def test_an_open_orf_runs_to_the_last_whole_codon(n_bases):
    sequence = "ATG" + "GCA" * 9 + "C" * n_bases
    found = longest_orfs(sequence, "+")
    assert found.complete is None
    assert (found.longest.length_aa, found.longest.is_complete) == (10, False)
    assert found.longest.length_nt == 30


def test_of_equal_ones_the_upstream_and_the_complete_one_is_taken():
    one = "ATGGCAGCATAA"
    assert longest_orfs(one + "C" + one, "+").complete.start == 0
    found = longest_orfs(one + "CC" + "ATGGCAGCA", "+")
    assert found.open_end.length_aa == found.complete.length_aa
    assert found.longest.is_complete


def test_of_equal_ones_in_two_frames_the_upstream_one_is_taken():
    one = "ATGGCAGCATAA"
    found = longest_orfs("C" + one + "CC" + one, "+").complete
    assert (found.start, found.frame) == (1, 2)


def test_the_outermost_start_of_a_frame_is_taken():
    assert longest_orfs("ATGATGATGTAA", "+").longest.length_aa == 3


def test_both_strands_are_read_only_where_the_strand_is_unknown():
    sequence = reverse_complement("ATG" + "GCC" * 20 + "TAA")
    assert longest_orfs(sequence, "-").longest is None
    assert longest_orfs(sequence, "+").longest is None
    found = longest_orfs(sequence, ".").longest
    assert (found.strand, found.start, found.length_aa) == ("-", 0, 21)


def test_an_unknown_base_is_no_stop_and_no_start():
    assert longest_orfs("ATGTANGCATAA", "+").longest.length_aa == 3
    assert longest_orfs("ATNGCATAA", "+").longest is None


@pytest.mark.parametrize("sequence", ["", "A", "AT", "ATG"])
def test_short_sequences(sequence):
    found = longest_orfs(sequence, ".").longest
    assert (found.length_aa if found else 0) == (1 if sequence == "ATG" else 0)


@given(SEQUENCES, st.sampled_from("+."), st.integers(1, 4))
def test_open_segments_are_the_pieces_between_stops(sequence, strand, min_aa):
    found = open_segments(sequence, strand, min_aa=min_aa)
    expected = {}
    sides = {"+": sequence, "-": reverse_complement(sequence)}
    for side in "+-" if strand == "." else "+":
        for frame in range(3):
            protein = translate(encode(sides[side][frame:]))
            for match in re.finditer(r"[^*]+", protein):
                if len(match[0]) >= min_aa:
                    expected[f"{side}{frame + 1}:{frame + 3 * match.start()}"] = match[
                        0
                    ]
    assert found == expected
