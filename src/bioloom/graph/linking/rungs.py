"""The rungs of the ladder: kinds of tests, each more demanding than the last."""

from typing import NamedTuple

from bioloom.graph.linking.negatives import NegativeKind


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
        "any pair",
        "any",
        is_cold=False,
        meaning="two random nodes without a link, of whatever types, as in many papers",
        removes="nothing",
    ),
    Rung(
        "right types",
        "types",
        is_cold=False,
        meaning="two random nodes of the link's own types",
        removes="recognising pairs of types that are never linked",
    ),
    Rung(
        "degree-matched",
        "degree",
        is_cold=False,
        meaning="ends drawn in proportion to their links, so that a node is as often "
        "in a negative as in a link",
        removes="knowing which nodes have many links",
    ),
    Rung(
        "equal degrees",
        "equal",
        is_cold=False,
        meaning="one end of the link, and a node with nearly the degree of the other",
        removes="knowing that two nodes with many links are mostly linked",
    ),
    Rung(
        "cold start",
        "types",
        is_cold=True,
        meaning="links of nodes that have none of this kind in training, against "
        "random pairs of such nodes",
        removes="known links of the node itself",
    ),
    Rung(
        "cold, degree-matched",
        "degree",
        is_cold=True,
        meaning="the same with both ends drawn in proportion to their links",
        removes="both",
    ),
)
HONEST = ("degree-matched", "equal degrees", "cold, degree-matched")
"""Rungs on which degrees alone should not help."""
