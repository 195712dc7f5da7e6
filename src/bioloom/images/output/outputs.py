"""Files of a training's run folder: tables, figures, pictures, labels, model card."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.draw import save
from bioloom.evaluation_figures import calibration_figure, confusion_figure
from bioloom.images.dataset.measures import MEASURES
from bioloom.images.models.inference import TrainedModel
from bioloom.images.output import figures
from bioloom.images.output.card import model_card
from bioloom.images.training.predictions import BYTE_ORDER_MARK, write_predictions
from bioloom.images.training.result import TrainResult
from bioloom.run.output import open_aside, write_text
from bioloom.run.tables import write_table
from bioloom.statistics.calibration import probabilities, reliability_rows
from bioloom.statistics.classification import confusion

N_WORST = 12
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "classification_result.csv": "One row for every file, comma-separated, UTF-8 "
        "with a byte order mark so that spreadsheets open it: path below the data "
        "folder; SHA-1; split; label (its folder); prediction; confidence (probability "
        "of the prediction after the temperature); p_CLASS (probability of each "
        "class); reason (why an unreadable file has no prediction).",
        "features.tsv": "One row for every readable picture: path, label, and "
        + "; ".join(f"{name} ({what})" for name, what in MEASURES.items())
        + ".",
        "splits.tsv": "One row for every file on a side: path, label, split, group "
        "(pictures of one group are near-duplicates or share a name).",
        "audit.tsv": "How well each probe alone tells the classes: balanced accuracy, "
        "95 % interval, chance, skill (0 guessing, 1 certainty), verdict, cure.",
        "classes.tsv": "Test pictures: number, precision, recall and F1 of each class, "
        "with Wilson's 95 % intervals.",
        "confusion.tsv": "Test pictures: true class, predicted class, number.",
        "calibration.tsv": "Test pictures by confidence, raw and after the "
        "temperature: bounds of the bin, number, mean confidence, accuracy.",
        "curves.tsv": "Every epoch of a training of all weights: training loss (with "
        "augmentation), validation loss and accuracy.",
        "summary.tsv": "Measures: numbers of pictures; accuracy, balanced accuracy and "
        "macro F1 of the test pictures with 95 % intervals (groups drawn again); "
        "calibration error before and after the temperature; cross-validated accuracy "
        "with groups kept together and torn apart.",
        "int8.tsv": "With --int8: test pictures, and the share of them of which the "
        "model in 8 bits says the same class.",
    }
)


@dataclass(frozen=True, slots=True)
class WorstError:
    """A test picture that was wrong.

    Parameters
    ----------
    place
        Of the picture.
    said
        Class that was predicted.
    pixels
        As the model sees it, shape (S, S, 3).
    evidence
        What each cell adds to the score of what was said, shape (h, w).
    """

    place: int
    said: int
    pixels: NDArray[np.uint8]
    evidence: NDArray[np.float32]


def write_outputs(result: TrainResult, out: Path, trained: TrainedModel) -> None:
    """Write all files of a finished training but the model itself.

    Parameters
    ----------
    result
        Of the training.
    out
        Run folder.
    trained
        The model as it was written, for the maps of the worst errors.
    """
    test, y = result.test, result.pictures.y[result.test]
    names = {str(k): name for k, name in enumerate(result.pictures.class_names)}
    write_text(out / "label_map.json", _json(names))
    with open_aside(out / "tables" / "classification_result.csv") as stream:
        stream.write(BYTE_ORDER_MARK)
        write_predictions(iter([result.to_frame()]), stream)
    for name, frame in frames_of(result).items():
        write_table(frame, out, name)
    write_text(out / "tables" / "README.md", _readme())
    drawn = {
        "curves": figures.learning_curves(result),
        "confusion": confusion_figure(
            result.predicted[test], y, result.pictures.class_names, of="pictures"
        ),
        "calibration": calibration_figure(result.scores[test], y, result.temperature),
        "audit": figures.audit_figure(
            result.audit, result.measures["balanced_accuracy"].value
        ),
        "worst_errors": figures.worst_gallery(
            [_captioned(result, one) for one in worst_shown(result, trained)]
        ),
    }
    for name, figure in drawn.items():
        save(figure, out / "figures" / name)
    write_text(out / "MODEL_CARD.md", model_card(result))
    write_text(out / "log.txt", "".join(f"{k}: {v}\n" for k, v in summary_of(result)))


def frames_of(result: TrainResult) -> dict[str, pd.DataFrame]:
    """The tables of a training, by name."""
    pictures = result.pictures
    sides = np.flatnonzero(result.split != "").tolist()
    seen = [(x, look) for x, look in enumerate(result.scan.looks) if look]
    measured = [
        {"path": pictures.names[x], "label": pictures.label(x), **look.measures}
        for x, look in seen
    ]
    return {
        "features": pd.DataFrame(measured),
        "splits": pd.DataFrame(
            {
                "path": [pictures.names[x] for x in sides],
                "label": [pictures.label(x) for x in sides],
                "split": result.split[sides],
                "group": result.groups[sides],
            }
        ),
        "audit": result.audit.to_frame(),
        "classes": result.classes_frame(),
        "confusion": _confusion_frame(result),
        "calibration": _calibration_frame(result),
        "curves": _curves_frame(result),
        "summary": pd.DataFrame(summary_of(result), columns=["measure", "value"]),
    }


def summary_of(result: TrainResult) -> list[tuple[str, float]]:
    """Name and value of every measure."""
    facts = dict(result.facts())
    if result.inflation:
        for name in ("grouped", "naive"):
            share = getattr(result.inflation, name)
            facts |= {f"cv_accuracy_{name}": share.value}
            facts |= {f"cv_accuracy_{name}_low": share.low}
            facts |= {f"cv_accuracy_{name}_high": share.high}
    return list(facts.items())


def worst_errors(result: TrainResult, most: int = N_WORST) -> list[int]:
    """Places of the test pictures that were wrong with the most confidence."""
    test = result.test
    wrong = test[result.predicted[test] != result.pictures.y[test]]
    confidence = result.probabilities[wrong].max(axis=1)
    return [int(x) for x in wrong[np.argsort(-confidence, kind="stable")[:most]]]


def worst_shown(result: TrainResult, trained: TrainedModel) -> Iterator[WorstError]:
    """The worst errors, each with what spoke for the class that was said."""
    for place in worst_errors(result):
        said = int(result.predicted[place])
        pixels = np.asarray(result.scan.pixels[place])
        yield WorstError(place, said, pixels, trained.evidence(pixels)[1][said])


def _captioned(
    result: TrainResult, one: WorstError
) -> tuple[NDArray[np.uint8], NDArray[np.float32], str]:
    names = result.pictures.class_names
    label = names[result.pictures.y[one.place]]
    confidence = result.probabilities[one.place, one.said]
    words = f"{label}, said {names[one.said]} {confidence:.2f}"
    return one.pixels, one.evidence, words


def _confusion_frame(result: TrainResult) -> pd.DataFrame:
    names = result.pictures.class_names
    y, predicted = result.pictures.y[result.test], result.predicted[result.test]
    table = confusion(predicted, y, len(names))
    return pd.DataFrame(
        {"label": names[i], "predicted": names[j], "n": table[i, j]}
        for i, j in np.ndindex(table.shape)
    )


def _calibration_frame(result: TrainResult) -> pd.DataFrame:
    y = result.pictures.y[result.test]
    stages = {
        "raw": probabilities(result.scores[result.test]),
        "scaled": result.probabilities[result.test],
    }
    return pd.DataFrame(reliability_rows(stages, y))


def _curves_frame(result: TrainResult) -> pd.DataFrame:
    columns = ["train_loss", "val_loss", "val_accuracy"]
    frame = pd.DataFrame(list(result.history), columns=columns)
    frame.insert(0, "epoch", range(1, len(frame) + 1))
    return frame


def _json(entries: Mapping[str, str]) -> str:
    return json.dumps(dict(entries), indent=2, ensure_ascii=False) + "\n"


def _readme() -> str:
    parts = [f"## {name}\n{meaning}" for name, meaning in TABLES.items()]
    head = "# Tables\n\nTab-separated where not said; an empty field has no value."
    return "\n\n".join([head, *parts]) + "\n"
