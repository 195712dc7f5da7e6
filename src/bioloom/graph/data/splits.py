"""Training, validation and test nodes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from bioloom.graph.data.graph import Graph, output_sizes
from bioloom.graph.errors import BadGraph
from bioloom.label_sets import iterative_parts

MIN_MEMBERS = 3
"""Nodes that a class needs to train, validate and test."""
Split = Literal["public", "given", "random", "kfold"]


def split_of(
    graph: Graph, how: Split, *, rng_seed: int, fold: int = 0, n_folds: int = 5
) -> Graph:
    """The graph with one split.

    Parameters
    ----------
    graph
        Nodes without a class are not in the split.
    how
        "given" or "public" keeps the split of the data (`fold` chooses one of several);
        "random" draws 60 % training,
        20 % validation and 20 % test nodes of every class, or of every label as nearly
        as the nodes' other labels allow; "kfold" tests on one of `n_folds` parts,
        validates on the next and trains on the rest.
    rng_seed
        Of the draw. For "kfold" give one seed for all folds.
    fold
        Which part tests, from 0.
    n_folds
        At least 3.

    Raises
    ------
    BadGraph
        If there is no split where one is required, or too few nodes for one.
    """
    if how in ("public", "given"):
        if not graph.has_split:
            raise BadGraph(
                where=graph.name,
                found="no split",
                expected=f"one, as --split {how} requires",
                advice="Give a split column, or use --split random.",
            )
        return graph.given_split(fold)
    n_parts = 5 if how == "random" else n_folds
    if graph.is_multilabel:
        shares = (0.2, 0.2, 0.6) if how == "random" else (1 / n_folds,) * n_folds
        part = _label_parts(graph, shares, rng_seed)
    else:
        part = _parts(graph, n_parts, rng_seed)
    test = 0 if how == "random" else fold
    split = np.full(graph.num_nodes, "", dtype="U5")
    split[part >= 0] = "train"
    split[part == (test + 1) % n_parts] = "val"
    split[part == test] = "test"
    return graph.with_split(split)


def rare_classes(graph: Graph) -> str:
    """A sentence on classes with too few nodes to be tested; empty without any."""
    rare = [
        f"{name!r} ({size})"
        for name, size in zip(graph.output_names, _sizes(graph).tolist(), strict=True)
        if 0 < size < MIN_MEMBERS
    ]
    if not rare:
        return ""
    what = "labels" if graph.is_multilabel else "classes"
    return (
        f"{graph.name}: {what} with fewer than {MIN_MEMBERS} nodes only train, and "
        f"are never tested: {', '.join(rare)}"
    )


def _sizes(graph: Graph) -> "np.ndarray":
    """How many nodes have each class, or each label."""
    return output_sizes(graph, graph.y >= 0)


def _parts(graph: Graph, n_parts: int, rng_seed: int) -> "np.ndarray":
    """Part of each labelled node, classes spread evenly; -1 without a class.

    Nodes of classes that are too small for three parts are in an additional one.
    """
    rng = np.random.default_rng(rng_seed)
    part = np.full(graph.num_nodes, -1)
    begin = 0  # each class starts where the last one ended: parts of equal size
    for number in range(graph.num_classes):
        members = rng.permutation(np.flatnonzero(graph.y == number))
        if len(members) < MIN_MEMBERS:
            part[members] = n_parts
            continue
        part[members] = (begin + np.arange(len(members))) % n_parts
        begin += len(members)
    return part


def _label_parts(graph: Graph, shares: Sequence[float], rng_seed: int) -> "np.ndarray":
    """Part of each labelled node, labels spread evenly; -1 without labels.

    Nodes of labels that are too small for three parts are in an additional one.
    """
    rng = np.random.default_rng(rng_seed)
    part = np.full(graph.num_nodes, -1)
    is_rare = graph.has_label[:, _sizes(graph) < MIN_MEMBERS].any(axis=1)
    part[is_rare] = len(shares)
    others = np.flatnonzero((graph.y >= 0) & ~is_rare)
    part[others] = iterative_parts(graph.has_label[others], shares, rng=rng)
    return part
