"""Layout of the page of pictures with several labels: shortcuts come first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bioloom.images.auditing.labels import LabelAudits
from bioloom.images.output.label_page import LabelsPage, WrongLabel
from bioloom.report.epochs import epochs_plot, epochs_table
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
from bioloom.report.images_words import measures_table, page_words
from bioloom.report.page import write_pages
from bioloom.report.parts import Cell, Row
from bioloom.run.language import mark, tr, trn

_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "micro_f1": Caption(
            mark("Micro F1, %"), mark("F1 of all pairs of picture and label")
        ),
        "macro_f1": Caption(mark("Macro F1, %"), mark("mean of the labels' F1")),
        "subset_accuracy": Caption(
            mark("All labels right, %"),
            mark("share of test pictures of which every label is right"),
        ),
        "hamming_loss": Caption(
            mark("Hamming loss, %"),
            mark("share of the pairs of picture and label that are wrong"),
        ),
        "mean_ap": Caption(
            mark("Mean AP, %"),
            mark(
                "average precision, of the labels that some test pictures "
                "have and others do not"
            ),
        ),
        "mean_auc": Caption(mark("Mean AUC, %"), mark("of the same labels")),
    }
)
BASELINES = (
    mark("labels that most training pictures have"),
    mark("every label"),
)
"""Names that a training gives to its baselines."""
_HEADS_OF = MappingProxyType(
    {
        "head": mark("these heads"),
        "all": mark("heads on the initial features, not this model"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """A wrong label, laid out once: two pictures as data."""

    name: str
    picture: str
    heat: str
    side: int
    wrong: WrongLabel


def write_labels_report(page: LabelsPage, out: Path) -> Path:
    """Write the page of a training on pictures with several labels, in each language.

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
    errors = [_error(error) for error in page.errors]
    return write_pages(out, "images.html", lambda: _values(page, errors), room="images")


def _values(page: LabelsPage, errors: Sequence[_Error]) -> dict[str, Any]:
    warnings = page.audit.warnings()
    epochs = epochs_table(
        "epochs-table",
        page.history,
        measure=tr("Validation pairs right at one half"),
        first=1,
    )
    return {
        "kind": tr("Labels of pictures"),
        "title": page.title,
        "words": page_words(len(warnings)) | _words(page),
        "warnings": warnings,
        "lead": _lead(page),
        "split_text": split_text(page.split_sizes, page.n_unreadable),
        "notes": page.notes,
        "measures": measures_table([*_measure_rows(page)]),
        "inflation": _inflation_text(page),
        "audit": audit_table(page.audit),
        "audit_notes": page.audit.notes(),
        "audit_pictures": list(pictures_of(page.figures, _audit_words(page.audit))),
        "classes": labels_table(
            "classes-table",
            page.labels,
            page.thresholds,
            eces=page.eces,
            units=tr("Test pictures"),
            resampled=tr("groups of test pictures"),
        ),
        "pictures": list(
            pictures_of(page.figures, _figures(), plots={"curves": epochs_plot(epochs)})
        ),
        "epochs": epochs,
        "errors": [_told_error(error) for error in errors],
        "predictions_text": predictions_text(page.n_files, len(page.predictions)),
        "predictions": predictions_table(page.predictions),
        "groups_text": groups_text(page.groups, by_label=True),
        "splits": splits_table(page.sides, by_label=True),
        "settings": settings_table(page, {}),
    }


def _figures() -> Words:
    return {
        "labels": Caption(
            tr("Labels"),
            tr(
                "Average precision of each label with its interval of 95 percent, and "
                "the share of the test pictures that have it, which guessing reaches."
            ),
        ),
        "calibration": Caption(
            tr("Calibration"),
            tr(
                "Share of the pairs of test picture and label that are there against "
                "their probability; on the diagonal, they are equal. Each label's bins "
                "are in {file}.",
                file="tables/calibration.tsv",
            ),
        ),
        "curves": Caption(
            tr("Learning curves"),
            tr(
                "Of heads the cross-entropy of each label in folds of the training "
                "pictures by the strength of regularisation, the dot at what was "
                "chosen; where all weights were trained, losses by epoch, the dotted "
                "line at the epoch whose weights were saved."
            ),
        ),
    }


def _audit_words(audit: object) -> Words:
    name = audit.strongest if isinstance(audit, LabelAudits) else ""
    return {
        "audit": Caption(
            tr("Audit of the label {name}", name=name) if name else tr("Audit"),
            tr(
                "Balanced accuracy of each probe by itself, for the label that a probe "
                "of the picture predicts best, cross-validated, with its interval of "
                "95 percent; dotted: guessing, dashed: threshold of a shortcut. All "
                "labels are in the table."
            ),
        ),
        "where": Caption(
            tr("Where the label {name} shows", name=name)
            if name
            else tr("Where the label shows"),
            tr(
                "Mean picture with and without it as the model gets it, and the share "
                "of the spread of each place's lightness and fineness that lies "
                "between them."
            ),
        ),
    }


def _words(page: LabelsPage) -> dict[str, str]:
    """Words that differ from those of pictures with one class."""
    wrong = trn(
        "{n} test picture has a wrong label.",
        "{n:,} test pictures have a wrong label.",
        page.n_wrong,
    )
    shown = tr(
        "Shown: {n}, those whose probability is farthest on the wrong side of the "
        "threshold, as the model sees them, each beside the evidence for the wrong "
        "label (Grad-CAM of the last convolution; bright cells raise its score). "
        "`{command}` shows the numbers for any picture and label.",
        n=len(page.errors),
        command="bioloom images explain --of-label",
    )
    return {
        "classes": tr("Labels"),
        "audit_rule": tr(
            "Properties that are unrelated to the subjects should not predict a label. "
            "Each was tested by itself in cross-validation, for each label against the "
            "pictures without it, with near-duplicates in the same fold. Only the "
            "frame of the picture (corners, border, background) can raise the alarm: "
            "whether a subject is there shows in everything else."
        ),
        "wrong": tr("{sentence} {more}", sentence=wrong, more=shown),
    }


def _lead(page: LabelsPage) -> str:
    share = page.measures["micro_f1"]
    most = max(page.baselines, key=lambda each: each.micro_f1)
    predicted = tr(
        "Which of {labels} labels a picture has is predicted with a micro F1 of "
        "{share:.1%} ({low:.1%} to {high:.1%} with 95 percent confidence); of "
        "{right:,} of {n:,} test pictures every label is right.",
        labels=len(page.class_names),
        share=share.value,
        low=share.low,
        high=share.high,
        right=page.n_right,
        n=page.n_test,
    )
    baseline = tr(
        "The baseline “{name}” reaches {share:.1%}.",
        name=tr(most.name),
        share=most.micro_f1,
    )
    return tr("{sentence} {more}", sentence=predicted, more=baseline)


def _inflation_text(page: LabelsPage) -> str:
    if not page.inflation:
        return ""
    points = page.inflation.points
    if points <= 0:
        return tr("Separating near-duplicates would not have raised the micro F1.")
    return tr(
        "Separating near-duplicates would have raised the micro F1 by {points:.1f} "
        "percentage points.",
        points=points,
    )


def _measure_rows(page: LabelsPage) -> Iterator[Row]:
    for name, share in page.measures.items():
        yield measure_row(tr(_MEASURES[name].label), share, tr(_MEASURES[name].meaning))
    if page.inflation:
        heads = tr(_HEADS_OF[page.settings.fit])
        yield measure_row(
            tr("Cross-validated, grouped, %"),
            page.inflation.grouped,
            tr(
                "micro F1 of {heads}, five folds, near-duplicates in the same fold",
                heads=heads,
            ),
        )
        yield measure_row(
            tr("Cross-validated, random, %"),
            page.inflation.naive,
            tr(
                "micro F1 of {heads}, five folds, near-duplicates separated",
                heads=heads,
            ),
        )
    for each in page.baselines:
        meaning = tr(
            "micro F1 of calling every picture: {labels}", labels=tr(each.name)
        )
        yield _value_row(tr("Baseline, %"), each.micro_f1, meaning)
        meaning = tr("how much higher the model's micro F1 is")
        yield measure_row(tr("Lead, points"), each.lead, meaning)
    meaning = tr("expected calibration error of all pairs of picture and label")
    yield _value_row(tr("ECE, %"), page.ece, meaning)


def _value_row(label: str, share: float, meaning: str) -> Row:
    value = percent(share, decimals=1)
    return Row([Cell(label), value, Cell(""), Cell(meaning, kind="wide")])


def _error(error: WrongLabel) -> _Error:
    return _Error(
        name=f"error-{error.place}",
        picture=as_data(error.pixels),
        heat=as_data(error.heat),
        side=THUMBNAIL,
        wrong=error,
    )


def _told_error(laid: _Error) -> dict[str, object]:
    """A wrong label with its caption in the language in force."""
    error = laid.wrong
    return {
        "name": laid.name,
        "picture": laid.picture,
        "heat": laid.heat,
        "side": laid.side,
        "label": error.label,
        "of": error.of_label,
        "caption": tr(
            "**{label}**, predicted **{prediction}** ({of} {chance:.1%}, threshold "
            "{threshold:.1%}): {path}",
            label=error.label,
            prediction=error.prediction,
            of=error.of_label,
            chance=error.chance,
            threshold=error.threshold,
            path=error.path,
        ),
    }
