"""How often the audit of several labels alarms when the labels mean nothing.

    python benchmarks/images_label_audit.py [--sets 300] [--side 96] [--rng-seed 0]

Two families of 40 drawn creatures, of which 80 pictures have three labels at random,
the third nearly always that of the first: p of the family of all probes and labels, and
notes or alarms, over label sets. Prints the figures of `docs/images.md`.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from bioloom.images.auditing.labels import audit_labels
from bioloom.images.dataset.data import read_folder
from bioloom.images.dataset.scan import pixels_on_disk, scan
from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.files.view import Conversion
from bioloom.statistics.intervals import clopper_pearson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=300)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--rng-seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        pictures = read_folder(draw_families(Path(name), n=40, rng_seed=1))
        scanned = scan(
            pictures.paths,
            pixels_on_disk(len(pictures.files), options.side),
            conversion=Conversion(side=options.side),
        )
        n_low = n_said = 0
        rng = np.random.default_rng(options.rng_seed)
        for seed in range(options.sets):
            members = rng.random((len(pictures.files), 3)) < [0.5, 0.3, 0.5]
            members[:, 2] = members[:, 0] ^ (rng.random(len(members)) < 0.1)
            labelled = replace(pictures, members=members, class_names=("a", "b", "c"))
            found = audit_labels(labelled, scanned, near=False, rng_seed=seed)
            n_low += min(each.p for each in found.findings) <= 0.05
            n_said += any(each.verdict != "silent" for each in found.findings)
    for words, n in (("p <= .05 in any probe of any label", n_low), ("said", n_said)):
        print(f"{words}: {clopper_pearson(n, options.sets)} of {options.sets} sets")


if __name__ == "__main__":
    main()
