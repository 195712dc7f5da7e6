"""Predictions as a table with one row a file, in step with the files whatever happens.

An unreadable file has its reason instead of a prediction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.files import find_pictures, printable
from bioloom.images.files.reading import quiet_decoders, read_picture
from bioloom.images.files.view import model_view
from bioloom.images.models.inference import TrainedModel
from bioloom.run.progress import OnStep, silent
from bioloom.run.tables import to_jsonl
from bioloom.statistics.calibration import probabilities

BATCH = 32
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files in the order of their rows.

    Parameters
    ----------
    names
        As they stand in the table.
    sha1
        Of each; "" where it was not read.
    reasons
        Why a file was not read; "" where it was.
    """

    names: Sequence[str]
    sha1: Sequence[str]
    reasons: Sequence[str]


def predictions_frame(
    files: Files,
    chances: NDArray[np.float64],
    class_names: Sequence[str],
    *,
    split: NDArray[np.str_] | None = None,
    labels: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row a file.

    Parameters
    ----------
    files
        What is told of them.
    chances
        Probabilities, one row a file; rows of unreadable files are not looked at.
    class_names
        Of the columns of `chances`.
    split, labels
        Where known.
    """
    readable = np.array([not reason for reason in files.reasons], dtype=bool)
    frame = pd.DataFrame({"path": list(files.names), "sha1": list(files.sha1)})
    if split is not None and labels is not None:
        frame["split"], frame["label"] = split, list(labels)
    told = np.array(class_names)[chances.argmax(axis=1)]
    frame["prediction"] = np.where(readable, told, "")
    frame["confidence"] = np.where(readable, chances.max(axis=1), np.nan)
    for k, name in enumerate(class_names):
        frame[f"p_{name}"] = np.where(readable, chances[:, k], np.nan)
    frame["reason"] = list(files.reasons)
    return frame


def predict(
    model: TrainedModel, paths: Sequence[Path], *, on_step: OnStep = silent
) -> pd.DataFrame:
    """Predict the class of pictures.

    Parameters
    ----------
    model
        As `bioloom.images.models.opening.open_model` opens it.
    paths
        Files, whatever their names, and folders, searched to their depth.
    on_step
        Called as pictures are done.

    Returns
    -------
    One row a file: path, SHA-1, prediction, confidence, probabilities, reason.
    """
    parts = list(predicted_parts(model, paths, on_step=on_step))
    return pd.concat(parts, ignore_index=True)


def predicted_parts(
    model: TrainedModel, paths: Sequence[Path], *, on_step: OnStep = silent
) -> Iterator[pd.DataFrame]:
    """The same, some rows at a time: memory does not grow with the pictures."""
    files = list(_listed(paths))
    for begin in range(0, max(len(files), 1), BATCH):
        on_step("predicting", begin, len(files))
        yield _predicted(model, files[begin : begin + BATCH])


def write_predictions(
    parts: Iterator[pd.DataFrame],
    stream: IO[str],
    *,
    form: Literal["csv", "jsonl"] = "csv",
) -> int:
    """Write predictions as CSV or an object a row; the number of rows."""
    n = 0
    for number, part in enumerate(parts):
        n += len(part)
        if form == "jsonl":
            stream.write(to_jsonl(part))
            continue
        part.to_csv(
            stream,
            header=number == 0,
            index=False,
            lineterminator="\n",
            float_format="%.6g",
        )
    return n


def _listed(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Path and reason of each file, without those of folders that are no pictures."""
    for path in paths:
        if path.is_dir():
            yield from ((one.path, one.reason) for one in find_pictures(path))
        else:
            yield str(path), ""


def _predicted(model: TrainedModel, files: Sequence[tuple[str, str]]) -> pd.DataFrame:
    side, neutralise = model.side, bool(model.about.get("neutralise"))
    pixels = np.zeros((len(files), side, side, 3), dtype=np.uint8)
    sha1, reasons = [""] * len(files), [reason for _, reason in files]
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
            view = model_view(picture, side=side, neutralise=neutralise)
            pixels[row] = np.asarray(view)
    said = model.see(pixels)
    names = [printable(path) for path, _ in files]
    return predictions_frame(
        Files(names=names, sha1=sha1, reasons=reasons),
        probabilities(said.scores, model.temperature),
        model.class_names,
    )
