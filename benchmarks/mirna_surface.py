"""Train the surface that gives p-values without a simulation.

    python benchmarks/mirna_surface.py simulate MIRBASE_FOLDER --out sites.npz
    python benchmarks/mirna_surface.py fit sites.npz [more.npz ...]

`simulate` estimates, by importance sampling (`mirna_rare_sites.py`), how often short
random targets hold strong sites: for random miRNAs and for shuffled ones of miRBase, so
that no real miRNA is trained on, for random backgrounds of 25 to 70 % G+C with and
without depletion of CpG, and for rules with and without a seed region. `fit` regresses
the ratio of that chance to the expected number of duplexes on features of both, prints
the error on rows left out, and writes the coefficients to the package.
"""

import argparse
import dataclasses
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from mirna_rare_sites import plant
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain
from bioloom.mirna.chance.composition import chain_of
from bioloom.mirna.chance.rates import HALF_STEP, log_places
from bioloom.mirna.chance.surface import (
    FILE,
    FORMAT,
    Quadratic,
    landscape,
    packaged,
    terms,
)
from bioloom.mirna.options import SearchOptions
from bioloom.seq.alphabet import encode
from bioloom.seq.fasta import read_fasta

Floats = NDArray[np.float64]
LENGTHS_NT, LENGTH_SHARES = (30, 40, 60, 100), (0.15, 0.15, 0.4, 0.3)
SEED_REGIONS = ((2, 7), (2, 8))
QUANTILES = (0.15, 0.4, 0.65, 0.9)
MOST_CHANCE = 0.3
MODEL_ERROR, RIDGE = 0.12, 3.0


class Unit(NamedTuple):
    """One miRNA, background, set of rules and length of targets."""

    mirna: NDArray[np.uint8]
    chain: Chain
    options: SearchOptions
    target_nt: int


def random_chain(rng: np.random.Generator) -> Chain:
    """A background of 25 to 70 % G+C, half of them poor in CpG."""
    gc = rng.uniform(0.25, 0.70)
    strong, weak = rng.beta(40, 40, size=2)
    bases = np.array([(1 - gc) * weak, gc * strong, gc * (1 - strong), 0.0])
    bases[3] = 1 - bases.sum()
    odds = np.exp(rng.normal(0, 0.15, size=(4, 4)))
    odds[1, 2] *= rng.uniform(0.2, 1.0) if rng.random() < 0.5 else 1.0
    return chain_of(bases * odds)


def random_unit(rng: np.random.Generator, real: list[NDArray[np.uint8]]) -> Unit:
    """A unit to be simulated."""
    if rng.random() < 0.5:
        mirna = rng.permutation(real[rng.integers(len(real))])
    else:
        bases = rng.dirichlet((6, 6, 6, 6))
        mirna = rng.choice(4, size=rng.integers(15, 31), p=bases).astype(np.uint8)
    options = SearchOptions()
    if rng.random() < 0.45:
        region = SEED_REGIONS[rng.integers(2)]
        options = SearchOptions(seed_region=region, allow_gu=bool(rng.random() < 0.5))
    target_nt = int(rng.choice(LENGTHS_NT, p=LENGTH_SHARES))
    return Unit(mirna, random_chain(rng), options, target_nt)


def simulate(folder: Path, out: Path, *, minutes: float, n: int, rng_seed: int) -> None:
    """Simulate random units for some minutes; one row per unit and threshold."""
    rng = np.random.default_rng(rng_seed)
    real = [
        encode(record.sequence)
        for path in sorted(folder.glob("*_mature.fa"))
        for record in read_fasta(path)
    ]
    real = [mirna for mirna in real if (mirna < 4).all() and 15 <= len(mirna) <= 30]
    rows: list[tuple[object, ...]] = []
    began = time.monotonic()
    while time.monotonic() - began < 60 * minutes:
        unit = random_unit(rng, real)
        inverse_temperature = rng.uniform(0.3, 1.5)
        planted = plant(
            unit.mirna,
            unit.chain,
            inverse_temperature,
            unit.options,
            target_nt=unit.target_nt,
            n=n,
            rng_seed=int(rng.integers(1 << 31)),
        )
        if len(planted.strength) < n:
            continue
        for x in np.quantile(planted.strength, QUANTILES):
            chance, error = planted.chance(x), planted.chance_error(x)
            mirna = np.pad(unit.mirna, (0, 30 - len(unit.mirna)), constant_values=4)
            region = unit.options.seed_region or (0, 0)
            rules = (*region, unit.options.allow_gu)
            rows.append(
                (mirna, unit.chain.transitions, rules, unit.target_nt, x, chance, error)
            )
    names = ("mirna", "transitions", "rules", "target_nt", "x", "chance", "error")
    columns = zip(*rows, strict=True)
    np.savez(out, **{k: np.array(v) for k, v in zip(names, columns, strict=True)})
    print(f"{len(rows)} rows: {out}")


class Row(NamedTuple):
    """What the regression knows of one threshold."""

    features: Floats
    expected: float  # ln of the expected number of duplexes on the target
    rate: float  # that was simulated, on the whole target
    error: float  # relative
    group: int  # unit


def rows_of(path: Path, *, seeded: bool) -> list[Row]:
    """Rows of one file; thresholds that hardly any target misses are left out.

    There the weights vary too much.
    """
    units = np.load(path)
    columns = {name: units[name] for name in units.files}
    rows = []
    for first in range(0, len(columns["x"]), len(QUANTILES)):
        rules = columns["rules"][first]
        if (rules[0] > 0) == seeded:
            unit = {
                name: values[first : first + len(QUANTILES)]
                for name, values in columns.items()
            }
            rows += _rows_of_unit(unit, first // len(QUANTILES))
    return rows


def _rows_of_unit(unit: dict[str, NDArray[np.generic]], group: int) -> list[Row]:
    mirna, rules = unit["mirna"][0], unit["rules"][0]
    region = (int(rules[0]), int(rules[1])) if rules[0] else None
    options = SearchOptions(seed_region=region, allow_gu=bool(rules[2]))
    chain = chain_of(unit["transitions"][0])
    counts, features = landscape([mirna[mirna < 4]], chain, options)
    rows = []
    for k in range(1, len(QUANTILES)):
        chance, error = unit["chance"][k], unit["error"][k]
        if chance >= MOST_CHANCE or error >= 0.3 * chance:
            continue
        # halfway to the next weaker energy: they are multiples of 0.1
        x = np.ceil(10 * unit["x"][k] - 1e-6) / 10 - HALF_STEP
        at = [
            np.interp(x, counts.strength[0], values)
            for values in (
                *features[0].T,
                counts.log_count[0],
                counts.span[0],
                np.sqrt(counts.span_variance[0]),
            )
        ]
        expected = at[-3] + log_places(int(unit["target_nt"][k]), *at[-2:])
        rate = -np.log1p(-chance)
        rows.append(
            Row(np.array(at[:-3]), float(expected), rate, error / chance, group)
        )
    return rows


def fitted(rows: list[Row]) -> Quadratic:
    """The surface of greatest quasi-likelihood: errors in proportion to the rate."""
    features = np.array([row.features for row in rows])
    expected, rate, error = np.array([row[1:4] for row in rows]).T
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    design = terms((features - mean) / deviation)
    weight = 1 / (error**2 + MODEL_ERROR**2)
    normal = (design.T * weight) @ design + RIDGE * np.eye(design.shape[1])
    linear = np.log(rate) - expected
    for _ in range(8):
        coefficients = np.linalg.solve(normal, design.T @ (weight * linear))
        log_ratio = design @ coefficients
        ratio = np.exp(np.log(rate) - expected - log_ratio)
        linear = log_ratio + np.clip(ratio - 1, -1, 3)
    low, high = np.quantile(features, (0.002, 0.998), axis=0)
    return Quadratic(mean, deviation, low, high, coefficients)


def held_out_error(rows: list[Row]) -> Floats:
    """ln of the simulated over the predicted rate of units left out, in eight parts."""
    errors = np.zeros(len(rows))
    part = np.array([row.group for row in rows]) % 8
    for k in range(8):
        surface = fitted([row for row, p in zip(rows, part, strict=True) if p != k])
        for number in np.flatnonzero(part == k):
            row = rows[number]
            predicted = row.expected + surface.at(row.features)
            errors[number] = np.log(row.rate) - predicted
    return errors


def fit(paths: list[Path]) -> None:
    """Fit both surfaces, print their error and write them to the package."""
    surfaces = {}
    for kind in ("free", "seed"):
        rows: list[Row] = []
        for path in paths:
            begin = rows[-1].group + 1 if rows else 0
            new = rows_of(path, seeded=kind == "seed")
            rows += [row._replace(group=row.group + begin) for row in new]
        errors = held_out_error(rows)
        noise = np.sqrt(np.mean([row.error**2 for row in rows]))
        print(
            f"{kind}: {len(rows)} rows; held out, ln(simulated / predicted) has mean "
            f"{errors.mean():.3f} and deviation {errors.std():.3f}, of which the "
            f"simulation's own error is {noise:.3f}"
        )
        surface = fitted(rows)
        surfaces[kind] = {
            field.name: [
                float(f"{value:.6g}") for value in getattr(surface, field.name)
            ]
            for field in dataclasses.fields(surface)
        }
    entries = {"format": FORMAT, "surfaces": surfaces}
    FILE.write_text(json.dumps(entries) + "\n", encoding="utf-8")
    packaged.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("simulate")
    one.add_argument("folder", type=Path)
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--minutes", type=float, default=15)
    one.add_argument("--samples", type=int, default=160)
    one.add_argument("--rng-seed", type=int, default=1)
    other = commands.add_parser("fit")
    other.add_argument("paths", type=Path, nargs="+")
    chosen = parser.parse_args()
    if chosen.command == "fit":
        fit(chosen.paths)
    if chosen.command == "simulate":
        simulate(
            chosen.folder,
            chosen.out,
            minutes=chosen.minutes,
            n=chosen.samples,
            rng_seed=chosen.rng_seed,
        )


if __name__ == "__main__":
    main()
