"""A forest as tests and bits of leaves, so that no walk has to guess its way.

Every test of a tree is made, whether the walk would come to it or not. A test that
fails rules out the leaves on its other side; the leaf that the walk would reach is the
first one that is left. With eight leaves a tree's state is one byte.

References
----------
Lucchese C. et al. (2015) QuickScorer. SIGIR 2015, 73-82. doi:10.1145/2766462.2767733
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.statistics.forest import MAX_LEAVES, Forest

N_TESTS = MAX_LEAVES - 1
ALL_LEAVES = (1 << MAX_LEAVES) - 1
FIRST_LEAF = np.array(
    [0, *((bits & -bits).bit_length() - 1 for bits in range(1, ALL_LEAVES + 1))],
    dtype=np.int64,
)
"""First leaf that is left, by the bits of those that are."""


class LeafBits(NamedTuple):
    """The tests of a forest's trees, and their leaves.

    Parameters
    ----------
    feature, cut
        Tests: is this feature at most that value? Tree by tree, shape (7 · n_trees,); a
        tree with fewer tests has some that never fail.
    if_failed
        Bits of the leaves that a failed test leaves, shape (7 · n_trees,).
    value
        Of each leaf, millionths, shape (8 · n_trees,).
    """

    feature: NDArray[np.uint16]
    cut: NDArray[np.float64]
    if_failed: NDArray[np.uint8]
    value: NDArray[np.int64]


class _Test(NamedTuple):
    feature: int
    cut: float
    if_failed: int


def leaf_bits(forest: Forest) -> LeafBits:
    """Arrange a forest so; its trees have at most eight leaves."""
    shape = (forest.n_trees, N_TESTS)
    feature, cut = np.zeros(shape, dtype=np.uint16), np.full(shape, np.inf)
    if_failed = np.full(shape, ALL_LEAVES, dtype=np.uint8)
    value = np.zeros((forest.n_trees, MAX_LEAVES), dtype=np.int64)
    for tree, root in enumerate(forest.roots.tolist()):
        leaves = list(_leaves(forest, root))
        value[tree, : len(leaves)] = forest.value[leaves]
        for k, test in enumerate(_tests(forest, root, leaves)):
            feature[tree, k], cut[tree, k], if_failed[tree, k] = test
    return LeafBits(feature.ravel(), cut.ravel(), if_failed.ravel(), value.ravel())


def _is_leaf(forest: Forest, node: int) -> bool:
    return bool(forest.yes[node] == node)


def _leaves(forest: Forest, node: int) -> Iterator[int]:
    """Leaves below a node, those of passed tests first."""
    if _is_leaf(forest, node):
        yield node
        return
    yield from _leaves(forest, int(forest.yes[node]))
    yield from _leaves(forest, int(forest.no[node]))


def _tests(forest: Forest, node: int, leaves: list[int]) -> Iterator[_Test]:
    if _is_leaf(forest, node):
        return
    passed, failed = int(forest.yes[node]), int(forest.no[node])
    ruled_out = sum(1 << leaves.index(leaf) for leaf in _leaves(forest, passed))
    cut = float(forest.cut[node])
    yield _Test(int(forest.feature[node]), cut, ALL_LEAVES - ruled_out)
    yield from _tests(forest, passed, leaves)
    yield from _tests(forest, failed, leaves)
