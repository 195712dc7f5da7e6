"""The laws of a search: from a calibration, a preset, or fitted to the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bioloom.errors import UnknownName
from bioloom.mirna.chance.background import MIN_BASES, background_of
from bioloom.mirna.chance.calibration import (
    Calibration,
    fit_calibration,
    laws_for,
    load_calibration,
)
from bioloom.mirna.chance.evd import Law, preset_law
from bioloom.mirna.inputs.records import Mirna
from bioloom.mirna.inputs.targets import Targets
from bioloom.mirna.options import Preset, PValues, SearchOptions
from bioloom.mirna.sites.duplex import stacked_energies
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED

_OTHER_LAWS = "give a preset, or --calibration with a file of `mirna calibrate`"


@dataclass(frozen=True, slots=True)
class Laws:
    """The law of each miRNA's best energy.

    Parameters
    ----------
    by_mirna
        In the order of the miRNAs; None where there are no p-values.
    reason
        Why there are none, if they were asked for; else empty.
    """

    by_mirna: tuple[Law, ...] | None = None
    reason: str = ""


def laws_of(
    mirnas: Sequence[Mirna],
    targets: Targets,
    options: SearchOptions,
    *,
    p_values: PValues = "auto",
    calibration: Path | Calibration | None = None,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Laws:
    """The laws by which a search gives p-values.

    Parameters
    ----------
    mirnas, targets, options
        The search.
    p_values
        "auto" fits laws to random targets like these, if they have enough bases.
    calibration
        Laws fitted before, or their file; then `p_values` does not matter.
    rng_seed
        Seed of the random targets.
    threads
        Processors.
    on_step
        Called with the progress of the fit.

    Raises
    ------
    MissingFile, BadModel
        If the calibration cannot be used.
    FitFailed
        If no law fits.
    UnknownName
        If there is no such preset.
    """
    if calibration is not None:
        return Laws(tuple(_calibrated(mirnas, calibration, options)))
    if p_values == "none":
        return Laws()
    if p_values != "auto":
        return Laws(tuple(_preset_laws(mirnas, p_values)))
    background = background_of(target.codes for target in targets)
    if background.n_bases < MIN_BASES:
        few = f"no p-values for targets below {MIN_BASES:,} bases: {_OTHER_LAWS}"
        return Laws(reason=few)
    fitted = fit_calibration(
        mirnas,
        background,
        options,
        rng_seed=rng_seed,
        threads=threads,
        on_step=on_step,
    )
    return Laws(tuple(fitted.laws[mirna.name] for mirna in mirnas))


def _calibrated(
    mirnas: Sequence[Mirna], calibration: Path | Calibration, options: SearchOptions
) -> Sequence[Law]:
    if isinstance(calibration, Calibration):
        return laws_for(mirnas, calibration, options, where="calibration")
    loaded = load_calibration(calibration)
    return laws_for(mirnas, loaded, options, where=calibration)


def _preset_laws(mirnas: Sequence[Mirna], preset: Preset) -> list[Law]:
    if preset not in get_args(Preset):
        known = ("auto", "none", *get_args(Preset))
        raise UnknownName(preset, kind="preset", where="p_values", known=known)
    stacked = stacked_energies([mirna.codes for mirna in mirnas])
    return [
        preset_law(preset, energy, len(mirna.codes))
        for mirna, energy in zip(mirnas, stacked, strict=True)
    ]
