"""What was read from an annotation: transcripts, contigs, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bioloom.genome.repeats import Repeats
from bioloom.genome.transcript import Transcript


class Region(NamedTuple):
    """What an annotation says of a contig.

    Parameters
    ----------
    length_nt
        Its length; 0 if not said.
    is_circular
        Whether a row says ``Is_circular=true``.
    genome
        The word for where it lies, e.g. "mitochondrion"; empty if there is none.
    """

    length_nt: int = 0
    is_circular: bool = False
    genome: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Transcripts of one file, in the order of their first row.

    Parameters
    ----------
    path
        The file.
    transcripts
        Its transcripts.
    regions
        Its contigs, as far as rows describe them.
    row_types
        How many rows of each type (third column) it has; empty for BED.
    warnings
        What was left out or decided, each said once, with counts.
    elements
        Transposable elements that have rows of their own and no transcripts; None if
        there are none.
    is_standard_gtf
        Whether it is GTF that any program reads: each transcript has exon rows with
        its own transcript_id, and nothing was restored, renamed or left out.
    """

    path: Path
    transcripts: tuple[Transcript, ...]
    regions: Mapping[str, Region] = field(default_factory=dict, compare=False)
    row_types: Mapping[str, int] = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)
    elements: Repeats | None = field(default=None, compare=False)
    is_standard_gtf: bool = field(default=False, compare=False)

    @property
    def chroms(self) -> frozenset[str]:
        """Names of the chromosomes that hold a transcript."""
        return frozenset(transcript.chrom for transcript in self.transcripts)

    @property
    def has_biotypes(self) -> bool:
        """Whether any transcript has a biotype."""
        return any(tx.gene_biotype or tx.biotype for tx in self.transcripts)

    @property
    def has_cds(self) -> bool:
        """Whether any transcript has a coding part."""
        return any(tx.cds for tx in self.transcripts)


class DialectSummary(NamedTuple):
    """What was understood of a file, in numbers and words.

    Parameters
    ----------
    n_rows, n_transcripts, n_exons, n_coding
        Rows other than comments, transcripts, their exons, transcripts with a CDS.
    words
        Biotypes of genes and transcripts as the file writes them, the commonest first.
    """

    n_rows: int
    n_transcripts: int
    n_exons: int
    n_coding: int
    words: tuple[str, ...]


def dialect_summary(annotation: Annotation) -> DialectSummary:
    """Counts and words of an annotation, for a table of files."""
    from collections import Counter

    words = Counter(
        word
        for tx in annotation.transcripts
        for word in {tx.gene_biotype, tx.biotype}
        if word
    )
    return DialectSummary(
        n_rows=sum(annotation.row_types.values()),
        n_transcripts=len(annotation.transcripts),
        n_exons=sum(len(tx.exons) for tx in annotation.transcripts),
        n_coding=sum(bool(tx.cds) for tx in annotation.transcripts),
        words=tuple(sorted(words, key=lambda word: (-words[word], word))),
    )
