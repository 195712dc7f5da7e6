"""Every word once, whatever the method; judged by plain Python and networkx."""

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.counting import count_sequences
from bioloom.debruijn.sequences.generate import (
    MOST_IN_MEMORY,
    first_repeat,
    generate,
    least,
)
from bioloom.debruijn.sequences.search import place_of
from bioloom.debruijn.sequences.words import Words

LETTERS = "xACGTé"
METHODS = ("least", "euler", "random")


def windows(text, order):
    around = text * (order // len(text) + 2)
    return [around[i : i + order] for i in range(len(text))]


def made(letters, order, method="least", rng_seed=0):
    return "".join(generate(letters, order, method=method, rng_seed=rng_seed))


def all_cycles(letters, order):
    """Every De Bruijn sequence that begins with the least word: by trying all."""
    start = letters[0] * order
    total = len(letters) ** order
    found = []

    def grow(text, seen):
        if len(text) == total:
            tail = windows(text, order)
            if len(set(tail)) == total:
                found.append(text)
            return
        for letter in letters:
            word = (text + letter)[-order:]
            if word not in seen:
                grow(text + letter, seen | {word})

    grow(start, {start})
    return found


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(METHODS),
    st.integers(0, 2**32 - 1),
)
def test_every_word_occurs_once(size, order, method, rng_seed):
    letters = LETTERS[:size]
    text = made(letters, order, method, rng_seed)
    expected = {"".join(word) for word in itertools.product(letters, repeat=order)}
    assert len(text) == size**order
    assert set(windows(text, order)) == expected
    assert windows(text, order)[0] == letters[0] * order


@pytest.mark.parametrize(
    ("size", "order"), [(1, 1), (2, 1), (2, 2), (2, 3), (2, 4), (3, 2), (4, 1)]
)
def test_the_least_is_the_least_of_all(size, order):
    letters = "0123"[:size]
    assert made(letters, order) == min(all_cycles(letters, order))


def test_order_10_over_four_letters_is_a_permutation_of_all_words():
    words = Words("ACGT", 10)
    codes = np.concatenate(list(least(words)))
    assert len(codes) == 4**10
    assert first_repeat(words, codes) is None
    codes[17] ^= 1
    assert first_repeat(words, codes) is not None


@pytest.mark.parametrize(("size", "order"), [(2, 5), (3, 4), (4, 3)])
@pytest.mark.parametrize("method", METHODS)
def test_networkx_agrees_that_it_is_an_eulerian_circuit(size, order, method):
    graph = nx.MultiDiGraph()
    text = made("0123"[:size], order, method, rng_seed=3)
    edges = [(word[:-1], word[1:]) for word in windows(text, order)]
    graph.add_edges_from(edges)
    assert nx.is_eulerian(graph)
    assert graph.number_of_nodes() == size ** (order - 1)
    assert Counter(edges) == Counter(
        (one, one[1:] + letter)
        for one in map("".join, itertools.product("0123"[:size], repeat=order - 1))
        for letter in "0123"[:size]
    )
    for (_, end), (begin, _) in itertools.pairwise(edges):
        assert end == begin


@pytest.mark.parametrize(
    ("size", "order"), [(1, 1), (2, 1), (2, 2), (2, 3), (2, 4), (3, 1), (3, 2), (4, 1)]
)
def test_the_count_is_what_trying_all_finds(size, order):
    number = len(all_cycles("0123"[:size], order))
    assert str(count_sequences(Words("0123"[:size], order))) == str(number)


def test_a_large_count_is_told_by_its_magnitude():
    number = count_sequences(Words("ACGT", 10))
    # 262144 log10(24) - 10 log10(4) = 361808.0751
    assert (number.exact, number.n_digits) == (None, 361809)
    assert str(number) == "1.188905e361808"
    exact = count_sequences(Words("ACGT", 3))
    assert exact.exact == 24**16 // 64
    assert str(exact) == str(24**16 // 64)


def test_random_sequences_are_uniform_over_the_16_of_b_2_4():
    drawn = Counter(made("01", 4, "random", seed) for seed in range(16_000))
    assert set(drawn) == set(all_cycles("01", 4))
    assert chisquare(list(drawn.values())).pvalue > 0.001


def test_random_sequences_are_uniform_over_the_24_of_b_3_2():
    drawn = Counter(made("abc", 2, "random", seed) for seed in range(12_000))
    assert set(drawn) == set(all_cycles("abc", 2))
    assert chisquare(list(drawn.values())).pvalue > 0.001


def test_equal_seeds_give_equal_sequences():
    assert made("ACGT", 5, "random", 7) == made("ACGT", 5, "random", 7)
    assert made("ACGT", 5, "random", 7) != made("ACGT", 5, "random", 8)


def test_the_least_streams_in_blocks():
    pieces = generate("ACGT", 14)
    first = next(pieces)
    assert first.startswith("A" * 14 + "C")
    assert len(first) < 1.001 * (1 << 20)


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_word_is_found_in_sequences_that_have_no_ranking(method):
    words = Words("ACGT", 4)
    text = made("ACGT", 4, method, 5)
    for place, word in enumerate(windows(text, 4)):
        assert place_of(words, word, method, rng_seed=5) == place


@pytest.mark.parametrize(
    ("letters", "order", "found"),
    [
        ("", 2, "0 letters"),
        ("010", 2, "the letter '0' more than once"),
        ("0 1", 2, "' ', which is not visible"),
        ("0\t", 2, "'\\t', which is not visible"),
        ("".join(map(chr, range(0x4E00, 0x4F01))), 1, "257 letters"),
        ("01", 0, "found 0, expected a whole number from 1"),
        ("01", -3, "found -3"),
    ],
)
def test_bad_alphabets_and_orders(letters, order, found):
    with pytest.raises(BadWords, match="expected") as caught:
        generate(letters, order)
    assert found in str(caught.value)


def test_what_does_not_fit_in_memory_is_refused_before_it_is_made():
    with pytest.raises(BadWords, match=f"at most {MOST_IN_MEMORY:,}, kept in memory"):
        generate("ACGT", 16, method="euler")


@pytest.mark.parametrize("word", ["ACG", "ACGX"])
def test_a_word_that_does_not_fit(word):
    with pytest.raises(BadWords, match=f"word {word}"):
        Words("ACGT", 4).checked_word(word)
