"""Models compared on the same test examples, with corrections for many tests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.matching import matched
from bioloom.bounds.predictions import Predictions
from bioloom.errors import BadTable
from bioloom.statistics.comparison import mcnemar
from bioloom.statistics.intervals import Estimate, clopper_pearson, difference
from bioloom.statistics.multiple_testing import holm


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
        The same after Holm's correction for all tests of this kind, and for all looks.
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


def constant_model(predictions: Predictions) -> Predictions:
    """The model that always predicts the most common class."""
    train = predictions.table[predictions.table["split"] == "train"]
    examples = train if len(train) else predictions.test
    commonest = str(examples["label"].mode()[0])
    table = predictions.table.assign(prediction=commonest)
    return Predictions(f"always {commonest!r}", table, predictions.unread, 0)


def compared(
    first: Predictions, second: Predictions, failure_prob: float
) -> Comparison:
    """Compare two models on the test examples they share.

    Raises
    ------
    BadTable
        If they share none, or disagree on the label of one.
    """
    both = first.test.merge(second.test, on="example", suffixes=("", "_second"))
    _check_pairs(both, first.name, second.name)
    wrong = both["prediction"] != both["label"]
    wrong_too = both["prediction_second"] != both["label_second"]
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
    is_other = _are_other(both["label"], both["label_second"])
    for _, row in both[is_other].iterrows():
        raise BadTable(
            where=f"{first} and {second}: example {row['example']!r}",
            found=f"the labels {row['label']!r} and {row['label_second']!r}",
            expected="one",
            advice="Give tables of one test set.",
        )


def _are_other(first: pd.Series, second: pd.Series) -> NDArray[np.bool_]:
    """Whether two tables have different labels for an example, whatever the writing."""
    try:
        found = matched(first.tolist(), second.tolist(), where="")
    except BadTable:
        return (first != second).to_numpy()
    differs: NDArray[np.bool_] = np.array(found.labels) != np.array(found.predictions)
    return differs


def adjusted(
    comparisons: Sequence[Comparison], *, n_tests: int, n_looks: int
) -> tuple[Comparison, ...]:
    """Comparisons with p-values corrected as by `corrected`."""
    p = corrected([x.p for x in comparisons], n_tests=n_tests, n_looks=n_looks)
    pairs = zip(comparisons, p, strict=True)
    return tuple(replace(comparison, p_adjusted=value) for comparison, value in pairs)


def corrected(p: Sequence[float], *, n_tests: int, n_looks: int) -> list[float]:
    """P-values corrected for other tests, and for earlier looks at growing data.

    Parameters
    ----------
    p
        Of the tests that are reported.
    n_tests
        Tests that were made in all; those that are not reported count with p = 1.
    n_looks
        How often each was made on the same test set while it grew.

    Notes
    -----
    Holm's correction over the tests, Bonferroni's over the looks, whose p-values but
    the last are not known.

    Examples
    --------
    >>> corrected([0.01, 0.04], n_tests=3, n_looks=1)
    [0.03, 0.08]
    """
    all_looks = np.minimum(1.0, np.array(p, dtype=float) * n_looks)
    others = np.ones(max(0, n_tests - len(p)))
    values: list[float] = holm(np.concatenate([all_looks, others])).tolist()
    return values[: len(p)]
