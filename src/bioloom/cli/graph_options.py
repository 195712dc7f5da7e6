"""Options of several graph commands: where a graph is, and how models are trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from click.decorators import FC

from bioloom.cli.options import Values, gathered
from bioloom.cli.settings import settings_options
from bioloom.devices import DeviceName
from bioloom.graph.settings import SETTINGS, Settings
from bioloom.run.settings import setting_named

if TYPE_CHECKING:
    from bioloom.graph.data.reading import Repeats
    from bioloom.graph.data.scaling import Scale
    from bioloom.graph.data.sources import Dataset, Source
    from bioloom.graph.training.search import SearchPlan

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGraph:
    """The options that say where a graph is, and how it is read."""

    dataset: Dataset | None
    data: Path | None
    edges: Path | None
    nodes: Path | None
    file: Path | None
    label: str
    id: str
    name: str
    weight: str
    source_column: str
    target_column: str
    features: tuple[str, ...]
    skip: tuple[str, ...]
    is_directed: bool | None
    repeats: Repeats
    obsp: str
    obsm: str
    layer: str

    @property
    def is_given(self) -> bool:
        """Whether any graph was named."""
        return bool(self.dataset or self.edges or self.file)

    def as_source(self, *, scale: Scale = "auto", needs_label: bool = True) -> Source:
        """The graph that was named; the karate club without a name."""
        from bioloom.graph.data.sources import Source

        named = [f"--{n}" for n in ("dataset", "edges", "file") if getattr(self, n)]
        if len(named) > 1:
            raise click.UsageError(f"Give {' or '.join(named)}, not both.")
        if self.nodes and not (self.edges or self.file):
            raise click.UsageError("--nodes needs --edges.")
        if self.data and not self.dataset:
            raise click.UsageError("--data needs --dataset.")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["dataset"] = self.dataset or "karate"
        for end in ("source", "target"):
            values[end] = values.pop(f"{end}_column")
        return Source(**values, scale=scale, needs_label=needs_label)


def source_options(command: FC) -> FC:
    """The options that say where a graph is, passed on as `graph`: a `NamedGraph`."""
    names = [field.name for field in fields(NamedGraph)]
    decorated = gathered(names, into="graph", build=_named_graph)(command)
    for option in reversed(_SOURCE_OPTIONS):
        decorated = option(decorated)
    return decorated


def _named_graph(values: Values) -> NamedGraph:
    return NamedGraph(**values)  # type: ignore[arg-type]


def _column_option(name: str, meaning: str, *into: str) -> Callable[[FC], FC]:
    return click.option(f"--{name}", *into, default="", metavar="COLUMN", help=meaning)


_ID = _column_option("id", "Column with the names by which edges refer to nodes.")
_OF_EDGES = (
    _column_option("weight", "Column of the edges' weights; default: weight."),
    _column_option(
        "source", "Column of an edge's source; default: found by name.", "source_column"
    ),
    _column_option("target", "Column of its target.", "target_column"),
)
_OF_FEATURES = (
    click.option(
        "--features",
        multiple=True,
        metavar="COLUMN",
        help="Column that is a feature, or a pattern such as 'PC*'; repeatable. "
        "Default: all columns of numbers.",
    ),
    click.option(
        "--skip",
        multiple=True,
        metavar="COLUMN",
        help="Column that is not a feature; repeatable.",
    ),
)
_REPEATS = click.option(
    "--repeats",
    type=click.Choice(["refuse", "max", "sum", "mean"]),
    default="refuse",
    show_default=True,
    help="Weight of an edge that is listed with several weights.",
)
_OF_CELLS = (
    click.option(
        "--obsp", default="", help="In .h5ad: matrix of edges; default: connectivities."
    ),
    click.option(
        "--obsm", default="", help="In .h5ad: matrix of features, such as X_pca."
    ),
    click.option(
        "--layer", default="", help="In .h5ad: layer of features; default: X."
    ),
)
_SOURCE_OPTIONS = (
    click.option(
        "--dataset",
        type=click.Choice(["karate", "cora", "citeseer", "pubmed"]),
        help="A known data set; default: karate, which is embedded.",
    ),
    click.option(
        "--data", type=FOLDER, help="Folder with its raw files; default: download them."
    ),
    click.option("--edges", type=PATH, help="Edge table: CSV, TSV or SIF."),
    click.option("--nodes", type=PATH, help="Node table: id, label, split, features."),
    click.option(
        "--file",
        type=PATH,
        help="Graph with nodes and edges: GraphML, GEXF, GML, SIF or .h5ad.",
    ),
    click.option(
        "--label",
        default="label",
        show_default=True,
        metavar="COLUMN",
        help="Column or attribute with the nodes' classes.",
    ),
    _ID,
    _column_option("name", "Column with the names of nodes in tables and pictures."),
    *_OF_EDGES,
    *_OF_FEATURES,
    click.option(
        "--directed/--undirected",
        "is_directed",
        default=None,
        help="Use an edge only from source to target, or both ways. Default: both "
        "ways for tables, what the file says for network files.",
    ),
    _REPEATS,
    *_OF_CELLS,
)


_READING_OPTIONS = (_ID, *_OF_EDGES, _REPEATS, *_OF_FEATURES, *_OF_CELLS)


def reading_options(command: FC) -> FC:
    """The options that say what columns mean where links have no direction.

    Passed on as `reading`: those that were given, by the names of
    `bioloom.graph.data.reading.Reading`.
    """
    names = [
        *("id", "weight", "source_column", "target_column", "repeats"),
        *("features", "skip", "obsp", "obsm", "layer"),
    ]
    decorated = gathered(names, into="reading", build=_reading)(command)
    for option in reversed(_READING_OPTIONS):
        decorated = option(decorated)
    return decorated


def _reading(values: Values) -> dict[str, object]:
    return {name.removesuffix("_column"): value for name, value in values.items()}


def scale_option(default: str) -> Callable[[FC], FC]:
    """Option ``--scale`` with its default."""
    choices = ["auto", "rows", "standard", "log", "none"]
    return click.option(
        "--scale",
        type=click.Choice(choices if default == "auto" else ["rows", "none"]),
        default=default,
        show_default=True,
        help=_SCALES if default == "auto" else "Divide features by their sum.",
    )


_SCALES = (
    "Scale features: rows divides by their sum in each node, standard to mean 0 and "
    "deviation 1 over the training nodes, log as counts of cells; auto chooses by what "
    "the columns are, and says so."
)


def device_option(command: FC) -> FC:
    """Option ``--device``."""
    return click.option(
        "--device",
        type=click.Choice(get_args(DeviceName)),
        default="cpu",
        show_default=True,
        help="What computes; auto: a graphics card (cuda, mps) if there is one.",
    )(command)


def search_options(command: FC) -> FC:
    """Options ``--search`` and ``--search-trials``, passed on as `searched`."""
    decorated = gathered(
        ("is_searched", "n_trials"), into="searched", build=_search_of
    )(command)
    for option in (
        click.option(
            "--search-trials",
            "n_trials",
            type=click.IntRange(min=2),
            help="With --search, try only this many combinations; default: all.",
        ),
        click.option(
            "--search",
            "is_searched",
            is_flag=True,
            help="First choose hidden width, layers, dropout, learning rate and norm "
            "by validation, from a grid; options that are given stay.",
        ),
    ):
        decorated = option(decorated)
    return decorated


def _search_of(values: Values) -> SearchPlan | None:
    from bioloom.graph.training.search import SearchPlan

    if values["is_searched"]:
        return SearchPlan(n_trials=values["n_trials"])  # type: ignore[arg-type]
    if values["n_trials"] is not None:
        raise click.UsageError("--search-trials needs --search.")
    return None


_FLAGS = {
    "hidden": "--hidden",
    "n_layers": "--layers",
    "n_heads": "--heads",
    "norm": "--norm",
    "residual": "--residual",
    "linear_head": "--linear-head",
    "p_dropout": "--dropout",
    "p_input_dropout": "--input-dropout",
    "learning_rate": "--lr",
    "weight_decay": "--weight-decay",
    "decay_all": "--decay-all",
    "class_weights": "--class-weights",
    "thresholds": "--thresholds",
    "max_epochs": "--epochs",
    "patience": "--patience",
    "best_by": "--best-by",
    "batch_size": "--batch-size",
    "fanout": "--fanout",
}
"""Options of the models' settings."""


def model_options(command: FC) -> FC:
    """Options of the models' settings, passed on as `changes`."""
    decorated = settings_options(Settings, **_FLAGS)(command)
    for option in getattr(decorated, "__click_params__", ()):
        if option.name in _FLAGS and _differs(option.name):
            meaning = setting_named(Settings, option.name).help().rstrip(".")
            option.help = f"{meaning}; default: the paper's."
    return decorated


def flag_of(setting: str) -> str:
    """The option of a setting."""
    return _FLAGS[setting]


def _differs(setting: str) -> bool:
    """Whether the models' papers have different values."""
    values = {getattr(settings, setting) for settings in SETTINGS.values()}
    return len(values) > 1
