"""Everything that the prediction of one picture is computed from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bioloom.errors import BadConfig, UnknownName
from bioloom.images.files.files import printable
from bioloom.images.files.overwriting import require_no_picture
from bioloom.images.files.reading import Facts, quiet_decoders, read_picture
from bioloom.images.files.view import Conversion
from bioloom.images.models.inference import TrainedModel
from bioloom.images.models.opening import Engine, open_model
from bioloom.images.output.figures import heat_picture
from bioloom.images.settings import COMMAND
from bioloom.run.arrays import load_arrays
from bioloom.run.output import written_aside
from bioloom.run.record import finished_record
from bioloom.run.tables import without_apostrophe

N_NEAREST = 5
_MAP_MADE_BY = "bioloom: Grad-CAM"


@dataclass(frozen=True, slots=True)
class Relative:
    """A training picture with similar features: path, class, cosine."""

    path: str
    label: str
    cosine: float


@dataclass(frozen=True, slots=True)
class PictureWorking:
    """Everything that one prediction is computed from.

    Parameters
    ----------
    path, facts
        Of the picture.
    pixels
        As the model sees it, shape (S, S, 3).
    class_names, scores, chances
        Of the classes; probabilities are after the temperature.
    evidence
        What each cell adds to each score, shape (num_classes, h, w).
    temperature
        Of the model.
    familiarity, threshold
        How like the training pictures it is, and below which it is unknown; NaN if the
        model's file does not tell.
    relatives
        Nearest training pictures.
    thresholds
        Probability above which the picture has each label; None where it has one class.
    of_label
        Number of the label that is explained; None for the predicted class.
    """

    path: str
    facts: Facts
    pixels: NDArray[np.uint8]
    class_names: tuple[str, ...]
    scores: NDArray[np.float32]
    chances: NDArray[np.float64]
    evidence: NDArray[np.float32]
    temperature: float
    familiarity: float
    threshold: float
    relatives: tuple[Relative, ...]
    thresholds: NDArray[np.float64] | None = None
    of_label: int | None = None

    @property
    def predicted(self) -> int:
        """Number of the predicted class, or of the label that is explained."""
        return int(self.scores.argmax()) if self.of_label is None else self.of_label

    def write_map(self, path: Path) -> None:
        """Write the Grad-CAM of the predicted class as PNG.

        Raises
        ------
        BadPictures
            If it would replace a picture that is no such map.
        """
        if not _is_map(path):
            require_no_picture(path)
        with written_aside(path) as partial:
            heat_picture(self.pixels, self.evidence[self.predicted]).save(
                partial, "PNG", pnginfo=_signed()
            )


def _signed() -> PngInfo:
    """Text in a PNG by which a map is known."""
    text = PngInfo()
    text.add_text("Software", _MAP_MADE_BY)
    return text


def _is_map(path: Path) -> bool:
    """Whether a file is a map that was written here."""
    try:
        with Image.open(path, formats=["PNG"]) as image:
            return image.info.get("Software") == _MAP_MADE_BY
    except OSError:
        return False


def work_out(
    run: Path, picture: Path, *, engine: Engine = "auto", of_label: str | None = None
) -> PictureWorking:
    """Predict one picture and keep every step.

    Parameters
    ----------
    run
        Finished run folder of `bioloom images train`.
    picture
        The file.
    engine
        As for `open_model`.
    of_label
        Label to explain, where a picture can have several; by default the likeliest.

    Raises
    ------
    BadConfig, UnknownName
        If the model gives one class, or does not know the label.
    BadRunFolder, MissingFile, BadModel
        If it is not a run, or not finished.
    UnreadablePicture
        If the picture cannot be read.
    """
    finished_record(run, COMMAND)
    model = open_model(run, engine=engine)
    _check_label(model, of_label)
    with quiet_decoders():
        decoded = read_picture(str(picture), at_least=model.side)
        view = Conversion.of_model(model.about).of(decoded.picture)
    pixels = np.asarray(view)
    scores, features, cells = model.evidence(pixels)
    known = model.familiarity
    chances = model.chances(scores[None])[0]
    return PictureWorking(
        path=printable(str(picture)),
        facts=decoded.facts,
        pixels=pixels,
        class_names=model.class_names,
        scores=scores,
        chances=chances,
        evidence=cells,
        temperature=model.temperature,
        familiarity=float(known.of(features[None])[0]) if known else float("nan"),
        threshold=known.threshold if known else float("nan"),
        relatives=_relatives(run, features),
        thresholds=model.thresholds,
        of_label=_label_number(model, of_label, chances),
    )


def _check_label(model: TrainedModel, of_label: str | None) -> None:
    if of_label is None:
        return
    if model.thresholds is None:
        raise BadConfig(
            where="--of-label",
            found=f"the label {of_label!r}, but a model of one class a picture",
            expected="a run of `bioloom images train --multilabel`",
            advice="Leave it out: the predicted class is explained.",
        )
    if of_label not in model.class_names:
        raise UnknownName(
            of_label, kind="label", where="--of-label", known=model.class_names
        )


def _label_number(
    model: TrainedModel, of_label: str | None, chances: NDArray[np.float64]
) -> int | None:
    """The label that is explained: the one asked for, else the likeliest."""
    if model.thresholds is None:
        return None
    if of_label is None:
        return int(chances.argmax())
    return model.class_names.index(of_label)


def _relatives(run: Path, query: NDArray[np.float32]) -> tuple[Relative, ...]:
    """Training pictures with the most similar features."""
    arrays, _ = load_arrays(
        run / "features.safetensors", command="bioloom images train"
    )
    table = pd.read_csv(
        run / "tables" / "classification_result.csv",
        encoding="utf-8-sig",
        keep_default_na=False,
    )
    rows = np.flatnonzero((table["split"] == "train").to_numpy())
    features = arrays["features"][rows]
    length = np.linalg.norm(features, axis=1) * np.linalg.norm(query)
    cosine = features @ query / np.maximum(length, 1e-12)
    nearest = np.argsort(-cosine, kind="stable")[:N_NEAREST]
    return tuple(
        Relative(
            path=without_apostrophe(str(table["path"].iloc[rows[place]])),
            label=without_apostrophe(str(table["label"].iloc[rows[place]])),
            cosine=float(cosine[place]),
        )
        for place in nearest
    )
