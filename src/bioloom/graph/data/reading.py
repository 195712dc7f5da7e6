"""How a graph is read: which columns or attributes mean what, in every format."""

from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Literal

from bioloom.graph.data.scaling import Scale
from bioloom.graph.errors import BadGraph

Repeats = Literal["refuse", "max", "sum", "mean"]
Kind = Literal["dataset", "tables", "sif", "network", "cells", "matrix", "pairs"]

_OF_NODES = ("id", "name", "label", "multilabel", "features", "skip")
_OF_EDGES = ("is_directed", "repeats")
_EFFECTIVE: dict[Kind, tuple[str, ...]] = {
    "dataset": (),
    "tables": (*_OF_NODES, *_OF_EDGES, "weight", "source", "target"),
    "sif": (*_OF_NODES, *_OF_EDGES),
    "network": (*_OF_NODES, *_OF_EDGES, "weight"),
    "cells": (*_OF_NODES, "is_directed", "weight", "obsp", "obsm", "layer"),
    "matrix": (*_OF_NODES, "is_directed"),
    "pairs": (*_OF_EDGES, "multilabel"),
}
_CALLED: dict[Kind, str] = {
    "dataset": "a known data set",
    "tables": "tables",
    "sif": "a SIF file",
    "network": "a network file",
    "cells": ".h5ad or AnnData",
    "matrix": "a matrix",
    "pairs": "PyTorch Geometric's data",
}
_OPTIONS = {"is_directed": "--directed or --undirected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read a graph; the same in all formats.

    A column is one of a node or edge table, a node or edge attribute of a network file,
    or, in AnnData, a column of `obs` or a variable.

    Parameters
    ----------
    label
        Column with the class of each node.
    multilabel
        Whether a node can have several labels, which its cell holds as ``a|b``.
    id, name
        Columns with what nodes are called in the edges, and what they are called in
        tables and pictures; empty takes the format's own.
    weight
        Column with the weight of each edge; empty takes ``weight`` if there is one. In
        AnnData a matrix of `obsp`.
    source, target
        Columns with the ends of an edge; empty finds them.
    features, skip
        Columns that are features, and that are not; names, or patterns such as ``PC*``.
        Without `features`, all columns of numbers that are not identifiers, drawing
        attributes or row numbers.
    is_directed
        Whether features flow only from source to target; None takes both ways for
        tables, and what a network file says.
    repeats
        What an edge weighs that is listed with several weights.
    obsp, obsm, layer
        In AnnData: the matrix of edges, and the matrix or layer that holds the
        features.
    scale
        How features are scaled; see `bioloom.graph.data.scaling`.
    needs_label
        Whether the label's column must exist.
    label_option
        The option that names it, for messages.
    """

    label: str = "label"
    multilabel: bool = False
    id: str = ""
    name: str = ""
    weight: str = ""
    source: str = ""
    target: str = ""
    features: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    is_directed: bool | None = None
    repeats: Repeats = "refuse"
    obsp: str = ""
    obsm: str = ""
    layer: str = ""
    scale: Scale = "auto"
    needs_label: bool = True
    label_option: str = "--label"

    def check_effect(self, kind: Kind, *, has_nodes: bool = True) -> None:
        """Refuse an option that cannot have an effect.

        Parameters
        ----------
        kind
            Of the source.
        has_nodes
            Whether anything is known of the nodes but their names.

        Raises
        ------
        BadGraph
            If an option was given that this kind of source does not have.
        """
        for field in fields(Reading):
            if field.name in ("scale", "needs_label", "label_option"):
                continue
            is_default = getattr(self, field.name) == field.default
            of_nodes = field.name in _OF_NODES and kind != "pairs"
            if is_default or (
                field.name in _EFFECTIVE[kind] and (has_nodes or not of_nodes)
            ):
                continue
            needed = "a node table" if of_nodes and kind in ("tables", "sif") else ""
            raise BadGraph(
                where=_OPTIONS.get(field.name, f"--{field.name}"),
                found=f"an option without effect on {_CALLED[kind]}",
                expected=needed or "options that this source has",
                advice="Give --nodes, or leave the option out."
                if needed
                else "Leave it out.",
            )


def is_named(column: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of some names or patterns means a column."""
    return any(
        column == pattern or fnmatchcase(column, pattern) for pattern in patterns
    )


def check_columns_exist(
    where: str, option: str, patterns: tuple[str, ...], columns: list[str]
) -> None:
    """Refuse a column that does not exist.

    Raises
    ------
    BadGraph
        If a name or pattern means no column.
    """
    for pattern in patterns:
        if not any(is_named(column, (pattern,)) for column in columns):
            raise BadGraph(
                where=f"{where}: --{option}",
                found=f"no column {pattern!r}",
                expected=f"one of {first_names(columns)}",
                advice="Check the spelling.",
            )


def first_names(names: list[str]) -> str:
    """The first names of a list, for messages."""
    some = ", ".join(names[:8])
    return f"{some}, …" if len(names) > 8 else some or "none"
