"""Speed, memory and accuracy of `bioloom lincrna score`, beside CPC2.

    python benchmarks/lincrna_score.py DATA [--cpc2 PROGRAM] [--n 8000 50000]

DATA is a folder of coding_potential sets (human, mouse, worm). For each number of
transcripts, drawn from DATA and repeated as often as needed, it prints the CPU seconds
per 1,000 transcripts and the largest memory of the whole command, start-up included,
beside those of the scores alone (`score_many`: the filter's step) and of CPC2 (`pip
install cpc2-standalone==1.0.9` in an environment of its own).

Then the accuracy of the calls on each labelled species. The packaged model was trained
on these sets: benchmarks/coding_model.py DATA --left-out has the honest figures.
"""

import argparse
import csv
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.lincrna.coding import potential
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from bioloom.statistics.ranking import roc_auc

SETS = {
    "human": (
        "h_sapiens_random2000.fa.gz",
        "Human_noncoding_transcripts_RNA.fa.gz",
    ),
    "worm": ("pct.C_elegans.fa.gz", "lnc.C_elegans.fa.gz"),
}
OTHERS = ("m_musculus_random1000.fa.gz",)


@dataclass
class Cost:
    cpu_s: float
    memory_mib: float


def measured(words: Sequence[str | Path], folder: Path) -> Cost:
    """What a program takes, its children included."""
    child = subprocess.Popen([*map(str, words)], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{words[0]} failed")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def pooled(data: Path) -> Iterator[Record]:
    """Records of all sets in turn, so that a part of them is like the whole."""
    names = [*itertools.chain(*SETS.values()), *OTHERS]
    files = [read_fasta(data / name) for name in names]
    for row in itertools.zip_longest(*files):
        yield from (record for record in row if record and record.sequence)


def drawn(data: Path, n: int) -> Iterator[Record]:
    held = list(pooled(data))
    repeated = itertools.islice(itertools.cycle(held), n)
    for number, record in enumerate(repeated):
        yield Record(f"S{number}", record.sequence)


def speed(data: Path, n: int, cpc2: Path | None) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_fasta(folder / "in.fa", drawn(data, n))
        sequences = [record.sequence for record in read_fasta(folder / "in.fa")]
        mean = sum(map(len, sequences)) / n
        print(f"\n{n:,} transcripts of {mean:,.0f} nt on average")
        command = (sys.executable, "-m", "bioloom", "lincrna", "score", "in.fa")
        show("bioloom lincrna score", measured((*command, "--out", "o"), folder), n)
        model = potential.load_model()
        began = time.process_time()
        for begin in range(0, n, 2000):
            part = sequences[begin : begin + 2000]
            potential.score_many(part, ["+"] * len(part), model)
        spent = time.process_time() - began
        print(f"  {'score_many alone':22} {1000 * spent / n:.3f} CPU s per 1,000")
        if cpc2:
            words = (cpc2.absolute(), "-i", "in.fa", "-o", "cpc2")
            show("CPC2", measured(words, folder), n)


def show(tool: str, cost: Cost, n: int) -> None:
    rate = 1000 * cost.cpu_s / n
    print(f"  {tool:22} {rate:.3f} CPU s per 1,000, {cost.memory_mib:.0f} MiB")


def accuracy(data: Path, species: str) -> None:
    probabilities, calls, labels = [], [], []
    with TemporaryDirectory() as name:
        for path, is_coding in zip(SETS[species], (True, False), strict=True):
            command = (sys.executable, "-m", "bioloom", "lincrna", "score")
            measured((*command, (data / path).absolute(), "--out", "o"), Path(name))
            with (Path(name) / "o").open(encoding="utf-8") as stream:
                for row in csv.DictReader(stream, delimiter="\t"):
                    if row["call"]:
                        probabilities.append(float(row["coding_probability"]))
                        calls.append(row["call"] == "coding")
                        labels.append(is_coding)
    kinds, called = np.array(labels), np.array(calls)
    print(
        f"  {species:6} {kinds.sum():6,} mRNAs, {(~kinds).sum():6,} ncRNAs: accuracy "
        f"{(kinds == called).mean():.3f}, AUC "
        f"{roc_auc(np.array(probabilities), kinds):.3f}, "
        f"sensitivity {called[kinds].mean():.3f}, "
        f"specificity {(~called[~kinds]).mean():.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--cpc2", type=Path)
    parser.add_argument("--n", type=int, nargs="+", default=[8000, 50_000])
    options = parser.parse_args()
    for n in options.n:
        speed(options.data, n, options.cpc2)
    print("\nCalls of the packaged model, which was trained on these sets")
    for species in SETS:
        accuracy(options.data, species)


if __name__ == "__main__":
    main()
