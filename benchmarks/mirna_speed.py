"""CPU time of bioloom's miRNA search beside RNAhybrid's, one core, in one run.

    python benchmarks/mirna_speed.py [--data ../shared/data] [--mb 1] [--sample 50]

First the whole commands as a user types them, p-values included, on small, middle and
large inputs, start-up included and apart: `bioloom mirna predict mirnas.fa targets.fa`
and `RNAhybrid -c -s 3utr_fly`. RNAhybrid runs on one part in `--sample` of the large
one, and its time is scaled, its start-up not.

Then the searches alone, without the start-up of either: all miRNAs of fly on random
targets of 2 kb, with and without a helix and with more sites; one miRNA on 100 kb; the
same search in two threads, by wall time. Kernels are compiled, or read from numba's
cache, before the clock starts. RNAhybrid 2.1.2: `apt-get install rnahybrid`.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.searcher import Searcher
from bioloom.seq.alphabet import decode, encode
from bioloom.seq.fasta import Record, read_fasta, write_fasta

Codes = Sequence[np.ndarray]


def ours(mirnas: Codes, targets: Codes, options: SearchOptions) -> tuple[float, int]:
    """Seconds of CPU and number of sites."""
    searcher = Searcher(mirnas, options)
    searcher.search(targets[0][:200])
    began = time.process_time()
    n_sites = sum(map(len, searcher.search_all(targets)))
    return time.process_time() - began, n_sites


def files(folder: str, mirnas: Codes, targets: Codes) -> list[Path]:
    """miRNAs and targets as FASTA."""
    paths = [Path(folder) / name for name in ("q.fa", "t.fa")]
    for path, sequences in zip(paths, (mirnas, targets), strict=True):
        write_fasta(path, (Record(str(k), decode(s)) for k, s in enumerate(sequences)))
    return paths


def cpu_of(command: list[str]) -> float:
    """Seconds of CPU of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rnahybrid(mirnas: Codes, targets: Codes, flags: str = "") -> float:
    """Seconds of CPU of RNAhybrid, start-up included."""
    with TemporaryDirectory() as folder:
        queries, genes = map(str, files(folder, mirnas, targets))
        given = ["-m", "1000000", *flags.split(), "-q", queries, "-t", genes]
        return cpu_of(["RNAhybrid", "-c", "-s", "3utr_fly", *given])


def bioloom(mirnas: Codes, targets: Codes, *options: str) -> float:
    """Seconds of CPU of the whole command, start-up included."""
    with TemporaryDirectory() as folder:
        names = map(str, files(folder, mirnas, targets))
        program = str(Path(sys.executable).with_name("bioloom"))
        out = ["--out", f"{folder}/sites.tsv"]
        return cpu_of([program, "mirna", "predict", *names, *out, *options])


def theirs(mirnas: Codes, targets: Codes, flags: str) -> float:
    """Seconds of CPU of RNAhybrid without its start-up."""
    tiny = [target[:30] for target in targets[:1]]
    return rnahybrid(mirnas, targets, flags) - rnahybrid(mirnas[:1], tiny, flags)


def commands(title: str, mirnas: Codes, targets: Codes, sample: int) -> None:
    """Print whole commands: seconds of CPU, their ratio, and start-up apart."""
    tiny = [np.tile(target, 700)[:700] for target in targets[:1]]
    starts = bioloom(mirnas[:12], tiny), rnahybrid(mirnas[:1], [targets[0][:30]])
    few = mirnas[::sample]
    part = theirs(few, targets, "") * len(mirnas) / len(few)
    own = [bioloom(mirnas, targets) for _ in range(3)]
    seconds = sorted(own)[1]
    print(
        f"{title:28} bioloom {seconds:7.2f} s (start-up {starts[0]:.2f}) | RNAhybrid "
        f"{part + starts[1]:8.2f} s (start-up {starts[1]:.2f}) "
        f"| {(part + starts[1]) / seconds:6.1f} x, without start-up "
        f"{part / max(seconds - starts[0], 0.01):6.1f} x",
        flush=True,
    )


def work(mirnas: Codes, targets: Codes) -> float:
    """Million target nt x miRNAs."""
    return len(mirnas) * sum(map(len, targets)) / 1e6


def compare(
    title: str, mirnas: Codes, targets: Codes, rules: tuple[str, SearchOptions, int]
) -> float:
    """Print one line; seconds of CPU of ours."""
    flags, options, sample = rules
    seconds, n_sites = ours(mirnas, targets, options)
    few = mirnas[::sample]
    few_targets = targets[: max(1, len(targets) // 10)]
    rate = work(mirnas, targets) / seconds
    their_rate = work(few, few_targets) / theirs(few, few_targets, flags)
    print(
        f"{title:44} {rate:7.1f} | RNAhybrid {their_rate:6.3f} Mnt x miRNA / s "
        f"| {rate / their_rate:5.0f} x | {n_sites} sites",
        flush=True,
    )
    return seconds


def two_threads(mirnas: Codes, targets: Codes) -> float:
    """Best wall time of one thread over that of two; needs two idle cores."""
    searcher = Searcher(mirnas)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(5):
        for threads, times in seconds.items():
            began = time.perf_counter()
            list(searcher.search_all(targets, threads=threads))
            times.append(time.perf_counter() - began)
    return min(seconds[1]) / min(seconds[2])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    home = Path(__file__).parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=home)
    parser.add_argument("--mb", type=float, default=1.0)
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.rng_seed)
    path = options.data / "mirna" / "mirbase" / "dme_mature.fa"
    fly = [encode(record.sequence) for record in read_fasta(path)]
    n_targets = max(1, round(500 * options.mb))
    targets = [rng.integers(0, 4, 2000).astype(np.uint8) for _ in range(n_targets)]
    part = targets[: max(1, n_targets // 10)]
    long = [rng.integers(0, 4, 100_000).astype(np.uint8)]
    name, sample = f"{len(fly)} miRNAs x", options.sample
    bioloom(fly[:40], [target[:500] for target in targets[:8]])  # fills numba's cache
    bioloom(fly[:12], [np.tile(targets[0], 2)[:700]])
    commands("24 miRNAs x 29 kb", fly[:24], [each[:290] for each in targets[:100]], 1)
    commands("100 miRNAs x 200 kb", fly[:100], targets[:100], 20)
    commands(f"{name} {options.mb:g} Mb", fly, targets, sample)
    best = ("", SearchOptions(), sample)
    compare(f"{name} {n_targets} x 2 kb", fly, targets, best)
    one = compare(f"{name} {len(part)} x 2 kb", fly, part, best)
    for title, flags, rules in (
        ("seed helix", "-f 2,8", SearchOptions(seed_region=(2, 8))),
        ("top 3", "-b 3", SearchOptions(top=3)),
        ("top 10", "-b 10", SearchOptions(top=10)),
        ("all <= -25", "-b 100 -e -25", SearchOptions(top=None, max_mfe=-25)),
        ("all <= -20", "-b 100 -e -20", SearchOptions(top=None, max_mfe=-20)),
    ):
        seconds = compare(f"  {title}", fly, part, (flags, rules, sample))
        print(f"    {seconds / one:.2f} x the time of the best site")
    best = ("", SearchOptions(), 1)
    one = compare("1 miRNA x 100 kb", fly[:1], long, best)
    ten, _ = ours(fly[:1], long, SearchOptions(top=10))
    print(f"    top 10: {ten / one:.2f} x the time of the best site")
    print(f"two threads: {two_threads(fly, part):.2f} x as fast as one")


if __name__ == "__main__":
    main()
