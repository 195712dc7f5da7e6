"""The page of a picture classifier: shortcuts first, then how right it is."""

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from bioloom.images.auditing.audit import ALL_PROBES
from bioloom.images.dataset.splits import SPLITS
from bioloom.images.files.reading import REASONS
from bioloom.images.models.inference import TrainedModel
from bioloom.images.output.figures import heat_picture
from bioloom.images.output.outputs import WorstError, worst_shown
from bioloom.images.training.result import TrainResult
from bioloom.report.evaluation import (
    Words,
    bounds_cell,
    classes_table,
    drawn_pictures,
    figure_words,
    percent,
)
from bioloom.report.page import Cell, Column, Row, Table, number, write_page
from bioloom.statistics.intervals import Estimate

MAX_PREDICTIONS = 2000
"""Rows of the page's table of predictions; all are in the CSV file."""
THUMBNAIL = 160
"""Pixels of the worst errors' sides."""
_QUALITY = 85
_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "accuracy": ("Accuracy, %", "share of test pictures called rightly"),
        "balanced_accuracy": ("Balanced accuracy, %", "mean of the classes' recalls"),
        "macro_f1": ("Macro F1, %", "mean of the classes' F1"),
    }
)
_FIGURES: Words = MappingProxyType(
    {
        **figure_words("the test pictures"),
        "curves": (
            "Learning curves",
            "Loss and validation accuracy by epoch, the dotted line at the epoch that "
            "was kept; of a head on frozen features, the validation loss by how freely "
            "its weights were fitted.",
        ),
    }
)
_AUDIT: Words = MappingProxyType(
    {
        "audit": (
            "Audit",
            "Balanced accuracy of each probe alone, cross-validated, with its 95 % "
            "interval; dotted: guessing, dashed: where a shortcut begins, blue: the "
            "model on the test pictures.",
        )
    }
)
_VERDICTS = MappingProxyType({"shortcut": "fail", "note": "warn", "silent": "pass"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """A wrong call as the page shows it: two pictures as data, and words."""

    name: str
    picture: str
    heat: str
    side: int
    label: str
    said: str
    confidence: str
    own: str
    path: str


def write_report(result: TrainResult, trained: TrainedModel, out: Path) -> Path:
    """Write the page of a training.

    Parameters
    ----------
    result
        Of the training.
    trained
        The model as it was written, for the maps of the worst errors.
    out
        Run folder; its figures are taken into the page.

    Returns
    -------
    Path of the page.
    """
    y, predicted = result.pictures.y[result.test], result.predicted[result.test]
    names = result.pictures.class_names
    return write_page(
        out / "report.html",
        "images.html",
        kind="Picture classification",
        title=result.pictures.folder.name,
        warnings=result.audit.warnings(),
        lead=_lead(result),
        split_told=_split_told(result),
        measures=_measures(result),
        inflation=_inflation_told(result),
        audit=_audit(result),
        audit_pictures=list(drawn_pictures(out / "figures", _AUDIT)),
        classes=classes_table(
            "classes-table",
            (predicted, y),
            names,
            units="Test pictures",
        ),
        pictures=list(drawn_pictures(out / "figures", _FIGURES)),
        n_wrong=int((predicted != y).sum()),
        errors=[_error(result, one) for one in worst_shown(result, trained)],
        predictions_told=_predictions_told(result),
        predictions=_predictions(result),
        groups_told=_groups_told(result),
        splits=_splits(result),
        made=_made(result),
    )


def _lead(result: TrainResult) -> str:
    test, share = result.test, result.measures["accuracy"]
    n_right = int((result.predicted[test] == result.pictures.y[test]).sum())
    names = result.pictures.class_names
    told = " or ".join(names) if len(names) == 2 else f"one of {len(names)} classes"
    return (
        f"{n_right:,} of {len(test):,} test pictures are called rightly ({told}): "
        f"{100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f} % "
        "with 95 % confidence)."
    )


def _split_told(result: TrainResult) -> str:
    counts = [int((result.split == side).sum()) for side in SPLITS]
    n_bad = int((~result.scan.is_readable).sum())
    told = "{:,} training, {:,} validation and {:,} test pictures.".format(*counts)
    if n_bad:
        verb = "file cannot" if n_bad == 1 else "files cannot"
        told += f" {n_bad:,} {verb} be read: the table of predictions says why."
    return told


def _measures(result: TrainResult) -> Table:
    columns = [
        Column("Measure"),
        Column("Value", is_number=True),
        Column("95 % interval", "groups of pictures drawn again", is_number=True),
        Column("Meaning"),
    ]
    rows = [
        _measure(label, result.measures[name], meaning)
        for name, (label, meaning) in _NAMES.items()
    ]
    if result.inflation:
        for label, share, meaning in (
            ("grouped", result.inflation.grouped, "near-duplicates in one fold"),
            ("by chance", result.inflation.naive, "near-duplicates torn apart"),
        ):
            words = f"five folds of all pictures, {meaning}"
            rows.append(_measure(f"Cross-validated, {label}, %", share, words))
    stages = zip(("before", "after"), result.calibration_errors(), strict=True)
    for when, error in stages:
        meaning = f"expected calibration error {when} the temperature"
        cells = [Cell(f"ECE {when}, %"), percent(error, decimals=1), Cell("")]
        rows.append(Row([*cells, Cell(meaning, kind="wide")]))
    return Table("measures", "Test pictures, where not said", columns, rows)


def _measure(label: str, share: Estimate, meaning: str) -> Row:
    interval = bounds_cell(share)
    value = percent(share.value, decimals=1)
    return Row([Cell(label), value, interval, Cell(meaning, kind="wide")])


def _inflation_told(result: TrainResult) -> str:
    if not result.inflation:
        return ""
    points = result.inflation.points
    if points <= 0:
        return "A split that tears near-duplicates apart would not have flattered."
    return (
        f"A split that tears near-duplicates apart would have flattered by "
        f"{points:.1f} percentage points."
    )


def _audit(result: TrainResult) -> Table:
    columns = [
        Column("Probe"),
        Column("Looks at"),
        Column("Balanced accuracy, %", is_number=True),
        Column("95 % interval", is_number=True),
        Column("Guessing, %", is_number=True),
        Column("Verdict", "shortcut: at least halfway from guessing to certainty"),
        Column("Cure"),
    ]
    rows = [
        Row(
            [
                Cell(one.probe),
                Cell(ALL_PROBES[one.probe].what, kind="wide"),
                percent(one.balanced_accuracy, decimals=1),
                bounds_cell(one),
                percent(one.chance, decimals=1),
                Cell(one.verdict, kind=_VERDICTS[one.verdict]),
                Cell(ALL_PROBES[one.probe].cure, kind="wide"),
            ]
        )
        for one in result.audit.findings
    ]
    caption = f"{result.audit.n:,} pictures, each probe alone"
    return Table("audit-table", caption, columns, rows, is_sortable=True)


def _error(result: TrainResult, one: WorstError) -> _Error:
    names, place = result.pictures.class_names, one.place
    label = int(result.pictures.y[place])
    return _Error(
        name=f"error-{place}",
        picture=_as_data(Image.fromarray(one.pixels)),
        heat=_as_data(heat_picture(one.pixels, one.evidence)),
        side=THUMBNAIL,
        label=names[label],
        said=names[one.said],
        confidence=f"{100 * result.probabilities[place, one.said]:.1f}",
        own=f"{100 * result.probabilities[place, label]:.1f}",
        path=result.pictures.names[place],
    )


def _as_data(picture: Image.Image) -> str:
    """A small picture as an address that holds it whole."""
    stream = io.BytesIO()
    small = picture.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    small.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def _listed(result: TrainResult) -> list[int]:
    """Places of the predictions that the page shows, unreadable and test ones first."""
    order = {"": 0, "test": 1, "val": 2, "train": 3}
    ranks = np.array([order[side] for side in result.split.tolist()])
    first = np.argsort(ranks, kind="stable")[:MAX_PREDICTIONS]
    return [int(place) for place in first]


def _predictions_told(result: TrainResult) -> str:
    n, n_shown = len(result.split), len(_listed(result))
    whole = "tables/classification_result.csv holds them with all probabilities."
    if n_shown == n:
        return f"All {n:,} files; {whole}"
    return (
        f"{n_shown:,} of {n:,} files: what is on no side first, then test, validation "
        f"and training pictures, until the page is full. All: {whole}"
    )


def _predictions(result: TrainResult) -> Table:
    columns = [
        *(Column("Picture"), Column("Side"), Column("Is"), Column("Called")),
        Column("Confidence, %", "after the temperature", is_number=True),
        Column("Why not", "why the file could not be read"),
    ]
    rows = [Row(list(_prediction(result, place))) for place in _listed(result)]
    return Table(
        *("predictions", f"{len(rows):,} predictions", columns, rows),
        is_sortable=True,
        is_searchable=True,
    )


def _prediction(result: TrainResult, place: int) -> Iterator[Cell]:
    label, reason = result.pictures.label(place), result.scan.reasons[place]
    yield Cell(result.pictures.names[place], kind="wide")
    yield Cell(str(result.split[place]))
    yield Cell(label)
    if reason:
        yield from (Cell(""), Cell(""))
        yield Cell(f"{reason}: {REASONS[reason]}", kind="wide")
        return
    said = result.predicted[place]
    name = result.pictures.class_names[said]
    kind = {"": "", name: "pass"}.get(label, "fail")
    yield Cell(name, kind=kind)
    yield percent(float(result.probabilities[place, said]), decimals=1)
    yield Cell("")


def _groups_told(result: TrainResult) -> str:
    sides = result.groups[result.split != ""]
    _, sizes = np.unique(sides, return_counts=True)
    n_more = int((sizes > 1).sum())
    told = "no two of these pictures are near-duplicates"
    if n_more:
        told = (
            f"{int(sizes[sizes > 1].sum()):,} pictures are in {n_more:,} groups of "
            f"near-duplicates or of one name, the largest of {int(sizes.max()):,}"
        )
    return f"By class, and a group is never on two sides: {told} (tables/splits.tsv)."


def _splits(result: TrainResult) -> Table:
    labels = {"train": "Training", "val": "Validation", "test": "Test"}
    columns = [Column("Class")]
    columns += [Column(labels[side], is_number=True) for side in SPLITS]
    y = result.pictures.y
    rows = [
        Row(
            [
                Cell(name),
                *(
                    number(int(((result.split == side) & (y == k)).sum()))
                    for side in SPLITS
                ),
            ]
        )
        for k, name in enumerate(result.pictures.class_names)
    ]
    return Table("splits-table", "Pictures of each class and side", columns, rows)


def _made(result: TrainResult) -> Table:
    layers = sum(bool(one and one.facts.has_alpha) for one in result.scan.looks)
    facts = {
        "first weights": result.start,
        "temperature": f"{result.temperature:.3f}",
        "transparent pictures": f"{layers:,}, laid on white",
        **result.settings.as_dict(),
    }
    rows = [
        Row([Cell(name.replace("_", " ")), Cell(_word(value), kind="wide")])
        for name, value in facts.items()
    ]
    return Table("made-table", "Settings", [Column("Setting"), Column("Value")], rows)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
