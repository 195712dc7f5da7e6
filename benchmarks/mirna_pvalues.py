"""Do p-values hold? Tried on new random targets of several compositions and lengths.

    python benchmarks/mirna_pvalues.py MIRNAS [MIRNAS ...] [--n-mirnas 24]

The miRNAs are real ones, none of which the surface of p-values was trained on. Prints:

- the share of new random targets with p at most 0.05, 0.01 and 0.001 by G+C and length,
  with the range of its 95 % interval over miRNAs (bootstrap), and by rule on the seed;
- the same for one set of 35 and 60 % G+C, each target with the background that the
  set's composition gives it;
- the same where each target is a set of its own;
- far out, the ratio of the chance that importance sampling measures to p, at p of 1e-4
  to 1e-12 (`mirna_rare_sites.py`);
- the time that all laws of a run take.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mirna_rare_sites import plant
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain
from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.composition import chain_of, composition_of, tilted
from bioloom.mirna.chance.laws import surface_laws
from bioloom.mirna.chance.surface import is_covered
from bioloom.mirna.inputs.records import Mirna, read_mirnas
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
LEVELS = (0.05, 0.01, 0.001)
CLASSES = (0.30, 0.40, 0.50, 0.60, 0.65)
LENGTHS = (30, 60, 200, 500, 2000, 10_000)
RULES = {
    "none": SearchOptions(),
    "2-7": SearchOptions(seed_region=(2, 7)),
    "2-8 no GU": SearchOptions(seed_region=(2, 8), allow_gu=False),
}
# dinucleotides of human 3'UTRs (rows: the first base), per 1,000
HUMAN_3UTR = np.array(
    [[86, 49, 70, 69], [70, 62, 13, 73], [58, 48, 60, 53], [59, 60, 76, 96]]
)


def drawn(chain: Chain, n: int, n_bases: int, rng_seed: int) -> list[SeqCodes]:
    """Random targets of one length."""
    pairs = np.round(1e9 * chain.stationary[:, None] * chain.transitions)
    background = Background(pairs.astype(np.int64), np.array([n_bases]))
    return list(background.draw(np.random.default_rng(rng_seed), n))


def p_values(
    mirnas: Sequence[Mirna], targets: Sequence[SeqCodes], options: SearchOptions
) -> Floats:
    """p of the best site of each miRNA on each target: [target, miRNA]."""
    mfe = best_energies([each.codes for each in mirnas], targets, options) / 100
    laws = surface_laws(mirnas, composition_of(targets), options)
    number = np.arange(len(mirnas))
    pairs = zip(targets, mfe, strict=True)
    return np.array([laws.p_values(number, row, target) for target, row in pairs])


def print_shares(name: str, p: Floats) -> None:
    """Shares with small p, and 95 % intervals over miRNAs and the range of these."""
    rng = np.random.default_rng(0)
    line = f"{name:34}"
    for level in LEVELS:
        each = (p <= level).mean(axis=0)
        again = rng.choice(each, size=(1000, len(each))).mean(axis=1)
        low, high = np.quantile(again, (0.025, 0.975))
        ratio = each.mean() / level
        line += f"  {ratio:5.2f} ({low / level:.2f}-{high / level:.2f})"
    print(line, flush=True)


def by_class(mirnas: Sequence[Mirna], work: float) -> None:
    """Shares by G+C, length and rule."""
    print(f"\n{'share / level':34}" + "".join(f"  {x:<17}" for x in LEVELS))
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    for rule, options in RULES.items():
        for gc in CLASSES:
            for n_bases in LENGTHS if gc == 0.50 else (500,):
                n = int(min(20_000, max(300, work / n_bases / len(mirnas))))
                targets = drawn(tilted(human, gc), n, n_bases, 7)
                name = f"{rule}, {gc:.0%} G+C, {n} x {n_bases} nt"
                print_shares(name, p_values(mirnas, targets, options))


def mixed(mirnas: Sequence[Mirna], work: float) -> None:
    """Shares in one set of two compositions."""
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    for n_bases in (100, 500):
        n = int(min(10_000, work / n_bases / len(mirnas) / 2))
        low, high = (drawn(tilted(human, gc), n, n_bases, 8) for gc in (0.35, 0.60))
        p = p_values(mirnas, [*low, *high], SearchOptions())
        print_shares(f"mixed set, its 35 % G+C, {n_bases} nt", p[:n])
        print_shares(f"mixed set, its 60 % G+C, {n_bases} nt", p[n:])


def alone(mirnas: Sequence[Mirna], n: int) -> None:
    """Shares where each target is a set of its own: its background is a guess."""
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    rng = np.random.default_rng(6)
    for n_bases in (200, 500, 2000):
        p = [
            p_values(mirnas, drawn(tilted(human, gc), 1, n_bases, k), SearchOptions())
            for k, gc in enumerate(rng.uniform(0.35, 0.60, n))
        ]
        print_shares(f"{n} sets of one target, {n_bases} nt", np.concatenate(p))


def far_out(mirnas: Sequence[Mirna], n: int) -> None:
    """Chance by importance sampling over p, by p."""
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    rng = np.random.default_rng(9)
    print("\nfar out: chance / p, mean and deviation of its ln over miRNAs and G+C")
    for rule, options in RULES.items():
        found: dict[int, list[float]] = {}
        for mirna in mirnas:
            chain = tilted(human, rng.choice(CLASSES))
            target = drawn(chain, 1, 100_000, 1)
            laws = surface_laws([mirna], composition_of(target), options)
            for inverse in (0.8, 1.1, 1.5):
                planted = plant(
                    mirna.codes, chain, inverse, options, target_nt=80, n=n, rng_seed=1
                )
                # between two energies
                x = np.floor(10 * np.quantile(planted.strength, 0.6)) / 10
                chance = planted.chance(x)
                p = laws.p_values(np.zeros(1, int), np.array([-x]), target[0][:80])[0]
                decade = int(np.clip(np.round(-np.log10(p) / 2) * 2, 2, 12))
                found.setdefault(decade, []).append(np.log(chance / p))
        for decade, ratios in sorted(found.items()):
            mean, deviation = np.exp(np.mean(ratios)), np.std(ratios)
            print(
                f"{rule:10} p about 1e-{decade:<3} {mean:5.2f}  {deviation:.2f}"
                f"  ({len(ratios)} tests)",
                flush=True,
            )


def timed(mirnas: Sequence[Mirna]) -> None:
    """CPU time of the laws of a run, for one and for several backgrounds."""
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    ranges = {"one composition": (0.45,), "35 to 60 % G+C": (0.35, 0.45, 0.5, 0.6)}
    for name, classes in ranges.items():
        targets = [t for gc in classes for t in drawn(tilted(human, gc), 20, 2000, 1)]
        composition = composition_of(targets)
        surface_laws(mirnas[:1], composition, SearchOptions())
        began = time.process_time()
        surface_laws(mirnas, composition, SearchOptions())
        seconds = time.process_time() - began
        n = len(composition.classes())
        print(f"{len(mirnas)} miRNAs, {name}: {n} backgrounds, {seconds:.3f} CPU s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mirnas", type=Path, nargs="+")
    parser.add_argument("--n-mirnas", type=int, default=24, help="of each file")
    parser.add_argument("--mnt", type=float, default=300, help="million nt per line")
    parser.add_argument("--samples", type=int, default=300, help="far out, per test")
    options = parser.parse_args()
    every = [mirna for path in options.mirnas for mirna in read_mirnas(path)]
    covered = [mirna for mirna in every if is_covered(mirna.codes, SearchOptions())]
    rng = np.random.default_rng(3)
    n = min(len(covered), options.n_mirnas * len(options.mirnas))
    mirnas = [covered[k] for k in rng.choice(len(covered), n, replace=False)]
    timed(mirnas)
    timed(covered)
    by_class(mirnas, 1e6 * options.mnt)
    mixed(mirnas, 1e6 * options.mnt)
    alone(mirnas, 600)
    far_out(mirnas, options.samples)


if __name__ == "__main__":
    main()
