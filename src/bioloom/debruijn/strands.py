"""DNA that shows every word or its reverse complement, close to half as long.

Double-stranded DNA is read on both strands, so a probe set (a protein-binding
microarray) needs only one of each word and its opposite.
"""

from dataclasses import dataclass

import numpy as np

from bioloom.debruijn import _strands
from bioloom.debruijn.data import Codes, Words
from bioloom.debruijn.errors import BadWords
from bioloom.seq.alphabet import BASES, reverse_complement

MOST_ORDER = 14


@dataclass(frozen=True, slots=True)
class DoubleSequence:
    """A cyclic DNA sequence that covers all words on one of its strands.

    Parameters
    ----------
    order
        Letters of a word.
    codes
        Base codes.
    """

    order: int
    codes: Codes

    @property
    def text(self) -> str:
        """The letters, as a cycle."""
        return Words(BASES, self.order).spelled(self.codes)

    @property
    def lower_bound(self) -> int:
        """Letters that no such cycle can go below; see `least_length`."""
        return least_length(self.order)

    def hits(self) -> Codes:
        """How often each of the ``4**order`` words is seen on either strand."""
        hits = np.zeros(4**self.order, dtype=np.uint8)
        _strands.cover(self.order, self.codes, hits)
        return hits


def both_strands(order: int) -> DoubleSequence:
    """A cyclic DNA sequence with each word of `order` letters or its opposite.

    Raises
    ------
    BadWords
        If the order is not 1 to 14.

    Notes
    -----
    Words are edges between words of ``order - 1`` letters, and an edge is taken with
    its opposite. For odd orders every node keeps as many ways in as out (a node that
    is its own opposite loses one of each with every visit), so a closed walk takes
    each pair once: the shortest possible. For even orders a word can be its own
    opposite, which leaves nodes unbalanced; they are joined in pairs by the shortest
    paths that a greedy choice finds. Time and memory O(4^order).

    References
    ----------
    Orenstein Y., Shamir R. (2013) Design of shortest double-stranded DNA sequences
    covering all k-mers. Bioinformatics 29:i71. doi:10.1093/bioinformatics/btt230

    Examples
    --------
    >>> sequence = both_strands(3)
    >>> len(sequence.codes), sequence.lower_bound
    (32, 32)
    """
    if not 1 <= order <= MOST_ORDER:
        raise BadWords(
            where="order",
            found=str(order),
            expected=f"1 to {MOST_ORDER} for both strands",
            advice="Give a lower order, or a sequence for one strand.",
        )
    left = np.ones(4**order, dtype=np.uint8)
    if order % 2 == 0:
        _add_paths(order, left)
    room = int(left.sum(dtype=np.int64))
    out = np.empty(room, dtype=np.uint8)
    begin = _strands.fill_double_circuit(order, left, out)
    return DoubleSequence(order, out[begin:].copy())


def least_length(order: int) -> int:
    """Letters that no cycle can go below.

    There are ``(4^n + p)/2`` pairs, of which ``p = 4^(n/2)`` words are their own
    opposite for even n. Then ``p - 4`` nodes have one way less on one side, and each
    further letter helps two of them.
    """
    own: int = 4 ** (order // 2) if order % 2 == 0 else 0
    pairs: int = (4**order + own) // 2
    return pairs + max(0, own - 4) // 2


def _add_paths(order: int, left: Codes) -> None:
    """Words to be taken once more so that every node can be left as often as reached.

    A palindrome with a letter before it is short of ways in; so its opposite is short
    of ways out, from where a path leads to another such node.
    """
    ends = _short_of_ways(order)
    waiting = dict.fromkeys(ends)
    joined: list[str] = []
    for overlap in range(order - 2, -1, -1):
        by_start: dict[str, list[str]] = {}
        for end in waiting:
            by_start.setdefault(end[:overlap], []).append(end)
        for end in list(waiting):
            if end not in waiting:
                continue
            begin = reverse_complement(end)
            tail = begin[len(begin) - overlap :]
            found = next(
                (x for x in by_start.get(tail, []) if x in waiting and x != end), None
            )
            if found is not None:
                del waiting[end], waiting[found]
                joined.append(begin + found[overlap:])
    words = Words(BASES, order)
    for path in joined:
        for i in range(len(path) - order + 1):
            _take_again(words, path[i : i + order], left)


def _short_of_ways(order: int) -> list[str]:
    """Nodes with more ways out than in: a letter, then a palindrome."""
    half = Words(BASES, (order - 2) // 2) if order > 2 else None
    halves = [""] if half is None else _all_words(half)
    palindromes = [one + reverse_complement(one) for one in halves]
    nodes = [letter + one for one in palindromes for letter in BASES]
    return [one for one in nodes if one[:-1] != reverse_complement(one[:-1])]


def _all_words(words: Words) -> list[str]:
    return [
        words.spelled(np.array(index, dtype=np.uint8))
        for index in np.ndindex((4,) * words.order)
    ]


def _take_again(words: Words, word: str, left: Codes) -> None:
    number = 0
    for code in words.codes_of(word):
        number = 4 * number + int(code)
    other = int(_strands.opposite(number, words.order))
    left[number] += 1
    if other != number:
        left[other] += 1
