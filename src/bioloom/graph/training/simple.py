"""Parts of the simple methods, for one class a node and for several labels.

References
----------
Zhou D. et al. (2004) Learning with local and global consistency. NeurIPS 16:321.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from bioloom.graph.data.graph import Graph
from bioloom.graph.models.sparse import is_dense

SPREAD = 0.9  # share of a node's score that comes from its neighbours
N_STEPS = 50
PENALTIES = (0.1, 1.0, 10.0, 100.0)  # inverse L2 penalties of the regression
MOST_CELLS = 20_000_000  # features of training nodes that the regression is given


def propagated(A: csr_array, known: csr_array) -> NDArray[np.float64]:
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


def has_regression(graph: Graph) -> bool:
    """Whether there are features, and not too many, for a regression."""
    n_cells = int(graph.train_mask.sum()) * graph.x.shape[1]
    return bool(graph.feature_names) and n_cells <= MOST_CELLS


def regression_features(graph: Graph) -> csr_array | NDArray[np.float32]:
    """The features as the regression reads them fastest."""
    dense: NDArray[np.float32] = graph.x.toarray() if is_dense(graph.x) else graph.x
    return dense
