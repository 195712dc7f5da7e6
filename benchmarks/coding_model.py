"""Train the packaged coding-potential model and print how good it is.

    python benchmarks/coding_model.py DATA [--write]

DATA holds labelled transcripts: Ensembl human and mouse cDNA and TAIR Arabidopsis cDNA
(sampled by CREMA), human non-coding transcripts (CPAT's training set) and C. elegans
coding sequences and lncRNA (LncFinder). Of mouse and Arabidopsis no lncRNAs are at
hand: non-coding sequence is made of the mRNAs of every species. Prints the figures of
`docs/lincrna.md`.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.blocks import block_of
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.evaluation import (
    LEAK,
    auc,
    evaluate,
    kept_at_leak,
    length_matched,
)
from bioloom.lincrna.training.examples import Example, made_up
from bioloom.lincrna.training.fit import cross_validated, looks_whole, train
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from bioloom.statistics.intervals import stratified_bootstrap

NAME = "human, mouse, Arabidopsis and C. elegans transcripts (packaged)"
MIN_NT = 201


def labelled(data: Path) -> Iterator[Example]:
    yield from ensembl_mrnas(data)
    for record in read_fasta(data / "a_thaliana_random1500.fa.gz"):
        gene = record.name.split(".")[0]
        yield example(record, gene, "Arabidopsis", is_coding=True)
    for name, is_coding in (("pct", True), ("lnc", False)):
        for record in read_fasta(data / f"{name}.C_elegans.fa.gz"):
            gene = re.sub(r"[a-z]?(\.\d+)?$", "", record.name)
            yield example(record, gene, "C. elegans", is_coding=is_coding)
    yield from human_noncoding(data)


def ensembl_mrnas(data: Path) -> Iterator[Example]:
    """Retained introns, NMD targets and pseudogenes are left out: no clean labels."""
    for species, name in (
        ("human", "h_sapiens_random2000"),
        ("mouse", "m_musculus_random1000"),
    ):
        for record in read_fasta(data / f"{name}.fa.gz"):
            if "transcript_biotype:protein_coding" in record.description:
                gene = re.search(r"gene:(\w+)", record.description)
                group = gene[1] if gene else record.name
                yield example(record, group, species, is_coding=True)


def human_noncoding(data: Path) -> Iterator[Example]:
    for record in read_fasta(data / "Human_noncoding_transcripts_RNA.fa.gz"):
        place = re.search(r"range=(\w+):(\d+)\d{5}-", record.description)
        region = f"{place[1]}:{place[2]}" if place else record.name  # 100 kb
        yield example(record, region, "human", is_coding=False)


def example(record: Record, group: str, source: str, *, is_coding: bool) -> Example:
    return Example(record.sequence.upper(), is_coding, group, source)


def examples_of(data: Path) -> list[Example]:
    real = [one for one in labelled(data) if len(one.sequence) >= MIN_NT]
    return [*real, *made_up(real, np.random.default_rng(42))]


def report(title: str, figures: dict[str, float]) -> None:
    shown = "  ".join(
        f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )
    print(f"{title:38s} {shown}", flush=True)


def left_out(species: str, examples: Sequence[Example], folder: Path | None) -> None:
    """Train on the other species, test on the real transcripts of this one."""
    others = [one for one in examples if one.source != species]
    mine = [one for one in examples if one.source == species and not one.is_made_up]
    model = train(others, name=f"without {species}")
    sequences = [one.sequence for one in mine]
    scores = potential.score_many(sequences, ["+"] * len(mine), model)
    probability = np.array([scored.probability for scored in scores])
    is_coding = np.array([one.is_coding for one in mine])
    figures = evaluate(probability, is_coding, threshold=model.threshold)
    rows = length_matched(is_coding, np.array([len(s) for s in sequences]))
    figures["auc_length_matched"] = auc(probability[rows], is_coding[rows])
    report(f"trained without, tested on {species}", figures)
    estimate = stratified_bootstrap(
        lambda i: auc(probability[i], is_coding[i]), is_coding
    )
    print(f"{'':38s} auc, 95 % interval {estimate.low:.4f}-{estimate.high:.4f}")
    if folder:
        name = species.replace(". ", "_")
        potential.save_model(model, folder / f"without_{name}.json")
        write_sets(mine, folder, name)


def write_sets(examples: Sequence[Example], folder: Path, name: str) -> None:
    """The transcripts that a left-out model is tested on, for coding_potential.py."""
    is_whole = looks_whole(block_of([one.sequence for one in examples]))
    sets: dict[str, list[Record]] = {"mrna": [], "whole": [], "ncrna": []}
    for number, (one, whole) in enumerate(zip(examples, is_whole, strict=True)):
        gene = one.group.replace(" ", "_")
        record = Record(f"S{number}", one.sequence, f"gene={gene}")
        sets["mrna" if one.is_coding else "ncrna"].append(record)
        if one.is_coding and whole:
            sets["whole"].append(record)
    for kind, records in sets.items():
        write_fasta(folder / f"{name}_{kind}.fa", records)


def orf_modes(examples: Sequence[Example]) -> None:
    """What each ORF mode keeps of real ncRNAs and leaks of whole mRNAs, unseen."""
    tested = cross_validated(examples)
    p, is_coding = tested.probability, np.array([one.is_coding for one in examples])
    is_real = np.array([not one.is_made_up for one in examples])
    fair = np.where(is_coding, tested.is_whole, is_real)
    max_aa = FilterSettings().max_orf_aa
    has_long_orf = np.array([longest_aa(one.sequence) >= max_aa for one in examples])
    passes = {
        "strict": (p < tested.threshold) & ~has_long_orf,
        "calibrated": p < tested.leak_threshold,
    }
    for species in ("human", "C. elegans", "all species"):
        rows = fair & [species in (one.source, "all species") for one in examples]
        kinds, figures = is_coding[rows], {}
        for mode, passed in passes.items():
            figures[f"{mode}_keeps"] = float(passed[rows][~kinds].mean())
            figures[f"{mode}_leaks"] = float(passed[rows][kinds].mean())
        for title, leak in (("strict", figures["strict_leaks"]), ("1.3 %", LEAK)):
            kept = kept_at_leak(p[rows], kinds, leak=leak)
            figures[f"calibrated keeps at the leak of {title}"] = kept
        report(f"ORF modes, {species}", figures)
    estimate = stratified_bootstrap(lambda i: kept_at_leak(p[rows][i], kinds[i]), kinds)
    print(f"{'':38s} the last, 95 % interval {estimate.low:.4f}-{estimate.high:.4f}")


def longest_aa(sequence: str) -> int:
    orf = longest_orfs(sequence, "+").longest
    return orf.length_aa if orf else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the packaged one")
    parser.add_argument(
        "--left-out", type=Path, help="folder for left-out models and their test sets"
    )
    options = parser.parse_args()
    examples = examples_of(options.data)
    model = train(examples, name=NAME)
    report("cross-validated by homology", dict(model.evaluation))
    print(f"threshold {model.threshold:.4f}, leak threshold {model.leak_threshold:.4f}")
    if options.write:
        potential.save_model(model, potential.PACKAGED)
        print(f"written: {potential.PACKAGED}")
    orf_modes(examples)
    for species in ("C. elegans", "human"):
        left_out(species, examples, options.left_out)


if __name__ == "__main__":
    main()
