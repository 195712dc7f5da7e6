"""Parts that the pages of picture classifiers share: audit, predictions, splits."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bioloom.images.auditing.findings import Finding
from bioloom.images.auditing.labels import Audit, LabelAudits
from bioloom.images.files.reading import REASONS
from bioloom.images.output.label_page import LabelsPage
from bioloom.images.output.page import (
    ClassSides,
    GroupSizes,
    PredictedFile,
    TrainingPage,
)
from bioloom.images.settings import Settings
from bioloom.report.evaluation import bounds_cell, percent
from bioloom.report.page import Cell, Column, Row, Table, number
from bioloom.run.settings import settings_of
from bioloom.statistics.intervals import Estimate

THUMBNAIL = 160
"""Pixels of the worst errors' sides."""
_QUALITY = 85
_VERDICTS = MappingProxyType(
    {
        "shortcut": "fail",
        "note": "warn",
        "remains": "warn",
        "differs": "warn",
        "silent": "pass",
        "cured": "pass",
    }
)


def split_text(sizes: tuple[int, int, int], n_unreadable: int) -> str:
    """A sentence on the sizes of the sides, and on files that cannot be read."""
    n_train, n_val, n_test = sizes
    text = f"{n_train:,} training, {n_val:,} validation and {n_test:,} test pictures."
    if n_unreadable:
        verb = "file cannot" if n_unreadable == 1 else "files cannot"
        text += (
            f" {n_unreadable:,} {verb} be read: the table of predictions gives "
            "the reason."
        )
    return text


def measure_row(label: str, share: Estimate, meaning: str) -> Row:
    """A measure with its interval, in per cent."""
    interval = bounds_cell(share)
    value = percent(share.value, decimals=1)
    return Row([Cell(label), value, interval, Cell(meaning, kind="wide")])


def audit_table(audit: Audit) -> Table:
    """All findings of an audit; with several labels, of each."""
    columns = [
        Column("Probe"),
        Column("Of", "what it looks at; only the picture can be a shortcut"),
        Column("Uses"),
        Column("Balanced accuracy, %", is_number=True),
        Column("95 % interval", is_number=True),
        Column("Guessing, %", is_number=True),
        Column("p", "of a score as high in any probe, by permutations", is_number=True),
        Column("Verdict", "shortcut: at least halfway from guessing to certainty"),
        Column("Advice"),
    ]
    rows = [Row(_finding_cells(finding)) for finding in audit.findings]
    if isinstance(audit, LabelAudits):
        columns.insert(0, Column("Label"))
        rows = [
            Row([Cell(label), *_finding_cells(finding)])
            for label, each in audit.audits.items()
            for finding in each.findings
        ]
    caption = f"{audit.n:,} pictures, each probe by itself"
    return Table("audit-table", caption, columns, rows, is_sortable=True)


def _finding_cells(finding: Finding) -> list[Cell]:
    return [
        Cell(finding.probe),
        Cell(finding.of),
        Cell(finding.what, kind="wide"),
        percent(finding.balanced_accuracy, decimals=1),
        bounds_cell(finding),
        percent(finding.chance, decimals=1),
        number(finding.p, decimals=3),
        Cell(finding.verdict, kind=_VERDICTS[finding.verdict]),
        Cell(finding.advice, kind="wide"),
    ]


def as_data(pixels: NDArray[np.uint8], *, side: int = THUMBNAIL) -> str:
    """A picture, made small, as a data address."""
    stream = io.BytesIO()
    picture = Image.fromarray(pixels)
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    small.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def predictions_text(n: int, n_shown: int) -> str:
    """A sentence on how many of the files the page lists."""
    table = "tables/classification_result.csv holds them with all probabilities."
    if n_shown == n:
        return f"All {n:,} files; {table}"
    return (
        f"{n_shown:,} of {n:,} files: first those on no side, then test, validation "
        f"and training pictures. All: {table}"
    )


def predictions_table(files: Sequence[PredictedFile]) -> Table:
    """Predictions of files, or why they could not be read."""
    columns = [
        Column("Picture"),
        Column("Side"),
        Column("Class"),
        Column("Predicted"),
        Column("Confidence, %", "after the temperature", is_number=True),
        Column("Why not", "why the file could not be read"),
    ]
    return Table(
        "predictions",
        f"{len(files):,} predictions",
        columns,
        [Row(list(_prediction_cells(file))) for file in files],
        is_sortable=True,
        is_searchable=True,
    )


def _prediction_cells(file: PredictedFile) -> Iterator[Cell]:
    yield Cell(file.path, kind="wide")
    yield Cell(file.side)
    yield Cell(file.label)
    if file.reason:
        yield from (Cell(""), Cell(""))
        yield Cell(f"{file.reason}: {REASONS[file.reason]}", kind="wide")
        return
    kind = {"": "", file.prediction: "pass"}.get(file.label, "fail")
    yield Cell(file.prediction, kind=kind)
    yield percent(file.confidence, decimals=1)
    yield Cell("")


def groups_text(groups: GroupSizes, what: str = "class") -> str:
    """A sentence on groups of pictures that are not independent."""
    text = "no two of these pictures are near-duplicates"
    if groups.n_groups:
        text = (
            f"{groups.n_pictures:,} pictures are in {groups.n_groups:,} groups of "
            f"near-duplicates or of common names, the largest of {groups.largest:,}"
        )
    return f"By {what}, and a group is never on two sides: {text} (tables/splits.tsv)."


def splits_table(sides: Sequence[ClassSides], what: str = "class") -> Table:
    """Pictures of each class, or with each label, on each side."""
    columns = [Column(what.capitalize())]
    columns += [Column(s, is_number=True) for s in ("Training", "Validation", "Test")]
    rows = [
        Row([Cell(row.name), number(row.train), number(row.val), number(row.test)])
        for row in sides
    ]
    return Table("splits-table", f"Pictures of each {what} and side", columns, rows)


def settings_table(page: TrainingPage | LabelsPage, more: Mapping[str, str]) -> Table:
    """How a model was trained.

    Parameters
    ----------
    page
        With its settings.
    more
        What else was fitted, by name.
    """
    facts = {
        "first weights": page.start,
        **more,
        "unknown": f"{page.unknown} of the test pictures are too unlike the training "
        f"pictures; expected {100 * page.unknown_expected:.1f} %",
        "transparent pictures": f"{page.n_transparent:,}, laid on white",
    }
    rows = [
        Row([Cell(name), Cell(v, kind="wide"), Cell("")]) for name, v in facts.items()
    ]
    rows += [
        Row(
            [
                Cell(setting.name.replace("_", " ")),
                Cell(_value_text(getattr(page.settings, setting.name)), kind="wide"),
                Cell(setting.help(), kind="wide"),
            ]
        )
        for setting in settings_of(Settings)
    ]
    columns = [Column("Setting"), Column("Value"), Column("Meaning")]
    return Table("made-table", "Settings", columns, rows)


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
