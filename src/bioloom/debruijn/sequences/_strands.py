"""Kernels on words of DNA and their reverse complements, as numbers.

Letters are 0 to 3 in the order ACGT, so that a letter's complement is 3 minus it.
"""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Counts = NDArray[np.uint8]


@kernel
def opposite(word: int, length: int) -> int:
    """Number of the reverse complement."""
    turned = 0
    for _ in range(length):
        turned = (turned << 2) | (3 - (word & 3))
        word >>= 2
    return turned


@kernel
def fill_double_circuit(order: int, left: Counts, out: Counts) -> int:
    """Write a closed walk that uses each word or its reverse complement (Hierholzer).

    Parameters
    ----------
    order
        Letters of a word.
    left
        How often each word is still to be used, ``4**order``; a word and its reverse
        complement are counted down together. All zeros at the end.
    out
        Room for the letters, filled from its end.

    Returns
    -------
    Where the walk begins in `out`.
    """
    overlap = order - 1
    mask = (1 << (2 * overlap)) - 1
    highest = 2 * (overlap - 1)
    path = np.zeros(out.size + overlap, dtype=np.uint8)
    top, node, begin = overlap, 0, out.size
    while True:
        word = node << 2
        letter = 0
        while letter < 4 and left[word | letter] == 0:
            letter += 1
        if letter < 4:
            word |= letter
            other = opposite(word, order)
            left[word] -= 1
            if other != word:
                left[other] -= 1
            path[top] = letter
            top += 1
            node = word & mask
        elif top > overlap:
            top -= 1
            begin -= 1
            out[begin] = path[top]
            node >>= 2
            if overlap > 0:
                node |= int(path[top - overlap]) << highest
        else:
            return begin


@kernel
def cover(order: int, codes: Counts, hits: Counts) -> None:
    """Count each word of a cycle and its reverse complement, at most 255 times."""
    mask = (1 << (2 * order)) - 1
    word = 0
    for i in range(codes.size + order - 1):
        word = ((word << 2) | codes[i % codes.size]) & mask
        if i >= order - 1:
            other = opposite(word, order)
            hits[word] += hits[word] < 255
            if other != word:
                hits[other] += hits[other] < 255
