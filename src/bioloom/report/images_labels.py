"""Layout of the page of pictures with several labels: shortcuts come first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bioloom.images.auditing.labels import LabelAudits
from bioloom.images.output.label_page import LabelsPage, WrongLabel
from bioloom.report.evaluation import (
    Caption,
    Words,
    labels_table,
    percent,
    pictures_of,
)
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
        "micro_f1": Caption("Micro F1, %", "F1 of all pairs of picture and label"),
        "macro_f1": Caption("Macro F1, %", "mean of the labels' F1"),
        "subset_accuracy": Caption(
            "All labels right, %",
            "share of test pictures of which every label is right",
        ),
        "hamming_loss": Caption(
            "Hamming loss, %", "share of the pairs of picture and label that are wrong"
        ),
        "mean_ap": Caption(
            "Mean AP, %",
            "average precision, of the labels that some test pictures have and others "
            "do not",
        ),
        "mean_auc": Caption("Mean AUC, %", "of the same labels"),
    }
)
_FIGURES: Words = MappingProxyType(
    {
        "labels": Caption(
            "Labels",
            "Average precision of each label with its 95 % interval, and the share of "
            "the test pictures that have it, which guessing reaches.",
        ),
        "calibration": Caption(
            "Calibration",
            "Share of the pairs of test picture and label that are there against their "
            "probability; on the diagonal, they are equal. Each label's bins are in "
            "tables/calibration.tsv.",
        ),
        "curves": Caption(
            "Learning curves",
            "Of heads the cross-entropy of each label in folds of the training "
            "pictures by the strength of regularisation, the dot at what was chosen; "
            "where all weights were trained, losses by epoch, the dotted line at the "
            "epoch whose weights were saved.",
        ),
    }
)
_HEADS_OF = MappingProxyType(
    {"head": "these heads", "all": "heads on the initial features, not this model"}
)
_OF_EACH = "for the label that a probe of the picture predicts best"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """A wrong label, laid out: two pictures as data, and words."""

    name: str
    picture: str
    heat: str
    side: int
    label: str
    prediction: str
    of_label: str
    chance: str
    threshold: str
    path: str


def write_labels_report(page: LabelsPage, out: Path) -> Path:
    """Write the page of a training on pictures with several labels.

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
        room="images",
        kind="Labels of pictures",
        title=page.title,
        is_multilabel=True,
        warnings=page.audit.warnings(),
        lead=_lead(page),
        split_text=split_text(page.split_sizes, page.n_unreadable),
        notes=page.notes,
        measures=_measures(page),
        inflation=_inflation_text(page),
        audit=audit_table(page.audit),
        audit_notes=page.audit.notes(),
        audit_pictures=list(pictures_of(page.figures, _audit_words(page.audit))),
        classes=labels_table(
            "classes-table",
            page.labels,
            page.thresholds,
            eces=page.eces,
            units="pictures",
            resampled="groups of test pictures",
        ),
        pictures=list(pictures_of(page.figures, _FIGURES)),
        n_wrong=page.n_wrong,
        errors=[_error(error) for error in page.errors],
        predictions_text=predictions_text(page.n_files, len(page.predictions)),
        predictions=predictions_table(page.predictions),
        groups_text=groups_text(page.groups, "label"),
        splits=splits_table(page.sides, "label"),
        settings=settings_table(page, {}),
    )


def _audit_words(audit: object) -> Words:
    name = f" {audit.strongest}" if isinstance(audit, LabelAudits) else ""
    return {
        "audit": Caption(
            f"Audit of the label{name}",
            f"Balanced accuracy of each probe by itself, {_OF_EACH}, cross-validated, "
            "with its 95 % interval; dotted: guessing, dashed: threshold of a "
            "shortcut. All labels are in the table.",
        ),
        "where": Caption(
            f"Where the label{name} shows",
            "Mean picture with and without it as the model gets it, and the share of "
            "the spread of each place's lightness and fineness that lies between them.",
        ),
    }


def _lead(page: LabelsPage) -> str:
    share = page.measures["micro_f1"]
    most = max(page.baselines, key=lambda each: each.micro_f1)
    return (
        f"Which of {len(page.class_names)} labels a picture has is predicted with a "
        f"micro F1 of {100 * share.value:.1f} % ({100 * share.low:.1f} to "
        f"{100 * share.high:.1f} % with 95 % confidence); of {page.n_right:,} of "
        f"{page.n_test:,} test pictures every label is right. Calling every picture "
        f"{most.name.replace('labels that', 'the labels that')} reaches "
        f"{100 * most.micro_f1:.1f} %."
    )


def _inflation_text(page: LabelsPage) -> str:
    if not page.inflation:
        return ""
    points = page.inflation.points
    if points <= 0:
        return "Separating near-duplicates would not have raised the micro F1."
    return (
        f"Separating near-duplicates would have raised the micro F1 by {points:.1f} "
        "percentage points."
    )


def _measures(page: LabelsPage) -> Table:
    columns = [
        Column("Measure"),
        Column("Value", is_number=True),
        Column("95 % interval", "groups of pictures resampled", is_number=True),
        Column("Meaning"),
    ]
    return Table(
        "measures",
        "Test pictures, unless stated otherwise",
        columns,
        list(_measure_rows(page)),
    )


def _measure_rows(page: LabelsPage) -> Iterator[Row]:
    for name, share in page.measures.items():
        yield measure_row(_MEASURES[name].label, share, _MEASURES[name].meaning)
    if page.inflation:
        for label, share, meaning in (
            ("grouped", page.inflation.grouped, "near-duplicates in the same fold"),
            ("random", page.inflation.naive, "near-duplicates separated"),
        ):
            of = _HEADS_OF[page.settings.fit]
            folds = f"micro F1 of {of}, five folds, {meaning}"
            yield measure_row(f"Cross-validated, {label}, %", share, folds)
    for each in page.baselines:
        meaning = f"micro F1 of calling every picture {each.name}"
        value = percent(each.micro_f1, decimals=1)
        yield Row([Cell("Baseline, %"), value, Cell(""), Cell(meaning, kind="wide")])
        meaning = "how much higher the model's micro F1 is"
        yield measure_row("Lead, points", each.lead, meaning)
    meaning = "expected calibration error of all pairs of picture and label"
    error = percent(page.ece, decimals=1)
    yield Row([Cell("ECE, %"), error, Cell(""), Cell(meaning, kind="wide")])


def _error(error: WrongLabel) -> _Error:
    return _Error(
        name=f"error-{error.place}",
        picture=as_data(error.pixels),
        heat=as_data(error.heat),
        side=THUMBNAIL,
        label=error.label,
        prediction=error.prediction,
        of_label=error.of_label,
        chance=f"{100 * error.chance:.1f}",
        threshold=f"{100 * error.threshold:.1f}",
        path=error.path,
    )
