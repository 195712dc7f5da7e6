"""Labels of cells that the user gives: a column of the cells, or of another file."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bioloom.errors import BadTable, UnknownName
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

_SUFFIX = re.compile(r"(-\d+)+$")
_BARCODE = re.compile(r"(?:^|[^A-Za-z])([ACGTN]{8,}(?:[-_+.][ACGTN]{6,})*)(?:-\d+)*$")


class Labels(NamedTuple):
    """Label of each cell, empty where there is none; notes in sentences."""

    labels: tuple[str, ...]
    notes: tuple[str, ...]


def labels_of(obs: "pd.DataFrame", column: str, *, where: str) -> Labels:
    """Labels from a column of the cells themselves.

    Raises
    ------
    UnknownName
        If there is no such column.
    """
    _check_column(obs, column, where)
    labels = _texts(obs[column])
    return Labels(labels, _left_out(labels, where=f"{where}: {column}"))


def matched_labels(
    names: Sequence[str], other: "pd.DataFrame", column: str, *, where: str
) -> Labels:
    """Labels from another file, whose cells may be named otherwise.

    Names are compared as they are, then without ``-1`` at their end, then by the
    barcode in them alone: what stands before it (a sample) counts as long as both have
    it, or as no two cells share the barcode.

    Parameters
    ----------
    names
        Of the cells.
    other
        ``obs`` of the other file.
    column
        Its labels.
    where
        The other file, for messages.

    Raises
    ------
    UnknownName
        If it has no such column.
    BadTable
        If no cell of it is found.
    """
    _check_column(other, column, where)
    theirs, labels = [*map(str, other.index)], _texts(other[column])
    found = [""] * len(names)
    for key in (str, without_suffix, barcode_in):
        label_of = _unique([key(name) for name in theirs], labels)
        mine = [key(name) for name in names]
        n_mine = Counter(mine)
        for place, name in enumerate(mine):
            if not found[place] and name and n_mine[name] == 1:
                found[place] = label_of.get(name, "")
    if not any(found):
        raise BadTable(
            where=where,
            found=f"cells such as {theirs[0]!r}" if theirs else "no cells",
            expected=f"some of the cells to label, such as {names[0]!r}",
            advice="Give labels of the same cells; -1 and the name of a sample may "
            "differ, the barcode may not.",
        )
    return Labels(tuple(found), _left_out(found, where=f"{where}: {column}"))


def _unique(names: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    n = Counter(names)
    pairs = zip(names, labels, strict=True)
    return {name: label for name, label in pairs if name and n[name] == 1}


def without_suffix(name: str) -> str:
    """A cell's name without ``-1``.

    Examples
    --------
    >>> without_suffix("liver_AAACCTGA-1")
    'liver_AAACCTGA'
    """
    return _SUFFIX.sub("", name)


def barcode_in(name: str) -> str:
    """The barcode at the end of a cell's name; empty if there is none.

    Examples
    --------
    >>> barcode_in("liver_AAACCTGA-1"), barcode_in("cell 7")
    ('AAACCTGA', '')
    """
    found = _BARCODE.search(name)
    return found[1] if found else ""


def _check_column(obs: "pd.DataFrame", column: str, where: str) -> None:
    if column not in obs.columns:
        known = [str(name) for name in obs.columns]
        raise UnknownName(column, kind="column", where=f"{where}: obs", known=known)


def _texts(column: "pd.Series") -> tuple[str, ...]:
    return tuple(column.astype(object).where(column.notna(), "").astype(str))


def _left_out(labels: Sequence[str], *, where: str) -> tuple[str, ...]:
    n = sum(not label for label in labels)
    if not n:
        return ()
    return (
        f"{counted(n, 'cell')} of {len(labels):,} without a label in {where}: left out "
        "of the tests.",
    )
