"""Tables and figures of a training on pictures with several labels."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bioloom.draw import PALETTE, new_figure, style, wording
from bioloom.evaluation_figures import reliability_figure
from bioloom.images.auditing.figure import where_figure
from bioloom.images.output.figures import epochs_frame, learning_curves
from bioloom.images.training.multilabel import MultilabelTraining
from bioloom.statistics.calibration import Bin, reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHOWN = 40
"""Labels in figures, those of the most test pictures."""
LABEL_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "classification_result.csv": "One row for every file, comma-separated, UTF-8 "
        "with a byte order mark so that spreadsheets open it: path below the data "
        "folder; SHA-1; split; label (its labels joined by `|`; `|` alone: none of "
        "them; empty: not known); group (pictures of one group are near-duplicates or "
        "share a name, and are not independent); prediction (the labels whose "
        "probability is above their threshold, joined by `|`); confidence (the "
        "probability of these labels and no others, the product of each label's); "
        "familiarity (cosine with the third most similar training picture; of training "
        "pictures themselves, with the picture itself counted); p_LABEL (probability "
        "of each label; they need not add up to 1); reason (why an unreadable file has "
        "no prediction). A text that a spreadsheet would take for a formula, because "
        "it begins with =, +, - or @, has an apostrophe in front.",
        "audit.tsv": "How well each probe alone tells the pictures with a label from "
        "those without: label, balanced accuracy, 95 % interval, chance, skill (0 "
        "guessing, 1 certainty), p (permutations of the pictures with all their "
        "labels, corrected for all probes of all labels), verdict, advice; of the "
        "picture as the model gets it, before the cure, of the usual script, and of "
        "the file.",
        "classes.tsv": "Test pictures by label: members among the training pictures "
        "(n_train) and the test pictures (n), the threshold, how many are called, "
        "precision, recall, F1, AUC and average precision with 95 % intervals "
        "(bootstrap of groups, those with a member apart), expected calibration error "
        "(ece), and C, the strength of regularisation that was chosen.",
        "calibration.tsv": "Test pictures by the probability of each label: label, "
        "bounds of the bin, number, mean probability, share that has the label. Label "
        "`` is all of them together.",
        "curves.tsv": "Mean cross-entropy in folds of the training pictures by label "
        "and C. With --fit all every epoch: training loss (with augmentation), "
        "validation loss (mean binary cross-entropy of the labels), by which the best "
        "one is chosen, and share of the pairs of picture and label that are right at "
        "one half.",
        "baselines.tsv": "What the frequency of the labels alone reaches: micro and "
        "macro F1 of calling every picture to have the labels that more than half of "
        "the training pictures have, or all labels; lead is how much higher the "
        "model's micro F1 is, with a 95 % interval (groups resampled).",
        "summary.tsv": "Measures: numbers of pictures; of the test pictures, with 95 % "
        "intervals (groups resampled): micro F1 (of all pairs of picture and label), "
        "macro F1 (mean of the labels'), subset accuracy (all labels of a picture "
        "right), Hamming loss (share of the pairs that are wrong), mean average "
        "precision and AUC (of the labels that some have and others do not); "
        "calibration error of all pairs; baselines; cross-validated micro F1 with "
        "groups kept together and with random folds.",
    }
)
"""What differs from the tables of pictures with one class."""
ONLY_CLASSES = ("confusion.tsv",)


def label_frames(training: MultilabelTraining) -> dict[str, pd.DataFrame]:
    """The tables that differ from those of pictures with one class, by name."""
    of_epochs = epochs_frame(training)
    return {
        "classes": training.classes_frame(),
        "calibration": _calibration_frame(training),
        "curves": of_epochs if training.history else _curves_frame(training),
        "baselines": _baselines_frame(training),
    }


def _baselines_frame(training: MultilabelTraining) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "labels": each.name,
            "micro_f1": each.micro_f1,
            "macro_f1": each.macro_f1,
            "lead": each.lead.value,
            "lead_low": each.lead.low,
            "lead_high": each.lead.high,
        }
        for each in training.baselines
    )


def _calibration_frame(training: MultilabelTraining) -> pd.DataFrame:
    names = training.pictures.class_names
    by_label = [*zip(("", *names), (_all_bins(training), *training.bins), strict=True)]
    return pd.DataFrame(
        {
            "label": name,
            "low": each.low,
            "high": each.high,
            "n": each.n,
            "probability": each.confidence,
            "share": each.accuracy.value,
        }
        for name, bins in by_label
        for each in bins
    )


def _all_bins(training: MultilabelTraining) -> tuple[Bin, ...]:
    test = training.test
    chances, has = training.probabilities[test], training.members[test]
    return reliability(chances.ravel(), has.ravel())


def _curves_frame(training: MultilabelTraining) -> pd.DataFrame:
    heads = training.heads.heads if training.heads else ()
    rows = [
        (name, trial.strength, trial.loss)
        for name, head in zip(training.pictures.class_names, heads, strict=False)
        for trial in (head.tried if head else ())
    ]
    return pd.DataFrame(rows, columns=["label", "C", "cross_entropy"])


def label_figures(training: MultilabelTraining) -> "dict[str, Figure]":
    """Figures by kind: curves, labels, calibration, audit, where."""
    return {
        "curves": _curves(training),
        "labels": _labels(training),
        "calibration": reliability_figure(
            [(wording("all labels: ECE {n}"), _all_bins(training), PALETTE["blue"])],
            xlabel=wording("probability of a label"),
            ylabel=wording("share that has it"),
        ),
        "audit": training.audit.plot(),
        "where": where_figure(training.audit.where),
    }


def _shown(training: MultilabelTraining) -> list[int]:
    n = [each.n for each in training.qualities]
    return sorted(np.argsort([-k for k in n], kind="stable")[:MOST_SHOWN].tolist())


def _curves(training: MultilabelTraining) -> "Figure":
    """Loss by epoch, or in folds of the training pictures by C, a line per label."""
    if training.history or training.heads is None:
        return learning_curves(
            training, accuracy=wording("validation pairs right at one half")
        )
    with style():
        figure = new_figure(7.2, 3.0)
        axes = figure.subplots()
        for label in _shown(training):
            head = training.heads.heads[label]
            if head is None or not head.tried:
                continue
            strengths, losses = zip(*head.tried, strict=True)
            axes.plot(strengths, losses, color=PALETTE["blue"], lw=0.8, alpha=0.6)
            axes.plot(head.strength, min(losses), "o", ms=4, color=PALETTE["orange"])
        axes.set(
            xscale="log",
            xlabel=wording("C (larger: less regularised)"),
            ylabel=wording("cross-entropy"),
        )
        axes.set_title(wording("Each label's head in folds of the training pictures"))
    return figure


def _labels(training: MultilabelTraining) -> "Figure":
    """Average precision of each label with its interval, and its frequency."""
    shown = _shown(training)
    with style():
        figure = new_figure(7.2, 1.0 + 0.26 * len(shown))
        axes = figure.subplots()
        for row, label in enumerate(shown):
            _draw_label(axes, row, training, label)
        names = [training.pictures.class_names[label] for label in shown]
        axes.set_yticks(range(len(shown)), names)
        axes.set(xlim=(0, 1.02), ylim=(len(shown) - 0.5, -0.5))
        axes.set_xlabel(
            wording("average precision; grey: frequency of the label (guessing)")
        )
    return figure


def _draw_label(
    axes: "Axes", row: int, training: MultilabelTraining, label: int
) -> None:
    quality = training.qualities[label]
    share = quality.n / max(1, len(training.test))
    value = quality.average_precision
    axes.plot(share, row, "|", color=PALETTE["grey"], ms=9)
    axes.plot([value.low, value.high], [row, row], color=PALETTE["blue"], lw=1.5)
    axes.plot(value.value, row, "o", color=PALETTE["blue"], ms=5)
