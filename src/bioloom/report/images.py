"""Layout of the page of a picture classifier: shortcuts first, then its accuracy."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bioloom.images.files.reading import REASONS
from bioloom.images.output.page import PredictedFile, TrainingPage, WrongPrediction
from bioloom.images.settings import Settings
from bioloom.report.evaluation import (
    Caption,
    Words,
    bounds_cell,
    classes_table,
    figure_words,
    percent,
    pictures_of,
)
from bioloom.report.page import Cell, Column, Row, Table, number, write_page
from bioloom.run.settings import settings_of
from bioloom.statistics.intervals import Estimate

THUMBNAIL = 160
"""Pixels of the worst errors' sides."""
_QUALITY = 85
_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "accuracy": Caption(
            "Accuracy, %", "share of test pictures predicted correctly"
        ),
        "balanced_accuracy": Caption(
            "Balanced accuracy, %", "mean of the classes' recalls"
        ),
        "macro_f1": Caption("Macro F1, %", "mean of the classes' F1"),
    }
)
_FIGURES: Words = MappingProxyType(
    {
        **figure_words("the test pictures"),
        "curves": Caption(
            "Learning curves",
            "Loss and validation accuracy by epoch, the dotted line at the epoch whose "
            "weights were saved; for a head on fixed features, the loss in folds of "
            "the training pictures by the strength of regularisation.",
        ),
    }
)
_AUDIT: Words = MappingProxyType(
    {
        "audit": Caption(
            "Audit",
            "Balanced accuracy of each probe by itself, cross-validated, with its 95 % "
            "interval; dotted: guessing, dashed: threshold of a shortcut, blue line: "
            "the model on the test pictures.",
        ),
        "where": Caption(
            "Where classes differ",
            "Mean picture of each class as the model gets it, and the share of the "
            "spread of each place's lightness and fineness that lies between classes.",
        ),
    }
)
_FOLDS_OF = MappingProxyType(
    {"head": "this head", "all": "a head on the initial features, not this model"}
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """A wrong prediction, laid out: two pictures as data, and words."""

    name: str
    picture: str
    heat: str
    side: int
    label: str
    prediction: str
    confidence: str
    p_label: str
    path: str


def write_report(page: TrainingPage, out: Path) -> Path:
    """Write the page of a training.

    Parameters
    ----------
    page
        Its contents.
    out
        Run folder.

    Returns
    -------
    Path of the page.
    """
    return write_page(
        out / "report.html",
        "images.html",
        kind="Picture classification",
        title=page.title,
        warnings=page.audit.warnings(),
        lead=_lead(page),
        split_text=_split_text(page),
        notes=page.notes,
        measures=_measures(page),
        inflation=_inflation_text(page),
        audit=_audit(page),
        audit_notes=page.audit.notes(),
        audit_pictures=list(pictures_of(page.figures, _AUDIT)),
        classes=classes_table(
            "classes-table", page.classes, page.recalls, units="Test pictures"
        ),
        pictures=list(pictures_of(page.figures, _FIGURES)),
        n_wrong=page.n_test - page.n_right,
        errors=[_error(error) for error in page.errors],
        predictions_text=_predictions_text(page),
        predictions=_predictions(page.predictions),
        groups_text=_groups_text(page),
        splits=_splits(page),
        settings=_settings(page),
    )


def _lead(page: TrainingPage) -> str:
    names, share = page.class_names, page.measures["accuracy"]
    classes = " or ".join(names) if len(names) == 2 else f"one of {len(names)} classes"
    return (
        f"{page.n_right:,} of {page.n_test:,} test pictures are predicted correctly "
        f"({classes}): {100 * share.value:.1f} % ({100 * share.low:.1f} to "
        f"{100 * share.high:.1f} % with 95 % confidence)." + _balanced_text(page)
    )


def _balanced_text(page: TrainingPage) -> str:
    """The balanced accuracy where classes are of unequal size, and it comes first."""
    first, share = next(iter(page.measures.items()))
    if first == "accuracy":
        return ""
    return (
        " The classes are of unequal size, so what counts is the balanced accuracy, "
        f"the mean of the classes' recalls: {100 * share.value:.1f} % "
        f"({100 * share.low:.1f} to {100 * share.high:.1f} %)."
    )


def _split_text(page: TrainingPage) -> str:
    n_train, n_val, n_test = (
        sum(getattr(row, side) for row in page.sides)
        for side in ("train", "val", "test")
    )
    text = f"{n_train:,} training, {n_val:,} validation and {n_test:,} test pictures."
    if page.n_unreadable:
        verb = "file cannot" if page.n_unreadable == 1 else "files cannot"
        text += (
            f" {page.n_unreadable:,} {verb} be read: the table of predictions gives "
            "the reason."
        )
    return text


def _measures(page: TrainingPage) -> Table:
    columns = [
        Column("Measure"),
        Column("Value", is_number=True),
        Column("95 % interval", "groups of pictures resampled", is_number=True),
        Column("Meaning"),
    ]
    rows = [
        _measure(_MEASURES[name].label, share, _MEASURES[name].meaning)
        for name, share in page.measures.items()
    ]
    if page.inflation:
        for label, share, meaning in (
            ("grouped", page.inflation.grouped, "near-duplicates in the same fold"),
            ("random", page.inflation.naive, "near-duplicates separated"),
        ):
            folds = f"{_FOLDS_OF[page.settings.fit]}, five folds, {meaning}"
            rows.append(_measure(f"Cross-validated, {label}, %", share, folds))
    if page.folded:
        how = f"this training in {page.settings.folds} folds of all pictures"
        rows.append(_measure("Cross-validated, all weights, %", page.folded, how))
    for when, error in page.calibration._asdict().items():
        meaning = f"expected calibration error {when} the temperature"
        cells = [Cell(f"ECE {when}, %"), percent(error, decimals=1), Cell("")]
        rows.append(Row([*cells, Cell(meaning, kind="wide")]))
    return Table("measures", "Test pictures, unless stated otherwise", columns, rows)


def _measure(label: str, share: Estimate, meaning: str) -> Row:
    interval = bounds_cell(share)
    value = percent(share.value, decimals=1)
    return Row([Cell(label), value, interval, Cell(meaning, kind="wide")])


def _inflation_text(page: TrainingPage) -> str:
    if not page.inflation:
        return ""
    points = page.inflation.points
    if points <= 0:
        return "Separating near-duplicates would not have raised the accuracy."
    return (
        f"Separating near-duplicates would have raised the accuracy by {points:.1f} "
        "percentage points."
    )


def _audit(page: TrainingPage) -> Table:
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
    rows = [
        Row(
            [
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
        )
        for finding in page.audit.findings
    ]
    caption = f"{page.audit.n:,} pictures, each probe by itself"
    return Table("audit-table", caption, columns, rows, is_sortable=True)


def _error(error: WrongPrediction) -> _Error:
    return _Error(
        name=f"error-{error.place}",
        picture=as_data(error.pixels),
        heat=as_data(error.heat),
        side=THUMBNAIL,
        label=error.label,
        prediction=error.prediction,
        confidence=f"{100 * error.confidence:.1f}",
        p_label=f"{100 * error.p_label:.1f}",
        path=error.path,
    )


def as_data(pixels: NDArray[np.uint8], *, side: int = THUMBNAIL) -> str:
    """A picture, made small, as a data address."""
    stream = io.BytesIO()
    picture = Image.fromarray(pixels)
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    small.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def _predictions_text(page: TrainingPage) -> str:
    n, n_shown = page.n_files, len(page.predictions)
    table = "tables/classification_result.csv holds them with all probabilities."
    if n_shown == n:
        return f"All {n:,} files; {table}"
    return (
        f"{n_shown:,} of {n:,} files: first those on no side, then test, validation "
        f"and training pictures. All: {table}"
    )


def _predictions(files: Sequence[PredictedFile]) -> Table:
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


def _groups_text(page: TrainingPage) -> str:
    groups = page.groups
    text = "no two of these pictures are near-duplicates"
    if groups.n_groups:
        text = (
            f"{groups.n_pictures:,} pictures are in {groups.n_groups:,} groups of "
            f"near-duplicates or of common names, the largest of {groups.largest:,}"
        )
    return f"By class, and a group is never on two sides: {text} (tables/splits.tsv)."


def _splits(page: TrainingPage) -> Table:
    columns = [Column("Class")]
    columns += [Column(s, is_number=True) for s in ("Training", "Validation", "Test")]
    rows = [
        Row([Cell(row.name), number(row.train), number(row.val), number(row.test)])
        for row in page.sides
    ]
    return Table("splits-table", "Pictures of each class and side", columns, rows)


def _settings(page: TrainingPage) -> Table:
    facts = {
        "first weights": page.start,
        "temperature": f"{page.temperature:.3f}",
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
