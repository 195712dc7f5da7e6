"""Changed genes by bioloom beside R's DESeq2, on counts and on reads of known changes.

python benchmarks/lincrna_comparison.py            # 15,000 genes, 2 × 3 samples
python benchmarks/lincrna_comparison.py --reads    # the workflow on 2 × 3 samples

Needs R with DESeq2 (Debian's r-bioc-deseq2); --reads also the tools of the workflow
and featureCounts.
"""

import argparse
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import bioloom as bl

DESEQ2 = """
suppressMessages(library(DESeq2))
counts <- as.matrix(read.delim("counts.tsv", row.names = 1, check.names = FALSE))
samples <- read.delim("samples.tsv", row.names = 1)
samples <- samples[colnames(counts), , drop = FALSE]
keep <- rowSums(counts) >= 10
fitted <- DESeq(DESeqDataSetFromMatrix(counts[keep, ], samples, ~condition),
  quiet = TRUE)
table <- as.data.frame(results(fitted,
  contrast = c("condition", "treated", "control"), alpha = 0.05))
write.table(table, "theirs.tsv", sep = "\\t", quote = FALSE)
write.table(sizeFactors(fitted), "sizes.tsv", sep = "\\t", quote = FALSE)
"""
SIZES = (0.7, 1.0, 1.4, 0.9, 1.1, 1.5)


def simulated(n_genes: int, rng_seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Counts of 2 × 3 samples, a tenth of the genes changed, and the true change."""
    rng = np.random.default_rng(rng_seed)
    mean = np.exp(rng.normal(4, 1.8, n_genes))
    dispersion = 0.05 + 2 / mean
    is_changed = rng.random(n_genes) < 0.1
    change = np.where(is_changed, rng.normal(0, 2, n_genes), 0.0)
    treated = np.repeat([0, 1], 3)
    expected = mean[:, None] * 2 ** (change[:, None] * treated) * np.array(SIZES)
    counts = rng.negative_binomial(
        1 / dispersion[:, None], 1 / (1 + dispersion[:, None] * expected)
    )
    genes = pd.Index([f"g{row}" for row in range(n_genes)], name="gene")
    names = [f"{word}_{n}" for word in ("control", "treated") for n in (1, 2, 3)]
    return pd.DataFrame(counts, genes, names), pd.Series(change, genes)


def compared(counts: pd.DataFrame, truth: pd.Series, threads: int) -> None:
    """Run both on the same counts and print where they differ."""
    samples = pd.DataFrame(
        {
            "sample": counts.columns,
            "condition": [name.partition("_")[0] for name in counts.columns],
        }
    )
    start = time.perf_counter()
    ours = bl.lincrna.compare(
        counts.reset_index(), samples, design="~ condition", threads=threads
    )
    ours_s = time.perf_counter() - start
    with TemporaryDirectory() as folder:
        where = Path(folder)
        counts.to_csv(where / "counts.tsv", sep="\t")
        samples.to_csv(where / "samples.tsv", sep="\t", index=False)
        (where / "deseq2.R").write_text(DESEQ2)
        start = time.perf_counter()
        subprocess.run(["Rscript", "deseq2.R"], cwd=where, check=True)
        theirs_s = time.perf_counter() - start
        theirs = pd.read_csv(where / "theirs.tsv", sep="\t")
        sizes = pd.read_csv(where / "sizes.tsv", sep="\t")["x"]
    ratio = theirs_s / ours_s
    print(f"time: bioloom {ours_s:.1f} s, R {theirs_s:.1f} s, ratio {ratio:.2f}")
    report(ours.to_frame().set_index("gene_id"), theirs, truth)
    factors = pd.Series(ours.compared.size_factors)
    print(f"size factors: differ by a factor {(factors / sizes - 1).abs().max():.1e}")


def report(ours: pd.DataFrame, theirs: pd.DataFrame, truth: pd.Series) -> None:
    """Fold changes, calls, and both beside the truth."""
    theirs = theirs.loc[ours.index]
    gap = (ours["log2_fold_change"] - theirs["log2FoldChange"]).abs()
    mine, other = ours["q_value"] < 0.05, theirs["padj"] < 0.05
    print(f"genes tested: {len(ours):,}")
    print(f"log2 fold change: differs by {gap.median():.1e}, at most {gap.max():.1e}")
    print(
        f"changed: bioloom {mine.sum():,}, DESeq2 {other.sum():,}, "
        f"both {(mine & other).sum():,}"
    )
    changed = truth.reindex(ours.index).fillna(0) != 0
    for name, calls in (("bioloom", mine), ("DESeq2", other)):
        print(
            f"{name}: {(calls & changed).sum():,} of {changed.sum():,} changed genes, "
            f"{(calls & ~changed).sum():,} false of {calls.sum():,} calls"
        )


def on_reads(folder: Path, threads: int) -> None:
    """Simulate reads of 2 × 3 samples, run the workflow, compare counts and calls."""
    from bioloom.lincrna.simulate import simulate
    from bioloom.lincrna.simulate.conditions import REPLICATES

    simulate(folder / "input", libraries=REPLICATES)
    (folder / "input/config.yaml").write_text(
        "samples: samples.tsv\ngenome: genome.fa\nannotation: annotation.gtf\n"
        "domains: domains.hmm\nout: ../run\n"
        "comparison:\n  design: ~ condition\n"
    )
    bl.lincrna.run(folder / "input/config.yaml", cores=threads)
    tables = folder / "run/tables"
    counts = pd.read_csv(tables / "gene_counts.tsv", sep="\t", index_col=0)
    changes = pd.read_csv(folder / "input/fold_changes.tsv", sep="\t", index_col=0)
    compared(counts, true_changes(folder, changes["log2_fold_change"]), threads)
    fold_changes(tables, true_changes(folder, changes["log2_fold_change"]))
    feature_counts(folder, counts)


def true_changes(folder: Path, by_locus: pd.Series) -> pd.Series:
    """True change of each gene of the run: that of the locus which it lies on."""
    from bioloom.genome.gtf import read_annotation
    from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs

    run = read_annotation(folder / "run/working/measured/union.gtf").transcripts
    true = read_annotation(folder / "input/transcripts.gtf").transcripts
    gene_of = pd.read_csv(folder / "run/tables/tx2gene.tsv", sep="\t", index_col=0)
    changes: dict[str, float] = {}
    for left, right in overlapping_pairs(run, true).tolist():
        tx, model = run[left], true[right]
        if tx.strand == model.strand and exonic_overlap_nt(tx.exons, model.exons):
            changes[gene_of.loc[tx.transcript_id, "gene_id"]] = by_locus[model.gene_id]
    return pd.Series(changes)


def fold_changes(tables: Path, truth: pd.Series) -> None:
    """Estimated against true fold changes of the changed genes."""
    ours = pd.read_csv(tables / "comparisons.tsv", sep="\t", index_col="gene_id")
    changed = truth[truth != 0].index.intersection(ours.index)
    gap = ours.loc[changed, "log2_fold_change"] - truth[changed]
    print(
        f"true changes of 2: estimated within {gap.abs().median():.2f} (median), "
        f"{gap.abs().max():.2f} (most) of {len(changed)} genes"
    )


def feature_counts(folder: Path, counts: pd.DataFrame) -> None:
    """Counts beside those of featureCounts, all genes, on the strand."""
    from bioloom.genome.gtf import read_annotation

    gene_of = pd.read_csv(folder / "run/tables/tx2gene.tsv", sep="\t", index_col=0)
    models = read_annotation(folder / "run/working/measured/union.gtf").transcripts
    saf = folder / "genes.saf"
    with saf.open("w") as stream:
        stream.write("GeneID\tChr\tStart\tEnd\tStrand\n")
        for tx in models:
            gene = gene_of.loc[tx.transcript_id, "gene_id"]
            for start, end in tx.exons:
                strand = "+" if tx.strand == "." else tx.strand
                stream.write(f"{gene}\t{tx.chrom}\t{start + 1}\t{end}\t{strand}\n")
    for sample in counts.columns:
        out = folder / f"{sample}.txt"
        subprocess.run(
            [
                *("featureCounts", "-F", "SAF", "-a", saf, "-s", "2", "-o", out),
                folder / f"run/working/aligned/{sample}.bam",
            ],
            check=True,
            capture_output=True,
        )
        theirs = pd.read_csv(out, sep="\t", comment="#", index_col=0).iloc[:, -1]
        mine = counts.loc[theirs.index, sample]
        print(
            f"{sample}: counts / featureCounts {mine.sum() / theirs.sum():.3f}, "
            f"correlation {np.corrcoef(mine, theirs)[0, 1]:.5f}"
        )


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genes", type=int, default=15_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reads", action="store_true")
    options = parser.parse_args()
    if options.reads:
        with TemporaryDirectory() as folder:
            on_reads(Path(folder), options.threads)
    else:
        compared(*simulated(options.genes, 1), options.threads)


if __name__ == "__main__":
    main()
