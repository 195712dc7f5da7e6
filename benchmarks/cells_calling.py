"""Calling cells: how often empty droplets are called, and how many cells are found.

    python benchmarks/cells_calling.py

Droplets are drawn from profiles as in `bioloom.lincrna.simulate.cells`: each gene has a
gamma level in one of two types of cells, and a tenth of it in the other. The ambient
RNA is the mean of the types (soup), or has every gene equally (even).
"""

import time
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bioloom.lincrna.cells.calling import call_cells
from bioloom.lincrna.cells.knee import n_above_knee

SEEDS = range(20)


class Profiles(NamedTuple):
    types: np.ndarray
    soup: np.ndarray


def profiles(rng, n_genes, ambient):
    level = rng.gamma(1.5, size=n_genes)
    home = rng.integers(0, 2, size=n_genes)
    types = np.array([level * np.where(home == kind, 1, 0.1) for kind in (0, 1)])
    types /= types.sum(axis=1, keepdims=True)
    soup = types.mean(axis=0) if ambient == "soup" else np.full(n_genes, 1 / n_genes)
    return Profiles(types, soup)


def droplets(rng, totals, profile, alpha=np.inf):
    """UMIs of droplets of one profile; alpha: how alike they are."""
    rows = np.repeat(np.arange(len(totals)), totals)
    if np.isinf(alpha):
        genes = rng.choice(len(profile), size=len(rows), p=profile)
    else:
        own = [rng.dirichlet(alpha * profile + 1e-9) for _ in totals]
        drawn = zip(totals, own, strict=True)
        genes = np.concatenate([rng.choice(len(p), size=n, p=p) for n, p in drawn])
    shape = (len(totals), len(profile))
    return csr_matrix((np.ones(len(rows), dtype=int), (rows, genes)), shape=shape)


def cells(rng, types, n, mean_umis):
    totals = rng.poisson(mean_umis, size=n)
    rows = [rng.multinomial(total, types[i % 2]) for i, total in enumerate(totals)]
    return csr_matrix(np.array(rows))


def level(n_genes, ambient, n_ambient, alpha):
    """Empty droplets of 10 to 200 UMIs beside 40 cells: p-values, and calls."""
    p, n_called = [], 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        types, soup = profiles(rng, n_genes, ambient)
        parts = [
            cells(rng, types, 40, 2000),
            droplets(rng, rng.integers(10, 201, size=500), soup, alpha),
            droplets(rng, rng.integers(1, 4, size=n_ambient), soup, alpha),
        ]
        called = call_cells(vstack(parts, format="csr"), 40, lower=9)
        p.append(called.p[40:540])
        n_called += int(called.is_cell[40:540].sum())
    found = np.concatenate(p)
    shares = [f"{(found <= limit).mean():.4f}" for limit in (0.001, 0.01, 0.05, 0.5)]
    name = f"{n_genes:,}\t{ambient}\t{n_ambient:,}\t{alpha:g}"
    print(name, *shares, f"{n_called} of {len(found):,}", sep="\t", flush=True)


def power(n_genes, ambient, n_ambient, umis):
    """20 cells of 230 UMIs or more and 20 with a tenth of that."""
    found, whys, wrong = [], [], 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        types, soup = profiles(rng, n_genes, ambient)
        parts = [
            cells(rng, types, 20, umis),
            cells(rng, types, 20, umis / 10),
            droplets(rng, rng.integers(1, 4, size=n_ambient), soup),
        ]
        matrix = vstack(parts, format="csr")
        totals = np.asarray(matrix.sum(axis=1)).ravel()
        called = call_cells(matrix, n_above_knee(totals))
        found.append(int(called.is_cell[:40].sum()))
        wrong += int(called.is_cell[40:].sum())
        whys += called.why[20:40].tolist()
    parts = [
        f"{why or 'none'} {whys.count(why)}" for why in ("knee", "gap", "profile", "")
    ]
    name = f"{n_genes:,}\t{ambient}\t{n_ambient:,}\t{umis}"
    print(
        name,
        f"{min(found)}-{max(found)}",
        np.mean(found),
        wrong,
        *parts,
        sep="\t",
        flush=True,
    )


def faint(n_genes, ambient, umis):
    """Cells among empty droplets of as many UMIs, where no gap helps."""
    found, wrong = 0, 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        types, soup = profiles(rng, n_genes, ambient)
        parts = [
            cells(rng, types, 40, 20 * umis),
            cells(rng, types, 40, umis),
            droplets(rng, rng.integers(umis // 4, 2 * umis, size=300), soup),
            droplets(rng, rng.integers(1, 10, size=3000), soup),
        ]
        called = call_cells(vstack(parts, format="csr"), 40, lower=9)
        found += int(called.is_cell[40:80].sum())
        wrong += int(called.is_cell[80:].sum())
    n = 40 * len(SEEDS)
    print(f"{n_genes:,}\t{ambient}\t{umis}\t{found} of {n}\t{wrong}", flush=True)


def main():
    print(
        "level: genes, ambient, ambient barcodes, alpha; share of p-values up to "
        ".001, .01, .05, .5; empty droplets called"
    )
    for n_genes in (100, 2000):
        for ambient in ("soup", "even"):
            for n_ambient in (150, 4000, 20_000):
                level(n_genes, ambient, n_ambient, np.inf)
    level(2000, "soup", 20_000, 300)
    print(
        "power: genes, ambient, ambient barcodes, UMIs; found of 40, mean, empty "
        "droplets called; what the weaker half is called by"
    )
    for n_genes in (100, 2000):
        for ambient in ("soup", "even"):
            power(n_genes, ambient, 150, 230)
    power(2000, "soup", 20_000, 2300)
    print("faint: genes, ambient, UMIs; cells found, empty droplets called")
    for n_genes in (100, 2000):
        for umis in (50, 100, 200, 400):
            faint(n_genes, "soup", umis)
    speed()


def speed(n_barcodes=60_000, n_genes=30_000, n_umis=6_000_000):
    """Barcodes of which the first thousand are above the knee, two thousand below."""
    rng = np.random.default_rng(0)
    share = rng.lognormal(sigma=2, size=n_genes)
    empty = rng.lognormal(np.log(40), 0.8, size=n_barcodes - 3000)
    size = np.concatenate([np.full(1000, 3000), np.full(2000, 300), empty])
    rows = rng.choice(n_barcodes, size=n_umis, p=size / size.sum())
    columns = rng.choice(n_genes, size=n_umis, p=share / share.sum())
    is_cell = rows < 3000
    columns[is_cell] = rng.permutation(n_genes)[columns[is_cell]]
    ones = np.ones(n_umis, dtype=np.int64)
    umis = csr_matrix((ones, (rows, columns)), shape=(n_barcodes, n_genes))
    start = time.perf_counter()
    called = call_cells(umis, np.arange(1000))
    seconds = time.perf_counter() - start
    by_profile = called.why == "profile"
    print(
        f"speed: {n_barcodes:,} barcodes, {n_genes:,} genes, {n_umis / 1e6:.0f} "
        f"million UMIs: {seconds:.1f} s; {called.n_tested:,} tested, "
        f"{by_profile[:3000].sum()} of 2,000 cells and {by_profile[3000:].sum()} "
        "empty droplets called"
    )


if __name__ == "__main__":
    main()
