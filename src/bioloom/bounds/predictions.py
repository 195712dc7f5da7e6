"""Tables of predictions, of any classifier, read and checked.

The graph room's run folder and the images room's are recognised directly; other tables
need a label and a prediction, and may have more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.data import column, numbers
from bioloom.errors import BadTable, MissingFile
from bioloom.run.table_reader import TableSource, name_of_source, read_table

TABLES = ("tables/predictions.tsv", "tables/classification_result.csv")
SPLITS: Mapping[str, str] = MappingProxyType(
    {
        "train": "train",
        "training": "train",
        "val": "validation",
        "valid": "validation",
        "validation": "validation",
        "dev": "validation",
        "test": "test",
        "testing": "test",
        "": "",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of a table's columns; None takes the first known name that is there."""

    label: str | None = None
    prediction: str | None = None
    split: str | None = None
    confidence: str | None = None
    example: str | None = None
    model: str | None = None
    group: str | None = None


KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "label": ("label", "true", "y_true", "truth", "class", "target"),
        "prediction": ("prediction", "predicted", "pred", "y_pred"),
        "split": ("split", "set", "subset"),
        "confidence": ("confidence", "probability"),
        "example": ("path", "node", "id", "example", "name"),
        "model": ("model",),
        "group": ("group",),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """One model's predictions of labelled examples.

    Parameters
    ----------
    name
        Of the model, or of the file.
    table
        Columns `example`, `label`, `prediction`, `split` (train, validation, test),
        `confidence` (NaN where there is none) and `group` (examples that are alike;
        empty where there are none); rows that can be evaluated.
    unread
        Labelled test examples without a prediction.
    n_unused
        Rows without a label or a split.
    """

    name: str
    table: pd.DataFrame
    unread: pd.DataFrame
    n_unused: int

    @property
    def test(self) -> pd.DataFrame:
        """Rows of the test set."""
        return self.table[self.table["split"] == "test"]

    @property
    def has_confidence(self) -> bool:
        """Whether every test row has a confidence."""
        confidence = self.test["confidence"]
        return bool(len(confidence)) and not confidence.isna().any()


def read_predictions(
    source: TableSource, columns: Columns | None = None
) -> tuple[Predictions, ...]:
    """Read a table of predictions, or the one of a run folder.

    Parameters
    ----------
    source
        CSV or TSV, an open file or a DataFrame; or a run folder of `bioloom graph
        train` or `bioloom images train`.
    columns
        Names of columns that are named otherwise than usual.

    Returns
    -------
    One for each model, in order of appearance.

    Raises
    ------
    MissingFile, UnknownName, BadTable
        If there is no such file, column or value; the row is named. Also if no test
        example has both a label and a prediction.
    """
    table = _table_of(source)
    where = name_of_source(table)
    frame = _named(read_table(table), columns or Columns(), where)
    frame["split"] = _splits(frame["split"].tolist(), where)
    frame["confidence"] = _confidence(frame, where)
    names = frame["model"].unique().tolist()
    return tuple(
        _of_model(name or _stem(source), frame[frame["model"] == name], where)
        for name in names
    )


def short_name(source: TableSource) -> str:
    """What a table is called in titles: its file's name."""
    return Path(name_of_source(source)).name


def _stem(source: TableSource) -> str:
    return Path(short_name(source)).stem


def _table_of(source: TableSource) -> TableSource:
    """The table itself, where a run folder is given."""
    if not isinstance(source, str | PathLike) or not Path(source).is_dir():
        return source
    path = Path(source)
    for name in TABLES:
        if (path / name).is_file():
            return path / name
    raise MissingFile(path / TABLES[0], role=f"a table of predictions ({TABLES})")


def _named(frame: pd.DataFrame, columns: Columns, where: str) -> pd.DataFrame:
    """The columns that count, under the names they have here."""
    by_role = {}
    for field in fields(Columns):
        name = getattr(columns, field.name) or _usual(frame, field.name)
        if name is None and field.name in ("label", "prediction"):
            name = KNOWN[field.name][0]  # is missing, as `column` reports
        if name is not None:
            by_role[field.name] = [x.strip() for x in column(frame, name, where=where)]
    by_role.setdefault("split", ["test"] * len(frame))
    by_role.setdefault("example", [str(row) for row in range(1, len(frame) + 1)])
    by_role.setdefault("confidence", [""] * len(frame))
    by_role.setdefault("model", [""] * len(frame))
    by_role.setdefault("group", [""] * len(frame))
    return pd.DataFrame(by_role)


def _usual(frame: pd.DataFrame, role: str) -> str | None:
    return next((name for name in KNOWN[role] if name in frame), None)


def _splits(words: list[str], where: str) -> list[str]:
    for row, word in enumerate(words, 1):
        if word.lower() not in SPLITS:
            raise BadTable(
                where=f"{where}: row {row}, split",
                found=repr(word),
                expected=f"one of {', '.join(filter(None, SPLITS))}, or nothing",
                advice="Correct the split.",
            )
    return [SPLITS[word.lower()] for word in words]


def _confidence(frame: pd.DataFrame, where: str) -> NDArray[np.float64]:
    """Confidences; NaN where the field or the prediction is empty."""
    fields_ = frame["confidence"].tolist()
    empty = np.array([not text for text in fields_]) | (frame["prediction"] == "")
    filled = ["0" if no else text for no, text in zip(empty, fields_, strict=True)]
    values = numbers(filled, "confidence", where=where)
    for row in np.flatnonzero((values < 0) | (values > 1))[:1]:
        raise BadTable(
            where=f"{where}: row {row + 1}, confidence",
            found=repr(fields_[row]),
            expected="a probability from 0 to 1",
            advice="Scale the column, or name another (--confidence).",
        )
    return np.where(empty, np.nan, values)


def _of_model(name: str, rows: pd.DataFrame, where: str) -> Predictions:
    used = (rows["label"] != "") & (rows["split"] != "")
    unread = rows[used & (rows["prediction"] == "") & (rows["split"] == "test")]
    table = rows[used & (rows["prediction"] != "")]
    for again in table.index[table["example"].duplicated()][:1]:
        raise BadTable(
            where=f"{where}: row {again + 1}",
            found=f"the example {table['example'][again]!r} again",
            expected="one row per example (and model)",
            advice="Remove one of them.",
        )
    if not (table["split"] == "test").any():
        raise BadTable(
            where=where,
            found="no test example with a label and a prediction",
            expected="at least one",
            advice="Only examples that training never saw prove anything; name them "
            "test in the column split.",
        )
    return Predictions(name, table, unread, int((~used).sum()))
