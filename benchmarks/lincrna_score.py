"""Speed, memory and accuracy of `bioloom lincrna score`, beside CPC2.

    python benchmarks/lincrna_score.py DATA [--more FOLDER] [--cpc2 PROGRAM] \
        [--n 8000 50000] [--nt 700 1300]

DATA is a folder of coding_potential sets (human, mouse, worm), --more one of further
species (a folder each, mrna.fa.gz and lncrna.fa.gz). For each number of transcripts,
drawn from DATA (with --nt of these lengths) and repeated as often as needed, it
prints the CPU seconds per 1,000
transcripts and the largest memory of the whole command, start-up included, beside
those of the scores alone (`score_many`: the filter's step) and of CPC2 (`pip install
cpc2-standalone==1.0.9` in an environment of its own).

Then the accuracy of the calls for each species. The packaged model was trained on human
and worm: benchmarks/coding_model.py DATA --left-out has the honest figures of these.
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
from coding_sets import labelled

from bioloom.lincrna.coding import potential
from bioloom.lincrna.training.examples import Example
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from bioloom.statistics.ranking import roc_auc


@dataclass
class Calls:
    tool: str
    is_coding: np.ndarray
    probability: np.ndarray


@dataclass
class Cost:
    cpu_s: float
    memory_mib: float


def measured(words: Sequence[str | Path], folder: Path) -> Cost:
    """What a program takes, its children included."""
    child = subprocess.Popen([*map(str, words)], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{words[0]} failed")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def drawn(data: Path, n: int, lengths: Sequence[int]) -> Iterator[Record]:
    """Transcripts of all sets, mixed, so that a part of them is like the whole."""
    low, high = lengths
    held = [one for one in labelled(data) if low <= len(one.sequence) <= high]
    order = np.random.default_rng(1).permutation(len(held))
    for number, place in enumerate(itertools.islice(itertools.cycle(order), n)):
        yield Record(f"S{number}", held[place].sequence)


def speed(data: Path, n: int, lengths: Sequence[int], cpc2: Path | None) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_fasta(folder / "in.fa", drawn(data, n, lengths))
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


def calls(examples: Sequence[Example], cpc2: Path | None) -> Iterator[Calls]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        records = (Record(f"S{i}", one.sequence) for i, one in enumerate(examples))
        write_fasta(folder / "in.fa", records)
        command = (sys.executable, "-m", "bioloom", "lincrna", "score", "in.fa")
        measured((*command, "--out", "o.txt"), folder)
        yield read_calls("bioloom", folder / "o.txt", "call", "coding_probability")
        if cpc2:
            words = (cpc2.absolute(), "-i", "in.fa", "-o", "cpc2")
            measured(words, folder)
            yield read_calls("CPC2", folder / "cpc2.txt", "label", "coding_probability")


def read_calls(tool: str, path: Path, call: str, probability: str) -> Calls:
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    is_coding = np.array([row[call] == "coding" for row in rows])
    return Calls(tool, is_coding, np.array([float(row[probability]) for row in rows]))


def accuracy(title: str, examples: Sequence[Example], cpc2: Path | None) -> None:
    kinds = np.array([one.is_coding for one in examples])
    print(f"  {title}: {kinds.sum():,} mRNAs, {(~kinds).sum():,} ncRNAs")
    for found in calls(examples, cpc2):
        parts = []
        if kinds.any():
            parts.append(f"sensitivity {found.is_coding[kinds].mean():.3f}")
        if not kinds.all():
            parts.append(f"specificity {(~found.is_coding[~kinds]).mean():.3f}")
        if len(parts) == 2:
            right = (kinds == found.is_coding).mean()
            area = roc_auc(found.probability, kinds)
            parts = [f"accuracy {right:.3f}", f"AUC {area:.3f}", *parts]
        print(f"    {found.tool:8} {', '.join(parts)}")


def more_sets(folder: Path) -> Iterator[tuple[str, list[Example]]]:
    for species in sorted(folder.iterdir()):
        examples = [
            Example(record.sequence, is_coding, record.name)
            for file, is_coding in (("mrna.fa.gz", True), ("lncrna.fa.gz", False))
            if (species / file).is_file()
            for record in read_fasta(species / file)
        ]
        yield species.name, examples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--more", type=Path)
    parser.add_argument("--cpc2", type=Path)
    parser.add_argument("--n", type=int, nargs="+", default=[8000, 50_000])
    parser.add_argument("--nt", type=int, nargs=2, default=[0, 10**9])
    parser.add_argument("--speed-only", action="store_true")
    options = parser.parse_args()
    for n in options.n:
        speed(options.data, n, options.nt, options.cpc2)
    if options.speed_only:
        return
    print("\nCalls of the packaged model, which was trained on these sets")
    every = [*labelled(options.data)]
    for species in ("human", "C. elegans"):
        examples = [one for one in every if one.source == species]
        accuracy(species, examples, options.cpc2)
    if options.more:
        print("\nand on further ones (it knows Arabidopsis mRNAs)")
        for species, examples in more_sets(options.more):
            accuracy(species, examples, options.cpc2)


if __name__ == "__main__":
    main()
