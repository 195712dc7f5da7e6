"""The likeliest ORF: against a slow twin that scores every ORF."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.coding._frames import running_scores
from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.likeliest import likeliest_features
from tests.lincrna.test_features import USAGE, hexamer_score

SEQUENCES = st.text("ACGTN", max_size=300)
STOPS = ("TAA", "TAG", "TGA")


def features(*sequences):
    block = block_of(sequences)
    before = running_scores(block.frames.codons, USAGE.padded_hexamer)
    return {
        name: column.tolist()
        for name, column in likeliest_features(block, before).items()
    }


def every_orf(sequence):
    """Codon starts of each ORF from the first ATG after a stop on."""
    for frame in range(3):
        codons = []
        for at in range(frame, len(sequence) - 2, 3):
            if sequence[at : at + 3] in STOPS:
                if codons:
                    yield codons
                codons = []
            elif codons or sequence[at : at + 3] == "ATG":
                codons.append(at)
        if codons:
            yield codons


def rates(sequence):
    counts = {base: sequence.count(base) + 1 for base in "ACGT"}
    a, c, g, t = (counts[base] / sum(counts.values()) for base in "ACGT")
    return a * t * g, t * a * a + 2 * t * a * g


@given(SEQUENCES)
def test_score_lead_and_place_are_those_of_a_plain_walk(sequence):
    found = features(sequence)
    start_rate, stop_rate = rates(sequence)
    scored = sorted(
        (
            sum(hexamer_score(sequence, at) for at in codons[:-1])
            - len(codons) * math.log(1 - stop_rate),
            -codons[0],
        )
        for codons in every_orf(sequence)
    )
    if not scored:
        assert found == dict.fromkeys(found, [0.0])
        return
    best, second = scored[-1][0], scored[-2][0] if len(scored) > 1 else 0.0
    expected = math.log(len(sequence) * start_rate)
    assert found["likeliest_score"] == [pytest.approx(best - expected, abs=1e-3)]
    assert found["likeliest_lead"] == [pytest.approx(best - second, abs=2e-3)]
    near = [-at for value, at in scored if value > best - 2e-3]
    assert round(found["likeliest_start"][0] * len(sequence)) in near


def test_a_shorter_orf_of_coding_hexamers_beats_a_longer_one():
    index = max(range(4096), key=lambda i: USAGE.hexamer[i])
    assert USAGE.hexamer[index] > 2900
    word = "".join("ACGT"[index >> 2 * place & 3] for place in range(5, -1, -1))
    codons = word[:3], word[3:]
    assert not set(codons) & set(STOPS)
    good = "ATG" + word * 12 + "TAA"
    worst = min(
        (i for i in range(64) if i not in (48, 50, 56)),
        key=lambda i: USAGE.hexamer[65 * i],
    )
    poor = "ATG" + "".join("ACGT"[worst >> 2 * p & 3] for p in (2, 1, 0)) * 40 + "TAA"
    found = features(poor + "C" * 10 + good)
    place = round(found["likeliest_start"][0] * len(poor + "C" * 10 + good))
    assert place == len(poor) + 10


def test_no_transcripts_and_no_orfs():
    assert features() == dict.fromkeys(features(), [])
    assert features("CCC", "") == dict.fromkeys(features(), [0.0, 0.0])
