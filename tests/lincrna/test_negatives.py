"""Non-coding sequence made of mRNAs."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.training.negatives import MIN_NT, noncoding_pieces, shuffled
from bioloom.seq.alphabet import reverse_complement


def dinucleotides(sequence):
    return Counter(sequence[i : i + 2] for i in range(len(sequence) - 1))


@given(st.text("ACGTN", max_size=200), st.integers(0, 99))
def test_shuffling_keeps_every_dinucleotide(sequence, seed):
    found = shuffled(sequence, np.random.default_rng(seed))
    assert dinucleotides(found) == dinucleotides(sequence)
    assert Counter(found) == Counter(sequence)


def test_shuffling_shuffles():
    rng = np.random.default_rng(1)
    sequence = "".join(rng.choice(list("ACGT"), 300))
    found = shuffled(sequence, rng)
    same = sum(a == b for a, b in zip(sequence, found, strict=True))
    assert same < 150


def test_pieces_are_the_end_the_opposite_strand_and_a_shuffled_one():
    rng = np.random.default_rng(2)
    tail = "".join(rng.choice(list("ACG"), 250))
    mrna = "ATG" + "GCA" * 200 + "TAA" + tail
    (one, end), (two, opposite), (three, mixed) = noncoding_pieces([mrna], rng)
    assert (one, two, three) == (0, 0, 0)
    assert end == tail
    assert reverse_complement(opposite) in mrna
    assert min(map(len, (opposite, mixed))) >= MIN_NT
    assert mixed not in mrna


def test_of_short_mrnas_nothing_is_made():
    assert list(noncoding_pieces(["ATGGCATAA", ""], np.random.default_rng(1))) == []
