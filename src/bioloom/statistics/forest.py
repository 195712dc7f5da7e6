"""Boosted decision trees whose log-odds are a sum of one part per feature.

Each node holds the mean log-odds of the training examples that reach it. On the way
from the root to a leaf, each step's change belongs to the feature tested there:
summed over steps and trees, these are the contributions of the features, and with the
constant they add up to the log-odds exactly, since values are integers (millionths).

References
----------
Friedman J.H. (2001) Ann Stat 29:1189. doi:10.1214/aos/1013203451
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.statistics._forest import Trees, leaf_sums, step_sums

MILLION = 1_000_000
MAX_LEAVES = 8

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees in one table of nodes.

    Parameters
    ----------
    constant
        Log-odds before the first test, millionths.
    roots
        Node at which each tree begins.
    feature, cut
        Test at a node: is this feature at most that value?
    yes, no
        Node that follows; a leaf follows itself.
    value
        Mean log-odds of a node over the constant, millionths.
    """

    constant: int
    roots: _Ints
    feature: _Ints
    cut: _Floats
    yes: _Ints
    no: _Ints
    value: _Ints

    def log_odds(self, features: _Floats) -> _Floats:
        """Log-odds of features of shape (n, n_features)."""
        total: _Floats = (self.constant + self.millionths(features)) / MILLION
        return total

    def millionths(self, features: _Floats) -> _Ints:
        """Log-odds over the constant, as whole millionths, shape (n,)."""
        return leaf_sums(np.ascontiguousarray(features), self._trees)

    def contributions(self, features: _Floats) -> _Floats:
        """What each feature adds to the log-odds of one example.

        Parameters
        ----------
        features
            Shape (n_features,).

        Returns
        -------
        Log-odds, shape (n_features,); with `base` they add up to `log_odds`.
        """
        shares: _Floats = self.contributions_of_many(features[None])[0]
        return shares

    def contributions_of_many(self, features: _Floats) -> _Floats:
        """What each feature adds to the log-odds of each example.

        Parameters
        ----------
        features
            Shape (n, n_features).

        Returns
        -------
        Log-odds, shape (n, n_features); the rows are those of `contributions`.
        """
        return self.parts(features) / MILLION

    def parts(self, features: _Floats) -> _Ints:
        """`contributions_of_many` in whole millionths, which add up exactly."""
        return step_sums(np.ascontiguousarray(features), self._trees)

    def sums_of(self, parts: _Ints) -> _Floats:
        """`log_odds` of examples whose `parts` are known."""
        total: _Floats = (self.base_millionths + parts.sum(axis=1)) / MILLION
        return total

    @property
    def base(self) -> float:
        """Log-odds before any feature is tested."""
        return self.base_millionths / MILLION

    @property
    def base_millionths(self) -> int:
        """`base` in whole millionths."""
        return self.constant + int(self.value[self.roots].sum())

    @property
    def n_trees(self) -> int:
        """Trees."""
        return len(self.roots)

    @property
    def _trees(self) -> Trees:
        return Trees(self.roots, self.feature, self.cut, self.yes, self.no, self.value)

    def blended(self, other: "Forest", share: float) -> "Forest":
        """The forest whose log-odds are those of two, mixed.

        Parameters
        ----------
        other
            Over the same features.
        share
            Of the other one, 0 to 1; the forests alone are returned for these.
        """
        if share in (0.0, 1.0):
            return other if share else self
        ahead = len(self.cut)
        parts = ((self, 1 - share), (other, share))
        values = [np.rint(part * forest.value) for forest, part in parts]
        return Forest(
            constant=round(sum(part * forest.constant for forest, part in parts)),
            roots=np.append(self.roots, other.roots + ahead),
            feature=np.append(self.feature, other.feature),
            cut=np.append(self.cut, other.cut),
            yes=np.append(self.yes, other.yes + ahead),
            no=np.append(self.no, other.no + ahead),
            value=np.concatenate(values).astype(np.int64),
        )

    def calibrated(self, *, slope: float, shift: float) -> "Forest":
        """The forest whose log-odds are slope · (its log-odds) + shift."""
        constant = round(slope * self.constant + MILLION * shift)
        value = np.rint(slope * self.value).astype(np.int64)
        return Forest(
            constant, self.roots, self.feature, self.cut, self.yes, self.no, value
        )

    def to_entries(self) -> dict[str, Any]:
        """The forest as lists, for a file."""
        return {
            "constant": self.constant,
            "roots": self.roots.tolist(),
            "feature": self.feature.tolist(),
            "cut": self.cut.tolist(),
            "yes": self.yes.tolist(),
            "no": self.no.tolist(),
            "value": self.value.tolist(),
        }


def forest_of_entries(entries: Mapping[str, Any]) -> Forest:
    """Read what `Forest.to_entries` wrote; `flaw_of` says whether it is valid.

    Raises
    ------
    KeyError, TypeError, ValueError
        If an entry is missing or holds no numbers.
    """
    names = ("roots", "feature", "yes", "no", "value")
    table = {name: np.array(entries[name], dtype=np.int64) for name in names}
    cut = np.array(entries["cut"], dtype=np.float64)
    return Forest(constant=int(entries["constant"]), cut=cut, **table)


def flaw_of(forest: Forest, n_features: int) -> str:
    """What is wrong with a forest that was read; empty if valid.

    Columns of unequal length, a test of a feature that does not exist, a walk
    that leaves the table or goes in a circle.
    """
    columns = (forest.feature, forest.cut, forest.yes, forest.no, forest.value)
    n_nodes = len(forest.cut)
    if any(column.shape != (n_nodes,) for column in columns) or not forest.n_trees:
        return "trees whose columns differ in length"
    node = np.arange(n_nodes)
    is_leaf = (forest.yes == node) & (forest.no == node)
    # a node's number is below that of those that follow it: no walk goes in a circle
    is_ahead = (forest.yes > node) & (forest.no > node)
    is_inside = (forest.yes < n_nodes) & (forest.no < n_nodes) & np.isfinite(forest.cut)
    is_known = (forest.feature >= 0) & (forest.feature < n_features)
    roots_inside = (forest.roots >= 0) & (forest.roots < n_nodes)
    if (is_leaf | is_ahead).all() and (is_inside & is_known).all():
        return "" if roots_inside.all() else "roots outside the trees"
    return "trees with tests that lead nowhere"


def fit_forest(
    features: _Floats,
    is_positive: NDArray[np.bool_],
    weight: _Floats,
    *,
    trends: Sequence[int],
    n_trees: int = 250,
    learning_rate: float = 0.055,
) -> Forest:
    """Fit a forest by gradient boosting; its trees have at most `MAX_LEAVES` leaves.

    Parameters
    ----------
    features
        Shape (n, n_features).
    is_positive, weight
        Class and weight of each example, shape (n,).
    trends
        1, -1 or 0 for each feature: whether the log-odds may only rise, only fall, or
        both, with its value.
    n_trees
        Number of trees.
    learning_rate
        Part of each tree's fit that is added.

    Notes
    -----
    One thread: the result does not depend on the machine, and short loops gain
    nothing from more.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    booster = HistGradientBoostingClassifier(
        max_iter=n_trees,
        learning_rate=learning_rate,
        max_leaf_nodes=MAX_LEAVES,
        max_features=0.3,
        min_samples_leaf=max(5, min(60, len(features) // 50)),
        l2_regularization=5.0,
        monotonic_cst=list(trends),
        early_stopping=False,
        random_state=0,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # in some containers joblib cannot count cores; one thread needs no count
        warnings.filterwarnings("ignore", message="Could not find the number of phys")
        booster.fit(features, is_positive, sample_weight=weight)
    return _forest_of(booster)


def _forest_of(booster: Any) -> Forest:
    """Trees of a fitted `HistGradientBoostingClassifier`."""
    tables = [trees[0].nodes for trees in booster._predictors]  # no public access
    sizes = [len(nodes) for nodes in tables]
    roots = np.cumsum([0, *sizes[:-1]])
    nodes = np.concatenate(tables)
    itself = np.arange(len(nodes))
    offset = np.repeat(roots, sizes)
    is_leaf = nodes["is_leaf"].astype(bool)
    yes = np.where(is_leaf, itself, nodes["left"].astype(np.int64) + offset)
    no = np.where(is_leaf, itself, nodes["right"].astype(np.int64) + offset)
    mean = nodes["value"] * is_leaf
    for node in np.flatnonzero(~is_leaf)[::-1]:  # children come after their parent
        sides = [yes[node], no[node]]
        mean[node] = np.average(mean[sides], weights=nodes["count"][sides])
    return Forest(
        constant=round(MILLION * float(booster._baseline_prediction.ravel()[0])),
        roots=roots,
        feature=np.where(is_leaf, 0, nodes["feature_idx"]).astype(np.int64),
        cut=np.where(is_leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        yes=yes,
        no=no,
        value=np.rint(MILLION * mean).astype(np.int64),
    )
