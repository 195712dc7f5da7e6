"""Parts that pages of classifiers share: table of classes, figures of the test."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from bioloom.report.page import Cell, Column, Picture, Row, Table, inline_svg, number
from bioloom.statistics.classification import ClassQuality
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.multilabel import LabelQuality


class Ends(Protocol):
    """Anything with a lower and an upper end."""

    @property
    def low(self) -> float:
        """Lower end."""

    @property
    def high(self) -> float:
        """Upper end."""


class Caption(NamedTuple):
    """A short label, and what it means in a sentence."""

    label: str
    meaning: str


Words = Mapping[str, tuple[str, str]]
"""Caption of each kind of figure."""


def figure_words(units: str) -> Words:
    """Words of the figures that every classifier has.

    Parameters
    ----------
    units
        What was judged, such as "the test pictures".
    """
    return {
        "confusion": Caption(
            "Confusion",
            f"True class by predicted class of {units}, shaded by the share of the "
            "true class; the numbers are in tables/confusion.tsv.",
        ),
        "calibration": Caption(
            "Calibration",
            f"Accuracy of {units} against their confidence, before and after the "
            "temperature; on the diagonal, confidence equals accuracy.",
        ),
    }


def pictures_of(
    figures: Mapping[str, str], words: Words, *, model: str = ""
) -> Iterator[Picture]:
    """Figures as parts of a page, in the order of their words.

    Parameters
    ----------
    figures
        SVG texts by kind; kinds that are missing are left out.
    words
        Of each kind.
    model
        Where a run has several: what file names begin with.
    """
    for kind, (title, meaning) in words.items():
        if kind not in figures:
            continue
        stem, name = kind, f"{kind}-figure"
        if model:
            stem, name = f"{model}_{kind}", f"{model}-{kind}"
        svg = inline_svg(
            figures[kind],
            name=f"{name}-svg",
            title=f"{title} of {model}" if model else title,
            description=meaning,
        )
        files = [f"./figures/{stem}{ending}" for ending in (".svg", ".png")]
        yield Picture(name, svg, f"{title}. {meaning}", files)


def drawn_pictures(folder: Path, words: Words) -> Iterator[Picture]:
    """The figures of a run folder that are there, drawn in lines.

    Parameters
    ----------
    folder
        Where the files are.
    words
        Of each figure, by the name of its file.
    """
    paths = {kind: folder / f"{kind}.svg" for kind in words}
    texts = {k: p.read_text("utf-8") for k, p in paths.items() if p.is_file()}
    svgs = {kind: text[text.index("<svg") :] for kind, text in texts.items()}
    return pictures_of(svgs, words)


def percent(value: float, *, decimals: int = 2) -> Cell:
    """A share in per cent; the sign is in the column's heading."""
    return number(100 * value, decimals=decimals)


def bounds_cell(interval: Ends) -> Cell:
    """An interval of shares in per cent, sorted by its lower end."""
    low, high = 100 * interval.low, 100 * interval.high
    return Cell(f"{low:.1f} to {high:.1f}", key=interval.low)


def classes_table(
    name: str,
    classes: Sequence[ClassQuality],
    recalls: Sequence[Estimate],
    *,
    units: str,
) -> Table:
    """Precision, recall and F1 of each class.

    Parameters
    ----------
    name
        Of the table.
    classes, recalls
        Measures of each class, and the interval of its recall.
    units
        What was judged, such as "Test nodes".
    """
    columns = [
        Column("Class"),
        Column(units, is_number=True),
        Column(
            "Precision, %", "share of the predictions that are correct", is_number=True
        ),
        Column("Recall, %", "share of the members that are found", is_number=True),
        Column("95 % interval of recall", "Clopper-Pearson", is_number=True),
        Column("F1, %", is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(quality.name),
                number(quality.n),
                percent(quality.precision),
                percent(quality.recall),
                bounds_cell(recall),
                percent(quality.f1),
            ]
        )
        for quality, recall in zip(classes, recalls, strict=True)
    ]
    return Table(name, f"{units} by class", columns, rows, is_sortable=True)


def labels_table(
    name: str,
    labels: Sequence[LabelQuality],
    thresholds: Sequence[float],
    *,
    eces: Sequence[float] = (),
    units: str = "nodes",
    resampled: str = "the test nodes",
) -> Table:
    """Quality of each label on the test examples.

    Parameters
    ----------
    name
        Of the table.
    labels
        Their measures; none without test nodes.
    thresholds
        Probability above which a node has each.
    eces
        Expected calibration error of each; none for no such column.
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
                _estimate_cell(label.auc),
                _estimate_cell(label.average_precision),
            ]
        )
        for label, threshold in zip(labels, thresholds, strict=False)
    ]
    if eces:
        columns.append(Column("ECE, %", "expected calibration error", is_number=True))
        rows = [
            Row([*row.cells, percent(error, decimals=1)])
            for row, error in zip(rows, eces, strict=True)
        ]
    return Table(name, f"Test {units} by label", columns, rows, is_sortable=True)


def _estimate_cell(value: Estimate) -> Cell:
    if np.isnan(value.value):
        return Cell("")
    shown, low, high = (100 * end for end in (value.value, value.low, value.high))
    return Cell(f"{shown:.1f} ({low:.1f} to {high:.1f})", key=value.value)
