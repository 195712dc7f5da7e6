"""Do p-values hold? Laws are fitted to random targets and tried on new ones.

    python benchmarks/mirna_pvalues.py MIRNAS TARGETS [--n-mirnas 8] [--held-out 100000]

Random targets have the dinucleotides of TARGETS and lengths of 300 to 800 nt. Prints,
for each miRNA with and without a seed rule, the share of new targets with p at most
0.05, 0.01 and 0.001; each should be that number itself.
"""

import argparse
from pathlib import Path

import numpy as np

from bioloom.mirna.chance.background import Background, background_of
from bioloom.mirna.chance.calibration import fit_calibration
from bioloom.mirna.inputs.records import read_mirnas, read_targets
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.best_energies import best_energies

LEVELS = (0.05, 0.01, 0.001)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mirnas", type=Path)
    parser.add_argument("targets", type=Path)
    parser.add_argument("--n-mirnas", type=int, default=8)
    parser.add_argument("--held-out", type=int, default=100_000)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    mirnas = read_mirnas(options.mirnas)[: options.n_mirnas]
    given = background_of(one.codes for one in read_targets(options.targets))
    background = Background(given.pairs, np.arange(300, 801))
    rng = np.random.default_rng(options.rng_seed)
    new = list(background.draw(rng, options.held_out))
    lengths = np.array([len(one) for one in new])
    print(f"{'rule':10} {'miRNA':20}" + "".join(f" p<={x:<7}" for x in LEVELS))
    for name, rules in (
        ("none", SearchOptions()),
        ("seed 2-7", SearchOptions(seed_region=(2, 7))),
        ("2-8, no GU", SearchOptions(seed_region=(2, 8), allow_gu=False)),
    ):
        laws = fit_calibration(
            mirnas, background, rules, rng_seed=options.rng_seed + 1
        ).laws
        mfe = best_energies([one.codes for one in mirnas], new, rules) / 100
        shares = np.array(
            [
                [(laws[one.name].p_value(own, lengths) <= x).mean() for x in LEVELS]
                for one, own in zip(mirnas, mfe.T, strict=True)
            ]
        )
        for one, row in zip(mirnas, shares, strict=True):
            print(f"{name:10} {one.name:20}" + "".join(f" {x:.5f} " for x in row))
        print(f"{name:10} {'all':20}" + "".join(f" {x:.5f} " for x in shares.mean(0)))


if __name__ == "__main__":
    main()
