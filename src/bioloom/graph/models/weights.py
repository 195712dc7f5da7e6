"""Model files: weights, and what is needed to use them on another graph."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.data.scaling import Scaling
from bioloom.graph.errors import BadGraph
from bioloom.graph.models.models import Model, build
from bioloom.graph.settings import Settings
from bioloom.run.arrays import load_arrays, save_arrays

_FIRST = ("W1", "layers.0.W")  # first weights, whose rows are the features
_SCALING = "scaling."


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """A trained model.

    Parameters
    ----------
    model
        With its weights.
    class_names
        Classes, or labels, of its scores, in order.
    feature_names
        Features that it reads, in order; none if they are the nodes of its own graph.
    scaling
        How features are scaled first.
    temperature
        Number that its scores are divided by.
    graph
        Name of the graph that it was trained on.
    set_threshold
        Least probability of a class in a prediction set; NaN if not known.
    is_directed, weight
        Whether its edges had a direction, and their column of weights; empty if all
        weighed 1. None in models of earlier versions.
    thresholds
        Where nodes have several labels: the probability above which a node has each.
    """

    model: Model
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    scaling: Scaling
    temperature: float
    graph: str
    set_threshold: float = float("nan")
    is_directed: bool | None = None
    weight: str | None = None
    thresholds: tuple[float, ...] = ()


class Weights(NamedTuple):
    """Settings of a model, and its weights by name."""

    settings: Settings
    by_name: Mapping[str, NDArray[np.float32]]


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
    scaling = Scaling(
        # "scale" in models of earlier versions
        about.get("scaling", about.get("scale", "none")),
        "",
        *(arrays.pop(_SCALING + name) for name in about.get("scaled_by", ())),
    )
    model = model_of(settings, arrays, len(about["class_names"]))
    return SavedModel(
        model=model,
        class_names=tuple(about["class_names"]),
        feature_names=tuple(about.get("feature_names", ())),
        scaling=scaling,
        temperature=float(about["temperature"]),
        graph=about["graph"],
        set_threshold=float(about.get("set_threshold", "nan")),
        is_directed=about.get("is_directed"),
        weight=about.get("weight"),
        thresholds=tuple(about.get("thresholds", ())),
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
    """A graph with its features scaled and ordered as a model reads them.

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
    x = saved.scaling.apply(csr_array(graph.x[:, columns]))
    return graph.with_features(x, saved.feature_names)


def save_model(path: Path, saved: SavedModel, weights: Weights, rng_seed: int) -> None:
    """Write a model, with all that is needed to use it on another graph.

    Parameters
    ----------
    path
        The file.
    saved
        The model.
    weights
        Its settings and weights by name.
    rng_seed
        Of its training.
    """
    scaling = saved.scaling
    scaled_by = ["centre", "spread"] if len(scaling.spread) else []
    about = {
        "settings": asdict(weights.settings),
        "class_names": saved.class_names,
        "rng_seed": rng_seed,
        "temperature": saved.temperature,
        "graph": saved.graph,
        "feature_names": saved.feature_names,
        "scaling": scaling.kind,
        "scaled_by": scaled_by,
        "set_threshold": saved.set_threshold,
        "is_directed": saved.is_directed,
        "weight": saved.weight,
    }
    if saved.thresholds:
        about["thresholds"] = saved.thresholds
    arrays = dict(weights.by_name)
    arrays |= {_SCALING + name: getattr(scaling, name) for name in scaled_by}
    save_arrays(path, arrays, about)
