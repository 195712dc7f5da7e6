"""Evidence on each transcript before it is judged."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.orf import LongestOrfs
from bioloom.lincrna.coding.potential import CodingScore
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.inputs.expression import Expressed, Expression
from bioloom.lincrna.inputs.reference import Reference
from bioloom.lincrna.inputs.votes import Vote
from bioloom.lincrna.loci.classcodes import ClassCode, classify
from bioloom.lincrna.loci.housekeeping import HousekeepingOverlap, housekeeping_overlaps
from bioloom.lincrna.loci.neighbours import Neighbours, gene_spans, neighbours
from bioloom.lincrna.loci.touches import Touches, touches
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.homology import HomologyHit
from bioloom.lincrna.verdict.rfam import RfamMatch
from bioloom.lincrna.verdict.sequences import SequenceEvidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about a transcript before it is judged.

    `domain` is the best domain hit, or None; `is_domain_searched` says whether it was
    searched, `is_domain_needed` whether its verdict could depend on it.
    `a_fraction_behind` is the fraction of A in the genome after the 3' end, on the
    transcript's strand; `votes` are those of other programs on its coding potential;
    `touches` are annotated non-coding loci that share its bases, by kind; `n_fraction`
    is the fraction of N in its sequence; `expressed` is its expression, None where it
    was not measured. `rfam` is what Rfam's models found, or None; `is_rfam_searched`
    says whether it was searched, None where no models were given; `homology` and
    `is_homology_searched` are the same for proteins. `n_full_length` are the long reads
    that hold it whole, None where no long reads were given.
    """

    transcript: Transcript
    class_code: ClassCode
    neighbours: Neighbours
    orfs: LongestOrfs
    coding: CodingScore
    housekeeping: HousekeepingOverlap
    domain: DomainHit | None
    is_domain_searched: bool = False
    is_domain_needed: bool = True
    a_fraction_behind: float = 0.0
    votes: tuple[Vote, ...] = ()
    touches: Touches = field(default_factory=dict)
    n_fraction: float = 0.0
    expressed: Expressed | None = None
    rfam: RfamMatch | None = None
    is_rfam_searched: bool | None = None
    homology: HomologyHit | None = None
    is_homology_searched: bool | None = None
    n_full_length: int | None = None

    @property
    def longest_orf_aa(self) -> int:
        """Amino acids of the longest ORF, complete or 3'-open; 0 if none."""
        longest = self.orfs.longest
        return longest.length_aa if longest else 0

    def tpm_in(self, n_samples: int) -> float:
        """Expression that it reaches in so many samples, TPM."""
        tpm = sorted(self.expressed.tpm, reverse=True) if self.expressed else []
        return tpm[n_samples - 1] if len(tpm) >= n_samples else 0.0

    @property
    def gap_nt(self) -> float:
        """Distance to the nearest coding gene on the same strand; inf if none."""
        nearest = self.neighbours.nearest_same_strand
        return nearest.distance_nt if nearest else math.inf


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Evidence from the place of a transcript; the fields are those of `Evidence`."""

    class_code: ClassCode
    neighbours: Neighbours
    housekeeping: HousekeepingOverlap
    a_fraction_behind: float
    touches: Touches

    @property
    def gap_nt(self) -> float:
        """Distance to the nearest coding gene on the same strand; inf if none."""
        nearest = self.neighbours.nearest_same_strand
        return nearest.distance_nt if nearest else math.inf


def surroundings(
    collected: Sequence[Collected],
    reference: Reference,
    genome: Genome,
    settings: FilterSettings,
) -> list[Surroundings]:
    """What lies around each transcript, in order."""
    transcripts = [item.transcript for item in collected]
    codes = classify(transcripts, reference.coding)
    sides = neighbours(transcripts, gene_spans(reference.coding))
    overlaps = housekeeping_overlaps(
        transcripts,
        reference.housekeeping,
        classes=reference.housekeeping_classes,
        organelles=reference.organelles,
    )
    touched = touches(collected, reference)
    window = settings.priming_window_nt
    return [
        Surroundings(
            code,
            side,
            overlap,
            _a_fraction_behind(tx, genome, window),
            loci,
        )
        for tx, code, side, overlap, loci in zip(
            transcripts, codes, sides, overlaps, touched, strict=True
        )
    ]


def gather(
    transcripts: Sequence[Transcript],
    around: Sequence[Surroundings],
    measured: Sequence[SequenceEvidence],
    votes: Sequence[tuple[Vote, ...]],
    *,
    expression: Expression | None = None,
    full_length: Mapping[str, int] | None = None,
) -> list[Evidence]:
    """Evidence on each transcript, in order, before any search for domains.

    Parameters
    ----------
    transcripts
        With distinct names.
    around
        Evidence from the place of each.
    measured
        Evidence from the sequence of each.
    votes
        Votes of other programs on each.
    expression
        Of all transcripts; None where it was not measured.
    full_length
        Full-length reads by transcript_id; None without long reads.
    """
    return [
        Evidence(
            transcript=tx,
            class_code=place.class_code,
            neighbours=place.neighbours,
            orfs=sequence.orfs,
            coding=sequence.coding,
            housekeeping=place.housekeeping,
            domain=None,
            a_fraction_behind=place.a_fraction_behind,
            votes=cast_votes,
            touches=place.touches,
            expressed=expression.of(tx) if expression else None,
            n_fraction=sequence.n_fraction,
            n_full_length=None
            if full_length is None
            else full_length.get(tx.transcript_id, 0),
        )
        for tx, place, sequence, cast_votes in zip(
            transcripts, around, measured, votes, strict=True
        )
    ]


def _a_fraction_behind(tx: Transcript, genome: Genome, window_nt: int) -> float:
    """Fraction of A after the 3' end; 0 without strand or at a chromosome's end."""
    if tx.strand == ".":
        return 0.0
    if tx.strand == "-":
        span = (max(0, tx.start - window_nt), tx.start)
    else:
        span = (tx.end, tx.end + window_nt)
    bases = genome.fetch(tx.chrom, span)
    return bases.count("A" if tx.strand == "+" else "T") / len(bases) if bases else 0.0
