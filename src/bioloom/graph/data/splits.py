"""Training, validation and test nodes."""

from typing import Literal

import numpy as np

from bioloom.graph.data.graph import Graph
from bioloom.graph.errors import BadGraph

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
        "given" or "public" keeps the split of the data; "random" draws 60 % training,
        20 % validation and 20 % test nodes of every class; "kfold" tests on one of
        `n_folds` parts, validates on the next and trains on the rest.
    rng_seed
        Of the draw. For "kfold" give one seed for all folds.
    fold
        Which part tests, from 0.
    n_folds
        At least 3.

    Raises
    ------
    BadGraph
        If a class has too few nodes, or there is no split where one is required.
    """
    if how in ("public", "given"):
        if not graph.has_split:
            raise BadGraph(
                where=graph.name,
                found="no split",
                expected=f"one, as --split {how} requires",
                advice="Give a split column, or use --split random.",
            )
        return graph
    n_parts = 5 if how == "random" else n_folds
    part = _parts(graph, n_parts, rng_seed)
    test = 0 if how == "random" else fold
    split = np.full(graph.num_nodes, "", dtype="U5")
    split[part >= 0] = "train"
    split[part == (test + 1) % n_parts] = "val"
    split[part == test] = "test"
    return graph.with_split(split)


def _parts(graph: Graph, n_parts: int, rng_seed: int) -> "np.ndarray":
    """Part of each labelled node, classes spread evenly; -1 without a class."""
    rng = np.random.default_rng(rng_seed)
    part = np.full(graph.num_nodes, -1)
    begin = 0  # each class starts where the last one ended: parts of equal size
    for number, name in enumerate(graph.class_names):
        members = rng.permutation(np.flatnonzero(graph.y == number))
        if len(members) < 3:
            raise BadGraph(
                where=f"{graph.name}: class {name!r}",
                found=f"{len(members)} nodes",
                expected="at least 3 to train, validate and test",
                advice="Label more nodes or leave the class out.",
            )
        part[members] = (begin + np.arange(len(members))) % n_parts
        begin += len(members)
    return part
