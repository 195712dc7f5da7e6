"""Scaling of features, chosen by what the columns are, from the training nodes alone.

A model keeps its scaling, so that other graphs are scaled in the same way.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

Scale = Literal["auto", "rows", "standard", "log", "none"]
Chosen = Literal["rows", "standard", "log", "none"]
MANY_COLUMNS = 50  # word counts, k-mers and genes come in numbers
FEW_COLUMNS = 10  # too few to tell standardised columns from chance
SPARSE = 0.3  # share of non-zeros up to which many columns count as sparse
CELL_TOTAL = 10_000  # counts of a cell after normalisation, as in scanpy


def _no_numbers() -> NDArray[np.float32]:
    return np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """A scaling with its numbers.

    Parameters
    ----------
    kind
        "rows" divides a node's features by the sum of their absolute values;
        "standard" subtracts each column's mean and divides by its standard deviation;
        "log" takes log(1 + 10,000 x / row sum) and divides by the columns' standard
        deviations; "none" changes nothing.
    reason
        Why it was chosen, as a clause; empty if it was asked for.
    centre, spread
        Of each column on the training nodes, float32; empty where none is needed.
    """

    kind: Chosen
    reason: str = ""
    centre: NDArray[np.float32] = field(default_factory=_no_numbers)
    spread: NDArray[np.float32] = field(default_factory=_no_numbers)

    def apply(self, x: csr_array) -> csr_array:
        """Scaled features, float32; `x` itself where nothing changes."""
        if self.kind == "none":
            return x
        if self.kind == "rows":
            return by_rows(x)
        if self.kind == "log":
            return csr_array(_logs(x) @ diags_array(1 / self.spread), dtype=np.float32)
        dense = (x.toarray() - self.centre) / self.spread
        return csr_array(dense.astype(np.float32))

    def sentence(self, over: str = "the training nodes") -> str:
        """What was done, for notes and reports; `over` names the nodes that it uses."""
        said = _SAID_NOTES[self.kind].format(over=over)
        return f"{said}, because {self.reason}" if self.reason else said


_SAID_NOTES: dict[Chosen, str] = {
    "rows": "features are divided by their sum in each node",
    "standard": "features are standardised: mean 0 and standard deviation 1 over "
    "{over}",
    "log": "features are log-normalised counts, each divided by its standard deviation "
    "over {over}",
    "none": "features are used as they are",
}


UNSCALED = Scaling("none")


def fitted_scaling(
    x: csr_array,
    train: NDArray[np.bool_],
    scale: Scale = "auto",
    *,
    has_features: bool = True,
) -> Scaling:
    """The scaling of a graph's features, from its training nodes.

    Parameters
    ----------
    x
        Features of all nodes.
    train
        Which nodes train.
    scale
        "auto" chooses by the columns of the training nodes.
    has_features
        Whether the columns are features; not if each node is its own.
    """
    if not has_features:
        return Scaling("none", "" if scale == "none" else "each node is its own")
    rows = csr_array(x[train])
    kind, reason = _chosen(rows) if scale == "auto" else _Choice(scale, "")
    if kind in ("rows", "none"):
        return Scaling(kind, reason)
    if kind == "log":
        return Scaling("log", reason, spread=_spread(_logs(rows)))
    centre = np.asarray(rows.mean(axis=0), dtype=np.float64).ravel()
    return Scaling("standard", reason, centre.astype(np.float32), _spread(rows))


def by_rows(x: csr_array) -> csr_array:
    """Each row divided by the sum of its absolute values."""
    sums = np.asarray(abs(x).sum(axis=1)).ravel()
    factors = np.divide(1, sums, out=np.zeros_like(sums), where=sums > 0)
    return csr_array(diags_array(factors) @ x, dtype=np.float32)


class _Choice(NamedTuple):
    """Kind of scaling, and why."""

    kind: Chosen
    reason: str


def _chosen(rows: csr_array) -> _Choice:
    values = rows.data[rows.data != 0]
    n_columns = rows.shape[1]
    is_counted = bool((values >= 0).all() and (values == np.round(values)).all())
    density = len(values) / max(rows.shape[0] * n_columns, 1)
    is_many = n_columns >= MANY_COLUMNS and bool((values >= 0).all())
    if is_many and density <= SPARSE:
        if is_counted and len(values) and values.max() > MANY_COLUMNS:
            return _Choice("log", "they are counts of very different size")
        words = "counts" if is_counted else "shares or weights"
        return _Choice("rows", f"they are {words} in many columns, mostly 0")
    if len(values) and (values == 1).all():
        return _Choice("none", "they are 0 or 1")
    if _is_standard(rows):
        return _Choice("none", "most have mean 0 and standard deviation 1 already")
    return _Choice("standard", "they are numbers of different size")


def _is_standard(rows: csr_array) -> bool:
    """Whether four fifths of the columns were standardised before, or nearly so."""
    if rows.shape[1] < FEW_COLUMNS:
        return False
    mean, spread = np.asarray(rows.mean(axis=0)).ravel(), _spread(rows)
    is_like = (np.abs(mean) < 0.25) & (spread > 0.5) & (spread < 1.5)
    return bool(is_like.mean() >= 0.8)


def _spread(rows: csr_array) -> NDArray[np.float32]:
    """Standard deviation of each column; 1 where it does not vary."""
    mean = np.asarray(rows.mean(axis=0), dtype=np.float64).ravel()
    squares = np.asarray(rows.astype(np.float64).power(2).mean(axis=0)).ravel()
    deviation = np.sqrt(np.maximum(squares - mean**2, 0))
    # what is left of a constant column after rounding is no spread
    is_constant = deviation <= 1e-6 * np.maximum(np.abs(mean), 1e-30)
    return np.where(is_constant, 1, deviation).astype(np.float32)


def _logs(x: csr_array) -> csr_array:
    """log(1 + 10,000 x / row sum)."""
    logs = by_rows(x) * np.float32(CELL_TOTAL)
    logs.data = np.log1p(logs.data)
    return csr_array(logs)
