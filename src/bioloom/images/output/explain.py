"""The working behind one prediction: cells, scores, probabilities, neighbours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bioloom.explain import (
    Explanation,
    Outcome,
    Quantity,
    Step,
    Verdict,
    cell,
    width_of,
)
from bioloom.images.files.files import printable
from bioloom.images.files.overwriting import require_no_picture
from bioloom.images.files.reading import Facts, quiet_decoders, read_picture
from bioloom.images.files.view import Conversion
from bioloom.images.models.opening import Engine, open_model
from bioloom.images.output.figures import heat_picture
from bioloom.images.settings import COMMAND
from bioloom.run.arrays import load_arrays
from bioloom.run.language import listed, tr
from bioloom.run.output import written_aside
from bioloom.run.record import finished_record
from bioloom.run.tables import without_apostrophe
from bioloom.statistics.calibration import probabilities

N_NEAREST = 5
_SURE = 0.5
_FAMILIARITY = "arXiv:2204.06507"
_MAP_MADE_BY = "bioloom: Grad-CAM"
_GRAD_CAM = "doi:10.1109/ICCV.2017.74"
_CALIBRATION = "arXiv:1706.04599"


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

    @property
    def predicted(self) -> int:
        """Number of the predicted class."""
        return int(self.scores.argmax())

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


def work_out(run: Path, picture: Path, *, engine: Engine = "auto") -> PictureWorking:
    """Predict one picture and keep every step.

    Parameters
    ----------
    run
        Finished run folder of `bioloom images train`.
    picture
        The file.
    engine
        As for `open_model`.

    Raises
    ------
    BadRunFolder, MissingFile, BadModel
        If it is not a run, or not finished.
    UnreadablePicture
        If the picture cannot be read.
    """
    finished_record(run, COMMAND)
    model = open_model(run, engine=engine)
    with quiet_decoders():
        decoded = read_picture(str(picture), at_least=model.side)
        view = Conversion.of_model(model.about).of(decoded.picture)
    pixels = np.asarray(view)
    scores, features, cells = model.evidence(pixels)
    known = model.familiarity
    return PictureWorking(
        path=printable(str(picture)),
        facts=decoded.facts,
        pixels=pixels,
        class_names=model.class_names,
        scores=scores,
        chances=probabilities(scores[None], model.temperature)[0],
        evidence=cells,
        temperature=model.temperature,
        familiarity=float(known.of(features[None])[0]) if known else float("nan"),
        threshold=known.threshold if known else float("nan"),
        relatives=_relatives(run, features),
    )


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


def explain_picture(working: PictureWorking) -> Explanation:
    """The working behind a prediction, in words."""
    name = working.class_names[working.predicted]
    facts = working.facts
    return Explanation(
        title=tr("{name}: {value}", name=working.path, value=name),
        steps=(
            _reading_step(facts),
            _evidence_step(working, name),
            _probability_step(working),
            _margin_step(working),
            _relatives_step(working, name),
            *_familiarity_steps(working),
        ),
        inputs={
            tr("file"): tr(
                "{kind}, {width} x {height}, {mode}",
                kind=facts.kind,
                width=facts.width,
                height=facts.height,
                mode=facts.mode,
            ),
            "SHA-1": facts.sha1,
            tr("classes"): listed(working.class_names),
        },
    )


def _reading_step(facts: Facts) -> Step:
    changes = []
    if facts.has_alpha:
        share = f"{100 * facts.transparent:.0f} %"
        changes.append(tr("composited on white ({share} transparent)", share=share))
    if facts.is_rotated:
        changes.append(tr("rotated by EXIF"))
    if facts.is_animated:
        changes.append(tr("first frame of several"))
    if facts.grey_scale:
        black, white, _ = facts.grey_scale
        changes.append(
            tr(
                "values of {black:.6g} to {white:.6g} shown as black to white",
                black=black,
                white=white,
            )
        )
    elif facts.is_deep:
        changes.append(tr("scaled to 8 bits"))
    if facts.profile == "converted":
        changes.append(tr("converted to sRGB by its colour profile"))
    if not changes:
        return Step(claim=tr("The picture was read completely."))
    return Step(
        claim=tr(
            "The picture was read completely: {changes}.",
            changes=tr("; ").join(changes),
        )
    )


def _evidence_step(working: PictureWorking, name: str) -> Step:
    cells = working.evidence[working.predicted]
    score = float(working.scores[working.predicted])
    total = float(cells.sum(dtype=np.float64))
    height, width = cells.shape
    return Step(
        claim=tr(
            "The score of {label} is the sum of the bias and the parts of the {n} "
            "cells of the last map.",
            n=height * width,
            label=name,
        ),
        formula=r"s_c = b_c + \sum_{ij} \frac{1}{hw} \sum_k w_{ck} F_{kij}",
        substitution=f"{score:.4f} = {score - total:.4f} + {total:.4f}",
        value=Quantity(score, "", 4),
        source=_GRAD_CAM,
        detail=tuple(_grid(cells)),
    )


def _grid(cells: NDArray[np.float32]) -> list[str]:
    return [" ".join(f"{value:+7.3f}" for value in row) for row in cells.tolist()]


def _probability_step(working: PictureWorking) -> Step:
    temperature = working.temperature
    scaled = [f"{score / temperature:.3f}" for score in working.scores.tolist()]
    below = " + ".join(f"e^{{{score}}}" for score in scaled)
    chance = float(working.chances[working.predicted])
    width = max(map(width_of, working.class_names))
    word = tr("score")
    return Step(
        claim=tr(
            "Scores become probabilities; the temperature T was fitted on the "
            "validation pictures."
        ),
        formula=r"p_c = \frac{e^{s_c / T}}{\sum_j e^{s_j / T}}",
        substitution=rf"p = \frac{{e^{{{scaled[working.predicted]}}}}}{{{below}}}",
        value=Quantity(chance, "", 4),
        source=_CALIBRATION,
        detail=tuple(
            f"{cell(name, width)}  {word} {score:8.4f}  p {p:.4f}"
            for name, score, p in zip(
                working.class_names,
                working.scores.tolist(),
                working.chances.tolist(),
                strict=True,
            )
        ),
    )


def _margin_step(working: PictureWorking) -> Step:
    first, second = np.sort(working.chances)[::-1][:2].tolist()
    runner = working.class_names[int(np.argsort(-working.chances)[1])]
    outcome: Outcome = "pass" if first >= _SURE else "note"
    return Step(
        claim=tr("The runner-up is {label}.", label=runner),
        formula=r"p_1 - p_2",
        substitution=f"{first:.4f} - {second:.4f}",
        value=Quantity(first - second, "", 4),
        verdict=Verdict(
            outcome,
            Quantity(first - _SURE, "", 4) if first >= _SURE else None,
            "" if first >= _SURE else tr("no class has half of the probability"),
        ),
    )


def _relatives_step(working: PictureWorking, name: str) -> Step:
    agree = sum(relative.label == name for relative in working.relatives)
    n = len(working.relatives)
    return Step(
        claim=tr(
            "Of the {n} training pictures with the most similar features, {n_same} are "
            "{label}.",
            n=n,
            n_same=agree,
            label=name,
        ),
        value=Quantity(agree, tr("of {n}", n=n)),
        detail=tuple(_relative_lines(working.relatives)),
    )


def _familiarity_steps(working: PictureWorking) -> Iterator[Step]:
    if np.isnan(working.threshold):
        return
    margin = working.familiarity - working.threshold
    is_known = margin >= 0
    yield Step(
        claim=tr(
            "The picture is like those that the model was trained on: the cosine of "
            "its features with the third most similar training picture reaches the "
            "threshold."
        )
        if is_known
        else tr(
            "The picture is unknown to the model: the cosine of its features with the "
            "third most similar training picture is below the threshold."
        ),
        formula=r"\cos(x, x_{(3)}) \ge t",
        substitution=rf"{working.familiarity:.4f} \ge {working.threshold:.4f}"
        if is_known
        else rf"{working.familiarity:.4f} < {working.threshold:.4f}",
        value=Quantity(working.familiarity, "", 4),
        verdict=Verdict("pass" if is_known else "fail", Quantity(margin, "", 4)),
        source=_FAMILIARITY,
    )


def _relative_lines(relatives: Sequence[Relative]) -> list[str]:
    return [
        f"{relative.cosine:.3f}  {relative.label}  {relative.path}"
        for relative in relatives
    ]
