"""Tables of a training whose nodes have several labels."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from bioloom.graph.training.multilabel import MultilabelRun
from bioloom.statistics.multilabel import label_row

LABEL_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": "Each measure over the runs: mean, standard deviation, 95 % "
        "interval of the mean (Student), number of runs. Shares, not per cent. Micro "
        "F1 is that of all pairs of node and label, macro F1 the mean of the labels' "
        "(0 for one without member and prediction), subset accuracy the share of nodes "
        "with all labels right; mean AUC and average precision (ap) are over the "
        "labels that some test nodes have and others do not.",
        "ensemble": "All runs of a model together, the mean of their probabilities: "
        "one row per model, none where runs have different splits.",
        "runs": "One row per run: seed, epochs trained, best epoch (from 0; lowest "
        "validation loss, or as `--best-by` says) and all measures.",
        "labels": "Test nodes of the best run, by label: members of the label among "
        "the training nodes and among the test nodes, the threshold (a node has the "
        "label if its probability is above it), how many it calls, precision, recall "
        "and F1, and how well the probability ranks members above others (AUC, average "
        "precision) with 95 % intervals by stratified bootstrap of the test nodes.",
        "baselines": "Each model beside simple methods on the same splits, with "
        "thresholds chosen in the same way: micro and macro F1 of the baseline on the "
        "test nodes, and how much higher the model's micro F1 is, with a 95 % interval "
        "over splits (three or more) or over test nodes (bootstrap).",
        "curves": "Every epoch of every run: training loss (with dropout), validation "
        "loss and micro F1, its thresholds one half.",
        "predictions": "Every node in the best run: its labels, joined by `|`, and "
        "split (empty where there is none), the predicted labels (`|` alone: none), "
        "their confidence (the probability of these labels and no others, the product "
        "of each label's), and the probability p_ of each label. There is no "
        "temperature, and there are no prediction sets.",
    }
)
"""What differs from the tables of nodes with one class."""
ONLY_CLASSES = ("classes", "confusion", "calibration", "sets")
"""Tables that there are only with one class a node."""


def label_frame(run: MultilabelRun) -> pd.DataFrame:
    """One row per label."""
    train = run.graph.has_label[run.graph.train_mask].sum(axis=0).tolist()
    rows = zip(run.label_qualities, train, run.thresholds.tolist(), strict=True)
    return pd.DataFrame([label_row(*row) for row in rows])
