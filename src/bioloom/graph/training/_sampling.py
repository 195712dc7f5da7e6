"""Kernels that sample neighbours and number the sampled nodes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.models._kernels import Rows
from bioloom.run.jit import kernel

Numbers = NDArray[np.integer]


class Drawn(NamedTuple):
    """Sampled entries of some rows.

    Parameters
    ----------
    begins
        Where each row begins among the entries.
    entries
        Their numbers in A.
    """

    begins: Numbers
    entries: Numbers


class Numbered(NamedTuple):
    """All nodes in their new order, and the new numbers of the columns."""

    nodes: NDArray[np.int64]
    columns: Numbers


@kernel
def draw(A: Rows, nodes: Numbers, fanout: int, rng: np.random.Generator) -> Drawn:
    """Sample at most `fanout` entries of each node's row, without replacement.

    References
    ----------
    Floyd's method: Bentley J., Floyd B. (1987) Commun ACM 30:754.
    doi:10.1145/30401.315746
    """
    indptr, _ = A
    begins = np.zeros(len(nodes) + 1, dtype=np.int64)
    for i in range(len(nodes)):
        degree = indptr[nodes[i] + 1] - indptr[nodes[i]]
        begins[i + 1] = begins[i] + min(degree, fanout)
    entries = np.empty(begins[-1], dtype=np.int64)
    for i in range(len(nodes)):
        first, degree = indptr[nodes[i]], indptr[nodes[i] + 1] - indptr[nodes[i]]
        chosen = entries[begins[i] : begins[i + 1]]
        for k in range(len(chosen)):
            latest = degree - len(chosen) + k
            entry = first + latest
            if degree > fanout:
                other = first + rng.integers(0, latest + 1)
                if not np.any(chosen[:k] == other):
                    entry = other
            chosen[k] = entry
    return Drawn(begins, entries)


@kernel
def number(nodes: Numbers, columns: Numbers, place: Numbers) -> Numbered:
    """Number the columns from 0, the given nodes first, then others as they appear.

    `place` is -1 for every node, before and after.
    """
    reached = np.empty(len(nodes) + len(columns), dtype=np.int64)
    count = len(nodes)
    reached[:count] = nodes
    for i in range(count):
        place[nodes[i]] = i
    local = np.empty(len(columns), dtype=np.int32)
    for k in range(len(columns)):
        j = columns[k]
        if place[j] < 0:
            place[j] = count
            reached[count] = j
            count += 1
        local[k] = place[j]
    for i in range(count):
        place[reached[i]] = -1
    return Numbered(reached[:count].copy(), local)
