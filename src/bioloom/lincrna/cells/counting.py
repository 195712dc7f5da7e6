"""Reads → UMIs by cell and gene."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.genome.transcript import Span, Transcript, joined

BIN_NT = 10_000
MIN_COVERED = 0.5

_UNMAPPED_OR_SECONDARY = 0x904
_REVERSE = 0x10
_ON_REFERENCE = frozenset("MDN=X")
_ALIGNED = frozenset("M=X")


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


class ReadKey(NamedTuple):
    """What reads are counted by."""

    cell: str
    gene_id: str
    umi: str


class CellGeneKey(NamedTuple):
    """What UMIs are counted by."""

    cell: str
    gene_id: str


def genes_of(models: Iterable[GeneModel]) -> list[CellGene]:
    """Genes of transcript models; a gene on two chromosomes counts as two."""
    exons: dict[tuple[str, str, str], list[Span]] = defaultdict(list)
    for gene_id, tx in models:
        exons[gene_id, tx.chrom, tx.strand].extend(tx.exons)
    return [CellGene(*place, joined(spans)) for place, spans in exons.items()]


@dataclass(slots=True)
class CellCounts:
    """UMIs, and how many reads could not be assigned to one gene.

    Parameters
    ----------
    exonic, full
        Reads by (cell, gene_id, UMI): with most bases in exons, and anywhere in the
        gene, introns included.
    n_reads
        Uniquely aligned reads by cell.
    n_ambiguous, n_outside
        Of these, reads on several genes, and on none.
    """

    exonic: Counter[ReadKey] = field(default_factory=Counter)
    full: Counter[ReadKey] = field(default_factory=Counter)
    n_reads: Counter[str] = field(default_factory=Counter)
    n_ambiguous: int = 0
    n_outside: int = 0


class GeneFinder:
    """Finds the genes at a place, by bins of the genome."""

    def __init__(self, genes: Sequence[CellGene]) -> None:
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


def count_reads(sam_lines: Iterable[str], finder: GeneFinder) -> CellCounts:
    """Count uniquely aligned sense reads by cell, gene and UMI.

    A read belongs to a gene if at least half of its aligned bases lie in the gene's
    exons (or, for `full`, in its span) and in no other gene's. Names end in
    ``_barcode_UMI``, as ``umi_tools extract`` writes them.
    """
    counts = CellCounts()
    for name, chrom, strand, blocks in _unique_alignments(sam_lines):
        _, cell, umi = name.rsplit("_", 2)
        counts.n_reads[cell] += 1
        genes = finder.at(chrom, strand, blocks)
        exonic = [gene for gene in genes if _covers(gene.exons, blocks)]
        full = [gene for gene in genes if _covers((gene.span,), blocks)]
        counts.n_outside += not full
        counts.n_ambiguous += len(full) > 1 and len(exonic) != 1
        if len(exonic) == 1:
            counts.exonic[ReadKey(cell, exonic[0].gene_id, umi)] += 1
        chosen = exonic if len(exonic) == 1 else full
        if len(chosen) == 1:
            counts.full[ReadKey(cell, chosen[0].gene_id, umi)] += 1
    return counts


def collapsed(reads: Mapping[ReadKey, int]) -> dict[CellGeneKey, int]:
    """UMIs by (cell, gene_id); those that stem from sequencing errors are merged.

    Directional: a UMI with one difference and at most half as many reads is an error
    of the other (Smith et al. 2017).
    """
    from umi_tools import UMIClusterer

    cluster = UMIClusterer(cluster_method="directional")
    umis: dict[CellGeneKey, dict[bytes, int]] = defaultdict(dict)
    for (cell, gene_id, umi), n in reads.items():
        umis[CellGeneKey(cell, gene_id)][umi.encode()] = n
    return {
        place: 1 if len(counts) == 1 else len(cluster(counts, threshold=1))
        for place, counts in umis.items()
    }


def _covers(spans: Sequence[Span], blocks: Sequence[Span]) -> bool:
    aligned = sum(end - start for start, end in blocks)
    return exonic_overlap_nt(spans, blocks) >= MIN_COVERED * aligned


class _Alignment(NamedTuple):
    """Where a read aligns."""

    name: str
    chrom: str
    strand: str
    blocks: list[Span]


def _unique_alignments(
    sam_lines: Iterable[str],
) -> Iterator[_Alignment]:
    """Alignments of reads that align once."""
    for line in sam_lines:
        if line.startswith("@"):
            continue
        name, flags, chrom, first, _, cigar, *rest = line.rstrip("\n").split("\t")
        flag = int(flags)
        if flag & _UNMAPPED_OR_SECONDARY or "NH:i:1" not in rest:
            continue
        strand = "-" if flag & _REVERSE else "+"
        yield _Alignment(name, chrom, strand, aligned_blocks(int(first) - 1, cigar))


def aligned_blocks(start: int, cigar: str) -> list[Span]:
    """Half-open spans of the reference that a read's bases lie on.

    Examples
    --------
    >>> aligned_blocks(10, "2S3M5N4M")
    [(10, 13), (18, 22)]
    """
    blocks: list[Span] = []
    number = ""
    for letter in cigar:
        if letter.isdigit():
            number += letter
            continue
        length, number = int(number), ""
        if letter in _ALIGNED:
            if blocks and blocks[-1][1] == start:
                blocks[-1] = (blocks[-1][0], start + length)
            else:
                blocks.append((start, start + length))
        start += length * (letter in _ON_REFERENCE)
    return blocks
