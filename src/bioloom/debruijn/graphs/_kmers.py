"""Kernels on arrays of k-mers, narrow or wide, which `_packed` tells apart.

A k-mer and its reverse complement are the same: the smaller number, the canonical one,
represents both. k is odd, so that none is its own reverse complement.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs._packed import (
    at,
    base_of,
    before,
    extend,
    first_of,
    is_less,
    last_of,
    leading,
    put,
    turned,
)
from bioloom.run.jit import kernel

Kmers = NDArray[np.uint64]
Counts = NDArray[np.uint32]
Codes = NDArray[np.uint8]
Places = NDArray[np.uint32]

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

    number: int | np.int64
    side: int | np.int64


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
def cut(codes: Codes, k: int, none: Any, out: Kmers) -> int:
    """Write the canonical k-mers of base codes; none spans an unknown base.

    `none` is a k-mer of zeros, narrow or wide.
    """
    forward, backward = none, none
    n_known, n = 0, 0
    for code in codes:
        if code > 3:
            n_known = 0
            continue
        base = np.uint64(code)
        forward = extend(forward, base, k)
        backward = before(backward, THREE - base, k)
        n_known += 1
        if n_known >= k:
            put(out, n, forward if is_less(forward, backward) else backward)
            n += 1
    return n


@kernel
def tally(kmers: Kmers, counts: Counts) -> int:
    """Reduce sorted k-mers to the distinct ones, with counts; return their number."""
    n = 0
    for i in range(kmers.shape[0]):
        kmer = at(kmers, i)
        if n > 0 and at(kmers, n - 1) == kmer:
            counts[n - 1] += counts[n - 1] < 0xFFFFFFFF
        else:
            put(kmers, n, kmer)
            counts[n] = 1
            n += 1
    return n


@kernel
def bucket_starts(kmers: Kmers, shift: int, starts: NDArray[np.int64]) -> None:
    """Find where the k-mers of each leading bit pattern begin."""
    for i in range(kmers.shape[0]):
        starts[leading(at(kmers, i), shift) + 1] += 1
    for i in range(1, starts.size):
        starts[i] += starts[i - 1]


@kernel
def find(index: Index, kmer: Any) -> int:
    """Number of a canonical k-mer; -1 if it does not occur."""
    kmers, starts, shift = index
    bucket = leading(kmer, shift)
    low, high = starts[bucket], starts[bucket + 1]
    while high - low > 8:
        middle = (low + high) >> 1
        if is_less(kmer, at(kmers, middle)):
            high = middle
        else:
            low = middle
    for i in range(low, high):
        if at(kmers, i) == kmer:
            return i
    return -1


@kernel
def extensions(index: Index, k: int, out: Codes, after: Places) -> None:
    """Bases that follow each k-mer: bits 0-3 to the right, 4-7 of its complement.

    Bit b is set if the k-mer without its first base, followed by base b, occurs; where
    one occurs, `after` has twice its number, and one more if it is read reversed.
    """
    kmers = index[0]
    for i in range(kmers.shape[0]):
        bits = 0
        for side in range(2):
            kmer = at(kmers, i) if side == 0 else turned(at(kmers, i), k)
            for letter in range(4):
                right = extend(kmer, letter, k)
                other = turned(right, k)
                new_side = 0 if is_less(right, other) else 1
                j = find(index, right if new_side == 0 else other)
                if j >= 0:
                    bits |= 1 << (letter + 4 * side)
                    after[i, side] = 2 * j + new_side
        out[i] = bits


@kernel
def is_single(bits: int) -> bool:
    """Whether a set has one base."""
    return bits > 0 and (bits & (bits - 1)) == 0


@kernel
def step(masks: Codes, after: Places, place: Oriented) -> Oriented:
    """The only k-mer that follows, if this is the only one before it; else -1."""
    i, side = place
    if not is_single((masks[i] >> (4 * side)) & 15):
        return Oriented(-1, 0)
    j = np.int64(after[i, side] >> 1)
    new_side = np.int64(after[i, side] & 1)
    back = (masks[j] >> (4 * (1 - new_side))) & 15
    if j == i or not is_single(back):
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
    masks: Codes,
    after: Places,
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
    i, side = step(masks, after, start)
    while i >= 0 and not is_done[i]:
        order[filled] = i
        sides[filled] = side ^ direction
        is_done[i] = True
        filled += 1
        i, side = step(masks, after, Oriented(i, side))
    return -filled if i == first else filled


@kernel
def fill_paths(masks: Codes, after: Places, paths: Paths) -> int:
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
        filled = follow(masks, after, paths, is_done, start, begin + 1)
        if filled < 0:
            filled = -filled
            circles[n] = 1
        else:  # to the left as well, then reversed
            flip(order, begin, filled)
            flip(sides, begin, filled)
            start = Oriented(first, 1)
            filled = follow(masks, after, paths, is_done, start, filled)
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
            kmer = at(kmers, order[j])
            if sides[j] == 1:
                kmer = turned(kmer, k)
            if j == begins[n]:
                for b in range(k - 1):
                    out[place] = base_of(kmer, b, k)
                    place += 1
            out[place] = base_of(kmer, k - 1, k)
            place += 1


@kernel
def write_nodes(kmers: Kmers, k: int, paths: Paths, out: Kmers, turns: Codes) -> None:
    """Write the (k-1)-mers where paths begin and end, and 1 where one is turned."""
    order, sides, begins, _ = paths
    for n in range(begins.size - 1):
        for end in range(2):
            j = begins[n + 1] - 1 if end == 1 else begins[n]
            kmer = at(kmers, order[j])
            if sides[j] == 1:
                kmer = turned(kmer, k)
            node = last_of(kmer, k) if end == 1 else first_of(kmer, k)
            other = turned(node, k - 1)
            is_turned = is_less(other, node)
            put(out, 2 * n + end, other if is_turned else node)
            turns[2 * n + end] = 1 if is_turned else 0


@kernel
def turn_all(kmers: Kmers, k: int, out: Kmers) -> None:
    """Reverse complements of many k-mers."""
    for i in range(kmers.shape[0]):
        put(out, i, turned(at(kmers, i), k))
