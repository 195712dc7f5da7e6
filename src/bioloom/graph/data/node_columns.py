"""What the columns of a node table are: numbers, text, identifiers, drawing attributes.

The same rules hold for tables and for the attributes of network files.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from bioloom.graph.data.numbers import numbers_of
from bioloom.graph.data.reading import Reading, check_columns_exist, is_named
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import MISSING

_DRAWING = (
    # each set: what tells the program, and what it writes about the picture
    (frozenset("rgb"), frozenset(("r", "g", "b", "a", "x", "y", "z", "size"))),
    (
        frozenset(("SUID",)),
        frozenset(("SUID", "selected", "shared name", "shared interaction")),
    ),
    (
        frozenset(("shared name",)),
        frozenset(("SUID", "selected", "shared name", "shared interaction")),
    ),
    (
        frozenset(("shape_type",)),
        frozenset(("shape_type", "x", "y", "height", "width", "fill", "label")),
    ),
    (frozenset(("viz",)), frozenset(("viz",))),
)
"""Gephi writes r, g, b and places; Cytoscape SUID, selected; yEd its shapes."""
_IDENTIFIER = re.compile(
    r"index|key|(?:.*[_ .])?(?:id|suid|uid|uuid|guid)", re.IGNORECASE
)
_UNNAMED = re.compile(r"Unnamed: \d+|")


@dataclass(slots=True)
class _Cells:
    """One column over all blocks: how many values are numbers, and the first others."""

    n_missing: int = 0
    n_numbers: int = 0
    first_missing: int = -1
    first_word: int = -1
    word: str = ""


class FeatureColumns(NamedTuple):
    """Features of nodes, and what was decided about the other columns."""

    values: csr_array | None
    names: tuple[str, ...]
    notes: tuple[str, ...]


class NumberColumns:
    """Collects the columns of a node table that may be features, block by block.

    Parameters
    ----------
    where
        Name of the table.
    reading
        Which columns are features, and which are not.
    reserved
        Columns with another meaning.
    """

    def __init__(self, where: str, reading: Reading, reserved: Iterable[str]) -> None:
        self.where, self.reading = where, reading
        self.reserved = set(reserved)
        self.columns: list[str] | None = None
        self.notes: list[str] = []
        self._blocks: list[csr_array] = []
        self._cells: list[_Cells] = []
        self._n_rows = 0

    def add(self, block: pd.DataFrame) -> None:
        """Take the numbers of a block of rows, all of them text."""
        if self.columns is None:
            self.columns = self._candidates([str(name) for name in block.columns])
            self._cells = [_Cells() for _ in self.columns]
        values = np.empty((len(block), len(self.columns)), dtype=np.float32)
        for number, name in enumerate(self.columns):
            values[:, number] = self._numbers(block[name], self._cells[number])
        self._blocks.append(csr_array(values))
        self._n_rows += len(block)

    def features(self, ids: Sequence[str], *, has_rows: bool) -> FeatureColumns:
        """All features, once every block was added.

        Parameters
        ----------
        ids
            Names of the nodes, in order.
        has_rows
            Whether messages count rows: in tables.

        Raises
        ------
        BadGraph
            If a column of numbers has a value that is not a number.
        """
        columns = self.columns or []
        text = [] if self.reading.features else self._text_columns()
        self._note(text, "text")
        chosen = [k for k, c in enumerate(columns) if c not in text]
        for number in chosen:
            self._check(columns[number], self._cells[number], ids, has_rows=has_rows)
        if not chosen:
            return FeatureColumns(None, (), tuple(self.notes))
        values = csr_array(vstack(self._blocks))[:, chosen]
        names = [columns[k] for k in chosen]
        used = self._without_identifiers(values, names)
        return FeatureColumns(
            csr_array(values[:, used]) if used else None,
            tuple(names[k] for k in used),
            tuple(self.notes),
        )

    def _candidates(self, columns: list[str]) -> list[str]:
        """Columns that may be features."""
        reading = self.reading
        check_columns_exist(self.where, "skip", reading.skip, columns)
        others = [c for c in columns if c not in self.reserved]
        if reading.features:
            check_columns_exist(self.where, "features", reading.features, others)
            others = [c for c in others if is_named(c, reading.features)]
            return [c for c in others if not is_named(c, reading.skip)]
        others = [c for c in others if not is_named(c, reading.skip)]
        drawing = drawing_attributes(columns)
        self._note([c for c in others if c in drawing], "drawing attributes")
        others = [c for c in others if c not in drawing]
        unnamed = [c for c in others if _UNNAMED.fullmatch(c)]
        self._note(unnamed, "a column without a name")
        return [c for c in others if c not in unnamed]

    def _numbers(self, column: "pd.Series[str]", cell: _Cells) -> NDArray[np.float32]:
        """Values of a column; NaN where they are not numbers."""
        text = column.str.strip()
        found = numbers_of(text)
        odd = np.flatnonzero(~np.isfinite(found))
        is_missing = text.iloc[odd].isin(MISSING).to_numpy(dtype=bool)
        cell.n_numbers += len(found) - len(odd)
        cell.n_missing += int(is_missing.sum())
        if is_missing.any() and cell.first_missing < 0:
            cell.first_missing = self._n_rows + int(odd[is_missing][0])
        if not is_missing.all() and cell.first_word < 0:
            place = int(odd[~is_missing][0])
            cell.first_word, cell.word = self._n_rows + place, str(text.iloc[place])
        return found

    def _check(
        self, name: str, cell: _Cells, ids: Sequence[str], *, has_rows: bool
    ) -> None:
        """Refuse a number that is missing or not one."""
        places = [row for row in (cell.first_missing, cell.first_word) if row >= 0]
        if not places:
            return
        row = min(places)
        place = (
            f"row {row + 1} (node {ids[row]!r})" if has_rows else f"node {ids[row]!r}"
        )
        raise BadGraph(
            where=f"{self.where}: {place}, column {name!r}",
            found=repr(cell.word) if row == cell.first_word else "no value",
            expected="a finite number",
            advice="Fill in a number; leave out a column that is not a feature by "
            f"--skip {name}.",
        )

    def _text_columns(self) -> list[str]:
        """Columns without a single number."""
        pairs = zip(self.columns or (), self._cells, strict=True)
        return [name for name, cell in pairs if not cell.n_numbers]

    def _without_identifiers(
        self, values: csr_array, names: Sequence[str]
    ) -> list[int]:
        """Columns that do not merely number the rows or identify the nodes."""
        if self.reading.features:
            return list(range(len(names)))
        columns = values.tocsc()
        numbering, identifying = [], []
        for number, name in enumerate(names):
            if _numbers_rows(columns[:, [number]].toarray().ravel()):
                numbering.append(number)
            elif _IDENTIFIER.fullmatch(name) and _is_whole(columns[:, [number]].data):
                identifying.append(number)
        self._note([names[k] for k in numbering], "the numbers of the rows")
        self._note([names[k] for k in identifying], "identifiers")
        return [k for k in range(len(names)) if k not in {*numbering, *identifying}]

    def _note(self, columns: Sequence[str], what: str) -> None:
        if not columns:
            return
        some = ", ".join(repr(name) for name in columns[:6])
        more = f" and {len(columns) - 6} more" if len(columns) > 6 else ""
        self.notes.append(
            f"{self.where}: {some}{more}: {what}, not used as features; --features "
            "uses a column in spite of that"
        )


def drawing_attributes(columns: Sequence[str]) -> set[str]:
    """Columns that a drawing program wrote about its picture."""
    names = set(columns)
    found: set[str] = set()
    for signs, written in _DRAWING:
        if signs <= names:
            found |= written & names
    return found


def _numbers_rows(column: NDArray[np.float32]) -> bool:
    """Whether a column counts the rows from 0 or 1, as pandas' index does."""
    if len(column) < 3 or column[0] not in (0, 1):
        return False
    return bool((np.diff(column) == 1).all())


def _is_whole(values: NDArray[np.float32]) -> bool:
    return bool((values == np.round(values)).all())
