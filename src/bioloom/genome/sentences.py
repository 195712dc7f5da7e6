"""What was decided while an annotation was read, in sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bioloom.genome.models import Decisions

_N_NAMED = 3


def decision_sentences(path: Path, decisions: Decisions) -> Iterator[str]:
    """One sentence, with count and first names, for each kind of decision."""
    n_bare = decisions.n_without_utr
    bare = f" ({n_bare:,} of them have no UTR rows either)" if n_bare else ""
    for names, what in (
        (
            decisions.restored,
            f"transcripts have no exon rows; their exons are CDS and UTR{bare}",
        ),
        (
            decisions.extended,
            "transcripts have a CDS or UTR beyond their exons; both count",
        ),
        (
            decisions.renamed,
            "transcripts have a name that stands for another before; each is kept "
            "apart, the later ones named id@chrom:strand or id@2",
        ),
        (decisions.identical, "transcripts occur twice at one place; one is kept"),
        (
            decisions.spliced_apart,
            "transcripts are trans-spliced; each part is kept apart",
        ),
        (
            decisions.single_rows,
            "transcripts have one row and no parts; the row is their exon",
        ),
        (decisions.gene_spans, "genes have no transcript; each is taken as one exon"),
        (
            decisions.under_genes,
            "genes have parts directly under them; these are one transcript",
        ),
        (
            decisions.orphans,
            "parents of exons or CDS have no row; each is one transcript",
        ),
        (
            decisions.without_children,
            "genes or transcripts have no parts, but others lie within them; these "
            "rows were left out",
        ),
    ):
        if names:
            yield f"{path}: {len(names):,} {what} ({_first(names)})."


def skipped_sentence(path: Path, n_matches: int) -> Iterator[str]:
    """A sentence if rows of alignments were skipped."""
    if n_matches:
        yield (
            f"{path}: {n_matches:,} rows are alignments (such as cDNA_match) and no "
            "transcripts of an annotation; they were skipped."
        )


def _first(names: Sequence[str]) -> str:
    dots = " …" if len(names) > _N_NAMED else ""
    return ", ".join(names[:_N_NAMED]) + dots
