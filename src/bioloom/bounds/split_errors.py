"""Mistakes on parts of the data, and the intervals of their shares."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.sample_sizes import least
from bioloom.bounds.settings import FAILURE_PROB
from bioloom.statistics.intervals import (
    Estimate,
    accuracy_interval,
    clopper_pearson,
    difference,
)


class SplitPair(NamedTuple):
    """Two parts of the data, the one used earlier first."""

    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Error:
    """Mistakes among some examples, and the interval of their share."""

    n_mistakes: int
    n: int
    interval: Estimate


@dataclass(frozen=True, slots=True)
class Leak:
    """Test examples of groups that training or validation examples belong to.

    Parameters
    ----------
    n_examples, n_groups
        Test examples that are not new, and their groups.
    rest
        Error on the other test examples; None if there are none.
    """

    n_examples: int
    n_groups: int
    rest: Error | None


def error_of(rows: pd.DataFrame, failure_prob: float) -> Error:
    """Mistakes and the interval of their share; that of the accuracy, turned round."""
    is_right = (rows["label"] == rows["prediction"]).to_numpy().astype(np.int64)
    n, groups = len(rows), groups_of(rows)
    n_mistakes = n - int(is_right.sum())
    if len(set(groups)) == n:
        interval = clopper_pearson(n_mistakes, n, failure_prob=failure_prob)
        return Error(n_mistakes, n, interval)
    right = accuracy_interval(
        is_right, np.ones_like(is_right), groups=groups, failure_prob=failure_prob
    )
    value, low, high = 1 - right.value, 1 - right.high, 1 - right.low
    return Error(n_mistakes, n, replace(right, value=value, low=low, high=high))


def groups_of(rows: pd.DataFrame) -> NDArray[np.str_]:
    """Group of each row; a row without one is its own group, under its own name."""
    alone = "\t" + rows["example"]  # no group's name holds a tab
    names: NDArray[np.str_] = rows["group"].where(rows["group"] != "", alone).to_numpy()
    return names


def gaps_of(
    rows_of: dict[str, pd.DataFrame], failure_prob: float
) -> dict[SplitPair, Estimate]:
    """Gap of each split to the one before, and of test to train."""
    names = list(rows_of)
    pairs = [SplitPair(*pair) for pair in pairwise(names)]
    if len(names) == 3:
        pairs.append(SplitPair(names[0], names[2]))
    halves = {
        name: error_of(rows, failure_prob / 2).interval
        for name, rows in rows_of.items()
    }
    return {
        pair: difference(halves[pair.earlier], halves[pair.later]) for pair in pairs
    }


def n_more_to_halve(
    n_mistakes: int, n: int, *, failure_prob: float = FAILURE_PROB
) -> int:
    """Further test examples that would halve the interval at this rate of mistakes.

    Examples
    --------
    >>> n_more_to_halve(40, 500)
    1423
    """
    width = clopper_pearson(n_mistakes, n, failure_prob=failure_prob).width

    def is_half(size: int) -> bool:
        k = round(size * n_mistakes / n)
        return clopper_pearson(k, size, failure_prob=failure_prob).width <= width / 2

    return least(is_half) - n


def leak_of(table: pd.DataFrame, failure_prob: float) -> Leak | None:
    """Test examples whose group was seen in training or validation.

    Parameters
    ----------
    table
        Columns `split`, `group`, `label`, `prediction`, `example`.
    failure_prob
        Of the interval of the error on the rest.
    """
    test = table[table["split"] == "test"]
    seen = set(table.loc[table["split"] != "test", "group"]) - {""}
    is_seen = test["group"].isin(seen)
    if not is_seen.any():
        return None
    rest = test[~is_seen]
    return Leak(
        n_examples=int(is_seen.sum()),
        n_groups=int(test.loc[is_seen, "group"].nunique()),
        rest=error_of(rest, failure_prob) if len(rest) else None,
    )
