"""Kernels that walk the De Bruijn graph of all words, letter by letter.

Nodes are the words of ``order - 1`` letters, numbered in the order of the alphabet;
leaving a node by a letter drops its first letter and appends the new one.
"""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Codes = NDArray[np.uint8]

LANE = 16  # letters copied at once


@kernel
def fill_least(
    alphabet_size: int,
    order: int,
    word: Codes,
    next_length: NDArray[np.int64],
    out: Codes,
) -> int:
    """Continue the least sequence in a block; Duval's walk over Lyndon words.

    Parameters
    ----------
    alphabet_size, order
        Number of letters, and letters of a word.
    word
        The Lyndon word that comes next, at the beginning; there are `LANE` more places
        than the order.
    next_length
        Its length, shape (1,), which is updated; 0 when there is none left.
    out
        Block to fill: room for as many words as letters, and `LANE`.

    Returns
    -------
    Letters written.
    """
    length = next_length[0]
    used, most = 0, out.size - LANE - alphabet_size * order
    while length > 0 and used <= most:
        is_full = length == order
        if is_full or order % length == 0:
            lowest = word[length - 1]
            # with a higher last letter, a full one is the next of these words
            for letter in range(lowest, alphabet_size if is_full else lowest + 1):
                for b in range(0, length, LANE):
                    # 16 letters, all read before any is written: one machine
                    # instruction; the surplus is overwritten later
                    w, o = word[b : b + LANE], out[used + b : used + b + LANE]
                    w0, w1, w2, w3, w4, w5 = w[0], w[1], w[2], w[3], w[4], w[5]
                    w6, w7, w8, w9, wa, wb = w[6], w[7], w[8], w[9], w[10], w[11]
                    wc, wd, we, wf = w[12], w[13], w[14], w[15]
                    o[0], o[1], o[2], o[3], o[4], o[5] = w0, w1, w2, w3, w4, w5
                    o[6], o[7], o[8], o[9], o[10], o[11] = w6, w7, w8, w9, wa, wb
                    o[12], o[13], o[14], o[15] = wc, wd, we, wf
                used += length
                out[used - 1] = letter
        for i in range(length, order):
            word[i] = word[i - length]
        length = order - is_full
        while length > 0 and word[length - 1] == alphabet_size - 1:
            length -= 1
        if length > 0:
            word[length - 1] += 1
    next_length[0] = length
    return used


@kernel
def fill_circuit(alphabet_size: int, order: int, tried: Codes, out: Codes) -> None:
    """Letters of an Eulerian circuit from node 0 back to it, by Hierholzer.

    `tried` counts the letters by which each node was left (zeros, one per node). The
    walk so far is stored only as letters: a node is the last `order` - 1 of them.
    """
    n_nodes = tried.size
    highest = n_nodes // alphabet_size  # place value of a node's first letter
    overlap = order - 1
    path = np.zeros(out.size + overlap, dtype=np.uint8)
    top, node, left = overlap, 0, out.size
    while left > 0:
        if tried[node] < alphabet_size:
            letter = alphabet_size - 1 - tried[node]
            tried[node] += 1
            path[top] = letter
            top += 1
            node = (node * alphabet_size + letter) % n_nodes
        else:
            top -= 1
            left -= 1
            out[left] = path[top]
            node //= alphabet_size
            if overlap > 0:
                node += path[top - overlap] * highest


@kernel
def last_exits(alphabet_size: int, rng: np.random.Generator, exits: Codes) -> None:
    """Letter by which each node is left for the last time: a uniform spanning tree.

    Wilson's algorithm: walk at random from each node to the tree that hangs on node 0
    so far; the last letter taken at each node stands.
    """
    n_nodes = exits.size
    is_placed = np.zeros(n_nodes, dtype=np.bool_)
    is_placed[0] = True
    for start in range(n_nodes):
        node = start
        while not is_placed[node]:
            exits[node] = rng.integers(0, alphabet_size)
            node = (node * alphabet_size + exits[node]) % n_nodes
        node = start
        while not is_placed[node]:
            is_placed[node] = True
            node = (node * alphabet_size + exits[node]) % n_nodes


@kernel
def shuffle_exits(
    alphabet_size: int, rng: np.random.Generator, exits: Codes, orders: Codes
) -> None:
    """Order in which each node is left by its letters, the last one as given.

    Node 0 has no last one, but a first: its loop, so that each cyclic sequence comes
    about in one way only. `orders` holds `alphabet_size` letters per node.
    """
    for node in range(exits.size):
        order = orders[node * alphabet_size : (node + 1) * alphabet_size]
        for i in range(alphabet_size):
            order[i] = i
        last = alphabet_size - 1
        first = 0
        if node == 0:
            first = 1
        else:
            order[exits[node]] = last
            order[last] = exits[node]
            last -= 1
        for i in range(last, first, -1):
            j = rng.integers(first, i + 1)
            letter = order[i]
            order[i] = order[j]
            order[j] = letter


@kernel
def follow_orders(alphabet_size: int, orders: Codes, out: Codes) -> None:
    """Letters of the circuit from node 0 that leaves each node in its order."""
    n_nodes = orders.size // alphabet_size
    taken = np.zeros(n_nodes, dtype=np.uint8)
    node = 0
    for i in range(out.size):
        letter = orders[node * alphabet_size + taken[node]]
        taken[node] += 1
        out[i] = letter
        node = (node * alphabet_size + letter) % n_nodes


@kernel
def zeros_begin(order: int, cycle: Codes) -> int:
    """Place in a cycle where `order` times the first letter begins; -1 if nowhere."""
    run = 0
    for i in range(cycle.size + order - 1):
        run = run + 1 if cycle[i % cycle.size] == 0 else 0
        if run >= order:
            return i - order + 1
    return -1


@kernel
def seen_once(alphabet_size: int, order: int, cycle: Codes) -> int:
    """First place of a cycle whose window occurred before; -1 if there is none."""
    n_words = alphabet_size**order
    occurred = np.zeros((n_words + 7) // 8, dtype=np.uint8)
    window = 0
    for i in range(cycle.size + order - 1):
        window = (window * alphabet_size + cycle[i % cycle.size]) % n_words
        if i >= order - 1:
            bit = np.uint8(1 << (window & 7))
            if occurred[window >> 3] & bit:
                return i - order + 1
            occurred[window >> 3] |= bit
    return -1
