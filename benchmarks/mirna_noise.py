"""Is q honest on pure noise? Any q <= 0.05 in at most 5 % of repeats.

    python benchmarks/mirna_noise.py MIRNAS [--repeats 60]

Each repeat searches 20 real miRNAs on 500 new random targets of 300 to 800 nt and 35 to
60 % G+C, that is 10,000 pairs, under six sets of filters. q is that of the table: over
all pairs tested, whatever rows are printed. Prints in how many repeats any q is 0.05 or
less, with the exact 95 % interval of Clopper and Pearson.
"""

import argparse
from pathlib import Path

import numpy as np
from mirna_pvalues import HUMAN_3UTR
from scipy.stats import binomtest

from bioloom.mirna.chance.background import Background
from bioloom.mirna.chance.composition import chain_of, tilted
from bioloom.mirna.chance.false_discovery import false_discovery_rates
from bioloom.mirna.chance.laws import laws_of
from bioloom.mirna.chance.surface import is_covered
from bioloom.mirna.inputs.records import Mirna, Target, read_mirnas
from bioloom.mirna.inputs.targets import Targets, held_targets
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.prediction import Search

FILTERS = {
    "none": SearchOptions(),
    "--top 3": SearchOptions(top=3),
    "--max-mfe -15": SearchOptions(top=None, max_mfe=-15),
    "--seed-region 2-7": SearchOptions(seed_region=(2, 7)),
    "--seed-region 2-8 --no-gu": SearchOptions(seed_region=(2, 8), allow_gu=False),
    "--seed-region 2-8 --max-mfe -12": SearchOptions(
        top=None, max_mfe=-12, seed_region=(2, 8)
    ),
}
N_MIRNAS, N_TARGETS = 20, 500


def noise(rng: np.random.Generator) -> Targets:
    """Random targets, each of its own composition and length."""
    human = chain_of(HUMAN_3UTR.astype(float)).transitions
    records = []
    for number in range(N_TARGETS):
        chain = tilted(human, rng.uniform(0.35, 0.60))
        pairs = np.round(1e9 * chain.stationary[:, None] * chain.transitions)
        lengths = np.array([rng.integers(300, 801)])
        [codes] = Background(pairs.astype(np.int64), lengths).draw(rng, 1)
        records.append(Target(str(number), codes))
    return held_targets(records)


def searched(
    mirnas: tuple[Mirna, ...], targets: Targets, rules: SearchOptions
) -> float:
    """Lowest q of one search, as the table shows it."""
    search = Search(mirnas, targets, rules, laws_of(mirnas, targets, rules))
    sites = search.run()
    p = np.concatenate([part.p for part in sites.sites])
    is_best = np.concatenate([part.is_best for part in sites.sites])
    q = false_discovery_rates(p, is_best, search.n_pairs)
    return float(q.min(initial=1.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mirnas", type=Path)
    parser.add_argument("--repeats", type=int, default=60)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    every = [
        m for m in read_mirnas(options.mirnas) if is_covered(m.codes, FILTERS["none"])
    ]
    counts = dict.fromkeys(FILTERS, 0)
    for repeat in range(options.repeats):
        rng = np.random.default_rng([options.rng_seed, repeat])
        chosen = rng.choice(len(every), N_MIRNAS, replace=False)
        mirnas, targets = tuple(every[k] for k in chosen), noise(rng)
        for name, rules in FILTERS.items():
            counts[name] += searched(mirnas, targets, rules) <= 0.05
    for name, count in counts.items():
        low, high = binomtest(count, options.repeats).proportion_ci()
        print(
            f"{name:34} any q <= 0.05 in {count} of {options.repeats} repeats "
            f"({count / options.repeats:.1%}, {low:.1%} to {high:.1%})"
        )


if __name__ == "__main__":
    main()
