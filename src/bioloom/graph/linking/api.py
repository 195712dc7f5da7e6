"""The public function of link prediction: ``bioloom graph links``."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from bioloom.graph.data.scaling import Scale
    from bioloom.graph.data.sources import GraphSource
    from bioloom.graph.linking.result import LinkPrediction
    from bioloom.run.settings import Changes
    from bioloom.run.table_reader import TableSource


def links(  # noqa: PLR0913 (keyword arguments, as the command's options)
    edges: GraphSource,
    nodes: TableSource | None = None,
    *,
    types: TableSource | None = None,
    type_column: str = "type",
    score_for: str | Sequence[str] = (),
    split_by: str = "",
    models: str | Sequence[str] = ("sage-dot", "typed-distmult"),
    settings: Changes | None = None,
    runs: int = 5,
    rng_seed: int = RNG_SEED,
    skip: Sequence[str] = (),
    scale: Scale = "auto",
    reading: Changes | None = None,
    out: str | PathLike[str] | None = None,
    force: bool = False,
    progress: bool = False,
) -> LinkPrediction:
    """Find likely missing links, and audit how much of that is degree alone.

    Parameters
    ----------
    edges
        Edge table with the columns source and target, or any graph as for `train`.
        A link counts once, in both directions. A column of weights (`weight`, or as
        `reading` says) counts in GCN's encoder only.
    nodes
        Node table: id, the type, and features in all other columns.
    types
        Table with the columns id and type, where the node table has none.
    type_column
        Column of the types.
    score_for
        Pairs of types whose links are predicted, such as ``"miRNA disease"``; empty
        takes all with at least 20 links. Other links are messages only.
    split_by
        Column of the edge table with a time or rank: the last links test.
    models
        Such as "gcn-dot": encoder gcn, sage, gat or typed, decoder dot, distmult, mlp.
    settings
        Settings to change by name (`bioloom.graph.linking.settings.LinkSettings`).
    runs
        Seeds, each with its own splits; several give an interval.
    rng_seed
        Of the first run.
    skip
        Columns of the node table that are not features.
    scale
        How features are scaled, as for `train`, here over all nodes.
    reading
        More of how the tables are read, by name, such as ``{"weight": "score"}``: id,
        source, target, weight, repeats, features, obsp, obsm and layer mean what they
        mean for `train`. Without a node table, id is a column of `types`.
    out
        Run folder to write.
    force
        Whether to replace a finished run folder.
    progress
        Whether to show a progress bar.

    Returns
    -------
    The ladder of tests with intervals, candidates of each node, explanations.

    Raises
    ------
    MissingFile, BadGraph
        If a table cannot be read, an option cannot have an effect, or there are too
        few links.
    UnknownName
        If there is no such pair of types, model or setting.
    OutputExists
        If `out` holds a finished run and `force` is not set.

    Examples
    --------
    >>> result = links("karate", models="gcn-dot", runs=1, settings={"max_epochs": 5})
    >>> "2" in set(result.candidates(1)["partner"])  # linked already
    False
    """
    from bioloom.graph.linking.reading import NetworkInput, reading_of
    from bioloom.graph.linking.result import LinkPrediction
    from bioloom.graph.linking.run import LinksPlan, predict_links, run_links
    from bioloom.graph.linking.settings import link_settings
    from bioloom.run.progress import progress_bar

    source = NetworkInput(
        edges=edges,
        nodes=nodes,
        types=types,
        type_column=type_column,
        split_by=split_by,
        reading=reading_of({"skip": skip, "scale": scale, **(reading or {})}),
    )
    plan = LinksPlan(
        score_for=(score_for,) if isinstance(score_for, str) else tuple(score_for),
        models=(models,) if isinstance(models, str) else tuple(models),
        settings=link_settings(settings),
        n_runs=runs,
        rng_seed=rng_seed,
    )
    with progress_bar(shown=progress) as on_step:
        if out is None:
            plan.check_effect(source)
            prediction = predict_links(source.read(), plan, on_step=on_step)
            return LinkPrediction(prediction)
        from bioloom.report.graph_links import write_report

        prediction = run_links(
            source,
            plan,
            out=Path(out),
            force=force,
            report=write_report,
            on_step=on_step,
        )
        return LinkPrediction(prediction, Path(out))
