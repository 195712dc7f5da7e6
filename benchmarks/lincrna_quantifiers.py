"""Salmon and StringTie against the truth of simulated short and long reads.

    python benchmarks/lincrna_quantifiers.py FOLDER

Simulates, runs the workflow by each program in FOLDER (needs salmon and minimap2), and
prints correlations with the truth: of short reads of coverage, all samples together, on
annotated genes of one isoform; of long reads of counts, by sample.
"""

import argparse
from pathlib import Path

import pandas as pd

import bioloom as bl
from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.simulate.long_reads import LongLibrary

LONG = {"L": "ont_cdna", "R": "ont_drna", "P": "pacbio"}
ENDS = {"A": 2, "B": 2, "C": 1, "E": 1}
"""Reads of a fragment."""
READ_NT = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    libraries = [LongLibrary(name, kind) for name, kind in LONG.items()]
    simulation = simulate(folder / "input", scale=0.5, long_reads=libraries)
    for quantifier in ("stringtie", "salmon"):
        counts = counted(simulation, folder, quantifier)
        n, short = of_short(simulation, counts, pairs_once=quantifier == "salmon")
        print(f"{quantifier}: short reads, {n} genes: {short:.5f}")
        for sample, kind in LONG.items():
            n, long = of_long(simulation, counts, sample)
            print(f"{quantifier}: {kind}, {n} transcripts: {long:.4f}")


def counted(simulation: Simulation, folder: Path, quantifier: str) -> pd.DataFrame:
    """Counts of a run, by transcript and sample."""
    config = folder / f"{quantifier}.yaml"
    config.write_text(
        f"samples: {simulation.samples_path.resolve()}\n"
        f"genome: {simulation.genome_path.resolve()}\n"
        f"annotation: {simulation.annotation_path.resolve()}\n"
        f"domains: {simulation.domains_path.resolve()}\n"
        f"out: {quantifier}\nquantifier: {quantifier}\n"
    )
    bl.lincrna.run(config, cores=2)
    table = folder / quantifier / "tables/transcript_counts.tsv"
    return pd.read_csv(table, sep="\t", index_col="transcript_id")


def of_short(
    simulation: Simulation, counts: pd.DataFrame, *, pairs_once: bool
) -> tuple[int, float]:
    """Genes, and the correlation of coverage."""
    truth = pd.read_csv(simulation.truth_path, sep="\t", index_col="locus_id")
    truth = truth[truth["annotated"] == "yes"]
    names = truth.index.astype(str)
    one = [f"{name}.1" in counts.index for name in names]
    more = [f"{name}.2" in counts.index for name in names]
    pairs = zip(one, more, strict=True)
    truth = truth[[is_one and not is_more for is_one, is_more in pairs]]
    ends = pd.Series(ENDS) if pairs_once else pd.Series(dict.fromkeys(ENDS, 1))
    rows = counts.loc[[f"{name}.1" for name in truth.index], [*ENDS]]
    covered = (rows * ends).sum(axis=1).to_numpy() * READ_NT / truth["length_nt"]
    return len(truth), float(covered.corr(truth["coverage_total"]))


def of_long(
    simulation: Simulation, counts: pd.DataFrame, sample: str
) -> tuple[int, float]:
    """Transcripts, and the correlation of counts."""
    table = pd.read_csv(simulation.folder / "long_truth.tsv", sep="\t")
    truth = table[table["sample"] == sample].set_index("transcript_id")["n_reads"]
    truth = truth[truth.index.isin(counts.index)]
    return len(truth), float(counts.loc[truth.index, sample].corr(truth))


if __name__ == "__main__":
    main()
