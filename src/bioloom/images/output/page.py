"""Contents of a training's page: everything that it shows, ready to be laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.auditing.labels import Audit
from bioloom.images.dataset.splits import SPLITS
from bioloom.images.models.inference import TrainedModel
from bioloom.images.output.figures import heat_picture
from bioloom.images.settings import Settings
from bioloom.images.training.result import CalibrationErrors, Inflation, Training
from bioloom.statistics.classification import ClassQuality, by_class
from bioloom.statistics.intervals import Estimate, clopper_pearson

N_WORST = 12
MAX_PREDICTIONS = 2000
"""Rows of the page's table of predictions; all are in the CSV file."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WrongPrediction:
    """A test picture that was predicted wrongly.

    Parameters
    ----------
    place
        Number of the picture.
    path
        Its file.
    label, prediction
        Its class, and the predicted one.
    confidence, p_label
        Probabilities of the prediction and of the label.
    pixels, heat
        As the model sees it, and with the evidence for the prediction; uint8, shape
        (S, S, 3).
    """

    place: int
    path: str
    label: str
    prediction: str
    confidence: float
    p_label: float
    pixels: NDArray[np.uint8]
    heat: NDArray[np.uint8]

    @property
    def caption(self) -> str:
        """In a figure."""
        return f"{self.label}, predicted {self.prediction} {self.confidence:.2f}"


class PredictedFile(NamedTuple):
    """A file and its prediction; a reason instead if it is unreadable."""

    path: str
    side: str
    label: str
    prediction: str
    confidence: float
    reason: str


class GroupSizes(NamedTuple):
    """Groups of several pictures: pictures in them, groups, and the largest one."""

    n_pictures: int
    n_groups: int
    largest: int


class ClassSides(NamedTuple):
    """Pictures of a class on each side of the split."""

    name: str
    train: int
    val: int
    test: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPage:
    """Contents of the page.

    Parameters
    ----------
    title
        Name of the data folder.
    class_names
        Of the classes.
    n_right, n_test
        Correct predictions among the test pictures.
    n_unreadable, n_files, n_transparent
        Unreadable files, all files, and pictures with transparency.
    measures, inflation, folded, calibration
        Measures of the test pictures, cross-validation of a head and of all weights,
        and calibration errors.
    notes
        What was decided about the data.
    audit
        Of shortcuts.
    classes, recalls
        Measures of each class, and the interval of its recall.
    figures
        SVG texts by kind.
    errors
        The most confident wrong predictions.
    predictions
        Of the files on the page.
    groups, sides
        Sizes of groups, and of the split by class.
    unknown, unknown_expected
        Share of test pictures that would be called unknown, and the expected one.
    start, temperature, settings
        How the model was trained.
    history
        Training loss, validation loss and validation measure of each epoch.
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
    folded: Estimate | None
    calibration: CalibrationErrors
    notes: tuple[str, ...]
    audit: Audit
    classes: tuple[ClassQuality, ...]
    recalls: tuple[Estimate, ...]
    figures: Mapping[str, str]
    errors: tuple[WrongPrediction, ...]
    predictions: tuple[PredictedFile, ...]
    groups: GroupSizes
    sides: tuple[ClassSides, ...]
    start: str
    unknown: Estimate
    unknown_expected: float
    temperature: float
    settings: Settings
    history: tuple[tuple[float, ...], ...] = ()


def page_of(
    training: Training,
    figures: Mapping[str, str],
    errors: Sequence[WrongPrediction],
) -> TrainingPage:
    """Contents of the page of a training.

    Parameters
    ----------
    training
        The training.
    figures
        SVG texts by kind.
    errors
        As `worst_errors` finds them.
    """
    pictures, test = training.pictures, training.test
    y, predicted = pictures.y[test], training.predicted[test]
    classes = by_class(predicted, y, pictures.class_names)
    return TrainingPage(
        title=pictures.folder.name,
        class_names=pictures.class_names,
        n_right=int((predicted == y).sum()),
        n_test=len(test),
        n_unreadable=int((~training.scan.is_readable).sum()),
        n_files=len(training.split),
        n_transparent=n_transparent(training),
        measures=training.measures,
        inflation=training.inflation,
        folded=training.folded,
        calibration=training.calibration_errors(),
        notes=pictures.notes,
        audit=training.audit,
        classes=classes,
        recalls=tuple(
            clopper_pearson(round(each.recall * each.n), each.n) for each in classes
        ),
        figures=figures,
        errors=tuple(errors),
        predictions=tuple(
            _predicted_file(training, place) for place in shown_places(training)
        ),
        groups=group_sizes(training),
        sides=tuple(class_sides(training)),
        start=training.start,
        unknown=training.unknown_share,
        unknown_expected=training.familiarity.false_alarms,
        temperature=training.temperature,
        settings=training.settings,
        history=tuple(tuple(map(float, row)) for row in training.history),
    )


def worst_places(training: Training, most: int = N_WORST) -> list[int]:
    """Places of the test pictures predicted wrongly with the highest confidence."""
    test = training.test
    wrong = test[training.predicted[test] != training.pictures.y[test]]
    confidence = training.probabilities[wrong].max(axis=1)
    order = np.argsort(-confidence, kind="stable")[:most]
    return [int(place) for place in wrong[order]]


def worst_errors(training: Training, model: TrainedModel) -> list[WrongPrediction]:
    """The worst errors, each with the evidence for the wrong class."""
    return [_error(training, model, place) for place in worst_places(training)]


def _error(training: Training, model: TrainedModel, place: int) -> WrongPrediction:
    names, chances = training.pictures.class_names, training.probabilities[place]
    label, prediction = int(training.pictures.y[place]), int(training.predicted[place])
    pixels = np.asarray(training.scan.pixels[place])
    cells = model.evidence(pixels).cells[prediction]
    return WrongPrediction(
        place=place,
        path=training.pictures.names[place],
        label=names[label],
        prediction=names[prediction],
        confidence=float(chances[prediction]),
        p_label=float(chances[label]),
        pixels=pixels,
        heat=np.asarray(heat_picture(pixels, cells)),
    )


def shown_places(training: Training) -> list[int]:
    """Files that the page lists: those on no side first, then test pictures."""
    order = {"": 0, "test": 1, "val": 2, "train": 3}
    ranks = np.array([order[side] for side in training.split.tolist()])
    first = np.argsort(ranks, kind="stable")[:MAX_PREDICTIONS]
    return [int(place) for place in first]


def _predicted_file(training: Training, place: int) -> PredictedFile:
    pictures, reason = training.pictures, training.scan.reasons[place]
    prediction = int(training.predicted[place])
    return PredictedFile(
        path=pictures.names[place],
        side=str(training.split[place]),
        label=pictures.label(place),
        prediction="" if reason else pictures.class_names[prediction],
        confidence=float(training.probabilities[place, prediction]),
        reason=reason,
    )


def n_transparent(training: Training) -> int:
    """Number of pictures with transparency."""
    return sum(look.facts.has_alpha for look in training.scan.looks if look)


def group_sizes(training: Training) -> GroupSizes:
    """Sizes of groups of several pictures."""
    _, sizes = np.unique(training.groups[training.split != ""], return_counts=True)
    several = sizes[sizes > 1]
    return GroupSizes(int(several.sum()), len(several), int(sizes.max()))


def class_sides(training: Training) -> list[ClassSides]:
    """Pictures of each class, or with each label, on each side."""
    has, split = training.pictures.has_label, training.split
    return [
        ClassSides(name, *(int(((split == s) & has[:, k]).sum()) for s in SPLITS))
        for k, name in enumerate(training.pictures.class_names)
    ]
