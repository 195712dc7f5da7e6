"""Base codes and translation."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.seq.alphabet import (
    codon_indices,
    decode,
    encode,
    reverse_complement,
    translate,
)

# NCBI's own way of writing table 1: codons in the order TCAG
NCBI = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
TABLE_1 = {
    "".join(codon): amino
    for codon, amino in zip(product("TCAG", repeat=3), NCBI, strict=True)
}
IUPAC = st.text("ACGTNRYSWKMBDHVacgtnryswkmbdhv")


def test_every_codon_translates_as_in_ncbi_table_1():
    for codon, amino in TABLE_1.items():
        assert translate(encode(codon)) == amino
    assert translate(encode("".join(TABLE_1))) == NCBI


@given(st.text("ACGTUNacgtunRYx-", max_size=60))
def test_translation_is_that_of_a_plain_look_up(sequence):
    plain = sequence.upper().replace("U", "T")
    codons = (plain[i : i + 3] for i in range(0, len(plain) - 2, 3))
    assert translate(encode(sequence)) == "".join(
        TABLE_1.get(codon, "X") for codon in codons
    )


@given(IUPAC)
def test_reverse_complement_undoes_itself(sequence):
    assert reverse_complement(reverse_complement(sequence)) == sequence


def test_reverse_complement_of_rna_is_dna():
    assert reverse_complement("AUGu") == "aCAT"


@given(st.text("ACGTN"))
def test_decode_undoes_encode(sequence):
    assert decode(encode(sequence)) == sequence


@given(st.text("ACGT"))
def test_the_reverse_complement_has_the_codes_of_three_minus_each(sequence):
    forward, backward = encode(sequence), encode(reverse_complement(sequence))
    assert (3 - forward[::-1]).tolist() == backward.tolist()


@pytest.mark.parametrize("sequence", ["", "A", "AC"])
def test_fewer_than_three_bases_have_no_codon(sequence):
    assert codon_indices(encode(sequence)).shape == (0,)
    assert translate(encode(sequence)) == ""
