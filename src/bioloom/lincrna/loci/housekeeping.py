"""Overlap with housekeeping ncRNAs: rRNA, tRNA, snRNA, snoRNA and similar.

Only shared *exonic* bases on the same strand count, so that a host gene such as GAS5,
whose snoRNAs lie in its introns, is not mistaken for one of them. What counts is how
much of the transcript they are: a lincRNA with a U6 pseudogene in one of its exons is
not a U6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.organelles import OrganelleContig
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import same_strand
from bioloom.run.language import mark


@dataclass(frozen=True, slots=True)
class HousekeepingOverlap:
    """Largest exonic overlap of a transcript with one housekeeping RNA.

    Parameters
    ----------
    rna, biotype
        Name and class of the RNA; empty if there is no overlap.
    overlap_nt
        Shared exonic bases.
    of_transcript, of_rna
        The same as fractions of the transcript and of the RNA, 0 to 1.
    """

    rna: str = ""
    biotype: str = ""
    overlap_nt: int = 0
    of_transcript: float = 0.0
    of_rna: float = 0.0

    @property
    def fraction(self) -> float:
        """What the filter looks at: the fraction of the transcript."""
        return self.of_transcript


def housekeeping_overlaps(
    transcripts: Sequence[Transcript],
    housekeeping: Sequence[Transcript],
    *,
    classes: Sequence[str] | None = None,
    organelles: Mapping[str, OrganelleContig] | None = None,
) -> list[HousekeepingOverlap]:
    """Largest housekeeping overlap of each transcript, as a fraction of the transcript.

    A transcript without strand is compared with both strands. Every transcript of an
    organelle overlaps in full.

    Parameters
    ----------
    transcripts
        Transcripts to look at.
    housekeeping
        Housekeeping RNAs.
    classes
        What each of these is, e.g. "snoRNA"; None takes their biotypes.
    organelles
        Contigs that are organelles, by name.
    """
    organelles = organelles or {}
    classes = classes or [rna.gene_biotype or rna.biotype for rna in housekeeping]
    none = HousekeepingOverlap()
    best = [
        HousekeepingOverlap(tx.chrom, mark("organelle"), tx.length_nt, 1.0, 1.0)
        if tx.chrom in organelles
        else none
        for tx in transcripts
    ]
    for left, right in overlapping_pairs(transcripts, housekeeping):
        tx, rna = transcripts[left], housekeeping[right]
        if same_strand(tx, rna):
            overlap = _overlap(tx, rna, classes[right])
            best[left] = max(
                best[left], overlap, key=lambda candidate: candidate.of_transcript
            )
    return best


def _overlap(tx: Transcript, rna: Transcript, rna_class: str) -> HousekeepingOverlap:
    shared = exonic_overlap_nt(tx.exons, rna.exons)
    if not shared:
        return HousekeepingOverlap()
    return HousekeepingOverlap(
        rna=rna.gene_name or rna.transcript_id,
        biotype=rna_class,
        overlap_nt=shared,
        of_transcript=shared / tx.length_nt,
        of_rna=shared / rna.length_nt,
    )
