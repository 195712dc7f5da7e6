"""Speed of partner classes and of correlations, beside scipy looped over pairs.

    python benchmarks/lincrna_partners.py [--candidates 5000] [--coding 20000]

The correlations of some pairs are computed by scipy.stats.spearmanr, and their p-values
by scipy.stats.permutation_test, in the same run; rho must be equal. Prints time of
both for one pair, and the ratio.
"""

import argparse
import resource
import time

import numpy as np

from bioloom.genome.intervals import Pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.partners.classes import place_partners
from bioloom.lincrna.partners.coexpression import (
    doubled_ranks,
    rho_of,
    trans_correlations,
)
from bioloom.lincrna.partners.permutations import PermutationNull

CHROM_NT = 130_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--candidates", type=int, default=5000)
    parser.add_argument("--coding", type=int, default=20_000)
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--pairs", type=int, default=20, help="that scipy computes")
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    classes(rng)
    correlations(rng, options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB")


def classes(rng: np.random.Generator) -> None:
    """30,000 candidates against 80,000 transcripts of 20,000 genes, 23 chromosomes."""
    coding, gene_ids = [], []
    for gene in range(20_000):
        chrom, begin = str(rng.integers(23)), int(rng.integers(CHROM_NT))
        strand = "+-"[rng.integers(2)]
        for number in range(4):
            start = begin + int(rng.integers(2000))
            end = start + int(rng.integers(5000, 60_000))
            exons = (
                (start, start + 200),
                (start + 1000, start + 1100),
                (end - 300, end),
            )
            name = f"c{gene}.{number}"
            coding.append(Transcript(name, f"g{gene}", chrom, strand, exons))
            gene_ids.append(f"g{gene}")
    candidates = []
    for number in range(30_000):
        start = int(rng.integers(CHROM_NT))
        exons = ((start, start + 300), (start + 800, start + 1200))
        chrom, strand = str(rng.integers(23)), "+-"[rng.integers(2)]
        candidates.append(Transcript(f"l{number}", f"l{number}", chrom, strand, exons))
    begin_s = time.perf_counter()
    placed = place_partners(candidates, coding, gene_ids, window_nt=100_000)
    took_s = time.perf_counter() - begin_s
    print(f"classes: {len(placed.rows):,} rows in {took_s:.1f} s")


def correlations(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """All trans pairs with exact p- and q-values; a few of them by scipy."""
    n = options.samples
    tpm = [
        rng.lognormal(0, 1, (size, n)) for size in (options.candidates, options.coding)
    ]
    tpm[0][rng.random(tpm[0].shape) < 0.2] = 0
    begin_s = time.perf_counter()
    ranks = [doubled_ranks(values, [n]) for values in tpm]
    ranks = [rank.of(np.flatnonzero(rank.squares)) for rank in ranks]
    null = PermutationNull([n], max_permutations=200_000, rng_seed=1)
    none = Pairs(*np.empty((2, 0), dtype=np.int64))
    found = trans_correlations(*ranks, none, null, min_rho=0.9, max_listed=50)
    took_s = time.perf_counter() - begin_s
    print(
        f"correlations: {found.n_tested:,} pairs of {n} samples in {took_s:.1f} s, "
        f"{found.n_strong:,} strong"
    )
    pair_s = by_scipy(rng, [rank.values for rank in ranks], ranks, options.pairs)
    ours_s = took_s / found.n_tested
    print(
        f"a pair: {ours_s:.2e} s; by scipy {pair_s:.2e} s; ratio {pair_s / ours_s:,.0f}"
    )


def by_scipy(rng, values, ranks, n_pairs: int) -> float:
    """Seconds that scipy takes for a pair: spearmanr, and 10,000 permutations."""
    from scipy.stats import permutation_test, spearmanr

    left = rng.integers(len(values[0]), size=n_pairs)
    right = rng.integers(len(values[1]), size=n_pairs)
    ours = rho_of(*ranks, Pairs(left, right))
    begin_s = time.perf_counter()
    theirs = [
        permutation_test(
            (values[0][i],),
            lambda x, y=values[1][j]: spearmanr(x, y).statistic,
            permutation_type="pairings",
            n_resamples=9999,
            rng=rng,
        ).statistic
        for i, j in zip(left, right, strict=True)
    ]
    took_s = time.perf_counter() - begin_s
    assert np.allclose(ours, theirs), "rho differs from scipy's"
    return took_s / n_pairs


if __name__ == "__main__":
    main()
