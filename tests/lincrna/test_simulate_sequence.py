"""Random sequences of the simulation against plain definitions."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioloom.lincrna.errors import NoSuchSequence
from bioloom.lincrna.simulate import sequence, splicing
from bioloom.seq.alphabet import AMINO_ACIDS, decode, encode, translate

OPEN_FRAME = re.compile("(?=(ATG(?:(?!TAA|TAG|TGA)[ACGT]{3})*))")
SEEDS = st.integers(0, 2**32 - 1)


@given(st.text("ATG", max_size=120) | st.text("ACGT", max_size=200))
def test_longest_orf_is_the_longest_of_all(text):
    orf = sequence.longest_orf(encode(text))
    lengths = [len(found) // 3 for found in OPEN_FRAME.findall(text)]
    assert (orf.n_aa if orf else 0) == max(lengths, default=0)
    if orf:
        frame = text[orf.start :]
        assert frame.startswith("ATG")
        after = frame[3 * orf.n_aa : 3 * orf.n_aa + 3]
        assert orf.is_complete == (after in {"TAA", "TAG", "TGA"})
        assert orf.is_complete or len(after) < 3


@settings(max_examples=25)
@given(SEEDS, st.integers(100, 3000), st.booleans())
def test_innocent_rna_has_no_orf_of_70_aa(rng_seed, length_nt, both_strands):
    rng = np.random.default_rng(rng_seed)
    rna = sequence.innocent_rna(rng, length_nt, both_strands=both_strands)
    strands = [decode(rna), decode((3 - rna[::-1]).astype(np.uint8))]
    for text in strands[: 1 + both_strands]:
        assert len(text) == length_nt
        assert all(len(orf) < 210 for orf in OPEN_FRAME.findall(text))


@settings(max_examples=25)
@given(SEEDS, st.text("ACDEFGHIKLMNPQRSTVWY", min_size=1, max_size=80))
def test_back_translation_translates_back(rng_seed, protein):
    rng = np.random.default_rng(rng_seed)
    for weights in (sequence.coding_weights(), sequence.noncoding_weights()):
        codes = sequence.back_translate(rng, protein, weights)
        assert translate(codes) == protein


def test_codon_weights_are_chances_of_61_codons():
    for weights in (
        sequence.coding_weights(),
        sequence.coding_weights(bias=2),
        sequence.noncoding_weights(),
    ):
        assert weights.sum() == pytest.approx(1)
        is_stop = np.array(list(AMINO_ACIDS)) == "*"
        assert (weights[is_stop] == 0).all()
        assert (weights[~is_stop] > 0).all()


def test_human_codon_usage_has_known_ratios():
    """CUG is 40 % of leucine and GUG 46 % of valine codons in human genes."""
    weights = sequence.coding_weights()
    amino = np.array(list(AMINO_ACIDS))
    for codon, share in (("CTG", 0.40), ("GTG", 0.46), ("TCG", 0.05), ("AGC", 0.24)):
        a, b, c = encode(codon)
        index = 16 * int(a) + 4 * int(b) + int(c)
        synonyms = amino == amino[index]
        assert weights[index] / weights[synonyms].sum() == pytest.approx(
            share, abs=0.01
        )


@settings(max_examples=50)
@given(SEEDS, st.integers(1, 6), st.integers(0, 800))
def test_exons_of_a_laid_out_rna_splice_back_to_it(rng_seed, n_exons, spare_nt):
    rng = np.random.default_rng(rng_seed)
    rna = sequence.random_bases(rng, 70 * n_exons + spare_nt)
    pieces = splicing.cut_exons(rng, len(rna), n_exons)
    introns = splicing.short_introns(rng, n_exons - 1)
    codes, exons = splicing.lay_out(rna, pieces, introns)
    assert decode(splicing.splice(codes, exons)) == decode(rna)
    assert len(codes) == len(rna) + sum(map(len, introns))
    assert all(end - start >= splicing.MIN_EXON_NT for start, end in exons)
    first, last = sorted(rng.integers(0, len(rna) + 1, size=2).tolist())
    part = splicing.project(exons, first, last)
    joined = "".join(decode(codes[start:end]) for start, end in part)
    assert joined == decode(rna)[first:last]


@settings(max_examples=25)
@given(SEEDS, st.integers(60, 1500))
def test_introns_end_in_a_pyrimidine_tract(rng_seed, length_nt):
    text = decode(splicing.intron(np.random.default_rng(rng_seed), length_nt))
    assert len(text) == length_nt
    assert re.fullmatch("GT[AG]AG[AT][ACGT]*[CT]{18}CAG", text)


def test_too_few_attempts_say_so(monkeypatch):
    monkeypatch.setattr(sequence, "_ATTEMPTS", 3)
    with pytest.raises(NoSuchSequence) as caught:
        sequence.innocent_rna(np.random.default_rng(0), 5000, max_aa=20)
    assert str(caught.value) == (
        "simulation: found no RNA in 3 draws, expected one with a longest ORF of "
        "20 aa. Choose another rng_seed."
    )
