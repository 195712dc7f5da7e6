"""A transcript: exons on one strand of one chromosome."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Strand = Literal["+", "-", "."]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Transcript:
    """One transcript model.

    Parameters
    ----------
    transcript_id, gene_id
        Names; unique transcript_id within a file.
    chrom
        Chromosome name.
    strand
        "+", "-", or "." where it is not known.
    exons
        Half-open spans, 0-based, ascending, disjoint.
    cds
        Coding part of the exons, stop codon included; empty if none is annotated.
    biotype, gene_biotype
        The annotation's words, e.g. "protein_coding"; empty if it has none.
    gene_name
        Symbol; empty if none.
    product
        What the annotation says of it in free text, which names what hides behind
        biotypes such as "misc_RNA"; empty if nothing.
    """

    transcript_id: str
    gene_id: str
    chrom: str
    strand: Strand
    exons: tuple[Span, ...]
    cds: tuple[Span, ...] = ()
    biotype: str = ""
    gene_biotype: str = ""
    gene_name: str = field(default="", compare=False)
    product: str = field(default="", compare=False)

    @property
    def start(self) -> int:
        """Leftmost base, 0-based."""
        return self.exons[0][0]

    @property
    def end(self) -> int:
        """One past the rightmost base."""
        return self.exons[-1][1]

    @property
    def length_nt(self) -> int:
        """Spliced length, nt."""
        return sum(end - start for start, end in self.exons)

    @property
    def is_spliced(self) -> bool:
        """Whether it has an intron."""
        return len(self.exons) > 1

    @property
    def introns(self) -> tuple[Span, ...]:
        """Spans between neighbouring exons, ascending; the intron chain."""
        return tuple((left[1], right[0]) for left, right in pairwise(self.exons))

    @property
    def region(self) -> str:
        """The span as people write it: chr1:101-200, 1-based and closed."""
        return f"{self.chrom}:{self.start + 1}-{self.end}"

    def lifted(self, span: Span) -> tuple[Span, ...]:
        """Blocks on the chromosome of a half-open span of the spliced transcript.

        The span counts from the transcript's 5' end; "." counts as "+".

        Examples
        --------
        >>> Transcript("t", "g", "1", "-", ((0, 10), (20, 30))).lifted((8, 13))
        ((7, 10), (20, 22))
        """
        start, end = span
        if self.strand == "-":
            start, end = self.length_nt - end, self.length_nt - start
        blocks, before = [], 0
        for left, right in self.exons:
            first, last = max(start - before, 0), min(end - before, right - left)
            if first < last:
                blocks.append((left + first, left + last))
            before += right - left
        return tuple(blocks)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Ascending disjoint spans that cover the same bases.

    Examples
    --------
    >>> joined([(5, 9), (0, 3), (3, 4), (8, 12)])
    ((0, 4), (5, 12))
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
