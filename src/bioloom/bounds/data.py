"""Tables and arrays of losses, predictions and examples, read and checked."""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.errors import BadLosses
from bioloom.bounds.losses import Losses, losses_of
from bioloom.bounds.matching import Matched, matched, same_name
from bioloom.bounds.notes import warn_of
from bioloom.bounds.paths import SPLITS
from bioloom.errors import BadTable, MissingFile, UnknownName
from bioloom.run.table_reader import TableSource, name_of_source, read_table

EXAMPLE = Path(__file__).with_name("example.tsv")
ROLES = ("h_train", "h_all")
_NOT_HYPOTHESES = ("label", "split", "in_sample", "example", "id", "path", "node")
_DECIMAL_COMMA = re.compile(r"([+-]?\d*),(\d+)")
_YES = ("1", "yes", "true", "t", "y", "sample")
_NO = ("0", "no", "false", "f", "n", "rest", "all", "other", "population", "holdout")


def column(frame: pd.DataFrame, name: str, *, where: str) -> list[str]:
    """The fields of a column.

    Raises
    ------
    UnknownName
        If there is no such column.
    """
    if name not in frame:
        known = list(frame.columns)
        raise UnknownName(name, kind="column", where=where, known=known)
    fields: list[str] = frame[name].tolist()
    return fields


def read_losses(
    source: TableSource,
    *,
    n_sample: int | None = None,
    n_population: int | None = None,
) -> Losses:
    """Read losses of hypotheses, or their predictions for each example.

    Parameters
    ----------
    source
        A path, an open file or a DataFrame, in one of three forms. A table of losses:
        `hypothesis`, `loss_sample`, `loss_all` (empty where not known), optionally
        `role` (h_train, h_all); percentages carry their sign. A table of predictions:
        `label`, `split` (train is the sample) or `in_sample`, and a column for each
        hypothesis. NumPy's ``.npz`` for many hypotheses: `predictions` (n_hypotheses,
        n_examples), `label`, `in_sample`.
    n_sample, n_population
        Numbers of examples behind a table of losses, where they are known.

    Raises
    ------
    MissingFile, BadLosses, UnknownName
        If the file is not there or cannot be used; the row is named.
    """
    where = name_of_source(source)
    if where.endswith(".npz"):
        return _read_arrays(Path(where))
    frame = read_table(source, error=BadLosses)
    if "label" in frame:
        return _predicted(frame, where)
    if "hypothesis" not in frame:
        raise _neither(where, list(frame.columns))
    losses = _losses(frame, where)
    return replace(losses, n_sample=n_sample, n_population=n_population)


def _neither(where: str, columns: Sequence[str]) -> BadLosses:
    return BadLosses(
        where=where,
        found=f"the columns {', '.join(columns)}",
        expected="hypothesis, loss_sample and loss_all, a row for each hypothesis; or "
        "label, split and a column for each hypothesis, a row for each example",
        advice="Rename the columns to one of the two forms.",
    )


def _losses(frame: pd.DataFrame, where: str) -> Losses:
    names = column(frame, "hypothesis", where=where)
    sample, population = (
        np.array(
            [
                _loss(text, f"{where}: row {row} ({name!r})", may_be_empty=is_all)
                for row, (name, text) in enumerate(
                    zip(names, column(frame, title, where=where), strict=True), 1
                )
            ]
        )
        for title, is_all in (("loss_sample", False), ("loss_all", True))
    )
    _check_names(names, where)
    roles = frame["role"].str.strip().tolist() if "role" in frame else []
    trained, best = (_claimed(roles, role, where) for role in ROLES)
    return Losses(
        source=where,
        names=tuple(names),
        sample=sample,
        population=population,
        rows=np.arange(1, len(names) + 1),
        trained=trained,
        best=best,
    )


def _loss(text: str, where: str, *, may_be_empty: bool) -> float:
    """A loss between 0 and 1; "5.5 %" is 0.055."""
    word = text.strip()
    if not word and may_be_empty:
        return float("nan")
    number, scale = (word[:-1], 100) if word.endswith("%") else (word, 1)
    try:
        value = float(number) / scale
    except ValueError:
        value = float("nan")
    if 0 <= value <= 1:
        return value
    raise BadLosses(
        where=where,
        found=f"the loss {word!r}" if word else "an empty loss",
        expected="a number from 0 to 1, or per cent with the sign %",
        advice="Write 0.08 or 8 %; a loss that can exceed 1 must be scaled before.",
    )


def _check_names(names: Sequence[str], where: str) -> None:
    twice = pd.Index(names).duplicated()
    for row in np.flatnonzero(twice)[:1]:
        raise BadLosses(
            where=f"{where}: row {row + 1}",
            found=f"the hypothesis {names[row]!r} again",
            expected="one row per hypothesis",
            advice="Remove or rename the row.",
        )


def _claimed(roles: Sequence[str], role: str, where: str) -> int | None:
    """Number of the hypothesis that a role is given to."""
    for row, words in enumerate(roles, 1):
        for word in filter(None, words.replace(",", " ").split()):
            if word not in ROLES:
                raise BadLosses(
                    where=f"{where}: row {row}",
                    found=f"the role {word!r}",
                    expected="h_train, h_all or nothing",
                    advice="Correct the column role.",
                )
    rows = [k for k, words in enumerate(roles) if role in words]
    if len(rows) > 1:
        raise BadLosses(
            where=f"{where}: rows {rows[0] + 1} and {rows[1] + 1}",
            found=f"two hypotheses called {role}",
            expected="at most one",
            advice="Leave the role to one of them.",
        )
    return rows[0] if rows else None


def _predicted(frame: pd.DataFrame, where: str) -> Losses:
    flag = "in_sample" if "in_sample" in frame else "split"
    in_sample = _marks(column(frame, flag, where=where), flag, where)
    names = [name for name in frame.columns if name not in _NOT_HYPOTHESES]
    if not names:
        raise BadLosses(
            where=where,
            found="no hypothesis",
            expected="a column of predictions for each, beside label and split",
            advice="Add them.",
        )
    labels, predictions, notes = _matched(frame, names, where)
    codes, _ = pd.factorize(np.array([*labels, *predictions], dtype=object))
    table = codes.reshape(len(names) + 1, len(frame))
    losses = losses_of(
        table[1:],
        table[0],
        in_sample,
        names=tuple(names),
        source=where,
    )
    return replace(losses, notes=notes)


def _marks(words: Sequence[str], name: str, where: str) -> NDArray[np.bool_]:
    """Whether each example belongs to the sample, which is what was trained on."""
    meant = [SPLITS.get(same_name(word).casefold(), same_name(word)) for word in words]
    known = ("train", "validation", "test", "", *_YES, *_NO)
    for row, word in enumerate(meant):
        if word.casefold() not in known:
            raise BadLosses(
                where=f"{where}: row {row + 1}, {name}",
                found=repr(words[row]),
                expected="train, val or test; or 1 or 0, yes or no, true or false",
                advice="Correct the word; train, 1, yes and true are the sample.",
            )
    return np.array([word.casefold() in ("train", *_YES) for word in meant])


def _matched(frame: pd.DataFrame, names: Sequence[str], where: str) -> Matched:
    """Labels and the predictions of all hypotheses, one after another, in one writing.

    Raises
    ------
    BadLosses
        If a hypothesis has no class in common with the labels, or a label is missing.
    """
    gaps = np.flatnonzero(frame["label"].str.strip() == "")
    if len(gaps):
        raise BadLosses(
            where=f"{where}: row {gaps[0] + 1}",
            found=f"no label (rows without one: {len(gaps):,})",
            expected="the true class of each example",
            advice="Fill the gaps or remove the rows.",
        )
    labels = frame["label"].tolist()
    for name in names:
        here = f"{where}: column {name!r}"
        matched(labels, frame[name].tolist(), where=here, error=BadLosses)
    predictions = frame[list(names)].to_numpy().ravel("F").tolist()
    found = matched(labels, predictions, where=where, error=BadLosses)
    warn_of(found.notes, where)
    return found


def _read_arrays(path: Path) -> Losses:
    if not path.is_file():
        raise MissingFile(path, role="arrays of predictions")
    try:
        with np.load(path, allow_pickle=False) as file:
            wanted = ("predictions", "label", "in_sample")
            predictions, label, chosen = (np.asarray(file[name]) for name in wanted)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as problem:
        raise BadLosses(
            where=path,
            found=f"no such arrays ({problem})",
            expected="NumPy's .npz with predictions, label and in_sample",
            advice="Write it with numpy.savez, without pickled objects.",
        ) from None
    if predictions.ndim != 2:
        predictions = np.atleast_2d(predictions)
    predictions, label = _comparable(predictions, label, str(path))
    return losses_of(predictions, label, chosen, source=str(path))


def _comparable(
    predictions: NDArray[np.generic], label: NDArray[np.generic], where: str
) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Predictions and labels as numbers, matched by name where they are not.

    NumPy compares numbers of any kind; text would be cut to the shorter length, and is
    never equal to a number.
    """
    if all(array.dtype.kind in "biuf" for array in (predictions, label)):
        kind = np.result_type(predictions.dtype, label.dtype)
        return predictions.astype(kind, copy=False), label.astype(kind, copy=False)
    found = matched(
        [str(x) for x in label.ravel()],
        [str(x) for x in predictions.ravel()],
        where=where,
        error=BadLosses,
    )
    warn_of(found.notes, where)
    codes, _ = pd.factorize(np.array([*found.labels, *found.predictions], dtype=object))
    n = label.size
    return codes[n:].reshape(predictions.shape), codes[:n].reshape(label.shape)


def shares(fields: Sequence[str], name: str, *, where: str) -> NDArray[np.float64]:
    """A column of probabilities; "93 %" and "0,93" are 0.93, an empty field is NaN.

    Raises
    ------
    BadTable
        If a field is none from 0 to 1; its row is named.
    """
    words = [field.strip() for field in fields]
    if not any("." in word for word in words):
        words = [_DECIMAL_COMMA.sub(r"\1.\2", word) for word in words]
    scales = np.array([100.0 if word.endswith("%") else 1.0 for word in words])
    plain = [word.rstrip("%").strip() for word in words]
    empty = np.array([not word for word in plain], dtype=bool)
    filled = [word or "0" for word in plain]
    values = numbers(filled, name, where=where) / scales
    for row in np.flatnonzero((values < 0) | (values > 1))[:1]:
        raise BadTable(
            where=f"{where}: row {row + 1}, {name}",
            found=repr(fields[row]),
            expected="a probability from 0 to 1, or per cent with the sign %",
            advice="Scale the column, or name another (--confidence).",
        )
    return np.where(empty, np.nan, values)


def numbers(fields: Sequence[str], name: str, *, where: str) -> NDArray[np.float64]:
    """A column of finite numbers.

    Raises
    ------
    BadTable
        If a field is none; its row is named.
    """
    values = pd.to_numeric(pd.Series(list(fields)), errors="coerce").to_numpy(float)
    for row in np.flatnonzero(~np.isfinite(values))[:1]:
        raise BadTable(
            where=f"{where}: row {row + 1}, column {name!r}",
            found=repr(fields[row]),
            expected="a finite number",
            advice="Fill the gap or remove the row.",
        )
    finite: NDArray[np.float64] = values
    return finite
