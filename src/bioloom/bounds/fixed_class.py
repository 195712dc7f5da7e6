"""What a column with one probability a row means.

The confidence of a prediction is the probability of the predicted class. Many tables
hold the probability of one fixed class instead. With two classes the two are told apart
by numbers below one half, which no most probable class has.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.bounds.matching import same_name, similar_name
from bioloom.bounds.notes import Note, note_of
from bioloom.errors import BadTable, UnknownName
from bioloom.label_sets import SEPARATOR
from bioloom.run.language import mark

Shares = NDArray[np.float64]
OF_PREDICTION = "prediction"
"""Says that a column holds the probability of the predicted class."""
_SLACK = 1e-6  # of numbers of single precision


class Confidence(NamedTuple):
    """Confidence of each prediction, NaN where there is none, and how it was found."""

    chances: Shares
    notes: tuple[Note, ...]


class ProbabilityColumn(NamedTuple):
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


def threshold_note(n: int) -> tuple[Note, ...]:
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


def interpreted(part: ProbabilityColumn, of: str | None) -> Confidence:
    """The confidence from a column with the probability of one class a row.

    Parameters
    ----------
    part
        The column, of one model.
    of
        Class whose probability it is, "prediction" for the predicted one; None finds
        out.

    Raises
    ------
    BadTable
        If that is in doubt, or it says nothing of the predicted classes.
    UnknownName
        If there is no class `of`.
    """
    if of == OF_PREDICTION:
        return Confidence(part.chances, ())
    if of is not None:
        return folded(part, _class_of(of, part))
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


def _class_of(name: str, part: ProbabilityColumn) -> str:
    """The class that the user names, in the table's writing."""
    for key in (str, same_name, similar_name):
        for class_ in part.classes:
            if key(class_) == key(name):
                return class_
    raise UnknownName(name, kind="class", where=part.where, known=part.classes)


def folded(part: ProbabilityColumn, class_: str) -> Confidence:
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
    return Confidence(values, (note, *threshold_note(n_other)))


def _told_apart(part: ProbabilityColumn, n_below: int) -> Confidence:
    """Two classes and numbers below one half: find the class they belong to."""
    first = [class_ for class_ in part.classes if _is_split(part, class_, at_half=True)]
    if len(first) == 1:
        return folded(part, first[0])
    fixed = _fixed_classes(part)
    if not first and len(fixed) == 1 and not _may_be_confidence(part):
        return folded(part, fixed[0])
    names = " or ".join(map(repr, part.classes))
    raise BadTable(
        where=f"{part.where}: column {part.name!r}",
        found=f"{n_below:,} numbers below 0.5 beside predictions of two classes",
        expected="the probability of the predicted class, which is 0.5 or more, or "
        f"that of one class in all rows, {names}",
        advice="Say which it is (--confidence-of CLASS, or --confidence-of prediction "
        "if it is the predicted one's under another threshold).",
    )


def _fixed_classes(part: ProbabilityColumn) -> list[str]:
    """Classes that are predicted just where the number is high."""
    return [class_ for class_ in part.classes if _is_split(part, class_)]


def _is_split(part: ProbabilityColumn, class_: str, *, at_half: bool = False) -> bool:
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


def _may_be_of(part: ProbabilityColumn, class_: str, least: float) -> bool:
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


def _may_be_confidence(part: ProbabilityColumn) -> bool:
    """Whether it can be the predicted class's, under a threshold other than half."""
    chances = [
        np.where(part.predictions == class_, part.chances, 1 - part.chances)
        for class_ in part.classes
    ]
    return any(
        _is_split(part._replace(chances=values), class_)
        for values, class_ in zip(chances, part.classes, strict=True)
    )


def _fixed_of_many(part: ProbabilityColumn, class_: str) -> BadTable:
    return BadTable(
        where=f"{part.where}: column {part.name!r}",
        found=f"what seems to be the probability of class {class_!r} in every row, "
        f"beside predictions of {len(part.classes)} classes",
        expected="the probability of the predicted class, or a column for each class",
        advice="Write the predicted class's probability, or columns such as "
        f"prob_{class_} for all classes; --confidence-of prediction takes the column "
        "as it is.",
    )
