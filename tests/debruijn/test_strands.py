"""DNA for both strands: all words covered, no longer than told."""

import pytest

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.strands import both_strands, least_length
from bioloom.seq.alphabet import reverse_complement
from tests.debruijn.test_sequence import windows


@pytest.mark.parametrize("order", range(1, 8))
def test_each_word_or_its_opposite_is_there(order):
    sequence = both_strands(order)
    seen = windows(sequence.text, order)
    covered = {*seen, *map(reverse_complement, seen)}
    assert len(covered) == 4**order
    assert len(sequence.codes) >= least_length(order)
    hits = sequence.hits()
    assert hits.min() >= 1
    own = sum(word == reverse_complement(word) for word in seen)
    assert hits.sum() == 2 * len(seen) - own


@pytest.mark.parametrize("order", [1, 3, 5, 7, 9, 11])
def test_odd_orders_are_as_short_as_can_be(order):
    sequence = both_strands(order)
    assert len(sequence.codes) == least_length(order) == 4**order // 2
    assert set(sequence.hits()) == {1}


@pytest.mark.parametrize(("order", "surplus"), [(2, 0), (4, 0), (6, 0.015), (8, 0.008)])
def test_even_orders_come_close_to_the_bound(order, surplus):
    sequence = both_strands(order)
    assert len(sequence.codes) <= (1 + surplus) * sequence.lower_bound
    assert sequence.lower_bound > 4**order // 2


@pytest.mark.parametrize("order", [0, 15])
def test_orders_that_cannot_be(order):
    with pytest.raises(BadWords, match="expected 1 to 14 for both strands"):
        both_strands(order)
