"""Inference by a trained classifier, and ONNX files opened by ONNX Runtime."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadModel
from bioloom.images.models.familiarity import Familiarity
from bioloom.run.progress import OnStep, silent
from bioloom.statistics.calibration import probabilities
from bioloom.statistics.multilabel import label_chances

ABOUT = "bioloom"
ONNX_NAME, WEIGHTS_NAME = "model.onnx", "best.safetensors"
BATCH = 16
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores and features of pictures.

    Parameters
    ----------
    scores
        Logits, shape (n, num_classes).
    features
        Mean of the last map, shape (n, num_features).
    """

    scores: Floats
    features: Floats


class Outputs(NamedTuple):
    """Scores, features and evidence of a batch of pictures."""

    scores: Floats
    features: Floats
    evidence: Floats


class Evidence(NamedTuple):
    """Scores of a picture, shape (num_classes,), and what adds up to them.

    Parameters
    ----------
    scores
        Of the classes.
    features
        Mean of the last map, shape (num_features,).
    cells
        What each cell of the last map adds to each score, (num_classes, h, w).
    """

    scores: Floats
    features: Floats
    cells: Floats


@dataclass(frozen=True)
class TrainedModel:
    """A model ready for inference.

    Parameters
    ----------
    about
        Metadata of its file.
    run
        Scores, features and evidence of a batch of float32 pixels in [0, 1], shape
        (N, 3, S, S).
    """

    about: Mapping[str, Any]
    run: Callable[[Floats], Outputs]

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the scores."""
        return tuple(self.about["class_names"])

    @property
    def temperature(self) -> float:
        """That scores are divided by."""
        return float(self.about["temperature"])

    @property
    def thresholds(self) -> NDArray[np.float64] | None:
        """Probability above which a picture has each label; None with one class."""
        values = self.about.get("thresholds")
        return None if values is None else np.array(values, dtype=np.float64)

    def chances(self, scores: Floats) -> NDArray[np.float64]:
        """Probabilities of the classes, or of each label, by their scores."""
        if self.thresholds is None:
            return probabilities(scores, self.temperature)
        return label_chances(scores)

    def predicted(self, scores: Floats) -> NDArray[np.generic]:
        """Class of each picture, or whether it has each label."""
        if self.thresholds is None:
            classes: NDArray[np.int64] = scores.argmax(axis=1)
            return classes
        called: NDArray[np.bool_] = self.chances(scores) > self.thresholds
        return called

    @property
    def side(self) -> int:
        """Pixels of a picture's side."""
        return int(self.about["side"])

    @cached_property
    def familiarity(self) -> Familiarity | None:
        """What the model was trained on; None in files that do not hold it."""
        text = self.about.get("familiar")
        return Familiarity.from_text(text) if text else None

    def score(
        self, pixels: Pixels, *, on_step: OnStep = silent, batch: int = BATCH
    ) -> Scored:
        """Scores and features of pictures, uint8, shape (n, S, S, 3)."""
        parts = [self.run(as_floats(pixels[:0]))[:2]] if not len(pixels) else []
        for begin in range(0, len(pixels), batch):
            on_step("scoring", begin, len(pixels))
            parts.append(self.run(as_floats(pixels[begin : begin + batch]))[:2])
        scores, features = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Scored(scores, features)

    def evidence(self, pixels: Pixels) -> Evidence:
        """Scores of one picture, shape (S, S, 3), and the evidence for them."""
        outputs = self.run(as_floats(pixels[None]))
        return Evidence(*(output[0] for output in outputs))


def as_floats(pixels: Pixels) -> Floats:
    """Pixels in [0, 1] with channels first."""
    whole = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)
    whole /= 255
    return whole


def open_onnx(path: Path, *, threads: int) -> TrainedModel:
    """Open one of our ONNX files with ONNX Runtime."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as states

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=onnxruntime.get_available_providers()
        )
        about = checked_about(session.get_modelmeta().custom_metadata_map, path)
    except (
        states.InvalidProtobuf,
        states.InvalidGraph,
        states.Fail,
        states.NotImplemented,
    ):
        raise not_ours(path) from None

    def run(pixels: Floats) -> Outputs:
        names = list(Outputs._fields)
        return Outputs(*session.run(names, {"pixels": pixels}))

    return TrainedModel(about, run)


def checked_about(entries: Mapping[str, str] | None, path: Path) -> dict[str, Any]:
    """Metadata of a model file.

    Raises
    ------
    BadModel
        If it has none, as files of other programs.
    """
    try:
        about = json.loads((entries or {})[ABOUT])
        about["class_names"], about["side"], about["temperature"]
    except (KeyError, ValueError, TypeError):
        raise not_ours(path) from None
    return dict(about)


def not_ours(path: Path) -> BadModel:
    """The error for a file that bioloom did not write."""
    return BadModel(
        where=path,
        found="no model of bioloom's",
        expected=f"{ONNX_NAME} or {WEIGHTS_NAME} of a run of `bioloom images train`",
        advice="Give the run folder. Files of other programs are not loaded: they may "
        "contain executable code.",
    )
