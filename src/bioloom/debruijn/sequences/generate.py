"""Generation of De Bruijn sequences: cyclic, each word exactly once."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences import _walks
from bioloom.debruijn.sequences.words import Codes, Words

Method = Literal["least", "euler", "random"]

BLOCK = 1 << 18
MOST_IN_MEMORY = 1 << 30
"""Letters of a sequence that is built in memory (all methods but "least")."""


def generate(
    letters: str, order: int, *, method: Method = "least", rng_seed: int = 0
) -> Iterator[str]:
    """Stream a De Bruijn sequence B(len(letters), order) as pieces of text.

    All methods begin with the window of `order` times the first letter, so that equal
    cyclic sequences are equal texts.

    Parameters
    ----------
    letters
        The alphabet.
    order
        Letters of a window.
    method
        "least" is the lexicographically least one; "euler" an Eulerian circuit of the
        De Bruijn graph; "random" is drawn uniformly from all sequences.
    rng_seed
        Seed of "random".

    Raises
    ------
    BadWords
        If alphabet or order cannot be used, or the whole would not fit in memory.

    Notes
    -----
    "least" concatenates, in lexicographic order, the Lyndon words whose length divides
    the order: constant time per letter, memory for one block. "euler" is Hierholzer's
    algorithm; "random" draws a uniform spanning tree of last exits (Wilson) and
    shuffles the other exits of each node, which by the BEST theorem makes all sequences
    equally likely. These two need 2 to 3 bytes per letter.

    References
    ----------
    Fredricksen H., Maiorana J. (1978) Discrete Math. 23:207.
    doi:10.1016/0012-365X(78)90002-X. van Aardenne-Ehrenfest T., de Bruijn N.G. (1951)
    Simon Stevin 28:203. Wilson D.B. (1996) STOC. doi:10.1145/237814.237880

    Examples
    --------
    >>> "".join(generate("01", 3))
    '00010111'
    """
    words = Words(letters, order)
    return (words.spelled(block) for block in blocks(words, method, rng_seed=rng_seed))


def blocks(
    words: Words, method: Method = "least", *, rng_seed: int = 0
) -> Iterator[Codes]:
    """The sequence as letter codes; see `generate`."""
    if method == "least":
        return least(words)
    cycle = euler(words) if method == "euler" else random(words, rng_seed=rng_seed)
    return (cycle[i : i + BLOCK] for i in range(0, len(cycle), BLOCK))


def least(words: Words) -> Iterator[Codes]:
    """The lexicographically least sequence, in blocks."""
    size, order = words.alphabet_size, words.order
    word = np.zeros(order + _walks.LANE, dtype=np.uint8)
    room = max(BLOCK, size * order) + size * order + _walks.LANE
    next_length = np.ones(1, dtype=np.int64)
    while next_length[0] > 0:
        block = np.empty(room, dtype=np.uint8)
        used = _walks.fill_least(size, order, word, next_length, block)
        yield block[:used]


def euler(words: Words) -> Codes:
    """A sequence along an Eulerian circuit of the De Bruijn graph."""
    cycle = _room(words)
    tried = np.zeros(len(cycle) // words.alphabet_size, dtype=np.uint8)
    _walks.fill_circuit(words.alphabet_size, words.order, tried, cycle)
    return _from_zeros(words, cycle)


def random(words: Words, *, rng_seed: int) -> Codes:
    """A sequence drawn uniformly from all sequences."""
    cycle = _room(words)
    rng = np.random.default_rng(rng_seed)
    size = words.alphabet_size
    exits = np.zeros(len(cycle) // size, dtype=np.uint8)
    orders = np.empty_like(cycle)
    _walks.last_exits(size, rng, exits)
    _walks.shuffle_exits(size, rng, exits, orders)
    _walks.follow_orders(size, orders, cycle)
    return _from_zeros(words, cycle)


def first_repeat(words: Words, cycle: Codes) -> int | None:
    """Place of the first window that occurred before; None if each occurs once."""
    place = _walks.seen_once(words.alphabet_size, words.order, cycle)
    return None if place < 0 else int(place)


def _room(words: Words) -> Codes:
    if words.n_words > MOST_IN_MEMORY:
        raise BadWords(
            where=f"order {words.order} over {words.alphabet_size} letters",
            found=f"a sequence of {words.alphabet_size}^{words.order} letters",
            expected=f"at most {MOST_IN_MEMORY:,}, kept in memory",
            advice="Use --method least, which streams, or a lower order.",
        )
    return np.empty(words.n_words, dtype=np.uint8)


def _from_zeros(words: Words, cycle: Codes) -> Codes:
    return np.roll(cycle, -_walks.zeros_begin(words.order, cycle))
