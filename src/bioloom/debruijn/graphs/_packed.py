"""One k-mer as a number, two bits a base: narrow up to 31 bases, wide up to 127.

A narrow k-mer is 64 bits, its last base lowest; arrays of them have one dimension. A
wide k-mer is four times 64 bits, its first base highest and zeros behind the last;
arrays have a column for each word that k needs. Functions here take either; numba
compiles each for the kind that it is given, so that a narrow k-mer costs no more.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from bioloom.run.jit import kernel

MOST_NARROW = 31
ALL_BITS = 256
TWO, THREE = np.uint64(2), np.uint64(3)
ZERO = np.uint64(0)


def n_words(k: int) -> int:
    """Words of 64 bits that a k-mer needs."""
    return 1 if k <= MOST_NARROW else (2 * k + 63) // 64


def room_for(n: int, k: int) -> NDArray[np.uint64]:
    """An array for k-mers."""
    words = n_words(k)
    return np.empty(n if words == 1 else (n, words), dtype=np.uint64)


def nothing(k: int) -> Any:
    """A k-mer of zeros."""
    return ZERO if n_words(k) == 1 else (ZERO, ZERO, ZERO, ZERO)


@kernel
def turned_word(word: Any) -> Any:
    """The reverse complement of 32 bases."""
    x = ~np.uint64(word)
    x = ((x >> np.uint64(2)) & np.uint64(0x3333333333333333)) | (
        (x & np.uint64(0x3333333333333333)) << np.uint64(2)
    )
    x = ((x >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)) | (
        (x & np.uint64(0x0F0F0F0F0F0F0F0F)) << np.uint64(4)
    )
    x = ((x >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)) | (
        (x & np.uint64(0x00FF00FF00FF00FF)) << np.uint64(8)
    )
    x = ((x >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)) | (
        (x & np.uint64(0x0000FFFF0000FFFF)) << np.uint64(16)
    )
    return (x >> np.uint64(32)) | (x << np.uint64(32))


@kernel
def turned_narrow(kmer: Any, k: int) -> Any:
    """The reverse complement."""
    return turned_word(kmer) >> np.uint64(64 - 2 * k)


@kernel
def turned_wide(kmer: Any, k: int) -> Any:
    """The reverse complement: words and bases in reverse order, moved to the front."""
    a, b, c, d = (
        turned_word(kmer[3]),
        turned_word(kmer[2]),
        turned_word(kmer[1]),
        turned_word(kmer[0]),
    )
    for _ in range((ALL_BITS - 2 * k) >> 6):
        a, b, c, d = b, c, d, ZERO
    bits = np.uint64((ALL_BITS - 2 * k) & 63)
    if bits:
        rest = np.uint64(64) - bits
        a = (a << bits) | (b >> rest)
        b = (b << bits) | (c >> rest)
        c = (c << bits) | (d >> rest)
        d = d << bits
    return (a, b, c, d)


@kernel
def extend_narrow(kmer: Any, letter: Any, k: int) -> Any:
    """The k-mer one base to the right."""
    mask = (np.uint64(1) << np.uint64(2 * k)) - np.uint64(1)
    return ((np.uint64(kmer) << TWO) | np.uint64(letter)) & mask


@kernel
def extend_wide(kmer: Any, letter: Any, k: int) -> Any:
    """The k-mer one base to the right."""
    a, b, c, d = kmer
    last = np.uint64(62)
    a = (a << TWO) | (b >> last)
    b = (b << TWO) | (c >> last)
    c = (c << TWO) | (d >> last)
    return with_base((a, b, c, d << TWO), np.uint64(letter), k - 1)


@kernel
def with_base(kmer: Any, letter: Any, place: int) -> Any:
    """A wide k-mer with a base where it has none."""
    a, b, c, d = kmer
    bits = np.uint64(letter) << np.uint64(62 - 2 * (place & 31))
    word = place >> 5
    if word == 0:
        a |= bits
    elif word == 1:
        b |= bits
    elif word == 2:
        c |= bits
    else:
        d |= bits
    return (a, b, c, d)


@kernel
def first_wide(kmer: Any, k: int) -> Any:
    """The first k - 1 bases."""
    a, b, c, d = kmer
    mask = ~(THREE << np.uint64(62 - 2 * ((k - 1) & 31)))
    word = (k - 1) >> 5
    if word == 0:
        a &= mask
    elif word == 1:
        b &= mask
    elif word == 2:
        c &= mask
    else:
        d &= mask
    return (a, b, c, d)


@kernel
def first_narrow(kmer: Any, k: int) -> Any:  # noqa: ARG001 - as first_wide
    """The first k - 1 bases."""
    return np.uint64(kmer) >> TWO


@kernel
def last_narrow(kmer: Any, k: int) -> Any:
    """The last k - 1 bases."""
    return np.uint64(kmer) & ((np.uint64(1) << np.uint64(2 * k - 2)) - np.uint64(1))


@kernel
def last_wide(kmer: Any, k: int) -> Any:
    """The last k - 1 bases."""
    return first_wide(extend_wide(kmer, ZERO, k), k)


@kernel
def before_wide(kmer: Any, letter: Any, k: int) -> Any:
    """The k-mer one base to the left."""
    a, b, c, d = first_wide(kmer, k)
    last = np.uint64(62)
    d = (d >> TWO) | (c << last)
    c = (c >> TWO) | (b << last)
    b = (b >> TWO) | (a << last)
    return ((a >> TWO) | (np.uint64(letter) << last), b, c, d)


@kernel
def base_narrow(kmer: Any, place: int, k: int) -> Any:
    """Code of the base at a place, counted from 0."""
    return np.uint8((kmer >> np.uint64(2 * (k - 1 - place))) & THREE)


@kernel
def base_wide(kmer: Any, place: int, k: int) -> Any:  # noqa: ARG001 - as base_narrow
    """Code of the base at a place, counted from 0."""
    word = kmer[3]
    if place < 32:
        word = kmer[0]
    elif place < 64:
        word = kmer[1]
    elif place < 96:
        word = kmer[2]
    return np.uint8((word >> np.uint64(62 - 2 * (place & 31))) & THREE)


@kernel
def before_narrow(kmer: Any, letter: Any, k: int) -> Any:
    """The k-mer one base to the left."""
    return (np.uint64(kmer) >> TWO) | (np.uint64(letter) << np.uint64(2 * (k - 1)))


@kernel
def at_narrow(kmers: Any, i: int) -> Any:
    """A k-mer of an array."""
    return kmers[i]


@kernel
def at_wide(kmers: Any, i: int) -> Any:
    """A k-mer of an array."""
    n = kmers.shape[1]
    return (
        kmers[i, 0],
        kmers[i, 1],
        kmers[i, 2] if n > 2 else ZERO,
        kmers[i, 3] if n > 3 else ZERO,
    )


@kernel
def put_narrow(kmers: Any, i: int, kmer: Any) -> None:
    """Write a k-mer into an array."""
    kmers[i] = kmer


@kernel
def put_wide(kmers: Any, i: int, kmer: Any) -> None:
    """Write a k-mer into an array."""
    n = kmers.shape[1]
    kmers[i, 0], kmers[i, 1] = kmer[0], kmer[1]
    if n > 2:
        kmers[i, 2] = kmer[2]
    if n > 3:
        kmers[i, 3] = kmer[3]


@kernel
def less_narrow(first: Any, second: Any) -> bool:
    """Whether one k-mer is before another."""
    return bool(first < second)


@kernel
def less_wide(first: Any, second: Any) -> bool:
    """Whether one k-mer is before another."""
    for i in range(4):
        if first[i] != second[i]:
            return bool(first[i] < second[i])
    return False


@kernel
def leading_narrow(kmer: Any, shift: int) -> Any:
    """The first bits."""
    return np.int64(np.uint64(kmer) >> np.uint64(shift))


@kernel
def leading_wide(kmer: Any, shift: int) -> Any:
    """The first bits."""
    return np.int64(kmer[0] >> np.uint64(shift))


def either(narrow: Callable[..., Any], wide: Callable[..., Any]) -> Callable[..., Any]:
    """The function for both kinds, told apart when a kernel is compiled."""

    def chosen(*given: Any) -> Any:
        """As the interpreter runs it."""
        is_wide = isinstance(given[0], tuple) or np.ndim(given[0]) > 1
        return (wide if is_wide else narrow)(*given)

    @overload(chosen, strict=False)
    def _compiled(*given: Any) -> Any:
        is_tuple = isinstance(given[0], types.BaseTuple)
        is_wide = is_tuple or getattr(given[0], "ndim", 1) > 1
        return (wide if is_wide else narrow).py_func  # type: ignore[attr-defined]

    return chosen


turned = either(turned_narrow, turned_wide)
extend = either(extend_narrow, extend_wide)
first_of = either(first_narrow, first_wide)
last_of = either(last_narrow, last_wide)
before = either(before_narrow, before_wide)
base_of = either(base_narrow, base_wide)
at = either(at_narrow, at_wide)
put = either(put_narrow, put_wide)
is_less = either(less_narrow, less_wide)
leading = either(leading_narrow, leading_wide)
