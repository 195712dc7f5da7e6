"""A trained classifier at work, and as an ONNX file opened by ONNX Runtime."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadModel
from bioloom.run.progress import OnStep, silent

ABOUT = "bioloom"
ONNX_NAME, WEIGHTS_NAME = "model.onnx", "best.safetensors"
BATCH = 16
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model says of pictures.

    Parameters
    ----------
    scores
        Logits, shape (n, num_classes).
    features
        Mean of the last map, shape (n, num_features).
    """

    scores: Floats
    features: Floats


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model that can be asked.

    Parameters
    ----------
    about
        What its file says of it.
    run
        Scores, features and evidence of a batch of float32 pixels in [0, 1], shape
        (N, 3, S, S).
    """

    about: Mapping[str, Any]
    run: Callable[[Floats], tuple[Floats, Floats, Floats]]

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the scores."""
        return tuple(self.about["class_names"])

    @property
    def temperature(self) -> float:
        """That scores are divided by."""
        return float(self.about["temperature"])

    @property
    def side(self) -> int:
        """Pixels of a picture's side."""
        return int(self.about["side"])

    def see(
        self, pixels: Pixels, *, on_step: OnStep = silent, batch: int = BATCH
    ) -> Seen:
        """Ask for the scores and features of pictures, uint8, shape (n, S, S, 3)."""
        parts = [self.run(as_floats(pixels[:0]))[:2]] if not len(pixels) else []
        for begin in range(0, len(pixels), batch):
            on_step("looking", begin, len(pixels))
            parts.append(self.run(as_floats(pixels[begin : begin + batch]))[:2])
        scores, features = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Seen(scores, features)

    def evidence(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Scores of one picture, and what each cell of the last map adds to each.

        Parameters
        ----------
        pixels
            Shape (S, S, 3).

        Returns
        -------
        Scores, shape (num_classes,), and evidence, shape (num_classes, h, w).
        """
        scores, _, evidence = self.run(as_floats(pixels[None]))
        return scores[0], evidence[0]


def as_floats(pixels: Pixels) -> Floats:
    """Pixels in [0, 1] with channels first."""
    whole = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)
    whole /= 255
    return whole


def open_onnx(path: Path, *, threads: int) -> TrainedModel:
    """Open an ONNX file of ours with ONNX Runtime."""
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

    def run(pixels: Floats) -> tuple[Floats, Floats, Floats]:
        said = session.run(["scores", "features", "evidence"], {"pixels": pixels})
        return said[0], said[1], said[2]

    return TrainedModel(about, run)


def checked_about(entries: Mapping[str, str] | None, path: Path) -> dict[str, Any]:
    """What a model file says of itself.

    Raises
    ------
    BadModel
        If it says nothing, as files of others do.
    """
    try:
        about = json.loads((entries or {})[ABOUT])
        about["class_names"], about["side"], about["temperature"]
    except (KeyError, ValueError, TypeError):
        raise not_ours(path) from None
    return dict(about)


def not_ours(path: Path) -> BadModel:
    """The error for a file that no training of ours wrote."""
    return BadModel(
        where=path,
        found="no model of bioloom's",
        expected=f"{ONNX_NAME} or {WEIGHTS_NAME} of a run of `bioloom images train`",
        advice="Give the run folder. Files of other programs are not loaded: they may "
        "hold programs.",
    )
