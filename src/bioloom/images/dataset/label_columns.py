"""Tables of pictures with several labels: cells ``a|b``, or a column of 0 and 1 each.

The second form is that of many Kaggle data sets and of Hugging Face's metadata.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bioloom.images.errors import BadPictures
from bioloom.label_sets import SEPARATOR, cell_of, cells_of, labels_in
from bioloom.run.table_reader import MISSING
from bioloom.run.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd

LABEL_LISTS = ("label", "class", "labels", "classes", "tags")
"""Names that a column of cells may have."""
_YES, _NO = ("1", "1.0", "true", "yes"), ("0", "0.0", "false", "no")
_OTHER_SEPARATORS = (";", ",", " ")


class Cells(NamedTuple):
    """Labels of each row joined by ``|``, "" where they are not known, and notes."""

    cells: list[str]
    notes: list[str]


def label_cells(
    frame: "pd.DataFrame", column: str | None, others: Sequence[str], where: Path
) -> Cells:
    """Labels of each row of a table.

    Parameters
    ----------
    frame
        All columns are text.
    column
        Of cells; None if each label has its own column.
    others
        Columns that may be labels then: all but those of paths and sides.
    where
        Of the table, for messages.

    Raises
    ------
    BadPictures
        If there are no labels, or a field of a label's column is empty.
    """
    if column is not None:
        cells = [_cell(text.strip()) for text in frame[column]]
        return Cells(cells, list(_separator_notes(cells)))
    names = [name for name in others if _is_truth(frame[name])]
    if len(names) < 2:
        raise _no_labels(frame, where)
    members = np.column_stack([_truth(frame[name], where) for name in names])
    notes = [f"Labels are the columns {joined(names)} (0 or 1)."]
    if unused := [name for name in others if name not in names]:
        notes.append(f"Columns that are not used: {joined(unused)}.")
    return Cells(cells_of(members, names).tolist(), notes)


def has_label_columns(frame: "pd.DataFrame") -> bool:
    """Whether a table has two columns or more of 0 and 1."""
    return sum(_is_truth(frame[name]) for name in frame) > 1


def _cell(text: str) -> str:
    return "" if text in MISSING else cell_of(labels_in(text))


def _separator_notes(cells: Sequence[str]) -> Iterator[str]:
    """A note where labels seem to be separated in another way."""
    if any(SEPARATOR in cell for cell in cells):
        return
    for other in _OTHER_SEPARATORS:
        if found := [cell for cell in cells if other in cell]:
            yield (
                f"No picture has several labels: they are separated by {SEPARATOR}, "
                f"and {found[0]!r} is one."
            )
            return


def _is_truth(column: "pd.Series[str]") -> bool:
    """Whether all that is not missing is 0 or 1, and something is."""
    words = {word.strip() for word in column.unique()} - MISSING
    return bool(words) and {word.lower() for word in words} <= {*_YES, *_NO}


def _truth(column: "pd.Series[str]", where: Path) -> "np.ndarray":
    words = column.str.strip().str.lower()
    known = words.isin([*_YES, *_NO]).to_numpy(dtype=bool)
    for row in np.flatnonzero(~known)[:1].tolist():
        raise BadPictures(
            where=f"{where}: row {row + 1}, {column.name}",
            found=repr(column.iloc[row]),
            expected="0 or 1",
            advice="Fill it in, or leave the picture out: it is not known whether it "
            "has this label.",
        )
    return words.isin(_YES).to_numpy(dtype=bool)


def _no_labels(frame: "pd.DataFrame", where: Path) -> BadPictures:
    return BadPictures(
        where=where,
        found=f"{counted(len(frame.columns), 'column')}: "
        + ", ".join(map(str, frame.columns)),
        expected=f"a column {' or '.join(LABEL_LISTS)} of cells such as a|b, or two or "
        "more columns of 0 and 1, one per label",
        advice="Give a table of path, label and, if there is one, split.",
    )
