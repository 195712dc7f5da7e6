"""Layout of the page of a picture classifier: shortcuts first, then its accuracy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bioloom.images.output.label_page import LabelsPage
from bioloom.images.output.page import TrainingPage, WrongPrediction
from bioloom.report.epochs import epochs_plot, epochs_table
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
from bioloom.report.images_words import measures_table, page_words, told_words
from bioloom.report.page import write_pages
from bioloom.report.parts import Cell, Row, Table
from bioloom.run.language import mark, tr, trn

_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "accuracy": Caption(
            mark("Accuracy, %"), mark("share of test pictures predicted correctly")
        ),
        "balanced_accuracy": Caption(
            mark("Balanced accuracy, %"), mark("mean of the classes' recalls")
        ),
        "macro_f1": Caption(mark("Macro F1, %"), mark("mean of the classes' F1")),
    }
)
_AUDIT: Words = MappingProxyType(
    {
        "audit": Caption(
            mark("Audit"),
            mark(
                "Balanced accuracy of each probe by itself, cross-validated, "
                "with its interval of 95 percent; dotted: guessing, dashed: "
                "threshold of a shortcut, blue line: the model on the test "
                "pictures."
            ),
        ),
        "where": Caption(
            mark("Where classes differ"),
            mark(
                "Mean picture of each class as the model gets it, and the "
                "share of the spread of each place's lightness and fineness "
                "that lies between classes."
            ),
        ),
    }
)
_FOLDS_OF = MappingProxyType(
    {
        "head": mark("this head"),
        "all": mark("a head on the initial features, not this model"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """A wrong prediction, laid out once: two pictures as data."""

    name: str
    picture: str
    heat: str
    side: int
    of: str
    wrong: WrongPrediction


def write_report(page: TrainingPage | LabelsPage, out: Path) -> Path:
    """Write the page of a training in each language.

    Parameters
    ----------
    page
        Its contents.
    out
        Run folder.

    Returns
    -------
    Path of the English page.
    """
    if isinstance(page, LabelsPage):
        return write_labels_report(page, out)
    errors = [_error(error) for error in page.errors]
    return write_pages(out, "images.html", lambda: _values(page, errors), room="images")


def _values(page: TrainingPage, errors: Sequence[_Error]) -> dict[str, Any]:
    warnings = page.audit.warnings()
    epochs = epochs_table(
        "epochs-table", page.history, measure=tr("Validation accuracy"), first=1
    )
    return {
        "kind": tr("Picture classification"),
        "title": tr(
            "{name}: {right:,} of {n:,} test pictures predicted correctly",
            name=page.title,
            right=page.n_right,
            n=page.n_test,
        ),
        "words": page_words(len(warnings)) | _words(page),
        "warnings": warnings,
        "lead": _lead(page),
        "split_text": split_text(_sizes(page), page.n_unreadable),
        "notes": page.notes,
        "measures": _measures(page),
        "inflation": _inflation_text(page),
        "audit": audit_table(page.audit),
        "audit_notes": page.audit.notes(),
        "audit_pictures": list(pictures_of(page.figures, told_words(_AUDIT))),
        "classes": classes_table(
            "classes-table", page.classes, page.recalls, units=tr("Test pictures")
        ),
        "pictures": list(
            pictures_of(page.figures, _figures(), plots={"curves": epochs_plot(epochs)})
        ),
        "epochs": epochs,
        "errors": [_told_error(error) for error in errors],
        "predictions_text": predictions_text(page.n_files, len(page.predictions)),
        "predictions": predictions_table(page.predictions),
        "groups_text": groups_text(page.groups),
        "splits": splits_table(page.sides),
        "settings": settings_table(
            page, {tr("temperature"): f"{page.temperature:.3f}"}
        ),
    }


def _figures() -> Words:
    return {
        **figure_words(tr("the test pictures")),
        "curves": Caption(
            tr("Learning curves"),
            tr(
                "Loss and validation accuracy by epoch, the dotted line at the epoch "
                "whose weights were saved; for a head on fixed features, the loss in "
                "folds of the training pictures by the strength of regularisation."
            ),
        ),
    }


def _words(page: TrainingPage) -> dict[str, str]:
    """Words that differ from those of pictures with several labels."""
    wrong = trn(
        "{n} test picture is predicted wrongly.",
        "{n:,} test pictures are predicted wrongly.",
        page.n_test - page.n_right,
    )
    shown = tr(
        "Shown: {n}, those with the highest confidence, as the model sees them, each "
        "beside the evidence for the wrong class (Grad-CAM of the last convolution; "
        "bright cells raise its score). `{command}` shows the numbers for any picture.",
        n=len(page.errors),
        command="bioloom images explain",
    )
    return {
        "classes": tr("Classes"),
        "audit_rule": tr(
            "Properties that are unrelated to the subject should not predict its "
            "class. Each was tested by itself in cross-validation, with "
            "near-duplicates in the same fold. What the model gets decides the alarm; "
            "what only the file shows is listed apart."
        ),
        "wrong": tr("{sentence} {more}", sentence=wrong, more=shown),
    }


def _lead(page: TrainingPage) -> str:
    names, share = page.class_names, page.measures["accuracy"]
    classes = tr("one of {n} classes", n=len(names))
    if len(names) == 2:
        classes = tr("{first} or {second}", first=names[0], second=names[1])
    right = tr(
        "{right:,} of {n:,} test pictures are predicted correctly ({classes}): "
        "{share:.1%} ({low:.1%} to {high:.1%} with 95 percent confidence).",
        right=page.n_right,
        n=page.n_test,
        classes=classes,
        share=share.value,
        low=share.low,
        high=share.high,
    )
    balanced = _balanced_text(page)
    return tr("{sentence} {more}", sentence=right, more=balanced) if balanced else right


def _balanced_text(page: TrainingPage) -> str:
    """The balanced accuracy where classes are of unequal size, and it comes first."""
    first, share = next(iter(page.measures.items()))
    if first == "accuracy":
        return ""
    return tr(
        "The classes are of unequal size, so what counts is the balanced accuracy, the "
        "mean of the classes' recalls: {share:.1%} ({low:.1%} to {high:.1%}).",
        share=share.value,
        low=share.low,
        high=share.high,
    )


def _sizes(page: TrainingPage) -> tuple[int, int, int]:
    """Training, validation and test pictures."""
    n_train, n_val, n_test = (
        sum(getattr(row, side) for row in page.sides)
        for side in ("train", "val", "test")
    )
    return n_train, n_val, n_test


def _measures(page: TrainingPage) -> Table:
    rows = [
        measure_row(tr(_MEASURES[name].label), share, tr(_MEASURES[name].meaning))
        for name, share in page.measures.items()
    ]
    if page.inflation:
        head = tr(_FOLDS_OF[page.settings.fit])
        rows += [
            measure_row(
                tr("Cross-validated, grouped, %"),
                page.inflation.grouped,
                tr("{head}, five folds, near-duplicates in the same fold", head=head),
            ),
            measure_row(
                tr("Cross-validated, random, %"),
                page.inflation.naive,
                tr("{head}, five folds, near-duplicates separated", head=head),
            ),
        ]
    if page.folded:
        how = tr("this training in {n} folds of all pictures", n=page.settings.folds)
        rows.append(
            measure_row(tr("Cross-validated, all weights, %"), page.folded, how)
        )
    before, after = page.calibration
    rows += [
        _error_row(
            tr("ECE before, %"),
            before,
            tr("expected calibration error before the temperature"),
        ),
        _error_row(
            tr("ECE after, %"),
            after,
            tr("expected calibration error after the temperature"),
        ),
    ]
    return measures_table(rows)


def _error_row(label: str, error: float, meaning: str) -> Row:
    cells = [Cell(label), percent(error, decimals=1), Cell("")]
    return Row([*cells, Cell(meaning, kind="wide")])


def _inflation_text(page: TrainingPage) -> str:
    if not page.inflation:
        return ""
    points = page.inflation.points
    if points <= 0:
        return tr("Separating near-duplicates would not have raised the accuracy.")
    return tr(
        "Separating near-duplicates would have raised the accuracy by {points:.1f} "
        "percentage points.",
        points=points,
    )


def _error(error: WrongPrediction) -> _Error:
    return _Error(
        name=f"error-{error.place}",
        picture=as_data(error.pixels),
        heat=as_data(error.heat),
        side=THUMBNAIL,
        of=error.prediction,
        wrong=error,
    )


def _told_error(laid: _Error) -> dict[str, object]:
    """A wrong prediction with its caption in the language in force."""
    error = laid.wrong
    return {
        "name": laid.name,
        "picture": laid.picture,
        "heat": laid.heat,
        "side": laid.side,
        "label": error.label,
        "of": laid.of,
        "caption": tr(
            "**{label}**, predicted **{prediction}** ({confidence:.1%}; {label} "
            "{chance:.1%}): {path}",
            label=error.label,
            prediction=error.prediction,
            confidence=error.confidence,
            chance=error.p_label,
            path=error.path,
        ),
    }
