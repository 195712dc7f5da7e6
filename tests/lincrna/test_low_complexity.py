"""Masking of simple repeats in proteins, beside entropies by scipy."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from bioloom.lincrna.verdict.low_complexity import (
    EXTENSION_BITS,
    MASK,
    TRIGGER_BITS,
    WINDOW_AA,
    masked,
)

LETTERS = st.text("ACDEFGHIKLMNPQRSTVWY", max_size=60)
REPEATS = st.builds(
    lambda before, unit, n, after: before + unit * n + after,
    LETTERS,
    st.text("AGPQRSX", min_size=1, max_size=4),
    st.integers(0, 12),
    LETTERS,
)


def bits(protein):
    """Entropy of each window, bits."""
    return [
        entropy(list(Counter(protein[i : i + WINDOW_AA]).values()), base=2)
        for i in range(len(protein) - WINDOW_AA + 1)
    ]


def by_the_rule(protein):
    """Positions to be masked, one window after another."""
    found, run = set(), []
    for number, value in enumerate([*bits(protein), 9.0]):
        if value <= EXTENSION_BITS + 1e-9:
            run.append((number, value))
            continue
        if any(value <= TRIGGER_BITS + 1e-9 for _, value in run):
            found |= {i + k for i, _ in run for k in range(WINDOW_AA)}
        run = []
    return found


@given(REPEATS)
def test_what_is_masked_is_what_the_entropies_say(protein):
    places = by_the_rule(protein)
    assert masked(protein) == "".join(
        MASK if place in places else letter for place, letter in enumerate(protein)
    )


@pytest.mark.parametrize("unit", ["Q", "GP", "GPP", "RS", "LG", "HHPQ"])
def test_repeats_of_few_amino_acids_are_masked(unit):
    assert set(masked(unit * 12)) == {MASK}
