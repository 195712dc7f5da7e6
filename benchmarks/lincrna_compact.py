"""What learned thresholds keep and leak on compact genomes of known truth.

    python benchmarks/lincrna_compact.py [--seeds 5]

Simulates compact genomes (genes 1 to 5 kb apart, 3' UTRs of 100 to 600 nt, single-exon
lincRNAs between the genes on either strand, run-on pieces behind genes, unannotated
coding genes) and filters each with the default thresholds and with those learned from
its annotation. Prints, for all genomes together, how many hidden lincRNAs stay
candidates and how many decoys pass, with exact intervals.
"""

import argparse
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import bioloom as bl
from bioloom.lincrna.simulate.compact import simulate_compact
from bioloom.statistics.intervals import clopper_pearson

SETTINGS = {
    "default": {},
    "learned": {"gap_mono_nt": "auto", "max_orf_aa": "auto"},
}
KINDS = {
    "novel_monoexonic": "hidden lincRNAs kept",
    "decoy_distance": "run-on pieces that pass",
    "unannotated_coding": "coding decoys that pass",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    n_seeds = parser.parse_args().seeds
    passed: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for seed in range(1, n_seeds + 1):
        with TemporaryDirectory() as folder:
            simulation = simulate_compact(folder, rng_seed=seed)
            total.update({kind: len(simulation.names(kind)) for kind in KINDS})
            for name, settings in SETTINGS.items():
                result = bl.lincrna.filter(
                    Path(folder) / "transcripts.gtf",
                    genome=Path(folder) / "genome.fa",
                    annotation=Path(folder) / "annotation.gtf",
                    settings={"coding_model": "packaged", **settings},
                )
                candidates = {row.transcript_id for row in result.candidates}
                for kind in KINDS:
                    n = len(candidates & simulation.names(kind))
                    passed[name, kind] += n
                gap = result.settings.gap_mono_nt
                print(f"seed {seed} {name:8} gap {gap:5} nt")
    for kind, meaning in KINDS.items():
        for name in SETTINGS:
            n = passed[name, kind]
            share = clopper_pearson(n, total[kind])
            print(f"{meaning:26} {name:8} {n:4} of {total[kind]:4}  {share}")


if __name__ == "__main__":
    main()
