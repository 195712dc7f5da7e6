"""Coding potential on labelled transcripts: bioloom beside CPC2 and CPAT.

    python benchmarks/coding_potential.py --coding mrna.fa --noncoding lncrna.fa \
        [--model model.json | --cross-validate | --halves [--cpat PROGRAM]] \
        [--cpc2 PROGRAM]

Prints accuracy, AUC, sensitivity, specificity with 95 % bootstrap intervals at each
tool's own cutoff, on all transcripts and on a subset matched in length (bins of 0.1 of
log10), the part of the non-coding kept where 1.3 % of the coding leak, and the CPU
seconds per 1,000 transcripts. Files may be given more than once.

Without --model the packaged model is used: name no set that it was trained on (see
benchmarks/coding_model.py) as if it were new. --cross-validate trains on the given
sets themselves, five-fold, relatives kept together. --halves trains bioloom, and CPAT
with it, on one half of the genes and tests all on the other.

CPC2: `pip install cpc2-standalone==1.0.9` in an environment of its own. CPAT
(`pip install cpat==3.0.5`, and R) brings neither models nor hexamer tables: here it
makes them of the training half, hexamers from the longest ORFs, and its cutoff is
where sensitivity and specificity meet there. Both are run as programs.
"""

import argparse
import csv
import re
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.training.evaluation import (
    auc,
    kept_at_leak,
    length_matched,
)
from bioloom.lincrna.training.fit import Example, cross_validated, train
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from bioloom.statistics.intervals import stratified_bootstrap

CPC2_CUTOFF = 0.5


@dataclass
class Scores:
    tool: str
    probability: np.ndarray
    cutoff: float
    cpu_s: float


def read(paths: Sequence[Path], kind: str) -> list[Example]:
    found = []
    for path in paths:
        for record in read_fasta(path):
            words = re.search(r"\bgene[:=](\S+)", record.description)
            group = f"{kind} {words[1] if words else record.name}"
            is_coding = kind == "coding"
            found.append(Example(record.sequence.upper(), is_coding, group))
    return found


def ours(examples: Sequence[Example], model_path: Path) -> Scores:
    model = potential.load_model(model_path)
    sequences = [one.sequence for one in examples]
    began = time.process_time()
    scores = potential.score_many(sequences, ["+"] * len(sequences), model)
    cpu_s = time.process_time() - began
    probability = np.array([scored.probability for scored in scores])
    return Scores("bioloom", probability, model.threshold, cpu_s)


def ours_cross_validated(examples: Sequence[Example]) -> Scores:
    found = cross_validated(examples)
    cpu_s = ours(examples, potential.PACKAGED).cpu_s
    return Scores("bioloom CV", found.probability, found.threshold, cpu_s)


def run(command: Sequence[str | Path], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peer(
    tool: str,
    examples: Sequence[Example],
    cutoff: float,
    command: Callable[[Path], Sequence[str | Path]],
    *,
    table: str,
    columns: tuple[str, str],
) -> Scores:
    """Run a program on the transcripts and read the probability of each.

    A transcript that it does not list (CPAT: no ORF) has probability 0.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        records = (Record(f"S{i}", one.sequence) for i, one in enumerate(examples))
        write_fasta(folder / "in.fa", records)
        cpu_s = run(command(folder), folder)
        probability = np.zeros(len(examples))
        with (folder / table).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                number = int(row[columns[0]].lstrip("sS"))
                probability[number] = float(row[columns[1]])
    return Scores(tool, probability, cutoff, cpu_s)


def shown(
    name: str, statistic: Callable[[np.ndarray], float], labels: np.ndarray
) -> str:
    estimate = stratified_bootstrap(statistic, labels)
    return f"{name} {estimate.value:.4f} ({estimate.low:.4f}-{estimate.high:.4f})"


def report(found: Scores, labels: np.ndarray, rows: np.ndarray, title: str) -> None:
    p, kinds = found.probability[rows], labels[rows]
    right = (p >= found.cutoff) == kinds
    parts = [
        shown("acc", lambda i: float(right[i].mean()), kinds),
        shown("AUC", lambda i: auc(p[i], kinds[i]), kinds),
        shown("sens", lambda i: float(right[i][kinds[i]].mean()), kinds),
        shown("spec", lambda i: float(right[i][~kinds[i]].mean()), kinds),
        shown("kept at 1.3 % leak", lambda i: kept_at_leak(p[i], kinds[i]), kinds),
    ]
    print(f"{found.tool:12} {title:15} n={len(rows):5d}  " + "  ".join(parts))


def tools(
    options: argparse.Namespace, training: list[Example], examples: list[Example]
) -> list[Scores]:
    if training:
        found = [trained(training, examples)]
    elif options.cross_validate:
        found = [ours_cross_validated(examples)]
    else:
        found = [ours(examples, options.model)]
    if options.cpc2:
        program = options.cpc2.absolute()
        found.append(
            peer(
                *("CPC2", examples, CPC2_CUTOFF),
                lambda _: [program, "-i", "in.fa", "-o", "out"],
                table="out.txt",
                columns=("#ID", "coding_probability"),
            )
        )
    if options.cpat and training:
        found.append(cpat(options.cpat, training, examples))
    return found


def halved(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Two halves at random, transcripts of one gene together."""
    groups = sorted({one.group for one in examples})
    chosen = np.random.default_rng(42).permutation(len(groups))[: len(groups) // 2]
    first = {groups[number] for number in chosen}
    return (
        [one for one in examples if one.group in first],
        [one for one in examples if one.group not in first],
    )


def cpat(program: Path, training: list[Example], examples: list[Example]) -> Scores:
    """CPAT, its hexamer table and model made of the training examples."""
    with TemporaryDirectory() as name:
        folder, tools = Path(name), program.absolute().parent
        sets = {"coding": [], "noncoding": [], "cds": []}
        for number, one in enumerate(training):
            sets["coding" if one.is_coding else "noncoding"].append(
                Record(f"S{number}", one.sequence)
            )
            orf = longest_orfs(one.sequence, "+").longest
            if one.is_coding and orf:
                codons = one.sequence[orf.start : orf.start + orf.length_nt]
                sets["cds"].append(Record(f"S{number}", codons))
        for kind, records in sets.items():
            write_fasta(folder / f"{kind}.fa", records)
        tabled = subprocess.run(
            [tools / "make_hexamer_tab", "-c", "cds.fa", "-n", "noncoding.fa"],
            **{"cwd": folder, "check": True, "capture_output": True},
        )
        (folder / "hexamer.tsv").write_bytes(tabled.stdout)
        given = ["-x", "hexamer.tsv", "-c", "coding.fa", "-n", "noncoding.fa"]
        run([tools / "make_logitModel", *given, "-o", "own"], folder)
        files = ["-x", folder / "hexamer.tsv", "-d", folder / "own.logit.RData"]

        def scored(rows: list[Example], cutoff: float) -> Scores:
            return peer(
                *("CPAT", rows, cutoff),
                lambda _: [tools / "cpat", "-g", "in.fa", *files, "-o", "out"],
                table="out.ORF_prob.best.tsv",
                columns=("seq_ID", "Coding_prob"),
            )

        labels = np.array([one.is_coding for one in training])
        return scored(examples, balanced(scored(training, 0).probability, labels))


def balanced(probability: np.ndarray, labels: np.ndarray) -> float:
    """Cutoff where sensitivity and specificity meet."""
    cutoffs = np.unique(probability)
    gaps = [
        abs((probability[labels] >= c).mean() - (probability[~labels] < c).mean())
        for c in cutoffs
    ]
    return float(cutoffs[int(np.argmin(gaps))])


def trained(training: list[Example], examples: list[Example]) -> Scores:
    with TemporaryDirectory() as name:
        path = Path(name) / "model.json"
        potential.save_model(train(training, name="half", rng_seed=42), path)
        return ours(examples, path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--coding", type=Path, action="append", required=True)
    parser.add_argument("--noncoding", type=Path, action="append", required=True)
    parser.add_argument("--model", type=Path, default=potential.PACKAGED)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--halves", action="store_true")
    for name in ("cpc2", "cpat"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args()
    examples = read(options.coding, "coding") + read(options.noncoding, "noncoding")
    training, examples = halved(examples) if options.halves else ([], examples)
    labels = np.array([one.is_coding for one in examples])
    lengths = np.array([len(one.sequence) for one in examples])
    matched = length_matched(labels, lengths)
    for found in tools(options, training, examples):
        per_thousand = 1000 * found.cpu_s / len(examples)
        print(
            f"{found.tool:12} cutoff {found.cutoff:.3f}, {per_thousand:.3f} CPU s per "
            f"1,000 transcripts (mean {lengths.mean():.0f} nt)"
        )
        report(found, labels, np.arange(len(labels)), "all")
        report(found, labels, matched, "length-matched")


if __name__ == "__main__":
    main()
