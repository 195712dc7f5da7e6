"""What a column of probabilities means, and the confidence of each prediction.

The confidence of a prediction is the probability of the predicted class. Many tables
hold the probability of one fixed class instead. With two classes the two are told apart
by numbers below one half, which no most probable class has.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.class_columns import (
    ClassShares,
    called_probabilities,
    class_columns,
    class_shares,
    confidence_of,
    not_the_largest,
)
from bioloom.bounds.data import shares
from bioloom.bounds.matching import same_name, similar_name
from bioloom.bounds.notes import Note, note_of, quoted
from bioloom.errors import BadTable, UnknownName
from bioloom.label_sets import SEPARATOR
from bioloom.run.language import mark

Shares = NDArray[np.float64]
OF_PREDICTION = "prediction"
"""Says that a column holds the probability of the predicted class."""
_SLACK = 1e-6  # of numbers of single precision
_MANY = 0.01  # difference of two columns that say the same, rounded


class Confidence(NamedTuple):
    """Confidence of each prediction, NaN where there is none, and how it was found."""

    chances: Shares
    notes: tuple[Note, ...]


class _Column(NamedTuple):
    """A column of probabilities, and whose predictions these are.

    Parameters
    ----------
    name
        Of the column.
    chances
        NaN where the field is empty.
    predictions
        Of the same rows.
    classes
        Labels and predictions, sorted.
    where
        For messages.
    """

    name: str
    chances: Shares
    predictions: NDArray[np.str_]
    classes: tuple[str, ...]
    where: str


def read_confidence(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    *,
    column: str | None,
    is_named: bool,
    of: str | None,
    where: str,
) -> Confidence:
    """The confidence of each prediction of a table.

    Parameters
    ----------
    table
        Columns `label` and `prediction` in one writing, and `model`.
    frame
        The same rows as they were read.
    column
        Of `frame` with a probability; None if none has a usual name.
    is_named
        Whether the user named it: columns of classes are not looked for then.
    of
        Class whose probability it is, "prediction" for the predicted one; None finds
        out.
    where
        For messages.

    Raises
    ------
    BadTable
        If a field is no probability, or what it is the probability of is in doubt.
    UnknownName
        If there is no class `of`.
    """
    classes = tuple(sorted({*table["label"], *table["prediction"]} - {""}))
    predictions = table["prediction"].to_numpy(str)
    own = None if column is None else _read(frame, column, predictions, where)
    found = Confidence(np.full(len(table), np.nan), ())
    if not (is_named or of or any(SEPARATOR in name for name in classes)):
        found = _of_classes(table, frame, classes, where)
    if np.isfinite(found.chances).any():
        found = _compared(found, own, column)
    elif own is not None and column is not None:
        whole = _Column(column, own, predictions, classes, where)
        chances, notes = _by_model(whole, table["model"], of)
        found = Confidence(chances, (*found.notes, *notes))
    return found._replace(notes=(*found.notes, *_gaps(found.chances, predictions)))


def _by_model(whole: _Column, models: pd.Series, of: str | None) -> Confidence:
    """The confidence of several models' predictions in one column."""
    chances = np.full(len(models), np.nan)
    notes: list[Note] = []
    for model in models.unique():
        rows = (models == model).to_numpy()
        part = whole._replace(
            chances=whole.chances[rows], predictions=whole.predictions[rows]
        )
        chances[rows], more = _interpreted(part, of)
        notes += more
    return Confidence(chances, tuple(notes))


def _gaps(chances: Shares, predictions: NDArray[np.str_]) -> tuple[Note, ...]:
    """Say that some predictions have no confidence, if others have one."""
    n = int((np.isnan(chances) & (predictions != "")).sum())
    if not n or np.isnan(chances).all():
        return ()
    return (
        note_of(
            mark(
                "Some predictions have no confidence (rows: {n:,}); calibration is "
                "shown only where all test examples have one."
            ),
            n=n,
        ),
    )


def _read(
    frame: pd.DataFrame, column: str, predictions: NDArray[np.str_], where: str
) -> Shares:
    """A column of probabilities; what stands beside no prediction is not read."""
    fields = frame[column].where(predictions != "", "").tolist()
    return shares(fields, column, where=where)


def _of_classes(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    classes: tuple[str, ...],
    where: str,
) -> Confidence:
    """Confidence from columns of classes, NaN if they do not cover all predictions."""
    predictions = table["prediction"].to_numpy(str)
    rows = predictions != ""
    columns = class_columns(frame.columns, classes)
    without = sorted({*predictions[rows]} - {column.class_ for column in columns})
    if len(columns) == 1 and len(classes) == 2 and columns[0].word:
        name, class_, _ = columns[0]
        chances = _read(frame, name, predictions, where)
        part = _Column(name, chances, predictions, classes, where)
        return _folded(part, class_)
    if len(columns) < 2:
        others = called_probabilities(frame.columns)
        return _unused(others if len(others) > 1 else [], len(table))
    names = [column.name for column in columns]
    if without:
        return _unused(names, len(table))
    found = class_shares(frame[rows], columns, where=where)
    if found is None:
        return _unused(names, len(table))
    values = np.full(len(table), np.nan)
    values[rows] = confidence_of(found, predictions[rows].tolist())
    odd = _check_largest(found, predictions[rows].tolist(), where)
    return Confidence(values, (*found.notes, *odd))


def _unused(names: Sequence[str], n: int) -> Confidence:
    """No confidences; say that columns of probabilities, if any, are left out."""
    if not names:
        return Confidence(np.full(n, np.nan), ())
    note = note_of(
        mark(
            "The columns {names} are not used: they are not the probabilities of all "
            "predicted classes."
        ),
        names=quoted(names),
        is_odd=False,
    )
    return Confidence(np.full(n, np.nan), (note,))


def _check_largest(
    found: ClassShares, predictions: Sequence[str], where: str
) -> tuple[Note, ...]:
    """Predictions should be the most probable class, at least most of them."""
    n = int(not_the_largest(found, predictions).sum())
    if n > len(predictions) / 2:
        raise BadTable(
            where=where,
            found=f"{n:,} of {len(predictions):,} predictions that are not the class "
            "with the highest probability",
            expected="columns of probabilities in the order of their classes",
            advice="Check which column belongs to which class; or name one column "
            "with the confidence of the prediction (--confidence).",
        )
    return _threshold_note(n)


def _threshold_note(n: int) -> tuple[Note, ...]:
    """Say that predictions were made at another threshold than one half."""
    if not n:
        return ()
    return (
        note_of(
            mark(
                "Some predictions are not the most probable class (rows: {n:,}); a "
                "threshold other than one half does that."
            ),
            n=n,
        ),
    )


def _compared(found: Confidence, own: Shares | None, column: str | None) -> Confidence:
    """Note where a column of confidences contradicts those of the classes."""
    if own is None or column is None:
        return found
    with np.errstate(invalid="ignore"):
        n = int((np.abs(own - found.chances) > _MANY).sum())
    if not n:
        return found
    note = note_of(
        mark(
            "The column {column!r} is not used: it is not the probability of the "
            "predicted class (rows: {n:,})."
        ),
        column=column,
        n=n,
    )
    return Confidence(found.chances, (*found.notes, note))


def _interpreted(part: _Column, of: str | None) -> Confidence:
    """The confidence from a column with the probability of one class a row."""
    if of == OF_PREDICTION:
        return Confidence(part.chances, ())
    if of is not None:
        return _folded(part, _class_of(of, part))
    if any(SEPARATOR in name for name in part.classes):  # probability of a whole set
        return Confidence(part.chances, ())
    least = 1 / max(2, len(part.classes))
    with np.errstate(invalid="ignore"):
        n_below = int((part.chances < least - _SLACK).sum())
    if not n_below:
        return Confidence(part.chances, ())
    if len(part.classes) == 2:
        return _told_apart(part, n_below)
    fixed = [class_ for class_ in part.classes if _may_be_of(part, class_, least)]
    if fixed:
        raise _fixed_of_many(part, fixed[0])
    note = note_of(
        mark(
            "Confidences below 1/{n} (rows: {n_rows:,}) mean that the model knows more "
            "classes than this table shows, or that they are of another class than the "
            "predicted one."
        ),
        n=max(2, len(part.classes)),
        n_rows=n_below,
    )
    return Confidence(part.chances, (note,))


def _class_of(name: str, part: _Column) -> str:
    """The class that the user names, in the table's writing."""
    for key in (str, same_name, similar_name):
        for class_ in part.classes:
            if key(class_) == key(name):
                return class_
    raise UnknownName(name, kind="class", where=part.where, known=part.classes)


def _folded(part: _Column, class_: str) -> Confidence:
    """The confidence from the probability of one of two classes."""
    if len(part.classes) > 2:
        raise _fixed_of_many(part, class_)
    values = np.where(part.predictions == class_, part.chances, 1 - part.chances)
    note = note_of(
        mark(
            "The column {column!r} is the probability of class {class_!r} in every "
            "row; the confidence of another prediction is 1 minus it."
        ),
        column=part.name,
        class_=class_,
    )
    with np.errstate(invalid="ignore"):
        n_other = int((values < 0.5 - _SLACK).sum())
    return Confidence(values, (note, *_threshold_note(n_other)))


def _told_apart(part: _Column, n_below: int) -> Confidence:
    """Two classes and numbers below one half: find the class they belong to."""
    first = [class_ for class_ in part.classes if _is_split(part, class_, at_half=True)]
    if len(first) == 1:
        return _folded(part, first[0])
    fixed = _fixed_classes(part)
    if not first and len(fixed) == 1 and not _may_be_confidence(part):
        return _folded(part, fixed[0])
    names = " or ".join(map(repr, part.classes))
    raise BadTable(
        where=f"{part.where}: column {part.name!r}",
        found=f"{n_below:,} numbers below 0.5 beside predictions of two classes",
        expected="the probability of the predicted class, which is 0.5 or more, or "
        f"that of one class in all rows, {names}",
        advice="Say which it is (--confidence-of CLASS, or --confidence-of prediction "
        "if it is the predicted one's under another threshold).",
    )


def _fixed_classes(part: _Column) -> list[str]:
    """Classes that are predicted just where the number is high."""
    return [class_ for class_ in part.classes if _is_split(part, class_)]


def _is_split(part: _Column, class_: str, *, at_half: bool = False) -> bool:
    """Whether the class is predicted above some threshold (one half), others below."""
    known = ~np.isnan(part.chances)
    is_class = part.predictions[known] == class_
    inside, outside = part.chances[known][is_class], part.chances[known][~is_class]
    if at_half:
        low, high = outside.max(initial=0.0), inside.min(initial=1.0)
        return bool(low <= 0.5 + _SLACK and high >= 0.5 - _SLACK)
    if not len(inside) or not len(outside):
        return False
    return bool(outside.max() <= inside.min())


def _may_be_of(part: _Column, class_: str, least: float) -> bool:
    """Whether it can be the probability of one class of several, in all rows.

    Where that is the most probable class of n, it has 1/n or more; where it is not, one
    half at most.
    """
    is_class = part.predictions == class_
    if is_class.all() or not is_class.any():
        return False
    inside, outside = part.chances[is_class], part.chances[~is_class]
    return bool(
        np.nanmin(inside) >= least - _SLACK and np.nanmax(outside) <= 0.5 + _SLACK
    )


def _may_be_confidence(part: _Column) -> bool:
    """Whether it can be the predicted class's, under a threshold other than half."""
    chances = [
        np.where(part.predictions == class_, part.chances, 1 - part.chances)
        for class_ in part.classes
    ]
    return any(
        _is_split(part._replace(chances=values), class_)
        for values, class_ in zip(chances, part.classes, strict=True)
    )


def _fixed_of_many(part: _Column, class_: str) -> BadTable:
    return BadTable(
        where=f"{part.where}: column {part.name!r}",
        found=f"what seems to be the probability of class {class_!r} in every row, "
        f"beside predictions of {len(part.classes)} classes",
        expected="the probability of the predicted class, or a column for each class",
        advice="Write the predicted class's probability, or columns such as "
        f"prob_{class_} for all classes; --confidence-of prediction takes the column "
        "as it is.",
    )
