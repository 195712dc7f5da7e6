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
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from mirna_rare_sites import plant
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain
from bioloom.mirna.options import SearchOptions
from bioloom.seq.alphabet import encode
from bioloom.seq.fasta import read_fasta

Floats = NDArray[np.float64]
LENGTHS_NT, LENGTH_SHARES = (30, 40, 60, 100), (0.15, 0.15, 0.4, 0.3)
SEED_REGIONS = ((2, 7), (2, 8))
QUANTILES = (0.15, 0.4, 0.65, 0.9)


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
    transitions = bases * odds
    return chain_of(transitions / transitions.sum(axis=1, keepdims=True))


def chain_of(transitions: Floats) -> Chain:
    """The chain with these transitions and its own stationary frequencies."""
    stationary = np.linalg.matrix_power(transitions, 64)[0]
    return Chain(transitions, stationary / stationary.sum())


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("simulate")
    one.add_argument("folder", type=Path)
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--minutes", type=float, default=15)
    one.add_argument("--samples", type=int, default=160)
    one.add_argument("--rng-seed", type=int, default=1)
    chosen = parser.parse_args()
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
