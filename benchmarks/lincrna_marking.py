"""Marker lincRNAs of many cells: time, memory, and what is found of what was planted.

    python benchmarks/lincrna_marking.py [--cells 10000]

Eight types of cells differ in half of the coding genes by a factor of exp(0.5 z); of
4,000 lincRNAs 160 are planted as markers, with ten times their level in one type; the
others have the same level in all types.

Then 400 equal cells, which are parted into clusters anyway: how many p-values are up to
.05, of genes that made the clusters and of others.
"""

import argparse
import resource
import time

import anndata
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

import bioloom as bl

N_TYPES, N_CODING, N_LINCRNA, N_PLANTED = 8, 16_000, 4000, 160


def simulated(n_cells: int, rng: np.random.Generator) -> anndata.AnnData:
    n_genes = N_CODING + N_LINCRNA
    level = rng.lognormal(sigma=1.8, size=n_genes)
    level[N_CODING:] *= 0.2
    fold = np.ones((N_TYPES, n_genes))
    fold[:, : N_CODING // 2] = np.exp(rng.normal(0, 0.5, (N_TYPES, N_CODING // 2)))
    for number in range(N_PLANTED):
        fold[number % N_TYPES, N_CODING + number] = 10
    kind = rng.integers(0, N_TYPES, size=n_cells)
    totals = rng.lognormal(np.log(2500), 0.4, size=n_cells).astype(int)
    rows = np.repeat(np.arange(n_cells), totals)
    columns = np.empty(len(rows), dtype=np.int64)
    for number in range(N_TYPES):
        mine, share = kind[rows] == number, level * fold[number]
        columns[mine] = rng.choice(n_genes, size=mine.sum(), p=share / share.sum())
    ones = np.ones(len(rows), dtype=np.float32)
    is_lincrna = np.arange(n_genes) >= N_CODING
    return anndata.AnnData(
        csr_matrix((ones, (rows, columns)), shape=(n_cells, n_genes)),
        obs=pd.DataFrame({"type": kind}, index=[f"c{i}" for i in range(n_cells)]),
        var=pd.DataFrame(
            {
                "is_candidate": is_lincrna,
                "kind": np.where(is_lincrna, "novel lincRNA candidate", "coding"),
            },
            index=[f"g{i}" for i in range(n_genes)],
        ),
    )


def equal(depth_sd: float, rng: np.random.Generator) -> anndata.AnnData:
    """400 cells of one type, 500 coding genes and 100 lincRNAs."""
    is_lincrna = np.arange(600) >= 500
    level = rng.lognormal(size=600) * np.where(is_lincrna, 0.3, 1)
    depth = np.exp(depth_sd * rng.normal(size=400))
    cells = anndata.AnnData(rng.poisson(depth[:, None] * level).astype(np.float32))
    cells.var["is_candidate"] = is_lincrna
    cells.var["kind"] = np.where(is_lincrna, "novel lincRNA candidate", "coding")
    return cells


def small_p(depth_sd: float, cluster_genes: str) -> None:
    frames = []
    for seed in range(5):
        cells = equal(depth_sd, np.random.default_rng(seed))
        frames.append(bl.lincrna.mark(cells, cluster_genes=cluster_genes).markers)
    frame = pd.concat(frames)
    shares = (frame["p_value"] <= 0.05).groupby(frame["kind"]).mean()
    words = ", ".join(f"{kind} {share:.3f}" for kind, share in shares.items())
    print(
        f"depth {depth_sd:g}, clusters of {cluster_genes} genes: p up to .05: {words}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    cells = simulated(parser.parse_args().cells, np.random.default_rng(0))
    start = time.perf_counter()
    result = bl.lincrna.mark(cells)
    seconds = time.perf_counter() - start
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{result.summary()}; {seconds:.0f} s, {gib:.1f} GiB")
    table = pd.crosstab(cells.obs["type"].to_numpy(), np.array(result.clusters))
    pure = table.max(axis=0).sum() / len(result.clusters)
    print(f"{pure:.1%} of the cells in a cluster of their type")
    planted = {f"g{N_CODING + number}" for number in range(N_PLANTED)}
    tested = {*result.markers["gene_id"]}
    marking = {*result.lincrnas["gene_id"]}
    print(
        f"{len(marking & planted)} of {len(tested & planted)} planted lincRNAs tested "
        f"mark a cluster, and {len(marking - planted)} of the others"
    )
    print(result.specificity_words())
    for depth_sd in (0.0, 0.4, 0.8):
        for cluster_genes in ("coding", "all"):
            small_p(depth_sd, cluster_genes)


if __name__ == "__main__":
    main()
