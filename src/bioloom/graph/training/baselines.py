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
from scipy.sparse import csr_array, diags_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.sparse import is_dense
from bioloom.graph.training.result import ModelResult, Run
from bioloom.statistics.classification import accuracy, macro_f1
from bioloom.statistics.comparison import mean_difference
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.runs import RunsMean, mean_of_runs

Classes = NDArray[np.int64]
SPREAD = 0.9  # share of a node's score that comes from its neighbours
N_STEPS = 50
PENALTIES = (0.1, 1.0, 10.0, 100.0)  # inverse L2 penalties of the regression
MOST_CELLS = 20_000_000  # features of training nodes that the regression is given


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model beside a baseline on the same test nodes.

    Parameters
    ----------
    baseline
        Its name.
    accuracy, macro_f1
        Of the baseline, over the runs' splits.
    difference
        Accuracy of the model minus that of the baseline, with a 95 % interval: over
        splits if there are three or more, else over test nodes.
    """

    baseline: str
    accuracy: RunsMean
    macro_f1: RunsMean
    difference: Estimate

    @property
    def is_beaten(self) -> bool:
        """Whether the model is better by more than the interval."""
        return self.difference.low > 0


Predictions = Mapping[str, Classes]
"""Class of every node by each baseline."""


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
            known[split] = predictions_of(run.graph.scaled_by(run.scaling))
        found.append(known[split])
    names = list(found[0]) if found else []
    return tuple(_comparison(name, runs, [p[name] for p in found]) for name in names)


def unbeaten(model: str, comparisons: Sequence[Comparison]) -> str:
    """A sentence if a model does not beat the best baseline; else empty."""
    if not comparisons:
        return ""
    best = max(comparisons, key=lambda each: each.accuracy.mean)
    if best.is_beaten:
        return ""
    value, low, high = (
        100 * end
        for end in (best.difference.value, best.difference.low, best.difference.high)
    )
    return (
        f"{model} is not better than {best.baseline} on the test nodes: {value:+.1f} "
        f"points of accuracy ({low:+.1f} to {high:+.1f})"
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
    found = {"majority": np.full(graph.num_nodes, majority, dtype=np.int64)}
    known = csr_array(
        (np.ones(len(train)), (train, y)), shape=(graph.num_nodes, graph.num_classes)
    )
    A = graph.adjacency.astype(np.float64)
    votes = (A @ known).toarray()
    found["neighbour vote"] = _largest(votes, majority)
    found["label propagation"] = _largest(_propagated(A, known), majority)
    if graph.feature_names and len(train) * graph.x.shape[1] <= MOST_CELLS:
        found["logistic regression"] = _regression(graph)
    return found


def _propagated(A: csr_array, known: csr_array) -> NDArray[np.float64]:
    """Scores of the classes after spreading them along the edges."""
    both = A.maximum(A.T)
    degree = np.asarray(both.sum(axis=1)).ravel()
    root = diags_array(1 / np.sqrt(np.maximum(degree, np.finfo(float).tiny)))
    S = csr_array(root @ both @ root)
    start: NDArray[np.float64] = known.toarray()
    scores = start
    for _ in range(N_STEPS):
        scores = SPREAD * (S @ scores) + (1 - SPREAD) * start
    return scores


def _largest(scores: NDArray[np.float64], otherwise: int) -> Classes:
    """Class with the highest score; `otherwise` where all are 0."""
    classes: Classes = scores.argmax(axis=1)
    return np.where(scores.max(axis=1) > 0, classes, otherwise)


def _regression(graph: Graph) -> Classes:
    """Logistic regression, its penalty chosen by the validation accuracy."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x = graph.x.toarray() if is_dense(graph.x) else graph.x
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


def _comparison(name: str, runs: Sequence[Run], found: Sequence[Classes]) -> Comparison:
    """A baseline by name, with its predictions for each run."""
    shares, f1s, differences = [], [], []
    for run, classes in zip(runs, found, strict=True):
        test = run.graph.test_mask
        y, predicted = run.graph.y[test], classes[test]
        shares.append(accuracy(predicted, y))
        f1s.append(macro_f1(predicted, y))
        differences.append(accuracy(run.predicted[test], y) - shares[-1])
    return Comparison(
        name,
        mean_of_runs(shares),
        mean_of_runs(f1s),
        _difference(runs, found[0], differences),
    )


def _difference(
    runs: Sequence[Run], first: Classes, differences: Sequence[float]
) -> Estimate:
    """Mean difference, with an interval over splits or over test nodes."""
    splits = {tuple(run.graph.split_names()) for run in runs}
    if len(splits) > 2:
        return mean_difference(differences)
    graph, test = runs[0].graph, runs[0].graph.test_mask
    alike = [run for run in runs if (run.graph.test_mask == test).all()]
    hits = np.mean([run.predicted[test] == graph.y[test] for run in alike], axis=0)
    return mean_difference(hits - (first[test] == graph.y[test]))
