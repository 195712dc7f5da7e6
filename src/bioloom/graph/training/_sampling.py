"""Drawing neighbours and numbering those that were drawn."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Numbers = NDArray[np.integer]
Rows = tuple[Numbers, Numbers]


@kernel
def draw(
    A: Rows, nodes: Numbers, fanout: int, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """At most `fanout` entries of each node's row, none twice.

    Returns where each row begins among them, and the entries' numbers in A.

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
        own = entries[begins[i] : begins[i + 1]]
        for k in range(len(own)):
            latest = degree - len(own) + k
            entry = first + latest
            if degree > fanout:
                other = first + rng.integers(0, latest + 1)
                if not np.any(own[:k] == other):
                    entry = other
            own[k] = entry
    return begins, entries


@kernel
def number(
    nodes: Numbers, columns: Numbers, place: Numbers
) -> tuple[NDArray[np.int64], Numbers]:
    """Number the columns from 0, the given nodes first, then others as they appear.

    `place` is -1 for every node, and again afterwards. Returns all nodes in their new
    order and the new numbers of `columns`.
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
    return reached[:count].copy(), local
