"""The rungs of the ladder: kinds of tests, each more demanding than the last."""

from typing import NamedTuple

from bioloom.graph.linking.negatives import NegativeKind
from bioloom.run.language import mark


class Rung(NamedTuple):
    """One kind of test.

    Parameters
    ----------
    name
        Short, for tables.
    negatives
        How pairs without a link are drawn.
    is_cold
        Whether some nodes lose all their scored links.
    meaning
        What the negatives are.
    removes
        What can no longer help.
    """

    name: str
    negatives: NegativeKind
    is_cold: bool
    meaning: str
    removes: str


RUNGS: tuple[Rung, ...] = (
    Rung(
        mark("any pair"),
        "any",
        is_cold=False,
        meaning=mark(
            "two random nodes without a link, of whatever types, as in many papers"
        ),
        removes=mark("nothing"),
    ),
    Rung(
        mark("right types"),
        "types",
        is_cold=False,
        meaning=mark("two random nodes of the link's own types"),
        removes=mark("recognising pairs of types that are never linked"),
    ),
    Rung(
        mark("degree-matched"),
        "degree",
        is_cold=False,
        meaning=mark(
            "ends drawn in proportion to their links, so that a node is as often "
            "in a negative as in a link"
        ),
        removes=mark("knowing which nodes have many links"),
    ),
    Rung(
        mark("equal degrees"),
        "equal",
        is_cold=False,
        meaning=mark(
            "one end of the link, and a node with nearly the degree of the other"
        ),
        removes=mark("knowing that two nodes with many links are mostly linked"),
    ),
    Rung(
        mark("cold start"),
        "types",
        is_cold=True,
        meaning=mark(
            "links of nodes that have none of this kind in training, against "
            "random pairs of such nodes"
        ),
        removes=mark("known links of the node itself"),
    ),
    Rung(
        mark("cold, degree-matched"),
        "degree",
        is_cold=True,
        meaning=mark("the same with both ends drawn in proportion to their links"),
        removes=mark("both"),
    ),
)
HONEST = ("degree-matched", "equal degrees", "cold, degree-matched")
"""Rungs on which degrees alone should not help."""
