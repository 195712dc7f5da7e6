"""Places that are computed are those of the sequence itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.debruijn.sequences.ranking import least_rotation, locate, window_at
from bioloom.debruijn.sequences.words import Words
from tests.debruijn.test_sequence import made, windows

SMALL = [(k, n) for k in range(1, 7) for n in range(1, 13) if k**n <= 4096]


@pytest.mark.parametrize(("size", "order"), SMALL)
def test_every_word_of_every_small_sequence(size, order):
    words = Words("012345"[:size], order)
    for place, word in enumerate(windows(made(words.letters, order), order)):
        assert locate(words, word) == place
        if place % 7 == 0:
            assert window_at(words, place) == word


@given(st.text("ACGT", min_size=24, max_size=24))
def test_word_and_place_are_each_other_s_inverse(word):
    words = Words("ACGT", 24)
    assert window_at(words, locate(words, word)) == word


@given(st.integers(0, 3**40 - 2))
def test_words_at_neighbouring_places_overlap(place):
    words = Words("abc", 40)
    assert window_at(words, place)[1:] == window_at(words, place + 1)[:-1]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_the_least_rotation(codes):
    rotations = [codes[i:] + codes[:i] for i in range(len(codes))]
    period = next(
        i for i in range(1, len(codes) + 1) if rotations[i % len(codes)] == codes
    )
    assert least_rotation(codes) == (rotations.index(min(rotations)), period)
