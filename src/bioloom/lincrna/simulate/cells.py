"""Simulated 10x Genomics v3 samples, with known UMI counts: cells, and nuclei.

Cells and nuclei are of two types. Of a nucleus's RNAs about half are not spliced yet:
their reads lie in introns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.simulate.genome import Genome
from bioloom.lincrna.simulate.reads import write_gzip
from bioloom.run.output import open_aside
from bioloom.seq.alphabet import BASES, decode

BARCODE_NT, UMI_NT, CDNA_NT, POLY_A_NT = 16, 12, 90, 40
SWITCH_OLIGO = "AAGCAGTGGTATCAACGCAGAGTACATGGG"
N_CELLS, N_EMPTY = 40, 150
TRUTH_COLUMNS = (
    "sample",
    "barcode",
    "cell_type",
    "locus_id",
    "kind",
    "n_umis",
    "n_intronic",
)

_MEAN_UMIS = 4.0
_OTHER_TYPE_SHARE = 0.1
_UNSPLICED = 0.5
_WITH_OLIGO, _WITH_BARCODE_ERROR = 0.07, 0.05
_FROM_END_NT = (50, 320)
_MAX_COPIES = 4


@dataclass(frozen=True, slots=True)
class DropletSample:
    """A sample of cells or nuclei: its reads, and rows of `TRUTH_COLUMNS`."""

    name: str
    kind: Literal["cell", "nucleus"]
    reads: tuple[Path, ...]
    truth: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An expressed locus: its kind and model, its RNA, and its longer introns."""

    kind: str
    model: Transcript
    rna: str
    introns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Molecule:
    """One captured RNA: its cell, its UMI, where its read starts and its copies."""

    barcode: str
    umi: str
    cdna: str
    n_copies: int


def simulate_droplets(
    rng: np.random.Generator,
    genome: Genome,
    folder: Path,
    kind: Literal["cell", "nucleus"],
) -> DropletSample:
    """Write ``reads/D_R1.fastq.gz`` and ``_R2``, D for cells and N for nuclei.

    Reads are free of sequencing errors but for one substitution in the barcode of one
    in twenty. One read in fourteen begins with the template-switch oligo, and some run
    into the poly-A tail. Empty droplets hold one to three reads.

    Parameters
    ----------
    rng
        Source of all randomness.
    genome
        The simulated genome; every expressed locus that is no decoy takes part.
    folder
        The simulation's.
    kind
        Whether all RNAs are spliced (cells) or half of them (nuclei).
    """
    name = "D" if kind == "cell" else "N"
    barcodes = _distinct_words(rng, BARCODE_NT, N_CELLS + N_EMPTY)
    sources = _expressed(genome)
    counts = _umi_counts(rng, len(sources))
    n_intronic = np.zeros_like(counts)
    if kind == "nucleus":
        has_introns = np.array([bool(source.introns) for source in sources])
        n_intronic = rng.binomial(counts, _UNSPLICED) * has_introns
    molecules = [
        molecule
        for cell, barcode in enumerate(barcodes[:N_CELLS])
        for source, n, unspliced in zip(
            sources, counts[cell].tolist(), n_intronic[cell].tolist(), strict=True
        )
        for molecule in _molecules(rng, source, barcode, n=n, n_intronic=unspliced)
    ]
    molecules += _background(
        rng, [source.rna for source in sources], barcodes[N_CELLS:]
    )
    reads = [molecule for molecule in molecules for _ in range(molecule.n_copies)]
    order = rng.permutation(len(reads))
    paths = folder / f"reads/{name}_R1.fastq.gz", folder / f"reads/{name}_R2.fastq.gz"
    tags = [_read_1(rng, reads[i]) for i in order]
    write_gzip(paths[0], _fastq(tags))
    write_gzip(paths[1], _fastq([_read_2(rng, reads[i]) for i in order]))
    rows = (
        (
            *(name, barcodes[cell], cell % 2, sources[locus].model.gene_id),
            *(sources[locus].kind, counts[cell, locus], n_intronic[cell, locus]),
        )
        for cell, locus in zip(*np.nonzero(counts), strict=True)
    )
    return DropletSample(name, kind, paths, tuple(rows))


def write_cells_truth(samples: Sequence[DropletSample], path: Path) -> None:
    """Write the UMIs of each cell and locus; columns as in `TRUTH_COLUMNS`."""
    with open_aside(path) as stream:
        for row in (
            TRUTH_COLUMNS,
            *(row for sample in samples for row in sample.truth),
        ):
            stream.write("\t".join(map(str, row)) + "\n")


def _expressed(genome: Genome) -> list[Source]:
    """Loci that cells express, by their main isoform."""
    kinds = {"coding", "known_lincrna", "known_host", "novel_lincrna", "novel_host"}
    sources = []
    for locus in genome.loci:
        if locus.kind.name in kinds:
            tx = locus.transcripts[0]
            parts = [replace(tx, exons=(span,)) for span in tx.introns]
            introns = [decode(genome.rna(part)) for part in parts]
            longer = tuple(intron for intron in introns if len(intron) >= CDNA_NT)
            sources.append(Source(locus.kind.name, tx, decode(genome.rna(tx)), longer))
    return sources


def _umi_counts(rng: np.random.Generator, n_loci: int) -> NDArray[np.int64]:
    """UMIs of each cell and locus, shape (N_CELLS, n_loci).

    Each locus is expressed in one of two cell types, and a tenth as much in the other.
    """
    level = rng.gamma(1.5, _MEAN_UMIS / 1.5, size=n_loci)
    home = rng.integers(0, 2, size=n_loci)
    cell_type = np.arange(N_CELLS) % 2
    share = np.where(cell_type[:, None] == home[None, :], 1.0, _OTHER_TYPE_SHARE)
    return rng.poisson(level[None, :] * share)


def _molecules(
    rng: np.random.Generator, source: Source, barcode: str, *, n: int, n_intronic: int
) -> Iterator[Molecule]:
    """Molecules of one locus in one cell; the last of them are not spliced."""
    for number, umi in enumerate(_distinct_words(rng, UMI_NT, n)):
        copies = int(rng.integers(1, _MAX_COPIES + 1))
        if number < n - n_intronic:
            yield Molecule(barcode, umi, _cdna(rng, source.rna), copies)
        else:
            intron = source.introns[int(rng.integers(len(source.introns)))]
            start = int(rng.integers(len(intron) - CDNA_NT + 1))
            yield Molecule(barcode, umi, intron[start : start + CDNA_NT], copies)


def _background(
    rng: np.random.Generator, rnas: Sequence[str], barcodes: Sequence[str]
) -> list[Molecule]:
    """Empty droplets: one to three reads of any RNA each."""
    molecules = []
    for barcode in barcodes:
        rna = rnas[int(rng.integers(len(rnas)))]
        [umi] = _distinct_words(rng, UMI_NT, 1)
        copies = int(rng.integers(1, 4))
        molecules.append(Molecule(barcode, umi, _cdna(rng, rna), copies))
    return molecules


def _cdna(rng: np.random.Generator, rna: str) -> str:
    """Sense read that starts near the RNA's 3' end and may run into its tail."""
    start = max(0, len(rna) - int(rng.integers(*_FROM_END_NT)))
    return (rna + "A" * POLY_A_NT)[start : start + CDNA_NT]


def _read_1(rng: np.random.Generator, molecule: Molecule) -> str:
    barcode = molecule.barcode
    if rng.random() < _WITH_BARCODE_ERROR:
        place = int(rng.integers(BARCODE_NT))
        others = BASES.replace(barcode[place], "")
        barcode = barcode[:place] + others[int(rng.integers(3))] + barcode[place + 1 :]
    return barcode + molecule.umi


def _read_2(rng: np.random.Generator, molecule: Molecule) -> str:
    if rng.random() < _WITH_OLIGO:
        return (SWITCH_OLIGO + molecule.cdna)[:CDNA_NT]
    return molecule.cdna


def _distinct_words(rng: np.random.Generator, length: int, n: int) -> list[str]:
    """Random words over ACGT that differ from each other in three places or more."""
    words: list[str] = []
    while len(words) < n:
        word = "".join(BASES[i] for i in rng.integers(0, 4, size=length))
        if all(_n_differences(word, other) > 2 for other in words):
            words.append(word)
    return words


def _n_differences(left: str, right: str) -> int:
    return sum(a != b for a, b in zip(left, right, strict=True))


def _fastq(reads: Sequence[str]) -> Iterator[bytes]:
    for number, read in enumerate(reads, 1):
        yield f"@D:{number}\n{read}\n+\n{'F' * len(read)}\n".encode("ascii")
