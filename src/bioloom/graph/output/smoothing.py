r"""How alike neighbouring nodes are in each layer: Dirichlet energy.

Every convolution makes neighbours more alike. Where the energy of the last hidden rows
is near 0, classes can no longer be told apart by them: the model is over-smoothed.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, diags_array

from bioloom.graph.models.adjacency import symmetric, whole
from bioloom.graph.models.models import Grand
from bioloom.graph.models.weights import model_of
from bioloom.graph.training.result import ModelResult

_COLUMNS = 64  # at a time, which bounds the memory
Rows: TypeAlias = NDArray[np.float32] | csr_array


class Energy(NamedTuple):
    """Dirichlet energy of rows, by two Laplacians.

    Parameters
    ----------
    symmetric
        Between 0 and 2; 0 where every row is a multiple of the root of its node's
        degree, as repeated propagation by GCN's Â makes them.
    constant
        Between 0 and 2; 0 where all rows of a connected part are equal, as repeated
        means make them.
    """

    symmetric: float
    constant: float


def dirichlet_energy(A: csr_array, H: Rows) -> Energy:
    r"""Dirichlet energy of the rows of H.

    .. math:: E = \frac{\mathrm{tr}(H^T L H)}{\|H\|^2} = \frac{1}{2 \|H\|^2}
        \sum_{i,j} \tilde{A}_{ij} \left\| \frac{h_i}{\sqrt{\tilde{d}_i}} -
        \frac{h_j}{\sqrt{\tilde{d}_j}} \right\|^2, \qquad
        E' = \frac{\sum_{i,j} A_{ij} \|h_i - h_j\|^2}{2 \sum_i d_i \|h_i\|^2}

    with :math:`L = I - \hat{A}`, tilde for self-loops, and edges taken both ways.

    Parameters
    ----------
    A
        Adjacency, shape (n, n).
    H
        Shape (n, width).

    Returns
    -------
    NaN where H has no entry, or no edge.

    References
    ----------
    Cai C., Wang Y. (2020) A note on over-smoothing for graph neural networks.
    arXiv:2006.13318
    Rusch T.K. et al. (2023) A survey on oversmoothing in graph neural networks.
    arXiv:2303.10993
    """
    both = csr_array(A.maximum(A.T), dtype=np.float64)
    degree = np.asarray(both.sum(axis=1)).ravel()
    laplacian = csr_array(diags_array(degree) - both)
    A_hat = csr_array(symmetric(csr_array(both, dtype=np.float32)), dtype=np.float64)
    columns = csc_array(H) if isinstance(H, csr_array) else H
    sizes = np.zeros(4)
    for begin in range(0, H.shape[1], _COLUMNS):
        part = columns[:, begin : begin + _COLUMNS]
        block = part.toarray() if isinstance(part, csc_array) else part
        block = block.astype(np.float64)
        squares = (block**2).sum(axis=1)
        sizes += (
            squares.sum() - (block * (A_hat @ block)).sum(),
            squares.sum(),
            (block * (laplacian @ block)).sum(),
            degree @ squares,
        )
    upper, lower = sizes[[0, 2]], sizes[[1, 3]]
    ratio = np.divide(upper, lower, out=np.full(2, np.nan), where=lower > 0)
    return Energy(*(float(value) for value in ratio))


def smoothing_frame(result: ModelResult) -> pd.DataFrame:
    """One row per layer of the best run: its width, and its energies."""
    best = result.best
    graph = best.graph
    n_outputs = len(graph.output_names)
    model = model_of(result.settings, best.fitted.weights, n_outputs)
    n_layers = 1 if isinstance(model, Grand) else len(model.layers)
    part = whole(model.normalise(graph.adjacency), graph.x, n_layers=n_layers)
    rows = []
    with torch.no_grad():
        rows.append(_row("features", graph.adjacency, graph.x))
        for number, H in enumerate(model.hidden(part), start=1):
            rows.append(_row(f"hidden {number}", graph.adjacency, H.numpy()))
    rows.append(_row("scores", graph.adjacency, best.fitted.scores))
    return pd.DataFrame(rows)


def _row(layer: str, A: csr_array, H: Rows) -> dict[str, object]:
    energy = dirichlet_energy(A, H)
    return {
        "layer": layer,
        "width": H.shape[1],
        "energy": energy.symmetric,
        "energy_constant": energy.constant,
    }
