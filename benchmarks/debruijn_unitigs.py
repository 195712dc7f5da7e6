"""Time unitigs against bcalm's in one run, and check that they are the same.

    python benchmarks/debruijn_unitigs.py [--reads FILE ...] [--k 31] [--min-count 1]

FILE is FASTA or FASTQ; by default the E. coli genome of Debian's bowtie-examples. CPU
seconds of one thread, reading and writing included; numba's compiling is left out.
bcalm comes from Debian's bcalm. Prints the figures of `docs/debruijn.md`.
"""

import argparse
import resource
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bioloom.debruijn.graphs.gfa import write_unitigs
from bioloom.debruijn.graphs.kmers import count_kmers
from bioloom.debruijn.graphs.unitigs import build
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import read_fasta

ECOLI = Path("/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz")


def ours(reads, k, min_count, out) -> tuple[float, float]:
    begin = time.process_time()
    table = count_kmers(reads, k, min_count=min_count)
    counted = time.process_time()
    write_unitigs(out, build(table))
    return counted - begin, time.process_time() - begin


def theirs(reads, k, min_count, folder) -> float:
    names = folder / "reads.txt"
    names.write_text("".join(f"{path.resolve()}\n" for path in reads))
    words = ["bcalm", "-in", names, "-kmer-size", k, "-abundance-min", min_count]
    words += ["-out", folder / "theirs", "-nb-cores", 1, "-verbose", 0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*map(str, words)], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def unitigs(path) -> list[str]:
    texts = (one.sequence for one in read_fasta(path))
    return sorted(min(one, reverse_complement(one)) for one in texts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reads", type=Path, nargs="+", default=[ECOLI])
    parser.add_argument("--k", type=int, nargs="+", default=[17, 21, 31])
    parser.add_argument("--min-count", type=int, default=1)
    given = parser.parse_args()
    print("   k  unitigs  same   counting, s  in all, s  bcalm, s  ratio")
    with TemporaryDirectory() as name:
        folder = Path(name)
        ours(given.reads, given.k[0], given.min_count, folder / "ours.fa")  # compile
        for k in given.k:
            counting, total = ours(given.reads, k, given.min_count, folder / "ours.fa")
            peer = theirs(given.reads, k, given.min_count, folder)
            found = unitigs(folder / "ours.fa")
            same = found == unitigs(folder / "theirs.unitigs.fa")
            print(
                f"{k:4d} {len(found):8d}  {same!s:5} {counting:12.2f} {total:10.2f} "
                f"{peer:9.2f} {peer / total:6.1f}"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of bioloom: {peak:.0f} MB (default block of 1000 MB)")


if __name__ == "__main__":
    main()
