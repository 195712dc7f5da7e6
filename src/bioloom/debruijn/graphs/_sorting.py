"""Kernels that sort and search wide k-mers; numpy does so for narrow ones."""

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs._packed import at, is_less, put
from bioloom.run.jit import kernel

Kmers = NDArray[np.uint64]
FEW = 24  # k-mers sorted by insertion


@kernel
def sort_few(kmers: Kmers, begin: int, end: int) -> None:
    """Sort a short part by insertion."""
    for i in range(begin + 1, end):
        kmer, j = at(kmers, i), i
        while j > begin and is_less(kmer, at(kmers, j - 1)):
            put(kmers, j, at(kmers, j - 1))
            j -= 1
        put(kmers, j, kmer)


@kernel
def swap(kmers: Kmers, i: int, j: int) -> None:
    """Exchange two k-mers."""
    first = at(kmers, i)
    put(kmers, i, at(kmers, j))
    put(kmers, j, first)


@kernel
def divide(kmers: Kmers, begin: int, end: int) -> int:
    """Move k-mers so that none of the first part is greater than one of the second.

    Returns where the second part begins (Hoare's partition; the pivot is the median of
    the first, middle and last).
    """
    middle = (begin + end) >> 1
    if is_less(at(kmers, middle), at(kmers, begin)):
        swap(kmers, middle, begin)
    if is_less(at(kmers, end - 1), at(kmers, begin)):
        swap(kmers, end - 1, begin)
    if is_less(at(kmers, end - 1), at(kmers, middle)):
        swap(kmers, end - 1, middle)
    pivot = at(kmers, middle)
    i, j = begin, end - 1
    while True:
        while is_less(at(kmers, i), pivot):
            i += 1
        while is_less(pivot, at(kmers, j)):
            j -= 1
        if i >= j:
            return j + 1
        swap(kmers, i, j)
        i, j = i + 1, j - 1


@kernel
def sort_wide(kmers: Kmers) -> None:
    """Sort the rows in place (quicksort, the longer part kept for later)."""
    waiting = np.empty((128, 2), dtype=np.int64)
    waiting[0, 0], waiting[0, 1], n = 0, kmers.shape[0], 1
    while n > 0:
        n -= 1
        begin, end = waiting[n, 0], waiting[n, 1]
        while end - begin > FEW:
            middle = divide(kmers, begin, end)
            if middle - begin > end - middle:
                waiting[n, 0], waiting[n, 1], n = begin, middle, n + 1
                begin = middle
            else:
                waiting[n, 0], waiting[n, 1], n = middle, end, n + 1
                end = middle
        sort_few(kmers, begin, end)


@kernel
def first_from(kmers: Kmers, word: np.uint64) -> int:
    """Number of the first wide k-mer whose first word is not less."""
    low, high = 0, kmers.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if kmers[middle, 0] < word:
            low = middle + 1
        else:
            high = middle
    return low
