"""Overlap with housekeeping ncRNAs: rRNA, tRNA, snRNA, snoRNA and similar.

Only shared *exonic* bases on the same strand count, so that a host gene such as GAS5,
whose snoRNAs lie in its introns, is not mistaken for one of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import same_strand
from bioloom.run.language import mark


@dataclass(frozen=True, slots=True)
class HousekeepingOverlap:
    """Largest exonic overlap of a transcript with one housekeeping RNA.

    Parameters
    ----------
    rna, biotype
        Name and biotype of the RNA; empty if there is no overlap.
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
        """The larger of the two fractions, which the filter looks at."""
        return max(self.of_transcript, self.of_rna)


def housekeeping_overlaps(
    transcripts: Sequence[Transcript],
    housekeeping: Sequence[Transcript],
    *,
    mitochondrial_chroms: Collection[str] = (),
) -> list[HousekeepingOverlap]:
    """Largest housekeeping overlap of each transcript.

    A transcript without strand is compared with both strands. Every transcript of a
    mitochondrial chromosome overlaps in full.
    """
    none = HousekeepingOverlap()
    best = [
        HousekeepingOverlap(tx.chrom, mark("mitochondrial"), tx.length_nt, 1.0, 1.0)
        if tx.chrom in mitochondrial_chroms
        else none
        for tx in transcripts
    ]
    for left, right in overlapping_pairs(transcripts, housekeeping):
        tx, rna = transcripts[left], housekeeping[right]
        if same_strand(tx, rna):
            overlap = _overlap(tx, rna)
            best[left] = max(
                best[left], overlap, key=lambda candidate: candidate.fraction
            )
    return best


def _overlap(tx: Transcript, rna: Transcript) -> HousekeepingOverlap:
    shared = exonic_overlap_nt(tx.exons, rna.exons)
    if not shared:
        return HousekeepingOverlap()
    return HousekeepingOverlap(
        rna=rna.gene_name or rna.transcript_id,
        biotype=rna.gene_biotype or rna.biotype,
        overlap_nt=shared,
        of_transcript=shared / tx.length_nt,
        of_rna=shared / rna.length_nt,
    )
