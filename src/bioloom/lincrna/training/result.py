"""What training returns: the model, and how it did in cross-validation."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.lincrna.coding.model import CodingModel, save_model
from bioloom.lincrna.training.evaluation import EVALUATION
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class TrainingResult(Result):
    """A coding-potential model and its cross-validation.

    Parameters
    ----------
    model
        The model.
    """

    model: CodingModel

    @property
    def evaluation(self) -> Mapping[str, float]:
        """Measures of the cross-validation and the two thresholds, by name."""
        model = self.model
        return {
            **model.evaluation,
            "threshold": model.threshold,
            "leak_threshold": model.leak_threshold,
            **self._micropeptides(),
        }

    def _micropeptides(self) -> dict[str, float]:
        threshold = self.model.micropeptide_threshold
        return {} if threshold is None else {"micropeptide_threshold": threshold}

    def summary(self) -> str:
        """What the model was trained on, and its area under the ROC curve."""
        measures = self.model.evaluation
        return (
            f"coding model of {self.model.name}: AUC {measures['auc']:.3f}, "
            f"accuracy {measures['accuracy']:.3f} in cross-validation"
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per measure: its value and what it means."""
        import pandas as pd

        rows = [
            {"measure": name, "value": value, "meaning": EVALUATION[name]}
            for name, value in self.evaluation.items()
        ]
        return pd.DataFrame(rows, columns=["measure", "value", "meaning"])

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model as JSON, for `coding_model` of a run.

        Parameters
        ----------
        path
            File to write.

        Raises
        ------
        CannotWrite
            If the file cannot be written.
        """
        save_model(self.model, Path(path))
