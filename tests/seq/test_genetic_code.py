"""Genetic codes beside HMMER's own tables and a plain look-up."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadConfig
from bioloom.seq.alphabet import AMINO_ACIDS, encode, translate
from bioloom.seq.genetic_code import NUMBERS, genetic_code

CODONS = ["".join(codon) for codon in product("TCAG", repeat=3)]
# NCBI's gc.prt of those that HMMER lacks, codons in the order TCAG
NCBI = {
    15: "FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    26: "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    27: "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    28: "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    29: "FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    30: "FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    31: "FFLLSSSSYYEECCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    32: "FFLLSSSSYY*WCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    33: "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
}


def of_hmmer(number):
    """HMMER's translation of each codon, or None for a table that it lacks."""
    from pyhmmer.easel import GeneticCode

    try:
        table = GeneticCode(number)
    except ValueError:
        return None
    codes = table.nucleotide_alphabet.encode("".join(CODONS))
    return table.amino_alphabet.decode(table.translate(codes))


@pytest.mark.parametrize("number", NUMBERS)
def test_each_code_is_that_of_hmmer_or_ncbi(number):
    protein = translate(encode("".join(CODONS)), genetic_code(number).amino_acids)
    assert protein == (of_hmmer(number) or NCBI[number])


def test_every_code_that_hmmer_has_is_there():
    assert {n for n in range(1, 40) if of_hmmer(n)} == set(NUMBERS) - set(NCBI)


@given(st.sampled_from(NUMBERS), st.text("ACGTUNacgtunRYx", max_size=60))
def test_translation_is_that_of_a_plain_look_up(number, sequence):
    meaning = dict(zip(CODONS, of_hmmer(number) or NCBI[number], strict=True))
    plain = sequence.upper().replace("U", "T")
    codons = (plain[i : i + 3] for i in range(0, len(plain) - 2, 3))
    assert translate(encode(sequence), genetic_code(number).amino_acids) == "".join(
        meaning.get(codon, "X") for codon in codons
    )


@pytest.mark.parametrize(
    ("number", "stops", "by_context"),
    [
        (1, ("TAA", "TAG", "TGA"), ()),
        (2, ("AGA", "AGG", "TAA", "TAG"), ()),
        (6, ("TGA",), ()),
        (22, ("TAA", "TCA", "TGA"), ()),
        (27, (), ("TGA",)),
        (28, (), ("TAA", "TAG", "TGA")),
        (31, (), ("TAA", "TAG")),
    ],
)
def test_stop_codons_and_those_that_context_decides(number, stops, by_context):
    code = genetic_code(number)
    assert code.stop_codons == stops
    assert code.by_context == by_context


def test_only_codes_with_the_standard_meaning_count_as_it():
    standard = [n for n in NUMBERS if genetic_code(n).is_standard]
    assert standard == [1, 11]
    assert genetic_code(1).amino_acids == AMINO_ACIDS


@pytest.mark.parametrize("number", [0, 7, 8, 17, 20, 34])
def test_a_number_without_a_table_is_told_with_those_that_have_one(number):
    with pytest.raises(BadConfig, match=f"found {number}, .*25, 26, 27, 28"):
        genetic_code(number)
