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
from bioloom.graph.settings import SETTINGS, DeviceName, Settings
from bioloom.run.settings import setting_named

if TYPE_CHECKING:
    from bioloom.graph.data.graph import Scale
    from bioloom.graph.data.sources import Dataset, Source
    from bioloom.graph.training.search import SearchPlan

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGraph:
    """The options that say where a graph is."""

    dataset: Dataset | None
    data: Path | None
    edges: Path | None
    nodes: Path | None
    file: Path | None
    label: str
    skip: tuple[str, ...]
    is_directed: bool

    @property
    def is_given(self) -> bool:
        """Whether any graph was named."""
        return bool(self.dataset or self.edges or self.file)

    def source(self, *, scale: Scale = "rows", needs_label: bool = True) -> Source:
        """The graph that was named; the karate club without a name."""
        from bioloom.graph.data.sources import Source

        if self.edges and self.file:
            raise click.UsageError("Give --edges or --file, not both.")
        if self.nodes and not self.edges:
            raise click.UsageError("--nodes needs --edges.")
        return Source(
            dataset=self.dataset or "karate",
            data=self.data,
            edges=self.edges,
            nodes=self.nodes,
            file=self.file,
            label=self.label,
            skip=self.skip,
            is_directed=self.is_directed,
            scale=scale,
            needs_label=needs_label,
        )


def source_options(command: FC) -> FC:
    """The options that say where a graph is, passed on as `graph`: a `NamedGraph`."""
    names = [field.name for field in fields(NamedGraph)]
    decorated = gathered(names, into="graph", build=_named_graph)(command)
    for option in reversed(_SOURCE_OPTIONS):
        decorated = option(decorated)
    return decorated


def _named_graph(values: Values) -> NamedGraph:
    return NamedGraph(**values)  # type: ignore[arg-type]


_SOURCE_OPTIONS = (
    click.option(
        "--dataset",
        type=click.Choice(["karate", "cora", "citeseer", "pubmed"]),
        help="A known data set; default: karate, which is embedded.",
    ),
    click.option(
        "--data", type=FOLDER, help="Folder with its raw files; default: download them."
    ),
    click.option("--edges", type=PATH, help="Edge list, CSV or TSV."),
    click.option("--nodes", type=PATH, help="Node table: id, label, split, features."),
    click.option(
        "--file", type=PATH, help="Graph with nodes and edges: GraphML or .h5ad."
    ),
    click.option(
        "--label",
        default="label",
        show_default=True,
        help="Column of the nodes' classes.",
    ),
    click.option(
        "--skip", multiple=True, help="Column that is not a feature; repeatable."
    ),
    click.option(
        "--directed",
        "is_directed",
        is_flag=True,
        help="Use an edge only from source to target, not both ways.",
    ),
)


def scale_option(default: str) -> Callable[[FC], FC]:
    """Option ``--scale`` with its default."""
    return click.option(
        "--scale",
        type=click.Choice(["rows", "none"]),
        default=default,
        show_default=True,
        help="Divide each node's features by their sum.",
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
