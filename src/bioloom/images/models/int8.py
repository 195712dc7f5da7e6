"""The model in 8 bits: a quarter of the size, and faster on suitable processors.

Static quantisation (QDQ): weights by output channel, activations by their ranges
on training pictures. Two choices keep its predictions close to the full model's on any
processor: weights of ordinary convolutions have 7 bits, because processors without
8-bit dot products (VNNI) add pairs of products in 16 bits, which would overflow; and
the first three convolutions, with few weights and wide ranges, the sums of residual
blocks, and the head stay as they are. Without both, 19 % of 320 emoji changed class on
such a processor; with both, 1.6 %.

References
----------
Jacob B. et al. (2018) Quantization and training of neural networks for efficient
integer-arithmetic-only inference. CVPR. doi:10.1109/CVPR.2018.00286
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from bioloom.images.models.inference import (
    ABOUT,
    BATCH,
    Pixels,
    TrainedModel,
    as_floats,
)
from bioloom.images.models.onnxfile import HEAD_OUTPUTS
from bioloom.run.output import written_aside

N_CALIBRATION = 64
"""Training pictures whose activations give the ranges."""
_ENTRIES = ("div_", "slice_")  # a picture, plain or mirrored
_LEFT = 3  # first convolutions that stay as they are
# ORT warns where this is missing; nothing is left to fold or to fuse in our files
_PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")


def calibration_places(split: NDArray[np.str_], rng_seed: int) -> NDArray[np.int64]:
    """Training pictures drawn for the ranges, at most `N_CALIBRATION`."""
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    places = rng.permutation(np.flatnonzero(split == "train"))[:N_CALIBRATION]
    return np.sort(places)


def write_int8(
    source: Path, path: Path, pixels: Pixels, *, about: Mapping[str, Any]
) -> None:
    """Write a model in 8 bits.

    Parameters
    ----------
    source
        The full model, by `bioloom.images.models.onnxfile.write_onnx`.
    path
        File to write.
    pixels
        Training pictures, uint8, shape (n, S, S, 3).
    about
        Metadata of the file.
    """
    model = onnx.load(source)
    convolutions = [
        node
        for node in model.graph.node
        if node.op_type == "Conv" and not HEAD_OUTPUTS & set(node.output)
    ]
    left = {node.name for node in _first_of_each_body(convolutions)}
    for node in model.graph.node:
        if node.op_type == "Add" or HEAD_OUTPUTS & set(node.output):
            left.add(node.name)
    _set_metadata(model, dict([_PREPARED]))
    with written_aside(path) as partial:
        quantize_static(
            model,
            partial,
            _Pictures(pixels),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=sorted(left),
            extra_options={"TensorQuantOverrides": _full_depthwise(convolutions)},
        )
        _describe(partial, partial, about)


def _first_of_each_body(
    convolutions: Sequence[onnx.NodeProto],
) -> Iterator[onnx.NodeProto]:
    """The first convolutions of each body: those after one that reads the picture."""
    starts = [
        place
        for place, node in enumerate(convolutions)
        if node.input[0].startswith(_ENTRIES)
    ]
    for start in starts:
        yield from convolutions[start : start + _LEFT]


def describe(path: Path, about: Mapping[str, Any]) -> None:
    """Replace the metadata of an 8-bit model."""
    with written_aside(path) as partial:
        _describe(path, partial, about)


def _describe(source: Path, path: Path, about: Mapping[str, Any]) -> None:
    model = onnx.load(source)
    _set_metadata(model, {ABOUT: json.dumps({**about, "bits": 8}, sort_keys=True)})
    path.write_bytes(model.SerializeToString(deterministic=True))


def compared(full: TrainedModel, small: TrainedModel, pixels: Pixels) -> pd.DataFrame:
    """Number of pictures, and share of them for which both predict the same class."""
    first, second = (
        model.predicted(model.score(pixels).scores) for model in (full, small)
    )
    is_same = (first == second).reshape(len(pixels), -1).all(axis=1)
    share = float(is_same.mean())
    rows = [("n_test", len(pixels)), ("agreement", share)]
    return pd.DataFrame(rows, columns=["measure", "value"])


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Pictures in batches."""

    def __init__(self, pixels: Pixels) -> None:
        self._batches = self._all(pixels)

    def _all(self, pixels: Pixels) -> Iterator[dict[str, NDArray[np.float32]]]:
        for begin in range(0, len(pixels), BATCH):
            yield {"pixels": as_floats(pixels[begin : begin + BATCH])}

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next batch, None after the last."""
        return next(self._batches, None)


def _full_depthwise(
    convolutions: list[onnx.NodeProto],
) -> dict[str, list[dict[str, Any]]]:
    """All 8 bits for weights of depthwise convolutions, which do not add pairs."""
    whole = {"quant_type": QuantType.QInt8, "axis": 0, "reduce_range": False}
    return {
        node.input[1]: [dict(whole)]
        for node in convolutions
        if any(entry.name == "group" and entry.i > 1 for entry in node.attribute)
    }


def _set_metadata(model: onnx.ModelProto, entries: Mapping[str, str]) -> None:
    """Replace the metadata of a model."""
    del model.metadata_props[:]
    for key, value in entries.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
