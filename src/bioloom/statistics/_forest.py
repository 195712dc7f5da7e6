"""Kernels that walk through the trees of a forest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Trees(NamedTuple):
    """The nodes of all trees, as in `Forest`."""

    roots: Ints
    feature: Ints
    cut: Floats
    yes: Ints
    no: Ints
    value: Ints


@kernel
def leaf_sums(features: Floats, trees: Trees) -> Ints:
    """Sum of the values of the leaves that each example reaches, shape (n,)."""
    roots, feature, cut, yes, no, value = trees
    sums = np.zeros(len(features), dtype=np.int64)
    following = np.stack((yes, no), axis=1).ravel()
    depths = _depths(yes, no)
    for root in roots:
        for row in range(len(features)):
            node = root
            # leaves follow themselves: without a branch, rows overlap in the processor
            for _ in range(depths[root]):
                is_above = features[row, feature[node]] > cut[node]
                node = following[2 * node + is_above]
            sums[row] += value[node]
    return sums


@kernel
def _depths(yes: Ints, no: Ints) -> Ints:
    """Most tests from each node to a leaf; a node's number is below its followers'."""
    depths = np.zeros(len(yes), dtype=np.int64)
    for node in range(len(yes) - 1, -1, -1):
        if yes[node] != node:
            depths[node] = 1 + max(depths[yes[node]], depths[no[node]])
    return depths


@kernel
def step_sums(features: Floats, trees: Trees) -> Ints:
    """Change of the value at each test, by the feature tested, shape of `features`."""
    roots, feature, cut, yes, no, value = trees
    sums = np.zeros(features.shape, dtype=np.int64)
    for root in roots:
        for row in range(len(features)):
            node = root
            while yes[node] != node:
                tested = feature[node]
                is_below = features[row, tested] <= cut[node]
                following = yes[node] if is_below else no[node]
                sums[row, tested] += value[following] - value[node]
                node = following
    return sums
