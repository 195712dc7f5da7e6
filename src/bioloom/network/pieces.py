"""Parts of a network that are small enough to look at: samples, and egos."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Nodes = NDArray[np.int64]

_BACK = 0.15  # chance to go back to where the walk began
_PATIENCE = 100  # steps without a new node before another start is drawn


def uniform_sample(n: int, size: int, *, rng: np.random.Generator) -> Nodes:
    """`size` of `n` nodes, each as likely; of a sparse network few edges are left.

    Returns
    -------
    Node numbers, ascending; all of them if there are no more than `size`.
    """
    return np.sort(rng.choice(n, min(n, size), replace=False))


def walk_sample(adjacency: csr_array, size: int, *, rng: np.random.Generator) -> Nodes:
    """`size` nodes that a random walk with restarts meets: it keeps the shape.

    Parameters
    ----------
    adjacency
        The walk follows a row's entries.
    size
        How many nodes; all of them if there are no more.
    rng
        Draws the steps.

    Returns
    -------
    Node numbers, ascending.

    References
    ----------
    Leskovec J., Faloutsos C. (2006) Sampling from large graphs. KDD.
    doi:10.1145/1150402.1150479
    """
    n = adjacency.shape[0]
    met: set[int] = set()
    start = here = waited = 0
    while len(met) < min(n, size):
        if not met or waited > _PATIENCE:
            start = here = int(rng.integers(n))
            waited = 0
        waited = 0 if here not in met else waited + 1
        met.add(here)
        row = slice(adjacency.indptr[here], adjacency.indptr[here + 1])
        ways = adjacency.indices[row]
        goes_on = len(ways) and rng.random() > _BACK
        here = int(ways[rng.integers(len(ways))]) if goes_on else start
    return np.array(sorted(met), dtype=np.int64)


def ego(adjacency: csr_array, node: int, *, hops: int) -> Nodes:
    """All nodes within this many steps of a node, itself included, ascending.

    Examples
    --------
    >>> path = csr_array(np.diag([1, 1, 1], k=1))
    >>> ego(path, 0, hops=2).tolist()
    [0, 1, 2]
    """
    reached = np.array([node])
    for _ in range(hops):
        reached = np.union1d(reached, adjacency[reached].indices)
    return reached.astype(np.int64)
