"""Weights of a classifier kept in a safetensors file, and taken from one."""

from pathlib import Path
from typing import Any

import torch

from bioloom.errors import BadModel, BadRunFolder
from bioloom.images.models.inference import Floats, TrainedModel, not_ours
from bioloom.images.models.networks import BACKBONES, Classifier
from bioloom.run.arrays import load_arrays, save_arrays


def save_classifier(model: Classifier, path: Path, about: dict[str, Any]) -> None:
    """Write weights, with what reading them again needs."""
    state = {name: value.cpu().numpy() for name, value in model.state_dict().items()}
    save_arrays(path, state, about)


def load_classifier(path: Path) -> tuple[Classifier, dict[str, Any]]:
    """A classifier as it was saved, in evaluation.

    Raises
    ------
    BadModel
        If the file is none of ours. It is never run as a program.
    """
    try:
        arrays, about = load_arrays(path, command="bioloom images train")
        if about["backbone"] not in BACKBONES:
            raise not_ours(path)
        model = Classifier(about["backbone"], len(about["class_names"]))
        model.load_state_dict({k: torch.from_numpy(v) for k, v in arrays.items()})
    except BadModel:
        raise
    except (BadRunFolder, KeyError, RuntimeError, TypeError):
        raise not_ours(path) from None
    return model.eval(), about


def open_with_torch(path: Path, *, threads: int) -> TrainedModel:
    """Open a safetensors file of ours with torch."""
    model, about = load_classifier(path)
    return as_trained(model, about, threads=threads)


def as_trained(
    model: Classifier, about: dict[str, Any], *, threads: int
) -> TrainedModel:
    """A classifier in memory as one that can be asked."""
    model = model.to(memory_format=torch.channels_last)
    device = next(model.parameters()).device

    def run(pixels: Floats) -> tuple[Floats, Floats, Floats]:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            cells = model.feature_map(torch.from_numpy(pixels).to(device))
            features = cells.mean(dim=(2, 3))
            said = (model.head(features), features, model.evidence_of(cells))
        scores, seen, evidence = (one.float().cpu().numpy() for one in said)
        return scores, seen, evidence

    return TrainedModel(about, run)
