"""Place of a word in the least De Bruijn sequence, without building it.

The least sequence concatenates the Lyndon words whose length divides the order. So a
Lyndon word begins after as many letters as there are words with a smaller least
rotation, and these can be counted: a word has no rotation below the prefix-periodic
word v if its letters lead once around the automaton that matches v, in which a larger
letter leads back to the start and a smaller one is forbidden.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bioloom.debruijn.sequences.words import Words

Letters = list[int]


class Rotation(NamedTuple):
    """The least rotation of a word: where it begins (below its period), its period."""

    shift: int
    period: int


class _Block(NamedTuple):
    """A Lyndon word, and where its block begins in the sequence."""

    lyndon: Letters
    begin: int


def locate(words: Words, word: str) -> int:
    """Place of a word in the least cyclic sequence, counted from 0.

    Parameters
    ----------
    words
        Alphabet and order of the sequence.
    word
        One of them.

    Raises
    ------
    BadWords
        If it has another length or alphabet.

    Notes
    -----
    Let w = ab, where ba is its least rotation. If a has a letter below the highest, the
    block of that rotation is followed by one that begins with b, and w lies where a
    begins. Else the least rotation above b0…0 begins right after a. Time
    O(order²) operations on numbers of as many bits as the sequence's length has; no
    part of the sequence is built.

    References
    ----------
    Kociumaka T., Radoszewski J., Rytter W. (2014) Computing k-th Lyndon word and
    decoding lexicographically minimal de Bruijn sequence. CPM.
    doi:10.1007/978-3-319-07566-2_21

    Examples
    --------
    >>> locate(Words("ACGT", 30), "T" * 30) == 4**30 - 30
    True
    """
    size = words.alphabet_size
    codes = [int(code) for code in words.checked_word(word)]
    if min(codes) == size - 1:  # the sequence ends with it
        return (words.n_words - words.order) % words.n_words
    shift, period = least_rotation(codes)
    moved, rest = codes[:shift], codes[shift:]
    if moved and min(moved) == size - 1:
        return (_words_below(_repeated(rest, len(codes)), size) - shift) % words.n_words
    begin = _words_below(rest + moved, size)
    return begin + (period - shift) % period


def window_at(words: Words, place: int) -> str:
    """The word at a place of the least cyclic sequence; the inverse of `locate`.

    Examples
    --------
    >>> window_at(Words("ACGT", 30), 4**30 - 30) == "T" * 30
    True
    """
    place %= words.n_words
    lyndon, begin = _block_at(words, place)
    letters = _letters_from(lyndon, words)
    skipped = place - begin
    window = [next(letters) for _ in range(skipped + words.order)][skipped:]
    return "".join(words.letters[letter] for letter in window)


def least_rotation(codes: Sequence[int]) -> Rotation:
    """The least rotation of a word.

    Booth's algorithm in Duval's form: linear time.

    Examples
    --------
    >>> least_rotation([1, 0, 1, 0])
    Rotation(shift=1, period=2)
    """
    doubled = [*codes, *codes]
    n, begin = len(codes), 0
    while True:
        i, j = begin + 1, begin
        while i < len(doubled) and doubled[j] <= doubled[i]:
            j = begin if doubled[j] < doubled[i] else j + 1
            i += 1
        period = i - j
        if begin + period * ((i - begin) // period) >= n:
            return Rotation(begin % min(period, n), min(period, n))
        begin += period * ((i - begin) // period)


def _words_below(bound: Letters, size: int) -> int:
    """Number of words with a least rotation below `bound`.

    Closed walks of n steps in the automaton all pass its start; with the cycles of
    length j weighing c_j they number p_n, where p_m = m c_m + sum_j c_j p_(m-j)
    (Newton's identities).
    """
    n = len(bound)
    cycles = [size - 1 - letter for letter in bound]
    walks: list[int] = []
    for m in range(1, n + 1):
        shorter = sum(c * walks[m - 1 - j] for j, c in enumerate(cycles[: m - 1], 1))
        walks.append(m * cycles[m - 1] + shorter)
    below = int(size**n) - walks[-1]
    shift, period = least_rotation(bound)
    return below - period if shift == 0 else below


def _repeated(prefix: Letters, length: int) -> Letters:
    """The least continuation of a prefix that keeps it its own least rotation."""
    grown, period = list(prefix), 1
    for i in range(1, len(prefix)):
        if prefix[i] != prefix[i - period]:
            period = i + 1
    while len(grown) < length:
        grown.append(grown[-period])
    return grown


def _block_at(words: Words, place: int) -> _Block:
    """The block that contains a place."""
    size, order = words.alphabet_size, words.order
    prefix: Letters = []
    while len(prefix) < order:
        least = _repeated(prefix, len(prefix) + 1)[-1] if prefix else 0
        low, high = least, size - 1
        while low < high:  # the highest letter that begins no later
            middle = (low + high + 1) // 2
            bound = _repeated([*prefix, middle], order)
            if _words_below(bound, size) <= place:
                low = middle
            else:
                high = middle - 1
        prefix.append(low)
    _, period = least_rotation(prefix)
    return _Block(prefix[:period], _words_below(prefix, size))


def _letters_from(lyndon: Letters, words: Words) -> Iterator[int]:
    """Letters of the least sequence from the block of a Lyndon word on."""
    size, order = words.alphabet_size, words.order
    while True:
        if order % len(lyndon) == 0:
            yield from lyndon
        lyndon = (lyndon * order)[:order]
        while lyndon and lyndon[-1] == size - 1:
            lyndon.pop()
        lyndon = [*lyndon[:-1], lyndon[-1] + 1] if lyndon else [0]
