"""Make up miRNAs that bind known targets: story_mirnas.py TARGETS… > mirnas.fa.

Each is the reverse complement of 21 bases of one target, two bases outside the seed
changed, so that its site is known: the name line tells the target and the place.
"""

import sys

import numpy as np

from bioloom.seq.alphabet import decode, encode, reverse_complement
from bioloom.seq.fasta import Record, read_fasta, write_fasta

N_MIRNAS, LENGTH_NT = 24, 21


def mirna(number: int, target: Record, rng: np.random.Generator) -> Record:
    start = int(rng.integers(len(target.sequence) - LENGTH_NT + 1))
    site = target.sequence[start : start + LENGTH_NT]
    codes = encode(reverse_complement(site))
    places = rng.choice(np.arange(9, LENGTH_NT - 1), size=2, replace=False)
    codes[places] = (codes[places] + rng.integers(1, 4, size=2)) % 4
    told = f"{target.name}:{start + 1}-{start + LENGTH_NT}"
    return Record(f"sim-miR-{number}", decode(codes).replace("T", "U"), told)


def main() -> None:
    rng = np.random.default_rng(7)
    targets = [
        record
        for path in sys.argv[1:]
        for record in read_fasta(path)
        if len(record.sequence) >= LENGTH_NT
    ]
    chosen = rng.choice(len(targets), size=N_MIRNAS)
    made = (mirna(k, targets[i], rng) for k, i in enumerate(chosen.tolist(), 1))
    write_fasta("-", made)


if __name__ == "__main__":
    main()
