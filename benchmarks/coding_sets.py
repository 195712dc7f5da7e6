"""Labelled transcripts of nine species, read and cleaned: for the other benchmarks.

    python benchmarks/coding_sets.py DATA MORE [--diamond PROGRAM]

DATA holds Ensembl human and mouse cDNA and TAIR Arabidopsis cDNA (sampled by CREMA),
human non-coding transcripts (CPAT's training set) and C. elegans mRNAs and lncRNAs
(LncFinder). MORE holds a folder a species with mrna.fa.gz and lncrna.fa.gz: cow,
Arabidopsis, rice (mRNAs alone), Brachypodium, cotton and poplar (lncRNAs alone).

Transcripts of 200 nt or less are left out, as are Ensembl's retained introns, targets
of nonsense-mediated decay and pseudogenes (no clean labels), and of the lncRNAs those
that are one complete reading frame from ATG to stop. Prints the data card: what is
left of each species, and, with DIAMOND, how many lncRNAs resemble a protein of these
mRNAs of 50 amino acids or more
(blastx, sense strand, E <= 1e-5): labels to be doubted.
"""

import argparse
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.lincrna.coding.orf import longest_orfs, protein_of
from bioloom.lincrna.training.examples import Example, made_up
from bioloom.lincrna.training.utrs import lacks_utrs
from bioloom.seq.fasta import Record, read_fasta, write_fasta

MIN_NT = 201
STOPS = ("TAA", "TAG", "TGA")
SPECIES = {
    "cow": "cow",
    "arabidopsis": "Arabidopsis",
    "rice": "rice",
    "brachypodium": "Brachypodium",
    "cotton": "cotton and poplar",
    "poplar": "cotton and poplar",
}
MIN_PROTEIN_AA = 50
NOT_TRAINED_ON = "Brachypodium"  # mRNAs of short proteins are among its lncRNAs


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


def more_of(folder: Path) -> Iterator[Example]:
    for name, species in SPECIES.items():
        for kind, is_coding in (("mrna", True), ("lncrna", False)):
            path = folder / name / f"{kind}.fa.gz"
            for record in read_fasta(path) if path.exists() else ():
                words = re.search(r"\bgene[:=](\S+)", record.description)
                gene = words[1] if words else re.sub(r"[.-]\d+$", "", record.name)
                yield example(record, gene, species, is_coding=is_coding)


@dataclass
class Sets:
    """Cleaned examples, and how many were left out of each species."""

    real: list[Example]
    n_short: dict[str, int]
    n_complete: dict[str, int]


def cleaned(data: Path, more: Path | None) -> Sets:
    given = [*labelled(data), *(more_of(more) if more else ())]
    found = Sets([], {}, {})
    long_enough = []
    for one in given:
        if len(one.sequence) < MIN_NT:
            found.n_short[one.source] = found.n_short.get(one.source, 0) + 1
        else:
            long_enough.append(one)
    is_open = lacks_utrs([one.sequence for one in long_enough])
    for one, is_frame in zip(long_enough, is_open, strict=True):
        is_complete = one.sequence.startswith("ATG") and one.sequence.endswith(STOPS)
        if is_frame and is_complete and not one.is_coding:
            found.n_complete[one.source] = found.n_complete.get(one.source, 0) + 1
        else:
            found.real.append(one)
    return found


def trained_on(real: Sequence[Example]) -> list[Example]:
    """The examples but for those of doubtful labels, and what is made of the mRNAs."""
    sound = [one for one in real if one.source != NOT_TRAINED_ON]
    return [*sound, *made_up(sound, np.random.default_rng(42))]


def homologous(examples: Sequence[Example], diamond: Path) -> set[int]:
    """Rows of the lncRNAs that resemble a protein of the mRNAs."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_fasta(folder / "proteins.fa", proteins(examples))
        rows = (row for row, one in enumerate(examples) if not one.is_coding)
        queries = (Record(str(row), examples[row].sequence) for row in rows)
        write_fasta(folder / "lncrna.fa", queries)
        made = ["makedb", "--in", "proteins.fa", "-d", "proteins"]
        searched = ["blastx", "-q", "lncrna.fa", "-d", "proteins", "--strand", "plus"]
        searched += ["--sensitive", "-e", "1e-5", "-k", "1", "-f", "6", "qseqid"]
        for words in (made, [*searched, "-o", "hits.txt"]):
            command = [diamond.absolute(), *words, "--quiet", "-p", "2"]
            subprocess.run(command, cwd=folder, check=True)
        return {int(row) for row in (folder / "hits.txt").read_text().split()}


def proteins(examples: Sequence[Example]) -> Iterator[Record]:
    for row, one in enumerate(examples):
        orf = longest_orfs(one.sequence, "+").complete
        if one.is_coding and orf and orf.length_aa >= MIN_PROTEIN_AA:
            yield Record(f"P{row}", protein_of(orf, one.sequence))


def card(sets: Sets, alike: set[int]) -> None:
    print(
        "| species | mRNAs | of them CDS alone | median nt | lncRNAs | median nt | "
        "left out: <= 200 nt | complete CDS | like a protein |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    rows = list(enumerate(sets.real))
    for species in dict.fromkeys(one.source for one in sets.real):
        mine = [(row, one) for row, one in rows if one.source == species]
        cells = []
        for kind in (True, False):
            sequences = [one.sequence for _, one in mine if one.is_coding == kind]
            median = f"{np.median([*map(len, sequences)]):.0f}" if sequences else ""
            cells += [f"{len(sequences):,}"]
            cells += [f"{lacks_utrs(sequences).sum():,}"] if kind else []
            cells += [median]
        cells += [str(sets.n_short.get(species, 0))]
        cells += [str(sets.n_complete.get(species, 0))]
        cells += [str(sum(row in alike for row, _ in mine))]
        print(f"| {species} | {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("more", type=Path)
    parser.add_argument("--diamond", type=Path)
    options = parser.parse_args()
    sets = cleaned(options.data, options.more)
    alike = homologous(sets.real, options.diamond) if options.diamond else set()
    card(sets, alike)


if __name__ == "__main__":
    main()
