"""Options that say where a graph is, and the graph that they name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def source_options(function: Any) -> Any:
    """The options that say where a graph is."""
    options = (
        click.option(
            "--dataset",
            type=click.Choice(["karate", "cora", "citeseer", "pubmed"]),
            help="A known one; default: karate, which is embedded.",
        ),
        click.option("--data", type=FOLDER, help="Raw files of it; else fetched."),
        click.option("--edges", type=PATH, help="Edge list, CSV or TSV."),
        click.option("--nodes", type=PATH, help="Node table: id, label, split, …"),
        click.option(
            "--file", type=PATH, help="Graph with nodes and edges: GraphML or .h5ad."
        ),
        click.option(
            "--label",
            default="label",
            show_default=True,
            help="Column of the nodes' classes.",
        ),
        click.option("--skip", multiple=True, help="Column that is no feature."),
        click.option(
            "--directed",
            "is_directed",
            is_flag=True,
            help="Take an edge from source to target, not both ways.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def scale_option(default: str) -> Callable[[Any], Any]:
    """Option ``--scale`` with its default."""
    return click.option(
        "--scale",
        type=click.Choice(["rows", "none"]),
        default=default,
        show_default=True,
        help="Divide each node's features by their sum.",
    )


def source_of(given: dict[str, Any]) -> Any:
    """The graph that was named; the karate club without a name."""
    from bioloom.graph.data.sources import Source

    if given["edges"] and given["file"]:
        both = "Give --edges or --file, not both."
        raise click.UsageError(both)
    if given["nodes"] and not given["edges"]:
        alone = "--nodes needs --edges."
        raise click.UsageError(alone)
    named = {name: given[name] for name in Source.__dataclass_fields__ if name in given}
    return Source(**named | {"dataset": given["dataset"] or "karate"})


def is_named(given: dict[str, Any]) -> bool:
    """Whether a graph was named at all."""
    return any(given[name] for name in ("dataset", "edges", "file"))
