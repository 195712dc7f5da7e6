"""Each run's result as a file, so that a killed training goes on where it stopped."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

import bioloom
from bioloom.errors import BadRunFolder
from bioloom.graph.data import Graph
from bioloom.graph.settings import Settings
from bioloom.graph.training import Fitted
from bioloom.run.output import written_aside

_WEIGHT = "weight/"
ABOUT = "bioloom"
"""Key of what a file says of itself; one alone, since keys come in any order."""


def key_of(graph: Graph, settings: Settings, rng_seed: int) -> str:
    """A digest of all that a training depends on."""
    digest = hashlib.sha256()
    said = [asdict(settings), rng_seed, bioloom.__version__, torch.__version__]
    digest.update(json.dumps(said, sort_keys=True, default=str).encode())
    for matrix in (graph.adjacency, graph.x):
        for part in (matrix.data, matrix.indices, matrix.indptr):
            digest.update(np.ascontiguousarray(part).tobytes())
    for nodes in map(np.flatnonzero, (graph.train_mask, graph.val_mask)):
        digest.update(nodes.tobytes() + graph.y[nodes].tobytes())
    return digest.hexdigest()


def save_fitted(path: Path, fitted: Fitted, *, key: str) -> None:
    """Write a result aside and rename it."""
    arrays = {_WEIGHT + name: value for name, value in fitted.weights.items()}
    arrays |= {"scores": fitted.scores, "history": fitted.history}
    save_arrays(path, arrays, {"key": key, "best_epoch": fitted.best_epoch})


def load_fitted(path: Path, *, key: str) -> Fitted | None:
    """A kept result; None if there is none, or one of another training."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as kept:
            about = json.loads((kept.metadata() or {}).get(ABOUT, "{}"))
            if about.get("key") != key:
                return None
            arrays = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
    except SafetensorError:  # cut short by a full disk, say
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
    )


def load_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What `save_arrays` wrote.

    Raises
    ------
    BadRunFolder
        If the file is not there or cut short.
    """
    try:
        with safe_open(path, framework="numpy") as kept:
            about = json.loads((kept.metadata() or {})[ABOUT])
            arrays = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError):
        raise BadRunFolder(
            where=path,
            found="no readable weights",
            expected="those of a finished training",
            advice="Train again with `bioloom graph train`.",
        ) from None
    return arrays, about


def save_arrays(
    path: Path, arrays: dict[str, np.ndarray], about: dict[str, Any]
) -> None:
    """Write a safetensors file aside and rename it; `about` is kept as JSON in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    with written_aside(path) as aside:
        save_file(whole, aside, metadata={ABOUT: json.dumps(about)})
