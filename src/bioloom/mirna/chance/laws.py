"""The laws of a search: from a calibration, a preset, or fitted to the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import UnknownName
from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.calibration import (
    Calibration,
    fit_calibration,
    laws_for,
    load_calibration,
    rules_of,
)
from bioloom.mirna.chance.composition import (
    MIN_BASES,
    Composition,
    base_counts,
    composition_of,
)
from bioloom.mirna.chance.evd import Floats, Law, PresetLaw, preset_law
from bioloom.mirna.chance.rates import Rates, SurfaceLaw, chance, place_in_table
from bioloom.mirna.chance.surface import is_covered, surface_rates
from bioloom.mirna.inputs.records import Mirna
from bioloom.mirna.inputs.targets import Targets
from bioloom.mirna.options import Preset, PValues, SearchOptions
from bioloom.mirna.sites.duplex import stacked_energies
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED
from bioloom.run.words import counted
from bioloom.seq.alphabet import SeqCodes

_OTHER_LAWS = "give a preset, or --calibration with a file of `mirna calibrate`"
# difference of G+C between a calibration and the targets that is worth a warning; it
# changes p by a fifth
FAR_GC = 0.03
WIDE_GC = 0.1  # range of G+C of targets that one law hardly holds for
# of a simulation: the share of new targets with p <= 0.01 is 0.0085 to 0.0115 with the
# first number
SAMPLES, FEWER_SAMPLES, MANY_MIRNAS = 8000, 5000, 100
_PAIRS = 1e8


@dataclass(frozen=True, slots=True)
class Surface:
    """Rates of chance sites on the backgrounds that a set of targets needs.

    Parameters
    ----------
    composition
        Of the targets.
    classes
        G+C of each background, ascending.
    rates
        On these backgrounds.
    rows
        Row of the table of each miRNA; -1 for one that has another law.
    """

    composition: Composition
    classes: tuple[float, ...]
    rates: Rates
    rows: NDArray[np.intp]

    def law(self, number: int, target: SeqCodes) -> SurfaceLaw:
        """The law of one miRNA on one target."""
        between = self._between(target)
        row = self.rows[number]
        tables = (between.mixed(table[:, row]) for table in self.rates)
        return SurfaceLaw(Rates(*tables), between.gc)

    def p_values(
        self, mirna: NDArray[np.intp], mfe: Floats, target: SeqCodes
    ) -> Floats:
        """As `Laws.p_values`."""
        between, at = self._between(target), place_in_table(mfe)
        row, low = self.rows[mirna], at.low
        tables = (
            between.mixed(at.mixed(table[:, row, low], table[:, row, low + 1]))
            for table in self.rates
        )
        return chance(Rates(*tables), int(base_counts(target).sum()))

    def _between(self, target: SeqCodes) -> _Between:
        gc = self.composition.expected_gc(target)
        if len(self.classes) == 1:
            return _Between(gc, 0, 0, 0.0)
        place = float(np.interp(gc, self.classes, np.arange(len(self.classes))))
        low = min(int(place), len(self.classes) - 2)
        return _Between(gc, low, low + 1, place - low)


class _Between(NamedTuple):
    """A place between two backgrounds."""

    gc: float
    low: int
    high: int
    share: float

    def mixed(self, table: Floats) -> Floats:
        """Values interpolated between these two; backgrounds are the first axis."""
        low, high = table[self.low], table[self.high]
        return np.asarray(low + self.share * (high - low))


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws by which the sites of a search get p-values.

    Parameters
    ----------
    by_mirna
        Laws that hold for all targets, in the order of the miRNAs; None for a miRNA
        whose law is on the surface. None altogether where there are no p-values.
    reason
        Why there are none, if they were asked for; else empty.
    warning
        Why they may be wrong; else empty.
    surface
        Laws that depend on the target's composition.
    """

    by_mirna: tuple[Law | None, ...] | None = None
    reason: str = ""
    warning: str = ""
    surface: Surface | None = None

    @property
    def are_known(self) -> bool:
        """Whether there are p-values."""
        return self.by_mirna is not None

    def p_values(
        self, mirna: NDArray[np.intp], mfe: Floats, target: SeqCodes
    ) -> Floats:
        """Chance of sites this good or better anywhere on a random target like this.

        Parameters
        ----------
        mirna
            Number of the miRNA of each site.
        mfe
            Energy of each, kcal/mol.
        target
            That holds them, base codes.

        Returns
        -------
        One for each site; nan where there are no laws.
        """
        p = np.full(len(mirna), np.nan)
        if self.by_mirna is None:
            return p
        for number in np.unique(mirna).tolist():
            law = self.by_mirna[number]
            if law is not None:
                rows = mirna == number
                p[rows] = law.p_value(mfe[rows], len(target))
        if self.surface is not None:
            rows = self.surface.rows[mirna] >= 0
            p[rows] = self.surface.p_values(mirna[rows], mfe[rows], target)
        return p

    def law(self, number: int, target: SeqCodes) -> Law | None:
        """The law of one miRNA on one target; None without p-values."""
        if self.by_mirna is None:
            return None
        law = self.by_mirna[number]
        if law is None and self.surface is not None:
            return self.surface.law(number, target)
        return law


NO_LAWS = Laws()


@dataclass(frozen=True, slots=True)
class LawSource:
    """Where the laws behind p-values come from.

    Parameters
    ----------
    p_values
        "auto" takes laws from the surface, by the composition of the targets; where
        the surface does not hold, laws are fitted to random targets like these.
    calibration
        Laws fitted before, or their file; then `p_values` does not matter.
    rng_seed
        Seed of the random targets.
    simulated
        What `simulated_laws` gave for these targets; None to simulate where needed.
    """

    p_values: PValues = "auto"
    calibration: Path | Calibration | None = None
    rng_seed: int = RNG_SEED
    simulated: Calibration | None = None


AUTOMATIC = LawSource()


def laws_of(
    mirnas: Sequence[Mirna],
    targets: Targets,
    options: SearchOptions,
    source: LawSource = AUTOMATIC,
    *,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Laws:
    """The laws by which a search gives p-values.

    Parameters
    ----------
    mirnas, targets, options
        The search.
    source
        Where the laws come from.
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
    if source.calibration is not None:
        return _calibrated(mirnas, targets, source.calibration, options)
    if source.p_values == "none":
        return Laws()
    if source.p_values != "auto":
        return Laws(tuple(_preset_laws(mirnas, source.p_values)))
    codes = (target.codes for target in targets)
    composition = composition_of(codes, on_step=on_step)
    if composition.n_bases < MIN_BASES:
        few = f"no p-values for targets below {MIN_BASES:,} bases: {_OTHER_LAWS}"
        return Laws(reason=few)
    laws = surface_laws(mirnas, composition, options, on_step=on_step)
    others = _not_covered(mirnas, options)
    if not others:
        return laws
    simulated = source.simulated
    if simulated is None:
        background = _mean_background(targets, composition)
        simulated = _simulated(
            others,
            background,
            options,
            rng_seed=source.rng_seed,
            threads=threads,
            on_step=on_step,
        )
    by_mirna = tuple(simulated.laws.get(mirna.name) for mirna in mirnas)
    warning = _only_the_mean(others, composition)
    return replace(laws, by_mirna=by_mirna, warning=warning)


def simulated_laws(
    mirnas: Sequence[Mirna],
    targets: Targets,
    options: SearchOptions,
    *,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Calibration:
    """Laws of the miRNAs that the surface does not cover, as `laws_of` simulates them.

    Parameters
    ----------
    mirnas, targets, options, rng_seed, threads, on_step
        As for `laws_of`.

    Raises
    ------
    FitFailed
        If no law fits.
    """
    others = _not_covered(mirnas, options)
    if not others:
        return Calibration({}, rules_of(options))
    composition = composition_of(target.codes for target in targets)
    if composition.n_bases < MIN_BASES:
        return Calibration({}, rules_of(options))
    background = _mean_background(targets, composition)
    return _simulated(
        others,
        background,
        options,
        rng_seed=rng_seed,
        threads=threads,
        on_step=on_step,
    )


def _not_covered(mirnas: Sequence[Mirna], options: SearchOptions) -> list[Mirna]:
    """The miRNAs that have no law on the surface."""
    return [mirna for mirna in mirnas if not is_covered(mirna.codes, options)]


def _simulated(
    others: Sequence[Mirna],
    background: Background,
    options: SearchOptions,
    *,
    rng_seed: int,
    threads: int,
    on_step: OnStep,
) -> Calibration:
    return fit_calibration(
        others,
        background,
        options,
        n_samples=_n_samples(len(others), options),
        rng_seed=rng_seed,
        threads=threads,
        on_step=on_step,
    )


def _mean_background(targets: Targets, composition: Composition) -> Background:
    """Random targets of the mean composition and the lengths of the real ones."""
    lengths = np.sort([len(target.codes) for target in targets])
    chain = composition.chain(composition.mean_gc)
    pairs = np.rint(_PAIRS * chain.stationary[:, None] * chain.transitions)
    return Background(pairs.astype(np.int64), lengths.astype(np.int64))


def _n_samples(n_mirnas: int, options: SearchOptions) -> int:
    """Random targets: fewer for many miRNAs, more with a rule that few match."""
    n = FEWER_SAMPLES if n_mirnas > MANY_MIRNAS else SAMPLES
    return n * (2 if options.seed_region else 1)


def _only_the_mean(others: Sequence[Mirna], composition: Composition) -> str:
    """A warning if laws of one composition are used for targets of several."""
    low, high = composition.range
    if high - low < WIDE_GC:
        return ""
    which = counted(len(others), "miRNA")
    return (
        f"p-values of {which} were simulated, as these rules or lengths need it, on "
        f"random targets of {composition.mean_gc:.1%} G+C, though the targets have "
        f"{low:.1%} to {high:.1%}: too small for those rich in G+C, too large for the "
        "others."
    )


def surface_laws(
    mirnas: Sequence[Mirna],
    composition: Composition,
    options: SearchOptions,
    *,
    on_step: OnStep = silent,
) -> Laws:
    """Laws on the surface, of all miRNAs that it covers; the others have none.

    Parameters
    ----------
    mirnas, options
        Of the search.
    composition
        Of its targets.
    on_step
        Called with the progress.
    """
    rows = _rows(mirnas, options)
    covered = [mirna.codes for mirna, row in zip(mirnas, rows, strict=True) if row >= 0]
    none = (None,) * len(mirnas)
    if not covered:
        return Laws(none)
    classes = composition.classes()
    chains = [composition.chain(gc) for gc in classes]
    table = surface_rates(covered, chains, options, on_step=on_step)
    return Laws(none, surface=Surface(composition, classes, table, rows))


def _rows(mirnas: Sequence[Mirna], options: SearchOptions) -> NDArray[np.intp]:
    """Row of each miRNA in the table of the surface; -1 where it does not hold."""
    covered = np.array([is_covered(mirna.codes, options) for mirna in mirnas])
    return np.where(covered, np.cumsum(covered) - 1, -1)


def _calibrated(
    mirnas: Sequence[Mirna],
    targets: Targets,
    calibration: Path | Calibration,
    options: SearchOptions,
) -> Laws:
    where: str | Path = "calibration"
    if not isinstance(calibration, Calibration):
        where, calibration = calibration, load_calibration(calibration)
    laws = laws_for(mirnas, calibration, options, where=where)
    return Laws(tuple(laws), warning=_other_composition(calibration, targets, where))


def _other_composition(
    calibration: Calibration, targets: Targets, where: str | Path
) -> str:
    """A warning if the targets' G+C is not that of the calibration; else empty."""
    if calibration.gc is None:
        return ""
    composition = composition_of(target.codes for target in targets)
    if composition.n_bases < MIN_BASES:
        return ""
    gc = composition.mean_gc
    if abs(gc - calibration.gc) <= FAR_GC:
        return ""
    return (
        f"{where}: its random targets have {calibration.gc:.1%} G+C, these targets "
        f"{gc:.1%}; p-values are for the former. Calibrate with targets like these, or "
        "leave --calibration out."
    )


def _preset_laws(mirnas: Sequence[Mirna], preset: Preset) -> list[PresetLaw]:
    if preset not in get_args(Preset):
        known = ("auto", "none", *get_args(Preset))
        raise UnknownName(preset, kind="preset", where="p_values", known=known)
    stacked = stacked_energies([mirna.codes for mirna in mirnas])
    return [
        preset_law(preset, energy, len(mirna.codes))
        for mirna, energy in zip(mirnas, stacked, strict=True)
    ]
