"""What pages of classifiers share: classes, and the figures that judge them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bioloom.report.page import Cell, Column, Picture, Row, Table, inline_svg, number
from bioloom.statistics.classification import by_class
from bioloom.statistics.intervals import clopper_pearson


class Ends(Protocol):
    """What has a lower and an upper end."""

    @property
    def low(self) -> float:
        """Lower end."""

    @property
    def high(self) -> float:
        """Upper end."""


"""Low and high of a share, 0 to 1, from how many are right, of how many."""
Words = Mapping[str, tuple[str, str]]
"""Title of each figure, and what it says in words."""


def figure_words(units: str) -> Words:
    """Of the figures that every classifier has.

    Parameters
    ----------
    units
        What was judged: "the test pictures".
    """
    return {
        "confusion": (
            "Confusion",
            f"True class by predicted class of {units}, shaded by the share of the "
            "true class; the numbers are in tables/confusion.tsv.",
        ),
        "calibration": (
            "Calibration",
            f"Accuracy of {units} against their confidence, before and after the "
            "temperature; on the diagonal, confidence is what it says.",
        ),
    }


def drawn_pictures(folder: Path, words: Words, *, model: str = "") -> Iterator[Picture]:
    """The figures of a run folder that are there, drawn in lines.

    Parameters
    ----------
    folder
        Where the files are.
    words
        Of each figure, by the name of its file.
    model
        Where a run has several: what file names begin with.
    """
    for kind, (title, told) in words.items():
        path = folder / f"{model}_{kind}.svg" if model else folder / f"{kind}.svg"
        if not path.is_file():
            continue
        text = path.read_text("utf-8")
        name = f"{model}-{kind}" if model else f"{kind}-figure"
        svg = inline_svg(
            text[text.index("<svg") :],
            name=f"{name}-svg",
            title=f"{title} of {model}" if model else title,
            description=told,
        )
        files = [f"./figures/{path.stem}{ending}" for ending in (".svg", ".png")]
        yield Picture(name, svg, f"{title}. {told}", files)


def percent(value: float, *, decimals: int = 2) -> Cell:
    """A share in per cent, its sign in the heading."""
    return number(100 * value, decimals=decimals)


def bounds_cell(interval: Ends) -> Cell:
    """An interval of shares in per cent, sorted by its lower end."""
    low, high = 100 * interval.low, 100 * interval.high
    return Cell(f"{low:.1f} to {high:.1f}", key=interval.low)


def classes_table(
    name: str,
    said: tuple[NDArray[np.int64], NDArray[np.int64]],
    class_names: Sequence[str],
    *,
    units: str,
) -> Table:
    """Precision, recall and F1 of each class.

    Parameters
    ----------
    name
        Of the table.
    said
        Predicted and true class of what was judged.
    class_names
        Of the classes.
    units
        What was judged: "Test nodes".
    """
    columns = [
        Column("Class"),
        Column(units, is_number=True),
        Column("Precision, %", "of those called so, how many are", is_number=True),
        Column(
            "Recall, %", "of those that are, how many are called so", is_number=True
        ),
        Column("95 % interval of recall", "Clopper-Pearson", is_number=True),
        Column("F1, %", is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(one.name),
                number(one.n),
                percent(one.precision),
                percent(one.recall),
                bounds_cell(clopper_pearson(round(one.recall * one.n), one.n)),
                percent(one.f1),
            ]
        )
        for one in by_class(*said, class_names)
    ]
    return Table(name, f"{units} by class", columns, rows, is_sortable=True)
