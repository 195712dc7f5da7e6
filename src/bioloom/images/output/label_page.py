"""Contents of the page of a training on pictures with several labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.images.auditing.labels import Audit
from bioloom.images.models.inference import TrainedModel
from bioloom.images.output.figures import heat_picture
from bioloom.images.output.page import (
    N_WORST,
    ClassSides,
    GroupSizes,
    PredictedFile,
    class_sides,
    group_sizes,
    n_transparent,
    shown_places,
)
from bioloom.images.settings import Settings
from bioloom.images.training.multilabel import Baseline, MultilabelTraining
from bioloom.images.training.result import Inflation
from bioloom.statistics.calibration import calibration_error
from bioloom.statistics.intervals import Estimate
from bioloom.statistics.multilabel import LabelQuality


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrongLabel:
    """A test picture with the label of it that is wrong by most.

    Parameters
    ----------
    place
        Number of the picture.
    path
        Its file.
    label, prediction
        Its labels and the predicted ones, joined by ``|``.
    of_label
        The label that is wrong.
    is_member
        Whether the picture has it.
    chance, threshold
        Its probability, and above which it is called.
    pixels, heat
        As the model sees it, and with the evidence for the label; uint8, shape
        (S, S, 3).
    """

    place: int
    path: str
    label: str
    prediction: str
    of_label: str
    is_member: bool
    chance: float
    threshold: float
    pixels: NDArray[np.uint8]
    heat: NDArray[np.uint8]

    @property
    def caption(self) -> str:
        """In a figure."""
        has = "has" if self.is_member else "has not"
        return f"{has} {self.of_label}: {self.chance:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsPage:
    """Contents of the page.

    Parameters
    ----------
    title
        Name of the data folder.
    class_names
        Of the labels.
    n_right, n_test
        Test pictures of which all labels are right, and all of them.
    n_wrong
        Test pictures with a wrong label.
    n_unreadable, n_files, n_transparent
        Unreadable files, all files, and pictures with transparency.
    measures, inflation
        Measures of the test pictures, and cross-validation.
    ece
        Calibration error of all pairs of test picture and label.
    baselines
        What the frequency of the labels alone reaches.
    notes
        What was decided about the data.
    audit
        Of shortcuts.
    labels, thresholds, eces
        Quality, threshold and calibration error of each label.
    figures
        SVG texts by kind.
    errors
        The labels that are wrong by most.
    predictions
        Of the files on the page.
    groups, sides
        Sizes of groups, and of the split by label.
    split_sizes
        Training, validation and test pictures.
    start, settings
        How the model was trained.
    history
        Training loss, validation loss and validation measure of each epoch.
    unknown, unknown_expected
        Share of test pictures that would be called unknown, and the expected one.
    """

    title: str
    class_names: tuple[str, ...]
    n_right: int
    n_test: int
    n_unreadable: int
    n_files: int
    n_transparent: int
    measures: Mapping[str, Estimate]
    inflation: Inflation | None
    ece: float
    baselines: tuple[Baseline, ...]
    notes: tuple[str, ...]
    audit: Audit
    labels: tuple[LabelQuality, ...]
    thresholds: tuple[float, ...]
    eces: tuple[float, ...]
    figures: Mapping[str, str]
    errors: tuple[WrongLabel, ...]
    predictions: tuple[PredictedFile, ...]
    groups: GroupSizes
    sides: tuple[ClassSides, ...]
    split_sizes: tuple[int, int, int]
    start: str
    unknown: Estimate
    unknown_expected: float
    settings: Settings
    history: tuple[tuple[float, ...], ...] = ()

    @property
    def n_wrong(self) -> int:
        """Test pictures with a wrong label."""
        return self.n_test - self.n_right


def label_page_of(
    training: MultilabelTraining,
    figures: Mapping[str, str],
    errors: Sequence[WrongLabel],
) -> LabelsPage:
    """Contents of the page of a training.

    Parameters
    ----------
    training
        The training.
    figures
        SVG texts by kind.
    errors
        As `worst_labels` finds them.
    """
    pictures, test, counts = training.pictures, training.test, training.counts()
    right = (training.predicted[test] == training.members[test]).all(axis=1)
    return LabelsPage(
        title=pictures.folder.name,
        class_names=pictures.class_names,
        n_right=int(right.sum()),
        n_test=len(test),
        n_unreadable=counts["n_unreadable"],
        n_files=len(training.split),
        n_transparent=n_transparent(training),
        measures=training.measures,
        inflation=training.inflation,
        ece=training.calibration_error,
        baselines=training.baselines,
        notes=pictures.notes,
        audit=training.audit,
        labels=training.qualities,
        thresholds=tuple(training.thresholds.tolist()),
        eces=tuple(calibration_error(bins) for bins in training.bins),
        figures=figures,
        errors=tuple(errors),
        predictions=_predicted_files(training),
        groups=group_sizes(training),
        sides=tuple(class_sides(training)),
        split_sizes=(counts["n_train"], counts["n_val"], counts["n_test"]),
        start=training.start,
        unknown=training.unknown_share,
        unknown_expected=training.familiarity.false_alarms,
        settings=training.settings,
        history=tuple(tuple(map(float, row)) for row in training.history),
    )


def worst_labels(training: MultilabelTraining, model: TrainedModel) -> list[WrongLabel]:
    """Test pictures with wrong labels, those that are wrong by most first.

    Parameters
    ----------
    training
        The training.
    model
        Gives the evidence for the wrong label.
    """
    test = training.test
    wrong = training.predicted[test] != training.members[test]
    by = np.abs(training.probabilities[test] - training.thresholds) * wrong
    order = np.argsort(-by.max(axis=1), kind="stable")[: min(N_WORST, wrong.sum())]
    return [
        _wrong_label(training, model, int(test[row]), int(by[row].argmax()))
        for row in order.tolist()
        if wrong[row].any()
    ]


def _wrong_label(
    training: MultilabelTraining, model: TrainedModel, place: int, label: int
) -> WrongLabel:
    pixels = np.asarray(training.scan.pixels[place])
    cells = model.evidence(pixels).cells[label]
    (prediction,) = training.label_cells(training.predicted[[place]])
    return WrongLabel(
        place=place,
        path=training.pictures.names[place],
        label=training.pictures.label(place),
        prediction=prediction,
        of_label=training.pictures.class_names[label],
        is_member=bool(training.members[place, label]),
        chance=float(training.probabilities[place, label]),
        threshold=float(training.thresholds[label]),
        pixels=pixels,
        heat=np.asarray(heat_picture(pixels, cells)),
    )


def _predicted_files(training: MultilabelTraining) -> tuple[PredictedFile, ...]:
    frame, places = training.to_frame(), shown_places(training)
    rows = frame.iloc[places]
    return tuple(
        PredictedFile(*row)
        for row in rows[
            ["path", "split", "label", "prediction", "confidence", "reason"]
        ].itertuples(index=False)
    )
