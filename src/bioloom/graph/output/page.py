"""Contents of a training's page: everything that it shows, ready to be laid out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.graph.data.graph import Graph, output_sizes
from bioloom.graph.data.label_sets import as_classes
from bioloom.graph.data.splits import rare_classes
from bioloom.graph.settings import Settings
from bioloom.graph.training.baselines import Comparison, unbeaten
from bioloom.graph.training.multilabel import MultilabelRun, never_called
from bioloom.graph.training.result import (
    Headline,
    ModelResult,
    Run,
    SetQuality,
    preferred,
)
from bioloom.graph.training.search import Search
from bioloom.network.layout import undirected
from bioloom.statistics.classification import ClassQuality, by_class
from bioloom.statistics.intervals import Estimate, clopper_pearson
from bioloom.statistics.multilabel import LabelQuality
from bioloom.statistics.runs import RunsMean

MAX_ERRORS = 50
Figures = Mapping[str, Mapping[str, str]]
"""SVG texts by model and kind of figure."""


class SplitSizes(NamedTuple):
    """Numbers of nodes of a split."""

    train: int
    val: int
    test: int


class TestHits(NamedTuple):
    """Correctly predicted test nodes, and their share with its interval."""

    n_right: int
    n: int
    share: Estimate


class WrongPrediction(NamedTuple):
    """A test node that is predicted wrongly.

    Parameters
    ----------
    node
        Its id.
    label, prediction
        Its class, and the predicted one.
    confidence, p_label
        Probabilities of the prediction and of the label.
    n_neighbours, n_of_label, n_of_prediction
        Its neighbours, and how many have either class.
    """

    node: str
    label: str
    prediction: str
    confidence: float
    p_label: float
    n_neighbours: int
    n_of_label: int
    n_of_prediction: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """Contents of one model's part.

    Parameters
    ----------
    settings
        Of the model.
    n_runs
        Number of runs.
    means, ensemble
        Measures over the runs, and of all runs together, if they share a split.
    rng_seed, best_epoch, n_epochs, temperature
        Of the best run, to which all that follows belongs.
    classes, recalls
        Measures of each class, and the interval of its recall; none with several
        labels.
    labels, thresholds
        Measures of each label, and the probability above which a node has it.
    never_called
        A sentence on labels that no test node is predicted to have; else empty.
    figures
        SVG texts by kind.
    n_wrong, errors
        Number of wrong predictions of test nodes, and the most confident ones.
    baselines
        The model beside simple methods.
    warning
        A sentence if it does not beat them; else empty.
    sets
        Quality of its prediction sets, if there are test nodes.
    search
        How the settings were found, if they were searched for.
    history
        Training loss, validation loss and measure of each epoch of the best run.
    headline
        The measure that it is judged by.
    """

    settings: Settings
    n_runs: int
    means: Mapping[str, RunsMean]
    ensemble: Mapping[str, float] | None
    rng_seed: int
    best_epoch: int
    n_epochs: int
    temperature: float
    classes: tuple[ClassQuality, ...]
    recalls: tuple[Estimate, ...]
    figures: Mapping[str, str]
    n_wrong: int
    errors: tuple[WrongPrediction, ...]
    baselines: tuple[Comparison, ...] = ()
    warning: str = ""
    sets: SetQuality | None = None
    search: Search | None = None
    labels: tuple[LabelQuality, ...] = ()
    thresholds: tuple[float, ...] = ()
    never_called: str = ""
    headline: Headline = Run.headline
    history: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPage:
    """Contents of the page.

    Parameters
    ----------
    graph
        Name of the graph.
    n_nodes, n_edges
        Its size.
    split_sizes, n_splits
        Distinct sizes of the runs' splits, and how many distinct splits there are.
    preferred, hits
        Name of the best model by validation; its best run on the test nodes, None
        without any.
    models
        One part per model.
    notes
        How the input was read and scaled, where that is not obvious.
    """

    graph: str
    n_nodes: int
    n_edges: int
    split_sizes: tuple[SplitSizes, ...]
    n_splits: int
    preferred: str
    hits: TestHits | None
    models: tuple[ModelPage, ...]
    notes: tuple[str, ...] = ()


def page_of(results: Sequence[ModelResult], figures: Figures) -> TrainingPage:
    """Contents of the page of a training.

    Parameters
    ----------
    results
        One per model.
    figures
        As `bioloom.graph.output.outputs.write_outputs` returns them.
    """
    graphs = [run.graph for result in results for run in result.runs]
    best = preferred(results)
    return TrainingPage(
        graph=graphs[0].name,
        n_nodes=graphs[0].num_nodes,
        n_edges=undirected(graphs[0].adjacency).nnz // 2,
        split_sizes=tuple(dict.fromkeys(map(_sizes, graphs))),
        n_splits=len({tuple(graph.split_names()) for graph in graphs}),
        preferred=best.settings.model,
        hits=_hits(best.best),
        models=tuple(
            _model_page(result, figures.get(result.settings.model, {}))
            for result in results
        ),
        notes=(*graphs[0].notes, *_training_notes(best)),
    )


def _training_notes(result: ModelResult) -> tuple[str, ...]:
    """How features were scaled, and which classes are never tested."""
    best = result.best
    scaling = best.scaling.sentence()
    is_tested = output_sizes(best.graph, best.graph.test_mask) > 0
    rare = "" if is_tested.all() else rare_classes(best.graph)
    return tuple(filter(None, (f"{scaling[:1].upper()}{scaling[1:]}.", rare)))


def _sizes(graph: Graph) -> SplitSizes:
    masks = (graph.train_mask, graph.val_mask, graph.test_mask)
    return SplitSizes(*(int(mask.sum()) for mask in masks))


def _hits(run: Run) -> TestHits | None:
    test = run.graph.test_mask
    if not test.any():
        return None
    n_right, n = int(run.is_right[test].sum()), int(test.sum())
    return TestHits(n_right, n, clopper_pearson(n_right, n))


def _model_page(result: ModelResult, figures: Mapping[str, str]) -> ModelPage:
    best = result.best
    classes = _classes(best)
    wrong = _wrong_nodes(best)
    together = result.ensemble
    return ModelPage(
        settings=result.settings,
        n_runs=len(result.runs),
        means=result.means(),
        ensemble=together.measures() if together else None,
        rng_seed=best.rng_seed,
        best_epoch=best.fitted.best_epoch,
        n_epochs=len(best.fitted.history),
        temperature=best.temperature,
        classes=classes,
        recalls=tuple(
            clopper_pearson(round(each.recall * each.n), each.n) for each in classes
        ),
        figures=figures,
        n_wrong=len(wrong),
        errors=tuple(_errors(best, wrong[:MAX_ERRORS])),
        baselines=result.comparisons,
        sets=best.set_quality(),
        warning=unbeaten(result.settings.model, result.comparisons),
        search=result.search,
        labels=_labels(best),
        thresholds=best.predictions.thresholds,
        never_called=never_called(best),
        headline=result.headline,
        history=tuple(tuple(map(float, row)) for row in best.fitted.history),
    )


def _classes(run: Run) -> tuple[ClassQuality, ...]:
    """Measures of each class of the test nodes; none with several labels."""
    graph, test = run.graph, run.graph.test_mask
    if graph.is_multilabel:
        return ()
    return by_class(run.predicted[test], graph.y[test], graph.class_names)


def _labels(run: Run) -> tuple[LabelQuality, ...]:
    """Measures of each label of the test nodes; none with one class a node."""
    if not isinstance(run, MultilabelRun) or not run.graph.test_mask.any():
        return ()
    return run.label_qualities


def _wrong_nodes(run: Run) -> NDArray[np.int64]:
    """Wrongly predicted test nodes, the most confident first."""
    is_wrong = run.graph.test_mask & ~run.is_right
    nodes: NDArray[np.int64] = np.flatnonzero(is_wrong)
    return nodes[np.argsort(-run.confidence[nodes], kind="stable")]


def _errors(run: Run, nodes: NDArray[np.int64]) -> Iterator[WrongPrediction]:
    """Wrong predictions; with several labels, each set of labels is a class."""
    graph, predicted = as_classes(run.graph, run.predicted)
    confidence, p_label = run.confidence, run.p_label
    for node in nodes.tolist():
        near = graph.y[graph.neighbours(node)]
        label, prediction = int(graph.y[node]), int(predicted[node])
        yield WrongPrediction(
            node=graph.node_ids[node],
            label=graph.class_names[label],
            prediction=graph.class_names[prediction],
            confidence=float(confidence[node]),
            p_label=float(p_label[node]),
            n_neighbours=len(near),
            n_of_label=int((near == label).sum()),
            n_of_prediction=int((near == prediction).sum()),
        )
