"""Likeness to proteins as a filter of lincRNAs: what it catches, what it costs.

    python benchmarks/lincrna_homology.py DATA --more FOLDER [--tools diamond mmseqs \
        phmmer] [--decoys 500000]

DATA is a folder of coding_potential sets, --more one of further species (cow). The
proteins are the longest complete ORFs (100 aa or more) of DATA's human mRNAs, about one
for every thirty human genes, so that most cow and mouse mRNAs have no homologue among
them. For each program it prints its CPU seconds, and how many transcripts resemble a
protein at each smallest coverage, mRNAs of cow and mouse, lncRNAs of cow and human;
then the same of the transcripts that the filters `orf` and `coding` (packaged model)
leave, and of whole mouse mRNAs whose human orthologue, by symbol, is in the file.

Of cow mRNAs that resemble half of a protein of the file, two kinds of copies stand for
damaged and incomplete ones: with 1 % of the bases inserted or deleted, and their last
600 nt alone.

--decoys adds so many shuffled proteins: E-values and times for a file as large as
Swiss-Prot. The packaged model has never seen a cow.
"""

import argparse
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import bioloom as bl
from bioloom.lincrna.coding.orf import longest_orfs, protein_of
from bioloom.lincrna.settings import FilterSettings, HomologyTool
from bioloom.lincrna.verdict.homology import HomologyHit, ProteinLibrary
from bioloom.lincrna.verdict.sequences import Spliced
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from bioloom.statistics.intervals import clopper_pearson

COVERAGES = (0.0, 0.2, 0.3, 0.5, 0.7)
MIN_PROTEIN_AA = 100
INDELS = 0.01
PIECE_NT = 600
N_HUMAN_LNCRNAS = 2000


@dataclass(frozen=True)
class Labelled:
    """Transcripts of one species and class; names of those that the filters leave."""

    name: str
    records: Sequence[Record]
    left: frozenset[str]

    @property
    def spliced(self) -> list[Spliced]:
        """The transcripts, sense strand known."""
        return [Spliced(each.name, "+", each.sequence) for each in self.records]


def mrnas(path: Path) -> list[Record]:
    """Records of coding transcripts, as Ensembl's headers say."""
    word = "transcript_biotype:protein_coding"
    return [record for record in read_fasta(path) if word in record.description]


def symbol_of(record: Record) -> str:
    """Gene symbol in capitals; empty if the header has none."""
    found = re.search(r"gene_symbol:(\S+)", record.description)
    return found[1].upper() if found else ""


def proteins_of(records: Iterable[Record]) -> list[Record]:
    """Longest complete ORF of each record, translated, where it is long enough."""
    proteins = []
    for record in records:
        orf = longest_orfs(record.sequence, "+").complete
        if orf and orf.length_aa >= MIN_PROTEIN_AA:
            proteins.append(Record(record.name, protein_of(orf, record.sequence)))
    return proteins


def decoys(proteins: Sequence[Record], n: int) -> Iterable[Record]:
    """Shuffled proteins, as many as asked for."""
    rng = np.random.default_rng(1)
    letters = [np.frombuffer(each.sequence.encode(), "S1") for each in proteins]
    for number in range(n):
        shuffled = rng.permutation(letters[number % len(letters)])
        yield Record(f"decoy{number}", shuffled.tobytes().decode())


def labelled(name: str, records: Sequence[Record]) -> Labelled:
    """Transcripts, and which of them the filters `orf` and `coding` leave."""
    table = bl.lincrna.score(records).to_frame()
    is_left = (table["call"] != "coding") & (
        table["orf_aa"] < FilterSettings().orf_limit_aa
    )
    return Labelled(name, records, frozenset(table["name"][is_left]))


def with_indels(record: Record, rng: random.Random) -> Record:
    """A copy in which bases are inserted or deleted, as in a decayed one."""
    bases = []
    for base in record.sequence:
        event = rng.random()
        if event < INDELS / 2:
            continue
        bases.append(base)
        if event > 1 - INDELS / 2:
            bases.append(rng.choice("ACGT"))
    return Record(record.name, "".join(bases))


def copies(records: Sequence[Record]) -> list[Labelled]:
    """Damaged and incomplete copies of mRNAs."""
    rng = random.Random(1)
    damaged = [with_indels(record, rng) for record in records]
    pieces = [Record(each.name, each.sequence[-PIECE_NT:]) for each in records]
    return [
        labelled("cow mRNAs with indels", damaged),
        labelled("last 600 nt of cow mRNAs", pieces),
    ]


def cpu_s() -> float:
    """CPU time of this process and its children, s."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def share(k: int, n: int) -> str:
    """A count, its share and its exact 95 % interval."""
    return f"{k:4} of {n:4}, {clopper_pearson(k, n)}" if n else "0 of 0"


def n_resembling(
    hits: Mapping[str, HomologyHit | None], names: Iterable[str], coverage: float
) -> int:
    """Transcripts that resemble that fraction of a protein, or more."""
    found = (hits[name] for name in names)
    return sum(hit is not None and hit.coverage >= coverage for hit in found)


def show(
    tool: HomologyTool,
    proteins: Path,
    sets: Sequence[Labelled],
    symbols: Mapping[str, str],
) -> None:
    """Search all sets with one program, and print what it found and took."""
    settings = FilterSettings(homology_tool=tool)
    library = ProteinLibrary(proteins, settings)
    print(f"\n{library.title}, E-value {settings.max_homology_evalue:g}")
    for labels in sets:
        begin = cpu_s()
        hits = library.search(labels.spliced)
        took = cpu_s() - begin
        names = [record.name for record in labels.records]
        print(f"{labels.name}: {took:.1f} CPU s for {len(names):,} transcripts")
        for coverage in COVERAGES:
            every = share(n_resembling(hits, names, coverage), len(names))
            left = share(n_resembling(hits, labels.left, coverage), len(labels.left))
            print(f"  coverage {coverage:.1f}: {every}; of those left {left}")
        if labels.name.endswith("lncRNAs"):
            likened = Counter(symbols.get(hit.protein) for hit in hits.values() if hit)
            print(f"  at any coverage to: {likened.most_common(4)}")
            lost = [hit.protein for hit in hits.values() if hit and is_similar(hit)]
            print(f"  lost to: {', '.join(symbols.get(name, name) for name in lost)}")
        if labels.name == "cow mRNAs":
            similar = [each for each in labels.records if is_similar(hits[each.name])]
            show_copies(library, similar)
        if labels.name == "mouse mRNAs":
            show_orthologues(labels, hits, symbols)


def is_similar(hit: HomologyHit | None) -> bool:
    """Whether a hit rejects by default."""
    return hit is not None and hit.coverage >= FilterSettings().min_homology_coverage


def show_copies(library: ProteinLibrary, similar: Sequence[Record]) -> None:
    """What is found of copies of mRNAs that resemble a protein of the file."""
    print(f"  copies of the {len(similar)} that resemble half of a protein:")
    for labels in copies(similar):
        hits = library.search(labels.spliced)
        n_left = len(labels.left)
        print(
            f"  {labels.name}: `orf` and `coding` leave {share(n_left, len(similar))}"
        )
        for coverage in COVERAGES:
            n_found = n_resembling(hits, labels.left, coverage)
            print(f"    of these, coverage {coverage:.1f}: {share(n_found, n_left)}")


def show_orthologues(
    labels: Labelled,
    hits: Mapping[str, HomologyHit | None],
    symbols: Mapping[str, str],
) -> None:
    """Whole mouse mRNAs whose human orthologue is in the file."""
    whole = {each.name for each in proteins_of(labels.records)}
    known = set(symbols.values()) - {""}
    own = {
        record.name: symbol_of(record)
        for record in labels.records
        if record.name in whole and symbol_of(record) in known
    }
    best = [symbols.get(hit.protein) if (hit := hits[name]) else "" for name in own]
    n_right = sum(a == b for a, b in zip(best, own.values(), strict=True))
    print(f"  its orthologue, in the file, is the best hit: {share(n_right, len(own))}")
    for coverage in COVERAGES:
        n_found = n_resembling(hits, own, coverage)
        print(f"    coverage {coverage:.1f}: {share(n_found, len(own))}")


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--more", type=Path, required=True)
    asked.add_argument("--tools", nargs="+", default=["diamond", "mmseqs", "phmmer"])
    asked.add_argument("--decoys", type=int, default=0)
    given = asked.parse_args()
    human = mrnas(given.data / "h_sapiens_random2000.fa.gz")
    noncoding = list(read_fasta(given.data / "Human_noncoding_transcripts_RNA.fa.gz"))
    drawn = random.Random(1).sample(noncoding, N_HUMAN_LNCRNAS)
    sets = [
        labelled("cow mRNAs", list(read_fasta(given.more / "cow/mrna.fa.gz"))),
        labelled("mouse mRNAs", mrnas(given.data / "m_musculus_random1000.fa.gz")),
        labelled("cow lncRNAs", list(read_fasta(given.more / "cow/lncrna.fa.gz"))),
        labelled("human lncRNAs", drawn),
    ]
    for labels in sets:
        n, n_left = len(labels.records), len(labels.left)
        print(f"{labels.name}: {n:,}, of which `orf` and `coding` leave {n_left}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "proteins.fa"
        proteins = proteins_of(human)
        names = {each.name for each in proteins}
        symbols = {each.name: symbol_of(each) for each in human if each.name in names}
        write_fasta(path, [*proteins, *decoys(proteins, given.decoys)])
        n_aa = sum(len(each.sequence) for each in proteins)
        print(f"{len(proteins):,} human proteins, {n_aa:,} aa; {given.decoys:,} decoys")
        for tool in given.tools:
            show(tool, path, sets, symbols)


if __name__ == "__main__":
    main()
