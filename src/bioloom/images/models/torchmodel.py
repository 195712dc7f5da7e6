"""Weights of a classifier in a safetensors file."""

from pathlib import Path
from typing import Any, NamedTuple

import torch

from bioloom.errors import BadModel, BadRunFolder, PackageMissing, UnknownName
from bioloom.images.models.inference import Floats, Outputs, TrainedModel, not_ours
from bioloom.images.models.networks import Classifier
from bioloom.run.arrays import load_arrays, save_arrays


def save_classifier(model: Classifier, path: Path, about: dict[str, Any]) -> None:
    """Write weights, with the metadata needed to read them."""
    state = {name: value.cpu().numpy() for name, value in model.state_dict().items()}
    save_arrays(path, state, about)


class SavedClassifier(NamedTuple):
    """A classifier in evaluation mode, and the metadata of its file."""

    model: Classifier
    about: dict[str, Any]


def load_classifier(path: Path) -> SavedClassifier:
    """A classifier as it was saved.

    Raises
    ------
    BadModel
        If the file is not one of ours. No code in it is ever executed.
    """
    try:
        arrays, about = load_arrays(path, command="bioloom images train")
        model = Classifier(
            about["backbone"],
            len(about["class_names"]),
            side=int(about["side"]),
            is_mirrored=bool(about.get("mirror")),
        )
        model.load_state_dict({k: torch.from_numpy(v) for k, v in arrays.items()})
    except (BadModel, PackageMissing):
        raise
    except (BadRunFolder, UnknownName, KeyError, RuntimeError, TypeError, ValueError):
        raise not_ours(path) from None
    return SavedClassifier(model.eval(), about)


def open_with_torch(path: Path, *, threads: int) -> TrainedModel:
    """Open one of our safetensors files with torch."""
    model, about = load_classifier(path)
    return as_trained(model, about, threads=threads)


def as_trained(
    model: Classifier, about: dict[str, Any], *, threads: int
) -> TrainedModel:
    """A classifier in memory, ready for inference."""
    model = model.to(memory_format=torch.channels_last)
    device = next(model.parameters()).device

    def run(pixels: Floats) -> Outputs:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            cells = model.feature_map(torch.from_numpy(pixels).to(device))
            features = cells.mean(dim=(2, 3))
            tensors = (model.head(features), features, model.evidence_of(cells))
        return Outputs(*(tensor.float().cpu().numpy() for tensor in tensors))

    return TrainedModel(about, run)
