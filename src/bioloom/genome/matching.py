"""Whether an annotation and a genome, or two annotations, fit together."""

from dataclasses import replace
from typing import NamedTuple

from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.gtf import Annotation
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript


class PlacedAnnotation(NamedTuple):
    """The transcripts that lie on a genome, and warnings if others do not."""

    annotation: Annotation
    warnings: tuple[str, ...] = ()


def on_genome(annotation: Annotation, genome: Genome) -> PlacedAnnotation:
    """The transcripts that lie on the genome, and a warning if others do not.

    An annotation often holds scaffolds that a primary assembly lacks; they are left
    out. One that shares no chromosome is another's.

    Raises
    ------
    ChromNamesDiffer
        If no chromosome of the annotation is in the genome.
    BadAnnotation
        If a transcript ends beyond its chromosome.
    """
    lengths = genome.lengths
    missing = sorted(annotation.chroms - lengths.keys())
    if len(missing) == len(annotation.chroms):
        raise ChromNamesDiffer(
            genome.path,
            annotation.path,
            only_first=sorted(lengths),
            only_second=missing,
        )
    placed = tuple(tx for tx in annotation.transcripts if tx.chrom in lengths)
    for tx in placed:
        if tx.end > lengths[tx.chrom]:
            raise _off_genome(
                annotation, tx, f"{tx.chrom} of {lengths[tx.chrom]} nt in {genome.path}"
            )
    if not missing:
        return PlacedAnnotation(annotation)
    n_lost = len(annotation.transcripts) - len(placed)
    warning = (
        f"{n_lost} transcripts of {annotation.path} lie on {len(missing)} sequences "
        f"that {genome.path} lacks ({', '.join(missing[:3])} …) and were left out."
    )
    return PlacedAnnotation(replace(annotation, transcripts=placed), (warning,))


def _off_genome(annotation: Annotation, tx: Transcript, seen: str) -> BadAnnotation:
    return BadAnnotation(
        where=f"{annotation.path}: transcript {tx.transcript_id}",
        found=f"{tx.region}, but {seen}",
        expected="transcripts inside the chromosomes of the genome",
        advice="Give the genome that the annotation was made on.",
    )


def check_same_chroms(first: Annotation, second: Annotation) -> None:
    """Check that two annotations share at least one chromosome.

    Raises
    ------
    ChromNamesDiffer
        If they share none.
    """
    if not first.chroms & second.chroms:
        raise ChromNamesDiffer(
            first.path,
            second.path,
            only_first=sorted(first.chroms),
            only_second=sorted(second.chroms),
        )
