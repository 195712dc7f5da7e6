"""The embedded example: drawn creatures, with a shortcut planted if asked for."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from bioloom.images.demonstration.creatures import SHORTCUTS, draw_families
from bioloom.images.settings import Settings
from bioloom.images.training.result import TrainResult
from bioloom.images.training_run import AlsoWrite, train
from bioloom.run.progress import OnStep, silent

N_EACH = 80


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found, and whether the audit said what it should.

    Parameters
    ----------
    result
        Of the training.
    plant
        Shortcut that was planted; None for none.
    """

    result: TrainResult
    plant: str | None

    @property
    def is_right(self) -> bool:
        """Whether the audit flags what was planted, or nothing where nothing was."""
        flagged = {one.probe for one in self.result.audit.shortcuts}
        return SHORTCUTS[self.plant][0] in flagged if self.plant else not flagged

    def to_text(self) -> str:
        """What was planted, found and learnt."""
        lines = [f"planted: {self.plant or 'nothing'}"]
        lines += [f"shortcut: {one}" for one in self.result.audit.warnings()]
        if not self.result.audit.shortcuts:
            lines.append("audit: no shortcut")
        lines.append(f"test accuracy: {self.result.measures['accuracy']}")
        verdict = "as it should be" if self.is_right else "WRONG"
        return "\n".join([*lines, f"audit against what was planted: {verdict}"])


def run_demo(
    out: Path,
    *,
    plant: str | None = None,
    n: int = N_EACH,
    settings: Settings | None = None,
    also_write: AlsoWrite | None = None,
    on_step: OnStep = silent,
) -> DemoResult:
    """Draw two families of creatures and learn to tell them apart.

    Parameters
    ----------
    out
        Folder for `pictures` and `run`; both are made anew.
    plant
        Name of a shortcut in `SHORTCUTS`.
    n
        Pictures of each family.
    settings
        Of the training.
    also_write, on_step
        As for `train`.
    """
    # to weights trained on photographs every creature of a family is the same
    settings = settings or Settings(near="hash")
    pictures = out / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)
    draw_families(pictures, n=n, rng_seed=settings.rng_seed, plant=plant)
    result = train(
        pictures,
        out / "run",
        settings,
        force=True,
        also_write=also_write,
        on_step=on_step,
    )
    return DemoResult(result, plant)
