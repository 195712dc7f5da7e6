"""Columns that hold a probability for each class: found, read and checked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.data import shares
from bioloom.bounds.matching import same_name, similar_name
from bioloom.bounds.notes import Note, note_of, quoted
from bioloom.errors import BadTable
from bioloom.run.language import mark

Shares = NDArray[np.float64]
_WORDS = "prob|probs|proba|probability|probabilities|p|conf|confidence|softmax"
_BEFORE = re.compile(rf"(?i)({_WORDS})(?:[\s_.:\-]+|(?=[(\[\d]))(.+)")
_AFTER = re.compile(rf"(?i)(.+?)[\s_.:\-]+({_WORDS})")
_SUM_SLACK = 0.011  # of probabilities that are written with two digits


class ClassColumn(NamedTuple):
    """A column, the class whose probability it holds, and the word that says so."""

    name: str
    class_: str
    word: str


class ClassShares(NamedTuple):
    """Probabilities of classes.

    Parameters
    ----------
    classes
        Of the columns.
    shares
        NaN where the field is empty, shape (n, classes).
    notes
        On how they were read.
    """

    classes: tuple[str, ...]
    shares: Shares
    notes: tuple[Note, ...]


def class_columns(names: Iterable[str], classes: Sequence[str]) -> list[ClassColumn]:
    """Columns named after classes, of the word that names most classes.

    Parameters
    ----------
    names
        Of the columns that have no other role.
    classes
        Labels and predictions of the table.

    Examples
    --------
    >>> [x.class_ for x in class_columns(["prob_Cat", "prob_dog"], ["cat", "dog"])]
    ['cat', 'dog']
    """
    by_word: dict[str, dict[str, ClassColumn]] = {}
    for name in names:
        for word, text in _readings(name):
            class_ = _class_named(text, classes)
            if class_ is not None:
                column = ClassColumn(name, class_, word)
                by_word.setdefault(word, {}).setdefault(class_, column)
    found = max(by_word.values(), key=len, default={})
    return list(found.values())


def called_probabilities(names: Iterable[str]) -> list[str]:
    """Names of columns that say "probability of", of whatever class.

    Examples
    --------
    >>> called_probabilities(["prob_0", "prob_1", "p_value", "confidence"])
    ['prob_0', 'prob_1']
    """
    found = []
    for name in names:
        match = _BEFORE.fullmatch(name.strip()) or _AFTER.fullmatch(name.strip())
        if match and any(
            x.casefold().startswith(("prob", "soft")) for x in match.groups()
        ):
            found.append(name)
    return found


def _readings(name: str) -> list[tuple[str, str]]:
    """Ways to read a column's name: the word for probability, and the class."""
    found = []
    if match := _BEFORE.fullmatch(name.strip()):
        found.append((match[1].casefold(), match[2].strip(" ()[]'\"")))
    if match := _AFTER.fullmatch(name.strip()):
        found.append(("… " + match[2].casefold(), match[1]))
    return [*found, ("", name)]


def _class_named(text: str, classes: Sequence[str]) -> str | None:
    """The class that a text names, if it is one only."""
    for key in (str, same_name, similar_name):
        found = [class_ for class_ in classes if key(class_) == key(text)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def class_shares(
    frame: pd.DataFrame, columns: Sequence[ClassColumn], *, where: str
) -> ClassShares | None:
    """Read the probabilities of all classes; None if the columns hold something else.

    Parameters
    ----------
    frame
        The whole table, as text.
    columns
        At least two.
    where
        For messages.

    Raises
    ------
    BadTable
        If columns that are called probabilities are none, or do not sum to 1.

    Notes
    -----
    Columns that are named like classes and nothing else may be one-hot codes or scores:
    they are left out, with a note.
    """
    names = [column.name for column in columns]
    classes = tuple(column.class_ for column in columns)
    try:
        table = np.column_stack(
            [shares(frame[name].tolist(), name, where=where) for name in names]
        )
        _check_sums(table, names, where)
    except BadTable:
        if columns[0].word:
            raise
        table = np.zeros((0, len(names)))
    if not columns[0].word and not np.any((table > 0) & (table < 1)):
        return None
    note = note_of(
        mark(
            "The confidence is that of the predicted class, from the columns {names}."
        ),
        names=quoted(names),
        is_odd=False,
    )
    return ClassShares(classes, table, (note,))


def _check_sums(table: Shares, names: Sequence[str], where: str) -> None:
    sums = table.sum(axis=1)
    for row in np.flatnonzero(np.abs(sums - 1) > _SUM_SLACK * max(1, len(names) / 2))[
        :1
    ]:
        raise BadTable(
            where=f"{where}: row {row + 1}",
            found=f"probabilities ({', '.join(quoted(names))}) with the sum "
            f"{sums[row]:.4g}",
            expected="1",
            advice="Give the probabilities of all classes, after softmax; or name one "
            "column with the confidence of the prediction (--confidence).",
        )


def confidence_of(found: ClassShares, predictions: Sequence[str]) -> Shares:
    """Probability of each prediction; NaN where it has no column, or there is none."""
    place: Mapping[str, int] = {name: k for k, name in enumerate(found.classes)}
    numbers = np.array([place.get(name, -1) for name in predictions])
    own = found.shares[np.arange(len(numbers)), numbers]
    chosen: Shares = np.where(numbers < 0, np.nan, own)
    return chosen


def not_the_largest(
    found: ClassShares, predictions: Sequence[str]
) -> NDArray[np.bool_]:
    """Whether another class than the predicted one is clearly more probable."""
    own = confidence_of(found, predictions)
    with np.errstate(invalid="ignore"):
        is_less: NDArray[np.bool_] = own + _SUM_SLACK < found.shares.max(axis=1)
    return is_less & ~np.isnan(own)
