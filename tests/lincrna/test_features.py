"""Features of a sequence: by hand, against slow twins, and in any company."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.features import FEATURES, measure
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.coding.usage import CONTEXT, UsageTables

NAMES = list(FEATURES)
SEQUENCES = st.text("ACGTN", min_size=1, max_size=300)
STOPS = {"TAA", "TAG", "TGA"}
CODONS = {a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"}


def random_usage(seed=1):
    rng = np.random.default_rng(seed)
    return UsageTables(
        hexamer=rng.integers(-3000, 3000, 4096),
        amino_acid=rng.integers(-500, 500, 64),
        synonymous=rng.integers(-500, 500, 64),
        context=rng.integers(-500, 500, (len(CONTEXT), 4)),
    )


USAGE = random_usage()


def features(*sequences, usage=USAGE):
    rows = measure(block_of(sequences), usage)
    return [dict(zip(NAMES, row, strict=True)) for row in rows.tolist()]


def index(word):
    return sum("ACGT".index(base) * 4**i for i, base in enumerate(reversed(word)))


def hexamer_score(sequence, at):
    word = sequence[at : at + 6]
    known = len(word) == 6 and "N" not in word
    return USAGE.hexamer[index(word)] / 1000 if known else 0.0


def naive_chance(sequence):
    """Mean score of hexamers without stops that have the sequence's pairs of bases."""
    pairs = {a + b: 1 for a in "ACGT" for b in "ACGT"}
    for at in range(len(sequence) - 1):
        pair = sequence[at : at + 2]
        pairs |= {pair: pairs[pair] + 1} if pair in pairs else {}
    of_base = {a: sum(pairs[a + b] for b in "ACGT") for a in "ACGT"}
    follows = {pair: n / of_base[pair[0]] for pair, n in pairs.items()}
    inner = {codon: follows[codon[:2]] * follows[codon[1:]] for codon in CODONS - STOPS}
    total = weight = 0.0
    for codon, rate in inner.items():
        for after, then in inner.items():
            both = of_base[codon[0]] * rate * follows[codon[2] + after[0]] * then
            total += both * USAGE.hexamer[index(codon + after)]
            weight += both
    return round(total / weight) / 1000


def gain(sequence, at, chance):
    """What the codon that ends the hexamer at a base adds to a path."""
    word = sequence[at : at + 6]
    return hexamer_score(sequence, at) - chance if "N" not in word else 0.0


def naive_segments(sequence):
    """Best sum of gains between stops, by frame, the largest first."""
    best, chance = [0.0, 0.0, 0.0], naive_chance(sequence)
    for frame in range(3):
        run = 0.0
        for at in range(frame, len(sequence) - 5, 3):
            run = max(0.0, run + gain(sequence, at, chance))
            if sequence[at + 3 : at + 6] in STOPS:
                run = 0.0
            best[frame] = max(best[frame], run)
    return sorted(best, reverse=True)


def naive_path(sequence):
    """Best score of a path of codons that may change its frame or pass a stop."""
    chance, ends = naive_chance(sequence), []
    for at in range(len(sequence) - 2):
        is_stop = sequence[at : at + 3] in STOPS
        paths = [0.0]
        if at >= 3:
            added = -8.0 if is_stop else gain(sequence, at - 3, chance)
            paths.append(ends[at - 3] + added)
        if not is_stop:
            paths += [ends[at - step] - 5.0 for step in (2, 4) if at >= step]
        ends.append(max(paths))
    return max(ends, default=0.0)


def test_a_transcript_by_hand():
    sequence = "CC" + "ATG" + "GCA" * 9 + "TAA" + "CCCCC"
    (found,) = features(sequence)
    assert found["log10_orf_nt"] == pytest.approx(math.log10(33), abs=1e-6)
    assert found["orf_coverage"] == pytest.approx(33 / 40)
    assert (found["orf_complete"], found["orf_start"]) == (1.0, 2 / 40)
    assert found["second_log10_nt"] == 0.0
    assert found["second_ratio"] == pytest.approx(math.log(15 / 5), abs=1e-6)
    first, then = hexamer_score("ATGGCA", 0), hexamer_score("GCAGCA", 0)
    assert found["hexamer_sum"] == pytest.approx(first + 8 * then)
    assert found["hexamer_bias"] == pytest.approx((first + 8 * then) / 9, abs=1e-6)
    alanine = USAGE.amino_acid[index("GCA")] / 1000
    start = USAGE.amino_acid[index("ATG")] / 1000
    assert found["amino_acids"] == pytest.approx((start + 9 * alanine) / 10)
    # places -6 to -3 lie before the transcript; -2 and -1 are C, 3 to 5 are GCA
    context = USAGE.context[[4, 5, 6, 7, 8], [1, 1, 2, 1, 0]].sum() / 1000
    assert found["start_context"] == pytest.approx(context)


def test_surprise_is_what_chance_gives():
    # every base alike but for one pseudo-count each: 10 A, 10 C, 10 G, 10 T
    sequence = "ATG" + "GCA" * 7 + "C" * 2 + "T" * 8 + "GG" + "CTA"[:0]
    counts = {base: sequence.count(base) + 1 for base in "ACGT"}
    total = sum(counts.values())
    a, g, t = (counts[base] / total for base in "AGT")
    n_codons = longest_orfs(sequence, "+").longest.length_aa
    expected = len(sequence) * a * t * g * (1 - t * a * (a + 2 * g)) ** n_codons
    (found,) = features(sequence)
    assert found["orf_surprise"] == pytest.approx(-math.log10(expected), abs=1e-6)


@given(SEQUENCES)
def test_best_segments_are_those_of_a_plain_walk(sequence):
    (found,) = features(sequence)
    best, second, _ = naive_segments(sequence)
    assert found["segment_score"] == pytest.approx(math.log1p(best), abs=2e-6)
    assert found["segment_lead"] == pytest.approx(best - second, abs=2e-6)


@given(SEQUENCES)
def test_the_best_path_is_that_of_a_plain_walk(sequence):
    (found,) = features(sequence)
    best = naive_path(sequence)
    assert found["path_score"] == pytest.approx(math.log1p(best), abs=2e-6)
    assert found["path_gain"] == pytest.approx(
        best - naive_segments(sequence)[0], abs=2e-6
    )
    assert (found["path_score"] == 0) == (found["path_span"] == 0)


def test_a_lost_base_costs_a_path_one_change_of_frame():
    rng = np.random.default_rng(3)
    codon = max(CODONS - STOPS, key=lambda one: USAGE.hexamer[index(one * 2)])
    coding = "".join(rng.choice(list("ACGT"), 60)) + "ATG" + codon * 80 + "TAA"
    whole, lost = features(coding, coding[:180] + coding[181:])
    assert (whole["path_shifts"], lost["path_shifts"]) == (0, 1)
    assert lost["path_span"] == pytest.approx(whole["path_span"], abs=0.03)
    score = [math.expm1(one["path_score"]) for one in (whole, lost)]
    assert score[1] > score[0] - 5 - 4 * 3  # a hexamer has at most three nats
    assert lost["hexamer_sum"] < 0.6 * whole["hexamer_sum"]
    assert whole["path_gain"] == 0 < lost["path_gain"]


def test_a_path_may_pass_one_stop():
    codon = max(CODONS - STOPS, key=lambda one: USAGE.hexamer[index(one * 2)])
    (found,) = features("CC" + "ATG" + codon * 40 + "TGA" + codon * 40 + "TAA")
    assert found["path_span"] > 0.9
    assert found["path_shifts"] == 0 < found["path_gain"]


@given(SEQUENCES)
def test_frame_scores_are_those_of_a_plain_walk(sequence):
    (found,) = features(sequence)
    orf = longest_orfs(sequence, "+").longest
    if orf is None:
        assert found["hexamer_sum"] == 0.0
        return
    sums = [
        sum(
            hexamer_score(sequence, at + shift)
            for at in range(orf.start, orf.end - 5, 3)
        )
        for shift in range(3)
    ]
    n_hexamers = max(orf.length_aa - 1, 1)
    lead = (sums[0] - max(sums[1:])) / n_hexamers
    assert found["hexamer_sum"] == pytest.approx(sums[0], abs=2e-6)
    assert found["hexamer_lead"] == pytest.approx(lead, abs=2e-6)


@given(SEQUENCES)
def test_atgs_before_the_orf_are_counted_in_all_frames(sequence):
    (found,) = features(sequence)
    orf = longest_orfs(sequence, "+").longest
    if orf is None:
        assert found["upstream_atg"] == 0.0
        return
    n_upstream = sum(sequence.startswith("ATG", i) for i in range(orf.start))
    counts = {base: sequence.count(base) + 1 for base in "ACGT"}
    rate = counts["A"] * counts["T"] * counts["G"] / sum(counts.values()) ** 3
    expected = math.log((n_upstream + 0.5) / (orf.start * rate + 0.5))
    assert found["upstream_atg"] == pytest.approx(expected, abs=2e-6)


@given(st.lists(SEQUENCES, min_size=1, max_size=6), st.randoms())
def test_features_do_not_depend_on_company_or_order(sequences, random):
    together = features(*sequences)
    assert together == [features(sequence)[0] for sequence in sequences]
    order = random.sample(range(len(sequences)), len(sequences))
    turned = features(*(sequences[i] for i in order))
    assert turned == [together[i] for i in order]


def test_a_block_gives_the_very_numbers_of_single_sequences():
    rng = np.random.default_rng(8)
    drawn = ["".join(rng.choice(list("ACGT"), n)) for n in rng.integers(1, 3000, 60)]
    block = measure(block_of(drawn), USAGE)
    alone = np.concatenate([measure(block_of([one]), USAGE) for one in drawn])
    assert np.array_equal(block, alone)


@pytest.mark.parametrize("sequence", ["", "A", "NNNNNNNN", "CCCCCCC", "ATG", "ATGN"])
def test_odd_sequences_have_finite_features(sequence):
    (found,) = features(sequence)
    assert all(math.isfinite(value) for value in found.values())
    if "ATG" not in sequence:
        assert found["log10_orf_nt"] == found["orf_surprise"] == found["fickett"] == 0


def test_no_transcripts_no_rows():
    assert measure(block_of([]), USAGE).shape == (0, len(FEATURES))
