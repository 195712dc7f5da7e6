"""Simulated droplet samples, with known UMI counts: cells, and nuclei.

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
from bioloom.lincrna.inputs.chemistry import chemistry_of
from bioloom.lincrna.inputs.geometry import Geometry, Tag
from bioloom.lincrna.simulate.genome import Genome
from bioloom.lincrna.simulate.reads import write_gzip
from bioloom.run.output import open_aside
from bioloom.seq.alphabet import BASES, decode, reverse_complement

CDNA_NT, POLY_A_NT = 90, 40
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
_SHALLOW = 0.1
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
class DropletPlan:
    """What to simulate of a droplet sample.

    Parameters
    ----------
    name
        Of the sample and its files.
    kind
        Whether all RNAs are spliced (cells) or half of them (nuclei).
    chemistry
        Name of the protocol, or a geometry. Of a kit whose reads are antisense the
        cDNA is the start of the RNA, turned round.
    n_shallow
        Cells, the last ones, with a tenth of the RNAs.
    depth
        Factor on the RNAs of all cells.
    """

    name: str
    kind: Literal["cell", "nucleus"]
    chemistry: str = "10xv3"
    n_shallow: int = 0
    depth: float = 1.0


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
    plan: DropletPlan,
) -> DropletSample:
    """Write ``reads/NAME_R1.fastq.gz`` and ``_R2``, and more where the protocol has it.

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
    plan
        What to simulate.
    """
    name, library = plan.name, _library_of(plan.chemistry)
    barcodes = distinct_words(rng, library.barcode_nt, N_CELLS + N_EMPTY)
    sources = expressed(genome)
    counts = _umi_counts(rng, len(sources), plan.depth)
    if plan.n_shallow:
        counts[-plan.n_shallow :] = rng.binomial(counts[-plan.n_shallow :], _SHALLOW)
    n_intronic = np.zeros_like(counts)
    if plan.kind == "nucleus":
        has_introns = np.array([bool(source.introns) for source in sources])
        n_intronic = rng.binomial(counts, _UNSPLICED) * has_introns
    molecules = [
        molecule
        for cell, barcode in enumerate(barcodes[:N_CELLS])
        for source, n, unspliced in zip(
            sources, counts[cell].tolist(), n_intronic[cell].tolist(), strict=True
        )
        for molecule in _molecules(
            rng, source, library, barcode, n=n, n_intronic=unspliced
        )
    ]
    molecules += _background(
        rng, [source.rna for source in sources], library, barcodes[N_CELLS:]
    )
    reads = [molecule for molecule in molecules for _ in range(molecule.n_copies)]
    order = rng.permutation(len(reads))
    tags = [_with_error(rng, reads[i], library.barcode_nt) for i in order]
    cdnas = [_with_oligo(rng, reads[i]) for i in order]
    if library.is_antisense:
        cdnas = [reverse_complement(cdna) for cdna in cdnas]
    laid = [
        laid_out(rng, library.geometry, tag, cdna)
        for tag, cdna in zip(tags, cdnas, strict=True)
    ]
    paths = _write_files(laid, folder / f"reads/{name}")
    rows = (
        (
            *(name, barcodes[cell], cell % 2, sources[locus].model.gene_id),
            *(sources[locus].kind, counts[cell, locus], n_intronic[cell, locus]),
        )
        for cell, locus in zip(*np.nonzero(counts), strict=True)
    )
    return DropletSample(name, plan.kind, paths, tuple(rows))


def write_cells_truth(samples: Sequence[DropletSample], path: Path) -> None:
    """Write the UMIs of each cell and locus; columns as in `TRUTH_COLUMNS`."""
    with open_aside(path) as stream:
        for row in (
            TRUTH_COLUMNS,
            *(row for sample in samples for row in sample.truth),
        ):
            stream.write("\t".join(map(str, row)) + "\n")


def expressed(genome: Genome) -> list[Source]:
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


def _umi_counts(
    rng: np.random.Generator, n_loci: int, depth: float
) -> NDArray[np.int64]:
    """UMIs of each cell and locus, shape (N_CELLS, n_loci).

    Each locus is expressed in one of two cell types, and a tenth as much in the other.
    """
    level = depth * rng.gamma(1.5, _MEAN_UMIS / 1.5, size=n_loci)
    home = rng.integers(0, 2, size=n_loci)
    cell_type = np.arange(N_CELLS) % 2
    share = np.where(cell_type[:, None] == home[None, :], 1.0, _OTHER_TYPE_SHARE)
    return rng.poisson(level[None, :] * share)


def _molecules(
    rng: np.random.Generator,
    source: Source,
    library: "_Library",
    barcode: str,
    *,
    n: int,
    n_intronic: int,
) -> Iterator[Molecule]:
    """Molecules of one locus in one cell; the last of them are not spliced."""
    for number, umi in enumerate(distinct_words(rng, library.umi_nt, n)):
        copies = int(rng.integers(1, _MAX_COPIES + 1))
        if number < n - n_intronic:
            cdna = _cdna(rng, source.rna, is_start=library.is_antisense)
            yield Molecule(barcode, umi, cdna, copies)
        else:
            intron = source.introns[int(rng.integers(len(source.introns)))]
            start = int(rng.integers(len(intron) - CDNA_NT + 1))
            yield Molecule(barcode, umi, intron[start : start + CDNA_NT], copies)


def _background(
    rng: np.random.Generator,
    rnas: Sequence[str],
    library: "_Library",
    barcodes: Sequence[str],
) -> list[Molecule]:
    """Empty droplets: one to three reads of any RNA each."""
    molecules = []
    for barcode in barcodes:
        rna = rnas[int(rng.integers(len(rnas)))]
        [umi] = distinct_words(rng, library.umi_nt, 1)
        copies = int(rng.integers(1, 4))
        cdna = _cdna(rng, rna, is_start=library.is_antisense)
        molecules.append(Molecule(barcode, umi, cdna, copies))
    return molecules


def _cdna(rng: np.random.Generator, rna: str, *, is_start: bool) -> str:
    """Sense read that starts near the RNA's 3' end and may run into its tail.

    Of a kit that captures the start, one that ends near the 5' end.
    """
    if is_start:
        end = min(len(rna), CDNA_NT + int(rng.integers(0, _FROM_END_NT[1])))
        return rna[max(0, end - CDNA_NT) : end]
    start = max(0, len(rna) - int(rng.integers(*_FROM_END_NT)))
    return (rna + "A" * POLY_A_NT)[start : start + CDNA_NT]


def _with_error(rng: np.random.Generator, molecule: Molecule, barcode_nt: int) -> Tag:
    """Barcode and UMI as sequenced: one barcode in twenty has a wrong base."""
    barcode = molecule.barcode
    if rng.random() < _WITH_BARCODE_ERROR:
        place = int(rng.integers(barcode_nt))
        others = BASES.replace(barcode[place], "")
        barcode = barcode[:place] + others[int(rng.integers(3))] + barcode[place + 1 :]
    return Tag(barcode, molecule.umi)


def _with_oligo(rng: np.random.Generator, molecule: Molecule) -> str:
    """Read of the cDNA, behind the template-switch oligo in one of fourteen."""
    if rng.random() < _WITH_OLIGO:
        return (SWITCH_OLIGO + molecule.cdna)[:CDNA_NT]
    return molecule.cdna


@dataclass(frozen=True, slots=True)
class _Library:
    """Lengths of barcode and UMI, and whether the cDNA read is antisense."""

    geometry: Geometry
    barcode_nt: int
    umi_nt: int
    is_antisense: bool


def _library_of(name: str) -> _Library:
    chemistry = chemistry_of(name)
    assert chemistry.geometry is not None  # noqa: S101 (a plate is none)
    umis = [
        part.min_nt
        for file in chemistry.geometry.files
        for part in file
        if part.kind == "umi"
    ]
    return _Library(
        chemistry.geometry,
        sum(chemistry.geometry.barcode_parts_nt),
        sum(umis),
        chemistry.strand == "reverse",
    )


def _write_files(reads: Sequence[Sequence[str]], stem: Path) -> tuple[Path, ...]:
    """Write the files of a protocol; one row of texts for each pair of reads."""
    paths = tuple(
        stem.with_name(f"{stem.name}_R{number}.fastq.gz")
        for number in range(1, len(reads[0]) + 1)
    )
    for path, texts in zip(paths, zip(*reads, strict=True), strict=True):
        write_gzip(path, fastq(texts))
    return paths


def laid_out(
    rng: np.random.Generator, geometry: Geometry, tag: Tag, cdna: str
) -> list[str]:
    """Reads of each file; bases that are skipped are random."""
    left = {"barcode": tag.barcode, "umi": tag.umi}
    reads = []
    for parts in geometry.files:
        read = ""
        for part in parts:
            if part.kind in left:
                word = left[part.kind][: part.max_nt]
                left[part.kind] = left[part.kind][len(word) :]
                read += word
            elif part.kind == "skip" and part.max_nt is not None:
                length = int(rng.integers(part.min_nt, part.max_nt + 1))
                read += "".join(BASES[i] for i in rng.integers(0, 4, size=length))
            else:
                read += cdna if part.kind == "cdna" else part.sequence
        reads.append(read)
    return reads


def distinct_words(rng: np.random.Generator, length: int, n: int) -> list[str]:
    """Random words over ACGT that differ from each other in three places or more."""
    words: list[str] = []
    while len(words) < n:
        word = "".join(BASES[i] for i in rng.integers(0, 4, size=length))
        if all(_n_differences(word, other) > 2 for other in words):
            words.append(word)
    return words


def _n_differences(left: str, right: str) -> int:
    return sum(a != b for a, b in zip(left, right, strict=True))


def fastq(reads: Sequence[str]) -> Iterator[bytes]:
    """Records of reads without errors, numbered from 1."""
    for number, read in enumerate(reads, 1):
        yield f"@D:{number}\n{read}\n+\n{'F' * len(read)}\n".encode("ascii")
