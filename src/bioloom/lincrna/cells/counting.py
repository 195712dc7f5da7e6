"""Reads → molecules by cell and gene."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.genome.transcript import Span, Transcript, joined
from bioloom.lincrna.cells.alignments import Alignment, Place
from bioloom.lincrna.cells.umis import NO_UMI_CODE, molecules
from bioloom.lincrna.inputs.sample import Strandness

BIN_NT = 10_000
MIN_COVERED = 0.5
BATCH = 2**21
N_REMEMBERED = 2**16
NO_GENE = -1

MultiGene = Literal["all", "most_reads"]


@dataclass(frozen=True, slots=True)
class CellGene:
    """A gene to count: the exons of all its transcripts, on one strand."""

    gene_id: str
    chrom: str
    strand: str
    exons: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From its first base to its last, introns included."""
        return (self.exons[0][0], self.exons[-1][1])


class GeneModel(NamedTuple):
    """A transcript and the gene that it is counted for."""

    gene_id: str
    transcript: Transcript


def genes_of(models: Iterable[GeneModel]) -> list[CellGene]:
    """Genes of transcript models; a gene on two chromosomes counts as two."""
    exons: dict[tuple[str, str, str], list[Span]] = defaultdict(list)
    for gene_id, tx in models:
        exons[gene_id, tx.chrom, tx.strand].extend(tx.exons)
    return [CellGene(*place, joined(spans)) for place, spans in exons.items()]


class Assigned(NamedTuple):
    """Genes of a place: the index of the only one, or `NO_GENE`.

    Parameters
    ----------
    exonic, full
        Gene with most bases in exons, and anywhere in the gene, introns included.
    outcome
        "gene", "ambiguous" (several genes), "antisense" (none on the RNA's strand, one
        or more on the other), or "outside".
    """

    exonic: int
    full: int
    outcome: Literal["gene", "ambiguous", "antisense", "outside"]


class GeneFinder:
    """Finds the genes at a place, by bins of the genome.

    Parameters
    ----------
    genes
        To count.
    gene_ids
        Order of the genes; the indexes that are found count in it.
    """

    def __init__(self, genes: Sequence[CellGene], gene_ids: Sequence[str]) -> None:
        self.gene_ids = tuple(gene_ids)
        self._index = {gene_id: index for index, gene_id in enumerate(gene_ids)}
        self._bins: dict[tuple[str, str, int], list[CellGene]] = defaultdict(list)
        for gene in genes:
            strands = "+-" if gene.strand == "." else gene.strand
            first, last = (place // BIN_NT for place in gene.span)
            for strand in strands:
                for number in range(first, last + 1):
                    self._bins[gene.chrom, strand, number].append(gene)

    def at(self, chrom: str, strand: str, blocks: Sequence[Span]) -> list[CellGene]:
        """Genes on this strand whose span the blocks touch, in order of the file."""
        first, last = blocks[0][0] // BIN_NT, blocks[-1][1] // BIN_NT
        genes: dict[str, CellGene] = {}
        for number in range(first, last + 1):
            for gene in self._bins.get((chrom, strand, number), ()):
                if gene.span[0] < blocks[-1][1] and gene.span[1] > blocks[0][0]:
                    genes[gene.gene_id] = gene
        return list(genes.values())

    def assign(self, place: Place, strandness: Strandness) -> Assigned:
        """The gene that a read belongs to.

        It is the gene in whose exons (or, for `full`, in whose span) at least half of
        the aligned bases lie, if there is no other; one with exons there goes before
        one with introns.

        Parameters
        ----------
        place
            Of the read.
        strandness
            Whether the read has the RNA's strand ("forward"), the other one
            ("reverse"), or either.
        """
        sense = _RNA_STRANDS[strandness][place.strand]
        genes = [
            gene
            for strand in sense
            for gene in self.at(place.chrom, strand, place.blocks)
        ]
        exonic = [gene for gene in genes if _covers(gene.exons, place.blocks)]
        full = [gene for gene in genes if _covers((gene.span,), place.blocks)]
        if not full:
            other = "-+"["+-".index(sense)] if len(sense) == 1 else ""
            against = self.at(place.chrom, other, place.blocks) if other else []
            is_against = any(_covers((gene.span,), place.blocks) for gene in against)
            return Assigned(NO_GENE, NO_GENE, "antisense" if is_against else "outside")
        chosen = exonic if len(exonic) == 1 else full
        if len(chosen) > 1:
            return Assigned(NO_GENE, NO_GENE, "ambiguous")
        index = self._index[chosen[0].gene_id]
        return Assigned(index if len(exonic) == 1 else NO_GENE, index, "gene")


_RNA_STRANDS: dict[str, dict[str, str]] = {
    "forward": {"+": "+", "-": "-"},
    "reverse": {"+": "-", "-": "+"},
    "unstranded": {"+": "+-", "-": "+-"},
}


class ReadRows(NamedTuple):
    """Distinct (cell, gene, UMI) and their reads, by cell, gene, UMI; arrays (n,)."""

    cells: NDArray[np.int64]
    genes: NDArray[np.int64]
    umis: NDArray[np.int64]
    n_reads: NDArray[np.int64]


@dataclass(slots=True)
class CellReads:
    """Uniquely aligned reads of a sample, by cell, genes and UMI.

    Parameters
    ----------
    barcodes
        Index of each barcode, in the order in which they were seen.
    n_reads
        Reads of each barcode.
    outcomes
        Reads by what became of them: "gene", "ambiguous", "antisense", "outside".
    """

    barcodes: dict[str, int] = field(default_factory=dict)
    n_reads: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    _pending: tuple["array[int]", ...] = field(
        default_factory=lambda: tuple(array("q") for _ in range(4))
    )
    _done: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, alignment: Alignment, assigned: Assigned) -> None:
        """Count one read."""
        barcode, umi, _ = alignment
        self.n_reads[barcode] += 1
        self.outcomes[assigned.outcome] += 1
        if assigned.full != NO_GENE or assigned.exonic != NO_GENE:
            cell = self.barcodes.setdefault(barcode, len(self.barcodes))
            for column, value in zip(
                self._pending, (cell, assigned.exonic, assigned.full, umi), strict=True
            ):
                column.append(value)
            if len(self._pending[0]) >= BATCH:
                self._compress()

    def _compress(self) -> None:
        """Join equal reads, so that memory grows with molecules and not with reads."""
        if self._pending[0]:
            columns = [np.frombuffer(column, np.int64) for column in self._pending]
            ones = np.ones(len(columns[0]), np.int64)
            self._done.append(_summed(np.vstack([*columns, ones])))
            self._pending = tuple(array("q") for _ in range(4))

    def rows(self, layer: Literal["exonic", "full"]) -> ReadRows:
        """Reads of each (cell, gene, UMI), by exons or by whole genes."""
        self._compress()
        if not self._done:
            return ReadRows(*np.zeros((4, 0), np.int64))
        self._done = [_summed(np.hstack(self._done))]
        cell, exonic, full, umi, n = self._done[0]
        gene = exonic if layer == "exonic" else full
        columns = np.vstack([cell, gene, umi, n])[:, gene != NO_GENE]
        return ReadRows(*_summed(columns))


def _summed(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Columns sorted by all rows but the last, which is summed where they are equal."""
    keys = columns[:-1]
    order = np.lexsort(keys[::-1])
    keys, n = keys[:, order], columns[-1, order]
    is_new = np.any(np.diff(keys, axis=1, prepend=keys[:, :1] - 1) != 0, axis=0)
    starts = np.flatnonzero(is_new)
    sums = np.add.reduceat(n, starts) if len(starts) else n[:0]
    return np.vstack([keys[:, starts], sums])


def count_reads(
    alignments: Iterable[Alignment], finder: GeneFinder, strandness: Strandness
) -> CellReads:
    """Count reads that align once, on the strand of the library."""
    reads = CellReads()
    last: Place | None = None
    assigned = Assigned(NO_GENE, NO_GENE, "outside")
    assign = lru_cache(N_REMEMBERED)(finder.assign)
    for alignment in alignments:
        if alignment.place is not last:
            last = alignment.place
            assigned = assign(last, strandness)
        reads.add(alignment, assigned)
    return reads


class Molecules(NamedTuple):
    """Molecules of each cell and gene, shape (n,)."""

    cells: NDArray[np.int64]
    genes: NDArray[np.int64]
    n: NDArray[np.int64]


def count_molecules(rows: ReadRows, multi_gene: MultiGene = "all") -> Molecules:
    """Molecules of each cell and gene; reads without a UMI are one each.

    Parameters
    ----------
    rows
        Reads of each (cell, gene, UMI).
    multi_gene
        What becomes of a UMI that a cell has in several genes: counted in all, or in
        the one with the most reads, and in none if two have as many.
    """
    if multi_gene == "most_reads":
        rows = _in_one_gene(rows)
    has_umi = rows.umis != NO_UMI_CODE
    with_umi = ReadRows(*(column[has_umi] for column in rows))
    keys = _group_of(with_umi)
    first = molecules(keys, with_umi.umis, with_umi.n_reads)
    is_molecule = first == np.arange(len(first))
    ones = is_molecule.astype(np.int64)
    columns = np.hstack(
        [
            np.vstack([with_umi.cells, with_umi.genes, ones]),
            np.vstack([rows.cells, rows.genes, rows.n_reads])[:, ~has_umi],
        ]
    )
    return Molecules(*_summed(columns))


def _group_of(rows: ReadRows) -> NDArray[np.int64]:
    """Number of each row's (cell, gene), ascending."""
    is_new = (np.diff(rows.cells, prepend=-1) != 0) | (
        np.diff(rows.genes, prepend=-1) != 0
    )
    return np.cumsum(is_new)


def _in_one_gene(rows: ReadRows) -> ReadRows:
    """Rows whose gene has more reads of the UMI in the cell than any other gene."""
    order = np.lexsort((-rows.n_reads, rows.umis, rows.cells))
    cells, umis, n = rows.cells[order], rows.umis[order], rows.n_reads[order]
    is_first = (np.diff(cells, prepend=-1) != 0) | (np.diff(umis, prepend=-2) != 0)
    is_tied = np.append(~is_first[1:] & (n[1:] == n[:-1]), False)  # noqa: FBT003
    stays = (is_first & ~is_tied) | (umis == NO_UMI_CODE)
    return ReadRows(*(column[np.sort(order[stays])] for column in rows))


def _covers(spans: Sequence[Span], blocks: Sequence[Span]) -> bool:
    aligned = sum(end - start for start, end in blocks)
    return exonic_overlap_nt(spans, blocks) >= MIN_COVERED * aligned
