"""Many transcripts side by side: the same ORFs as one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.coding.frames import (
    codons_in,
    frames_of,
    longest_orfs_of_many,
    orf_table,
)
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.seq.alphabet import codon_indices, encode

# rich in starts and stops, with unknown bases
PIECES = st.sampled_from(["ATG", "TAA", "TGA", "TAG", "GCA", "A", "C", "N", "CAT"])
SEQUENCE = st.lists(PIECES, max_size=30).map("".join)


@given(st.lists(SEQUENCE, max_size=8))
def test_orfs_are_those_of_the_plain_search(sequences):
    found = longest_orfs_of_many(orf_table(frames_of(sequences)), len(sequences))
    assert found == [longest_orfs(sequence, "+") for sequence in sequences]


@given(st.lists(SEQUENCE, min_size=1, max_size=6))
def test_the_first_orf_is_the_longest(sequences):
    table = orf_table(frames_of(sequences))
    firsts = table.firsts()
    found = dict(zip(table.transcript[firsts].tolist(), firsts.tolist(), strict=True))
    for number, sequence in enumerate(sequences):
        expected = longest_orfs(sequence, "+").longest
        row = found.get(number)
        assert (None if row is None else table.orf(row)) == expected


@given(st.lists(SEQUENCE, min_size=1, max_size=6))
def test_codons_of_orfs_are_those_of_their_sequence(sequences):
    frames = frames_of(sequences)
    table = orf_table(frames)
    owner, codons = codons_in(frames, table)
    for row in range(len(table.transcript)):
        orf = table.orf(row)
        bases = encode(sequences[table.transcript[row]][orf.start : orf.end])
        expected = codon_indices(bases)[::3] % 65  # -1 is 64
        assert codons[owner == row].tolist() == expected.tolist()


def test_no_codon_reaches_into_the_next_transcript():
    frames = frames_of(["ATGA", "TGTAA"])
    assert (frames.codons[:, :2] == 64).sum() == 4
    assert np.array_equal(frames.lengths, [4, 5])
    assert orf_table(frames).is_complete.tolist() == [False]


def test_nothing_is_found_in_nothing():
    assert len(frames_of([])) == 0
    assert len(orf_table(frames_of(["", "A"])).transcript) == 0
