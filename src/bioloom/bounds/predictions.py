"""Tables of predictions, of any classifier, read and checked.

The graph room's run folder and the images room's are recognised directly; other tables
need a label and a prediction, and may have more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from bioloom.bounds.class_columns import class_columns, class_shares
from bioloom.bounds.columns import KNOWN, Columns, Reading, roles_of
from bioloom.bounds.confidences import read_confidence
from bioloom.bounds.data import column
from bioloom.bounds.matching import matched
from bioloom.bounds.notes import Note, note_of, quoted, warn_of
from bioloom.bounds.paths import (
    SPLITS,
    is_path,
    labels_in_paths,
    split_note,
    splits_in_paths,
)
from bioloom.bounds.repeats import without_repeats
from bioloom.errors import BadTable, MissingFile
from bioloom.run.language import mark
from bioloom.run.table_reader import TableSource, name_of_source, read_table

TABLES = ("tables/predictions.tsv", "tables/classification_result.csv")


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
    notes
        How the table was read, where it could be read otherwise.
    """

    name: str
    table: pd.DataFrame
    unread: pd.DataFrame
    n_unused: int
    notes: tuple[Note, ...] = ()

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
    source: TableSource, reading: Reading | Columns | None = None
) -> tuple[Predictions, ...]:
    """Read a table of predictions, or the one of a run folder.

    Parameters
    ----------
    source
        CSV or TSV, an open file or a DataFrame; or a run folder of `bioloom graph
        train` or `bioloom images train`.
    reading
        How the table is read, or only the names of its columns.

    Returns
    -------
    One for each model, in order of appearance.

    Raises
    ------
    MissingFile, UnknownName, BadTable
        If there is no such file, column or value; the row is named. Also if no test
        example has both a label and a prediction, labels and predictions are not the
        same classes, or it is in doubt what a probability is the probability of.
    """
    if isinstance(reading, Columns):
        reading = Reading(columns=reading)
    table = _table_of(source)
    where = name_of_source(table)
    frame, notes = _checked(read_table(table), reading or Reading(), where)
    warn_of(notes, where)
    names = frame["model"].unique().tolist()
    return tuple(
        _of_model(name or _stem(source), frame[frame["model"] == name], notes, where)
        for name in names
    )


def _checked(
    frame: pd.DataFrame, reading: Reading, where: str
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """The columns that count, classes in one writing, and notes on the reading."""
    by_role = roles_of(frame, reading, where)
    table, notes = _named(frame, by_role, reading, where)
    labels, predictions, spelling = matched(
        table["label"].tolist(), table["prediction"].tolist(), where=where
    )
    table["label"], table["prediction"] = labels, predictions
    table["split"] = _splits(table["split"].tolist(), where)
    others = frame.drop(
        columns=[x for role, x in by_role.items() if role != "confidence"]
    )
    table["confidence"], found = read_confidence(
        table,
        others,
        column=by_role.get("confidence"),
        is_named=reading.columns.confidence is not None,
        of=reading.confidence_of,
        where=where,
    )
    return table, (*notes, *spelling, *found)


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


def _named(
    frame: pd.DataFrame, by_role: dict[str, str], reading: Reading, where: str
) -> tuple[pd.DataFrame, list[Note]]:
    """The columns that count, under the names they have here; but for confidence."""
    notes: list[Note] = []
    rows = [str(row) for row in range(1, len(frame) + 1)]
    texts = {
        role: [text.strip() for text in frame[name]]
        for role, name in by_role.items()
        if role not in ("label", "prediction", "confidence")
    }
    texts.setdefault("example", rows)
    texts |= {
        role: frame[by_role[role]].tolist()
        for role in ("label", "prediction")
        if role in by_role
    }
    if "label" not in texts:
        texts["label"] = _labels(frame, texts["example"], reading, where)
    if "prediction" not in texts:
        texts["prediction"], more = _most_probable(frame, by_role, texts, where)
        notes += more
    if "split" not in texts:
        texts["split"], more = _missing_splits(texts["example"])
        notes += more
    for role in ("model", "group"):
        texts.setdefault(role, [""] * len(frame))
    return pd.DataFrame(texts), notes


def _labels(
    frame: pd.DataFrame, examples: list[str], reading: Reading, where: str
) -> list[str]:
    """Labels from paths, if that is asked for."""
    if reading.label_from is not None:
        return labels_in_paths(examples, reading.label_from, where=where)
    if sum(map(is_path, examples)) > len(examples) / 2:
        raise BadTable(
            where=where,
            found=f"no column of labels ({', '.join(map(repr, frame.columns))}), but "
            f"paths such as '{examples[0]}'",
            expected="the true class of each example",
            advice="If it is the folder's name, add --label-from-folder; if the file's "
            "name begins with it, --label-from-name; or name a column (--label).",
        )
    return column(frame, KNOWN["label"][0], where=where)  # reports what is missing


def _most_probable(
    frame: pd.DataFrame,
    by_role: dict[str, str],
    texts: dict[str, list[str]],
    where: str,
) -> tuple[list[str], list[Note]]:
    """The class with the highest probability, where no column has the prediction."""
    others = frame.drop(columns=list(by_role.values()))
    labels = sorted({label.strip() for label in texts["label"]} - {""})
    columns = class_columns(others.columns, labels)
    if len(columns) < max(2, len(labels)):
        return column(frame, KNOWN["prediction"][0], where=where), []  # reports it
    found = class_shares(others, columns, where=where)
    if found is None:
        return column(frame, KNOWN["prediction"][0], where=where), []
    note = note_of(
        mark(
            "No column holds the prediction; it is the class with the highest "
            "probability in the columns {names}."
        ),
        names=quoted(each.name for each in columns),
    )
    names = np.array([*found.classes, ""], dtype=object)
    is_known = np.isfinite(found.shares).all(axis=1)
    place = np.where(is_known, found.shares.argmax(axis=1), -1)
    predictions: list[str] = names[place].tolist()
    return predictions, [note]


def _missing_splits(examples: list[str]) -> tuple[list[str], list[Note]]:
    """Splits from paths; else all examples are test examples, which is said."""
    splits = splits_in_paths(examples)
    if splits:
        return splits, [split_note(splits)]
    note = note_of(
        mark(
            "The table has no column of splits: every example counts as a test example "
            "that training never saw. If some were used in training, the errors shown "
            "are too low."
        ),
        is_odd=False,
    )
    return ["test"] * len(examples), [note]


def _splits(words: Sequence[str], where: str) -> list[str]:
    for row, word in enumerate(words, 1):
        if word.lower() not in SPLITS:
            raise BadTable(
                where=f"{where}: row {row}, split",
                found=repr(word),
                expected="train, val or test, or nothing",
                advice="Correct the split.",
            )
    return [SPLITS[word.lower()] for word in words]


def _of_model(
    name: str, rows: pd.DataFrame, notes: tuple[Note, ...], where: str
) -> Predictions:
    used = (rows["label"] != "") & (rows["split"] != "")
    unread = rows[used & (rows["prediction"] == "") & (rows["split"] == "test")]
    table, repeats = without_repeats(
        rows[used & (rows["prediction"] != "")], where=where
    )
    warn_of(repeats, where)
    if not (table["split"] == "test").any():
        raise BadTable(
            where=where,
            found="no test example with a label and a prediction"
            + (" that is not a training example too" if repeats else ""),
            expected="at least one",
            advice="Only examples that training never saw prove anything; name them "
            "test in the column split.",
        )
    return Predictions(name, table, unread, int((~used).sum()), (*notes, *repeats))
