"""Peptide features: against slow twins that read the translated ORF."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.orf import longest_orfs, protein_of
from bioloom.lincrna.coding.peptides import peptide_features
from bioloom.seq.alphabet import encode, translate

# Kyte & Doolittle 1982, as Biopython's ProtParamData.kd lists them
HYDROPATHY = dict(
    zip(
        "ARNDCQEGHILKMFPSTWYV",
        [1.8, -4.5, -3.5, -3.5, 2.5, -3.5, -3.5, -0.4, -3.2, 4.5]
        + [3.8, -3.9, 1.9, 2.8, -1.6, -0.8, -0.7, -0.9, -1.3, 4.2],
        strict=True,
    )
)
CODONS = ["".join(bases) for bases in product("ACGT", repeat=3)]
SEQUENCES = st.text("ACGTN", max_size=300)
OPEN = st.lists(st.sampled_from(CODONS), min_size=1, max_size=80).map(
    lambda codons: "ATG" + "".join(c for c in codons if c not in ("TAA", "TAG", "TGA"))
)


def features(*sequences):
    columns = peptide_features(block_of(sequences))
    return [
        {name: column[i] for name, column in columns.items()}
        for i in range(len(sequences))
    ]


def peptide_of(sequence):
    orf = longest_orfs(sequence, "+").longest
    return protein_of(orf, sequence) if orf else ""


def chance_of_amino_acids(sequence):
    counts = {base: sequence.count(base) + 1 for base in "ACGT"}
    expected = Counter()
    for codon in CODONS:
        expected[translate(encode(codon))] += math.prod(counts[b] for b in codon)
    del expected["*"]
    return {letter: n / expected.total() for letter, n in expected.items()}


def peak(peptide, width):
    scores = [HYDROPATHY.get(letter, 0.0) for letter in peptide]
    return max(sum(scores[i : i + width]) for i in range(len(scores)))


@given(SEQUENCES | OPEN)
def test_hydrophobic_stretches_are_those_of_a_plain_walk(sequence):
    (found,) = features(sequence)
    peptide = peptide_of(sequence)
    if not peptide:
        assert set(found.values()) == {0.0}
        return
    head = [HYDROPATHY.get(letter, 0.0) for letter in peptide[:20]]
    assert found["leader_peak"] == pytest.approx(peak(peptide[:30], 10))
    assert found["leader_mean"] == pytest.approx(sum(head) / len(head))
    assert found["membrane_peak"] == pytest.approx(peak(peptide, 19))


@given(SEQUENCES | OPEN)
def test_composition_is_that_of_the_peptide_less_what_chance_gives(sequence):
    (found,) = features(sequence)
    known = [letter for letter in peptide_of(sequence) if letter in HYDROPATHY]
    if not known:
        return
    share = {letter: n / len(known) for letter, n in Counter(known).items()}
    chance = chance_of_amino_acids(sequence)
    excess = {letter: share.get(letter, 0) - chance[letter] for letter in chance}
    entropy = -sum(part * math.log(part) for part in share.values())
    assert found["hydrophobic"] == pytest.approx(
        sum(excess[letter] for letter in "AFILMVW")
    )
    assert found["most_excess"] == pytest.approx(max(excess.values()))
    assert found["entropy"] == pytest.approx(entropy + 19 / 2 / len(known))


def test_a_leader_peptide_and_a_membrane_segment_stand_out():
    plain = "GCAGAACCAAAAGGTGATTCA"  # A E P K G D S
    leader = "ATG" + "CTG" * 10 + plain * 9 + "TAA"
    inside = "ATG" + plain * 5 + "CTG" * 19 + plain * 4 + "TAA"
    neither = "ATG" + plain * 10 + "TAA"
    with_leader, with_segment, without = features(leader, inside, neither)
    assert with_leader["leader_peak"] == pytest.approx(38.0)
    assert with_segment["membrane_peak"] == pytest.approx(19 * 3.8)
    assert with_segment["leader_peak"] == without["leader_peak"] < 5
    assert without["membrane_peak"] < 5


@given(st.lists(OPEN, min_size=1, max_size=6))
def test_company_changes_nothing(sequences):
    together = features(*sequences)
    alone = [features(sequence)[0] for sequence in sequences]
    assert [list(one.values()) for one in together] == [
        pytest.approx(list(one.values()), abs=1e-12) for one in alone
    ]


def test_no_transcripts():
    assert all(len(column) == 0 for column in peptide_features(block_of([])).values())
    assert np.isfinite(list(features("")[0].values())).all()
