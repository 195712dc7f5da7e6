"""Result of a training of pictures: measures, audit, figures, explanations."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from bioloom.errors import UnknownName
from bioloom.explain import Explanation
from bioloom.images.auditing.audit import AuditResult
from bioloom.images.output.explain import explain_picture, work_out
from bioloom.images.output.outputs import figures_of
from bioloom.images.training.result import Inflation, Training
from bioloom.result import Result
from bioloom.statistics.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureKind = Literal["curves", "confusion", "calibration", "audit"]


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
        """Accuracy, balanced accuracy and macro F1 of the test pictures."""
        return self.training.measures

    @property
    def audit(self) -> AuditResult:
        """Shortcuts in the data."""
        return self.training.audit

    @property
    def inflation(self) -> Inflation | None:
        """Cross-validated accuracy with near-duplicates together, and separated."""
        return self.training.inflation

    def summary(self) -> str:
        """Pictures, classes and test accuracy; shortcuts if there are any."""
        pictures = self.training.pictures
        text = (
            f"{pictures.folder.name}, {len(pictures.files):,} pictures in "
            f"{len(pictures.class_names)} classes; test accuracy "
            f"{self.measures['accuracy']}"
        )
        names = ", ".join(finding.probe for finding in self.audit.shortcuts)
        return f"{text}; shortcuts: {names}" if names else text

    def to_frame(self) -> pd.DataFrame:
        """One row per file: path, split, label, group, prediction, probabilities."""
        return self.training.to_frame()

    def explain(self, picture: str | Path) -> Explanation:
        """The working behind the prediction of a picture.

        Parameters
        ----------
        picture
            Any picture file.

        Raises
        ------
        UnreadablePicture
            If it cannot be read.
        """
        return explain_picture(work_out(self.out, Path(picture)))

    def plot(self, kind: FigureKind = "confusion") -> "Figure":
        """A figure of the training.

        Parameters
        ----------
        kind
            Learning "curves"; "confusion" or "calibration" of the test pictures; the
            "audit" of shortcuts.

        Raises
        ------
        UnknownName
            If there is no such figure.
        """
        figures = figures_of(self.training)
        if kind not in figures:
            raise UnknownName(kind, kind="figure", where="result", known=[*figures])
        return figures[kind]
