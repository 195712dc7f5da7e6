"""Extreme-value laws fitted to random targets like the real ones, and their file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioloom.errors import BadModel, MissingFile
from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.evd import TailLaw, fit
from bioloom.mirna.inputs.records import Mirna
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "bioloom mirna calibration 2"
_FORMATS = (FORMAT, "bioloom mirna calibration 1")  # the first did not store the G+C
# with laws of 20,000 random targets, 0.8 to 1.2 % of new ones had p <= 0.01 in all of
# twelve tests; with laws of 5,000, one test in seven was outside
MOST_SAMPLES, LEAST_SAMPLES = 20_000, 5000
WORK = 3e9  # nt x miRNAs: about a minute on one processor
LONGEST_NT = 2000
BLOCK = 250


@dataclass(frozen=True, slots=True, repr=False)
class Calibration(Result):
    """Laws by miRNA, and the rules of the search that they are valid for.

    Parameters
    ----------
    laws
        By name of the miRNA.
    rules
        Seed region and loop limits: other rules need other laws.
    gc
        G+C of the random targets; None if unknown.
    """

    laws: Mapping[str, TailLaw]
    rules: Mapping[str, object]
    gc: float | None = None

    def summary(self) -> str:
        """How many laws, under which rules."""
        rules = ", ".join(f"{name}: {value}" for name, value in self.rules.items())
        return f"laws: {len(self.laws)} ({rules})"

    def to_frame(self) -> pd.DataFrame:
        """One row per miRNA: its name and the parameters of its law."""
        import pandas as pd

        rows = [{"mirna": name} | asdict(law) for name, law in self.laws.items()]
        return pd.DataFrame(rows)

    def save(self, path: str | Path) -> None:
        """Write the file that `predict` takes as `calibration`, JSON."""
        save_calibration(self, Path(path))


def rules_of(options: SearchOptions) -> dict[str, object]:
    """The rules on which the energies of random targets depend."""
    return {
        "helix": list(options.seed_region) if options.seed_region else None,
        "allow_gu": options.allow_gu,
        "max_loop": options.max_loop,
        "max_bulge": options.max_bulge,
    }


def fit_calibration(
    mirnas: Sequence[Mirna],
    background: Background,
    options: SearchOptions,
    *,
    n_samples: int | None = None,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Calibration:
    """Fit the law of each miRNA's best energy.

    Parameters
    ----------
    mirnas
        miRNAs.
    background
        What random targets are drawn from. Lengths over 2,000 nt are cut: the law
        extends to any length.
    options
        Rules of the search.
    n_samples
        Random targets; None: 20,000, or with many miRNAs as many as a minute allows,
        at least 5,000; twice as many with a seed region, which few targets match.
    rng_seed
        Seed of the random targets; all miRNAs are tested on the same ones.
    threads
        Processors.
    on_step
        Called with the progress.

    Raises
    ------
    FitFailed
        If no law fits.
    """
    lengths = np.minimum(background.lengths, LONGEST_NT)
    short = Background(background.pairs, lengths)
    if n_samples is None:
        affordable = int(WORK / (len(mirnas) * max(float(lengths.mean()), 1)))
        n_samples = min(MOST_SAMPLES, max(LEAST_SAMPLES, affordable))
        n_samples *= 2 if options.seed_region else 1
    rng = np.random.default_rng(rng_seed)
    drawn = list(short.draw(rng, n_samples))
    codes = [mirna.codes for mirna in mirnas]
    energies = []
    for first in range(0, n_samples, BLOCK):
        on_step("p-values: simulation on random targets", first, n_samples)
        targets = drawn[first : first + BLOCK]
        energies.append(best_energies(codes, targets, options, threads=threads))
    on_step("p-values: simulation on random targets", n_samples, n_samples)
    mfe = np.concatenate(energies) / 100
    n_bases = np.array([len(target) for target in drawn], dtype=np.float64)
    laws = {
        mirna.name: fit(mirna.name, mfe[:, number], n_bases)
        for number, mirna in enumerate(mirnas)
    }
    return Calibration(laws, rules_of(options), background.gc)


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON."""
    entries = {
        "format": FORMAT,
        "rules": dict(calibration.rules),
        "gc": calibration.gc,
        "laws": {name: asdict(law) for name, law in calibration.laws.items()},
    }
    write_text(path, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def load_calibration(path: Path) -> Calibration:
    """Read what `save_calibration` wrote.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadModel
        If it is not a calibration.
    """
    if not path.is_file():
        raise MissingFile(path, role="a file of `bioloom mirna calibrate`")
    try:
        entries = json.loads(path.read_text("utf-8"))
        laws = {name: TailLaw(**law) for name, law in entries["laws"].items()}
        is_ours = entries["format"] in _FORMATS
        rules, gc = entries["rules"], entries.get("gc")
    except (KeyError, ValueError, TypeError, AttributeError):
        is_ours, laws, rules, gc = False, {}, {}, None
    if not is_ours:
        raise BadModel(
            where=path,
            found="no calibration in it",
            expected=f"JSON of the format {FORMAT!r} with laws and rules",
            advice="Make one with `bioloom mirna calibrate`.",
        )
    return Calibration(laws, rules, gc)


def laws_for(
    mirnas: Sequence[Mirna],
    calibration: Calibration,
    options: SearchOptions,
    *,
    where: str | Path,
) -> list[TailLaw]:
    """The law of each miRNA.

    Raises
    ------
    BadModel
        If a miRNA has none, or the rules differ.
    """
    missing = [each.name for each in mirnas if each.name not in calibration.laws]
    if missing or dict(calibration.rules) != rules_of(options):
        found = f"no law of {missing[0]}" if missing else "laws of other rules"
        raise BadModel(
            where=where,
            found=found,
            expected="laws of all these miRNAs under the same rules on seed and loops",
            advice="Run `bioloom mirna calibrate` with the same files and options.",
        )
    return [calibration.laws[mirna.name] for mirna in mirnas]
