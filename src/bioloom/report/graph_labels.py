"""Parts of the page of a training whose nodes have several labels."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from bioloom.report.evaluation import Caption, percent
from bioloom.report.page import Cell, Column, Row, Table, number
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.multilabel import LabelQuality

LABEL_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "val_micro_f1": Caption(
            "Validation micro F1, %", "by which the best run is chosen"
        ),
        "test_micro_f1": Caption(
            "Test micro F1, %", "F1 of all pairs of test node and label"
        ),
        "test_macro_f1": Caption("Test macro F1, %", "mean of the labels' F1"),
        "test_subset_accuracy": Caption(
            "All labels right, %", "share of test nodes of which every label is right"
        ),
        "test_mean_auc": Caption(
            "Mean AUC, %", "of the labels that some test nodes have and others do not"
        ),
        "test_mean_ap": Caption("Mean AP, %", "average precision, of the same labels"),
    }
)


def thresholds_lead(thresholds: Sequence[float], how: str) -> str:
    """A sentence on when a node has a label; empty with one class a node."""
    if not thresholds:
        return ""
    if how == "half":
        return " A node has a label if its probability is above one half."
    return (
        " A node has a label if its probability is above the label's threshold, which "
        "has the highest F1 on the validation nodes (one half for labels with fewer "
        "than five members there)."
    )


def labels_table(
    name: str,
    labels: Sequence[LabelQuality],
    thresholds: Sequence[float],
    *,
    units: str = "nodes",
    resampled: str = "the test nodes",
) -> Table:
    """Quality of each label on the test nodes.

    Parameters
    ----------
    name
        Of the table.
    labels
        Their measures; none without test nodes.
    thresholds
        Probability above which a node has each.
    units
        What was judged.
    resampled
        What the intervals were found by resampling.
    """
    intervals = f"95 % interval: stratified bootstrap of {resampled}"
    columns = [
        Column("Label"),
        Column(f"Test {units}", "that have it", is_number=True),
        Column("Threshold", is_number=True),
        Column("Called", f"test {units} above the threshold", is_number=True),
        Column("Precision, %", "share of the calls that are correct", is_number=True),
        Column("Recall, %", "share of the members that are found", is_number=True),
        Column("F1, %", is_number=True),
        Column("AUC, %", intervals, is_number=True),
        Column("AP, %", f"average precision; {intervals}", is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(label.name),
                number(label.n),
                number(threshold, decimals=3),
                number(label.n_called),
                *map(percent, (label.precision, label.recall, label.f1)),
                _estimate(label.auc),
                _estimate(label.average_precision),
            ]
        )
        for label, threshold in zip(labels, thresholds, strict=False)
    ]
    return Table(name, f"Test {units} by label", columns, rows, is_sortable=True)


def _estimate(value: Estimate) -> Cell:
    if np.isnan(value.value):
        return Cell("")
    shown, low, high = (100 * end for end in (value.value, value.low, value.high))
    return Cell(f"{shown:.1f} ({low:.1f} to {high:.1f})", key=value.value)
