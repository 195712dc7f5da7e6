"""Public functions of the room: the commands of ``bioloom graph``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    from bioloom.devices import DeviceName
    from bioloom.explain import Explanation
    from bioloom.graph.data.nodes import SequenceNodes
    from bioloom.graph.data.scaling import Scale
    from bioloom.graph.data.sources import GraphSource
    from bioloom.graph.data.splits import Split
    from bioloom.graph.drawing.drawing import Colouring, ModelPrediction, PaletteName
    from bioloom.graph.drawing.view import Drawing
    from bioloom.graph.models.weights import SavedModel
    from bioloom.graph.results import GraphTraining
    from bioloom.graph.settings import ModelName
    from bioloom.graph.training.predictions import NodePredictions
    from bioloom.graph.training.result import TrainedModel
    from bioloom.graph.training.search import SearchPlan
    from bioloom.run.settings import Changes
    from bioloom.run.table_reader import TableSource
    from bioloom.seq.sources import SequenceSource

    RunSource = str | PathLike[str] | GraphTraining


def train(  # noqa: PLR0913 (all but two are keywords)
    graph: GraphSource = "karate",
    nodes: TableSource | None = None,
    *,
    models: ModelName | Sequence[ModelName] = "gcn",
    settings: Changes | None = None,
    runs: int = 1,
    rng_seed: int = RNG_SEED,
    split: Split | None = None,
    folds: int = 5,
    label: str = "label",
    multilabel: bool = False,
    skip: Sequence[str] = (),
    directed: bool | None = None,
    scale: Scale = "auto",
    reading: Changes | None = None,
    data: str | PathLike[str] | None = None,
    search: bool | int = False,
    device: DeviceName = "cpu",
    threads: int = 1,
    out: str | PathLike[str] | None = None,
    force: bool = False,
    tsne: bool = True,
    progress: bool = False,
) -> GraphTraining:
    """Train models that classify the nodes of a graph.

    Parameters
    ----------
    graph
        A data set ("karate", "cora", "citeseer" or "pubmed"); an edge table with the
        columns source, target and optionally weight (a path, an open file, a DataFrame
        or a dictionary of columns); a GraphML, GEXF, GML, SIF or .h5ad file; a networkx
        graph; an adjacency matrix of NumPy or SciPy; PyTorch Geometric's `Data`; or
        AnnData with neighbours.
    nodes
        Node table of an edge table or matrix: id, the label, optionally split (train,
        val, test or empty); all other columns of numbers are features.
    models
        "gcn", "gat", "sage", "grand" or "gcnii", or several of them.
    settings
        Settings to change by name, such as ``{"hidden": 32}``; the rest are those of
        each model's paper (`bioloom.graph.settings.Settings`).
    runs
        Trainings of each model; several give an interval.
    rng_seed
        Of the first run.
    split
        "given" or "public" (the data's), "random" or "kfold"; None takes the data's
        split, or draws one.
    folds
        Parts of a "kfold" split.
    label
        Column or attribute with the class of each node.
    multilabel
        Whether a node can have several labels: a cell ``a|b`` is both, ``|`` alone none
        of them.
    skip
        Columns of the node table that are not features.
    directed
        Whether features flow only from source to target; None takes both ways for
        tables, and what a network or network file says.
    scale
        "rows", "standard", "log" or "none"; "auto" chooses by what the columns are
        (`bioloom.graph.data.scaling`).
    reading
        More of how the graph is read, by name, such as ``{"weight": "score"}``; see
        `bioloom.graph.data.reading.Reading`.
    data
        Folder with the raw files of a data set; None downloads them.
    search
        Whether to choose settings by validation first, from a grid
        (`bioloom.graph.training.search.GRID`); a number tries only so many of its
        combinations. Settings that are given stay.
    device
        "cpu", "cuda", "mps", or "auto": a graphics card if there is one.
    threads
        Processors for products of large matrices, on the CPU.
    out
        Run folder to write, with tables, figures, weights and a page; a graph in memory
        is written into it as well.
    force
        Whether to replace a finished run folder.
    tsne
        Whether the run folder gets the slowest figure, the last layer by t-SNE.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Runs and measures of all models; predictions, explanations and figures from there.

    Raises
    ------
    MissingFile, BadGraph, NoDownload, PackageMissing
        If the graph cannot be read or trained on.
    UnknownName
        If there is no such model or setting.
    BadConfig
        If a model cannot be trained in batches, or a setting can't have an effect.
    NoDevice
        If there is no such device.
    OutputExists
        If `out` holds a finished run and `force` is not set.

    Examples
    --------
    >>> result = train("karate", settings={"max_epochs": 20})
    >>> result
    <GraphTraining: karate, 34 nodes; gcn: test accuracy 100.00 (1 run)>
    >>> result.explain(34).title
    'karate, node 34: gcn predicts Officer'
    """
    from bioloom.graph.data.sources import GraphInput, Source
    from bioloom.graph.models.hardware import hardware_of
    from bioloom.graph.results import GraphTraining
    from bioloom.graph.settings import check_changes, settings_for
    from bioloom.graph.training_run import Plan, run_training, train_model
    from bioloom.run.progress import progress_bar

    how = Source(
        label=label,
        multilabel=multilabel,
        skip=tuple(skip),
        is_directed=directed,
        scale=scale,
        data=Path(data) if data else None,
    )
    how = how.read_as(reading)
    graph_input = GraphInput(graph, nodes, how)
    names = [models] if isinstance(models, str) else models
    chosen = [settings_for(name, settings) for name in dict.fromkeys(names)]
    check_changes(names, settings or {}, multilabel=how.multilabel)
    plan = Plan(
        n_runs=runs,
        rng_seed=rng_seed,
        split=split,
        n_folds=folds,
        hardware=hardware_of(device, threads=threads),
        search=_search_plan(search, settings or {}),
    )
    with progress_bar(shown=progress) as on_step:
        if out is None:
            whole = graph_input.read()
            results = tuple(
                train_model(whole, model, plan, on_step=on_step) for model in chosen
            )
            return GraphTraining(results)
        from bioloom.report.graph import write_report

        folder = Path(out)
        _check_free(folder, force=force)
        results = run_training(
            graph_input.saved_in(folder / "input"),
            chosen,
            plan,
            out=folder,
            force=force,
            with_tsne=tsne,
            report=write_report,
            on_step=on_step,
        )
        return GraphTraining(results, folder)


def predict(
    run: RunSource,
    graph: GraphSource,
    nodes: TableSource | None = None,
    *,
    model: str | None = None,
    label: str = "label",
    skip: Sequence[str] = (),
    directed: bool | None = None,
    reading: Changes | None = None,
    device: DeviceName = "cpu",
) -> NodePredictions:
    """Classify the nodes of a graph by a trained model.

    Parameters
    ----------
    run
        Result of `train`, a run folder, or a file of weights.
    graph, nodes
        As for `train`, with the features that the model was trained on; labels are
        optional.
    model
        One of the run's models; None takes the best by validation.
    label, skip, directed, reading, device
        As for `train`; direction and weights are those of the training.

    Returns
    -------
    Class and probabilities of every node.

    Raises
    ------
    BadRunFolder
        If the weights are missing or damaged.
    MissingFile, BadGraph
        If the graph cannot be read or has other features.
    NoDevice
        If there is no such device.

    Examples
    --------
    >>> edges = {"source": [*"abde"], "target": [*"bcef"]}
    >>> nodes = {"id": [*"abcdef"], "label": [*"xxxyyy"], "warm": [5, 6, 5, 0, 1, 0]}
    >>> nodes |= {"cold": [1, 0, 0, 7, 7, 6], "split": ["train", "val", "test"] * 2}
    >>> predict(train(edges, nodes), edges, nodes)
    <NodePredictions: graph, 6 nodes; 6 of 6 labelled nodes correct>
    """
    from bioloom.graph.data.sources import GraphInput, Source
    from bioloom.graph.models.hardware import hardware_of
    from bioloom.graph.training.predictions import as_trained, predict_nodes

    saved = _saved_model(run, model)
    how = Source(label=label, skip=tuple(skip), is_directed=directed, needs_label=False)
    how = as_trained(how.read_as(reading), saved)
    whole = GraphInput(graph, nodes, how).read()
    return predict_nodes(saved, whole, hardware=hardware_of(device))


def explain(
    source: GraphSource | RunSource | None = None,
    node: str | int | None = None,
    *,
    nodes: TableSource | None = None,
    model: str | None = None,
    of_label: str | None = None,
    link: Sequence[str] | None = None,
    directed: bool | None = None,
    reading: Changes | None = None,
) -> Explanation:
    """Show the aggregation A·H at a node, or how its predicted class comes about.

    Parameters
    ----------
    source
        Result or run folder of `train`, to explain a prediction; a graph as for
        `train`, to explain aggregation; None explains an example of six nodes.
    node
        Id of the node; None takes the first one, or a run's test node with the most
        neighbours.
    nodes
        Node table of an edge table.
    model
        Of a run; None takes the first one.
    of_label
        Of a run with several labels a node: the one to explain; None takes the node's
        likeliest.
    link
        Ids of two nodes, to explain their score in a run folder of `links`.
    directed
        Whether features flow only from source to target; None takes both ways for
        tables, and what a network or network file says.
    reading
        As for `train`.

    Returns
    -------
    The working, number by number.

    Raises
    ------
    UnknownName
        If there is no such node, model or label.
    BadConfig
        If `of_label` cannot have an effect.
    BadRunFolder, MissingFile, BadGraph
        If the run or the graph cannot be read.

    Examples
    --------
    >>> explain(node=4).title
    'Aggregation A·H at node 4 of six nodes'
    """
    from bioloom.graph.data.sources import GraphInput, Source
    from bioloom.graph.explaining.aggregation import six_nodes
    from bioloom.graph.explaining.evidence import no_label, reasons_of
    from bioloom.graph.explaining.explain_aggregation import (
        drawing_differs,
        explain_aggregation,
    )
    from bioloom.graph.explaining.explain_prediction import explain_prediction

    if of_label is not None and (link is not None or not _is_run(source)):
        raise no_label(of_label)
    if link is not None:
        from bioloom.graph.linking.explain_link import explain_link
        from bioloom.graph.linking.files import open_links_run

        folder = Path(str(source))
        return explain_link(open_links_run(folder), *link, where=str(folder))
    node_id = None if node is None else str(node)
    if source is None:
        example = explain_aggregation(six_nodes(), node_id or "1")
        return replace(example, steps=(*example.steps, drawing_differs()))
    if _is_run(source):
        reasons = reasons_of(_trained(source, model), node_id, label=of_label)
        return explain_prediction(reasons, where=_folder_name(source))
    how = Source(scale="none", is_directed=directed, needs_label=False)
    how = how.read_as(reading)
    whole = GraphInput(source, nodes, how).read()
    return explain_aggregation(whole, node_id or whole.node_ids[0])


def draw(  # noqa: PLR0913 (all but two are keywords)
    source: GraphSource | RunSource = "karate",
    nodes: TableSource | None = None,
    *,
    models: Sequence[str] = (),
    sample: int | None = None,
    walk: bool = False,
    ego: str | int | bool = False,
    hops: int = 2,
    colour: Colouring = "correct",
    palette: PaletteName = "standard",
    rng_seed: int = RNG_SEED,
    label: str = "label",
    directed: bool | None = None,
    reading: Changes | None = None,
) -> Drawing:
    """Lay out a graph, or the predictions of a training's models.

    Parameters
    ----------
    source
        Result or run folder of `train`, or a graph as for `train`.
    nodes
        Node table of an edge table.
    models
        Of a run, one panel each; empty takes all.
    sample
        Draw only this many nodes.
    walk
        Whether to sample by a random walk, which preserves the graph's shape better.
    ego
        Id of a node whose neighbourhood is drawn; True takes the test node with the
        most neighbours.
    hops
        Steps that the neighbourhood reaches.
    colour
        "correct", "class", "prediction" or "confidence"; a graph has only classes.
    palette
        "safe" can be distinguished by colour-blind readers as well.
    rng_seed
        Of the layout and the sample.
    label, directed, reading
        As for `train`.

    Returns
    -------
    Nodes with their places; ``plot()`` draws them, ``save(folder)`` writes the figure.

    Raises
    ------
    UnknownName
        If there is no such node or model.
    BadRunFolder, MissingFile, BadGraph
        If the run or the graph cannot be read.

    Examples
    --------
    >>> draw("karate", ego=1, hops=1)
    <Drawing: karate, within 1 hop of node 1: |V| = 17, |E| = 34>
    """
    from bioloom.graph.data.sources import GraphInput, Source
    from bioloom.graph.drawing.view import (
        View,
        drawing_of_graph,
        drawing_of_predictions,
    )

    view = View(centre=None, hops=hops, palette=palette, rng_seed=rng_seed)
    if sample is not None:
        view = replace(view, mode="walk" if walk else "sample", size=sample)
    elif ego is not False:
        view = replace(view, mode="ego", centre=None if ego is True else str(ego))
    if _is_run(source):
        view = replace(view, colouring=colour)
        return drawing_of_predictions(_predictions(source, models), view)
    how = Source(label=label, is_directed=directed, needs_label=False)
    how = how.read_as(reading)
    return drawing_of_graph(GraphInput(source, nodes, how).read(), view)


def nodes(
    sequences: Mapping[str, SequenceSource],
    *,
    max_k: int = 2,
) -> SequenceNodes:
    """Make a node table of sequences: class, length and composition of each.

    Parameters
    ----------
    sequences
        Sequences by class; an empty class means not known. Paths, FASTA text, open
        files or dictionaries.
    max_k
        Features are log10 of the length and the shares of k-mers up to this length.

    Returns
    -------
    One row a sequence: id, label, length and k-mer shares.

    Raises
    ------
    MissingFile, BadFasta
        If sequences cannot be read.
    BadGraph
        If two have the same name.

    Examples
    --------
    >>> nodes({"gene": {"a": "ACGT"}, "": {"b": "AAAA"}}, max_k=1).to_frame()
      id label  log10_nt     A     C     G     T
    0  a  gene   0.60206  0.25  0.25  0.25  0.25
    1  b         0.60206  1.00  0.00  0.00  0.00
    """
    from bioloom.graph.data.nodes import LabelledSequences, sequence_nodes

    classes = [LabelledSequences(*pair) for pair in sequences.items()]
    return sequence_nodes(classes, max_k=max_k)


def _search_plan(wanted: int, changes: Changes) -> SearchPlan | None:
    from bioloom.graph.training.search import SearchPlan

    if not wanted:
        return None
    n_trials = None if wanted is True else wanted
    return SearchPlan(n_trials, tuple(changes))


def _check_free(folder: Path, *, force: bool) -> None:
    """Refuse to write into a finished run, before anything is written."""
    from bioloom.errors import OutputExists
    from bioloom.run.record import is_finished

    if not force and is_finished(folder):
        raise OutputExists(folder)


def _is_run(source: object) -> bool:
    """Whether something is a training or a run folder, not a graph."""
    from bioloom.graph.results import GraphTraining

    is_path = isinstance(source, str | PathLike)
    return isinstance(source, GraphTraining) or (is_path and Path(str(source)).is_dir())


def _folder_name(source: Any) -> str:
    from bioloom.graph.results import GraphTraining

    return str((source.out or "") if isinstance(source, GraphTraining) else source)


def _trained(source: Any, model: str | None) -> TrainedModel:
    from bioloom.graph.output.run_folder import open_run
    from bioloom.graph.results import GraphTraining

    if isinstance(source, GraphTraining):
        return (source[model] if model else source.models[0]).trained()
    run = open_run(Path(source))
    return run.trained(model or run.models[0])


def _saved_model(run: RunSource, model: str | None) -> SavedModel:
    from bioloom.graph.models.weights import load_model, weights_of
    from bioloom.graph.results import GraphTraining

    if isinstance(run, GraphTraining):
        return (run[model] if model else run.best).saved_model()
    return load_model(weights_of(Path(run), model))


def _predictions(source: Any, models: Sequence[str]) -> list[ModelPrediction]:
    from bioloom.graph.drawing.view import predictions_of
    from bioloom.graph.output.run_folder import open_run
    from bioloom.graph.results import GraphTraining, prediction_of

    if isinstance(source, GraphTraining):
        names = models or [result.settings.model for result in source.models]
        return [prediction_of(source[name]) for name in names]
    run = open_run(Path(source))
    return predictions_of(run, models or run.models)
