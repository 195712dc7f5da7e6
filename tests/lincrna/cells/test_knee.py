"""The knee is where umi_tools has it, whatever the order of the barcodes."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.cells.knee import n_above_knee

KNEES = Path(__file__).parents[2] / "data" / "knees.tsv"


def curve(number):
    """Counts of cells and empty droplets, log-uniform within limits of their own."""
    rng = Random(number)
    counts = []
    for most, low, high in ((200, 1.0, 4.0), (3000, 0.0, 2.0)):
        least, width = rng.uniform(low, high), rng.uniform(0.02, 1.5)
        counts += [
            1 + int(10 ** rng.uniform(least, least + width))
            for _ in range(rng.randrange(3, most))
        ]
    return counts


def naive(counts):
    """The same in plain Python, point by point."""
    ranked = sorted(counts, reverse=True)
    heights = [sum(ranked[: i + 1]) for i in range(len(ranked))]

    def farthest(n):
        rise = heights[n - 1] - heights[0]
        gaps = [abs((heights[i] - heights[0]) * (n - 1) - i * rise) for i in range(n)]
        return gaps.index(max(gaps))

    knee, before = farthest(len(ranked)), 0
    while knee != before:
        knee, before = farthest(min(len(ranked), 3 * knee)), knee
    return knee + 1 if knee else 0


def test_knees_are_those_of_umi_tools():
    table = np.loadtxt(KNEES, skiprows=1, dtype=int)
    assert len(table) == 300
    for number, n_barcodes, expected in table:
        counts = curve(int(number))
        assert len(counts) == n_barcodes
        assert n_above_knee(counts) == expected, number


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=40), st.randoms())
def test_it_equals_its_plain_twin_in_any_order(counts, random):
    counts.append(10)
    expected = naive(counts)
    random.shuffle(counts)
    assert n_above_knee(counts) == n_above_knee(np.array(counts)) == expected


@pytest.mark.parametrize("counts", [[], [500], [500, 400], [9, 8, 1, 1], [50] * 20])
def test_without_a_knee_there_is_none(counts):
    assert n_above_knee(counts) == 0


def test_large_counts_do_not_overflow():
    counts = [10**8] * 1000 + [10**4] * 1_000_000
    assert n_above_knee(counts) == 1000
