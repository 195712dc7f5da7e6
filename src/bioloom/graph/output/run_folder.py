"""A finished run folder of `graph train`: its graph, its predictions, its models."""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.graph.data.graph import Graph
from bioloom.graph.data.sources import Source
from bioloom.graph.models.weights import load_model
from bioloom.graph.training.result import TrainedModel
from bioloom.run.record import finished_record, found_again

_PATHS = ("data", "edges", "nodes", "file")


@dataclass(frozen=True)
class FinishedRun:
    """A finished training.

    Parameters
    ----------
    folder
        The run folder.
    source
        Source of its graph.
    models
        Their names, in order of training.
    """

    folder: Path
    source: Source
    models: tuple[str, ...]

    @cached_property
    def graph(self) -> Graph:
        """The graph, read again; its split is the data's own."""
        return self.source.read()

    def graph_of(self, model: str) -> Graph:
        """The graph with the split of a model's best run."""
        rows = self._nodes[self._nodes["model"] == self.checked(model)]
        return self.graph.with_split(rows["split"].to_numpy(dtype="U5"))

    def predicted(self, model: str) -> NDArray[np.int64]:
        """Class of every node by a model's best run."""
        predicted: NDArray[np.int64] = self._array(f"pred_{self.checked(model)}.npy")
        return predicted

    def probabilities(self, model: str) -> NDArray[np.float32]:
        """Probabilities of all classes for all nodes, after the temperature."""
        chances: NDArray[np.float32] = self._array(f"prob_{self.checked(model)}.npy")
        return chances

    def trained(self, model: str) -> TrainedModel:
        """A model with its best run's weights, and its graph."""
        saved = load_model(self.folder / f"best_{self.checked(model)}.safetensors")
        graph = self.graph_of(model).scaled_by(saved.scaling)
        return TrainedModel(
            model, graph, saved.model, saved.temperature, saved.thresholds
        )

    def checked(self, model: str) -> str:
        """The name of a model that was trained in this run.

        Raises
        ------
        UnknownName
            If there is none of that name.
        """
        if model not in self.models:
            where = str(self.folder)
            raise UnknownName(model, kind="model", where=where, known=self.models)
        return model

    @cached_property
    def _nodes(self) -> pd.DataFrame:
        path = self.folder / "tables" / "predictions.tsv"
        if not path.is_file():
            raise _incomplete(self.folder, "tables/predictions.tsv")
        return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)

    def _array(self, name: str) -> Any:
        path = self.folder / name
        if not path.is_file():
            raise _incomplete(self.folder, name)
        return np.load(path)


def open_run(folder: Path) -> FinishedRun:
    """Open the folder of a finished training.

    Raises
    ------
    BadRunFolder
        If it is not one, or its graph's files have changed since.
    MissingFile
        If one of these files is missing.
    """
    record = finished_record(folder, "graph train")
    arguments = record["arguments"]
    from_folder = arguments.get("paths_from_folder", {})
    places = {
        entry["path"]: found_again(entry, folder, from_folder)
        for entry in record["inputs"]
    }
    # a run of an earlier version lacks the newer fields
    names = [field.name for field in fields(Source) if field.name in arguments]
    source = {name: arguments[name] for name in names}
    for name in _PATHS:
        if source[name]:
            path = Path(source[name])
            source[name] = places.get(source[name], path)
    if source["data"] and places:  # the folder of a data set's raw files
        source["data"] = next(iter(places.values())).parent
    source |= {n: tuple(source[n]) for n in ("skip", "features") if n in source}
    models = tuple(model["model"] for model in arguments["models"])
    return FinishedRun(folder, Source(**source), models)


def _incomplete(folder: Path, name: str) -> BadRunFolder:
    return BadRunFolder(
        where=folder,
        found=f"no {name}",
        expected="the files of a finished training",
        advice="Run `bioloom graph train` again with --force.",
    )
