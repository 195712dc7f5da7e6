"""What was decided while an annotation was read, in sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bioloom.genome.models import Decisions

_N_NAMED = 3


def decision_sentences(path: Path, decisions: Decisions) -> Iterator[str]:
    """One sentence, with count and first names, for each kind of decision."""
    n_bare = decisions.n_without_utr
    bare = f"; without UTR rows as well: {n_bare:,}" if n_bare else ""
    for names, what, consequence in (
        (
            decisions.restored,
            "transcripts without exon rows",
            f"their exons are made of CDS and UTR{bare}",
        ),
        (
            decisions.extended,
            "transcripts with CDS or UTR beyond their exons",
            "both count as exons",
        ),
        (
            decisions.renamed,
            "transcripts of a name that an earlier one has",
            "each is kept apart, named id@chrom:strand or id@2",
        ),
        (
            decisions.identical,
            "transcripts that occur again at the same place",
            "one of each is kept",
        ),
        (
            decisions.spliced_apart,
            "trans-spliced genes or transcripts",
            "their parts are kept apart",
        ),
        (
            decisions.single_rows,
            "transcripts of one row, without parts",
            "the row is their exon",
        ),
        (
            decisions.elsewhere,
            "rows of transcripts whose parts lie on another strand or contig",
            "the parts count",
        ),
        (
            decisions.gene_spans,
            "genes without a transcript",
            "each is taken as one exon",
        ),
        (
            decisions.under_genes,
            "genes with exons or CDS directly under them",
            "these are one transcript of the gene's name",
        ),
        (
            decisions.orphans,
            "parents of exons or CDS that have no row",
            "each is one transcript",
        ),
        (
            decisions.without_children,
            "rows of genes or transcripts without parts, in which others lie",
            "they were left out",
        ),
    ):
        if names:
            counted = f"{len(names):,} ({first_names(names)})"
            yield f"{path}: {what}: {counted}; {consequence}."


def skipped_sentence(path: Path, n_matches: int) -> Iterator[str]:
    """A sentence if rows of alignments were skipped."""
    if n_matches:
        yield (
            f"{path}: rows of alignments (such as cDNA_match): {n_matches:,}; they are "
            "no transcripts of an annotation and were skipped."
        )


def first_names(names: Sequence[str]) -> str:
    """The first names of many, each once."""
    distinct = [*dict.fromkeys(names)]
    dots = " …" if len(distinct) > _N_NAMED else ""
    return ", ".join(distinct[:_N_NAMED]) + dots
