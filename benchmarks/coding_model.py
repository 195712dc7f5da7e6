"""Train the packaged coding-potential model and print how good it is.

    python benchmarks/coding_model.py DATA [--write]

DATA holds labelled transcripts: Ensembl human and mouse cDNA and TAIR Arabidopsis cDNA
(sampled by CREMA), human non-coding transcripts (CPAT's training set) and C. elegans
mRNA and lncRNA (LncFinder). Prints the figures of `docs/lincrna.md`.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bioloom.lincrna import coding, training
from bioloom.lincrna.training import Example
from bioloom.seq.fasta import Record, read_fasta

NAME = "human, mouse, Arabidopsis and C. elegans transcripts (packaged)"
EVERY_NTH_HUMAN_NONCODING = 3  # else human ncRNAs would outnumber everything


def labelled(data: Path) -> Iterator[tuple[str, Example]]:
    yield from ensembl_mrnas(data)
    for record in read_fasta(data / "a_thaliana_random1500.fa.gz"):
        yield "Arabidopsis", example(record, record.name.split(".")[0], coding=True)
    for name, is_coding in (("pct", True), ("lnc", False)):
        for record in read_fasta(data / f"{name}.C_elegans.fa.gz"):
            gene = re.sub(r"[a-z]?(\.\d+)?$", "", record.name)
            yield "C. elegans", example(record, gene, coding=is_coding)
    yield from human_noncoding(data)


def ensembl_mrnas(data: Path) -> Iterator[tuple[str, Example]]:
    for species, name in (
        ("human", "h_sapiens_random2000"),
        ("mouse", "m_musculus_random1000"),
    ):
        for record in read_fasta(data / f"{name}.fa.gz"):
            if "transcript_biotype:protein_coding" in record.description:
                gene = re.search(r"gene:(\w+)", record.description)
                yield species, example(record, gene[1] if gene else "", coding=True)


def human_noncoding(data: Path) -> Iterator[tuple[str, Example]]:
    noncoding = read_fasta(data / "Human_noncoding_transcripts_RNA.fa.gz")
    for number, record in enumerate(noncoding):
        if number % EVERY_NTH_HUMAN_NONCODING == 0 and len(record.sequence) > 200:
            place = re.search(r"range=(\w+):(\d+)\d{5}-", record.description)
            region = f"{place[1]}:{place[2]}" if place else record.name  # 100 kb
            yield "human", example(record, region, coding=False)


def example(record: Record, group: str, *, coding: bool) -> Example:
    return Example(record.sequence.upper(), coding, group)


def report(title: str, figures: dict[str, float]) -> None:
    shown = "  ".join(
        f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )
    print(f"{title:38s} {shown}")


def left_out(species: str, names: np.ndarray, examples: list[Example]) -> None:
    """Train on the other species, test on this one."""
    others = [ex for ex, name in zip(examples, names, strict=True) if name != species]
    mine = [ex for ex, name in zip(examples, names, strict=True) if name == species]
    model = training.train(others, name=f"without {species}")
    scores = [coding.score(ex.sequence, "+", model).probability for ex in mine]
    figures = training.evaluate(
        np.array(scores),
        np.array([ex.is_coding for ex in mine]),
        threshold=model.threshold,
    )
    report(f"trained without, tested on {species}", figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the packaged one")
    options = parser.parse_args()
    names, examples = zip(*labelled(options.data), strict=True)
    model = training.train(list(examples), name=NAME)
    report("cross-validated, genes kept together", dict(model.evaluation))
    print(f"threshold {model.threshold:.4f}")
    for species in ("C. elegans", "human"):
        left_out(species, np.array(names), list(examples))
    if options.write:
        coding.save_model(model, coding.PACKAGED)
        print(f"written: {coding.PACKAGED}")


if __name__ == "__main__":
    main()
