"""Each run's result as a file, from which an interrupted training resumes."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

import bioloom
from bioloom.graph.data.graph import Graph
from bioloom.graph.settings import Settings
from bioloom.graph.training.fit import Fitted
from bioloom.run.arrays import ABOUT, save_arrays

_WEIGHT = "weight/"


def key_of(
    graph: Graph, settings: Settings, rng_seed: int, *, device: str = "cpu"
) -> str:
    """A digest of everything that a training depends on."""
    digest = hashlib.sha256()
    inputs = [
        asdict(settings),
        rng_seed,
        device,
        bioloom.__version__,
        torch.__version__,
    ]
    digest.update(json.dumps(inputs, sort_keys=True, default=str).encode())
    for matrix in (graph.adjacency, graph.x):
        for part in (matrix.data, matrix.indices, matrix.indptr):
            digest.update(np.ascontiguousarray(part).tobytes())
    for nodes in map(np.flatnonzero, (graph.train_mask, graph.val_mask)):
        digest.update(nodes.tobytes() + graph.targets[nodes].tobytes())
    return digest.hexdigest()


def save_fitted(
    path: Path, fitted: Fitted, *, key: str, with_seconds: bool = False
) -> None:
    """Write a result to a temporary file and rename it.

    Equal trainings give equal files, unless the time that they took is written too.
    """
    arrays = {_WEIGHT + name: value for name, value in fitted.weights.items()}
    arrays |= {"scores": fitted.scores, "history": fitted.history}
    about: dict[str, object] = {"key": key, "best_epoch": fitted.best_epoch}
    if with_seconds:
        about["seconds"] = fitted.seconds
    save_arrays(path, arrays, about)


def load_fitted(path: Path, *, key: str) -> Fitted | None:
    """A saved result; None if there is none, or one of a different training."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as checkpoint:
            about = json.loads((checkpoint.metadata() or {}).get(ABOUT, "{}"))
            if about.get("key") != key:
                return None
            names = checkpoint.keys()
            arrays = {name: checkpoint.get_tensor(name) for name in names}
    except SafetensorError:  # truncated, for example by a full disk
        return None
    weights = {
        name.removeprefix(_WEIGHT): value
        for name, value in arrays.items()
        if name.startswith(_WEIGHT)
    }
    return Fitted(
        weights=weights,
        scores=arrays["scores"],
        history=arrays["history"],
        best_epoch=about["best_epoch"],
        seconds=about.get("seconds", 0.0),
    )
