"""A simulated 10x Genomics v3 sample: cells of two types, with known UMI counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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
TRUTH_COLUMNS = ("barcode", "cell_type", "locus_id", "kind", "n_umis")

_MEAN_UMIS = 4.0
_OTHER_TYPE_SHARE = 0.1
_WITH_OLIGO, _WITH_BARCODE_ERROR = 0.07, 0.05
_FROM_END_NT = (50, 320)
_MAX_COPIES = 4


@dataclass(frozen=True, slots=True)
class Molecule:
    """One captured RNA: its cell, its UMI, where its read starts and its copies."""

    barcode: str
    umi: str
    cdna: str
    n_copies: int


def simulate_cells(
    rng: np.random.Generator, genome: Genome, folder: Path
) -> tuple[Path, Path]:
    """Write ``reads/D_R1.fastq.gz``, ``reads/D_R2.fastq.gz`` and ``cells_truth.tsv``.

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

    Returns
    -------
    The two FASTQ files.
    """
    barcodes = _distinct_words(rng, BARCODE_NT, N_CELLS + N_EMPTY)
    models = _expressed(genome)
    counts = _umi_counts(rng, len(models))
    rnas = [decode(genome.rna(tx)) for _, tx in models]
    molecules = list(_molecules(rng, rnas, barcodes[:N_CELLS], counts))
    molecules += _background(rng, rnas, barcodes[N_CELLS:])
    reads = [molecule for molecule in molecules for _ in range(molecule.n_copies)]
    order = rng.permutation(len(reads))
    paths = folder / "reads/D_R1.fastq.gz", folder / "reads/D_R2.fastq.gz"
    tags = [_read_1(rng, reads[i]) for i in order]
    write_gzip(paths[0], _fastq(tags))
    write_gzip(paths[1], _fastq([_read_2(rng, reads[i]) for i in order]))
    _write_truth(folder / "cells_truth.tsv", barcodes, models, counts)
    return paths


def _expressed(genome: Genome) -> list[tuple[str, Transcript]]:
    """Kind and main isoform of the loci that cells express."""
    wanted = {"coding", "known_lincrna", "known_host", "novel_lincrna", "novel_host"}
    return [
        (locus.kind.name, locus.transcripts[0])
        for locus in genome.loci
        if locus.kind.name in wanted
    ]


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
    rng: np.random.Generator,
    rnas: Sequence[str],
    barcodes: Sequence[str],
    counts: NDArray[np.int64],
) -> Iterator[Molecule]:
    for cell, barcode in enumerate(barcodes):
        for locus, rna in enumerate(rnas):
            n = int(counts[cell, locus])
            for umi in _distinct_words(rng, UMI_NT, n):
                copies = int(rng.integers(1, _MAX_COPIES + 1))
                yield Molecule(barcode, umi, _cdna(rng, rna), copies)


def _background(
    rng: np.random.Generator, rnas: Sequence[str], barcodes: Sequence[str]
) -> list[Molecule]:
    """Empty droplets: one to three reads of any RNA each."""
    found = []
    for barcode in barcodes:
        rna = rnas[int(rng.integers(len(rnas)))]
        [umi] = _distinct_words(rng, UMI_NT, 1)
        copies = int(rng.integers(1, 4))
        found.append(Molecule(barcode, umi, _cdna(rng, rna), copies))
    return found


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


def _write_truth(
    path: Path,
    barcodes: Sequence[str],
    models: Sequence[tuple[str, Transcript]],
    counts: NDArray[np.int64],
) -> None:
    with open_aside(path) as stream:
        stream.write("\t".join(TRUTH_COLUMNS) + "\n")
        for cell, locus in zip(*np.nonzero(counts), strict=True):
            kind, tx = models[locus]
            row = (barcodes[cell], cell % 2, tx.gene_id, kind, counts[cell, locus])
            stream.write("\t".join(map(str, row)) + "\n")
