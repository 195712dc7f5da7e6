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
    for root in roots:
        for row in range(len(features)):
            node = root
            while yes[node] != node:
                is_below = features[row, feature[node]] <= cut[node]
                node = yes[node] if is_below else no[node]
            sums[row] += value[node]
    return sums


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
