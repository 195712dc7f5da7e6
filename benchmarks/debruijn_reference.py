"""Compare the judge of contigs with dnadiff: on mosaics, and on a bacterium's reads.

    python benchmarks/debruijn_reference.py [--mosaics 100] [--depth 20] [--k 31]

Mosaics are contigs of up to six parts of two random records, each part in either
direction; the exact number of bases is known. The reads, of 100 bases with 0.5 %
errors, are simulated from the E. coli genome of Debian's bowtie-examples. dnadiff comes
from Debian's mummer. Prints the figures of `docs/debruijn.md`.
"""

import argparse
import re
import subprocess
import time
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.debruijn.graphs.assembly import Contig, assemble
from bioloom.debruijn.graphs.reference import check_contigs
from bioloom.seq.alphabet import decode, encode
from bioloom.seq.fasta import Record, read_fasta, write_fasta

ECOLI = Path("/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz")
KINDS = ("Relocations", "Inversions", "Translocations")
ROWS = ("AlignedBases", *KINDS, "TotalSNPs", "TotalIndels")


def turned(codes):
    return (3 - codes[::-1]).astype(np.uint8)


def dnadiff(reference, contigs, folder) -> dict[str, list[int]]:
    """Of each row of the report, the reference's figure and the contigs'."""
    write_fasta(folder / "r.fa", (Record(*each) for each in reference.items()))
    write_fasta(folder / "q.fa", (Record(*each) for each in contigs.items()))
    words = ["dnadiff", "r.fa", "q.fa"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    report = (folder / "out.report").read_text()
    return {
        name: list(map(int, re.search(rf"{name} +(\d+)\S* +(\d+)", report).groups()))
        for name in ROWS
    }


def mosaic(rng, records) -> list[tuple[int, int, int, bool]]:
    while True:
        parts = []
        for _ in range(rng.integers(1, 7)):
            record, n = int(rng.integers(len(records))), int(rng.integers(200, 1500))
            begin = int(rng.integers(len(records[record]) - n))
            parts.append((record, begin, begin + n, rng.random() < 0.5))
        pairs = combinations(parts, 2)
        if not any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a, b in pairs):
            return parts


def judge_mosaics(n, folder) -> None:
    n_alike, n_exact, ours, theirs = 0, 0, np.zeros(3, int), np.zeros(3, int)
    for number in range(n):
        rng = np.random.default_rng(number)
        records = [rng.integers(4, size=m).astype(np.uint8) for m in (6000, 4000)]
        parts = mosaic(rng, records)
        pieces = [(records[record][begin:end], side) for record, begin, end, side in
                  parts]  # fmt: skip
        codes = np.concatenate([turned(x) if side else x for x, side in pieces])
        reference = {"one": decode(records[0]), "two": decode(records[1])}
        contig = Contig("c", codes, 1, "unitig", is_circle=False, path="")
        check = check_contigs([contig], reference)
        told = dnadiff(reference, {"c": decode(codes)}, folder)
        found = [check.totals[f"n_{kind.lower()}"] for kind in KINDS]
        peer = [told[kind][1] for kind in KINDS]
        ours, theirs = ours + found, theirs + peer
        n_alike += found == peer
        n_exact += check.n_covered == sum(end - begin for _, begin, end, _ in parts)
    print(f"mosaics: {n}; judged alike: {n_alike}; recovered bases exact: {n_exact}")
    for kind, one, two in zip(KINDS, ours, theirs, strict=True):
        print(f"  {kind.lower():15} bioloom {one:4d}  dnadiff {two:4d}")


def reads_of(genome, depth, length=100, error=0.005):
    rng = np.random.default_rng(1)
    for number in range(depth * len(genome) // length):
        begin = rng.integers(len(genome) - length + 1)
        read = genome[begin : begin + length]
        is_wrong = rng.random(length) < error
        read = ((read + is_wrong * rng.integers(1, 4, length)) % 4).astype(np.uint8)
        yield Record(f"r{number}", decode(turned(read) if rng.random() < 0.5 else read))


def judge_bacterium(depth, k, folder) -> None:
    genome = next(read_fasta(ECOLI)).sequence.upper()
    write_fasta(folder / "reads.fa", reads_of(encode(genome), depth))
    found = assemble([folder / "reads.fa"], k)
    begin = time.perf_counter()
    check = check_contigs(found.contigs, ECOLI, n_shared=k - 1)
    judged = time.perf_counter()
    contigs = {each.name: each.record.sequence for each in found.contigs}
    told = dnadiff({"chr": genome}, contigs, folder)
    end = time.perf_counter()
    sums = check.totals
    print(f"E. coli at {depth}x, k = {k}: {found.summary()}")
    aligned = told["AlignedBases"][0] / check.n_reference
    print(f"  recovered       bioloom {check.recovered:.4%}  dnadiff {aligned:.4%}")
    for kind in KINDS:
        one, two = sums[f"n_{kind.lower()}"], told[kind][1]
        print(f"  {kind.lower():15} bioloom {one:4d}  dnadiff {two:4d}")
    errors = told["TotalSNPs"][1] + told["TotalIndels"][1]
    print(f"  wrong bases     bioloom {check.n_errors:4d}  dnadiff {errors:4d}")
    print(
        f"  seconds         bioloom {judged - begin:4.1f}  dnadiff {end - judged:4.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mosaics", type=int, default=100)
    parser.add_argument("--depth", type=int, default=20)
    parser.add_argument("--k", type=int, default=31)
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        judge_mosaics(given.mosaics, Path(name))
        judge_bacterium(given.depth, given.k, Path(name))


if __name__ == "__main__":
    main()
