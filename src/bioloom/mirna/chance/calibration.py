"""Extreme-value laws of miRNAs on random targets like the real ones, and their file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bioloom.errors import BadModel, MissingFile
from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.evd import TailLaw, fit
from bioloom.mirna.inputs.records import Mirna
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent

FORMAT = "bioloom mirna calibration 1"
# of 20,000 random targets, no law of twelve let less than 0.8 or more than 1.2 % of new
# ones have p <= 0.01; of 5,000 one in seven did
MOST_SAMPLES, LEAST_SAMPLES = 20_000, 5000
WORK = 3e9  # nt x miRNAs: about a minute of one processor
LONGEST_NT = 2000
BLOCK = 250


@dataclass(frozen=True, slots=True)
class Calibration:
    """Laws by miRNA, and the rules of the search that they hold for.

    Parameters
    ----------
    laws
        By name of the miRNA.
    rules
        The helix and loop limits: other rules need other laws.
    """

    laws: Mapping[str, TailLaw]
    rules: Mapping[str, object]


def rules_of(options: SearchOptions) -> dict[str, object]:
    """The rules on which the energies of random targets depend."""
    kept = asdict(options)
    helix = kept["helix"]
    return {
        "helix": list(helix) if helix else None,
        **{name: kept[name] for name in ("allow_gu", "max_loop", "max_bulge")},
    }


def calibrate(
    mirnas: Sequence[Mirna],
    background: Background,
    options: SearchOptions,
    *,
    n_samples: int | None = None,
    rng_seed: int = 42,
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
        carries over to any length.
    options
        Rules of the search.
    n_samples
        Random targets; None: 20,000, or with many miRNAs as many as a minute allows,
        5,000 at least; twice as many under a seed rule, which few targets meet.
    rng_seed
        Of the random targets; all miRNAs are tried on the same ones.
    threads
        Processors.
    on_step
        Called as the work goes on.

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
        n_samples *= 2 if options.helix else 1
    rng = np.random.default_rng(rng_seed)
    drawn = list(short.draw(rng, n_samples))
    codes = [one.codes for one in mirnas]
    energies = []
    for first in range(0, n_samples, BLOCK):
        on_step("random targets", first, n_samples)
        targets = drawn[first : first + BLOCK]
        energies.append(best_energies(codes, targets, options, threads=threads))
    on_step("random targets", n_samples, n_samples)
    mfe = np.concatenate(energies) / 100
    n_bases = np.array([len(one) for one in drawn], dtype=np.float64)
    laws = {
        one.name: fit(one.name, mfe[:, number], n_bases)
        for number, one in enumerate(mirnas)
    }
    return Calibration(laws, rules_of(options))


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON."""
    entries = {
        "format": FORMAT,
        "rules": dict(calibration.rules),
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
        If it is no calibration.
    """
    if not path.is_file():
        raise MissingFile(path, role="a file of `bioloom mirna calibrate`")
    try:
        entries = json.loads(path.read_text("utf-8"))
        laws = {name: TailLaw(**law) for name, law in entries["laws"].items()}
        is_ours = entries["format"] == FORMAT
        rules = entries["rules"]
    except (KeyError, ValueError, TypeError, AttributeError):
        is_ours, laws, rules = False, {}, {}
    if not is_ours:
        raise BadModel(
            where=path,
            found="no calibration in it",
            expected=f"JSON of the format {FORMAT!r} with laws and rules",
            advice="Make one with `bioloom mirna calibrate`.",
        )
    return Calibration(laws, rules)


def laws_for(
    mirnas: Sequence[Mirna],
    calibration: Calibration,
    options: SearchOptions,
    *,
    source: Path,
) -> list[TailLaw]:
    """The law of each miRNA.

    Raises
    ------
    BadModel
        If a miRNA has none, or the rules are others.
    """
    missing = [one.name for one in mirnas if one.name not in calibration.laws]
    if missing or dict(calibration.rules) != rules_of(options):
        found = f"no law of {missing[0]}" if missing else "laws of other rules"
        raise BadModel(
            where=source,
            found=found,
            expected="laws of all these miRNAs under the same rules on seed and loops",
            advice="Run `bioloom mirna calibrate` with the same files and options.",
        )
    return [calibration.laws[one.name] for one in mirnas]
