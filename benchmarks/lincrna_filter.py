"""Time and memory of the filters at human scale, and how they grow.

    python benchmarks/lincrna_filter.py [--transcripts 300000] [--domains Pfam.hmm]

Simulates a genome with 20,000 coding genes (four isoforms each), writes an assembly of
N/10 and of N transcripts over it (human-like lengths and exon counts: half of them on
coding genes, half between), and filters each in a process of its own. Prints seconds,
transcripts per second and peak memory (of the process, and of its two helpers
together; CPU seconds are those of all three), and the growth from N/10 to N.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

N_CHROMS, CHROM_NT = 20, 10_000_000
N_GENES, N_ISOFORMS = 20_000, 4


def write_genome(rng: np.random.Generator, path: Path) -> None:
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    with path.open("wb") as stream:
        for number in range(N_CHROMS):
            stream.write(b">chr%d\n" % (number + 1))
            bases = letters[rng.integers(0, 4, CHROM_NT, dtype=np.uint8)]
            lines = np.full((CHROM_NT // 100, 101), ord("\n"), dtype=np.uint8)
            lines[:, :100] = bases.reshape(-1, 100)
            stream.write(lines.tobytes())


def exons(rng: np.random.Generator, start: int) -> list[tuple[int, int]]:
    """Human-like: a geometric number of exons, about 1.5 kb in all."""
    sizes = rng.lognormal(5.3, 0.7, size=min(int(rng.geometric(0.18)), 25)).astype(int)
    gaps = rng.lognormal(5.5, 0.8, size=len(sizes)).astype(int) + 60
    starts = start + np.cumsum(np.concatenate(([0], (sizes + gaps)[:-1]))) + 40
    return [(int(a), int(a + n + 60)) for a, n in zip(starts, sizes, strict=True)]


def rows(
    name: str, place: tuple[str, str], spans: list[tuple[int, int]], *, kind: str = ""
) -> Iterator[str]:
    chrom, strand = place
    gene = name.rpartition(".")[0]
    told = f'gene_id "{gene}"; transcript_id "{name}"; gene_type "{kind}";'
    for start, end in spans:
        line = (chrom, "x", "exon", start + 1, end, ".", strand, ".", told)
        yield "\t".join(map(str, line)) + "\n"


def write_annotation(
    rng: np.random.Generator, path: Path
) -> list[tuple[str, str, list[tuple[int, int]]]]:
    genes = []
    step = N_CHROMS * CHROM_NT // N_GENES
    with path.open("w") as stream:
        for number in range(N_GENES):
            chrom, at = divmod(number * step, CHROM_NT)
            place = (f"chr{chrom + 1}", "+-"[int(rng.integers(2))])
            spans = exons(rng, at)
            spans = [span for span in spans if span[1] < at + step // 2] or spans[:1]
            genes.append((*place, spans))
            for isoform in range(N_ISOFORMS):
                kept = spans[isoform:] or spans
                name = f"G{number}.{isoform}"
                stream.writelines(rows(name, place, kept, kind="protein_coding"))
    return genes


def write_assembly(rng: np.random.Generator, path: Path, n: int, genes: list) -> None:
    step = N_CHROMS * CHROM_NT // N_GENES
    with path.open("w") as stream:
        for number in range(n):
            if number % 2:
                chrom, strand, spans = genes[int(rng.integers(len(genes)))]
                shift = int(rng.integers(1, 50))
                spans = [(start + shift, end + shift) for start, end in spans]
            else:
                gene = int(rng.integers(N_GENES))
                index, at = divmod(gene * step + step // 2, CHROM_NT)
                at += int(rng.integers(step // 4))
                chrom, strand = f"chr{index + 1}", "+-"[int(rng.integers(2))]
                found = exons(rng, at)
                spans = [s for s in found if s[1] < CHROM_NT] or [(at, at + 300)]
            name, place = f"MSTRG.{number}.1", (chrom, strand)
            stream.writelines(rows(name, place, spans))


def filter_once(folder: Path, name: str, domains: str) -> None:
    """In a process of its own: filter one assembly and print what it took."""
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    from bioloom.lincrna.filtering import filter_transcripts
    from bioloom.lincrna.inputs.files import FilterInputs
    from bioloom.lincrna.settings import FilterSettings

    begin = time.perf_counter()
    result = filter_transcripts(
        FilterInputs(
            assembly=folder / f"{name}.gtf",
            genome=folder / "genome.fa",
            annotation=folder / "annotation.gtf",
            domains=Path(domains) if domains else None,
        ),
        FilterSettings(coding_model="packaged"),
        cache=folder,
        threads=2,
    )
    wall_s = time.perf_counter() - begin
    peaks = dict(Parallel(2)(delayed(peak_gb)() for _ in range(20)))
    get_reusable_executor().shutdown()  # so that the helpers' time is counted
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    cpu_s = sum(one.ru_utime + one.ru_stime for one in used)
    print(len(result.rows), wall_s, cpu_s, peak_gb()[1], sum(peaks.values()))


def peak_gb() -> tuple[int, float]:
    """Number and peak memory of this process; not, as rusage, its parent's too."""
    time.sleep(0.1)  # so that each helper gets to answer
    told = Path("/proc/self/status").read_text()
    kb = next(row for row in told.splitlines() if row.startswith("VmHWM"))
    return os.getpid(), int(kb.split()[1]) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transcripts", type=int, default=300_000)
    parser.add_argument("--domains", default="", help="HMMs; none: no domain search")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "NAME"))
    options = parser.parse_args()
    if options.child:
        filter_once(Path(options.child[0]), options.child[1], options.domains)
        return
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), options.transcripts, options.domains)


def compare(folder: Path, n: int, domains: str) -> None:
    rng = np.random.default_rng(42)
    write_genome(rng, folder / "genome.fa")
    genes = write_annotation(rng, folder / "annotation.gtf")
    heads = ("wall s", "CPU s", "per s", "peak GB", "helpers")
    print(f"{'transcripts':>11} " + " ".join(f"{head:>8}" for head in heads))
    walls = []
    for name, size in (("small", n // 10), ("large", n)):
        write_assembly(rng, folder / f"{name}.gtf", size, genes)
        command = [sys.executable, __file__, "--child", str(folder), name]
        done = subprocess.run(
            [*command, "--domains", domains], capture_output=True, text=True, check=True
        )
        n_rows, wall_s, cpu_s, own_gb, other_gb = map(float, done.stdout.split())
        walls.append(wall_s)
        speed = n_rows / wall_s
        memory = f"{own_gb:8.2f} {other_gb:8.2f}"
        print(f"{n_rows:11.0f} {wall_s:8.1f} {cpu_s:8.1f} {speed:8.0f} {memory}")
    print(f"ten times the transcripts take {walls[1] / walls[0]:.1f} times as long")


if __name__ == "__main__":
    main()
