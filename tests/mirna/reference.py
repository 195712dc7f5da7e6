"""RNAhybrid 2.1.2, run as a program, and pairs to run it on."""

import subprocess
from pathlib import Path

import numpy as np

from bioloom.seq.alphabet import decode
from bioloom.seq.fasta import Record, write_fasta


def rnahybrid(folder, mirnas, targets, flags=""):
    """Printed energy, position and drawing of every site, by target and miRNA.

    Its FASTA reader loses letters of lines above 998 nt and of a last line without its
    end; `write_fasta` makes neither.
    """
    command = ["RNAhybrid", "-c", "-s", "3utr_fly", *flags.split()]
    for kind, sequences in (("-t", targets), ("-q", mirnas)):
        path = Path(folder) / f"{kind[1]}.fa"
        letters = (decode(one).replace("T", "U") for one in sequences)
        write_fasta(path, (Record(str(k), one) for k, one in enumerate(letters)))
        command += [kind, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = {(t, m): [] for t in range(len(targets)) for m in range(len(mirnas))}
    for line in done.stdout.splitlines():
        parts = line.split(":")
        if int(parts[6]) > 0:
            site = (parts[4], int(parts[6]), tuple(parts[7:11]))
            found[int(parts[0]), int(parts[2])].append(site)
    return found


def random_mirnas(rng, n):
    return [rng.integers(0, 4, rng.integers(18, 27)).astype(np.uint8) for _ in range(n)]


def random_targets(rng, mirnas, n, longest=500):
    """Targets of 30 nt or more, half with a mutated site, some with unknown bases."""
    targets = []
    for _ in range(n):
        target = rng.integers(0, 4, rng.integers(30, longest + 1)).astype(np.uint8)
        if rng.random() < 0.5:
            plant(rng, target, mirnas[rng.integers(len(mirnas))])
        if rng.random() < 0.1:
            at = rng.integers(len(target))
            target[at : at + rng.integers(1, 40)] = 4
        targets.append(target)
    return targets


def plant(rng, target, mirna):
    """Put the miRNA's complement into a target, with mismatches and a loop."""
    site = 3 - mirna[::-1]
    site[rng.random(len(site)) < rng.choice([0.05, 0.2, 0.3])] = rng.integers(4)
    cut, gap = rng.integers(0, len(site)), rng.integers(0, 4, rng.integers(0, 6))
    site = np.concatenate([site[:cut], gap, site[cut + rng.integers(0, 4) :]])
    at = rng.integers(0, max(1, len(target) - len(site)))
    target[at : at + len(site)] = site[: len(target) - at]
