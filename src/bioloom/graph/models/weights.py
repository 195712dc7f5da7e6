"""Model files: weights, and what is needed to use them on another graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph, Scale
from bioloom.graph.errors import BadGraph
from bioloom.graph.models.models import Model, build
from bioloom.graph.settings import Settings
from bioloom.run.arrays import load_arrays

_FIRST = ("W1", "layers.0.W")  # first weights, whose rows are the features


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """A trained model.

    Parameters
    ----------
    model
        With its weights.
    class_names
        Classes of its scores, in order.
    feature_names
        Features that it reads, in order; none if they are the nodes of its own graph.
    scale
        How features are scaled first.
    temperature
        Number that its scores are divided by.
    graph
        Name of the graph that it was trained on.
    """

    model: Model
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    scale: Scale
    temperature: float
    graph: str


def weights_of(trained: Path, model: str | None = None) -> Path:
    """The file with the weights of a run folder's best model, or of a named one.

    A path to a file is returned unchanged.
    """
    name = f"best_{model}" if model else "best"
    return trained / f"{name}.safetensors" if trained.is_dir() else trained


def load_model(path: Path) -> SavedModel:
    """Read a model that `bioloom graph train` wrote.

    Raises
    ------
    BadRunFolder
        If the file is not there or cut short.
    """
    arrays, about = load_arrays(path, command="bioloom graph train")
    settings = _settings_of(about["settings"])
    model = model_of(settings, arrays, len(about["class_names"]))
    return SavedModel(
        model=model,
        class_names=tuple(about["class_names"]),
        feature_names=tuple(about.get("feature_names", ())),
        scale=about.get("scale", "none"),
        temperature=float(about["temperature"]),
        graph=about["graph"],
    )


def _settings_of(values: Mapping[str, Any]) -> Settings:
    """Settings as saved; before there were norms, only GCNII had many layers."""
    is_shallow = "norm" not in values and values["model"] != "gcnii"
    return Settings(**{**values, "n_layers": 2} if is_shallow else values)


def model_of(
    settings: Settings, weights: Mapping[str, NDArray[np.float32]], n_classes: int
) -> Model:
    """A model with the given weights."""
    n_in = next(len(weights[name]) for name in _FIRST if name in weights)
    rng = np.random.default_rng(0)  # initial weights, replaced at once
    model = build(settings, n_in, n_classes, rng=rng)
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    return model


def with_features_of(saved: SavedModel, graph: Graph) -> Graph:
    """A graph with its features in the order in which a model reads them.

    Raises
    ------
    BadGraph
        If it has other features, or the model knows only the nodes of its own graph.
    """
    if not saved.feature_names:
        raise BadGraph(
            where=graph.name,
            found=f"a model that knows the nodes of {saved.graph} only",
            expected="one that was trained on features",
            advice="Train it with feature columns in the node table.",
        )
    place = {name: number for number, name in enumerate(graph.feature_names)}
    missing = [name for name in saved.feature_names if name not in place]
    unknown = sorted(place.keys() - set(saved.feature_names))
    if missing or unknown:
        difference = (
            f"no feature {missing[0]!r}" if missing else f"the feature {unknown[0]!r}"
        )
        raise BadGraph(
            where=graph.name,
            found=difference,
            expected=f"the {len(saved.feature_names)} features of {saved.graph}",
            advice="Give the same columns as in training; --skip leaves one out.",
        )
    columns = [place[name] for name in saved.feature_names]
    return graph.with_features(graph.x[:, columns], saved.feature_names)
