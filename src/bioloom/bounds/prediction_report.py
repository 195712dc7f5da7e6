"""What tables of predictions prove."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.calibration import Calibration, calibration_of
from bioloom.bounds.predictions import Predictions
from bioloom.bounds.sample_sizes import least
from bioloom.bounds.settings import FAILURE_PROB
from bioloom.errors import BadTable
from bioloom.statistics.comparison import mcnemar
from bioloom.statistics.intervals import (
    Estimate,
    accuracy_interval,
    clopper_pearson,
    difference,
)
from bioloom.statistics.multiple_testing import holm


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """What one model's predictions prove.

    Parameters
    ----------
    name
        Of the model.
    splits
        Error on train, validation and test, as far as there are any.
    classes
        Error on the test examples of each class.
    gaps
        How much larger the error of a later split is than that of an earlier one.
    calibration
        Of the test confidences; None without them.
    n_more
        Further test examples that would halve the interval at this rate of mistakes.
    all_tried
        The test interval that holds for the best of all models that were tried.
    constant
        Comparison with always predicting the most common class of the training examples
        (of the test examples if there are none).
    n_unread, worst
        Test examples without a prediction, and the error if all of them count as wrong.
    n_unused
        Rows without a label or a split.
    """

    name: str
    splits: dict[str, Error]
    classes: dict[str, Error]
    gaps: dict[SplitPair, Estimate]
    calibration: Calibration | None
    n_more: int
    all_tried: Estimate
    constant: "Comparison"
    n_unread: int
    worst: Error
    n_unused: int

    @property
    def test(self) -> Error:
        """Error on the test set."""
        return self.splits["test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whether two models differ on the same test examples, by McNemar's exact test.

    Parameters
    ----------
    first, second
        Their names.
    only_first, only_second
        Examples that only the first, or only the second, gets wrong.
    n
        Examples that both were tested on.
    p
        Probability of disagreements split this unevenly if both are equally good.
    p_adjusted
        The same after Holm's correction for all comparisons of the report.
    difference
        How much larger the second's error is, with its interval.
    """

    first: str
    second: str
    only_first: int
    only_second: int
    n: int
    p: float
    p_adjusted: float
    difference: Estimate


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """All models and all comparisons.

    Parameters
    ----------
    models, comparisons
        In order of the tables.
    failure_prob
        Of each interval.
    n_tried
        Models that were tried on the test set, reported here or not.
    """

    models: tuple[ModelReport, ...]
    comparisons: tuple[Comparison, ...]
    failure_prob: float
    n_tried: int

    def to_frame(self) -> pd.DataFrame:
        """One row per error: model, split, class, counts, share, interval."""
        rows = []
        for model in self.models:
            errors = [(name, "", split) for name, split in model.splits.items()]
            errors += [("test", name, class_) for name, class_ in model.classes.items()]
            rows += [
                {
                    "model": model.name,
                    "split": split,
                    "class": name,
                    "n": error.n,
                    "n_mistakes": error.n_mistakes,
                    "error": error.interval.value,
                    "low": error.interval.low,
                    "high": error.interval.high,
                }
                for split, name, error in errors
            ]
        return pd.DataFrame(rows)


def report(
    predictions: Sequence[Predictions],
    *,
    failure_prob: float = FAILURE_PROB,
    n_tried: int = 1,
) -> Report:
    """Errors, gaps, calibration and comparisons of models.

    Parameters
    ----------
    predictions
        One a model. Models are compared on the test examples they share by name.
    failure_prob
        Chance that an interval misses.
    n_tried
        How many models were tried on this test set in all; at least those given count.

    Raises
    ------
    BadTable
        If two models disagree on the label of an example, or share none.
    """
    n_tried = max(n_tried, len(predictions))
    models = tuple(
        _model(prediction, failure_prob, n_tried) for prediction in predictions
    )
    pairs = [
        _compared(first, second, failure_prob)
        for first, second in combinations(predictions, 2)
    ]
    return Report(models, _adjusted(pairs), failure_prob, n_tried)


def _model(predictions: Predictions, failure_prob: float, n_tried: int) -> ModelReport:
    table, test = predictions.table, predictions.test
    rows_of = {
        name: table[table["split"] == name]
        for name in ("train", "validation", "test")
        if (table["split"] == name).any()
    }
    splits = {name: _error(rows, failure_prob) for name, rows in rows_of.items()}
    classes = {
        str(name): _error(rows, failure_prob) for name, rows in test.groupby("label")
    }
    error = splits["test"]
    unread = predictions.unread
    return ModelReport(
        name=predictions.name,
        splits=splits,
        classes=classes,
        gaps=_gaps(rows_of, failure_prob),
        calibration=calibration_of(test, failure_prob)
        if predictions.has_confidence
        else None,
        n_more=n_more_to_halve(error.n_mistakes, error.n, failure_prob=failure_prob),
        all_tried=_error(test, failure_prob / n_tried).interval,
        constant=_compared(_constant(predictions), predictions, failure_prob),
        n_unread=len(unread),
        worst=_error(pd.concat([test, unread]), failure_prob),
        n_unused=predictions.n_unused,
    )


def _error(rows: pd.DataFrame, failure_prob: float) -> Error:
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


def _gaps(
    rows_of: dict[str, pd.DataFrame], failure_prob: float
) -> dict[SplitPair, Estimate]:
    """Gap of each split to the one before, and of test to train."""
    names = list(rows_of)
    pairs = [SplitPair(*pair) for pair in pairwise(names)]
    if len(names) == 3:
        pairs.append(SplitPair(names[0], names[2]))
    halves = {
        name: _error(rows, failure_prob / 2).interval for name, rows in rows_of.items()
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


def _constant(predictions: Predictions) -> Predictions:
    """The model that always predicts the most common class."""
    train = predictions.table[predictions.table["split"] == "train"]
    examples = train if len(train) else predictions.test
    commonest = str(examples["label"].mode()[0])
    table = predictions.table.assign(prediction=commonest)
    return Predictions(f"always {commonest!r}", table, predictions.unread, 0)


def _compared(
    first: Predictions, second: Predictions, failure_prob: float
) -> Comparison:
    both = first.test.merge(second.test, on="example", suffixes=("", "_second"))
    _check_pairs(both, first.name, second.name)
    wrong = both["prediction"] != both["label"]
    wrong_too = both["prediction_second"] != both["label"]
    b, c = int((wrong & ~wrong_too).sum()), int((~wrong & wrong_too).sum())
    p = mcnemar(b, c)
    parts = [
        clopper_pearson(k, len(both), failure_prob=failure_prob / 2) for k in (b, c)
    ]
    return Comparison(
        first=first.name,
        second=second.name,
        only_first=b,
        only_second=c,
        n=len(both),
        p=p,
        p_adjusted=p,
        difference=difference(*parts),
    )


def _check_pairs(both: pd.DataFrame, first: str, second: str) -> None:
    if not len(both):
        raise BadTable(
            where=f"{first} and {second}",
            found="no test example in common",
            expected="the same examples under the same names",
            advice="Give tables of one test set; --example names the column.",
        )
    for _, row in both[both["label"] != both["label_second"]].iterrows():
        raise BadTable(
            where=f"{first} and {second}: example {row['example']!r}",
            found=f"the labels {row['label']!r} and {row['label_second']!r}",
            expected="one",
            advice="Give tables of one test set.",
        )


def _adjusted(pairs: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Comparisons with Holm's correction."""
    p = holm(np.array([pair.p for pair in pairs])).tolist()
    return tuple(replace(pair, p_adjusted=x) for pair, x in zip(pairs, p, strict=True))
