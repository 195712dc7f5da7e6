"""Result of a training of pictures: measures, audit, figures, explanations."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from bioloom.errors import UnknownName
from bioloom.explain import Explanation
from bioloom.images.auditing.labels import Audit
from bioloom.images.output.explain import explain_picture
from bioloom.images.output.outputs import figures_of
from bioloom.images.output.working import work_out
from bioloom.images.training.result import Inflation, Training, measure_name
from bioloom.result import Result
from bioloom.statistics.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureKind = Literal["curves", "confusion", "labels", "calibration", "audit"]


@dataclass(frozen=True, slots=True, repr=False)
class PictureTraining(Result):
    """A trained classifier of pictures.

    Parameters
    ----------
    training
        Predictions of all pictures, and everything that led to them.
    out
        The run folder.
    """

    training: Training
    out: Path

    @property
    def measures(self) -> dict[str, Estimate]:
        """Accuracy or, with several labels, micro F1 of the test pictures, and more."""
        return self.training.measures

    @property
    def audit(self) -> Audit:
        """Shortcuts in the data."""
        return self.training.audit

    @property
    def inflation(self) -> Inflation | None:
        """Cross-validated accuracy with near-duplicates together, and separated."""
        return self.training.inflation

    def summary(self) -> str:
        """Pictures, classes and test accuracy; shortcuts if there are any."""
        pictures, headline = self.training.pictures, self.training.headline
        what = "with {} labels" if pictures.is_multilabel else "in {} classes"
        text = (
            f"{pictures.folder.name}, {len(pictures.files):,} pictures "
            f"{what.format(len(pictures.class_names))}; test {measure_name(headline)} "
            f"{self.measures[headline]}"
        )
        names = ", ".join(finding.probe for finding in self.audit.shortcuts)
        return f"{text}; shortcuts: {names}" if names else text

    def to_frame(self) -> pd.DataFrame:
        """One row per file: path, split, label, group, prediction, probabilities."""
        return self.training.to_frame()

    def explain(
        self, picture: str | Path, *, of_label: str | None = None
    ) -> Explanation:
        """The working behind the prediction of a picture.

        Parameters
        ----------
        picture
            Any picture file.
        of_label
            Label to explain, where a picture can have several; by default the
            likeliest.

        Raises
        ------
        UnreadablePicture
            If it cannot be read.
        BadConfig, UnknownName
            If a picture has one class, or there is no such label.
        """
        working = work_out(self.out, Path(picture), of_label=of_label)
        return explain_picture(working)

    def plot(self, kind: FigureKind | None = None) -> "Figure":
        """A figure of the training.

        Parameters
        ----------
        kind
            Learning "curves"; "confusion" (of classes), "labels" (where a picture can
            have several) or "calibration" of the test pictures; the "audit" of
            shortcuts. By default "confusion" or "labels".

        Raises
        ------
        UnknownName
            If there is no such figure.
        """
        figures = figures_of(self.training)
        kind = kind or ("labels" if "labels" in figures else "confusion")
        if kind not in figures:
            raise UnknownName(kind, kind="figure", where="result", known=[*figures])
        return figures[kind]
