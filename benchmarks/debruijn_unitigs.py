"""Time unitigs against bcalm's in one run, and check that they are the same.

    python benchmarks/debruijn_unitigs.py [--reads FILE ...] [--k 31] [--min-count 1]
                                          [--depth 20]

FILE is FASTA or FASTQ; by default the E. coli genome of Debian's bowtie-examples, with
--depth reads of 100 bases simulated from it, with 0.5 % errors. CPU seconds of one
thread, reading and writing included. The core counts and compacts, without numba's
compiling; the command is `bioloom debruijn graph` as a user starts it, with its start,
tables, figures and report. Peak memory of both commands. bcalm and KMC, which only
counts, come from Debian's packages. Prints the figures of `docs/debruijn.md`.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.debruijn.graphs.gfa import write_unitigs
from bioloom.debruijn.graphs.kmers import count_kmers
from bioloom.debruijn.graphs.unitigs import build
from bioloom.seq.alphabet import decode, encode, reverse_complement
from bioloom.seq.fasta import read_fasta

ECOLI = Path("/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz")


def ours(reads, k, min_count, out) -> tuple[float, float]:
    begin = time.process_time()
    table = count_kmers(reads, k, min_count=min_count)
    counted = time.process_time()
    write_unitigs(out, build(table))
    return counted - begin, time.process_time() - begin


# a small process starts the command: a large one's own memory would count
LAUNCHER = """
import os, subprocess, sys
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:], **quiet).pid, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def measured(words, folder) -> tuple[float, float]:
    """CPU seconds and peak memory, in MB, of a command."""
    words = [sys.executable, "-c", LAUNCHER, *map(str, words)]
    told = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True)
    status, seconds, memory = map(float, told.stdout.split())
    if status:
        raise subprocess.CalledProcessError(int(status), words)
    return seconds, memory


def command(reads, k, min_count, folder) -> tuple[float, float]:
    words = [sys.executable, "-m", "bioloom", "debruijn", "graph", *reads, "--k", k]
    words += ["--min-count", min_count, "--out", folder / "graph", "--force"]
    return measured(words, folder)


def theirs(reads, k, min_count, folder) -> tuple[float, float]:
    names = folder / "reads.txt"
    names.write_text("".join(f"{path.resolve()}\n" for path in reads))
    words = ["bcalm", "-in", names, "-kmer-size", k, "-abundance-min", min_count]
    words += ["-out", folder / "theirs", "-nb-cores", 1, "-verbose", 0]
    return measured(words, folder)


def counted_by_kmc(reads, k, min_count, folder) -> float:
    """CPU seconds of KMC, whose counts lie in a database of its own."""
    (folder / "reads.lst").write_text("".join(f"{path}\n" for path in reads))
    with reads[0].open("rb") as stream:  # packed or not, FASTA begins a genome
        kind = "-fm" if stream.read(1) in (b">", b"\x1f") else "-fq"
    words = ["kmc", f"-k{k}", f"-ci{min_count}", "-cs4000000000", "-t1", "-m2", kind]
    words += [f"@{folder / 'reads.lst'}", folder / "kmc", folder]
    return measured(words, folder)[0]


def simulated(depth, folder, length=100, error=0.005) -> Path:
    rng = np.random.default_rng(1)
    genome = encode(next(read_fasta(ECOLI)).sequence)
    path = folder / "reads.fa"
    with path.open("w") as stream:
        for number in range(depth * len(genome) // length):
            begin = rng.integers(len(genome) - length + 1)
            read = genome[begin : begin + length]
            wrong = (rng.random(length) < error) * rng.integers(1, 4, length)
            read = ((read + wrong) % 4).astype(np.uint8)
            read = 3 - read[::-1] if rng.random() < 0.5 else read
            stream.write(f">r{number}\n{decode(read)}\n")
    return path


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
    parser.add_argument("--depth", type=int, default=0)
    given = parser.parse_args()
    print(
        "            core, s   command    bcalm   bcalm / ours    memory, MB        KMC"
    )
    print("   k  same  of it counting                core  command  ours  bcalm  ratio")
    with TemporaryDirectory() as name:
        folder = Path(name)
        reads = [simulated(given.depth, folder)] if given.depth else given.reads
        for k in given.k:
            compare([path.resolve() for path in reads], k, given.min_count, folder)


def compare(reads, k, min_count, folder) -> None:
    ours([ECOLI], k, 1, folder / "ours.fa")  # compile
    counting, core = ours(reads, k, min_count, folder / "ours.fa")
    same = unitigs(folder / "ours.fa")
    whole, memory = command(reads, k, min_count, folder)
    peer, peer_memory = theirs(reads, k, min_count, folder)
    same = same == unitigs(folder / "theirs.unitigs.fa")
    kmc = counted_by_kmc(reads, k, min_count, folder)
    print(
        f"{k:4d}  {same!s:5} {core:5.2f} {counting:5.2f} {whole:9.2f} {peer:8.2f} "
        f"{peer / core:6.1f} {peer / whole:7.1f} {memory:7.0f} {peer_memory:6.0f} "
        f"{memory / peer_memory:5.1f} {kmc:8.2f} ({kmc / counting:.1f} x)",
        flush=True,
    )


if __name__ == "__main__":
    main()
