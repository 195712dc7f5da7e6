"""What simple methods make of nodes with several labels.

- prevalence: the share of the training nodes that have the label.
- neighbour vote: the share, by weight, of the training neighbours that have it.
- label propagation: the same after spreading along the edges from the training nodes.
- logistic regression: on the features alone, one for each label.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.settings import Thresholds
from bioloom.graph.training.multilabel import thresholds_of
from bioloom.graph.training.simple import (
    PENALTIES,
    has_regression,
    propagated,
    regression_features,
)
from bioloom.run.language import mark
from bioloom.statistics.multilabel import micro_f1

Chances = NDArray[np.float64]


def label_predictions_of(
    graph: Graph, thresholds_by: Thresholds
) -> Mapping[str, NDArray[np.bool_]]:
    """Whether each node has each label by each baseline.

    Parameters
    ----------
    graph
        With a split and scaled features. Labels of test nodes are not used; those of
        validation nodes choose the regression's penalty and, like the model's, the
        thresholds.
    thresholds_by
        How the thresholds are chosen.
    """
    return {
        name: chances > thresholds_of(chances, graph, thresholds_by)
        for name, chances in label_chances_of(graph).items()
    }


def label_chances_of(graph: Graph) -> Mapping[str, Chances]:
    """Probability of each label of each node by each baseline."""
    train = np.flatnonzero(graph.train_mask)
    has = graph.has_label[train].astype(np.float64)
    prevalence = has.mean(axis=0)
    # the last column counts the training nodes themselves
    rows = np.column_stack([has, np.ones(len(train))])
    known = csr_array(
        (rows.ravel(), (np.repeat(train, rows.shape[1]), _columns(rows))),
        shape=(graph.num_nodes, rows.shape[1]),
    )
    A = graph.adjacency.astype(np.float64)
    found = {
        mark("prevalence"): np.repeat(prevalence[None], graph.num_nodes, axis=0),
        "neighbour vote": _shares((A @ known).toarray(), prevalence),
        "label propagation": _shares(propagated(A, known), prevalence),
    }
    if has_regression(graph):
        found["logistic regression"] = _regressions(graph)
    return found


def _columns(rows: Chances) -> NDArray[np.int64]:
    return np.tile(np.arange(rows.shape[1]), len(rows))


def _shares(scores: Chances, otherwise: Chances) -> Chances:
    """Scores divided by the last column; `otherwise` where that is 0."""
    total = scores[:, -1:]
    return np.where(
        total > 0, scores[:, :-1] / np.where(total > 0, total, 1), otherwise
    )


def _regressions(graph: Graph) -> Chances:
    """One logistic regression a label, all with one penalty, by validation micro F1."""
    x, val = regression_features(graph), graph.val_mask
    best, highest = np.zeros(0), -1.0
    for penalty in PENALTIES:
        chances = np.column_stack(
            [
                _regression(x, has, graph.train_mask, penalty)
                for has in graph.has_label.T
            ]
        )
        f1 = micro_f1(chances[val] > 0.5, graph.has_label[val])
        if f1 > highest:
            best, highest = chances, f1
    return best


def _regression(
    x: csr_array | NDArray[np.float32],
    has: NDArray[np.bool_],
    train: NDArray[np.bool_],
    penalty: float,
) -> Chances:
    """Probability of a label; where all training nodes are alike, that of theirs."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if has[train].all() or not has[train].any():
        return np.full(len(has), float(has[train][0]))
    model = LogisticRegression(C=penalty, max_iter=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x[train], has[train])
    chances: Chances = model.predict_proba(x)[:, 1].astype(np.float64)
    return chances
