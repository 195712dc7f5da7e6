"""Files of a training's run folder: tables, figures, pictures, labels, model card."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from bioloom.draw import save, wording
from bioloom.evaluation_figures import calibration_figure, confusion_figure
from bioloom.images.auditing.figure import where_figure
from bioloom.images.dataset.measures import MEASURES
from bioloom.images.output.card import model_card
from bioloom.images.output.figures import (
    ShownError,
    epochs_frame,
    learning_curves,
    worst_gallery,
)
from bioloom.images.output.label_outputs import (
    LABEL_TABLES,
    ONLY_CLASSES,
    label_figures,
    label_frames,
)
from bioloom.images.output.label_page import WrongLabel
from bioloom.images.output.page import WrongPrediction
from bioloom.images.training.multilabel import MultilabelTraining
from bioloom.images.training.predictions import BYTE_ORDER_MARK, write_predictions
from bioloom.images.training.result import Training
from bioloom.run.output import open_aside, write_text
from bioloom.run.tables import write_table
from bioloom.statistics.calibration import probabilities, reliability_rows
from bioloom.statistics.classification import confusion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "classification_result.csv": "One row for every file, comma-separated, UTF-8 "
        "with a byte order mark so that spreadsheets open it: path below the data "
        "folder; SHA-1; split; label (its folder); group (pictures of one group are "
        "near-duplicates or share a name, and are not independent); prediction; "
        "confidence (probability of the prediction after the temperature); familiarity "
        "(cosine with the third most similar training picture; of training pictures "
        "themselves, with the picture itself counted); p_CLASS "
        "(probability of each class); reason (why an unreadable file has no "
        "prediction). A text that a spreadsheet would take for a formula, because it "
        "begins with =, +, - or @, has an apostrophe in front.",
        "features.tsv": "One row for every readable picture: path, label, and "
        + "; ".join(f"{name} ({what})" for name, what in MEASURES.items())
        + ".",
        "splits.tsv": "One row for every file on a side: path, label, split, group "
        "(pictures of one group are near-duplicates or share a name).",
        "audit.tsv": "How well each probe alone predicts the class: balanced accuracy, "
        "95 % interval, chance, skill (0 guessing, 1 certainty), p (permutations, "
        "corrected for all probes), verdict, advice; of the picture as the model gets "
        "it, before the cure, of the usual script, and of the file.",
        "classes.tsv": "Test pictures: number, precision, recall and F1 of each class, "
        "with Clopper-Pearson 95 % intervals.",
        "confusion.tsv": "Test pictures: true class, predicted class, number.",
        "calibration.tsv": "Test pictures by confidence, raw and after the "
        "temperature: bounds of the bin, number, mean confidence, accuracy.",
        "curves.tsv": "Every epoch of a training of all weights: training loss (with "
        "augmentation), validation loss and accuracy.",
        "summary.tsv": "Measures: numbers of pictures; accuracy, balanced accuracy and "
        "macro F1 of the test pictures with 95 % intervals (groups resampled); "
        "calibration error before and after the temperature; cross-validated accuracy "
        "with groups kept together and with random folds.",
        "int8.tsv": "With --int8: number of test pictures, and the share of them for "
        "which the 8-bit model predicts the same class.",
    }
)


def write_outputs(
    training: Training, out: Path, errors: Sequence[WrongPrediction | WrongLabel]
) -> dict[str, str]:
    """Write all files of a finished training except the model itself.

    Parameters
    ----------
    training
        The training.
    out
        Run folder.
    errors
        The worst errors, for a figure.

    Returns
    -------
    SVG texts of the figures, by kind.
    """
    names = {str(k): name for k, name in enumerate(training.pictures.class_names)}
    write_text(out / "label_map.json", _json(names))
    with open_aside(out / "tables" / "classification_result.csv") as stream:
        stream.write(BYTE_ORDER_MARK)
        write_predictions(iter([training.to_frame()]), stream)
    for name, frame in frames_of(training).items():
        write_table(frame, out, name)
    write_text(out / "tables" / "README.md", _readme(training))
    figures = figures_of(training)
    figures["worst_errors"] = worst_gallery([_captioned(error) for error in errors])
    svgs = {
        name: save(figure, out / "figures" / name) for name, figure in figures.items()
    }
    write_text(out / "MODEL_CARD.md", model_card(training))
    lines = [f"{each.measure}: {each.value}\n" for each in summary_of(training)]
    write_text(out / "log.txt", "".join(lines))
    return svgs


def figures_of(training: Training) -> "dict[str, Figure]":
    """Figures of a training by kind: curves, confusion, calibration, audit, where."""
    if isinstance(training, MultilabelTraining):
        return label_figures(training)
    test = training.test
    y, predicted = training.pictures.y[test], training.predicted[test]
    names = training.pictures.class_names
    balanced = training.measures["balanced_accuracy"].value
    return {
        "curves": learning_curves(training),
        "confusion": confusion_figure(
            predicted, y, names, of=wording("{n} test pictures")
        ),
        "calibration": calibration_figure(
            training.scores[test], y, training.temperature
        ),
        "audit": training.audit.plot(accuracy=balanced),
        "where": where_figure(training.audit.where),
    }


def _captioned(error: WrongPrediction | WrongLabel) -> ShownError:
    return ShownError(error.pixels, error.heat, error.caption)


def frames_of(training: Training) -> dict[str, pd.DataFrame]:
    """The tables of a training, by name."""
    pictures = training.pictures
    sides = np.flatnonzero(training.split != "").tolist()
    measured = [
        {"path": pictures.names[x], "label": pictures.label(x), **look.measures}
        for x, look in enumerate(training.scan.looks)
        if look
    ]
    common = {
        "features": pd.DataFrame(measured),
        "splits": pd.DataFrame(
            {
                "path": [pictures.names[x] for x in sides],
                "label": [pictures.label(x) for x in sides],
                "split": training.split[sides],
                "group": training.groups[sides],
            }
        ),
        "audit": training.audit.to_frame(),
        "summary": pd.DataFrame(summary_of(training), columns=list(SummaryRow._fields)),
    }
    if isinstance(training, MultilabelTraining):
        return common | label_frames(training)
    return common | {
        "classes": training.classes_frame(),
        "confusion": _confusion_frame(training),
        "calibration": _calibration_frame(training),
        "curves": epochs_frame(training),
    }


class SummaryRow(NamedTuple):
    """Name and value of a measure."""

    measure: str
    value: float


def summary_of(training: Training) -> list[SummaryRow]:
    """Name and value of every measure."""
    facts = dict(training.facts())
    if share := training.folded:
        facts |= {"cv_accuracy_all": share.value}
        facts |= {"cv_accuracy_all_low": share.low, "cv_accuracy_all_high": share.high}
    if training.inflation:
        for name in ("grouped", "naive"):
            share = getattr(training.inflation, name)
            key = f"cv_{training.headline}_{name}"
            facts |= {key: share.value}
            facts |= {f"{key}_low": share.low, f"{key}_high": share.high}
    return [SummaryRow(name, value) for name, value in facts.items()]


def _confusion_frame(training: Training) -> pd.DataFrame:
    names = training.pictures.class_names
    y, predicted = training.pictures.y[training.test], training.predicted[training.test]
    table = confusion(predicted, y, len(names))
    return pd.DataFrame(
        {"label": names[i], "predicted": names[j], "n": table[i, j]}
        for i, j in np.ndindex(table.shape)
    )


def _calibration_frame(training: Training) -> pd.DataFrame:
    y = training.pictures.y[training.test]
    stages = {
        "raw": probabilities(training.scores[training.test]),
        "scaled": training.probabilities[training.test],
    }
    return pd.DataFrame(reliability_rows(stages, y))


def _json(entries: Mapping[str, str]) -> str:
    return json.dumps(dict(entries), indent=2, ensure_ascii=False) + "\n"


def _readme(training: Training) -> str:
    tables = dict(TABLES)
    if isinstance(training, MultilabelTraining):
        tables |= LABEL_TABLES
        tables = {k: v for k, v in tables.items() if k not in ONLY_CLASSES}
    parts = [f"## {name}\n{meaning}" for name, meaning in tables.items()]
    head = "# Tables\n\nTab-separated unless stated; an empty field has no value."
    return "\n\n".join([head, *parts]) + "\n"
