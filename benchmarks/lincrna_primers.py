"""How often chance finds primers in long reads.

python benchmarks/lincrna_primers.py

Prints for each kit the random reads, of 20,000, whose strand its primers tell.
"""

import random

from bioloom.lincrna.alignments.matching import PrimerMatcher
from bioloom.lincrna.alignments.read_ends import ReadEnds
from bioloom.lincrna.inputs.primers import KITS

N_READS, LENGTH_NT = 20_000, 800


def main() -> None:
    rng = random.Random(1)
    reads = ["".join(rng.choices("ACGT", k=LENGTH_NT)) for _ in range(N_READS)]
    for pair in KITS.values():
        look = ReadEnds("ont_cdna", PrimerMatcher(pair))
        n_told = sum(look.of(read).told_by == "primers" for read in reads)
        print(f"{pair.name}: {n_told} of {N_READS:,}")


if __name__ == "__main__":
    main()
