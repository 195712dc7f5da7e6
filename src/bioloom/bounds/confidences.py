"""The confidence of each prediction of a table: from one column, or one a class."""

from collections.abc import Sequence

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
from bioloom.bounds.fixed_class import (
    Confidence,
    ProbabilityColumn,
    folded,
    interpreted,
    threshold_note,
)
from bioloom.bounds.notes import Note, note_of, quoted
from bioloom.errors import BadTable
from bioloom.label_sets import SEPARATOR
from bioloom.run.language import mark

Shares = NDArray[np.float64]
_MANY = 0.01  # difference of two columns that say the same, rounded


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
        whole = ProbabilityColumn(column, own, predictions, classes, where)
        chances, notes = _by_model(whole, table["model"], of)
        found = Confidence(chances, (*found.notes, *notes))
    return found._replace(notes=(*found.notes, *_gaps(found.chances, predictions)))


def _by_model(
    whole: ProbabilityColumn, models: pd.Series, of: str | None
) -> Confidence:
    """The confidence of several models' predictions in one column."""
    chances = np.full(len(models), np.nan)
    notes: list[Note] = []
    for model in models.unique():
        rows = (models == model).to_numpy()
        part = whole._replace(
            chances=whole.chances[rows], predictions=whole.predictions[rows]
        )
        chances[rows], more = interpreted(part, of)
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
        part = ProbabilityColumn(name, chances, predictions, classes, where)
        return folded(part, class_)
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
    return threshold_note(n)


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
