"""Fickett's TESTCODE against CPAT's and by hand."""

import csv
from pathlib import Path

import numpy as np
import pytest

from bioloom.lincrna.coding.fickett import fickett_of_counts, fickett_score
from bioloom.seq.alphabet import encode

GOLDEN = Path(__file__).parents[1] / "data" / "fickett_cpat.tsv"


def test_fickett_is_that_of_cpat():
    with GOLDEN.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len(rows) == 20
    for row in rows:
        expected = float(row["fickett"])
        assert fickett_score(encode(row["sequence"])) == pytest.approx(
            expected, abs=2e-6
        )


def test_fickett_by_hand():
    # CAT again and again: A, C and T each in one position: 33 / (0 + 1), G in none;
    # contents 1/3, 1/3, 0, 1/3
    position = 0.26 * 0.94 + 0.18 * 0.80 + 0.31 * 0.08 + 0.33 * 0.97
    content = 0.11 * 0.28 + 0.12 * 0.82 + 0.15 * 0.29 + 0.14 * 0.28
    assert fickett_score(encode("CAT" * 33)) == pytest.approx(position + content)


@pytest.mark.parametrize("sequence", ["", "NNN"])
def test_fickett_of_no_base_is_zero(sequence):
    assert fickett_score(encode(sequence)) == 0.0


def test_many_are_scored_as_one_by_one():
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 40, (50, 3, 4))
    alone = [fickett_of_counts(one[None])[0] for one in counts]
    assert fickett_of_counts(counts).tolist() == alone
