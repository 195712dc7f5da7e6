"""Cells called by bioloom and by EmptyDrops (DropletUtils) on the same droplets.

    python benchmarks/cells_emptydrops.py

Needs R with DropletUtils (Debian: r-bioc-dropletutils). Droplets are those of
`cells_calling.py`: 40 cells of 2,000 UMIs or more that both are given, then 500 empty
droplets of 10 to 200 UMIs beside ever more ambient ones, or 40 small cells among 300
empty droplets of a quarter to twice their UMIs.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from cells_calling import cells, droplets, profiles
from scipy.sparse import vstack

from bioloom.lincrna.cells.calling import call_cells
from bioloom.lincrna.cells.mtx import write_mtx

LOWER, N_GIVEN, MAX_Q = 9, 40, 0.01
SCRIPT = """
suppressMessages({library(DropletUtils); library(Matrix)})
folder <- commandArgs(TRUE)
umis <- as(readMM(gzfile(file.path(folder, "matrix.mtx.gz"))), "CsparseMatrix")
set.seed(1)
found <- emptyDrops(umis, lower = 9, retain = 1000, niters = 10000)
table <- data.frame(p = found$PValue, q = found$FDR)
write.table(table, file.path(folder, "r.tsv"), row.names = FALSE, sep = "\\t")
"""


def by_droplet_utils(umis):
    with TemporaryDirectory() as name:
        folder = Path(name)
        names = [f"g{i}" for i in range(umis.shape[1])]
        barcodes = [f"b{i}" for i in range(umis.shape[0])]
        write_mtx(umis, folder, barcodes=barcodes, gene_ids=names, gene_names=names)
        (folder / "script.R").write_text(SCRIPT)
        subprocess.run(["Rscript", folder / "script.R", folder], check=True)
        return pd.read_csv(folder / "r.tsv", sep="\t")


def compare(name, parts, n_small):
    umis = vstack(parts, format="csr")
    is_empty = np.asarray(umis.sum(axis=1)).ravel() > LOWER
    is_empty[: N_GIVEN + n_small] = False
    small = slice(N_GIVEN, N_GIVEN + n_small)
    ours, theirs = call_cells(umis, N_GIVEN, lower=LOWER), by_droplet_utils(umis)
    row = [name]
    called = (theirs["q"] <= MAX_Q).to_numpy(), ours.is_cell
    for is_cell, p in zip(called, (theirs["p"].to_numpy(), ours.p), strict=True):
        share = (p[is_empty] <= 0.05).mean() if np.isfinite(p).any() else np.nan
        row += [f"{share:.3f}", str(is_cell[is_empty].sum()), str(is_cell[small].sum())]
    print(*row, sep="\t", flush=True)


def main():
    columns = ("p up to .05", "empty called", "cells called")
    print(
        "", *(f"{who}: {each}" for who in ("R", "ours") for each in columns), sep="\t"
    )
    for n_genes in (100, 2000):
        for n_ambient in (150, 4000, 20_000):
            rng = np.random.default_rng(1)
            types, soup = profiles(rng, n_genes, "soup")
            parts = [
                cells(rng, types, N_GIVEN, 2000),
                droplets(rng, rng.integers(10, 201, size=500), soup),
                droplets(rng, rng.integers(1, 4, size=n_ambient), soup),
            ]
            compare(f"{n_genes:,} genes, {n_ambient:,} ambient", parts, 0)
        for umis in (50, 100, 200, 400):
            rng = np.random.default_rng(2)
            types, soup = profiles(rng, n_genes, "soup")
            parts = [
                cells(rng, types, N_GIVEN, max(2000, 20 * umis)),
                cells(rng, types, 40, umis),
                droplets(rng, rng.integers(umis // 4, 2 * umis, size=300), soup),
                droplets(rng, rng.integers(1, 10, size=3000), soup),
            ]
            compare(f"{n_genes:,} genes, cells of {umis} UMIs", parts, 40)


if __name__ == "__main__":
    sys.exit(main())
