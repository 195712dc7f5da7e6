"""What simple methods make of the same split, and whether a model beats them.

- majority: the commonest class of the training nodes.
- neighbour vote: the class with the most weight among the training neighbours.
- label propagation: classes spread along the edges from the training nodes.
- logistic regression: on the features alone, without edges.

References
----------
Zhou D. et al. (2004) Learning with local and global consistency. NeurIPS 16:321.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.training.label_baselines import label_predictions_of
from bioloom.graph.training.multilabel import MultilabelRun
from bioloom.graph.training.result import ModelResult, Run
from bioloom.graph.training.simple import (
    PENALTIES,
    has_regression,
    propagated,
    regression_features,
)
from bioloom.run.language import mark
from bioloom.statistics.classification import accuracy
from bioloom.statistics.comparison import mean_difference
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.runs import RunsMean, mean_of_runs

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model beside a baseline on the same test nodes.

    Parameters
    ----------
    baseline
        Its name.
    headline, macro_f1
        Of the baseline, over the runs' splits; the headline is the accuracy, or with
        several labels the micro F1.
    difference
        Headline of the model minus that of the baseline, with a 95 % interval: over
        splits if there are three or more, else over test nodes.
    measure
        What the headline is called.
    """

    baseline: str
    headline: RunsMean
    macro_f1: RunsMean
    difference: Estimate
    measure: str = "accuracy"

    @property
    def is_beaten(self) -> bool:
        """Whether the model is better by more than the interval."""
        return self.difference.low > 0


Predictions = Mapping[str, NDArray[np.generic]]
"""Class, or labels, of every node by each baseline."""


def compared(results: Sequence[ModelResult]) -> tuple[ModelResult, ...]:
    """Models with their comparisons; baselines are computed once for each split."""
    known: dict[tuple[str, ...], Predictions] = {}
    return tuple(
        replace(result, comparisons=_comparisons(result, known)) for result in results
    )


def _comparisons(
    result: ModelResult, known: dict[tuple[str, ...], Predictions]
) -> tuple[Comparison, ...]:
    """A model beside each baseline; none without test nodes."""
    runs = [run for run in result.runs if run.graph.test_mask.any()]
    found = []
    for run in runs:
        split = tuple(run.graph.split_names())
        if split not in known:
            known[split] = _predictions_for(run)
        found.append(known[split])
    names = list(found[0]) if found else []
    return tuple(_comparison(name, runs, [p[name] for p in found]) for name in names)


def _predictions_for(run: Run) -> Predictions:
    graph = run.graph.scaled_by(run.scaling)
    if isinstance(run, MultilabelRun):
        return label_predictions_of(graph, run.thresholds_by)
    return predictions_of(graph)


def unbeaten(model: str, comparisons: Sequence[Comparison]) -> str:
    """A sentence if a model does not beat the best baseline; else empty."""
    if not comparisons:
        return ""
    best = max(comparisons, key=lambda each: each.headline.mean)
    if best.is_beaten:
        return ""
    value, low, high = (
        100 * end
        for end in (best.difference.value, best.difference.low, best.difference.high)
    )
    return (
        f"{model} is not better than {best.baseline} on the test nodes: {value:+.1f} "
        f"points of {best.measure} ({low:+.1f} to {high:+.1f})"
    )


def predictions_of(graph: Graph) -> Predictions:
    """Class of every node by each baseline.

    Parameters
    ----------
    graph
        With a split and scaled features. Labels of test nodes are not used; those of
        validation nodes choose the regression's penalty.
    """
    train = np.flatnonzero(graph.train_mask)
    y = graph.y[train]
    majority = int(np.bincount(y).argmax())
    found = {mark("majority"): np.full(graph.num_nodes, majority, dtype=np.int64)}
    known = csr_array(
        (np.ones(len(train)), (train, y)), shape=(graph.num_nodes, graph.num_classes)
    )
    A = graph.adjacency.astype(np.float64)
    votes = (A @ known).toarray()
    found[mark("neighbour vote")] = _largest(votes, majority)
    found[mark("label propagation")] = _largest(propagated(A, known), majority)
    if has_regression(graph):
        found[mark("logistic regression")] = _regression(graph)
    return found


def _largest(scores: NDArray[np.float64], otherwise: int) -> Classes:
    """Class with the highest score; `otherwise` where all are 0."""
    classes: Classes = scores.argmax(axis=1)
    return np.where(scores.max(axis=1) > 0, classes, otherwise)


def _regression(graph: Graph) -> Classes:
    """Logistic regression, its penalty chosen by the validation accuracy."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x = regression_features(graph)
    train, val = graph.train_mask, graph.val_mask
    best, highest = None, -1.0
    for penalty in PENALTIES:
        model = LogisticRegression(C=penalty, max_iter=100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x[train], graph.y[train])
        share = accuracy(model.predict(x[val]), graph.y[val])
        if share > highest:
            best, highest = model, share
    classes: Classes = best.predict(x).astype(np.int64)  # type: ignore[union-attr]
    return classes


def _comparison(
    name: str, runs: Sequence[Run], found: Sequence[NDArray[np.generic]]
) -> Comparison:
    """A baseline by name, with its predictions for each run."""
    theirs = [run.judged(each) for run, each in zip(runs, found, strict=True)]
    ours = [run.judged(run.predicted) for run in runs]
    return Comparison(
        name,
        mean_of_runs([judged.value for judged in theirs]),
        mean_of_runs([judged.macro_f1 for judged in theirs]),
        _difference(
            runs,
            found[0],
            [own.value - other.value for own, other in zip(ours, theirs, strict=True)],
        ),
        runs[0].headline.words,
    )


def _difference(
    runs: Sequence[Run], first: NDArray[np.generic], differences: Sequence[float]
) -> Estimate:
    """Mean difference, with an interval over splits or over test nodes."""
    splits = {tuple(run.graph.split_names()) for run in runs}
    if len(splits) > 2:
        return mean_difference(differences)
    test = runs[0].graph.test_mask
    alike = [run for run in runs if (run.graph.test_mask == test).all()]
    return runs[0].lead(alike, first)
