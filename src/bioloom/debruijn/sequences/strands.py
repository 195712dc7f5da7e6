"""DNA that contains each word or its reverse complement: about half as long.

Double-stranded DNA is read on both strands, so a probe set (a protein-binding
microarray) needs only one of each word and its reverse complement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences import _strands
from bioloom.debruijn.sequences.words import Codes, Words
from bioloom.result import Result
from bioloom.seq.alphabet import BASES, reverse_complement

if TYPE_CHECKING:
    import pandas as pd

MOST_ORDER = 14


@dataclass(frozen=True, slots=True, repr=False)
class DoubleSequence(Result):
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
        """Least possible length of such a cycle; see `least_length`."""
        return least_length(self.order)

    @property
    def linear(self) -> str:
        """The letters, with the first ones repeated at the end."""
        n_more = self.order - 1
        return self.text + (self.text * (n_more // len(self.text) + 1))[:n_more]

    def __str__(self) -> str:
        """The letters, as a cycle."""
        return self.text

    def summary(self) -> str:
        """Order, length and the least possible length."""
        return (
            f"order {self.order} on both strands, length {len(self.codes):,}, "
            f"least possible {self.lower_bound:,}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per letter, from the cycle's beginning: place, window."""
        import pandas as pd

        around, n = self.linear, len(self.codes)
        windows = [around[i : i + self.order] for i in range(n)]
        return pd.DataFrame({"place": range(n), "window": windows})

    def hits(self) -> Codes:
        """How often each of the ``4**order`` words occurs on either strand."""
        hits = np.zeros(4**self.order, dtype=np.uint8)
        _strands.cover(self.order, self.codes, hits)
        return hits


def both_strands(order: int) -> DoubleSequence:
    """A cyclic DNA sequence with each word or its reverse complement.

    Raises
    ------
    BadWords
        If the order is not 1 to 14.

    Notes
    -----
    Words are edges between words of ``order - 1`` letters; an edge is used together
    with its reverse complement. For odd orders every node keeps as many edges in as out
    (a palindromic node loses one of each with every visit), so a closed walk uses each
    pair once, which is the shortest possible. For even orders a word can be a
    palindrome, which leaves nodes unbalanced; they are joined in pairs by the shortest
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


def double_sequence(letters: str, order: int, *, method: str) -> DoubleSequence:
    """As `both_strands`, for a user's options.

    Raises
    ------
    BadWords
        If the alphabet is not ACGT, or a method is chosen.
    """
    if method != "least" or sorted(letters) != sorted(BASES):
        raise BadWords(
            where="both strands",
            found=f"alphabet {letters} and method {method}",
            expected="the alphabet ACGT and no method",
            advice="Leave out the method, or build a sequence for one strand.",
        )
    return both_strands(order)


def least_length(order: int) -> int:
    """Least possible length of a cycle.

    There are ``(4^n + p)/2`` pairs; for even n, ``p = 4^(n/2)`` words are palindromes.
    Then ``p - 4`` nodes have one edge less on one side, and each additional letter
    helps two of them.
    """
    palindromes: int = 4 ** (order // 2) if order % 2 == 0 else 0
    pairs: int = (4**order + palindromes) // 2
    return pairs + max(0, palindromes - 4) // 2


def _add_paths(order: int, left: Codes) -> None:
    """Words to be used once more so that every node can be left as often as reached.

    A palindrome with a letter before it lacks an edge in; so its reverse complement
    lacks one out, from where a path leads to another such node.
    """
    ends = _unbalanced_nodes(order)
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
            partner = next(
                (x for x in by_start.get(tail, []) if x in waiting and x != end), None
            )
            if partner is not None:
                del waiting[end], waiting[partner]
                joined.append(begin + partner[overlap:])
    words = Words(BASES, order)
    for path in joined:
        for i in range(len(path) - order + 1):
            _use_again(words, path[i : i + order], left)


def _unbalanced_nodes(order: int) -> list[str]:
    """Nodes with more edges out than in: a letter, then a palindrome."""
    half = Words(BASES, (order - 2) // 2) if order > 2 else None
    halves = [""] if half is None else _all_words(half)
    palindromes = [half_word + reverse_complement(half_word) for half_word in halves]
    nodes = [letter + palindrome for palindrome in palindromes for letter in BASES]
    return [node for node in nodes if node[:-1] != reverse_complement(node[:-1])]


def _all_words(words: Words) -> list[str]:
    return [
        words.spelled(np.array(index, dtype=np.uint8))
        for index in np.ndindex((4,) * words.order)
    ]


def _use_again(words: Words, word: str, left: Codes) -> None:
    number = 0
    for code in words.codes_of(word):
        number = 4 * number + int(code)
    other = int(_strands.opposite(number, words.order))
    left[number] += 1
    if other != number:
        left[other] += 1
