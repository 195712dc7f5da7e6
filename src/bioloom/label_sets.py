"""Examples with several labels: a cell such as ``a|b`` says that one has both."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.table_reader import MISSING

Places = NDArray[np.int64]
Floats = NDArray[np.float64]
SEPARATOR = "|"
NO_LABEL = SEPARATOR
"""The cell of an example that is known to have none of the labels."""


def labels_in(cell: str) -> tuple[str, ...]:
    """Labels of a cell, sorted, each once.

    Examples
    --------
    >>> labels_in("b| a|b")
    ('a', 'b')
    >>> labels_in("|")
    ()
    """
    words = (word.strip() for word in cell.split(SEPARATOR))
    return tuple(sorted({word for word in words if word and word not in MISSING}))


def cell_of(labels: Iterable[str]) -> str:
    """The cell that holds some labels.

    Examples
    --------
    >>> cell_of(["a", "b"]), cell_of([])
    ('a|b', '|')
    """
    return SEPARATOR.join(labels) or NO_LABEL


def cells_of(
    members: NDArray[np.bool_], label_names: Sequence[str]
) -> NDArray[np.object_]:
    """The cell of each row of members.

    Parameters
    ----------
    members
        Whether each example has each label, shape (n, labels).
    label_names
        Of the columns.
    """
    rows, inverse = np.unique(members, axis=0, return_inverse=True)
    names = np.array(list(label_names), dtype=object)
    cells = np.array([cell_of(names[row]) for row in rows], dtype=object)
    found: NDArray[np.object_] = cells[inverse.ravel()]
    return found


class LabelTable(NamedTuple):
    """Names of labels, sorted, and which of some cells has each.

    Parameters
    ----------
    names
        Of the columns.
    members
        Whether each cell has each label, shape (n, labels).
    """

    names: tuple[str, ...]
    members: NDArray[np.bool_]


def label_table(cells: Sequence[str]) -> LabelTable:
    """Which labels cells have.

    Examples
    --------
    >>> label_table(["a|b", "b", "|"]).members.tolist()
    [[True, True], [False, True], [False, False]]
    """
    sets = [labels_in(cell) for cell in cells]
    names = tuple(sorted({label for labels in sets for label in labels}))
    place = {label: number for number, label in enumerate(names)}
    members = np.zeros((len(sets), len(names)), dtype=bool)
    for row, labels in enumerate(sets):
        members[row, [place[label] for label in labels]] = True
    return LabelTable(names, members)


def iterative_parts(
    members: NDArray[np.bool_], shares: Sequence[float], *, rng: np.random.Generator
) -> Places:
    """Parts in which each label is as frequent as in the others.

    The label with the fewest examples left is dealt out first: each of its examples to
    a part that has none of it yet, then to the part that lacks most of it, of equal
    ones to the part that lacks most examples.

    Parameters
    ----------
    members
        Whether each example has each label, shape (n, labels).
    shares
        Of the examples, for each part.
    rng
        Decides where parts are equal, and the order of the examples.

    Returns
    -------
    Part of each example, shape (n,).

    References
    ----------
    Sechidis K. et al. (2011) On the stratification of multi-label data. ECML PKDD,
    LNCS 6913:145. doi:10.1007/978-3-642-23808-6_10
    """
    part = np.full(len(members), -1)
    left = members.sum(axis=0)
    wanted, has = np.outer(shares, left), np.zeros((len(shares), len(left)), dtype=bool)
    room = np.array(shares) * len(members)
    order = rng.permutation(len(members))

    def put(examples: Places, lack: Floats, is_there: NDArray[np.generic]) -> None:
        for example in examples:
            ties = rng.random(len(shares))
            chosen = np.lexsort((ties, -room, -lack, is_there))[0]
            part[example] = chosen
            wanted[chosen] -= members[example]
            has[chosen] |= members[example]
            room[chosen] -= 1

    while left.any():
        label = int(np.where(left > 0, left, len(members) + 1).argmin())
        examples = order[members[order, label] & (part[order] < 0)]
        put(examples, wanted[:, label], has[:, label])
        left = left - members[examples].sum(axis=0)
    nothing = np.zeros(len(shares))
    put(order[part[order] < 0], nothing, nothing)
    return part
