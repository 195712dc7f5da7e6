"""Force layout: places for a network's nodes, linked ones near each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.network import _kernels

GRAVITY = 0.05  # keeps pieces that no edge links from drifting apart
_ROUNDS = 100  # of smoothing, before any repulsion
_STEP = 0.9  # of the way to where a node's forces would be 0
_FARTHEST = 0.05  # of the drawing's side that a node moves at first; falls to 0
_CROWDED = 32  # bodies in a cell that make a finer grid worth while
_SOFTENING = 1e-4
_JITTER = 1e-3

Places = NDArray[np.floating]


def force_layout(adjacency: csr_array, *, rng_seed: int, n_steps: int = 60) -> Places:
    r"""Lay a network out by forces.

    Linked nodes attract each other with their distance, all nodes repel each other with
    its inverse and the product of their charges, and a weak gravity holds all together.

    .. math:: F_i = \sum_j A_{ij} (x_j - x_i) + q_i \sum_j q_j
        \frac{x_i - x_j}{|x_i - x_j|^2} - 0.05 \, q_i x_i, \qquad
        q_i = 1 + \sum_j A_{ij}

    Parameters
    ----------
    adjacency
        Shape (n, n); directions and self-loops do not count.
    rng_seed
        Of the first places; equal seeds give equal pictures.
    n_steps
        How often all nodes move.

    Returns
    -------
    Shape (n, 2), centred at 0, the farthest coordinate at 1.

    Notes
    -----
    The start is what random places become when each node moves towards the mean of its
    neighbours again and again: the slowest waves of the graph are left, its coarse
    shape. From there few steps suffice. Far nodes repel as one body, by cells of a grid
    and its coarser grids. Time O(n log n + edges) a step, memory O(n + edges).

    References
    ----------
    Jacomy M. et al. (2014) ForceAtlas2. PLoS ONE 9:e98679.
    doi:10.1371/journal.pone.0098679
    Barnes J., Hut P. (1986) Nature 324:446. doi:10.1038/324446a0
    """
    links = undirected(adjacency)
    n = links.shape[0]
    degree = np.asarray(links.sum(axis=1), dtype=np.float32).ravel()
    charge = degree + 1
    places = _start(links, degree, np.random.default_rng(rng_seed))
    finest = level = int(max(2, np.log2(16 * n) / 2))  # at most 16 cells a node
    for step in range(n_steps):
        bodies = np.column_stack([places, charge]).astype(np.float32)
        repulsion, side, crowd = _repulsion(bodies, level)
        level = min(finest, _next_level(level, crowd))
        force = _attraction(links, places) / charge[:, None] + repulsion
        force -= GRAVITY * places
        longest = _FARTHEST * side * (1 - step / n_steps)
        places += _shortened(_STEP * force, longest)
    places -= places.mean(axis=0)
    places /= max(float(np.abs(places).max(initial=0)), 1e-9)
    return places


def undirected(adjacency: csr_array) -> csr_array:
    """Adjacency without directions and self-loops; the mean weight is 1."""
    both = csr_array(adjacency.maximum(adjacency.T), dtype=np.float32)
    both.setdiag(0)
    both.eliminate_zeros()
    if both.nnz:
        both.data /= both.data.mean()
    return both


def _start(links: csr_array, degree: Places, rng: np.random.Generator) -> Places:
    n = links.shape[0]
    places: Places = rng.standard_normal((n, 2), dtype=np.float32)
    for _ in range(_ROUNDS):
        places += 0.5 * _attraction(links, places) / np.maximum(degree, 1e-9)[:, None]
        places -= degree @ places / max(degree.sum(), 1)
    places *= np.sqrt(n) / max(float(places.std()), 1e-30)
    # nodes with the same neighbours came to one place: part them
    jitter = _JITTER * np.sqrt(n) * rng.standard_normal((n, 2), dtype=np.float32)
    places += jitter
    return places


def _attraction(links: csr_array, places: Places) -> Places:
    out = np.empty_like(places)
    edges = _kernels.Edges(links.indptr, links.indices, links.data)
    _kernels.attract(edges, places, out)
    return out


class _Repulsion(NamedTuple):
    """Repulsion of each body by all others.

    Parameters
    ----------
    force
        Shape (n, 2).
    side
        Of the square that holds all bodies.
    crowd
        Mean number of bodies in a body's cell, itself included.
    """

    force: Places
    side: float
    crowd: float


def _repulsion(bodies: Places, level: int) -> _Repulsion:
    corner = bodies[:, :2].min(axis=0)
    side = max(float((bodies[:, :2].max(axis=0) - corner).max()), 1e-9)
    square = _kernels.Square(float(corner[0]), float(corner[1]), side)
    grid = _kernels.sorted_by_cell(bodies, square, level)
    out = np.empty((len(bodies), 2), dtype=np.float32)
    _kernels.repel(grid, level, _SOFTENING, out)
    repulsion = np.empty_like(out)
    repulsion[grid.order] = out
    crowd = float((np.diff(grid.begins) ** 2).sum() / len(bodies))
    return _Repulsion(repulsion, side, crowd)


def _next_level(level: int, crowd: float) -> int:
    """A finer grid where cells are crowded, a coarser one where that would not be."""
    if crowd > _CROWDED:
        return level + 1
    return max(2, level - 1) if 4 * crowd < _CROWDED else level


def _shortened(moves: Places, longest: float) -> Places:
    """Moves, limited in length."""
    length = np.hypot(moves[:, 0], moves[:, 1])
    factor = np.minimum(1, longest / np.maximum(length, 1e-9))
    short: Places = (moves * factor[:, None]).astype(np.float32)
    return short
