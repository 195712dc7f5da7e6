"""Layout of the page of a picture classifier: shortcuts first, then its accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bioloom.images.output.label_page import LabelsPage
from bioloom.images.output.page import TrainingPage, WrongPrediction
from bioloom.report.evaluation import (
    Caption,
    Words,
    classes_table,
    figure_words,
    percent,
    pictures_of,
)
from bioloom.report.images_labels import write_labels_report
from bioloom.report.images_parts import (
    THUMBNAIL,
    as_data,
    audit_table,
    groups_text,
    measure_row,
    predictions_table,
    predictions_text,
    settings_table,
    split_text,
    splits_table,
)
from bioloom.report.page import Cell, Column, Row, Table, write_page

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


def write_report(page: TrainingPage | LabelsPage, out: Path) -> Path:
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
    if isinstance(page, LabelsPage):
        return write_labels_report(page, out)
    return write_page(
        out / "report.html",
        "images.html",
        room="images",
        kind="Picture classification",
        title=page.title,
        is_multilabel=False,
        warnings=page.audit.warnings(),
        lead=_lead(page),
        split_text=split_text(_sizes(page), page.n_unreadable),
        notes=page.notes,
        measures=_measures(page),
        inflation=_inflation_text(page),
        audit=audit_table(page.audit),
        audit_notes=page.audit.notes(),
        audit_pictures=list(pictures_of(page.figures, _AUDIT)),
        classes=classes_table(
            "classes-table", page.classes, page.recalls, units="Test pictures"
        ),
        pictures=list(pictures_of(page.figures, _FIGURES)),
        n_wrong=page.n_test - page.n_right,
        errors=[_error(error) for error in page.errors],
        predictions_text=predictions_text(page.n_files, len(page.predictions)),
        predictions=predictions_table(page.predictions),
        groups_text=groups_text(page.groups),
        splits=splits_table(page.sides),
        settings=settings_table(page, {"temperature": f"{page.temperature:.3f}"}),
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


def _sizes(page: TrainingPage) -> tuple[int, int, int]:
    """Training, validation and test pictures."""
    n_train, n_val, n_test = (
        sum(getattr(row, side) for row in page.sides)
        for side in ("train", "val", "test")
    )
    return n_train, n_val, n_test


def _measures(page: TrainingPage) -> Table:
    columns = [
        Column("Measure"),
        Column("Value", is_number=True),
        Column("95 % interval", "groups of pictures resampled", is_number=True),
        Column("Meaning"),
    ]
    rows = [
        measure_row(_MEASURES[name].label, share, _MEASURES[name].meaning)
        for name, share in page.measures.items()
    ]
    if page.inflation:
        for label, share, meaning in (
            ("grouped", page.inflation.grouped, "near-duplicates in the same fold"),
            ("random", page.inflation.naive, "near-duplicates separated"),
        ):
            folds = f"{_FOLDS_OF[page.settings.fit]}, five folds, {meaning}"
            rows.append(measure_row(f"Cross-validated, {label}, %", share, folds))
    if page.folded:
        how = f"this training in {page.settings.folds} folds of all pictures"
        rows.append(measure_row("Cross-validated, all weights, %", page.folded, how))
    for when, error in page.calibration._asdict().items():
        meaning = f"expected calibration error {when} the temperature"
        cells = [Cell(f"ECE {when}, %"), percent(error, decimals=1), Cell("")]
        rows.append(Row([*cells, Cell(meaning, kind="wide")]))
    return Table("measures", "Test pictures, unless stated otherwise", columns, rows)


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
