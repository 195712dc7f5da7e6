"""A simulated plate of cells (Smart-seq2 or Smart-seq3), with known counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bioloom.lincrna.inputs.chemistry import SMARTSEQ3_TAG, SMARTSEQ3_UMI_NT
from bioloom.lincrna.simulate.cells import distinct_words, expressed, fastq
from bioloom.lincrna.simulate.genome import Genome
from bioloom.lincrna.simulate.reads import write_gzip
from bioloom.seq.alphabet import reverse_complement

READ_NT = 75
_FRAGMENT_NT = (150, 300)
_MEAN_FRAGMENTS = 30.0


class PlateCell(NamedTuple):
    """A cell of a plate: its name and its two files."""

    name: str
    files: tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class Plate:
    """A simulated plate.

    Parameters
    ----------
    cells
        Its cells.
    counts
        Fragments by cell and locus; on a Smart-seq3 plate molecules with a UMI.
    """

    cells: tuple[PlateCell, ...]
    counts: dict[tuple[str, str], int]


class _Pair(NamedTuple):
    """Sequences of a fragment's two reads."""

    first: str
    second: str


def simulate_plate(
    rng: np.random.Generator,
    genome: Genome,
    folder: Path,
    *,
    name: str = "P",
    n_cells: int = 12,
    has_umis: bool = False,
) -> Plate:
    """Write ``reads/NAME_A1_R1.fastq.gz`` and ``_R2`` for each cell of a plate.

    Fragments of 150 to 300 nt lie anywhere on the RNAs, in either direction. On a
    plate with UMIs (Smart-seq3) each molecule also has one read that starts at the
    RNA's start, behind tag, UMI and GGG.

    Parameters
    ----------
    rng
        Source of all randomness.
    genome
        The simulated genome; every expressed locus that is no decoy takes part.
    folder
        The simulation's.
    name, n_cells
        Of the plate.
    has_umis
        Whether the protocol is Smart-seq3.
    """
    cells, counts = [], {}
    (folder / "reads").mkdir(parents=True, exist_ok=True)
    sources = [
        source for source in expressed(genome) if len(source.rna) >= _FRAGMENT_NT[1]
    ]
    for number in range(n_cells):
        cell = f"A{number + 1}"
        pairs: list[_Pair] = []
        for source in sources:
            n = int(rng.poisson(rng.gamma(1.0, _MEAN_FRAGMENTS)))
            if n:
                counts[cell, source.model.gene_id] = n
                fragments = _tagged if has_umis else _inner
                pairs += fragments(rng, source.rna, n)
        stem = folder / f"reads/{name}_{cell}"
        files = (
            stem.with_name(f"{stem.name}_R1.fastq.gz"),
            stem.with_name(f"{stem.name}_R2.fastq.gz"),
        )
        for path, texts in zip(files, zip(*pairs, strict=True), strict=True):
            write_gzip(path, fastq(texts))
        cells.append(PlateCell(cell, files))
    return Plate(tuple(cells), counts)


def _inner(rng: np.random.Generator, rna: str, n: int) -> Iterator[_Pair]:
    """Fragments of an RNA, in either direction."""
    for _ in range(n):
        length = int(rng.integers(*_FRAGMENT_NT))
        start = int(rng.integers(0, max(1, len(rna) - length + 1)))
        fragment = rna[start : start + length]
        if rng.random() < 0.5:
            fragment = reverse_complement(fragment)
        yield _Pair(fragment[:READ_NT], reverse_complement(fragment)[:READ_NT])


def _tagged(rng: np.random.Generator, rna: str, n: int) -> Iterator[_Pair]:
    """Molecules with a UMI, one to three reads of each, and as many inner fragments."""
    for umi in distinct_words(rng, SMARTSEQ3_UMI_NT, n):
        for _ in range(int(rng.integers(1, 4))):
            length = int(rng.integers(*_FRAGMENT_NT))
            head = SMARTSEQ3_TAG + umi + "GGG"
            second = reverse_complement(rna[:length])[:READ_NT]
            yield _Pair((head + rna)[: len(head) + READ_NT], second)
    yield from _inner(rng, rna, n)
