"""The embedded example: drawn creatures, optionally with a planted shortcut."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.images.demonstration.creatures import (
    FAMILIES,
    SHORTCUTS,
    draw_families,
)
from bioloom.images.errors import BadPictures
from bioloom.images.settings import Settings
from bioloom.images.training.result import Training
from bioloom.images.training_run import Report, train_classifier
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent

if TYPE_CHECKING:
    import pandas as pd

N_EACH = 80


@dataclass(frozen=True, slots=True, repr=False)
class PictureDemo(Result):
    """Result of the demo, and whether the audit is right.

    Parameters
    ----------
    training
        The training.
    plant
        Shortcut that was planted; None for none.
    out
        Folder with `pictures` and `run`.
    """

    training: Training
    plant: str | None
    out: Path

    @property
    def is_right(self) -> bool:
        """Whether the audit finds what was planted, or nothing if nothing was."""
        audit = self.training.audit
        flagged = {finding.probe for finding in audit.shortcuts}
        if self.plant is None:
            return not flagged
        told = {f.probe for f in audit.findings if f.verdict == "differs"}
        return SHORTCUTS[self.plant].probe in flagged | told

    def summary(self) -> str:
        """What was planted, and whether the audit is right."""
        verdict = "right" if self.is_right else "WRONG"
        accuracy = self.training.measures["accuracy"]
        planted = self.plant or "nothing"
        return f"planted {planted}: audit {verdict}; test accuracy {accuracy}"

    def to_frame(self) -> "pd.DataFrame":
        """The audit, one row per probe."""
        return self.training.audit.to_frame()

    def to_text(self) -> str:
        """What was planted, found and learnt, in lines."""
        lines = [f"planted: {self.plant or 'nothing'}"]
        lines += [f"shortcut: {text}" for text in self.training.audit.warnings()]
        if not self.training.audit.shortcuts:
            lines.append("audit: no shortcut")
        lines += self.training.audit.notes()
        lines.append(f"test accuracy: {self.training.measures['accuracy']}")
        verdict = "right" if self.is_right else "WRONG"
        return "\n".join([*lines, f"audit compared with what was planted: {verdict}"])


def run_demo(
    out: Path,
    *,
    plant: str | None = None,
    n: int = N_EACH,
    settings: Settings | None = None,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> PictureDemo:
    """Draw two families of creatures and learn to distinguish them.

    Parameters
    ----------
    out
        Folder for `pictures` and `run`; both are replaced.
    plant
        Name of a shortcut in `SHORTCUTS`.
    n
        Pictures of each family.
    settings
        Of the training.
    report, on_step
        As for `bioloom.images.training_run.train_classifier`.

    Raises
    ------
    BadPictures
        If `pictures` holds anything but such creatures.
    """
    # weights trained on photographs see all creatures of a family as the same
    settings = settings or Settings(near="hash")
    pictures = out / "pictures"
    _require_creatures(pictures)
    shutil.rmtree(pictures, ignore_errors=True)
    draw_families(pictures, n=n, rng_seed=settings.rng_seed, plant=plant)
    training = train_classifier(
        pictures,
        out / "run",
        settings,
        force=True,
        report=report,
        on_step=on_step,
    )
    return PictureDemo(training, plant, out)


def _require_creatures(folder: Path) -> None:
    """Raise `BadPictures` if a folder to be replaced is not one of an earlier demo."""
    others = (
        [path for path in folder.iterdir() if path.name not in FAMILIES]
        if folder.is_dir()
        else []
    )
    if others:
        raise BadPictures(
            where=others[0],
            found="something that no demo has written",
            expected=f"only the folders {' and '.join(FAMILIES)} of an earlier demo",
            advice="Choose another folder; this one would be replaced.",
        )
