"""Opening energies: all structures enumerated, and ViennaRNA's partition function."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioloom.errors import PackageMissing
from bioloom.mirna.context import accessibility
from bioloom.mirna.context.accessibility import (
    MAX_SPAN_NT,
    RT,
    WINDOW_NT,
    opening_energies,
)
from bioloom.run import external
from bioloom.seq.alphabet import encode

RNA = pytest.importorskip("RNA", reason="needs ViennaRNA: extra mirna-structure")
PAIRS = {"AU", "UA", "GC", "CG", "GU", "UG"}


def structures(sequence):
    """Every secondary structure, as dots and brackets."""

    def of(first, last):
        if last - first < 4:
            yield "." * max(0, last - first + 1)
            return
        for rest in of(first + 1, last):
            yield "." + rest
        for partner in range(first + 4, last + 1):
            if sequence[first] + sequence[partner] in PAIRS:
                for inside in of(first + 1, partner - 1):
                    for rest in of(partner + 1, last):
                        yield f"({inside}){rest}"

    yield from of(0, len(sequence) - 1)


def opening(sequence, start, end, **limits):
    found = opening_energies(
        encode(sequence), np.array([start]), np.array([end]), **limits
    )
    return float(found[0])


def enumerated(sequence, start, end):
    """-RT ln of the Boltzmann share of structures in which the span is unpaired."""
    fold = RNA.fold_compound(sequence)
    total = free = 0.0
    for structure in structures(sequence):
        weight = math.exp(-fold.eval_structure(structure) / RT)
        total += weight
        free += weight * (set(structure[start:end]) == {"."})
    return -RT * math.log(free / total)


@settings(max_examples=40)
@given(st.text("ACGU", min_size=6, max_size=14), st.data())
def test_short_sequences_by_enumerating_every_structure(sequence, data):
    start = data.draw(st.integers(0, len(sequence) - 1))
    end = data.draw(st.integers(start + 1, len(sequence)))
    expected = enumerated(sequence, start, end)
    assert opening(sequence, start, end) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("sequence", ["GGGGAAAACCCCAAAA", "GCGCUUCGGCGCAAUU"])
def test_sixteen_bases_by_enumerating_every_structure(sequence):
    for start, end in ((0, 16), (0, 4), (2, 9), (8, 12), (12, 16)):
        expected = enumerated(sequence, start, end)
        assert opening(sequence, start, end) == pytest.approx(expected, abs=2e-3)
    assert opening(sequence, 0, 4) > 0.5


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(30, 80))
def test_longer_sequences_by_a_constrained_partition_function(seed, n):
    """One window holds it all: then RNAplfold's probability is that of one fold."""
    rng = np.random.default_rng(seed)
    sequence = "".join(rng.choice(list("ACGU"), n))
    start = int(rng.integers(0, n - 8))
    end = int(rng.integers(start + 1, min(n, start + 25)))
    details = RNA.md()
    free = RNA.fold_compound(sequence, details)
    _, all_structures = free.pf()
    held = RNA.fold_compound(sequence, details)
    for position in range(start + 1, end + 1):
        held.hc_add_up(position)
    _, opened = held.pf()
    found = opening(sequence, start, end, window_nt=n, max_span_nt=n)
    assert found == pytest.approx(opened - all_structures, abs=5e-3)


@pytest.mark.parametrize("block_nt", [1, 300, 4096])
def test_sites_of_a_long_target_are_as_if_all_of_it_were_folded(block_nt, monkeypatch):
    monkeypatch.setattr(accessibility, "_BLOCK_NT", block_nt)
    rng = np.random.default_rng(6)
    sequence = "".join(rng.choice(list("ACGU"), 700))
    start = np.array([0, 3, 200, 210, 450, 655, 690])
    end = start + np.array([22, 18, 25, 30, 8, 24, 10])
    found = opening_energies(encode(sequence), start, end)
    whole = RNA.pfl_fold_up(sequence, 30, WINDOW_NT, MAX_SPAN_NT)
    for a, b, energy in zip(start.tolist(), end.tolist(), found, strict=True):
        assert energy == pytest.approx(-RT * math.log(whole[b][b - a]), abs=1e-3)


def test_a_hairpin_is_harder_to_open_than_its_loop():
    sequence = "AAAAAAGGGGCCCCUUUUGGGGCCCCAAAAAA"
    assert opening(sequence, 6, 14) > opening(sequence, 14, 18) + 5
    assert opening("A" * 40, 5, 30) == pytest.approx(0.0, abs=1e-9)


def test_a_span_longer_than_the_window_has_no_energy():
    assert math.isnan(opening("ACGU" * 40, 0, WINDOW_NT + 1))


def test_without_viennarna_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(external, "find_spec", lambda name: None)
    with pytest.raises(PackageMissing, match="mirna-structure"):
        opening("ACGUACGU", 0, 4)
