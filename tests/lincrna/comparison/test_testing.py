"""Genes tested for changes: known truth, R's DESeq2, and what is said of the data."""

import subprocess

import numpy as np
import pandas as pd
import pytest

from bioloom.lincrna.comparison.design import checked_design
from bioloom.lincrna.comparison.samples import size_factors
from bioloom.lincrna.comparison.testing import COMPARISON_COLUMNS, compare_conditions
from bioloom.lincrna.settings import ComparisonSettings
from tests.lincrna.comparison.counts import SIZES, simulated

SETTINGS = ComparisonSettings(design="~ condition")
DESEQ2 = """
suppressMessages(library(DESeq2))
paths <- commandArgs(TRUE)
counts <- as.matrix(read.delim(paths[1], row.names = 1))
condition <- factor(c("c", "c", "c", "t", "t", "t"))
fitted <- DESeq(DESeqDataSetFromMatrix(counts[rowSums(counts) >= 10, ],
  data.frame(condition), ~condition), quiet = TRUE)
table <- as.data.frame(results(fitted, contrast = c("condition", "t", "c"),
  alpha = 0.05))
table$size <- paste(sizeFactors(fitted), collapse = ",")
write.table(table, paths[2], sep = "\\t", quote = FALSE)
"""


@pytest.fixture(scope="module")
def data():
    return simulated()


@pytest.fixture(scope="module")
def compared(data):
    design = checked_design(SETTINGS, data.samples)
    return compare_conditions(data.counts, design, SETTINGS)


def test_known_changes_are_found_with_their_size_and_sign(data, compared):
    truth = pd.Series(data.log2_fold_change, index=data.counts.index)
    table = compared.genes.set_index("gene_id")
    truth = truth[table.index]
    changed = truth[truth != 0].index
    found = table.loc[changed]
    assert (found["change"] != "").mean() > 0.9
    right = np.where(truth[changed] > 0, "up", "down")
    assert (found["change"] == right)[found["change"] != ""].all()
    assert abs(found["log2_fold_change"] - truth[changed]).median() < 0.4
    false = table.loc[truth[truth == 0].index, "change"] != ""
    assert false.sum() / max(1, (table["change"] != "").sum()) < 0.1


def test_size_factors_are_those_of_the_simulation(data, compared):
    sizes = np.array([*compared.size_factors.values()])
    ratio = sizes / np.array(SIZES)
    assert ratio / ratio.mean() == pytest.approx(1, abs=0.06)
    alone = size_factors(data.counts)
    assert [*alone.values()] == pytest.approx(sizes, rel=0.01)


def test_columns_are_the_described_ones(compared):
    assert [*compared.genes.columns] == [*COMPARISON_COLUMNS]


def test_genes_without_reads_are_left_out_and_counted(data):
    counts = data.counts.copy()
    counts.iloc[:3] = 0
    counts.iloc[3] = [1, 1, 1, 1, 1, 1]
    design = checked_design(SETTINGS, data.samples)
    compared = compare_conditions(counts, design, SETTINGS)
    assert not {"g0", "g1", "g2", "g3"} & set(compared.genes["gene_id"])
    assert any("4 genes with fewer than 10 reads" in note for note in compared.notes)


def test_size_factors_that_rest_on_few_genes_are_doubted(data):
    counts = data.counts.copy()
    counts.iloc[5:, 0] = 0
    design = checked_design(SETTINGS, data.samples)
    compared = compare_conditions(counts, design, SETTINGS)
    assert any("rest on only 5 genes" in note for note in compared.notes)


def test_no_gene_in_every_sample_is_said(data):
    counts = data.counts.copy()
    counts.iloc[::2, 0] = 0
    counts.iloc[1::2, 1] = 0
    design = checked_design(SETTINGS, data.samples)
    compared = compare_conditions(counts, design, SETTINGS)
    assert any("No gene has reads in every sample" in note for note in compared.notes)
    assert len(compared.genes) > 300


@pytest.mark.r
def test_deseq2_itself_says_the_same(data, compared, tmp_path):
    """PyDESeq2's dispersions differ from DESeq2's by a percent, no more."""
    (tmp_path / "deseq2.R").write_text(DESEQ2)
    data.counts.to_csv(tmp_path / "counts.tsv", sep="\t")
    subprocess.run(
        ["Rscript", "deseq2.R", "counts.tsv", "theirs.tsv"], cwd=tmp_path, check=True
    )
    theirs = pd.read_csv(tmp_path / "theirs.tsv", sep="\t")
    ours = compared.genes.set_index("gene_id").loc[theirs.index]
    sizes = [float(size) for size in theirs["size"].iloc[0].split(",")]
    assert [*compared.size_factors.values()] == pytest.approx(sizes, rel=1e-6)
    assert ours["base_mean"].to_numpy() == pytest.approx(theirs["baseMean"], rel=1e-5)
    gap = (ours["log2_fold_change"] - theirs["log2FoldChange"]).abs()
    assert gap.max() < 0.01
    agree = (ours["q_value"] < 0.05) == (theirs["padj"] < 0.05)
    assert agree.mean() > 0.99
