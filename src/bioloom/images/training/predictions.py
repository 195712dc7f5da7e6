"""Predictions as a table with one row per file.

An unreadable file has a reason instead of a prediction.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.files import find_pictures, printable
from bioloom.images.files.notes import note_readings, note_worthy
from bioloom.images.files.reading import Facts, quiet_decoders, read_picture
from bioloom.images.files.view import Conversion
from bioloom.images.models.familiarity import UNKNOWN
from bioloom.images.models.inference import TrainedModel
from bioloom.label_sets import cells_of
from bioloom.result import Result
from bioloom.run.output import open_aside
from bioloom.run.progress import OnStep, silent
from bioloom.run.tables import for_spreadsheets, to_jsonl
from bioloom.run.words import counted
from bioloom.statistics.multilabel import set_probabilities

BATCH = 32
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files in the order of their rows.

    Parameters
    ----------
    names
        As shown in the table.
    sha1
        Of each; "" if it was not read.
    reasons
        Why a file was not read; "" if it was.
    """

    names: Sequence[str]
    sha1: Sequence[str]
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Split of labelled pictures.

    Parameters
    ----------
    split
        Side of each; "" if it is on none.
    labels
        Class of each; "" if not known.
    groups
        Number of each one's group; pictures of a group are not independent.
    """

    split: NDArray[np.str_]
    labels: Sequence[str]
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False)
class PicturePredictions(Result):
    """Predictions of pictures.

    Parameters
    ----------
    frame
        One row per file: path, SHA-1, prediction, confidence, probabilities, reason.
    """

    frame: pd.DataFrame

    def summary(self) -> str:
        """Number of pictures of each predicted class, and of unreadable ones."""
        counts = self.frame["prediction"].value_counts(sort=False)
        parts = [f"{n:,} {name or 'unreadable'}" for name, n in sorted(counts.items())]
        n = len(self.frame)
        return f"{counted(n, 'picture')}: {', '.join(parts)}"

    def to_frame(self) -> pd.DataFrame:
        """One row per file."""
        return self.frame

    def write(self, path: str | Path) -> None:
        """Write a CSV file; "-" is standard output."""
        with open_aside(path) as stream:
            if str(path) != "-":
                stream.write(BYTE_ORDER_MARK)
            write_predictions(iter([self.frame]), stream)


def predictions_frame(
    files: Files,
    chances: NDArray[np.float64],
    class_names: Sequence[str],
    *,
    familiar: NDArray[np.float32] | None = None,
    threshold: float = -1.0,
    thresholds: NDArray[np.float64] | None = None,
    sides: Sides | None = None,
) -> pd.DataFrame:
    """One row per file.

    Parameters
    ----------
    files
        Their names, checksums and reasons.
    chances
        Probabilities, one row per file; rows of unreadable files are ignored.
    class_names
        Of the columns of `chances`.
    familiar
        How like the training pictures each is
        (`bioloom.images.models.familiarity`); None if it is not known.
    threshold
        Familiarity below which the prediction is "unknown".
    thresholds
        Probability above which a picture has each label, where it can have several;
        the prediction is then a cell such as ``a|b``.
    sides
        Split, labels and groups of labelled pictures.
    """
    readable = np.array([not reason for reason in files.reasons], dtype=bool)
    frame = pd.DataFrame({"path": list(files.names), "sha1": list(files.sha1)})
    if sides is not None:
        frame["split"], frame["label"] = sides.split, list(sides.labels)
        groups = pd.Series(sides.groups, dtype="Int64")
        frame["group"] = groups.mask(pd.Series(sides.split == ""))
    predicted, confidence = _called(chances, class_names, thresholds)
    if familiar is not None:
        is_unknown = familiar < threshold
        predicted = np.where(is_unknown, UNKNOWN, predicted)
        confidence = np.where(is_unknown, np.nan, confidence)
    frame["prediction"] = np.where(readable, predicted, "")
    frame["confidence"] = np.where(readable, confidence, np.nan)
    if familiar is not None:
        frame["familiarity"] = np.where(readable, familiar, np.nan)
    for k, name in enumerate(class_names):
        frame[f"p_{name}"] = np.where(readable, chances[:, k], np.nan)
    frame["reason"] = list(files.reasons)
    return frame


def _called(
    chances: NDArray[np.float64],
    class_names: Sequence[str],
    thresholds: NDArray[np.float64] | None,
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Class, or set of labels, of each picture, and the probability of just that."""
    if thresholds is None:
        names = np.array(class_names, dtype=object)
        return names[chances.argmax(axis=1)], chances.max(axis=1)
    called = chances > thresholds
    return cells_of(called, class_names), set_probabilities(called, chances)


def predict_pictures(
    model: TrainedModel, paths: Sequence[Path], *, on_step: OnStep = silent
) -> PicturePredictions:
    """Predict the class of pictures.

    Parameters
    ----------
    model
        Opened by `bioloom.images.models.opening.open_model`.
    paths
        Files, whatever their names, and folders, which are searched recursively.
    on_step
        Called as pictures are done.
    """
    parts = list(predicted_parts(model, paths, on_step=on_step))
    return PicturePredictions(pd.concat(parts, ignore_index=True))


def predicted_parts(
    model: TrainedModel, paths: Sequence[Path], *, on_step: OnStep = silent
) -> Iterator[pd.DataFrame]:
    """The same, some rows at a time, in bounded memory."""
    files = list(_listed(paths))
    odd: list[Facts] = []
    for begin in range(0, max(len(files), 1), BATCH):
        on_step("predicting", begin, len(files))
        yield _predicted(model, files[begin : begin + BATCH], odd)
    note_readings(odd)


def watched_parts(
    model: TrainedModel,
    folders: Sequence[Path],
    *,
    every_s: float,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[pd.DataFrame]:
    """Predictions of the pictures in folders, then of each that is added; endless.

    Parameters
    ----------
    model
        As for `predict_pictures`.
    folders
        Searched recursively, again and again.
    every_s
        Seconds between two looks.
    wait
        Called with these seconds.

    Notes
    -----
    A file is read once two looks find the same size and time of change: one that is
    still being written is waited for.
    """
    before: dict[str, _Stamp] = {}
    done: set[str] = set()
    while True:
        now = {
            file.path: _stamp(file.path)
            for file in _listed(folders)
            if file.path not in done
        }
        settled = sorted(path for path in now if before.get(path) == now[path])
        for begin in range(0, len(settled), BATCH):
            batch = settled[begin : begin + BATCH]
            odd: list[Facts] = []
            yield _predicted(model, [_Listed(path, "") for path in batch], odd)
            note_readings(odd)
            done.update(batch)
        before = now
        wait(every_s)


class _Stamp(NamedTuple):
    """Size of a file and time of its last change; -1 where it cannot be looked at."""

    n_bytes: int
    changed_ns: int


def _stamp(path: str) -> _Stamp:
    try:
        info = os.stat(path)  # noqa: PTH116 (paths here are texts)
    except OSError:
        return _Stamp(-1, -1)
    return _Stamp(info.st_size, info.st_mtime_ns)


def write_predictions(
    parts: Iterator[pd.DataFrame],
    stream: IO[str],
    *,
    form: Literal["csv", "jsonl"] = "csv",
) -> int:
    """Write predictions as CSV or one JSON object per row; returns the row count."""
    n = 0
    for number, part in enumerate(parts):
        n += len(part)
        if form == "jsonl":
            stream.write(to_jsonl(part))
            continue
        for_spreadsheets(part).to_csv(
            stream,
            header=number == 0,
            index=False,
            lineterminator="\n",
            float_format="%.6g",
        )
    return n


class _Listed(NamedTuple):
    path: str
    reason: str


def _listed(paths: Sequence[Path]) -> Iterator[_Listed]:
    """Path of each file, and the reason if it cannot be read; pictures of folders."""
    for path in paths:
        if path.is_dir():
            for file in find_pictures(path):
                yield _Listed(file.path, file.reason)
        else:
            yield _Listed(str(path), "")


def _predicted(
    model: TrainedModel, files: Sequence[_Listed], odd: list[Facts]
) -> pd.DataFrame:
    """Predictions of files; adds those whose reading has to be told to `odd`."""
    side, conversion = model.side, Conversion.of_model(model.about)
    pixels = np.zeros((len(files), side, side, 3), dtype=np.uint8)
    sha1, reasons = [""] * len(files), [file.reason for file in files]
    with quiet_decoders():
        for row, (path, reason) in enumerate(files):
            if reason:
                continue
            try:
                picture, facts = read_picture(path, at_least=side)
            except UnreadablePicture as problem:
                reasons[row] = problem.code
                continue
            sha1[row] = facts.sha1
            odd += [facts] if note_worthy(facts) else []
            pixels[row] = np.asarray(conversion.of(picture))
    scored = model.score(pixels)
    known = model.familiarity
    names = [printable(file.path) for file in files]
    return predictions_frame(
        Files(names=names, sha1=sha1, reasons=reasons),
        model.chances(scored.scores),
        model.class_names,
        familiar=known.of(scored.features) if known else None,
        threshold=known.threshold if known else -1.0,
        thresholds=model.thresholds,
    )
