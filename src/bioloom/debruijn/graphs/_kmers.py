"""Kernels on k-mers packed into 64 bits, two bits per base, the first base highest.

A k-mer and its reverse complement are the same: the smaller number, the canonical one,
represents both. k is odd, so that none is its own reverse complement.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Kmers = NDArray[np.uint64]
Counts = NDArray[np.uint32]
Codes = NDArray[np.uint8]

TWO = np.uint64(2)
THREE = np.uint64(3)


class Index(NamedTuple):
    """Sorted k-mers, and where those of each leading bit pattern begin.

    `shift` is the number of bits after the pattern.
    """

    kmers: Kmers
    starts: NDArray[np.int64]
    shift: int


class Oriented(NamedTuple):
    """A k-mer by number; side 0 is as stored, 1 its reverse complement."""

    number: int
    side: int


class Paths(NamedTuple):
    """Unbranched paths.

    Parameters
    ----------
    order
        Numbers of the k-mers, path by path.
    sides
        0 where a k-mer is read as stored, 1 where reversed.
    begins
        Where each path begins in `order`; one more than there are paths.
    circles
        Whether each path is a circle.
    """

    order: NDArray[np.int32]
    sides: Codes
    begins: NDArray[np.int64]
    circles: Codes


@kernel
def turned(kmer: Any, k: int) -> Any:
    """The reverse complement: bits inverted, bases in reverse order."""
    x = ~np.uint64(kmer)
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
    x = (x >> np.uint64(32)) | (x << np.uint64(32))
    return x >> np.uint64(64 - 2 * k)


@kernel
def cut(codes: Codes, k: int, out: Kmers) -> int:
    """Write the canonical k-mers of base codes; none spans an unknown base."""
    mask = (np.uint64(1) << np.uint64(2 * k)) - np.uint64(1)
    top = np.uint64(2 * (k - 1))
    forward, backward = np.uint64(0), np.uint64(0)
    n_known, n = 0, 0
    for code in codes:
        if code > 3:
            n_known = 0
            continue
        base = np.uint64(code)
        forward = ((forward << TWO) | base) & mask
        backward = (backward >> TWO) | ((THREE - base) << top)
        n_known += 1
        if n_known >= k:
            out[n] = min(forward, backward)
            n += 1
    return n


@kernel
def tally(kmers: Kmers, counts: Counts) -> int:
    """Reduce sorted k-mers to the distinct ones, with counts; return their number."""
    n = 0
    for i in range(kmers.size):
        if n > 0 and kmers[n - 1] == kmers[i]:
            counts[n - 1] += counts[n - 1] < 0xFFFFFFFF
        else:
            kmers[n] = kmers[i]
            counts[n] = 1
            n += 1
    return n


@kernel
def bucket_starts(kmers: Kmers, shift: int, starts: NDArray[np.int64]) -> None:
    """Find where the k-mers of each leading bit pattern begin."""
    for kmer in kmers:
        starts[np.int64(kmer >> np.uint64(shift)) + 1] += 1
    for i in range(1, starts.size):
        starts[i] += starts[i - 1]


@kernel
def find(index: Index, kmer: Any) -> int:
    """Number of a canonical k-mer; -1 if it does not occur."""
    kmers, starts, shift = index
    bucket = np.int64(np.uint64(kmer) >> np.uint64(shift))
    low, high = starts[bucket], starts[bucket + 1]
    while high - low > 8:
        middle = (low + high) >> 1
        if kmers[middle] <= kmer:
            low = middle
        else:
            high = middle
    for i in range(low, high):
        if kmers[i] == kmer:
            return i
    return -1


@kernel
def extend(kmer: Any, letter: int, k: int) -> Any:
    """The k-mer one base to the right."""
    mask = (np.uint64(1) << np.uint64(2 * k)) - np.uint64(1)
    return ((np.uint64(kmer) << TWO) | np.uint64(letter)) & mask


@kernel
def extensions(index: Index, k: int, out: Codes) -> None:
    """Bases that follow each k-mer: bits 0-3 to the right, 4-7 of its complement.

    Bit b is set if the k-mer without its first base, followed by base b, occurs.
    """
    kmers = index[0]
    for i in range(kmers.size):
        bits = 0
        for side in range(2):
            kmer = kmers[i] if side == 0 else turned(kmers[i], k)
            for letter in range(4):
                right = extend(kmer, letter, k)
                if find(index, min(right, turned(right, k))) >= 0:
                    bits |= 1 << (letter + 4 * side)
        out[i] = bits


@kernel
def only_letter(bits: int) -> int:
    """The base of a set with one base, else -1."""
    if bits == 1:
        return 0
    if bits == 2:
        return 1
    if bits == 4:
        return 2
    return 3 if bits == 8 else -1


@kernel
def step(index: Index, masks: Codes, k: int, place: Oriented) -> Oriented:
    """The only k-mer that follows, if this is the only one before it; else -1."""
    i, side = place
    letter = only_letter((masks[i] >> (4 * side)) & 15)
    if letter < 0:
        return Oriented(-1, 0)
    kmer = index[0][i] if side == 0 else turned(index[0][i], k)
    right = extend(kmer, letter, k)
    other = turned(right, k)
    j = find(index, min(right, other))
    new_side = 0 if right < other else 1
    back = (masks[j] >> (4 * (1 - new_side))) & 15
    if j == i or only_letter(back) < 0:
        return Oriented(-1, 0)
    return Oriented(j, new_side)


@kernel
def flip(values: NDArray, begin: int, end: int) -> None:
    """Reverse a part in place."""
    end -= 1
    while begin < end:
        first = values[begin]
        values[begin] = values[end]
        values[end] = first
        begin += 1
        end -= 1


@kernel
def follow(
    index: Index,
    masks: Codes,
    k: int,
    paths: Paths,
    is_done: NDArray[np.bool_],
    start: Oriented,
    filled: int,
) -> int:
    """Append the k-mers after one of them to a path; return where that ends.

    The end is negative if the path came back to that k-mer.
    """
    order, sides, _, _ = paths
    first, direction = start
    i, side = step(index, masks, k, start)
    while i >= 0 and not is_done[i]:
        order[filled] = i
        sides[filled] = side ^ direction
        is_done[i] = True
        filled += 1
        i, side = step(index, masks, k, Oriented(i, side))
    return -filled if i == first else filled


@kernel
def fill_paths(index: Index, masks: Codes, k: int, paths: Paths) -> int:
    """Find the maximal unbranched paths; each k-mer is in one. Return their number."""
    order, sides, begins, circles = paths
    is_done = np.zeros(masks.size, dtype=np.bool_)
    filled, n = 0, 0
    for first in range(masks.size):
        if is_done[first]:
            continue
        begin = filled
        order[begin], sides[begin] = first, 0
        is_done[first] = True
        start = Oriented(first, 0)
        filled = follow(index, masks, k, paths, is_done, start, begin + 1)
        if filled < 0:
            filled = -filled
            circles[n] = 1
        else:  # to the left as well, then reversed
            flip(order, begin, filled)
            flip(sides, begin, filled)
            start = Oriented(first, 1)
            filled = follow(index, masks, k, paths, is_done, start, filled)
            flip(order, begin, filled)
            flip(sides, begin, filled)
        begins[n] = begin
        n += 1
    begins[n] = filled
    return n


@kernel
def spell(kmers: Kmers, k: int, paths: Paths, out: Codes) -> None:
    """Write the base codes of all paths; each has k - 1 more than k-mers."""
    order, sides, begins, _ = paths
    place = 0
    for n in range(begins.size - 1):
        for j in range(begins[n], begins[n + 1]):
            kmer = kmers[order[j]]
            if sides[j] == 1:
                kmer = turned(kmer, k)
            if j == begins[n]:
                for b in range(k - 1):
                    shift = np.uint64(2 * (k - 1 - b))
                    out[place] = np.uint8((kmer >> shift) & THREE)
                    place += 1
            out[place] = np.uint8(kmer & THREE)
            place += 1


@kernel
def turn_all(kmers: Kmers, k: int, out: Kmers) -> None:
    """Reverse complements of many k-mers."""
    for i in range(kmers.size):
        out[i] = turned(kmers[i], k)
