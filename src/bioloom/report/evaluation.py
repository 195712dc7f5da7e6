"""Parts that pages of classifiers share: table of classes, figures of the test."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np

from bioloom.report.parts import (
    Cell,
    Column,
    Picture,
    Row,
    Table,
    inline_svg,
    number,
    told,
)
from bioloom.run.language import mark, tr
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
    """Words of the figures that every classifier has, in the language in force.

    Parameters
    ----------
    units
        What was judged, such as "the test pictures", in that language.
    """
    return {
        "confusion": Caption(
            tr("Confusion"),
            tr(
                "True class by predicted class of {units}, shaded by the share of the "
                "true class; the numbers are in {file}.",
                units=units,
                file="tables/confusion.tsv",
            ),
        ),
        "calibration": Caption(
            tr("Calibration"),
            tr(
                "Accuracy of {units} against their confidence, before and after the "
                "temperature; on the diagonal, confidence equals accuracy.",
                units=units,
            ),
        ),
    }


def pictures_of(
    figures: Mapping[str, str],
    words: Words,
    *,
    model: str = "",
    plots: Mapping[str, Mapping[str, Any] | None] = MappingProxyType({}),
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
    plots
        Interactive twins by kind.
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
            title=tr("{title} of {model}", title=title, model=model)
            if model
            else title,
            description=meaning,
        )
        files = [f"./figures/{stem}{ending}" for ending in (".svg", ".png")]
        caption = tr("{title}. {meaning}", title=title, meaning=meaning)
        yield Picture(name, svg, caption, files, plots.get(kind))


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
    return Cell(tr("{low:.1f} to {high:.1f}", low=low, high=high), key=interval.low)


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
        What was judged, such as "Test nodes", in the language in force.
    """
    columns = told(
        Column(mark("Class")),
        Column(units, is_number=True),
        Column(
            mark("Precision, %"),
            mark("share of the predictions that are correct"),
            is_number=True,
        ),
        Column(
            mark("Recall, %"),
            mark("share of the members that are found"),
            is_number=True,
        ),
        Column(
            mark("Interval of recall, 95 %"), mark("Clopper-Pearson"), is_number=True
        ),
        Column(mark("F1, %"), is_number=True),
    )
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
    caption = tr("{units} by class", units=units)
    return Table(name, caption, columns, rows, is_sortable=True)


def labels_table(
    name: str,
    labels: Sequence[LabelQuality],
    thresholds: Sequence[float],
    *,
    eces: Sequence[float] = (),
    units: str,
    resampled: str,
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
        What was judged, such as "Test nodes", in the language in force.
    resampled
        What the intervals were found by resampling, in that language.
    """
    intervals = tr("interval of 95 %: stratified bootstrap of {units}", units=resampled)
    precision = tr("average precision; {intervals}", intervals=intervals)
    columns = told(
        Column(mark("Label")),
        Column(units, mark("that have it"), is_number=True),
        Column(mark("Threshold"), is_number=True),
        Column(mark("Called"), mark("above the threshold"), is_number=True),
        Column(
            mark("Precision, %"),
            mark("share of the calls that are correct"),
            is_number=True,
        ),
        Column(
            mark("Recall, %"),
            mark("share of the members that are found"),
            is_number=True,
        ),
        Column(mark("F1, %"), is_number=True),
        Column(mark("AUC, %"), intervals, is_number=True),
        Column(mark("AP, %"), precision, is_number=True),
    )
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
        columns += told(
            Column(mark("ECE, %"), mark("expected calibration error"), is_number=True)
        )
        rows = [
            Row([*row.cells, percent(error, decimals=1)])
            for row, error in zip(rows, eces, strict=True)
        ]
    caption = tr("{units} by label", units=units)
    return Table(name, caption, columns, rows, is_sortable=True)


def _estimate_cell(value: Estimate) -> Cell:
    if np.isnan(value.value):
        return Cell("")
    shown, low, high = (100 * end for end in (value.value, value.low, value.high))
    text = tr("{value:.1f} ({low:.1f} to {high:.1f})", value=shown, low=low, high=high)
    return Cell(text, key=value.value)
