"""The annotation, sorted into what the filters need."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bioloom.genome.gtf import Annotation
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.settings import FilterSettings


@dataclass(frozen=True, slots=True)
class Reference:
    """An annotation, sorted into what the filters need.

    Parameters
    ----------
    annotation
        All of it.
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
        f"{path} has no biotypes (gene_type or gene_biotype): its lncRNAs are not "
        "recognized, so known ones are judged only if the extra lncRNA file holds "
        "them, and the coding-potential model cannot be trained on it.",
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

    By its own biotype, a retained intron of an mRNA would be a lncRNA.
    """
    return tuple(tx for tx in transcripts if _biotype(tx) in biotypes)


def _biotype(tx: Transcript) -> str:
    return tx.gene_biotype or tx.biotype
