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
from bioloom.report.parts import Cell, Column, Row, Table, number, told
from bioloom.run.language import mark, tr, trn
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
    text = tr(
        "{train:,} training, {val:,} validation and {test:,} test pictures.",
        train=n_train,
        val=n_val,
        test=n_test,
    )
    if n_unreadable:
        more = trn(
            "{n} file cannot be read: the table of predictions gives the reason.",
            "{n:,} files cannot be read: the table of predictions gives the reason.",
            n_unreadable,
        )
        text = tr("{sentence} {more}", sentence=text, more=more)
    used = tr("Test pictures were used only for the numbers on this page.")
    return tr("{sentence} {more}", sentence=text, more=used)


def measure_row(label: str, share: Estimate, meaning: str) -> Row:
    """A measure with its interval, in per cent."""
    interval = bounds_cell(share)
    value = percent(share.value, decimals=1)
    return Row([Cell(label), value, interval, Cell(meaning, kind="wide")])


def audit_table(audit: Audit) -> Table:
    """All findings of an audit; with several labels, of each."""
    columns = told(
        Column(mark("Probe")),
        Column(
            mark("Of"), mark("what it looks at; only the picture can be a shortcut")
        ),
        Column(mark("Uses")),
        Column(mark("Balanced accuracy, %"), is_number=True),
        Column(mark("Interval, 95 %"), is_number=True),
        Column(mark("Guessing, %"), is_number=True),
        Column(
            mark("p"),
            mark("of a score as high in any probe, by permutations"),
            is_number=True,
        ),
        Column(
            mark("Verdict"),
            mark("shortcut: at least halfway from guessing to certainty"),
        ),
        Column(mark("Advice")),
    )
    rows = [Row(_finding_cells(finding)) for finding in audit.findings]
    if isinstance(audit, LabelAudits):
        columns.insert(0, Column(tr("Label")))
        rows = [
            Row([Cell(label), *_finding_cells(finding)])
            for label, each in audit.audits.items()
            for finding in each.findings
        ]
    caption = tr("{n:,} pictures, each probe by itself", n=audit.n)
    return Table("audit-table", caption, columns, rows, is_sortable=True)


def _finding_cells(finding: Finding) -> list[Cell]:
    return [
        Cell(finding.probe),
        Cell(finding.of),
        Cell(finding.what, kind="wide", is_english=True),
        percent(finding.balanced_accuracy, decimals=1),
        bounds_cell(finding),
        percent(finding.chance, decimals=1),
        number(finding.p, decimals=3),
        Cell(finding.verdict, kind=_VERDICTS[finding.verdict]),
        Cell(finding.advice, kind="wide", is_english=bool(finding.advice)),
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
    table = tr(
        "{file} holds them with all probabilities.",
        file="tables/classification_result.csv",
    )
    text = tr("All {n:,} files.", n=n)
    if n_shown != n:
        text = tr(
            "{shown:,} of {n:,} files: first those on no side, then test, validation "
            "and training pictures.",
            shown=n_shown,
            n=n,
        )
    return tr("{sentence} {more}", sentence=text, more=table)


def predictions_table(files: Sequence[PredictedFile]) -> Table:
    """Predictions of files, or why they could not be read."""
    columns = told(
        Column(mark("Picture")),
        Column(mark("Side")),
        Column(mark("Class")),
        Column(mark("Predicted")),
        Column(mark("Confidence, %"), mark("after the temperature"), is_number=True),
        Column(mark("Why not"), mark("why the file could not be read")),
    )
    return Table(
        "predictions",
        trn("{n} prediction", "{n:,} predictions", len(files)),
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
        why = f"{file.reason}: {REASONS[file.reason]}"
        yield Cell(why, kind="wide", is_english=True)
        return
    kind = {"": "", file.prediction: "pass"}.get(file.label, "fail")
    yield Cell(file.prediction, kind=kind)
    yield percent(file.confidence, decimals=1)
    yield Cell("")


def groups_text(groups: GroupSizes, *, by_label: bool = False) -> str:
    """Sentences on groups of pictures that are not independent."""
    rule = tr("Split by class, and a group is never on two sides.")
    if by_label:
        rule = tr("Split by label, and a group is never on two sides.")
    text = tr("No two of these pictures are near-duplicates.")
    if groups.n_groups:
        text = tr(
            "{pictures:,} pictures are in {groups:,} groups of near-duplicates or of "
            "common names, the largest of {largest:,}.",
            pictures=groups.n_pictures,
            groups=groups.n_groups,
            largest=groups.largest,
        )
    where = tr("All groups are in {file}.", file="tables/splits.tsv")
    words = tr("{sentence} {more}", sentence=rule, more=text)
    return tr("{sentence} {more}", sentence=words, more=where)


def splits_table(sides: Sequence[ClassSides], *, by_label: bool = False) -> Table:
    """Pictures of each class, or with each label, on each side."""
    columns = told(
        Column(mark("Label") if by_label else mark("Class")),
        Column(mark("Training"), is_number=True),
        Column(mark("Validation"), is_number=True),
        Column(mark("Test"), is_number=True),
    )
    rows = [
        Row([Cell(row.name), number(row.train), number(row.val), number(row.test)])
        for row in sides
    ]
    caption = tr("Pictures of each class and side")
    if by_label:
        caption = tr("Pictures of each label and side")
    return Table("splits-table", caption, columns, rows)


def settings_table(page: TrainingPage | LabelsPage, more: Mapping[str, str]) -> Table:
    """How a model was trained.

    Parameters
    ----------
    page
        With its settings.
    more
        What else was fitted, by name.
    """
    unknown = page.unknown
    facts = {
        **more,
        tr("unknown"): tr(
            "{share:.1%} ({low:.1%} to {high:.1%}) of the test pictures are too unlike "
            "the training pictures; expected {expected:.1%}",
            share=unknown.value,
            low=unknown.low,
            high=unknown.high,
            expected=page.unknown_expected,
        ),
        tr("transparent pictures"): tr("{n:,}, laid on white", n=page.n_transparent),
    }
    start = Cell(page.start, kind="wide", is_english=True)
    rows = [Row([Cell(tr("first weights")), start, Cell("")])]
    rows += [
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
    columns = told(
        Column(mark("Setting")), Column(mark("Value")), Column(mark("Meaning"))
    )
    return Table("made-table", tr("Settings"), columns, rows)


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return str(value)
