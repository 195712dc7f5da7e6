"""Inputs of the filters, read and checked against each other."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.gtf import Annotation
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.settings import FilterSettings


@dataclass(frozen=True, slots=True)
class Reference:
    """An annotation sorted by what the filters need of it.

    Parameters
    ----------
    annotation
        The whole of it.
    coding
        Transcripts of protein-coding genes.
    lncrna
        Transcripts of known lncRNA genes.
    housekeeping
        Housekeeping ncRNAs.
    warnings
        What the annotation lacks, and which filter that weakens.
    """

    annotation: Annotation
    coding: tuple[Transcript, ...]
    lncrna: tuple[Transcript, ...]
    housekeeping: tuple[Transcript, ...]
    warnings: tuple[str, ...]


def sort_reference(annotation: Annotation, settings: FilterSettings) -> Reference:
    """Sort an annotation into coding genes, known lncRNAs and housekeeping RNAs.

    A gene is coding by its biotype; one without, if any of its transcripts has a CDS.
    In a file without either, every gene counts as coding (nothing that overlaps a gene
    can then be called intergenic) and a warning says so.
    """
    transcripts = annotation.transcripts
    if not annotation.has_biotypes:
        return _sorted_without_biotypes(annotation)
    housekeeping = _of_biotype(transcripts, settings.housekeeping_biotypes)
    named = set(_of_gene_biotype(transcripts, settings.coding_biotypes))
    by_cds = {tx.gene_id for tx in transcripts if tx.cds and not _biotype(tx)}
    coding = tuple(
        tx
        for tx in transcripts
        if tx in named or (tx.gene_id in by_cds and not _biotype(tx))
    )
    warnings = [] if coding else [_no_coding(annotation.path)]
    warnings += [] if housekeeping else [_no_housekeeping(annotation.path)]
    return Reference(
        annotation,
        coding=coding,
        lncrna=_of_gene_biotype(transcripts, settings.lncrna_biotypes),
        housekeeping=housekeeping,
        warnings=tuple(warnings),
    )


def _sorted_without_biotypes(annotation: Annotation) -> Reference:
    path = annotation.path
    warnings = [
        f"{path} has no biotypes (gene_type or gene_biotype): its lncRNAs cannot be "
        "told, so that known ones are judged only if the extra lncRNA file holds them, "
        "and the coding-potential model cannot be trained on it.",
        _no_housekeeping(path),
    ]
    coding_genes = {tx.gene_id for tx in annotation.transcripts if tx.cds}
    if not coding_genes:
        coding_genes = {tx.gene_id for tx in annotation.transcripts}
        warnings.append(
            f"{path} has no CDS rows either: every gene counts as protein-coding, so "
            "the intergenic filter is stricter than it should be."
        )
    coding = tuple(tx for tx in annotation.transcripts if tx.gene_id in coding_genes)
    return Reference(annotation, coding, (), (), tuple(warnings))


def _no_coding(path: Path) -> str:
    return (
        f"{path} names no protein-coding gene (see coding_biotypes) and has no CDS "
        "rows: every transcript counts as intergenic and far from coding genes."
    )


def _no_housekeeping(path: Path) -> str:
    return (
        f"{path} names no housekeeping ncRNA (rRNA, tRNA, snRNA, snoRNA …): the "
        "housekeeping filter sees only the extra file, if one is given."
    )


def _of_biotype(
    transcripts: Iterable[Transcript], biotypes: Collection[str]
) -> tuple[Transcript, ...]:
    """Transcripts whose own or whose gene's biotype is one of these."""
    return tuple(
        tx
        for tx in transcripts
        if tx.gene_biotype in biotypes or tx.biotype in biotypes
    )


def _of_gene_biotype(
    transcripts: Iterable[Transcript], biotypes: Collection[str]
) -> tuple[Transcript, ...]:
    """Transcripts of genes of these biotypes; the transcript's where a gene has none.

    The transcript's biotype alone would call a retained intron of an mRNA a lncRNA.
    """
    return tuple(tx for tx in transcripts if _biotype(tx) in biotypes)


def _biotype(tx: Transcript) -> str:
    return tx.gene_biotype or tx.biotype


def on_genome(
    annotation: Annotation, genome: Genome
) -> tuple[Annotation, tuple[str, ...]]:
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
    kept = tuple(tx for tx in annotation.transcripts if tx.chrom in lengths)
    for tx in kept:
        if tx.end > lengths[tx.chrom]:
            raise _off_genome(
                annotation, tx, f"{tx.chrom} of {lengths[tx.chrom]} nt in {genome.path}"
            )
    if not missing:
        return annotation, ()
    n_lost = len(annotation.transcripts) - len(kept)
    warning = (
        f"{n_lost} transcripts of {annotation.path} lie on {len(missing)} sequences "
        f"that {genome.path} lacks ({', '.join(missing[:3])} …) and were left out."
    )
    return replace(annotation, transcripts=kept), (warning,)


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
