"""What tables of predictions prove."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import pandas as pd

from bioloom.bounds.calibration import Calibration, calibration_of
from bioloom.bounds.comparisons import (
    Comparison,
    adjusted,
    compared,
    constant_model,
    corrected,
)
from bioloom.bounds.notes import Note
from bioloom.bounds.predictions import Predictions
from bioloom.bounds.settings import FAILURE_PROB
from bioloom.bounds.split_errors import (
    Error,
    Leak,
    SplitPair,
    error_of,
    gaps_of,
    leak_of,
    n_more_to_halve,
)
from bioloom.statistics.intervals import Estimate


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
        The test interval that holds for the best of all models that were tried, at
        whichever look one stopped.
    constant
        Comparison with always predicting the most common class of the training examples
        (of the test examples if there are none).
    n_unread, worst
        Test examples without a prediction, and the error if all of them count as wrong.
    n_unused
        Rows without a label or a split.
    leak
        Test examples of groups that training has seen; None if there are none.
    notes
        How the table was read.
    """

    name: str
    splits: dict[str, Error]
    classes: dict[str, Error]
    gaps: dict[SplitPair, Estimate]
    calibration: Calibration | None
    n_more: int
    all_tried: Estimate
    constant: Comparison
    n_unread: int
    worst: Error
    n_unused: int
    leak: Leak | None = None
    notes: tuple[Note, ...] = ()

    @property
    def test(self) -> Error:
        """Error on the test set."""
        return self.splits["test"]


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
    n_looks
        How often each was tested while the test set grew.
    """

    models: tuple[ModelReport, ...]
    comparisons: tuple[Comparison, ...]
    failure_prob: float
    n_tried: int
    n_looks: int = 1

    @property
    def notes(self) -> tuple[Note, ...]:
        """How the tables were read, each sentence once."""
        found = {str(note): note for model in self.models for note in model.notes}
        return tuple(found.values())

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
    n_looks: int = 1,
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
    n_looks
        How often the results were looked at while the test set grew, the last time
        included.

    Raises
    ------
    BadTable
        If two models disagree on the label of an example, or share none.
    """
    n_tried = max(n_tried, len(predictions))
    models = [
        _model(prediction, failure_prob, n_claims=n_tried * n_looks)
        for prediction in predictions
    ]
    pairs = [
        compared(first, second, failure_prob)
        for first, second in combinations(predictions, 2)
    ]
    return Report(
        _corrected(models, n_tried, n_looks),
        adjusted(pairs, n_tests=comb(n_tried, 2), n_looks=n_looks),
        failure_prob,
        n_tried,
        n_looks,
    )


def _model(
    predictions: Predictions, failure_prob: float, *, n_claims: int
) -> ModelReport:
    table, test = predictions.table, predictions.test
    rows_of = {
        name: table[table["split"] == name]
        for name in ("train", "validation", "test")
        if (table["split"] == name).any()
    }
    splits = {name: error_of(rows, failure_prob) for name, rows in rows_of.items()}
    classes = {
        str(name): error_of(rows, failure_prob) for name, rows in test.groupby("label")
    }
    error = splits["test"]
    unread = predictions.unread
    return ModelReport(
        name=predictions.name,
        splits=splits,
        classes=classes,
        gaps=gaps_of(rows_of, failure_prob),
        calibration=calibration_of(test, failure_prob)
        if predictions.has_confidence
        else None,
        n_more=n_more_to_halve(error.n_mistakes, error.n, failure_prob=failure_prob),
        all_tried=error_of(test, failure_prob / n_claims).interval,
        constant=compared(constant_model(predictions), predictions, failure_prob),
        n_unread=len(unread),
        worst=error_of(pd.concat([test, unread]), failure_prob),
        n_unused=predictions.n_unused,
        leak=leak_of(table, failure_prob),
        notes=predictions.notes,
    )


def _corrected(
    models: Sequence[ModelReport], n_tried: int, n_looks: int
) -> tuple[ModelReport, ...]:
    """Models with p-values corrected for all models that were tried."""
    constants = adjusted(
        [model.constant for model in models], n_tests=n_tried, n_looks=n_looks
    )
    found = [x.calibration for x in models if x.calibration]
    p = iter(corrected([x.p for x in found], n_tests=n_tried, n_looks=n_looks))
    return tuple(
        replace(
            model,
            constant=constant,
            calibration=model.calibration
            and replace(model.calibration, p_adjusted=next(p)),
        )
        for model, constant in zip(models, constants, strict=True)
    )
